import type { Authority } from '../access/index.ts';
import {
  type Client,
  type ClientChanges,
  type ClientService,
  type CreateClient,
  type CreatedClient,
  clientErrors,
} from '../clients/index.ts';
import type { Database } from '../persistence/index.ts';
import { serviceAccountName, type UserService } from '../users/index.ts';
import type { EndAccessFlow } from './end-access/index.ts';

/** Whether a client has an account for what it does itself, for issuers whose tokens have one as their subject. */
export interface WithServiceAccount {
  /** Default: as it is, and none for a new client. */
  readonly hasServiceAccount?: boolean;
}

export interface ServiceAccountsDeps {
  readonly db: Database;
  readonly clients: Pick<ClientService, 'create' | 'update' | 'delete'>;
  readonly users: Pick<UserService, 'insertServiceAccount' | 'findServiceAccount'>;
  readonly endAccess: Pick<EndAccessFlow, 'deleteServiceAccount'>;
}

/** What usernames may have in any API; other names of clients are replaced by their UUID. */
const USABLE_NAME = /^[\w.@:~+ -]{1,200}$/;

const usernameOf = ({ id, clientId }: Client): string =>
  serviceAccountName(USABLE_NAME.test(clientId) && clientId === clientId.trim() ? clientId.toLowerCase() : id);

/**
 * Clients with their service accounts: accounts that stand for a client and never sign in. The client and its account are
 * made, changed and deleted in one transaction.
 */
export class ServiceAccountFlow {
  readonly #deps: ServiceAccountsDeps;

  constructor(deps: ServiceAccountsDeps) {
    this.#deps = deps;
  }

  /** @throws What `ClientService.create` throws; CLIENT_WITHOUT_ACCOUNT, USER_USERNAME_TAKEN */
  createClient(authority: Authority, input: CreateClient & WithServiceAccount): Promise<CreatedClient> {
    const { hasServiceAccount = false, ...properties } = input;
    return this.#deps.db.transaction(async () => {
      const created = await this.#deps.clients.create(authority, properties);
      if (hasServiceAccount) await this.#make(authority, created.client);
      return created;
    });
  }

  /**
   * Changes a client. Without a service account any more, what the account holds is lost.
   * @throws What `ClientService.update` throws; CLIENT_WITHOUT_ACCOUNT, USER_ID_TAKEN, USER_USERNAME_TAKEN, ACCOUNT_GUARDED,
   *   ADMINISTRATOR_LAST
   */
  updateClient(authority: Authority, id: string, input: ClientChanges & WithServiceAccount): Promise<Client> {
    const { hasServiceAccount, ...changes } = input;
    return this.#deps.db.transaction(async () => {
      // The lock of the client decides which of two changes at the same moment makes or deletes the account.
      const client = await this.#deps.clients.update(authority, id, changes);
      if (hasServiceAccount !== undefined && client.kind === 'builtin') throw clientErrors.CLIENT_BUILTIN();
      if (hasServiceAccount === undefined && changes.newType === 'public') await this.#assertNone(authority, client.id);
      if (hasServiceAccount === true) await this.#make(authority, client);
      if (hasServiceAccount === false) await this.#remove(authority, client.id);
      return client;
    });
  }

  /**
   * Deletes a client and its service account.
   * @throws NOT_FOUND, CLIENT_BUILTIN, CLIENT_DELETION_LOCKED, ACCOUNT_GUARDED, ADMINISTRATOR_LAST
   */
  deleteClient(authority: Authority, id: string): Promise<Client> {
    return this.#deps.db.transaction(async () => {
      const client = await this.#deps.clients.delete(authority, id);
      await this.#remove(authority, client.id);
      return client;
    });
  }

  async #make(authority: Authority, client: Client): Promise<void> {
    if (client.type === 'public' || client.kind === 'instance') throw clientErrors.CLIENT_WITHOUT_ACCOUNT();
    const { users } = this.#deps;
    if ((await users.findServiceAccount(client.tenantId, client.id)) !== null) return;
    await users.insertServiceAccount(authority, client.id, usernameOf(client));
  }

  /** A public client proves nothing, so nothing is done as its account. @throws CLIENT_WITHOUT_ACCOUNT */
  async #assertNone({ tenant }: Authority, clientUuid: string): Promise<void> {
    const account = await this.#deps.users.findServiceAccount(tenant.id, clientUuid);
    if (account !== null) throw clientErrors.CLIENT_WITHOUT_ACCOUNT();
  }

  async #remove(authority: Authority, clientUuid: string): Promise<void> {
    const account = await this.#deps.users.findServiceAccount(authority.tenant.id, clientUuid);
    if (account !== null) await this.#deps.endAccess.deleteServiceAccount(authority, account.id);
  }
}
