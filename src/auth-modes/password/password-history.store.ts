import { type Clock, newId } from '../../kernel/index.ts';
import { type Database, defineStatement } from '../../persistence/index.ts';

const FIND = defineStatement<{ hash: string }>(
  'password-history-of-user',
  `select hash from password_history where tenant_id = $1 and user_id = $2
  order by created_at desc, id desc limit $3`,
);
const INSERT = defineStatement<object>(
  'password-history-insert',
  'insert into password_history (tenant_id, id, user_id, hash, created_at) values ($1, $2, $3, $4, $5)',
);
const KEEP_NEWEST = defineStatement<object>(
  'password-history-keep-newest',
  `delete from password_history where tenant_id = $1 and id = any(array(
    select o.id from password_history o where o.tenant_id = $1 and o.user_id = $2
    order by o.created_at desc, o.id desc offset $3))`,
);

/** The only queries on former passwords. */
export class PasswordHistoryStore {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Hashes of the passwords that an account had last, the newest first. */
  async newest(tenantId: string, userId: string, count: number): Promise<string[]> {
    return (await this.#db.run(FIND, [tenantId, userId, count])).map(({ hash }) => hash);
  }

  /**
   * Keeps the hash of a password that another one replaces, and the newest former ones beside it. Inside a unit of work that has locked
   * the account.
   * @param count How many are kept in all; 0 = none.
   */
  async keep(tenantId: string, userId: string, hash: string, count: number): Promise<void> {
    if (count > 0) await this.#db.run(INSERT, [tenantId, newId(), userId, hash, this.#clock.now()]);
    await this.#db.run(KEEP_NEWEST, [tenantId, userId, count]);
  }
}
