import {
  type Attempt,
  type PasskeyAssertion,
  type PasskeyMode,
  type ProvedPasskey,
  requestOptions,
} from '../../auth-modes/index.ts';
import { routeOfHandle } from '../../crypto/index.ts';
import { fold, type TenantRef } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import type { AttemptOrigin } from '../attempt-actor.ts';
import type { ProofGuard, SignInTickets } from '../image-proof/index.ts';
import { lacksConfirmedEmail } from '../sign-in.steps.ts';
import { afterEqualWork } from '../unknown-name.ts';
import type { PasskeyChallenges } from './passkey.challenges.ts';
import { type PasskeyTenants, requirePasskeys } from './passkey.tenants.ts';
import type { RelyingParties } from './relying-parties.ts';

/** A request of somebody who wants to sign in by a passkey. */
export interface AskPasskey {
  readonly tenant: Pick<TenantRef, 'id'>;
  /** As typed. */
  readonly identifier: string;
  readonly actor: AttemptOrigin;
}

export interface ProvePasskey extends AskPasskey {
  /** The request for a sign-in for which the ticket is; null: for none. */
  readonly requestId: string | null;
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
  readonly mode: PasskeyMode;
  readonly challenges: PasskeyChallenges;
  readonly parties: RelyingParties;
  readonly guard: ProofGuard;
  readonly tickets: Pick<SignInTickets, 'issue'>;
}

/** A request with what was found for it. */
interface Found {
  readonly tenant: KnownTenant;
  readonly user: User | null;
  readonly name: string;
  readonly attempt: Attempt;
}

/** Signs users in by their passkeys. */
export class PasskeySignIn {
  readonly #deps: PasskeySignInDeps;

  constructor(deps: PasskeySignInDeps) {
    this.#deps = deps;
  }

  /**
   * What a browser signs in with (`PublicKeyCredentialRequestOptionsJSON`), the same in kind for every name, whether or not somebody has
   * it and has passkeys.
   * @throws PASSKEYS_DISABLED
   * @throws TOO_MANY_REQUESTS The name or the address is blocked.
   */
  async begin(input: AskPasskey): Promise<ReturnType<typeof requestOptions>> {
    const { mode, challenges, parties, guard } = this.#deps;
    const { tenant, user, name, attempt } = await this.#find(input);
    await guard.assertFree(attempt);
    const { host, peerIp } = input.actor.origin;
    const { id: rpId } = await parties.of(tenant, host);
    const shown = await mode.shownTo(tenant, user?.id ?? null, name);
    const challenge = await challenges.issue(tenant, { kind: 'passkey-sign-in', name }, { rpId, peerIp });
    return requestOptions(challenge, rpId, shown);
  }

  /**
   * Checks what a passkey signed. Unknown name, account without passkeys, passkey of another account, wrong or used challenge, wrong page,
   * a counter that is not higher: each gives the same error and counts as a failed attempt, for names that nobody has too. The challenge
   * is used up in any case.
   * @throws PASSKEY_REFUSED Records `sign_in.failed` with the reason.
   * @throws TOO_MANY_REQUESTS The name or the address is blocked; the challenge is not used up.
   * @throws SIGN_IN_ACCOUNT_DISABLED The passkey is right, and the account is disabled.
   * @throws PASSKEYS_DISABLED
   */
  async authenticate(input: ProvePasskey): Promise<ProvedPasskeySignIn> {
    const { guard, tickets } = this.#deps;
    const found = await this.#find(input);
    const { tenant, user, attempt } = found;
    const { amr } = await guard.signIn(attempt, input.actor, user, () => this.#prove(input, found));
    const { requestId } = input;
    const ticket = await tickets.issue(tenant, { userId: user!.id, requestId, amr });
    return { user: user!, ticket, isEmailConfirmationNeeded: lacksConfirmedEmail(tenant.settings, user!) };
  }

  async #prove({ assertion, requestId }: ProvePasskey, { tenant, user, name }: Found): Promise<ProvedPasskey | null> {
    const { challenges, mode } = this.#deps;
    const ceremony = await challenges.redeem(tenant, { kind: 'passkey-sign-in', name }, assertion);
    const isOfRequest = requestId === null || routeOfHandle(requestId) === tenant.route;
    if (ceremony === null || !isOfRequest || !isHandleOf(assertion, user)) return null;
    return mode.prove(tenant.id, user?.id ?? null, { assertion, ceremony });
  }

  /** @throws PASSKEYS_DISABLED */
  async #find({ tenant: { id }, identifier, actor }: AskPasskey): Promise<Found> {
    const { directory, users } = this.#deps;
    const tenant = await requirePasskeys(directory, { id });
    const { signInByEmail: byEmail } = tenant.settings;
    const known = await users.findByIdentifier(id, identifier, { byEmail });
    const user = await afterEqualWork(users, id, known);
    const { peerIp } = actor.origin;
    const attempt = { tenant, userId: user?.id ?? null, name: identifier, peerIp, knownDeviceId: null } as const;
    return { tenant, user, name: fold(identifier), attempt: { ...attempt, factor: 'first' } };
  }
}

/** Whether the account that the authenticator names is the one that signs in (WebAuthn Level 3 section 7.2, step 6). */
const isHandleOf = ({ userHandle }: PasskeyAssertion, user: User | null): boolean =>
  userHandle === null || userHandle === user?.webauthnHandle;
