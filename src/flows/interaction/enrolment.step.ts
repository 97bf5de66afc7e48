import type { Authority } from '../../access/index.ts';
import {
  amrAfter,
  type BeginTotpEnrolmentPayload,
  type CredentialStore,
  type ProvedTotp,
  type RecoveryCodeService,
  secondFactorEvents,
  type TotpService,
} from '../../auth-modes/index.ts';
import { hashHandle, type Sealer } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type Clock, IdentityError } from '../../kernel/index.ts';
import type { EarlierAccess } from '../earlier-access.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import { type ProvedAccount, resetProvedBy } from './interaction.state.ts';
import { askAgainIfOld, assertFactorShown, authorityOfProved, isFactorShown } from './proved-account.ts';

/** The code that the app shows, and a name for the app. */
export interface TypedEnrolment {
  readonly code: string;
  readonly name?: string | null | undefined;
}

export interface EnrolmentStepDeps {
  readonly totp: Pick<TotpService, 'begin' | 'show' | 'prove' | 'add'>;
  readonly recoveryCodes: Pick<RecoveryCodeService, 'generate'>;
  readonly credentials: Pick<CredentialStore, 'acceptedAsSecond'>;
  readonly earlierAccess: Pick<EarlierAccess, 'end'>;
  /** Of the purpose `interaction`. */
  readonly enrolmentSealer: Sealer;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** What the code of an app proves (RFC 8176). */
const AMR = ['otp'];

/** Attaches a code app to an account that must have a second factor and has none, or has to set up an app. */
export class EnrolmentStep {
  readonly #deps: EnrolmentStepDeps;

  constructor(deps: EnrolmentStepDeps) {
    this.#deps = deps;
  }

  /**
   * Makes the secret of the app. It is kept sealed in the interaction, and a second call keeps it, so that another tab does not outdate
   * what the user scanned.
   */
  async begin(open: OpenInteraction): Promise<Advance> {
    const { totp, enrolmentSealer, clock } = this.#deps;
    const again = askAgainIfOld(open, clock.now());
    if (again !== null) return again;
    if (this.#secretOf(open) !== null) return (state) => state;
    const { id: userId } = open.user!;
    const { secret } = await totp.begin(authorityOfApp(open), userId);
    const sealed = enrolmentSealer.seal(secret, contextOf(open));
    return (state) => ({ ...state, enrolment: { userId, sealed } });
  }

  /** What the user enters into the app; null before `begin`. */
  async show(open: OpenInteraction): Promise<BeginTotpEnrolmentPayload | null> {
    const secret = this.#secretOf(open);
    return secret === null ? null : this.#deps.totp.show(open.tenant, open.user!.username, secret);
  }

  /**
   * Attaches the app if its code is right, and generates recovery codes with it. The code is used up and proves the second factor.
   * @param knownDeviceId The device, if the account was used on it before.
   * @param onCodes Called with the recovery codes, which are shown this once.
   * @throws FACTOR_CODE_WRONG Also while the second factor is blocked. Counts as a failed attempt; records `sign_in.factor_failed`.
   * @throws INTERACTION_STEP_OTHER No secret was begun, or the account has got a second factor meanwhile.
   * @throws INVALID_INPUT The name. @throws TOO_MANY_REQUESTS
   */
  async submit(
    open: OpenInteraction,
    typed: TypedEnrolment,
    knownDeviceId: string | null,
    onCodes: (codes: readonly string[]) => void,
  ): Promise<Advance> {
    const again = askAgainIfOld(open, this.#deps.clock.now());
    if (again !== null) return again;
    const proved = await this.#prove(open, typed, knownDeviceId);
    return async (state) => {
      onCodes(await this.#attach(open, proved));
      return { ...state, account: { ...withApp(state.account!), isProvedNow: true }, enrolment: null };
    };
  }

  async #prove(
    open: OpenInteraction,
    { code, name = null }: TypedEnrolment,
    knownDeviceId: string | null,
  ): Promise<ProvedTotp> {
    const secret = this.#secretOf(open);
    if (secret === null) throw interactionErrors.INTERACTION_STEP_OTHER();
    const input = { userId: open.user!.id, secret, code, name, knownDeviceId };
    try {
      return await this.#deps.totp.prove(authorityOfApp(open), input);
    } catch (error) {
      if (!(error instanceof IdentityError) || error.code !== 'TOTP_CODE_WRONG') throw error;
      await this.#recordWrong(open);
      throw interactionErrors.FACTOR_CODE_WRONG();
    }
  }

  /** In the unit of work of the step, in which the account is locked. */
  async #attach(open: OpenInteraction, proved: ProvedTotp): Promise<readonly string[]> {
    const { totp, recoveryCodes, earlierAccess } = this.#deps;
    const { id: userId } = open.user!;
    await assertFactorShown(this.#deps, open);
    const authority = authorityOfApp(open);
    if (!isFactorShown(open) && provesAddress(open)) await earlierAccess.end(authority, userId);
    await totp.add(authority, proved);
    return (await recoveryCodes.generate(authority, userId)).codes;
  }

  async #recordWrong({ actor, tenant, user }: OpenInteraction): Promise<void> {
    await this.#deps.events.append(actor, tenant, {
      type: secondFactorEvents['sign_in.factor_failed'],
      subjectId: user!.id,
      outcome: 'failure',
      reason: 'wrong_code',
      params: { method: 'totp', purpose: 'enrolment' },
    });
  }

  /** The secret that was begun for the account; null when there is none. */
  #secretOf(open: OpenInteraction): string | null {
    const begun = open.state.enrolment;
    if (begun === null || begun.userId !== open.user!.id) return null;
    return this.#deps.enrolmentSealer.open(begun.sealed, contextOf(open)).toString();
  }
}

/** An account whose user has shown the code of the app as well. */
const withApp = (account: ProvedAccount): ProvedAccount => ({ ...account, amr: amrAfter(account.amr, AMR) });

/**
 * The authority of the user who attaches an app: with its code two factors are shown, as what follows on it demands. Whether the account
 * had another one is decided by `assertFactorShown`.
 */
const authorityOfApp = (open: OpenInteraction): Authority =>
  authorityOfProved({ ...open, state: { ...open.state, account: withApp(open.state.account!) } });

/**
 * Whether the user resets the password by a code that is the first to prove the address. What gave access to the account before ends
 * ahead of the app, which would else show two factors, as only the owner of an earlier one can, when the password is replaced.
 */
const provesAddress = ({ state, user }: OpenInteraction): boolean =>
  resetProvedBy(state) !== null && !user!.emailVerified;

/** Binds a sealed secret to its interaction and account. */
const contextOf = ({ tenant, handle, user }: OpenInteraction): string =>
  `interactions/${tenant.id}/${hashHandle(handle).toString('hex')}/${user!.id}`;
