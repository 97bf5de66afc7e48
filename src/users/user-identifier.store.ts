import type { InferKyselyDB } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { isDatabaseText, isUuid } from '../kernel/index.ts';
import { BatchReader, type Database, defineStatement } from '../persistence/index.ts';
import { SEARCHED_COLUMNS } from './attributes.ts';
import type { User, UserIdentifier, UserIdentifierEntity } from './user.entity.ts';
import { fold, IDENTIFIER_KINDS, type IdentifierKind } from './user-names.ts';

type Tables = InferKyselyDB<typeof UserIdentifierEntity>;

/** A name that a user is to get. */
export interface NewName {
  /** Folded. */
  readonly value: string;
  readonly userId: string;
  /** Bits. */
  readonly kinds: number;
}

/** A name that another user has: the kind wanted for it, and its kind at that user. */
export interface IdentifierConflict {
  readonly wanted: readonly IdentifierKind[];
  readonly existing: IdentifierKind;
}

/** A name of which it is asked who has it. */
interface WantedName {
  readonly tenantId: string;
  /** Folded. */
  readonly value: string;
  /** Bits. */
  readonly kinds: number;
}

/** Most names of one statement. */
const MAX_BATCH = 500;

/** The limit makes the planner use one index probe for each name, also while the table has no statistics. */
const USER_IDS_BY_NAME = defineStatement<{ place: number; userId: string }>(
  'user-ids-by-name',
  `select wanted.place::int as place, found.user_id as "userId"
    from unnest($1::uuid[], $2::text[], $3::smallint[]) with ordinality as wanted (tenant_id, value, kinds, place)
    cross join lateral (select i.user_id, i.kinds from user_identifiers i
      where i.tenant_id = wanted.tenant_id and i.value = wanted.value limit 1) found
    where (found.kinds & wanted.kinds) <> 0`,
);

/** The limit makes the planner use one index probe for each name, also while the table has no statistics. */
const KINDS_BY_NAME = defineStatement<{ value: string; kinds: number }>(
  'user-kinds-by-name',
  `select found.value, found.kinds from unnest($2::text[]) as wanted (value)
    cross join lateral (
      select value, kinds from user_identifiers i where i.tenant_id = $1 and i.value = wanted.value limit 1) found`,
);

const ADD_NAMES = defineStatement<{ value: string }>(
  'user-names-add',
  `insert into user_identifiers (tenant_id, value, user_id, kinds)
    select $1::uuid, row.value, row.user_id, row.kinds
    from unnest($2::text[], $3::text[], $4::smallint[]) as row (value, user_id, kinds)
    on conflict (tenant_id, value) do nothing returning value`,
);

/** Names of tenants that have a user with a name, by the index over all tenants. */
const TENANTS_BY_NAME = defineStatement<{ name: string }>(
  'tenants-by-user-name',
  `select t.name from user_identifiers i
    cross join lateral (select name from tenants where id = i.tenant_id and deleted_at is null limit 1) t
    where i.value = $1 and (i.kinds & $2) <> 0 limit $3`,
);

const KINDS = Object.keys(IDENTIFIER_KINDS) as IdentifierKind[];

const kindsIn = (bits: number): IdentifierKind[] => KINDS.filter((kind) => (bits & IDENTIFIER_KINDS[kind]) !== 0);

/** The kind that both users have in common, else the first kind the name has at the other user. @param wantedBits Bits, as the other. */
export function conflictOf(wantedBits: number, existingBits: number): IdentifierConflict {
  const wanted = kindsIn(wantedBits);
  const existing = kindsIn(existingBits);
  return { wanted, existing: wanted.find((kind) => existing.includes(kind)) ?? existing[0] ?? 'username' };
}

/**
 * The names by which a user is found: folded username; folded e-mail where the tenant wants unique ones; folded id unless
 * it is a UUID, which no other user can have as a username.
 */
export function identifiersOf(
  user: Pick<User, 'id' | 'username' | 'email'>,
  uniqueEmail: boolean,
): Map<string, number> {
  const names = new Map<string, number>();
  const add = (value: string, kind: IdentifierKind) =>
    names.set(value, (names.get(value) ?? 0) | IDENTIFIER_KINDS[kind]);
  add(fold(user.username), 'username');
  if (uniqueEmail && user.email != null) add(fold(user.email), 'email');
  if (!isUuid(user.id)) add(fold(user.id), 'id');
  return names;
}

/** The only queries on the one namespace of identifying names. */
export class UserIdentifierStore {
  readonly #db: Database;
  readonly #owners: BatchReader<WantedName, string | null>;

  constructor(db: Database) {
    this.#db = db;
    this.#owners = new BatchReader({ max: MAX_BATCH, read: (wanted) => this.#readOwners(wanted) });
  }

  #rows() {
    return this.#db.read<Tables>();
  }

  /** Those of these folded names that users have, with their kinds (bits). */
  async kindsOf(tenantId: string, values: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (values.length === 0) return new Map();
    const rows = await this.#db.run(KINDS_BY_NAME, [tenantId, values]);
    return new Map(rows.map(({ value, kinds }) => [value, kinds]));
  }

  /** The id of the user with this name as one of these kinds (bits); null when there is none. Joins concurrent reads into one statement. */
  async userIdOf(tenantId: string, value: string, kinds: number): Promise<string | null> {
    return isDatabaseText(value) ? this.#owners.ask({ tenantId, value, kinds }) : null;
  }

  async #readOwners(wanted: readonly WantedName[]): Promise<readonly (string | null)[]> {
    const rows = await this.#db.run(USER_IDS_BY_NAME, [
      wanted.map(({ tenantId }) => tenantId),
      wanted.map(({ value }) => value),
      wanted.map(({ kinds }) => kinds),
    ]);
    const owners = new Map(rows.map(({ place, userId }) => [place, userId]));
    return wanted.map((_, at) => owners.get(at + 1) ?? null);
  }

  /** Names of all tenants that have a user with this name as one of these kinds (bits), in any order. */
  async tenantsOf(value: string, kinds: number, limit: number): Promise<string[]> {
    return (await this.#db.run(TENANTS_BY_NAME, [value, kinds, limit])).map(({ name }) => name);
  }

  /**
   * Gives a user exactly these names, in the open unit of work, after its row is inserted. Waits for other transactions
   * that take one of them.
   * @returns The first name that another user has, else null.
   */
  async replace(
    tenantId: string,
    userId: string,
    names: ReadonlyMap<string, number>,
  ): Promise<IdentifierConflict | null> {
    const before = await this.#namesOf(tenantId, userId);
    const gone = before.filter(({ value }) => !names.has(value)).map(({ value }) => value);
    const kept = before.filter(({ value, kinds }) => names.has(value) && names.get(value) !== kinds);
    const known = new Set(before.map(({ value }) => value));
    const added = [...names].filter(([value]) => !known.has(value));
    if (gone.length > 0) await this.#remove(tenantId, userId, gone);
    for (const { value } of kept) await this.#setKinds(tenantId, userId, value, names.get(value)!);
    const [refused] = await this.add(
      tenantId,
      added.map(([value, kinds]) => ({ value, userId, kinds })),
    );
    if (refused === undefined) return null;
    const { value, kinds } = refused;
    return conflictOf(kinds, (await this.kindsOf(tenantId, [value])).get(value) ?? kinds);
  }

  /**
   * Gives users names, in the open unit of work, after their rows are inserted. Waits for other transactions that take one of them.
   * @param names No name twice.
   * @returns Those that other users have, by name.
   */
  async add(tenantId: string, names: readonly NewName[]): Promise<readonly NewName[]> {
    if (names.length === 0) return [];
    // Every transaction takes names in the same order, so that two users who want each other's names do not deadlock.
    const sorted = names.toSorted((a, b) => (a.value < b.value ? -1 : 1));
    const columns = [
      sorted.map(({ value }) => value),
      sorted.map(({ userId }) => userId),
      sorted.map(({ kinds }) => kinds),
    ];
    const rows = await this.#db.run(ADD_NAMES, [tenantId, ...columns]);
    const added = new Set(rows.map(({ value }) => value));
    return sorted.filter(({ value }) => !added.has(value));
  }

  /**
   * Folded e-mail addresses that could not identify their users, because two users share one or it is another user's
   * username or id. Found through the search rows, which hold every address folded.
   */
  async ambiguousEmails(tenantId: string, limit: number): Promise<readonly string[]> {
    const { rows } = await sql<{ value: string }>`
      select k.value_key as value from user_attribute_keys k
      where k.tenant_id = ${tenantId}::uuid and k.name = ${SEARCHED_COLUMNS.email}
      group by k.value_key having count(*) > 1
      union
      select k.value_key from user_attribute_keys k
      join user_identifiers i on i.tenant_id = k.tenant_id and i.value = k.value_key and i.user_id <> k.user_id
      where k.tenant_id = ${tenantId}::uuid and k.name = ${SEARCHED_COLUMNS.email}
      order by 1 limit ${limit}`.execute(this.#rows());
    return rows.map(({ value }) => value);
  }

  /** Makes every e-mail address of a tenant an identifying name, in the open unit of work. None may be ambiguous. */
  async addEmails(tenantId: string): Promise<void> {
    await sql`insert into user_identifiers (tenant_id, value, user_id, kinds)
      select k.tenant_id, k.value_key, k.user_id, ${IDENTIFIER_KINDS.email}::smallint from user_attribute_keys k
      where k.tenant_id = ${tenantId}::uuid and k.name = ${SEARCHED_COLUMNS.email}
      on conflict (tenant_id, value) do update set kinds = user_identifiers.kinds | excluded.kinds`.execute(
      this.#rows(),
    );
  }

  /** Removes the e-mail addresses of a tenant from the identifying names, in the open unit of work. */
  async removeEmails(tenantId: string): Promise<void> {
    const { email } = IDENTIFIER_KINDS;
    await sql`delete from user_identifiers where tenant_id = ${tenantId}::uuid and kinds = ${email}`.execute(
      this.#rows(),
    );
    await sql`update user_identifiers set kinds = kinds & ~${email}::smallint
      where tenant_id = ${tenantId}::uuid and kinds & ${email} <> 0`.execute(this.#rows());
  }

  #namesOf(tenantId: string, userId: string): Promise<Pick<UserIdentifier, 'value' | 'kinds'>[]> {
    return this.#rows()
      .selectFrom('user_identifiers')
      .select(['value', 'kinds'])
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .execute();
  }

  async #remove(tenantId: string, userId: string, values: readonly string[]): Promise<void> {
    await this.#rows()
      .deleteFrom('user_identifiers')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('value', 'in', [...values])
      .execute();
  }

  async #setKinds(tenantId: string, userId: string, value: string, kinds: number): Promise<void> {
    await this.#rows()
      .updateTable('user_identifiers')
      .set({ kinds })
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('value', '=', value)
      .execute();
  }
}
