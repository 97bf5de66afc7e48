import { type Kysely, sql } from 'kysely';
import { columnsOf, type Database, defineStatement, lockName } from '../../persistence/index.ts';
import { TENANT_ROLE_CLIENT } from '../role.entity.ts';
import { type Group, GroupEntity } from './group.entity.ts';

/** A default group that a new user joined, or the default role that it got. */
export interface GivenDefault {
  readonly userId: string;
  readonly kind: 'group' | 'role';
  readonly id: string;
  readonly name: string;
}

/**
 * Makes the users `$2` of the tenant `$1` members of its default groups, and grants them the builtin role `$4`. A group that is
 * deleted meanwhile is left out, because the lock waits for the deletion.
 */
const GIVE = defineStatement<GivenDefault>(
  'give-defaults',
  `with wanted as (
     select g.id, g.name from default_groups d join groups g on g.tenant_id = d.tenant_id and g.id = d.group_id
     where d.tenant_id = $1::uuid for key share of g
   ), joined as (
     insert into group_members (tenant_id, group_id, user_id, created_at)
     select $1::uuid, wanted.id, holder.id, $3::timestamptz from wanted cross join unnest($2::text[]) as holder (id)
     on conflict do nothing returning group_id, user_id
   ), role as (
     select r.id, r.name from roles r
     where r.tenant_id = $1::uuid and r.client_uuid = '${TENANT_ROLE_CLIENT}' and r.name = $4::text
       and r.builtin limit 1
   ), granted as (
     insert into role_grants (tenant_id, holder_kind, holder_id, role_id, on_tenant_id, created_at)
     select $1::uuid, 'user', holder.id, role.id, $1::uuid, $3::timestamptz
     from role cross join unnest($2::text[]) as holder (id)
     on conflict do nothing returning role_id, holder_id
   )
   select joined.user_id as "userId", 'group' as kind, wanted.id, wanted.name
   from wanted join joined on joined.group_id = wanted.id
   union all
   select granted.holder_id, 'role', role.id, role.name from role join granted on granted.role_id = role.id
   order by 1, kind, id`,
);

/** The only queries on default groups. */
export class DefaultGroupStore {
  readonly #db: Database;
  readonly #columns = columnsOf(GroupEntity, 'groups');

  constructor(db: Database) {
    this.#db = db;
  }

  get #sql(): Kysely<unknown> {
    return this.#db.read<unknown>();
  }

  /** The default groups of a tenant, by path. */
  async list(tenantId: string): Promise<Group[]> {
    const { rows } = await sql<Group>`
      select ${sql.join(this.#columns)}
      from default_groups d join groups on groups.tenant_id = d.tenant_id and groups.id = d.group_id
      where d.tenant_id = ${tenantId}::uuid order by groups.path collate "C", groups.id`.execute(this.#sql);
    return rows;
  }

  /** Prevents other changes of the default groups of a tenant until the unit of work ends. */
  async lock(tenantId: string): Promise<void> {
    await lockName(this.#db, `default groups ${tenantId}`);
  }

  async count(tenantId: string): Promise<number> {
    const { rows } = await sql<{ total: number }>`
      select count(*)::int as total from default_groups where tenant_id = ${tenantId}::uuid`.execute(this.#sql);
    return rows[0]!.total;
  }

  /** @returns Whether it was none before. */
  async add(tenantId: string, groupId: string, now: Date): Promise<boolean> {
    const { rows } = await sql`
      insert into default_groups (tenant_id, group_id, created_at) values (${tenantId}, ${groupId}, ${now})
      on conflict do nothing returning group_id`.execute(this.#sql);
    return rows.length > 0;
  }

  /** @returns Whether it was one before. */
  async remove(tenantId: string, groupId: string): Promise<boolean> {
    const { rows } = await sql`
      delete from default_groups where tenant_id = ${tenantId}::uuid and group_id = ${groupId}::uuid
      returning group_id`.execute(this.#sql);
    return rows.length > 0;
  }

  /** Gives new users the default groups, and the builtin role of this name where the tenant has it. @returns What they got. */
  give(tenantId: string, userIds: readonly string[], roleName: string, now: Date): Promise<GivenDefault[]> {
    return this.#db.run(GIVE, [tenantId, userIds, now, roleName]);
  }
}
