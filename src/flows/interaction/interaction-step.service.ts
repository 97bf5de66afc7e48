import type { Authority } from '../../access/index.ts';
import type { ConsentService } from '../../consents/index.ts';
import type { BrowserPort, Clock } from '../../kernel/index.ts';
import type { DeviceService } from '../../sessions/index.ts';
import type { UserStore } from '../../users/index.ts';
import type { AddPasskey, PasskeyFactor } from '../passkey/index.ts';
import type { SignInFlow } from '../sign-in.ts';
import { chooseAccount } from './account.step.ts';
import { decideConsent } from './consent.step.ts';
import type { EmailCodeStep } from './email-code.step.ts';
import type { EnrolmentStep, TypedEnrolment } from './enrolment.step.ts';
import {
  type FactorChecks,
  proveFactor,
  provePasskey,
  requireKey,
  type TypedFactor,
  type UsedKey,
} from './factor.step.ts';
import type { Advance, InteractionEngine, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import type { StepName } from './interaction.steps.ts';
import {
  continueAt,
  type FactorMethod,
  type InteractionView,
  showInteraction,
  type ViewDeps,
} from './interaction.view.ts';
import type { KeyEnrolmentStep } from './key-enrolment.step.ts';
import { type NewPasswordStepDeps, replacePassword } from './new-password.step.ts';
import { provePassword, type TypedPassword } from './password.step.ts';
import { beginPasswordReset, leavePasswordReset, type PasswordResetStep } from './password-reset.step.ts';
import {
  beginRegistration,
  leaveRegistration,
  type RegistrationStep,
  type TypedRegistration,
} from './registration.step.ts';
import { decideTerms } from './terms.step.ts';
import { type GivenTicket, proveTicket, type TicketStepDeps } from './ticket.step.ts';

export interface InteractionStepServiceDeps extends ViewDeps, NewPasswordStepDeps, TicketStepDeps {
  readonly engine: InteractionEngine;
  readonly users: Pick<UserStore, 'findById'>;
  readonly signIn: Pick<SignInFlow, 'verifyPassword'>;
  readonly factors: FactorChecks;
  readonly passkeyFactor: Pick<PasskeyFactor, 'begin' | 'prove'>;
  readonly enrolments: EnrolmentStep;
  readonly keyEnrolments: KeyEnrolmentStep;
  readonly emailCodes: EmailCodeStep;
  readonly registrations: RegistrationStep;
  readonly passwordResets: PasswordResetStep;
  readonly consents: Pick<ConsentService, 'grant'>;
  readonly devices: Pick<DeviceService, 'isKnown'>;
  readonly clock: Clock;
}

/** An interaction after an app was attached. */
export interface EnrolledView extends InteractionView {
  /** The recovery codes of the account, shown this once; null when no app was attached. */
  readonly recoveryCodes: readonly string[] | null;
}

/** An interaction whose user makes a passkey or security key. */
export interface KeyEnrolmentView extends InteractionView {
  /** What a browser makes it from; null when the password is asked for again. */
  readonly options: object | null;
}

/**
 * The steps of sign-ins in a browser, each of which goes on with one. The handle and the browser in which the interaction was begun are
 * together the authority for it.
 */
export class InteractionStepService {
  readonly #deps: InteractionStepServiceDeps;

  constructor(deps: InteractionStepServiceDeps) {
    this.#deps = deps;
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, SIGN_IN_REFUSED, TOO_MANY_REQUESTS */
  submitPassword(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    typed: TypedPassword,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'password', (open) =>
      provePassword(this.#deps.signIn, open, typed, this.#deps.clock.now()),
    );
  }

  /**
   * As `submitPassword`, by a ticket of a proof that was made for this sign-in.
   * @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, SIGN_IN_TICKET_INVALID, SIGN_IN_REFUSED
   */
  submitTicket(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    given: GivenTicket,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'password', (open) => proveTicket(this.#deps, open, given));
  }

  /**
   * As `submitTicket`, for a flow that goes on in the same request and not with the page.
   * @returns What began the interaction, and where the browser goes if that resumes it in another request.
   * @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, SIGN_IN_TICKET_INVALID, SIGN_IN_REFUSED
   * @throws SIGN_IN_EMAIL_UNVERIFIED The tenant demands that the address is verified first.
   */
  async useTicket(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    ticket: string,
  ): Promise<{ readonly kind: string; readonly continueAt: string }> {
    const { engine } = this.#deps;
    const prove = (open: OpenInteraction) => proveTicket(this.#deps, open, { ticket }, true);
    const { row } = await engine.step(authority, browser, handle, 'password', prove);
    return { kind: row.kind, continueAt: continueAt(row, handle) };
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, REGISTRATION_CLOSED */
  beginRegistration(authority: Authority, browser: BrowserPort | null, handle: string): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'password', async (open) => beginRegistration(open));
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED */
  leaveRegistration(authority: Authority, browser: BrowserPort | null, handle: string): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'registration', async () => leaveRegistration);
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, and what `RegistrationStep.submit` throws. */
  submitRegistration(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    typed: TypedRegistration,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'registration', (open) =>
      this.#deps.registrations.submit(open, typed),
    );
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, PASSWORD_RESET_CLOSED */
  beginPasswordReset(authority: Authority, browser: BrowserPort | null, handle: string): Promise<InteractionView> {
    const from: readonly StepName[] = ['password', 'password-reset-code'];
    return this.#stepFrom(authority, browser, handle, from, async (open) => beginPasswordReset(open));
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED */
  leavePasswordReset(authority: Authority, browser: BrowserPort | null, handle: string): Promise<InteractionView> {
    const from: readonly StepName[] = ['password-reset', 'password-reset-code'];
    return this.#stepFrom(authority, browser, handle, from, async () => leavePasswordReset);
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, TOO_MANY_REQUESTS */
  requestPasswordReset(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    identifier: string,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'password-reset', (open) =>
      this.#deps.passwordResets.request(open, identifier),
    );
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, EMAIL_CODE_WRONG, TOO_MANY_REQUESTS */
  submitPasswordResetCode(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    code: string,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'password-reset-code', (open) =>
      this.#deps.passwordResets.submit(open, code),
    );
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, FACTOR_CODE_WRONG, TOO_MANY_REQUESTS */
  submitFactor(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    typed: TypedFactor,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'factor', async (open) => {
      const knownDeviceId = await this.#knownDevice(open);
      return proveFactor(this.#deps.factors, open, typed, knownDeviceId);
    });
  }

  /**
   * What a browser shows a passkey or security key with, in the step of the second factor, which stays.
   * @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, PASSKEYS_DISABLED
   * @throws INVALID_INPUT The method has codes.
   */
  async requestFactorPasskey(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    method: FactorMethod,
  ): Promise<object> {
    const { engine, passkeyFactor } = this.#deps;
    const { step, actor, tenant, user } = await engine.open(authority, browser, handle);
    if (step !== 'factor') throw interactionErrors.INTERACTION_STEP_OTHER();
    return passkeyFactor.begin(actor, tenant, { kind: requireKey(method), user: user!, handle });
  }

  /**
   * @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, PASSKEY_REFUSED, PASSKEYS_DISABLED,
   *   TOO_MANY_REQUESTS
   * @throws INVALID_INPUT The method has codes.
   */
  submitFactorPasskey(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    used: UsedKey,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'factor', async (open) =>
      provePasskey(this.#deps.passkeyFactor, open, used, await this.#knownDevice(open)),
    );
  }

  /** Makes the secret of an app. @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED */
  beginFactorEnrolment(authority: Authority, browser: BrowserPort | null, handle: string): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'enrolment', (open) => this.#deps.enrolments.begin(open));
  }

  /**
   * Attaches the app, and generates recovery codes with it.
   * @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, FACTOR_CODE_WRONG, INVALID_INPUT, TOO_MANY_REQUESTS
   */
  async submitFactorEnrolment(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    typed: TypedEnrolment,
  ): Promise<EnrolledView> {
    let recoveryCodes: readonly string[] | null = null;
    const view = await this.#step(authority, browser, handle, 'enrolment', async (open) =>
      this.#deps.enrolments.submit(open, typed, await this.#knownDevice(open), (codes) => {
        recoveryCodes = codes;
      }),
    );
    return { ...view, recoveryCodes };
  }

  /** What a browser makes a demanded passkey or security key from. @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED */
  async requestKeyEnrolment(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
  ): Promise<KeyEnrolmentView> {
    let options: object | null = null;
    const view = await this.#step(authority, browser, handle, 'key-enrolment', (open) =>
      this.#deps.keyEnrolments.begin(open, (made) => {
        options = made;
      }),
    );
    return { ...view, options };
  }

  /**
   * Adds the passkey or security key.
   * @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, PASSKEY_INVALID, PASSKEY_TAKEN, PASSKEY_LIMIT_REACHED,
   *   INVALID_INPUT
   */
  submitKeyEnrolment(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    made: AddPasskey,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'key-enrolment', (open) =>
      this.#deps.keyEnrolments.submit(open, made),
    );
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED */
  submitTerms(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    isAccepted: boolean,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'terms', async (open) =>
      decideTerms(this.#deps.accounts, open, isAccepted),
    );
  }

  /**
   * @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, PASSWORD_POLICY, PASSWORD_TOO_LONG, INVALID_INPUT,
   *   SERVICE_UNAVAILABLE
   */
  submitNewPassword(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    newPassword: string,
  ): Promise<InteractionView> {
    const { clock } = this.#deps;
    return this.#step(authority, browser, handle, 'new-password', (open) =>
      replacePassword(this.#deps, open, newPassword, clock.now()),
    );
  }

  /**
   * @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, EMAIL_ADDRESS_MISSING, TOO_MANY_REQUESTS,
   *   SERVICE_UNAVAILABLE
   */
  sendEmailCode(authority: Authority, browser: BrowserPort | null, handle: string): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'email-code', async (open) => this.#deps.emailCodes.send(open));
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED, EMAIL_CODE_WRONG, TOO_MANY_REQUESTS */
  submitEmailCode(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    code: string,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'email-code', async (open) =>
      this.#deps.emailCodes.submit(open, code, await this.#knownDevice(open)),
    );
  }

  /** @param userId Null: another account. @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED */
  chooseAccount(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    userId: string | null,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'account', (open) => chooseAccount(this.#deps.users, open, userId));
  }

  /** @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED */
  submitConsent(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    isGranted: boolean,
  ): Promise<InteractionView> {
    return this.#step(authority, browser, handle, 'consent', async (open) =>
      decideConsent(this.#deps.consents, open, isGranted),
    );
  }

  /**
   * Ends the interaction without success, at any step but the last.
   * @throws INTERACTION_STEP_OTHER, INTERACTION_NOT_FOUND, BROWSER_REQUIRED
   */
  async cancel(authority: Authority, browser: BrowserPort | null, handle: string): Promise<InteractionView> {
    const { engine } = this.#deps;
    const { step } = await engine.open(authority, browser, handle);
    if (step === 'finished') throw interactionErrors.INTERACTION_STEP_OTHER();
    return this.#step(authority, browser, handle, step, async () => (state) => ({ ...state, refusal: 'cancelled' }));
  }

  /** Runs a step that may begin at several. @throws INTERACTION_STEP_OTHER, and what `prove` throws. */
  async #stepFrom(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    allowed: readonly StepName[],
    prove: (open: OpenInteraction) => Promise<Advance>,
  ): Promise<InteractionView> {
    const { step } = await this.#deps.engine.open(authority, browser, handle);
    return this.#step(authority, browser, handle, allowed.includes(step) ? step : allowed[0]!, prove);
  }

  async #step(
    authority: Authority,
    browser: BrowserPort | null,
    handle: string,
    expected: StepName,
    prove: (open: OpenInteraction) => Promise<Advance>,
  ): Promise<InteractionView> {
    return showInteraction(this.#deps, await this.#deps.engine.step(authority, browser, handle, expected, prove));
  }

  async #knownDevice({ tenant, user, device }: OpenInteraction): Promise<string | null> {
    if (!device.isKnown) return null;
    return (await this.#deps.devices.isKnown(tenant.id, user!.id, device.id)) ? device.id : null;
  }
}
