import { type Kysely, sql } from 'kysely';
import { type Database, defineStatement, type NamedStatement } from '../persistence/index.ts';
import type { HolderKind } from './role.entity.ts';

/** A role that a holder has directly, through its groups and those around them, or as part of another role. */
export interface EffectiveRole {
  readonly holderId: string;
  /** The tenant the role acts on: the holder's own or, only for holders in `master`, another. */
  readonly onTenantId: string;
  readonly roleId: string;
  /** UUID of the client the role belongs to; the zero UUID for a role of the tenant. */
  readonly clientUuid: string;
  readonly name: string;
  readonly permissions: readonly string[];
}

/**
 * Effective roles of the holders `$2` of one kind in the tenant `$1`: their own, those of groups and of the groups around
 * these, by the tree and by edges, and all roles inside them. The limit makes the planner look up each role by its key.
 * @param groups The first groups of each holder: a group has its own roles and those of the groups around it, as its members do.
 */
const defineRolesOf = (kind: HolderKind, groups: string) =>
  defineStatement<EffectiveRole>(
    `effective-roles-${kind}`,
    `with recursive lending (holder_id, group_id) as (
      ${groups}
      union
      select l.holder_id, around.id from lending l cross join lateral (
        select g.parent_id as id from groups g
        where g.tenant_id = $1 and g.id = l.group_id and g.parent_id is not null
        union all
        select e.group_id from group_edges e where e.tenant_id = $1 and e.child_id = l.group_id
      ) around
    ), held (holder_id, role_id, on_tenant_id) as (
      (select holder_id, role_id, on_tenant_id from role_grants
       where tenant_id = $1 and holder_kind = '${kind}' and holder_id = any($2::text[])
       union
       select l.holder_id, rg.role_id, rg.on_tenant_id from lending l
       join role_grants rg on rg.tenant_id = $1 and rg.holder_kind = 'group' and rg.holder_id = l.group_id::text)
      union
      select h.holder_id, c.child_id, h.on_tenant_id from held h
      join role_composites c on c.tenant_id = $1 and c.role_id = h.role_id
    )
    select h.holder_id as "holderId", h.on_tenant_id as "onTenantId", r.id as "roleId",
           r.client_uuid as "clientUuid", r.name, r.permissions
    from held h cross join lateral (select * from roles where roles.tenant_id = $1 and roles.id = h.role_id limit 1) r`,
  );

const ROLES_OF: Readonly<Record<HolderKind, NamedStatement<EffectiveRole>>> = {
  user: defineRolesOf(
    'user',
    'select user_id, group_id from group_members where tenant_id = $1 and user_id = any($2::text[])',
  ),
  group: defineRolesOf('group', 'select id::text, id from groups where tenant_id = $1 and id::text = any($2::text[])'),
  client: defineRolesOf('client', 'select null::text, null::uuid where false'),
};

/**
 * The users `holders` of the tenant who have one of the roles `giving`, directly, through a group or those around it, or
 * inside another role. The rest of a recursive statement that begins with `giving`.
 */
const holdersOf = (
  tenantId: string,
) => sql`select c.role_id from giving g join role_composites c on c.tenant_id = ${tenantId} and c.child_id = g.role_id
      ), granted as (
        select rg.holder_kind, rg.holder_id from giving g
        join role_grants rg on rg.tenant_id = ${tenantId} and rg.role_id = g.role_id and rg.on_tenant_id = ${tenantId}
      ), lending (group_id) as (
        select holder_id::uuid from granted where holder_kind = 'group'
        union
        select inside.id from lending l cross join lateral (
          select g.id from groups g where g.tenant_id = ${tenantId} and g.parent_id = l.group_id
          union all
          select e.child_id from group_edges e where e.tenant_id = ${tenantId} and e.group_id = l.group_id
        ) inside
      ), holders (user_id) as (
        select holder_id from granted where holder_kind = 'user'
        union
        select m.user_id from lending l join group_members m on m.tenant_id = ${tenantId} and m.group_id = l.group_id
      )`;

/** Queries on effective roles, each answered by one statement. */
export class EffectiveRoleStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get #sql(): Kysely<unknown> {
    return this.#db.read<unknown>();
  }

  /**
   * All effective roles of the holders: their own, those of a user's groups and the parents of these, and all child roles.
   */
  async rolesOf(tenantId: string, kind: HolderKind, holderIds: readonly string[]): Promise<EffectiveRole[]> {
    return holderIds.length === 0 ? [] : this.#db.run(ROLES_OF[kind], [tenantId, holderIds]);
  }

  /** The roles with all roles they contain, which a grant of them gives. */
  async contents(
    tenantId: string,
    roleIds: readonly string[],
  ): Promise<{ readonly roleId: string; readonly permissions: readonly string[] }[]> {
    if (roleIds.length === 0) return [];
    const { rows } = await sql<{ roleId: string; permissions: string[] }>`
      with recursive inside (role_id) as (
        select unnest(${roleIds as string[]}::uuid[])
        union
        select c.child_id from inside i join role_composites c on c.tenant_id = ${tenantId} and c.role_id = i.role_id
      )
      select r.id as "roleId", r.permissions from inside i join roles r on r.tenant_id = ${tenantId} and r.id = i.role_id`.execute(
      this.#sql,
    );
    return rows;
  }

  /** Whether any of the roles, or of those that contain one of them, was granted on another tenant. */
  async actElsewhere(tenantId: string, roleIds: readonly string[]): Promise<boolean> {
    const { rows } = await sql<{ isGranted: boolean }>`
      with recursive giving (role_id) as (
        select unnest(${roleIds as string[]}::uuid[])
        union
        select c.role_id from giving g join role_composites c on c.tenant_id = ${tenantId} and c.child_id = g.role_id
      )
      select exists (
        select 1 from giving g join role_grants rg on rg.tenant_id = ${tenantId} and rg.role_id = g.role_id
        where rg.on_tenant_id <> rg.tenant_id
      ) as "isGranted"`.execute(this.#sql);
    return rows[0]!.isGranted;
  }

  /** How many enabled users hold any of the roles in their own tenant, directly or not. */
  async countUsersWith(
    tenantId: string,
    roleIds: readonly string[],
    exceptUserId: string | null = null,
  ): Promise<number> {
    const { rows } = await sql<{ total: number }>`
      with recursive giving (role_id) as (
        select unnest(${roleIds as string[]}::uuid[])
        union
        ${holdersOf(tenantId)}
      select count(*) as total from holders h
      join users u on u.tenant_id = ${tenantId} and u.id = h.user_id
      where u.enabled and u.inactive_since is null and u.service_client_id is null
        and u.id is distinct from ${exceptUserId}`.execute(this.#sql);
    return Number(rows[0]?.total ?? 0);
  }

  /**
   * Public ids of users who effectively hold, in their own tenant, a role with any of the permissions, in the order of their
   * usernames. Leaves out the service accounts of clients.
   */
  async usersWithAny(tenantId: string, permissions: readonly string[], limit: number): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      with recursive giving (role_id) as (
        select id from roles where tenant_id = ${tenantId} and permissions && ${permissions as string[]}::text[]
        union
        ${holdersOf(tenantId)}
      select u.id from (select distinct user_id from holders) h
      join users u on u.tenant_id = ${tenantId} and u.id = h.user_id
      where u.service_client_id is null
      order by u.username, u.id limit ${limit}`.execute(this.#sql);
    return rows.map(({ id }) => id);
  }
}
