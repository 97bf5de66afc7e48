import { CompiledQuery } from 'kysely';
import { defineChange } from '../events/index.ts';
import { BatchReader, type Database, defineStatement } from '../persistence/index.ts';
import { SECOND_FACTOR_TYPES } from './mode.ts';

/** The columns of a user that decide how it may sign in. */
export interface AuthModeColumns {
  /** The stored spelling. */
  readonly id: string;
  readonly requiredFactor: number | null;
  readonly lockedMethods: readonly string[];
  readonly requiredActions: readonly string[];
  readonly inactiveSince: Date | null;
  readonly exemptUntil: Date | null;
  readonly stateCheckedAt: Date | null;
  readonly hasSecondFactor: boolean;
  /** Id of the transaction that last wrote the row, which differs after every write. */
  readonly version: string;
}

/** Columns to change; those left out stay. */
export type AuthModeChange = Partial<
  Pick<AuthModeColumns, 'requiredFactor' | 'lockedMethods' | 'requiredActions' | 'inactiveSince' | 'exemptUntil'>
>;

interface Wanted {
  readonly tenantId: string;
  readonly userId: string;
}

const LOCK_USER = defineStatement<object>(
  'auth-modes-lock',
  'select from users where tenant_id = $1 and id = $2 for update',
);
const FACTORS = SECOND_FACTOR_TYPES.map((type) => `'${type}'`).join(', ');
/** The limits make the planner use one index probe for each key, also while the tables have no statistics. */
const FIND_MODES = defineStatement<AuthModeColumns & { readonly place: number }>(
  'auth-modes-by-user',
  `select (wanted.place - 1)::int as place, u.id, u.required_factor as "requiredFactor",
    u.locked_methods as "lockedMethods", u.required_actions as "requiredActions", u.inactive_since as "inactiveSince",
    u.exempt_until as "exemptUntil", u.state_checked_at as "stateCheckedAt", u.version,
    (select true from credentials c
      where c.tenant_id = wanted.tenant_id and c.user_id = u.id and c.type in (${FACTORS}) limit 1) is not null
      as "hasSecondFactor"
  from unnest($1::uuid[], $2::text[]) with ordinality as wanted (tenant_id, user_id, place)
  cross join lateral (
    select id, required_factor, locked_methods, required_actions, inactive_since, exempt_until, state_checked_at,
      xmin::text as version
    from users where tenant_id = wanted.tenant_id and id = wanted.user_id limit 1) u`,
);
/** Most rows of one statement; each is small. */
const MAX_BATCH = 500;

/** The new values of a row, and its version before the change. */
export interface RowChange extends AuthModeColumns {
  readonly tenantId: string;
  readonly updatedAt: Date;
}

/**
 * Changes for `EventLog.changes`. The statement skips rows that another transaction locks, and rows that changed
 * since they were read, because the lock checks the newest version. The limit makes the planner use an index
 * probe for each row, also while the table has no statistics; the update takes the place that the probe found.
 */
export const CHANGE_ROWS = defineChange<RowChange>(
  'auth-modes-change',
  `update users u set required_factor = c."requiredFactor", locked_methods = c."lockedMethods",
    required_actions = c."requiredActions", inactive_since = c."inactiveSince", exempt_until = c."exemptUntil",
    updated_at = c."updatedAt"
  from locked c where u.ctid = c.place returning c.n`,
  `locked as materialized (
    select c.*, u.place from json_to_recordset($2::json) as c (n int, "tenantId" uuid, id text, version text,
      "requiredFactor" smallint, "lockedMethods" text[], "requiredActions" text[], "inactiveSince" timestamptz,
      "exemptUntil" timestamptz, "updatedAt" timestamptz)
    join lateral (select xmin as version, ctid as place from users where tenant_id = c."tenantId" and id = c.id
      limit 1 for no key update skip locked) u on u.version = c.version::xid
  )`,
);

const COLUMN_OF = {
  requiredFactor: 'required_factor',
  lockedMethods: 'locked_methods',
  requiredActions: 'required_actions',
  inactiveSince: 'inactive_since',
  exemptUntil: 'exempt_until',
} as const satisfies Record<keyof AuthModeChange, string>;

/**
 * Queries on the columns of users that this module decides about. Uses plain statements, because the entity manager took
 * more time for a change than the database.
 */
export class AuthModeStore {
  readonly #db: Database;
  readonly #batch: BatchReader<Wanted, AuthModeColumns | null>;

  constructor(db: Database) {
    this.#db = db;
    this.#batch = new BatchReader({ max: MAX_BATCH, read: (wanted) => this.#read(wanted) });
  }

  /** The current row and second factors. Concurrent calls share statements. */
  find(tenantId: string, userId: string): Promise<AuthModeColumns | null> {
    return this.#batch.ask({ tenantId, userId });
  }

  async #read(wanted: readonly Wanted[]): Promise<readonly (AuthModeColumns | null)[]> {
    const keys = [wanted.map(({ tenantId }) => tenantId), wanted.map(({ userId }) => userId)];
    const rows = await this.#db.run(FIND_MODES, keys);
    const found: (AuthModeColumns | null)[] = wanted.map(() => null);
    for (const { place, ...columns } of rows) found[place] = columns;
    return found;
  }

  /**
   * Locks and reads the row, inside a unit of work. The read is a second statement after the one that may wait for the
   * lock, so it sees second factors that changed during the wait.
   */
  async lock(tenantId: string, userId: string): Promise<AuthModeColumns | null> {
    await this.#db.run(LOCK_USER, [tenantId, userId]);
    return this.find(tenantId, userId);
  }

  /** Writes a locked row, inside a unit of work. */
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
