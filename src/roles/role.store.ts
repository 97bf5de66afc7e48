import { LockMode } from '@mikro-orm/core';
import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { isUuid, newId } from '../kernel/index.ts';
import {
  type ColumnSet,
  columnsOf,
  type Database,
  lockName,
  narrowedPage,
  narrowPageAt,
  type PageKey,
  type PageRequest,
  type PageResult,
  RowColumns,
  testing,
} from '../persistence/index.ts';
import {
  type HolderKind,
  type Role,
  type RoleCompositeEntity,
  RoleEntity,
  type RoleGrant,
  type RoleGrantEntity,
  TENANT_ROLE_CLIENT,
} from './role.entity.ts';

type Tables = InferKyselyDB<typeof RoleEntity> &
  InferKyselyDB<typeof RoleCompositeEntity> &
  InferKyselyDB<typeof RoleGrantEntity>;

/** What a list of roles can be narrowed by. */
export interface RoleFilter {
  /** UUID of the client the roles belong to; the zero UUID for roles of the tenant. Absent = all. */
  readonly clientUuid?: string;
  /** Part of the name, ignoring case. */
  readonly nameContains?: string;
  /** Whether to include the builtin roles. Default false. */
  readonly withBuiltin?: boolean;
}

/** Table of each kind of holder. A grant can name a row of three tables, so no foreign key can check it. */
const HOLDER_TABLES: Readonly<Record<HolderKind, string>> = { user: 'users', group: 'groups', client: 'clients' };

const BY_NAME: readonly PageKey[] = [
  { column: 'roles.name', property: 'name', type: 'text' },
  { column: 'roles.id', property: 'id', type: 'uuid' },
];

/** A role of which only the columns that a reader asked for were read; only its keys are known to be there. */
export type RoleKeys = Pick<Role, 'tenantId' | 'id'>;

/** The same, with one of the holders of the role. */
export interface GrantedRole extends RoleKeys {
  readonly holderId: string;
  /** The tenant it acts on. */
  readonly onTenantId: string;
}

/** A role by its name, which is unique among the roles of its client or, with the zero UUID, of the tenant. */
export type RoleName = Pick<Role, 'clientUuid' | 'name'>;

/** A holder and one of its roles. */
export type HeldRole = Pick<RoleGrant, 'holderId' | 'roleId'>;

/** A holder of roles, and the tenant on which they act. */
export type RoleHolding = Omit<RoleGrant, 'roleId' | 'createdAt'>;

const LISTED = new RowColumns<Role>(RoleEntity, 'roles', { always: ['name'] });

/** The only queries on roles, their child roles and their grants. */
export class RoleStore {
  readonly #db: Database;
  readonly #columns = columnsOf(RoleEntity, 'roles');

  constructor(db: Database) {
    this.#db = db;
  }

  get #sql(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  #select(tenantId: string) {
    return this.#sql.selectFrom('roles').select(this.#columns).where('roles.tenant_id', '=', tenantId);
  }

  #selectNarrow(tenantId: string, columns: ColumnSet | null) {
    const selected = LISTED.narrow(columns).columns;
    return this.#sql
      .selectFrom('roles')
      .select(selected as never)
      .where('roles.tenant_id', '=', tenantId);
  }

  async findById(tenantId: string, id: string): Promise<Role | null> {
    return (await this.findMany(tenantId, [id])).get(id) ?? null;
  }

  async findMany(tenantId: string, ids: readonly string[]): Promise<Map<string, Role>> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return new Map();
    const rows = (await this.#select(tenantId).where('roles.id', 'in', known).execute()) as Role[];
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** @param clientUuid Absent = a role of the tenant. */
  async findByName(tenantId: string, name: string, clientUuid: string = TENANT_ROLE_CLIENT): Promise<Role | null> {
    const query = this.#select(tenantId).where('roles.client_uuid', '=', clientUuid).where('roles.name', '=', name);
    return ((await query.executeTakeFirst()) ?? null) as Role | null;
  }

  /** The role of each pair of a client's UUID and a name, by one statement; pairs without a role are left out. */
  async findNamed(tenantId: string, names: readonly RoleName[]): Promise<Role[]> {
    if (names.length === 0) return [];
    const owners = names.map(({ clientUuid }) => clientUuid);
    const { rows } = await sql<Role>`
      select ${sql.join(this.#columns)}
      from unnest(${owners}::uuid[], ${names.map(({ name }) => name)}::text[]) as wanted (client_uuid, name)
      cross join lateral (
        select * from roles r
        where r.tenant_id = ${tenantId}::uuid and r.client_uuid = wanted.client_uuid and r.name = wanted.name limit 1
      ) roles`.execute(this.#sql);
    return rows;
  }

  /** Builtin roles by name, of the tenant itself and of its clients; missing ones are left out. */
  async findBuiltin(tenantId: string, names: readonly string[]): Promise<Role[]> {
    const query = this.#select(tenantId).where('roles.builtin', '=', true);
    return (await query.where('roles.name', 'in', [...names]).execute()) as Role[];
  }

  /** Roles in the order of their names. @param columns What is read of them; null or absent: all. */
  page(
    tenantId: string,
    filter: RoleFilter,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<Role>> {
    return narrowPageAt(request, columns, (part, wanted) => this.#page(tenantId, filter, part, wanted));
  }

  #page(
    tenantId: string,
    filter: RoleFilter,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<Role>> {
    let query = this.#selectNarrow(tenantId, columns);
    if (filter.clientUuid !== undefined)
      query = isUuid(filter.clientUuid)
        ? query.where('roles.client_uuid', '=', filter.clientUuid)
        : query.where(sql<boolean>`false`);
    if (filter.withBuiltin !== true) query = query.where('roles.builtin', '=', false);
    const part = filter.nameContains?.toLowerCase();
    const narrowing = part === undefined ? null : testing(sql<boolean>`position(${part} in lower(roles.name)) > 0`);
    const list = { query, table: 'roles', columns: LISTED.narrow(columns).columns, id: 'roles.id' };
    return narrowedPage<Role>(this.#db, list, narrowing, BY_NAME, request);
  }

  /**
   * The roles granted directly to each holder, by name, without those through groups or other roles.
   * @param columns What is read of them; null: all.
   */
  async grantedTo(
    tenantId: string,
    kind: HolderKind,
    holderIds: readonly string[],
    columns: ColumnSet | null,
  ): Promise<Map<string, GrantedRole[]>> {
    if (holderIds.length === 0) return new Map();
    const rows = (await this.#selectNarrow(tenantId, columns)
      .innerJoin('role_grants', (join) =>
        join.onRef('role_grants.tenant_id', '=', 'roles.tenant_id').onRef('role_grants.role_id', '=', 'roles.id'),
      )
      .select(['role_grants.holder_id as holderId', 'role_grants.on_tenant_id as onTenantId'])
      .where('role_grants.holder_kind', '=', kind)
      .where('role_grants.holder_id', 'in', [...holderIds])
      .orderBy('roles.name')
      .orderBy('roles.id')
      .execute()) as unknown as GrantedRole[];
    return Map.groupBy(rows, ({ holderId }) => holderId);
  }

  /** The roles directly inside each role, by name. @param columns What is read of them; null or absent: all. */
  async childrenOf(
    tenantId: string,
    roleIds: readonly string[],
    columns: ColumnSet | null = null,
  ): Promise<Map<string, Role[]>> {
    const known = roleIds.filter(isUuid);
    if (known.length === 0) return new Map();
    const rows = (await this.#selectNarrow(tenantId, columns)
      .innerJoin('role_composites as inside', (join) =>
        join.onRef('inside.tenant_id', '=', 'roles.tenant_id').onRef('inside.child_id', '=', 'roles.id'),
      )
      .select('inside.role_id as parentId')
      .where('inside.role_id', 'in', known)
      .orderBy('roles.name')
      .orderBy('roles.id')
      .execute()) as unknown as (Role & { parentId: string })[];
    return Map.groupBy(rows, ({ parentId }) => parentId);
  }

  /** Those of the roles that contain others. */
  async compositesAmong(tenantId: string, roleIds: readonly string[]): Promise<Set<string>> {
    const { rows } = await sql<{ id: string }>`
      select distinct role_id as id from role_composites
      where tenant_id = ${tenantId}::uuid and role_id = any(${roleIds.filter(isUuid)}::uuid[])`.execute(this.#sql);
    return new Set(rows.map(({ id }) => id));
  }

  /** Whether the user, group or client exists; if so, it cannot be deleted before the unit of work ends. */
  async lockHolder(tenantId: string, kind: HolderKind, id: string): Promise<boolean> {
    if (kind !== 'user' && !isUuid(id)) return false;
    const { rows } = await sql`
      select 1 from ${sql.table(HOLDER_TABLES[kind])} where tenant_id = ${tenantId} and id = ${id} for key share`.execute(
      this.#sql,
    );
    return rows.length > 0;
  }

  /** Whether all of these users exist; if so, none can be deleted before the unit of work ends. @param ids Each once. */
  async lockUsers(tenantId: string, ids: readonly string[]): Promise<boolean> {
    const { rows } = await sql`
      select 1 from users where tenant_id = ${tenantId}::uuid and id = any(${ids}::text[]) order by id for key share`.execute(
      this.#sql,
    );
    return rows.length === ids.length;
  }

  /**
   * Prevents other changes of child roles and administrators until the unit of work ends: two concurrent changes that are
   * valid alone could form a cycle or remove the last administrator.
   */
  async lockGrants(tenantId: string): Promise<void> {
    await lockName(this.#db, `roles ${tenantId}`);
  }

  /** The entity to change, inside a unit of work; locked until it ends. */
  async lock(tenantId: string, id: string): Promise<Role | null> {
    return isUuid(id)
      ? this.#db.em.findOne(RoleEntity, { tenantId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      : null;
  }

  create(role: Role): Role {
    return this.#db.em.create(RoleEntity, role);
  }

  /**
   * Adds builtin roles with one insert, inside a unit of work; a role whose name is taken stays as it is.
   * @returns Those that were added.
   */
  async addBuiltin(
    tenantId: string,
    roles: readonly (RoleName & { readonly permissions: readonly string[] })[],
    now: Date,
  ): Promise<Pick<Role, 'id' | 'name'>[]> {
    const { rows } = await sql<Pick<Role, 'id' | 'name'>>`
      insert into roles (tenant_id, id, client_uuid, name, permissions, builtin, created_at, updated_at)
      select ${tenantId}::uuid, made.id, made.client_uuid, made.name, string_to_array(made.permissions, ' '), true,
             ${now}::timestamptz, ${now}::timestamptz
      from unnest(${roles.map(() => newId())}::uuid[], ${roles.map(({ clientUuid }) => clientUuid)}::uuid[],
                  ${roles.map(({ name }) => name)}::text[],
                  ${roles.map(({ permissions }) => permissions.join(' '))}::text[])
        as made (id, client_uuid, name, permissions)
      on conflict (tenant_id, client_uuid, name) do nothing
      returning id, name`.execute(this.#sql);
    return rows;
  }

  /** Puts builtin roles of the tenant into others, by their names. */
  async addBuiltinChildren(
    tenantId: string,
    pairs: readonly (readonly [role: string, child: string])[],
  ): Promise<void> {
    await sql`
      insert into role_composites (tenant_id, role_id, child_id)
      select ${tenantId}::uuid, role.id, child.id
      from unnest(${pairs.map(([role]) => role)}::text[], ${pairs.map(([, child]) => child)}::text[]) as pair (role, child)
      join roles role on role.tenant_id = ${tenantId}::uuid and role.client_uuid = ${TENANT_ROLE_CLIENT}::uuid
        and role.name = pair.role and role.builtin
      join roles child on child.tenant_id = ${tenantId}::uuid and child.client_uuid = ${TENANT_ROLE_CLIENT}::uuid
        and child.name = pair.child and child.builtin
      on conflict do nothing`.execute(this.#sql);
  }

  /** Deletes a role with its grants, and removes it from other roles. */
  async delete(tenantId: string, id: string): Promise<void> {
    await this.#sql.deleteFrom('roles').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  }

  /** The roles that belong to a client. */
  async idsOfClient(tenantId: string, clientUuid: string): Promise<string[]> {
    if (clientUuid === TENANT_ROLE_CLIENT) return [];
    const rows = await this.#select(tenantId).where('roles.client_uuid', '=', clientUuid).execute();
    return (rows as Role[]).map(({ id }) => id);
  }

  /** Deletes the roles that belong to a client. @returns The deleted roles. */
  async deleteOfClient(tenantId: string, clientUuid: string): Promise<readonly Pick<Role, 'id' | 'name'>[]> {
    if (clientUuid === TENANT_ROLE_CLIENT) return [];
    return this.#sql
      .deleteFrom('roles')
      .where('tenant_id', '=', tenantId)
      .where('client_uuid', '=', clientUuid)
      .returning(['id', 'name'])
      .execute();
  }

  async addChildren(tenantId: string, roleId: string, childIds: readonly string[]): Promise<void> {
    if (childIds.length === 0) return;
    await this.#sql
      .insertInto('role_composites')
      .values(childIds.map((childId) => ({ tenant_id: tenantId, role_id: roleId, child_id: childId })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async removeChildren(tenantId: string, roleId: string, childIds: readonly string[]): Promise<void> {
    if (childIds.length === 0) return;
    await this.#sql
      .deleteFrom('role_composites')
      .where('tenant_id', '=', tenantId)
      .where('role_id', '=', roleId)
      .where('child_id', 'in', [...childIds])
      .execute();
  }

  /** Gives roles to one holder. @returns The ids of those that it did not have. */
  async grant({ holderId, ...place }: RoleHolding, roleIds: readonly string[], now: Date): Promise<string[]> {
    const given = roleIds.map((roleId) => ({ holderId, roleId }));
    return (await this.grantToEach(place, given, now)).map(({ roleId }) => roleId);
  }

  /** Gives roles to holders of one kind, by one statement. @returns What they did not have. */
  async grantToEach(
    { tenantId, holderKind, onTenantId }: Omit<RoleHolding, 'holderId'>,
    given: readonly HeldRole[],
    now: Date,
  ): Promise<HeldRole[]> {
    if (given.length === 0) return [];
    const { rows } = await sql<HeldRole>`
      insert into role_grants (tenant_id, holder_kind, holder_id, role_id, on_tenant_id, created_at)
      select ${tenantId}::uuid, ${holderKind}::varchar, given.holder_id, given.role_id, ${onTenantId}::uuid,
             ${now}::timestamptz
      from unnest(${given.map(({ holderId }) => holderId)}::text[], ${given.map(({ roleId }) => roleId)}::uuid[])
        as given (holder_id, role_id)
      order by given.holder_id, given.role_id
      on conflict do nothing
      returning holder_id as "holderId", role_id as "roleId"`.execute(this.#sql);
    return rows;
  }

  /** Takes roles from one holder. @returns The ids of those that it had. */
  async revoke(holding: RoleHolding, roleIds: readonly string[]): Promise<string[]> {
    if (roleIds.length === 0) return [];
    const rows = await this.#sql
      .deleteFrom('role_grants')
      .where('tenant_id', '=', holding.tenantId)
      .where('holder_kind', '=', holding.holderKind)
      .where('holder_id', '=', holding.holderId)
      .where('role_id', 'in', [...roleIds])
      .where('on_tenant_id', '=', holding.onTenantId)
      .returning('role_id')
      .execute();
    return rows.map(({ role_id }) => role_id);
  }

  /**
   * Deletes every grant of holders that are deleted. Call it in the transaction that deletes a user or client: no foreign
   * key deletes the grants, and another account with the same id would inherit them.
   */
  async deleteGrantsOf(tenantId: string, kind: HolderKind, holderIds: readonly string[]): Promise<void> {
    if (holderIds.length === 0) return;
    await this.#sql
      .deleteFrom('role_grants')
      .where('tenant_id', '=', tenantId)
      .where('holder_kind', '=', kind)
      .where('holder_id', 'in', [...holderIds])
      .execute();
  }
}
