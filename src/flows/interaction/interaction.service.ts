import type { Authority } from '../../access/index.ts';
import { addressKey } from '../../auth-modes/index.ts';
import type { ConsentService } from '../../consents/index.ts';
import { mintHandle, routeOfHandle } from '../../crypto/index.ts';
import {
  addSeconds,
  type BrowserPort,
  type Clock,
  IdentityError,
  kernelErrors,
  type TenantRef,
} from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import {
  bindBrowser,
  type DeviceService,
  requireBrowser,
  type SessionRow,
  type SessionService,
} from '../../sessions/index.ts';
import { type KnownTenant, type TenantDirectory, tenantErrors } from '../../tenants/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import { originOfRequest } from '../own-origin.ts';
import type { AddPasskey, PasskeyFactor } from '../passkey/index.ts';
import type { SignInFlow } from '../sign-in.ts';
import { accountOfSession, chooseAccount } from './account.step.ts';
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
import { INITIAL_STATE, type ProvedAccount, type SignInDemands } from './interaction.state.ts';
import type { StepName } from './interaction.steps.ts';
import type { InteractionStore } from './interaction.store.ts';
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
import { BEGUN_RESET, beginPasswordReset, leavePasswordReset, type PasswordResetStep } from './password-reset.step.ts';
import { accountProved, type ProvedUser } from './proved-account.ts';
import {
  beginRegistration,
  leaveRegistration,
  type RegistrationStep,
  type TypedRegistration,
} from './registration.step.ts';
import { decideTerms } from './terms.step.ts';
import { type GivenTicket, proveTicket, type TicketStepDeps } from './ticket.step.ts';

/** An interaction to begin. */
export interface NewInteraction {
  /** Who resumes it: `authorize`, `link-account` ... At most 32 characters. */
  readonly kind: string;
  /** What the flow that resumes needs. It is stored and returned as it is. */
  readonly purpose: Readonly<Record<string, unknown>>;
  /** Absolute URL of the flow that resumes. The browser goes there in the end, with `/` and the handle behind it. */
  readonly resumeAt: string;
  /** `client_id` of the application that the page names; null: none. */
  readonly clientId: string | null;
  readonly demands: SignInDemands;
  /** Whether the user begins by making an account, where they may. Default false. */
  readonly isRegistering?: boolean;
  /** Whether the user begins by asking for a new password, where they may. Only with `mustAuthenticate`. Default false. */
  readonly isResettingPassword?: boolean;
  /** What the flow that begins it has proved itself. Absent: nothing but the session of the browser proves an account. */
  readonly proved?: ProvedElsewhere;
}

/** An account that was proved by other means than those of the pages, such as a link in a mail. */
export interface ProvedElsewhere extends ProvedUser {
  readonly user: Pick<User, 'id' | 'username' | 'proofVersion'>;
}

/** How an interaction ended. */
export type InteractionOutcome =
  /** It has not ended: send the browser back to its page. */
  | { readonly kind: 'open' }
  | {
      readonly kind: 'done';
      readonly purpose: Readonly<Record<string, unknown>>;
      readonly session: SessionRow;
      /** When the interaction began. */
      readonly begunAt: Date;
      /** The scopes that the user allowed; null when the user was not asked. */
      readonly consented: readonly string[] | null;
    }
  | { readonly kind: 'denied' | 'cancelled'; readonly purpose: Readonly<Record<string, unknown>> };

export interface InteractionServiceDeps extends ViewDeps, NewPasswordStepDeps, TicketStepDeps {
  readonly db: Database;
  readonly engine: InteractionEngine;
  readonly store: InteractionStore;
  readonly directory: Pick<TenantDirectory, 'byHost' | 'byRoute'>;
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
  readonly sessions: Pick<SessionService, 'ofBrowser'>;
  readonly devices: Pick<DeviceService, 'isKnown'>;
  readonly clock: Clock;
  /** Origin of this service. */
  readonly publicUrl: string;
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

/** A page that is left open is no sign-in under way any more, whatever a tenant has set. */
const MAX_LIFE_SECONDS = 86_400;
/** What an address waits that has begun too many. */
const RETRY_SECONDS = 60;

/**
 * Signs people in in a browser, step by step (docs/sign-in.md). The handle and the browser in which the interaction was begun are together
 * the authority for it.
 */
export class InteractionService {
  readonly #deps: InteractionServiceDeps;

  constructor(deps: InteractionServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Begins a sign-in in a browser, which alone can go on with it.
   * @throws BROWSER_REQUIRED
   * @throws TOO_MANY_REQUESTS The address has begun too many that have not ended.
   */
  async begin(
    authority: Authority,
    port: BrowserPort | null,
    { kind, purpose, resumeAt, clientId, demands, proved, ...begins }: NewInteraction,
  ): Promise<{ readonly handle: string }> {
    const browser = requireBrowser(port);
    const { store, sessions, clock } = this.#deps;
    const { tenant, caller } = authority;
    const session = await sessions.ofBrowser(browser, tenant);
    const found = { tenant: tenant as KnownTenant, demands, session };
    const now = clock.now();
    const account = proved === undefined ? await this.#accountOf(found) : accountProved(proved, session, now);
    const handle = mintHandle(tenant.route);
    const row = {
      tenantId: tenant.id,
      kind,
      purpose: { ...purpose },
      request: { demands, resumeAt },
      state: { ...INITIAL_STATE, ...beginningOf(begins), account, identifier: proved?.user.username ?? null },
      browserHash: bindBrowser(browser, tenant),
      userId: account?.userId ?? null,
      clientId,
      address: addressKey(caller.origin.peerIp),
      expiresAt: addSeconds(now, Math.min(found.tenant.settings.tokens.signInSeconds, MAX_LIFE_SECONDS)),
      createdAt: now,
    };
    if (!(await this.#deps.db.transaction(() => store.insert(row, handle))))
      throw kernelErrors.TOO_MANY_REQUESTS({ retryAfterSeconds: RETRY_SECONDS });
    return { handle };
  }

  /** The account of the session, unless the user has to choose one. */
  async #accountOf(found: Parameters<typeof accountOfSession>[1]): Promise<ProvedAccount | null> {
    return found.demands.mustChoose ? null : accountOfSession(this.#deps.users, found);
  }

  /** Address of the page of an interaction. */
  pageUrl(tenant: TenantRef, host: string | null | undefined, handle: string): Promise<string> {
    return this.urlOf(tenant, host, `sign-in/${handle}`);
  }

  /** Address of a page of the tenant, at the host of the request where it is bound to the tenant. */
  async urlOf(tenant: TenantRef, host: string | null | undefined, path: string): Promise<string> {
    return `${await originOfRequest(this.#deps, tenant, host)}/t/${tenant.name}/${path}`;
  }

  /**
   * Ends an interaction: its handle does not work afterwards, and of simultaneous calls a single one gets the outcome. One that is not
   * finished stays.
   * @param kinds That of `begin`, or those of which each may be.
   * @throws INTERACTION_NOT_FOUND Also for one of another kind. @throws BROWSER_REQUIRED
   */
  async resume(
    authority: Authority,
    browser: BrowserPort | null,
    kinds: string | readonly string[],
    handle: string,
  ): Promise<InteractionOutcome> {
    const { engine, store } = this.#deps;
    const found = await engine.open(authority, browser, handle);
    if (![kinds].flat().includes(found.row.kind)) throw interactionErrors.INTERACTION_NOT_FOUND();
    if (found.step !== 'finished') return { kind: 'open' };
    const { row, state, step, session } = await this.#settled(authority, browser, found);
    if (step !== 'finished') return { kind: 'open' };
    if (!(await store.take(authority.tenant.id, handle, row.version))) throw interactionErrors.INTERACTION_NOT_FOUND();
    const { purpose } = row;
    if (state.refusal !== null) return { kind: state.refusal, purpose };
    return { kind: 'done', purpose, session: session!, begunAt: row.createdAt, consented: state.consented };
  }

  /**
   * Starts or renews the session of an interaction in which nothing is left to do although no step ended it: what the account lacked was
   * done elsewhere, such as the confirmation of its address. Until then the session does not have what was proved.
   */
  async #settled(authority: Authority, browser: BrowserPort | null, found: OpenInteraction): Promise<OpenInteraction> {
    const { engine } = this.#deps;
    const { state, handle } = found;
    if (state.refusal !== null || !state.account!.isProvedNow) return found;
    try {
      await engine.step(authority, browser, handle, 'finished', async () => (before) => before);
    } catch (error) {
      // Another request was faster, or the proof went stale: what is there now decides.
      if (!(error instanceof IdentityError) || error.code !== 'INTERACTION_STEP_OTHER') throw error;
    }
    return engine.open(authority, browser, handle);
  }

  /**
   * The tenant of an interaction: the named one, else that in the handle.
   * @throws INTERACTION_NOT_FOUND The handle names no tenant. @throws TENANT_DISABLED
   */
  async tenantOf(named: KnownTenant | null, handle: string): Promise<KnownTenant> {
    const route = routeOfHandle(handle);
    const tenant = named ?? (route === null ? null : await this.#deps.directory.byRoute(route));
    if (tenant === null) throw interactionErrors.INTERACTION_NOT_FOUND();
    if (!tenant.enabled) throw tenantErrors.TENANT_DISABLED();
    return tenant;
  }

  /**
   * The application of a sign-in under way, in whichever browser: what is bound to a sign-in before its page goes on. It tells
   * nothing else and changes nothing.
   * @returns Null: there is no such sign-in, or it has expired.
   */
  async findApplication(tenant: TenantRef, handle: string): Promise<{ readonly clientId: string | null } | null> {
    const { clock, store } = this.#deps;
    const row = routeOfHandle(handle) === tenant.route ? await store.findApplication(tenant.id, handle) : null;
    return row === null || row.expiresAt <= clock.now() ? null : { clientId: row.clientId };
  }

  /** The interaction as its page shows it. @throws INTERACTION_NOT_FOUND, BROWSER_REQUIRED */
  async view(authority: Authority, browser: BrowserPort | null, handle: string): Promise<InteractionView> {
    return showInteraction(this.#deps, await this.#deps.engine.open(authority, browser, handle));
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

/** Where the user begins who does not begin with the password. */
const beginningOf = ({
  isRegistering = false,
  isResettingPassword = false,
}: Pick<NewInteraction, 'isRegistering' | 'isResettingPassword'>) => ({
  isRegistering,
  ...(isResettingPassword ? BEGUN_RESET : {}),
});
