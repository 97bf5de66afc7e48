import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import { requireText } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import { type AccountChangeDeps, canonicalUserId } from '../users/index.ts';
import { getAccountOfCredentials } from './account-to-change.ts';
import { authModeErrors } from './auth-mode.errors.ts';
import type { AuthModeStore } from './auth-mode.store.ts';
import { credentialEvents, recordCredential } from './credential.events.ts';
import type { CredentialStore } from './credential.store.ts';
import type { CredentialInfo } from './credential-reader.ts';
import type { CredentialType } from './mode.ts';

export interface CredentialServiceDeps extends AccountChangeDeps {
  readonly db: Database;
  readonly columns: Pick<AuthModeStore, 'lock'>;
  readonly credentials: CredentialStore;
  readonly events: EventLog;
}

const LABEL = { max: 255 };

/** What can be done with a credential of any type. */
export class CredentialService {
  readonly #deps: CredentialServiceDeps;

  constructor(deps: CredentialServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Gives a credential another name; one event, none when it has that name.
   * @param label Null or empty: no name.
   * @throws CREDENTIAL_NOT_FOUND, USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED, INVALID_INPUT
   */
  rename(authority: Authority, id: string, label: string | null): Promise<CredentialInfo> {
    const next = label === null || label === '' ? null : requireText(label, 'input.label', LABEL);
    return this.#change(authority, id, async (credential) => {
      if (next === credential.label) return credential;
      const { credentials, events } = this.#deps;
      await credentials.rename(credential.tenantId, credential.id, next);
      const params = { type: credential.type, credentialId: credential.id, changed: ['label'] };
      events.record(authority.caller, authority.tenant, {
        type: credentialEvents['credential.updated'],
        subjectId: credential.userId,
        params,
      });
      return { ...credential, label: next };
    });
  }

  /**
   * Puts a credential at another place among those of its user: sign-in offers second factors in this order. One event, none
   * when it has that place.
   * @param afterId The credential of the same user that it follows; null: it becomes the first.
   * @throws CREDENTIAL_NOT_FOUND Also for `afterId`.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED
   */
  move(authority: Authority, id: string, afterId: string | null): Promise<CredentialInfo> {
    return this.#change(authority, id, async (credential) => {
      const { credentials, events } = this.#deps;
      const before = await this.#idsOf(credential);
      const after = placedAfter(before, credential.id, afterId?.toLowerCase() ?? null);
      if (after.every((one, at) => one === before[at])) return credential;
      await credentials.reorder(credential.tenantId, after);
      events.record(authority.caller, authority.tenant, {
        type: credentialEvents['credential.updated'],
        subjectId: credential.userId,
        params: { type: credential.type, credentialId: credential.id, changed: ['place'] },
      });
      return (await credentials.findById(credential.tenantId, credential.id)) ?? credential;
    });
  }

  /**
   * Removes all credentials of one type of an account. A second factor that is required stays required.
   * @returns The removed credentials.
   * @throws CREDENTIAL_PASSWORD_NEEDED Users remove their own password: they could not sign in again.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED
   */
  async removeAll(authority: Authority, userId: string, type: CredentialType): Promise<readonly CredentialInfo[]> {
    const { columns, credentials, db, events } = this.#deps;
    authority.requireAccount(canonicalUserId(userId));
    const { id } = await getAccountOfCredentials(this.#deps, authority, userId);
    if (type === 'password' && authority.isOwnAccount(id)) throw authModeErrors.CREDENTIAL_PASSWORD_NEEDED();
    const tenantId = authority.tenant.id;
    return db.transaction(async () => {
      await columns.lock(tenantId, id);
      const all = await credentials.ofUser(tenantId, id);
      const removed = all.filter((credential) => credential.type === type);
      for (const credential of removed) {
        await credentials.remove(tenantId, credential.id);
        recordCredential(events, authority, 'credential.removed', credential);
      }
      return removed;
    });
  }

  /**
   * Removes every credential of an account. Only for flows that have found out that somebody else may have made them, inside the unit of
   * work in which they have locked the account.
   */
  async discardAllOf(authority: Authority, userId: string): Promise<void> {
    const { credentials, events } = this.#deps;
    const tenantId = authority.tenant.id;
    for (const credential of (await credentials.ofUsers(tenantId, [userId])).get(userId) ?? []) {
      await credentials.remove(tenantId, credential.id);
      recordCredential(events, authority, 'credential.removed', credential);
    }
  }

  async #idsOf({ tenantId, userId }: CredentialInfo): Promise<string[]> {
    const all = await this.#deps.credentials.ofUser(tenantId, userId);
    return all.map(({ id }) => id);
  }

  /**
   * Removes a credential of any type. A second factor that is required stays required.
   * @returns The removed credential.
   * @throws CREDENTIAL_PASSWORD_NEEDED Users remove their own password: they could not sign in again.
   * @throws CREDENTIAL_NOT_FOUND, USER_NOT_FOUND, ACCOUNT_GUARDED, REAUTHENTICATION_REQUIRED
   */
  remove(authority: Authority, id: string): Promise<CredentialInfo> {
    return this.#change(authority, id, async (credential) => {
      if (credential.type === 'password' && authority.isOwnAccount(credential.userId))
        throw authModeErrors.CREDENTIAL_PASSWORD_NEEDED();
      await this.#deps.credentials.remove(credential.tenantId, credential.id);
      recordCredential(this.#deps.events, authority, 'credential.removed', credential);
      return credential;
    });
  }

  /** Runs a change of a credential while its account is locked, so that changes of one account follow each other. */
  async #change(
    authority: Authority,
    id: string,
    change: (credential: CredentialInfo) => Promise<CredentialInfo>,
  ): Promise<CredentialInfo> {
    const { columns, credentials, db } = this.#deps;
    const tenantId = authority.tenant.id;
    const owner = (await credentials.findById(tenantId, id))?.userId;
    // Callers with reach `self` must not learn whether another user's credential exists.
    authority.requireAccount(owner ?? '');
    if (owner === undefined) throw authModeErrors.CREDENTIAL_NOT_FOUND();
    const { id: userId } = await getAccountOfCredentials(this.#deps, authority, owner);
    return db.transaction(async () => {
      await columns.lock(tenantId, userId);
      const credential = await credentials.findById(tenantId, id);
      if (credential === null) throw authModeErrors.CREDENTIAL_NOT_FOUND();
      return change(credential);
    });
  }
}

/** The ids with one of them at another place. @throws CREDENTIAL_NOT_FOUND */
function placedAfter(ids: readonly string[], id: string, afterId: string | null): readonly string[] {
  if (afterId === id) return ids;
  const others = ids.filter((one) => one !== id);
  const at = afterId === null ? 0 : others.indexOf(afterId) + 1;
  if (afterId !== null && at === 0) throw authModeErrors.CREDENTIAL_NOT_FOUND();
  return others.toSpliced(at, 0, id);
}
