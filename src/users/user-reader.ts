import { CompiledQuery, type Kysely, sql } from 'kysely';
import { BatchReader, columnsOf, type Database } from '../persistence/index.ts';
import { type User, UserEntity } from './user.entity.ts';

interface Wanted {
  readonly tenantId: string;
  readonly id: string;
}

/**
 * Most keys of one statement: 500 rows of about 1 KB take a few milliseconds, so the keys of the next statement do not wait
 * long.
 */
const MAX_BATCH = 500;

/**
 * Reads single users for requests that need one user each, and joins concurrent reads into one statement. Each key of the
 * statement is a pair (tenant, id), so a batch may mix tenants, and a read never returns another tenant's row.
 */
export class UserReader {
  readonly #db: Database;
  readonly #text: string;
  readonly #batch: BatchReader<Wanted, User | null>;

  constructor(db: Database) {
    this.#db = db;
    this.#text = statementText(db);
    this.#batch = new BatchReader({ max: MAX_BATCH, read: (wanted) => this.#read(wanted) });
  }

  find(tenantId: string, id: string): Promise<User | null> {
    return this.#batch.ask({ tenantId, id });
  }

  async #read(wanted: readonly Wanted[]): Promise<readonly (User | null)[]> {
    const distinct = [...new Map(wanted.map((one) => [keyOf(one), one])).values()];
    const keys = [distinct.map(({ tenantId }) => tenantId), distinct.map(({ id }) => id)];
    const { rows } = await this.#db.read().executeQuery<User>(CompiledQuery.raw(this.#text, keys));
    const found = new Map(rows.map((user) => [keyOf(user), user]));
    return wanted.map((one) => found.get(keyOf(one)) ?? null);
  }
}

const keyOf = ({ tenantId, id }: Wanted): string => `${tenantId} ${id}`;

/** The statement, built once: building its 33 columns for each read would cost more than the read. */
function statementText(db: Database): string {
  const query = sql`select ${sql.join(columnsOf(UserEntity, 'users'))}
    from unnest($1::uuid[], $2::text[]) as wanted (tenant_id, id)
    join users on users.tenant_id = wanted.tenant_id and users.id = wanted.id`;
  return query.compile(db.read() as Kysely<unknown>).sql;
}
