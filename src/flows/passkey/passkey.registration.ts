import type { Authority } from '../../access/index.ts';
import {
  type CredentialChangeDeps,
  type creationOptions,
  getAccountOfCredentials,
  type Passkey,
  type PasskeyAttachment,
  type PasskeyMode,
} from '../../auth-modes/index.ts';
import type { Database } from '../../persistence/index.ts';
import { requireSignedIn, type SignedIn } from '../signed-in.ts';
import type { AddPasskey, NewPasskeys } from './new-passkeys.ts';
import type { ChallengeOwner } from './passkey.challenges.ts';
import { type PasskeyTenants, requirePasskeys } from './passkey.tenants.ts';

export interface PasskeyRegistrationDeps extends CredentialChangeDeps {
  readonly db: Database;
  readonly mode: PasskeyMode;
  readonly newPasskeys: NewPasskeys;
  readonly directory: PasskeyTenants & CredentialChangeDeps['directory'];
}

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
    const { newPasskeys, directory } = this.#deps;
    const signedIn = requireSignedIn(authority);
    const tenant = await requirePasskeys(directory, authority.tenant);
    const user = await getAccountOfCredentials(this.#deps, authority, signedIn.userId);
    return newPasskeys.offer(tenant, authority.caller.origin, { user, owner: ownerOf(signedIn), attachment });
  }

  /**
   * Adds a passkey that was made from the options of `begin` in the same session. The challenge is used up in any case. Ends a demand for
   * a passkey.
   * @throws PASSKEY_INVALID A check of WebAuthn Level 3 section 7.1 failed, or the tenant does not accept such passkeys.
   * @throws PASSKEY_TAKEN, PASSKEY_LIMIT_REACHED, INVALID_INPUT The name.
   * @throws FORBIDDEN, PASSKEYS_DISABLED, USER_NOT_FOUND, REAUTHENTICATION_REQUIRED
   */
  async add(authority: Authority, made: AddPasskey): Promise<Passkey> {
    const { db, mode, newPasskeys, directory } = this.#deps;
    const signedIn = requireSignedIn(authority);
    const tenant = await requirePasskeys(directory, authority.tenant);
    const { id } = await getAccountOfCredentials(this.#deps, authority, signedIn.userId);
    const passkey = await newPasskeys.check(tenant, ownerOf(signedIn), made);
    return db.transaction(() => mode.add(authority, id, passkey));
  }
}

const ownerOf = (signedIn: SignedIn): ChallengeOwner => ({ kind: 'passkey-registration', ...signedIn });
