import { CompiledQuery } from 'kysely';
import type { Database } from '../persistence/index.ts';
import { type CredentialType, SECOND_FACTOR_TYPES } from './mode.ts';

/** The columns of a user that say how it may sign in, read under lock. */
export interface AuthModeColumns {
  /** The stored spelling. */
  readonly id: string;
  readonly requiredFactor: number | null;
  readonly lockedMethods: readonly string[];
  readonly requiredActions: readonly string[];
  readonly inactiveSince: Date | null;
  readonly exemptUntil: Date | null;
  readonly stateCheckedAt: Date | null;
  readonly secondFactors: readonly CredentialType[];
}

/** Columns that change; what is left out stays. */
export type AuthModeChange = Partial<
  Pick<AuthModeColumns, 'requiredFactor' | 'lockedMethods' | 'requiredActions' | 'inactiveSince' | 'exemptUntil'>
>;

const LOCK_SQL = `select u.id, u.required_factor as "requiredFactor", u.locked_methods as "lockedMethods",
  u.required_actions as "requiredActions", u.inactive_since as "inactiveSince", u.exempt_until as "exemptUntil",
  u.state_checked_at as "stateCheckedAt",
  array(select distinct c.type::text from credentials c
    where c.tenant_id = u.tenant_id and c.user_id = u.id and c.type = any($3::text[]) order by 1) as "secondFactors"
  from users u where u.tenant_id = $1 and u.id = $2 for update of u`;

const COLUMN_OF = {
  requiredFactor: 'required_factor',
  lockedMethods: 'locked_methods',
  requiredActions: 'required_actions',
  inactiveSince: 'inactive_since',
  exemptUntil: 'exempt_until',
} as const satisfies Record<keyof AuthModeChange, string>;

/**
 * The columns of users that this room decides about. Plain statements instead of entities: a change of auth modes is begin,
 * lock, update, events, commit, and the entity manager's share of that was larger than the database's.
 */
export class AuthModeStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Inside a unit of work: the row, locked until it ends, and the second factors as they are now. */
  async lock(tenantId: string, userId: string): Promise<AuthModeColumns | null> {
    const query = CompiledQuery.raw(LOCK_SQL, [tenantId, userId, SECOND_FACTOR_TYPES]);
    return (await this.#db.read().executeQuery<AuthModeColumns>(query)).rows[0] ?? null;
  }

  /** Inside a unit of work, of a row that is locked. */
  async write(tenantId: string, userId: string, change: AuthModeChange, now: Date): Promise<void> {
    const values: unknown[] = [tenantId, userId, now];
    const assignments = Object.entries(change).map(([property, value]) => {
      values.push(value);
      return `${COLUMN_OF[property as keyof AuthModeChange]} = $${values.length}`;
    });
    const text = `update users set updated_at = $3, ${assignments.join(', ')} where tenant_id = $1 and id = $2`;
    await this.#db.read().executeQuery(CompiledQuery.raw(text, values));
  }
}
