import {
  type Attempt,
  type PasskeyAssertion,
  type PasskeyMode,
  type ProvedPasskey,
  policyOf,
  requestOptions,
  type ShownPasskey,
} from '../../auth-modes/index.ts';
import { routeOfHandle } from '../../crypto/index.ts';
import { fold, type TenantRef } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import type { AttemptOrigin } from '../attempt-actor.ts';
import type { ProofGuard, SignInTickets } from '../image-proof/index.ts';
import { lacksConfirmedEmail } from '../sign-in.steps.ts';
import { afterEqualWork, RESERVED_ID } from '../unknown-name.ts';
import type { ChallengeOwner, PasskeyChallenges } from './passkey.challenges.ts';
import { type PasskeyTenants, requirePasskeys } from './passkey.tenants.ts';
import type { RelyingParties } from './relying-parties.ts';

/** A request of somebody who wants to sign in by a passkey. */
export interface AskPasskey {
  readonly tenant: Pick<TenantRef, 'id'>;
  /** As typed. Null: none; the passkey tells its user, so it has to be discoverable (WebAuthn Level 3 section 4). */
  readonly identifier: string | null;
  /** The request for a sign-in for which the ticket is; null: for none. */
  readonly requestId: string | null;
  readonly actor: AttemptOrigin;
}

export interface ProvePasskey extends AskPasskey {
  readonly assertion: PasskeyAssertion;
}

/** A user who proved to have a passkey. */
export interface ProvedPasskeySignIn {
  readonly user: User;
  /** Begins one session for the request within a minute. */
  readonly ticket: string;
  /** Whether the address has to be verified before the session begins. */
  readonly isEmailConfirmationNeeded: boolean;
}

export interface PasskeySignInDeps {
  readonly directory: PasskeyTenants;
  readonly users: Pick<UserStore, 'findById' | 'findByIdentifier'>;
  /** That of passkeys: a security key begins no sign-in. */
  readonly mode: PasskeyMode;
  readonly challenges: PasskeyChallenges;
  readonly parties: RelyingParties;
  readonly guard: ProofGuard;
  readonly tickets: Pick<SignInTickets, 'issue'>;
}

/** Signs users in by their passkeys. */
export class PasskeySignIn {
  readonly #deps: PasskeySignInDeps;

  constructor(deps: PasskeySignInDeps) {
    this.#deps = deps;
  }

  /**
   * What a browser signs in with (`PublicKeyCredentialRequestOptionsJSON`), the same in kind for every name, whether or not somebody has
   * it and has passkeys. Without a name it lists no passkey, and the challenge works for the same request alone.
   * @throws PASSKEYS_DISABLED
   * @throws TOO_MANY_REQUESTS The name or the address is blocked. Without a name a block shows in `authenticate`.
   */
  async begin(input: AskPasskey): Promise<ReturnType<typeof requestOptions>> {
    const { directory, challenges, parties } = this.#deps;
    const tenant = await requirePasskeys(directory, input.tenant);
    const allowed = input.identifier === null ? [] : await this.#shownTo(tenant, input.identifier, input.actor);
    const { host, peerIp } = input.actor.origin;
    const { verificationOfUse: userVerification, ...party } = policyOf(tenant.settings, 'passkey');
    const { id: rpId } = await parties.of(tenant, host, party);
    const challenge = await challenges.issue(tenant, ownerOf(input), { rpId, peerIp });
    return requestOptions({ challenge, rpId, allowed, userVerification });
  }

  /**
   * Checks what a passkey signed. Unknown name, account without passkeys, passkey of another account or of none, wrong or used challenge,
   * wrong page, a counter that is not higher: each gives the same error and counts as a failed attempt, for names that nobody has too. The
   * challenge is used up in any case.
   * @throws PASSKEY_REFUSED Records `sign_in.failed` with the reason.
   * @throws TOO_MANY_REQUESTS The name, without one the id of the passkey, or the address is blocked; the challenge is not used up.
   * @throws SIGN_IN_ACCOUNT_DISABLED The passkey is right, and the account is disabled.
   * @throws PASSKEYS_DISABLED
   */
  async authenticate(input: ProvePasskey): Promise<ProvedPasskeySignIn> {
    const { directory, guard, mode, tickets } = this.#deps;
    const { identifier, assertion, requestId, actor } = input;
    const tenant = await requirePasskeys(directory, input.tenant);
    const user =
      identifier === null ? await this.#findByPasskey(tenant, assertion) : await this.#findByName(tenant, identifier);
    // Without a name a try counts by the id of the passkey, also where nobody has it: a block of the account would tell which of the ids
    // that `begin` shows for a name belong to somebody. Nobody can guess what a passkey signs, so the account needs no count.
    const attempt =
      identifier === null ? attemptOf(tenant, null, assertion.id, actor) : attemptOf(tenant, user, identifier, actor);
    const { amr } = await guard.signIn(attempt, actor, user, () => this.#prove(input, tenant, user));
    const ticket = await tickets.issue(tenant, { user: user!, requestId, method: mode.type, amr });
    return { user: user!, ticket, isEmailConfirmationNeeded: lacksConfirmedEmail(tenant.settings, user!) };
  }

  async #prove(input: ProvePasskey, tenant: KnownTenant, user: User | null): Promise<ProvedPasskey | null> {
    const { challenges, mode } = this.#deps;
    const { assertion, requestId } = input;
    const ceremony = await challenges.redeem(tenant, ownerOf(input), assertion);
    const isOfRequest = requestId === null || routeOfHandle(requestId) === tenant.route;
    if (ceremony === null || !isOfRequest || !isHandleOf(input, user)) return null;
    const { verificationOfUse: userVerification } = policyOf(tenant.settings, 'passkey');
    return mode.prove(tenant.id, user?.id ?? null, { assertion, ceremony, userVerification });
  }

  /** @throws TOO_MANY_REQUESTS */
  async #shownTo(tenant: KnownTenant, name: string, actor: AttemptOrigin): Promise<readonly ShownPasskey[]> {
    const { guard, mode } = this.#deps;
    const user = await this.#findByName(tenant, name);
    await guard.assertFree(attemptOf(tenant, user, name, actor));
    return mode.shownTo(tenant, user?.id ?? null, fold(name));
  }

  async #findByName({ id, settings: { signInByEmail: byEmail } }: KnownTenant, name: string): Promise<User | null> {
    const { users } = this.#deps;
    return afterEqualWork(users, id, await users.findByIdentifier(id, name, { byEmail }));
  }

  async #findByPasskey({ id }: KnownTenant, assertion: PasskeyAssertion): Promise<User | null> {
    const { mode, users } = this.#deps;
    return users.findById(id, (await mode.ownerOf(id, assertion)) ?? RESERVED_ID);
  }
}

const ownerOf = ({ identifier, requestId }: AskPasskey): ChallengeOwner =>
  identifier === null ? { kind: 'passkey-discovery', requestId } : { kind: 'passkey-sign-in', name: fold(identifier) };

/** @param name Under which it counts where no account is found. */
function attemptOf(
  tenant: KnownTenant,
  user: User | null,
  name: string,
  { origin: { peerIp } }: AttemptOrigin,
): Attempt {
  return { tenant, factor: 'first', userId: user?.id ?? null, name, peerIp, knownDeviceId: null };
}

/**
 * Whether the account that the authenticator names is the one that signs in. Without a name it has to name one (WebAuthn Level 3 section
 * 7.2, step 6).
 */
const isHandleOf = ({ identifier, assertion: { userHandle } }: ProvePasskey, user: User | null): boolean =>
  userHandle === null ? identifier !== null : userHandle === user?.webauthnHandle;
