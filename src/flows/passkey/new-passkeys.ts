import { randomBytes } from 'node:crypto';
import {
  creationOptions,
  type NewPasskeyResponse,
  type PasskeyAttachment,
  type PasskeyData,
  type PasskeyMode,
  passkeyErrors,
  showPasskey,
  verifyNewPasskey,
} from '../../auth-modes/index.ts';
import { type Origin, requireText } from '../../kernel/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import { showAccount } from '../shown-account.ts';
import type { ChallengeOwner, PasskeyChallenges } from './passkey.challenges.ts';
import type { RelyingParties } from './relying-parties.ts';

/** A new passkey as a browser sent it. */
export interface AddPasskey extends NewPasskeyResponse {
  /** For lists; null: none. */
  readonly name: string | null;
}

/** A new passkey that was verified, ready to be added in a transaction. */
export interface NewPasskey {
  readonly data: PasskeyData;
  readonly label: string | null;
}

/** Who makes a passkey, and for what. */
export interface PasskeyMaker {
  readonly user: User;
  /** For what the challenge is. */
  readonly owner: ChallengeOwner;
  /** What the user wants, if the tenant leaves the choice; null: any. */
  readonly attachment: PasskeyAttachment | null;
}

export interface NewPasskeysDeps {
  readonly mode: Pick<PasskeyMode, 'ofUser'>;
  readonly challenges: PasskeyChallenges;
  readonly parties: RelyingParties;
  readonly handles: Pick<UserStore, 'giveWebauthnHandle'>;
}

/** WebAuthn Level 3 section 5.4.3 recommends 64 random bytes, so that the handle says nothing about its user. */
const HANDLE_BYTES = 64;
const NAME = { max: 255 };

/** What browsers make passkeys from, and the check of what they made. Who may make one is decided before. */
export class NewPasskeys {
  readonly #deps: NewPasskeysDeps;

  constructor(deps: NewPasskeysDeps) {
    this.#deps = deps;
  }

  /** What a browser makes a passkey from (`PublicKeyCredentialCreationOptionsJSON`). The challenge works for its owner alone. */
  async offer(
    tenant: KnownTenant,
    { host, peerIp }: Origin,
    { user, owner, attachment }: PasskeyMaker,
  ): Promise<ReturnType<typeof creationOptions>> {
    const { mode, challenges, parties } = this.#deps;
    const rp = await parties.of(tenant, host);
    const existing = (await mode.ofUser(tenant.id, user.id)).map(({ data }) => showPasskey(data));
    const handle = await this.#handleOf(user);
    const challenge = await challenges.issue(tenant, owner, { rpId: rp.id, peerIp });
    const { passkeys } = tenant.settings;
    const policy = { ...passkeys, attachment: passkeys.attachment ?? attachment };
    const shown = { handle, username: user.username, displayName: showAccount(user).name };
    return creationOptions({ challenge, rp, owner: shown, policy, existing });
  }

  /**
   * Checks a passkey that was made from an offer to the same owner. The challenge is used up in any case.
   * @throws PASSKEY_INVALID A check of WebAuthn Level 3 section 7.1 failed, or the tenant does not accept such passkeys.
   * @throws INVALID_INPUT The name.
   */
  async check(tenant: KnownTenant, owner: ChallengeOwner, { name, ...response }: AddPasskey): Promise<NewPasskey> {
    const label = name === null || name === '' ? null : requireText(name, 'input.name', NAME);
    const ceremony = await this.#deps.challenges.redeem(tenant, owner, response);
    const data = ceremony === null ? null : await verifyNewPasskey(response, ceremony, tenant.settings.passkeys);
    if (data === null) throw passkeyErrors.PASSKEY_INVALID();
    return { data, label };
  }

  /** The handle of an account, which it keeps for ever: a browser replaces a passkey of the same handle. */
  #handleOf({ tenantId, id, webauthnHandle }: User): Promise<string> | string {
    return webauthnHandle ?? this.#deps.handles.giveWebauthnHandle(tenantId, id, newHandle());
  }
}

const newHandle = (): string => randomBytes(HANDLE_BYTES).toString('base64url');
