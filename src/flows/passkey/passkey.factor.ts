import {
  type PasskeyAssertion,
  policyOf,
  proveSecondFactor,
  requestOptions,
  type SecondFactorDeps,
  userHandleOf,
  type WebauthnKind,
  type WebauthnModes,
} from '../../auth-modes/index.ts';
import type { EventActor } from '../../events/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User } from '../../users/index.ts';
import type { ChallengeOwner, PasskeyChallenges } from './passkey.challenges.ts';
import { passkeySignInErrors } from './passkey.errors.ts';
import { type PasskeyTenants, requirePasskeys } from './passkey.tenants.ts';
import type { RelyingParties } from './relying-parties.ts';

/** A user whose first factor was proved in a sign-in under way. */
export interface AskFactor {
  readonly kind: WebauthnKind;
  readonly user: Pick<User, 'id' | 'webauthnHandle'>;
  /** Handle of the sign-in. */
  readonly handle: string;
}

export interface ShowFactor extends AskFactor {
  readonly assertion: PasskeyAssertion;
  /** Device on which the user signed in before; null for other devices. */
  readonly knownDeviceId: string | null;
}

export interface PasskeyFactorDeps extends SecondFactorDeps {
  readonly directory: PasskeyTenants;
  readonly modes: WebauthnModes;
  readonly challenges: PasskeyChallenges;
  readonly parties: RelyingParties;
}

/** Passkeys and security keys as the second factor of sign-ins. */
export class PasskeyFactor {
  readonly #deps: PasskeyFactorDeps;

  constructor(deps: PasskeyFactorDeps) {
    this.#deps = deps;
  }

  /**
   * What a browser shows the factor with (`PublicKeyCredentialRequestOptionsJSON`). The challenge works in this sign-in alone, and for the
   * kind.
   * @throws PASSKEYS_DISABLED
   */
  async begin(
    { origin }: Pick<EventActor, 'origin'>,
    { id }: Pick<KnownTenant, 'id'>,
    { kind, user, handle }: AskFactor,
  ): Promise<ReturnType<typeof requestOptions>> {
    const { directory, modes, challenges, parties } = this.#deps;
    const tenant = await requirePasskeys(directory, { id });
    const policy = policyOf(tenant.settings, kind);
    const { id: rpId } = await parties.of(tenant, origin.host, policy);
    const allowed = await modes[kind].shownTo(tenant, user.id, user.id);
    const challenge = await challenges.issue(tenant, ownerOf(kind, user, handle), { rpId, peerIp: origin.peerIp });
    return requestOptions({ challenge, rpId, allowed, userVerification: policy.verificationOfUse });
  }

  /**
   * Checks what a key signed, as that of a sign-in, and counts the attempt with all other second factors. The challenge is used up in any
   * case.
   * @returns How it shows in `amr` (RFC 8176).
   * @throws PASSKEY_REFUSED Also while the second factor of the account is blocked. Records `sign_in.factor_failed`.
   * @throws PASSKEYS_DISABLED, TOO_MANY_REQUESTS
   */
  async prove(
    actor: EventActor,
    { id }: Pick<KnownTenant, 'id'>,
    { kind, user, handle, assertion, knownDeviceId }: ShowFactor,
  ): Promise<readonly string[]> {
    const { directory, modes, challenges } = this.#deps;
    const tenant = await requirePasskeys(directory, { id });
    const { id: userId } = user;
    const mode = modes[kind];
    const { verificationOfUse: userVerification } = policyOf(tenant.settings, kind);
    const ceremony = await challenges.redeem(tenant, ownerOf(kind, user, handle), assertion);
    const isOfUser = isHandleOf(kind, user, assertion);
    const given = ceremony !== null && isOfUser ? { assertion, ceremony, userVerification } : null;
    const factor = { userId, knownDeviceId, method: kind, fault: 'wrong_proof' } as const;
    const proved = await proveSecondFactor(this.#deps, actor, tenant, factor, {
      match: async () => (given === null ? null : mode.match(tenant.id, userId, given)),
      spend: (matched) => mode.spend(tenant.id, matched),
    });
    if (proved === null) throw passkeySignInErrors.PASSKEY_REFUSED();
    return proved.amr;
  }
}

const ownerOf = (kind: WebauthnKind, { id: userId }: AskFactor['user'], handle: string): ChallengeOwner => ({
  kind: `${kind}-factor`,
  userId,
  handle,
});

/** Whether the account that the authenticator names, if it names one, is that of the user. */
const isHandleOf = (
  kind: WebauthnKind,
  { webauthnHandle }: AskFactor['user'],
  { userHandle }: PasskeyAssertion,
): boolean =>
  userHandle === null || (typeof webauthnHandle === 'string' && userHandle === userHandleOf(kind, webauthnHandle));
