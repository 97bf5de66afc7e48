import type { Authority } from '../../access/index.ts';
import {
  type CredentialChangeDeps,
  type CredentialStore,
  type creationOptions,
  getAccountOfCredentials,
  isPasskey,
  type Passkey,
  type PasskeyAttachment,
  type WebauthnKind,
  type WebauthnModes,
} from '../../auth-modes/index.ts';
import type { Database } from '../../persistence/index.ts';
import { requireSignedIn, type SignedIn } from '../signed-in.ts';
import type { AddPasskey, NewPasskeys, PasskeyPurpose } from './new-passkeys.ts';
import { type PasskeyTenants, requirePasskeys } from './passkey.tenants.ts';

/** A key that a user wants to make. */
export interface BeginPasskey {
  /** Default: a passkey. */
  readonly kind?: WebauthnKind;
  /** Kind of authenticator, if the tenant leaves the choice; absent or null: any. */
  readonly attachment?: PasskeyAttachment | null;
}

/** A key that a user made. */
export interface AddOwnPasskey extends AddPasskey {
  /** Default: a passkey. */
  readonly kind?: WebauthnKind;
}

export interface PasskeyRegistrationDeps extends CredentialChangeDeps {
  readonly db: Database;
  readonly modes: WebauthnModes;
  readonly newPasskeys: NewPasskeys;
  readonly credentials: Pick<CredentialStore, 'acceptedAsSecond' | 'ofUser'>;
  readonly directory: PasskeyTenants & CredentialChangeDeps['directory'];
}

/** The passkeys and security keys of users who are signed in. */
export class PasskeyRegistration {
  readonly #deps: PasskeyRegistrationDeps;

  constructor(deps: PasskeyRegistrationDeps) {
    this.#deps = deps;
  }

  /**
   * The passkeys and security keys of the caller, in their order.
   * @param kind One kind alone; null: both.
   * @throws FORBIDDEN The caller is no user of the tenant, nor acts for one.
   */
  async listOwn(authority: Authority, kind: WebauthnKind | null = null): Promise<readonly Passkey[]> {
    const userId = authority.caller.userId ?? '';
    authority.withReach('self').requireAccount(userId);
    const own = (await this.#deps.credentials.ofUser(authority.tenant.id, userId)).filter(isPasskey);
    return kind === null ? own : own.filter(({ type }) => type === kind);
  }

  /**
   * What a browser makes a key from (`PublicKeyCredentialCreationOptionsJSON`). The challenge works in the session of the caller alone, and
   * for a key of the kind.
   * @throws FORBIDDEN The caller is no user in a session of the tenant.
   * @throws PASSKEYS_DISABLED, USER_NOT_FOUND, REAUTHENTICATION_REQUIRED
   */
  async begin(
    authority: Authority,
    { kind = 'passkey', attachment = null }: BeginPasskey = {},
  ): Promise<ReturnType<typeof creationOptions>> {
    const { newPasskeys, directory } = this.#deps;
    const signedIn = requireSignedIn(authority);
    const tenant = await requirePasskeys(directory, authority.tenant);
    const user = await getAccountOfCredentials(this.#deps, authority, signedIn.userId);
    return newPasskeys.offer(tenant, authority.caller.origin, { ...purposeOf(kind, signedIn), user, attachment });
  }

  /**
   * Adds a key that was made from the options of `begin` for the kind in the same session. The challenge is used up in any case. Ends a
   * demand for one of the kind.
   * @throws PASSKEY_INVALID A check of WebAuthn Level 3 section 7.1 failed, or the tenant does not accept such keys.
   * @throws PASSKEY_TAKEN, PASSKEY_LIMIT_REACHED, INVALID_INPUT The name.
   * @throws FORBIDDEN, PASSKEYS_DISABLED, USER_NOT_FOUND, REAUTHENTICATION_REQUIRED
   */
  async add(authority: Authority, { kind = 'passkey', ...made }: AddOwnPasskey): Promise<Passkey> {
    const { db, modes, newPasskeys, directory } = this.#deps;
    const signedIn = requireSignedIn(authority);
    const tenant = await requirePasskeys(directory, authority.tenant);
    const { id } = await getAccountOfCredentials(this.#deps, authority, signedIn.userId);
    const passkey = await newPasskeys.check(tenant, purposeOf(kind, signedIn), made);
    return db.transaction(() => modes[kind].add(authority, id, passkey));
  }
}

const purposeOf = (kind: WebauthnKind, { userId, sessionId }: SignedIn): PasskeyPurpose => ({
  kind,
  owner: { kind: `${kind}-registration`, userId, sessionId },
});
