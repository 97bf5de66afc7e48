import type { InferKyselyDB } from '@mikro-orm/sql';
import type { Kysely } from 'kysely';
import { isUuid, newId } from '../kernel/index.ts';
import { type Database, defineStatement } from '../persistence/index.ts';
import type { ClientScopeEntity, ClientScopeLinkEntity } from './client.entity.ts';

type Tables = InferKyselyDB<typeof ClientScopeEntity> & InferKyselyDB<typeof ClientScopeLinkEntity>;

/** A scope a client may ask for; a default one is granted when the request names none. */
export interface LinkedScope {
  readonly name: string;
  readonly isDefault: boolean;
}

const LINKS = defineStatement<LinkedScope & { readonly clientUuid: string }>(
  'client-scope-links',
  `select link.client_uuid as "clientUuid", scope.name, link.is_default as "isDefault" from client_scope_links link
  join client_scopes scope on scope.tenant_id = link.tenant_id and scope.id = link.scope_id
  where link.tenant_id = $1 and link.client_uuid = any($2::uuid[]) order by scope.name`,
);

/** The only queries on scopes of a tenant and their links to clients. */
export class ClientScopeStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get #sql(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  /** The names among these for which the tenant has a row. */
  async knownNames(tenantId: string, names: readonly string[]): Promise<Set<string>> {
    return new Set((await this.#idsOf(tenantId, names)).keys());
  }

  async #idsOf(tenantId: string, names: readonly string[]): Promise<Map<string, string>> {
    if (names.length === 0) return new Map();
    const rows = await this.#sql
      .selectFrom('client_scopes')
      .select(['name', 'id'])
      .where('tenant_id', '=', tenantId)
      .where('name', 'in', [...names])
      .execute();
    return new Map(rows.map(({ name, id }) => [name, id]));
  }

  /** Default and optional scopes of each client, sorted by name. */
  async linksOf(tenantId: string, clientUuids: readonly string[]): Promise<Map<string, LinkedScope[]>> {
    const known = clientUuids.filter(isUuid);
    if (known.length === 0) return new Map();
    const rows = await this.#db.run(LINKS, [tenantId, known]);
    const grouped = Map.groupBy(rows, ({ clientUuid }) => clientUuid);
    return new Map([...grouped].map(([id, links]) => [id, links.map(({ name, isDefault }) => ({ name, isDefault }))]));
  }

  /** Replaces the scopes of a client; adds a row for each name without one. */
  async replaceLinks(tenantId: string, clientUuid: string, links: readonly LinkedScope[], now: Date): Promise<void> {
    await this.#sql
      .deleteFrom('client_scope_links')
      .where('tenant_id', '=', tenantId)
      .where('client_uuid', '=', clientUuid)
      .execute();
    if (links.length === 0) return;
    const names = links.map(({ name }) => name);
    await this.#sql
      .insertInto('client_scopes')
      .values(names.map((name) => ({ tenant_id: tenantId, id: newId(), name, created_at: now })) as never)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const ids = await this.#idsOf(tenantId, names);
    await this.#sql
      .insertInto('client_scope_links')
      .values(
        links.map(({ name, isDefault }) => ({
          tenant_id: tenantId,
          client_uuid: clientUuid,
          scope_id: ids.get(name)!,
          is_default: isDefault,
        })),
      )
      .execute();
  }
}
