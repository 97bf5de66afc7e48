import { type Kysely, sql } from 'kysely';
import { isUuid } from '../kernel/index.ts';
import { type Database, defineStatement } from '../persistence/index.ts';
import { TENANT_ROLE_CLIENT } from '../roles/index.ts';

/** What has scope roles: clients, or scopes of the tenant. */
export type ScopeRoleOwner = 'client' | 'scope';

/** Most scope roles of a client or scope. */
export const MAX_SCOPE_ROLES = 200;

const TABLES = {
  client: { table: 'client_scoped_roles', owner: 'client_uuid' },
  scope: { table: 'client_scope_roles', owner: 'scope_id' },
} as const;

/** The roles of the client `$2` itself, its scope roles and those of the scopes `$3`, and all roles inside them. */
const ALLOWED = defineStatement<{ readonly roleId: string }>(
  'scope-roles-allowed',
  `with recursive allowed (role_id) as (
    (select role_id from client_scoped_roles where tenant_id = $1 and client_uuid = $2
     union
     select role_id from client_scope_roles where tenant_id = $1 and scope_id = any($3::uuid[])
     union
     select id from roles where tenant_id = $1 and client_uuid = $2)
    union
    select c.child_id from allowed a join role_composites c on c.tenant_id = $1 and c.role_id = a.role_id
  )
  select role_id as "roleId" from allowed`,
);

/** `effective`: the scope roles of owners, a client's own roles among them, and all roles inside these. */
function effectiveOf(tenantId: string, kind: ScopeRoleOwner, ownerIds: readonly string[]) {
  const known = ownerIds.filter(isUuid);
  const { table, owner } = TABLES[kind];
  const own =
    kind === 'client'
      ? sql`union select client_uuid, id from roles
          where tenant_id = ${tenantId} and client_uuid = any(${known}::uuid[])`
      : sql``;
  return sql`with recursive effective (owner_id, role_id) as (
    (select ${sql.ref(owner)}, role_id from ${sql.table(table)}
     where tenant_id = ${tenantId} and ${sql.ref(owner)} = any(${known}::uuid[]) ${own})
    union
    select e.owner_id, c.child_id from effective e
    join role_composites c on c.tenant_id = ${tenantId} and c.role_id = e.role_id
  )`;
}

/** A role of an owner. */
interface OwnedRole {
  readonly ownerId: string;
  readonly roleId: string;
}

function groupRoles(rows: readonly OwnedRole[]): ReadonlyMap<string, readonly string[]> {
  const grouped = Map.groupBy(rows, ({ ownerId }) => ownerId);
  return new Map([...grouped].map(([id, found]) => [id, found.map(({ roleId }) => roleId)]));
}

/** The only queries on scope roles. */
export class ScopeRoleStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get #sql(): Kysely<unknown> {
    return this.#db.read<unknown>();
  }

  /** Ids of the scope roles of many owners. */
  async idsOf(
    tenantId: string,
    kind: ScopeRoleOwner,
    ownerIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const known = ownerIds.filter(isUuid);
    const { table, owner } = TABLES[kind];
    const { rows } = await sql<OwnedRole>`
      select ${sql.ref(owner)} as "ownerId", role_id as "roleId" from ${sql.table(table)}
      where tenant_id = ${tenantId} and ${sql.ref(owner)} = any(${known}::uuid[]) order by role_id`.execute(this.#sql);
    return groupRoles(rows);
  }

  /** Ids of the scope roles of many owners and of all roles inside them. The roles of a client itself count as well. */
  async effectiveIdsOf(
    tenantId: string,
    kind: ScopeRoleOwner,
    ownerIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const { rows } = await sql<OwnedRole>`${effectiveOf(tenantId, kind, ownerIds)}
      select owner_id as "ownerId", role_id as "roleId" from effective order by role_id`.execute(this.#sql);
    return groupRoles(rows);
  }

  /**
   * Permissions that the effective scope roles of many owners give beyond the accounts of those who have them; owners without
   * any are left out.
   */
  async permissionsOf(
    tenantId: string,
    kind: ScopeRoleOwner,
    ownerIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    if (ownerIds.length === 0) return new Map();
    const { rows } = await sql<{ ownerId: string; permissions: string[] }>`${effectiveOf(tenantId, kind, ownerIds)}
      select e.owner_id as "ownerId", array_agg(distinct given.permission) as permissions from effective e
      join roles r on r.tenant_id = ${tenantId} and r.id = e.role_id
      cross join lateral unnest(r.permissions) as given (permission)
      where given.permission not like '%:self'
      group by e.owner_id`.execute(this.#sql);
    return new Map(rows.map(({ ownerId, permissions }) => [ownerId, permissions]));
  }

  /**
   * Permissions that the roles give which tokens of a client may have, if it has not the full role scope.
   * @param links All of its scopes.
   */
  async lentBy(
    tenantId: string,
    clientUuid: string,
    links: readonly { readonly scopeId: string }[],
  ): Promise<string[]> {
    const ofClient = await this.permissionsOf(tenantId, 'client', [clientUuid]);
    const scopeIds = links.map(({ scopeId }) => scopeId);
    const ofScopes = await this.permissionsOf(tenantId, 'scope', scopeIds);
    return [...new Set([...ofClient.values(), ...ofScopes.values()].flat())];
  }

  async add(tenantId: string, kind: ScopeRoleOwner, ownerId: string, roleIds: readonly string[]): Promise<void> {
    const { table, owner } = TABLES[kind];
    await sql`insert into ${sql.table(table)} (tenant_id, ${sql.ref(owner)}, role_id)
      select ${tenantId}::uuid, ${ownerId}::uuid, unnest(${roleIds as string[]}::uuid[])
      on conflict do nothing`.execute(this.#sql);
  }

  async remove(tenantId: string, kind: ScopeRoleOwner, ownerId: string, roleIds: readonly string[]): Promise<void> {
    const { table, owner } = TABLES[kind];
    await sql`delete from ${sql.table(table)} where tenant_id = ${tenantId} and ${sql.ref(owner)} = ${ownerId}
      and role_id = any(${roleIds as string[]}::uuid[])`.execute(this.#sql);
  }

  /** Ids of the roles that tokens of a client with these scopes may have. */
  async allowed(tenantId: string, clientUuid: string, scopeIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.#db.run(ALLOWED, [tenantId, clientUuid, scopeIds]);
    return new Set(rows.map(({ roleId }) => roleId));
  }

  /** Lets the scope `offline_access` of a new tenant give the role of that name. */
  async addBuiltin(tenantId: string): Promise<void> {
    await sql`insert into client_scope_roles (tenant_id, scope_id, role_id)
      select s.tenant_id, s.id, r.id from client_scopes s
      join roles r on r.tenant_id = s.tenant_id and r.client_uuid = ${TENANT_ROLE_CLIENT}
        and r.name = s.name and r.builtin
      where s.tenant_id = ${tenantId} and s.name = 'offline_access'
      on conflict do nothing`.execute(this.#sql);
  }
}
