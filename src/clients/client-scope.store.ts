import { LockMode } from '@mikro-orm/core';
import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { isUuid, newId } from '../kernel/index.ts';
import {
  allOf,
  columnsOf,
  type Database,
  defineStatement,
  narrowedPage,
  type PageKey,
  type PageRequest,
  type PageResult,
  testing,
} from '../persistence/index.ts';
import {
  type ClientScope,
  ClientScopeEntity,
  type ClientScopeLinkEntity,
  type ProtocolMapper,
  type TenantDefault,
} from './client.entity.ts';

type Tables = InferKyselyDB<typeof ClientScopeEntity> & InferKyselyDB<typeof ClientScopeLinkEntity>;

/** A scope a client may ask for; a default one is granted when the request names none. */
export interface LinkedScope {
  readonly name: string;
  readonly isDefault: boolean;
}

/** A scope of a client as it is stored. */
export interface StoredLink extends LinkedScope {
  /** UUID of the scope. */
  readonly scopeId: string;
  /** Whether tokens name it among their scopes. */
  readonly isNamed: boolean;
}

/** A scope that new clients get. */
export interface TenantDefaultScope extends LinkedScope {
  /** UUID of the scope. */
  readonly scopeId: string;
}

/** The scopes of a client that count for a token: the default ones, and the optional ones that the token has. */
export const linksInForce = (links: readonly StoredLink[], scopes: readonly string[]): StoredLink[] =>
  links.filter(({ name, isDefault }) => isDefault || scopes.includes(name));

/** A scope that the service makes. */
export interface BuiltinScope extends Pick<ClientScope, 'name' | 'named' | 'attributes'> {
  readonly description: string;
  readonly tenantDefault: TenantDefault;
  readonly mappers: readonly Omit<ProtocolMapper, 'id'>[];
}

/** What a list of scopes of a tenant can be narrowed by. */
export interface ClientScopeFilter {
  readonly tenantDefault?: TenantDefault;
}

/** Most scopes of a client, and most that a tenant may have before one is created. */
export const MAX_SCOPES = 200;

const LINKS = defineStatement<StoredLink & { readonly clientUuid: string }>(
  'client-scope-links',
  `select link.client_uuid as "clientUuid", scope.id as "scopeId", scope.name, scope.named as "isNamed",
    link.is_default as "isDefault" from client_scope_links link
  join client_scopes scope on scope.tenant_id = link.tenant_id and scope.id = link.scope_id
  where link.tenant_id = $1 and link.client_uuid = any($2::uuid[]) order by scope.name`,
);

const MAPPERS = defineStatement<Pick<ClientScope, 'id' | 'mappers'>>(
  'client-scope-mappers',
  'select id, mappers from client_scopes where tenant_id = $1',
);

/** How many clients of a scope are compared with a caller at once. */
const LOOKED_AT_ONCE = 500;
const BY_NAME: readonly PageKey[] = [{ column: 'client_scopes.name', property: 'name', type: 'text' }];
const COLUMNS = columnsOf(ClientScopeEntity, 'client_scopes');

/** The only queries on scopes of a tenant and their links to clients. */
export class ClientScopeStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get #sql(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  /** UUIDs of the scopes with these names, by name; names for which the tenant has no row are left out. */
  async idsOf(tenantId: string, names: readonly string[]): Promise<Map<string, string>> {
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
  async linksOf(tenantId: string, clientUuids: readonly string[]): Promise<Map<string, StoredLink[]>> {
    const known = clientUuids.filter(isUuid);
    if (known.length === 0) return new Map();
    const rows = await this.#db.run(LINKS, [tenantId, known]);
    const grouped = Map.groupBy(rows, ({ clientUuid }) => clientUuid);
    return new Map([...grouped].map(([id, links]) => [id, links.map(({ clientUuid: _, ...link }) => link)]));
  }

  /** The scopes that new clients get, sorted by name. */
  async tenantDefaults(tenantId: string): Promise<TenantDefaultScope[]> {
    const rows = await this.#sql
      .selectFrom('client_scopes')
      .select(['id', 'name', 'tenant_default'])
      .where('tenant_id', '=', tenantId)
      .where('tenant_default', 'is not', null)
      .orderBy('name')
      .limit(MAX_SCOPES)
      .execute();
    return rows.map(({ id, name, tenant_default }) => ({
      scopeId: id,
      name,
      isDefault: tenant_default === 'default',
    }));
  }

  /**
   * The names of the scopes that clients of a scope have, by their UUIDs. All of them, however many the tenant has come to have:
   * a guard that misses one lets a stranger change its clients.
   */
  async namesBesides(tenantId: string, scopeId: string): Promise<ReadonlyMap<string, string>> {
    const { rows } = await sql<{ readonly id: string; readonly name: string }>`
      select s.id, s.name from client_scopes s
      where s.tenant_id = ${tenantId} and exists (select from client_scope_links own
        join client_scope_links link on link.tenant_id = own.tenant_id and link.client_uuid = own.client_uuid
        where own.tenant_id = s.tenant_id and own.scope_id = s.id and link.scope_id = ${scopeId})`.execute(this.#sql);
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** A client of a scope whose tokens act with all roles of their users; null: there is none. */
  async findSharing(tenantId: string, scopeId: string): Promise<string | null> {
    const { rows } = await sql<{ readonly id: string }>`
      select c.id from client_scope_links link
      join clients c on c.tenant_id = link.tenant_id and c.id = link.client_uuid
      where link.tenant_id = ${tenantId} and link.scope_id = ${scopeId} and c.full_role_scope and c.kind <> 'builtin'
      limit 1`.execute(this.#sql);
    return rows[0]?.id ?? null;
  }

  /**
   * Clients of a scope that may do something: by permissions, roles, a `rest` secret, a scope, or roles that their tokens may have; in
   * the order of their ids.
   * @param powerful Names of the scopes that give applications permissions, by themselves or by their roles.
   * @param after Begins after this id; null: at the first.
   */
  async powerfulClientsOf(
    tenantId: string,
    scopeId: string,
    powerful: readonly string[],
    after: string | null,
  ): Promise<readonly string[]> {
    const { rows } = await sql<{ readonly id: string }>`
      select c.id from client_scope_links link
      join clients c on c.tenant_id = link.tenant_id and c.id = link.client_uuid
      where link.tenant_id = ${tenantId} and link.scope_id = ${scopeId}
        and (${after}::uuid is null or c.id > ${after}::uuid)
        and (cardinality(c.permissions) > 0
          or exists (select from role_grants g
            where g.tenant_id = c.tenant_id and g.holder_kind = 'client' and g.holder_id = c.id::text)
          or exists (select from client_secrets s
            where s.tenant_id = c.tenant_id and s.client_uuid = c.id and s.kind = 'rest')
          or exists (select from roles r
            where r.tenant_id = c.tenant_id
              and (r.client_uuid = c.id or r.id in (select s.role_id from client_scoped_roles s
                where s.tenant_id = c.tenant_id and s.client_uuid = c.id))
              and (cardinality(r.permissions) > 0 or exists (select from role_composites k
                where k.tenant_id = r.tenant_id and k.role_id = r.id)))
          or exists (select from client_scope_links own
            join client_scopes scope on scope.tenant_id = own.tenant_id and scope.id = own.scope_id
            where own.tenant_id = c.tenant_id and own.client_uuid = c.id and scope.name = any(${[...powerful]}::text[])))
      order by c.id limit ${LOOKED_AT_ONCE}`.execute(this.#sql);
    return rows.map(({ id }) => id);
  }

  /** The mappers of each scope of a tenant that has some. */
  async mappersOf(tenantId: string): Promise<ReadonlyMap<string, readonly ProtocolMapper[]>> {
    const rows = await this.#db.run(MAPPERS, [tenantId]);
    return new Map(rows.filter(({ mappers }) => mappers.length > 0).map(({ id, mappers }) => [id, mappers]));
  }

  #select(tenantId: string) {
    return this.#sql
      .selectFrom('client_scopes')
      .select(COLUMNS as never)
      .where('client_scopes.tenant_id', '=', tenantId);
  }

  async findById(tenantId: string, id: string): Promise<ClientScope | null> {
    if (!isUuid(id)) return null;
    return ((await this.#select(tenantId).where('id', '=', id).executeTakeFirst()) ?? null) as ClientScope | null;
  }

  /** Exact case. */
  async findByName(tenantId: string, name: string): Promise<ClientScope | null> {
    return ((await this.#select(tenantId).where('name', '=', name).executeTakeFirst()) ?? null) as ClientScope | null;
  }

  /** Scopes of a tenant by name. */
  page(tenantId: string, { tenantDefault }: ClientScopeFilter, request: PageRequest): Promise<PageResult<ClientScope>> {
    const narrowing = allOf(
      tenantDefault === undefined ? [] : [testing(sql<boolean>`client_scopes.tenant_default = ${tenantDefault}`)],
    );
    const list = { query: this.#select(tenantId), table: 'client_scopes', columns: COLUMNS, id: 'client_scopes.id' };
    return narrowedPage<ClientScope>(this.#db, list as never, narrowing, BY_NAME, request);
  }

  /** How many scopes a tenant has, counted up to the most that it may have. */
  async count(tenantId: string): Promise<number> {
    const rows = await this.#sql
      .selectFrom('client_scopes')
      .select('id')
      .where('tenant_id', '=', tenantId)
      .limit(MAX_SCOPES)
      .execute();
    return rows.length;
  }

  /** The entity to change, inside a unit of work; locked until it ends. */
  async lock(tenantId: string, id: string): Promise<ClientScope | null> {
    if (!isUuid(id)) return null;
    return this.#db.em.findOne(
      ClientScopeEntity,
      { tenantId, id: id.toLowerCase() },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
  }

  create(scope: ClientScope): ClientScope {
    return this.#db.em.create(ClientScopeEntity, scope);
  }

  /** Deletes a scope and takes it from its clients. */
  async delete(tenantId: string, id: string): Promise<void> {
    await this.#sql.deleteFrom('client_scopes').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  }

  /**
   * Adds scopes with one insert, and gives the builtin clients those that new clients get; inside a unit of work. A scope
   * whose name is taken stays as it is.
   */
  async addBuiltin(tenantId: string, scopes: readonly BuiltinScope[], now: Date): Promise<void> {
    await this.#sql
      .insertInto('client_scopes')
      .values(
        scopes.map(({ name, description, named, tenantDefault, attributes, mappers }) => ({
          tenant_id: tenantId,
          id: newId(),
          name,
          description,
          named,
          tenant_default: tenantDefault,
          attributes: JSON.stringify(attributes),
          mappers: JSON.stringify(mappers.map((mapper) => ({ id: newId(), ...mapper }))),
          created_at: now,
          updated_at: now,
        })) as never,
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await sql`insert into client_scope_links (tenant_id, client_uuid, scope_id, is_default)
      select c.tenant_id, c.id, s.id, s.tenant_default = 'default' from clients c
      join client_scopes s on s.tenant_id = c.tenant_id and s.tenant_default is not null
      where c.tenant_id = ${tenantId} and c.kind = 'builtin'
      on conflict do nothing`.execute(this.#sql);
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
      .values(
        names.map((name) => ({ tenant_id: tenantId, id: newId(), name, created_at: now, updated_at: now })) as never,
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const ids = await this.idsOf(tenantId, names);
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
