import { randomBytes } from 'node:crypto';
import type { Authority } from '../../access/index.ts';
import {
  type CredentialChangeDeps,
  creationOptions,
  getAccountOfCredentials,
  type NewPasskeyResponse,
  type Passkey,
  type PasskeyAttachment,
  type PasskeyMode,
  passkeyErrors,
  showPasskey,
  verifyNewPasskey,
} from '../../auth-modes/index.ts';
import { requireText } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import { showAccount } from '../shown-account.ts';
import { requireSignedIn } from '../signed-in.ts';
import type { PasskeyChallenges } from './passkey.challenges.ts';
import { type PasskeyTenants, requirePasskeys } from './passkey.tenants.ts';
import type { RelyingParties } from './relying-parties.ts';

/** A new passkey as a browser sent it. */
export interface AddPasskey extends NewPasskeyResponse {
  /** For lists; null: none. */
  readonly name: string | null;
}

export interface PasskeyRegistrationDeps extends CredentialChangeDeps {
  readonly db: Database;
  readonly mode: PasskeyMode;
  readonly challenges: PasskeyChallenges;
  readonly parties: RelyingParties;
  readonly directory: PasskeyTenants & CredentialChangeDeps['directory'];
  readonly handles: Pick<UserStore, 'giveWebauthnHandle'>;
}

/** WebAuthn Level 3 section 5.4.3 recommends 64 random bytes, so that the handle says nothing about its user. */
const HANDLE_BYTES = 64;
const NAME = { max: 255 };

/** The passkeys of users who are signed in. */
export class PasskeyRegistration {
  readonly #deps: PasskeyRegistrationDeps;

  constructor(deps: PasskeyRegistrationDeps) {
    this.#deps = deps;
  }

  /** The passkeys of the caller, in their order. @throws FORBIDDEN The caller is no user of the tenant, nor acts for one. */
  listOwn(authority: Authority): Promise<readonly Passkey[]> {
    const userId = authority.caller.userId ?? '';
    authority.withReach('self').requireAccount(userId);
    return this.#deps.mode.ofUser(authority.tenant.id, userId);
  }

  /**
   * What a browser makes a passkey from (`PublicKeyCredentialCreationOptionsJSON`). The challenge works in the session of the caller alone.
   * @param attachment What the user wants, if the tenant leaves the choice; null: any.
   * @throws FORBIDDEN The caller is no user in a session of the tenant.
   * @throws PASSKEYS_DISABLED, USER_NOT_FOUND, REAUTHENTICATION_REQUIRED
   */
  async begin(
    authority: Authority,
    attachment: PasskeyAttachment | null = null,
  ): Promise<ReturnType<typeof creationOptions>> {
    const { mode, challenges, parties, directory } = this.#deps;
    const signedIn = requireSignedIn(authority);
    const tenant = await requirePasskeys(directory, authority.tenant);
    const user = await getAccountOfCredentials(this.#deps, authority, signedIn.userId);
    const { host, peerIp } = authority.caller.origin;
    const rp = await parties.of(tenant, host);
    const existing = (await mode.ofUser(tenant.id, user.id)).map(({ data }) => showPasskey(data));
    const owner = { handle: await this.#handleOf(user), username: user.username, displayName: showAccount(user).name };
    const challenge = await challenges.issue(
      tenant,
      { kind: 'passkey-registration', ...signedIn },
      { rpId: rp.id, peerIp },
    );
    const { passkeys } = tenant.settings;
    const policy = { ...passkeys, attachment: passkeys.attachment ?? attachment };
    return creationOptions({ challenge, rp, owner, policy, existing });
  }

  /**
   * Adds a passkey that was made from the options of `begin` in the same session. The challenge is used up in any case.
   * @throws PASSKEY_INVALID A check of WebAuthn Level 3 section 7.1 failed, or the tenant does not accept such passkeys.
   * @throws PASSKEY_TAKEN, PASSKEY_LIMIT_REACHED, INVALID_INPUT The name.
   * @throws FORBIDDEN, PASSKEYS_DISABLED, USER_NOT_FOUND, REAUTHENTICATION_REQUIRED
   */
  async add(authority: Authority, { name, ...response }: AddPasskey): Promise<Passkey> {
    const { db, mode, challenges, directory } = this.#deps;
    const signedIn = requireSignedIn(authority);
    const tenant = await requirePasskeys(directory, authority.tenant);
    const { id } = await getAccountOfCredentials(this.#deps, authority, signedIn.userId);
    const label = name === null || name === '' ? null : requireText(name, 'input.name', NAME);
    const ceremony = await challenges.redeem(tenant, { kind: 'passkey-registration', ...signedIn }, response);
    const data = ceremony === null ? null : await verifyNewPasskey(response, ceremony, tenant.settings.passkeys);
    if (data === null) throw passkeyErrors.PASSKEY_INVALID();
    return db.transaction(() => mode.add(authority, id, { data, label }));
  }

  /** The handle of an account, which it keeps for ever: a browser replaces a passkey of the same handle. */
  #handleOf({ tenantId, id, webauthnHandle }: User): Promise<string> | string {
    return webauthnHandle ?? this.#deps.handles.giveWebauthnHandle(tenantId, id, newHandle());
  }
}

const newHandle = (): string => randomBytes(HANDLE_BYTES).toString('base64url');
