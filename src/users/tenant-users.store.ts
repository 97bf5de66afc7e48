import type { InferKyselyDB } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { type Database, defineStatement, lockName } from '../persistence/index.ts';
import { isUsable } from './usable.ts';
import type { UserCountEntity, UserEntity } from './user.entity.ts';

type Tables = InferKyselyDB<typeof UserCountEntity> &
  InferKyselyDB<typeof UserEntity> & {
    readonly tenants: {
      readonly id: string;
      readonly administrator_id: string | null;
      readonly deleted_at: Date | null;
    };
  };

/** The user whom a tenant was made with. */
export interface TenantAdministrator {
  readonly username: string;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly enabled: boolean;
  readonly createdAt: Date;
}

/**
 * Parts of the count of a tenant. Transactions that make users at the same time wait for each other only where their connections have
 * the same part. A tenant has at most 16 rows.
 */
const PARTS = 16;

/** Rows are locked in the order of the tenants, so that units of work that change several counts do not wait in a circle. */
const ADD = defineStatement<object>(
  'user-counts-add',
  `insert into user_counts (tenant_id, part, count)
  select change.tenant_id, pg_backend_pid() % ${PARTS}, change.count
  from unnest($1::uuid[], $2::int[]) as change (tenant_id, count) order by change.tenant_id
  on conflict (tenant_id, part) do update set count = user_counts.count + excluded.count`,
);

/** A count of the rows of a tenant. */
export interface Recount {
  /** How many users there are. */
  readonly users: number;
  /** How many of them the kept count lacks; negative when it has too many. */
  readonly missing: number;
}

/**
 * Users and their count are committed together, so both are the same in the one snapshot of a statement, whatever is made and deleted
 * at the same time. Service accounts are taken off, because the whole number is read from the primary key alone.
 */
const RECOUNT = defineStatement<Recount>(
  'users-recount',
  `select counted.users, counted.users - counted.kept as missing from (
    select (select count(*) from users where tenant_id = $1)
        - (select count(*) from users where tenant_id = $1 and service_client_id is not null) as users,
      coalesce((select sum(count) from user_counts where tenant_id = $1), 0)::bigint as kept) counted`,
);

const PENDING = Symbol('user counts to write with the open unit of work');

/** What is known of the users of many tenants at once: how many there are, counted as they come and go, and who administers. */
export class TenantUsersStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Adds to the count of a tenant when the open unit of work commits, by its last statement: every unit that makes or deletes a user
   * of the tenant writes the same rows, and would keep the others waiting, or wait for one of them in a circle.
   */
  async add(tenantId: string, count: number): Promise<void> {
    await this.#db.transaction(async (unit) => {
      const pending = unit.attachment(PENDING, () => {
        const changes = new Map<string, number>();
        unit.lastBeforeCommit(() => this.#write(changes));
        return changes;
      });
      pending.set(tenantId, (pending.get(tenantId) ?? 0) + count);
    });
  }

  /** A connection has one part, so a unit of work locks no two of a tenant. */
  async #write(changes: ReadonlyMap<string, number>): Promise<void> {
    await this.#db.run(ADD, [[...changes.keys()], [...changes.values()]]);
  }

  /** Ids of tenants behind an id, in their order. */
  async tenantsAfter(tenantId: string, limit: number): Promise<string[]> {
    const rows = await this.#db
      .read<Tables>()
      .selectFrom('tenants')
      .select('id')
      .where('id', '>', tenantId)
      .where('deleted_at', 'is', null)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(({ id }) => id);
  }

  /** Counts the users of a tenant and compares with the kept count. */
  async recount(tenantId: string): Promise<Recount> {
    return (await this.#db.run(RECOUNT, [tenantId]))[0]!;
  }

  /**
   * Adds what the count of a tenant lacks. What is made and deleted at the same time adds itself, before or after. The difference is
   * read behind the lock, so that two nodes that found the same one add it once.
   */
  async correct(tenantId: string): Promise<void> {
    await this.#db.transaction(async () => {
      await lockName(this.#db, `user-count ${tenantId}`);
      await this.add(tenantId, (await this.recount(tenantId)).missing);
    });
  }

  /** The counts of many tenants, by id. One without users may be absent. */
  async counts(tenantIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#db
      .read<Tables>()
      .selectFrom('user_counts')
      .select(['tenant_id', sql<string>`sum(count)`.as('total')])
      .where('tenant_id', 'in', [...tenantIds])
      .groupBy('tenant_id')
      .execute();
    return new Map(rows.map(({ tenant_id, total }) => [tenant_id, Number(total)]));
  }

  /** The administrators of many tenants, by the ids of the tenants. */
  async administrators(tenantIds: readonly string[]): Promise<ReadonlyMap<string, TenantAdministrator>> {
    const rows = await this.#db
      .read<Tables>()
      .selectFrom('tenants')
      .innerJoin('users', (join) =>
        join.onRef('users.tenant_id', '=', 'tenants.id').onRef('users.id', '=', 'tenants.administrator_id'),
      )
      .select(['users.tenant_id', 'username', 'email', 'email_verified', 'inactive_since'])
      .select(['users.enabled', 'users.created_at'])
      .where('tenants.id', 'in', [...tenantIds])
      .execute();
    return new Map(
      rows.map(({ tenant_id, username, email, email_verified, enabled, inactive_since, created_at }) => [
        tenant_id,
        {
          username,
          email,
          emailVerified: email_verified,
          enabled: isUsable({ enabled, inactiveSince: inactive_since }),
          createdAt: created_at,
        },
      ]),
    );
  }
}
