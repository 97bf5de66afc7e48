import { randomBytes } from 'node:crypto';
import {
  creationOptions,
  type NewPasskeyResponse,
  type PasskeyAttachment,
  type PasskeyData,
  passkeyErrors,
  policyOf,
  showPasskey,
  userHandleOf,
  verifyNewPasskey,
  type WebauthnKind,
  type WebauthnModes,
} from '../../auth-modes/index.ts';
import { type Origin, requireText } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import { showAccount } from '../shown-account.ts';
import type { ChallengeOwner, PasskeyChallenges } from './passkey.challenges.ts';
import type { RelyingParties } from './relying-parties.ts';

/** A new key as a browser sent it. */
export interface AddPasskey extends NewPasskeyResponse {
  /** For lists; null: none. */
  readonly name: string | null;
}

/** A new key that was verified, ready to be added in a transaction. */
export interface NewPasskey {
  readonly data: PasskeyData;
  readonly label: string | null;
}

/** What is made, and for what the challenge is. */
export interface PasskeyPurpose {
  readonly kind: WebauthnKind;
  readonly owner: ChallengeOwner;
}

/** Who makes a key. */
export interface PasskeyMaker extends PasskeyPurpose {
  readonly user: User;
  /** What the user wants, if the tenant leaves the choice; null: any. */
  readonly attachment: PasskeyAttachment | null;
}

export interface NewPasskeysDeps {
  readonly modes: WebauthnModes;
  readonly challenges: PasskeyChallenges;
  readonly parties: RelyingParties;
  readonly handles: Pick<UserStore, 'giveWebauthnHandle'>;
}

/** WebAuthn Level 3 section 5.4.3 recommends 64 random bytes, so that the handle says nothing about its user. */
const HANDLE_BYTES = 64;
const NAME = { max: 255 };

/** What browsers make passkeys and security keys from, and the check of what they made. Who may make one is decided before. */
export class NewPasskeys {
  readonly #deps: NewPasskeysDeps;

  constructor(deps: NewPasskeysDeps) {
    this.#deps = deps;
  }

  /** What a browser makes a key from (`PublicKeyCredentialCreationOptionsJSON`). The challenge works for its owner alone. */
  async offer(
    tenant: KnownTenant,
    { host, peerIp }: Pick<Origin, 'host' | 'peerIp'>,
    { kind, user, owner, attachment }: PasskeyMaker,
  ): Promise<ReturnType<typeof creationOptions>> {
    const { modes, challenges, parties } = this.#deps;
    const wanted = policyOf(tenant.settings, kind);
    const rp = await parties.of(tenant, host, wanted);
    const existing = (await modes[kind].ofUser(tenant.id, user.id)).map(({ data }) => showPasskey(data));
    const handle = userHandleOf(kind, await this.#handleOf(user));
    const challenge = await challenges.issue(tenant, owner, { rpId: rp.id, peerIp });
    const policy = { ...wanted, attachment: wanted.attachment ?? attachment };
    const shown = { handle, username: user.username, displayName: showAccount(user).name };
    return creationOptions({ challenge, rp, owner: shown, policy, existing });
  }

  /**
   * Checks a key that was made from an offer for the same purpose. The challenge is used up in any case.
   * @throws PASSKEY_INVALID A check of WebAuthn Level 3 section 7.1 failed, or the tenant does not accept such keys.
   * @throws INVALID_INPUT The name.
   */
  async check(tenant: KnownTenant, { kind, owner }: PasskeyPurpose, made: AddPasskey): Promise<NewPasskey> {
    const { name, ...response } = made;
    const label = name === null || name === '' ? null : requireText(name, 'input.name', NAME);
    const ceremony = await this.#deps.challenges.redeem(tenant, owner, response);
    const policy = policyOf(tenant.settings, kind);
    const data = ceremony === null ? null : await verifyNewPasskey(response, ceremony, policy);
    if (data === null) throw passkeyErrors.PASSKEY_INVALID();
    return { data, label };
  }

  /** The handle of an account, which it keeps for ever: a browser replaces a passkey of the same handle. */
  #handleOf({ tenantId, id, webauthnHandle }: User): Promise<string> | string {
    return webauthnHandle ?? this.#deps.handles.giveWebauthnHandle(tenantId, id, newHandle());
  }
}

const newHandle = (): string => randomBytes(HANDLE_BYTES).toString('base64url');
