import { CompiledQuery } from 'kysely';
import type { Database } from '../../persistence/index.ts';

/** A security question as it may be shown; answers never are. */
export interface SecurityQuestion {
  readonly tenantId: string;
  readonly userId: string;
  readonly question: string;
  readonly createdAt: Date;
  /** When the question or the answer was last set. */
  readonly updatedAt: Date;
}

const SHOWN =
  'tenant_id as "tenantId", user_id as "userId", question, created_at as "createdAt", updated_at as "updatedAt"';
const FIND_SQL = `select ${SHOWN} from security_questions where tenant_id = $1 and user_id = any($2::text[])`;
const HASH_SQL = 'select answer_hash as hash from security_questions where tenant_id = $1 and user_id = $2';
const SET_SQL = `insert into security_questions (tenant_id, user_id, question, answer_hash, created_at, updated_at)
  values ($1, $2, $3, $4, $5, $5) on conflict (tenant_id, user_id) do update
  set question = excluded.question, answer_hash = excluded.answer_hash, updated_at = excluded.updated_at
  returning ${SHOWN}`;
const REMOVE_SQL = 'delete from security_questions where tenant_id = $1 and user_id = $2 returning 1';

/** The only queries on security questions. The hash of an answer leaves it only through `findHash`. */
export class SecurityQuestionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The questions of many users, by user. */
  async findMany(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, SecurityQuestion>> {
    const rows = await this.#run<SecurityQuestion>(FIND_SQL, [tenantId, userIds]);
    return new Map(rows.map((row) => [row.userId, row]));
  }

  async find(tenantId: string, userId: string): Promise<SecurityQuestion | null> {
    return (await this.findMany(tenantId, [userId])).get(userId) ?? null;
  }

  async findHash(tenantId: string, userId: string): Promise<string | null> {
    return (await this.#run<{ hash: string }>(HASH_SQL, [tenantId, userId]))[0]?.hash ?? null;
  }

  /** Sets or replaces the question of a user, inside a unit of work. */
  async set(tenantId: string, userId: string, question: string, hash: string, now: Date): Promise<SecurityQuestion> {
    return (await this.#run<SecurityQuestion>(SET_SQL, [tenantId, userId, question, hash, now]))[0]!;
  }

  /** @returns Whether there was one. */
  async remove(tenantId: string, userId: string): Promise<boolean> {
    return (await this.#run<unknown>(REMOVE_SQL, [tenantId, userId])).length > 0;
  }

  async #run<R>(text: string, values: readonly unknown[]): Promise<R[]> {
    return (await this.#db.read().executeQuery<R>(CompiledQuery.raw(text, [...values]))).rows;
  }
}
