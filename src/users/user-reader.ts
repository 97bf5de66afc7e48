import { sql } from 'kysely';
import { BatchReader, type ColumnSet, type Database, defineVersions, RowColumns } from '../persistence/index.ts';
import { type User, UserEntity } from './user.entity.ts';

interface Wanted {
  readonly tenantId: string;
  readonly id: string;
  /** What is read of the user; null: all. */
  readonly columns: ColumnSet | null;
}

export const USER_COLUMNS = new RowColumns<User>(UserEntity, 'users');

/**
 * Most keys of one statement: 500 rows of about 1 KB take a few milliseconds, so the keys of the next statement do not wait
 * long.
 */
const MAX_BATCH = 500;

/** The limit makes the planner use one index probe for each key, also while the table has no statistics. */
const findUsersById = defineVersions<User>(
  'users-by-id',
  USER_COLUMNS.all,
  (columns) => sql`select ${columns}
    from unnest($1::uuid[], $2::text[]) as wanted (tenant_id, id)
    cross join lateral (
      select * from users u where u.tenant_id = wanted.tenant_id and u.id = wanted.id limit 1) users`,
);

/**
 * Reads single users for requests that need one user each, and joins concurrent reads into one statement. Each key of the
 * statement is a pair (tenant, id), so a batch may mix tenants, and a read never returns another tenant's row.
 */
export class UserReader {
  readonly #db: Database;
  readonly #batch: BatchReader<Wanted, User | null>;

  constructor(db: Database) {
    this.#db = db;
    this.#batch = new BatchReader({
      max: MAX_BATCH,
      read: (wanted) => this.#read(wanted),
      groupBy: ({ columns }) => columns?.key ?? WHOLE,
    });
  }

  find(tenantId: string, id: string, columns: ColumnSet | null): Promise<User | null> {
    return this.#batch.ask({ tenantId, id, columns });
  }

  /** @param wanted All of the same columns. */
  async #read(wanted: readonly Wanted[]): Promise<readonly (User | null)[]> {
    const distinct = [...new Map(wanted.map((one) => [keyOf(one), one])).values()];
    const keys = [distinct.map(({ tenantId }) => tenantId), distinct.map(({ id }) => id)];
    const rows = await this.#db.run(findUsersById(USER_COLUMNS.narrow(wanted[0]!.columns)), keys);
    const found = new Map(rows.map((user) => [keyOf(user), user]));
    return wanted.map((one) => found.get(keyOf(one)) ?? null);
  }
}

/** Groups the reads of whole users. No set has this key, because names of properties have no blanks. */
const WHOLE = ' ';

const keyOf = ({ tenantId, id }: Pick<Wanted, 'tenantId' | 'id'>): string => `${tenantId} ${id}`;
