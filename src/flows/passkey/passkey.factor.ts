import {
  type PasskeyAssertion,
  type PasskeyMode,
  proveSecondFactor,
  requestOptions,
  type SecondFactorDeps,
} from '../../auth-modes/index.ts';
import type { EventActor } from '../../events/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User } from '../../users/index.ts';
import type { PasskeyChallenges } from './passkey.challenges.ts';
import { passkeySignInErrors } from './passkey.errors.ts';
import { type PasskeyTenants, requirePasskeys } from './passkey.tenants.ts';
import type { RelyingParties } from './relying-parties.ts';

/** A user whose first factor was proved in a sign-in under way. */
export interface AskFactor {
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
  readonly mode: PasskeyMode;
  readonly challenges: PasskeyChallenges;
  readonly parties: RelyingParties;
}

/** Passkeys as the second factor of sign-ins. */
export class PasskeyFactor {
  readonly #deps: PasskeyFactorDeps;

  constructor(deps: PasskeyFactorDeps) {
    this.#deps = deps;
  }

  /**
   * What a browser shows the factor with (`PublicKeyCredentialRequestOptionsJSON`). The challenge works in this sign-in alone.
   * @throws PASSKEYS_DISABLED
   */
  async begin(
    { origin }: Pick<EventActor, 'origin'>,
    { id }: Pick<KnownTenant, 'id'>,
    { user, handle }: AskFactor,
  ): Promise<ReturnType<typeof requestOptions>> {
    const { directory, mode, challenges, parties } = this.#deps;
    const tenant = await requirePasskeys(directory, { id });
    const { id: rpId } = await parties.of(tenant, origin.host);
    const shown = await mode.shownTo(tenant, user.id, user.id);
    const owner = { kind: 'passkey-factor', userId: user.id, handle } as const;
    const challenge = await challenges.issue(tenant, owner, { rpId, peerIp: origin.peerIp });
    return requestOptions(challenge, rpId, shown);
  }

  /**
   * Checks what a passkey signed, as that of a sign-in, and counts the attempt with all other second factors. The challenge is used up
   * in any case.
   * @returns How it shows in `amr` (RFC 8176).
   * @throws PASSKEY_REFUSED Also while the second factor of the account is blocked. Records `sign_in.factor_failed`.
   * @throws PASSKEYS_DISABLED, TOO_MANY_REQUESTS
   */
  async prove(
    actor: EventActor,
    { id }: Pick<KnownTenant, 'id'>,
    { user, handle, assertion, knownDeviceId }: ShowFactor,
  ): Promise<readonly string[]> {
    const { directory, mode, challenges } = this.#deps;
    const tenant = await requirePasskeys(directory, { id });
    const { id: userId } = user;
    const ceremony = await challenges.redeem(tenant, { kind: 'passkey-factor', userId, handle }, assertion);
    const isOfUser = assertion.userHandle === null || assertion.userHandle === user.webauthnHandle;
    const given = ceremony !== null && isOfUser ? { assertion, ceremony } : null;
    const factor = { userId, knownDeviceId, method: mode.type, fault: 'wrong_proof' } as const;
    const proved = await proveSecondFactor(this.#deps, actor, tenant, factor, {
      match: async () => (given === null ? null : mode.match(tenant.id, userId, given)),
      spend: (matched) => mode.spend(tenant.id, matched),
    });
    if (proved === null) throw passkeySignInErrors.PASSKEY_REFUSED();
    return proved.amr;
  }
}
