import type { Authority } from '../../access/index.ts';
import {
  CLIENT_ID,
  type Client,
  type ClientScopeStore,
  type ClientStore,
  clientErrors,
  clientEvents,
  type LinkedAppRow,
} from '../../clients/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { ClientRoles, GuardedAccounts } from '../../roles/index.ts';
import { type AccountSource, getAccountInReach } from '../../users/index.ts';

/** An app on a user's device, with separate credentials (docs/data-model.md). */
export interface LinkedApp {
  readonly tenantId: string;
  /** `clients.id`. */
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  readonly name: string | null;
  /** Which app it is an instance of. */
  readonly softwareId: string | null;
  /** Names of the scopes it may request, sorted. */
  readonly availableScopes: readonly string[];
  readonly createdAt: Date;
}

export interface LinkedAppsDeps {
  readonly db: Database;
  readonly clients: Pick<ClientStore, 'instancesOf' | 'findById' | 'findByClientId' | 'lock' | 'delete'>;
  readonly scopes: Pick<ClientScopeStore, 'linksOf'>;
  readonly clientRoles: Pick<ClientRoles, 'end'>;
  readonly users: AccountSource;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly events: EventLog;
}

/** Lists and removes the apps of users. */
export class LinkedApps {
  readonly #deps: LinkedAppsDeps;

  constructor(deps: LinkedAppsDeps) {
    this.#deps = deps;
  }

  /** The apps of a user, the newest first; at most 100. @throws FORBIDDEN, USER_NOT_FOUND */
  async list(authority: Authority, userId: string): Promise<readonly LinkedApp[]> {
    const { id } = await getAccountInReach(this.#deps.users, authority, userId);
    return (await this.ofUsers(authority.tenant.id, [id])).get(id) ?? [];
  }

  /** The same for each of many users. The caller of this method must check the permission to read them. */
  async ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly LinkedApp[]>> {
    const apps = await this.#shown(tenantId, await this.#deps.clients.instancesOf(tenantId, userIds));
    return Map.groupBy(apps, ({ userId }) => userId);
  }

  /** One app by `clients.id`, or null. The caller of this method must check the permission to read it. */
  async findIn(tenantId: string, id: string): Promise<LinkedApp | null> {
    const client = await this.#deps.clients.findById(tenantId, id);
    if (client?.kind !== 'instance' || client.ownerUserId == null) return null;
    return (await this.#shown(tenantId, [client]))[0] ?? null;
  }

  /**
   * Deletes an app instance with its secrets and tokens. The app must register again to work.
   * @returns The deleted app.
   * @throws LINKED_APP_NOT_FOUND, USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED, ADMINISTRATOR_LAST
   */
  async remove(authority: Authority, userId: string, clientId: string): Promise<Pick<Client, 'id' | 'clientId'>> {
    const { db, clients, guard } = this.#deps;
    const { tenant } = authority;
    const { id: owner } = await getAccountInReach(this.#deps.users, authority, userId);
    await guard.assertMayChange(authority, 'user', owner);
    const found = CLIENT_ID.test(clientId) ? await clients.findByClientId(tenant.id, clientId) : null;
    if (found === null) throw clientErrors.LINKED_APP_NOT_FOUND();
    return db.transaction(async () => {
      if (!(await this.#remove(authority, owner, found.id))) throw clientErrors.LINKED_APP_NOT_FOUND();
      return { id: found.id, clientId };
    });
  }

  /** Those of the users who have an app. */
  async ownersAmong({ tenant }: Authority, userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const apps = await this.#deps.clients.instancesOf(tenant.id, userIds);
    return new Set(apps.flatMap(({ ownerUserId }) => ownerUserId ?? []));
  }

  /**
   * Deletes every app of a user, inside a unit of work in which the account is locked.
   * @throws FORBIDDEN, ACCOUNT_GUARDED, ADMINISTRATOR_LAST
   */
  async removeAllOf(authority: Authority, userId: string): Promise<void> {
    const { tenant } = authority;
    const next = () => this.#deps.clients.instancesOf(tenant.id, [userId]);
    // Repeat, because the store returns only the newest hundred.
    for (let apps = await next(); apps.length > 0; apps = await next())
      for (const { id } of apps) await this.#remove(authority, userId, id);
  }

  async #remove(authority: Authority, owner: string, id: string): Promise<boolean> {
    const { clients, clientRoles, guard, events } = this.#deps;
    const { caller, tenant } = authority;
    const client = await clients.lock(tenant.id, id);
    if (client?.kind !== 'instance' || client.ownerUserId !== owner) return false;
    // Users may always unlink the apps of their own account, whatever permissions the apps have.
    if (!authority.isOwnAccount(owner)) await guard.assertMayChange(authority, 'client', id);
    await clientRoles.end(authority, id);
    await clients.delete(tenant.id, id);
    const { clientId, softwareId } = client;
    events.record(caller, tenant, {
      type: clientEvents['linked_app.removed'],
      subjectId: owner,
      clientId,
      params: { id: clientId, softwareId: softwareId ?? null },
    });
    return true;
  }

  async #shown(tenantId: string, clients: readonly LinkedAppRow[]): Promise<readonly LinkedApp[]> {
    const scopes = await this.#deps.scopes.linksOf(
      tenantId,
      clients.map(({ id }) => id),
    );
    return clients.map(({ id, clientId, name, softwareId, ownerUserId, createdAt }) => ({
      tenantId,
      id,
      userId: ownerUserId ?? '',
      clientId,
      name: name ?? null,
      softwareId: softwareId ?? null,
      availableScopes: (scopes.get(id) ?? []).map((scope) => scope.name),
      createdAt,
    }));
  }
}
