import { LockMode } from '@mikro-orm/core';
import type { InferKyselyDB } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { isDatabaseText, isUuid } from '../kernel/index.ts';
import {
  addSearchRows,
  type ColumnSet,
  columnNamesOf,
  type Database,
  defineStatement,
  defineVersions,
  isForFirst,
  NamedList,
  narrowedPage,
  narrowPageAt,
  type PageRequest,
  type PageResult,
  pageOfWhole,
  RowColumns,
  replaceSearchRows,
} from '../persistence/index.ts';
import { searchRowsOf } from './attributes.ts';
import { type User, type UserAttributeKeyEntity, UserEntity } from './user.entity.ts';
import { UserIdentifierStore } from './user-identifier.store.ts';
import { canonicalUserId, fold, IDENTIFIER_KINDS, isUserIdShaped } from './user-names.ts';
import {
  idsAlone,
  isWhole,
  LISTED,
  listedUsers,
  narrowingOf,
  ORDERED_BY,
  PAGE_KEYS,
  USER_KEYS,
  type UserFilter,
  type UserOrder,
  usernameAlone,
} from './user-page.ts';
import { USER_COLUMNS, UserReader } from './user-reader.ts';

type Tables = InferKyselyDB<typeof UserEntity> & InferKyselyDB<typeof UserAttributeKeyEntity>;

/** Longest folded identifier; longer input cannot be the name of a user. */
const MAX_IDENTIFIER = 320;

/** A user of whom only the columns that a reader asked for were read; only its keys are known to be there. */
export type UserKeys = Pick<User, 'tenantId' | 'id'>;

/** The limit makes the planner use one index probe for each id, also while the table has no statistics. */
const findUsersOfTenant = defineVersions<User>(
  'users-of-tenant',
  USER_COLUMNS.all,
  (columns) => sql`select ${columns} from unnest($2::text[]) as wanted (id)
    cross join lateral (select * from users u where u.tenant_id = $1 and u.id = wanted.id limit 1) users`,
);

/** By their keys, as above. */
const SERVICE_ACCOUNTS_AMONG = defineStatement<{ readonly serviceClientId: string }>(
  'service-accounts-among',
  `select users.service_client_id as "serviceClientId" from unnest($2::text[]) as wanted (id)
    cross join lateral (select * from users u where u.tenant_id = $1 and u.id = wanted.id limit 1) users
    where users.service_client_id is not null`,
);

const listIn = (order: UserOrder, label: string): NamedList<User> =>
  new NamedList<User>({
    label,
    table: 'users',
    where: LISTED,
    parameters: 1,
    keys: PAGE_KEYS[order],
    columns: new RowColumns<User>(UserEntity, 'users', { always: ORDERED_BY[order] }),
  });

/** The users of a tenant in each order. */
const LISTS: Readonly<Record<UserOrder, NamedList<User>>> = {
  createdAt: listIn('createdAt', 'users-by-time'),
  username: listIn('username', 'users-by-username'),
  email: listIn('email', 'users-by-email'),
  givenName: listIn('givenName', 'users-by-given-name'),
  familyName: listIn('familyName', 'users-by-family-name'),
  enabled: listIn('enabled', 'users-by-state'),
};

/** Those of a list, in the order of time; by their keys, as above. */
const findListedByIds = defineVersions<User>(
  'users-listed-by-ids',
  LISTS.createdAt.columns.all,
  (columns) => sql`select ${columns} from unnest($2::text[]) as wanted (id)
    cross join lateral (select * from users u where u.tenant_id = $1 and u.id = wanted.id limit 1) users
    where users.service_client_id is null order by users.created_at, users.id`,
);

const COLUMN_NAMES = columnNamesOf(UserEntity);
const COLUMN_LIST = [...COLUMN_NAMES.values()].join(', ');

const toRow = (user: User): object =>
  Object.fromEntries([...COLUMN_NAMES].map(([name, column]) => [column, user[name as keyof User]]));

const INSERT = defineStatement<{ readonly id: string }>(
  'users-insert',
  `insert into users (${COLUMN_LIST})
    select ${COLUMN_LIST} from json_populate_recordset(null::users, $1::json)
    on conflict (tenant_id, id) do nothing returning id`,
);

const NOTE_SIGN_IN = defineStatement<object>(
  'user-note-sign-in',
  'update users set last_sign_in_at = $3, state_checked_at = $3 where tenant_id = $1 and id = $2',
);

const LOCK_TO_SIGN_IN = defineStatement<User>(
  'user-lock-to-sign-in',
  sql<User>`select ${USER_COLUMNS.all.columns} from users where tenant_id = $1 and id = $2 for no key update`,
);
/** Locked in the order of their ids, so that two transactions which lock many do not wait in a circle. */
const LOCK_MANY = defineStatement<User>(
  'users-lock-many',
  sql<User>`select ${USER_COLUMNS.all.columns} from users where tenant_id = $1 and id = any($2::text[])
    order by users.id for update`,
);
const OUTDATE_PROOFS = defineStatement<object>(
  'user-outdate-proofs',
  'update users set proof_version = proof_version + 1 where tenant_id = $1 and id = $2',
);
const GIVE_HANDLE = defineStatement<{ readonly handle: string }>(
  'user-give-webauthn-handle',
  `update users set webauthn_handle = coalesce(webauthn_handle, $3) where tenant_id = $1 and id = $2
    returning webauthn_handle as handle`,
);

/** The only queries on users. Every method takes the tenant, and runs no query for malformed ids. */
export class UserStore {
  readonly #db: Database;
  readonly #reader: UserReader;
  readonly identifiers: UserIdentifierStore;

  constructor(db: Database) {
    this.#db = db;
    this.#reader = new UserReader(db);
    this.identifiers = new UserIdentifierStore(db);
  }

  /** A user by its public id. Concurrent calls share statements. @param columns What is read of it; null or absent: all. */
  async findById(tenantId: string, id: string, columns: ColumnSet | null = null): Promise<User | null> {
    return isUserIdShaped(id) ? this.#reader.find(tenantId, canonicalUserId(id), columns) : null;
  }

  /** UUIDs of the clients whose service accounts are among the users. @param ids In their stored spelling. */
  async serviceAccountsAmong(tenantId: string, ids: readonly string[]): Promise<string[]> {
    const rows = await this.#db.run(SERVICE_ACCOUNTS_AMONG, [tenantId, ids]);
    return rows.map(({ serviceClientId }) => serviceClientId);
  }

  /** Users by their ids as given, in one statement. */
  findMany(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, User>>;
  findMany(tenantId: string, ids: readonly string[], columns: ColumnSet | null): Promise<ReadonlyMap<string, UserKeys>>;
  async findMany(
    tenantId: string,
    ids: readonly string[],
    columns: ColumnSet | null = null,
  ): Promise<ReadonlyMap<string, User>> {
    const wanted = ids.filter(isUserIdShaped);
    if (wanted.length === 0) return new Map();
    const statement = findUsersOfTenant(USER_COLUMNS.narrow(columns));
    const rows = await this.#db.run(statement, [tenantId, wanted.map(canonicalUserId)]);
    const byId = new Map(rows.map((user) => [user.id, user]));
    return new Map(
      wanted.flatMap((id): [string, User][] => {
        const user = byId.get(canonicalUserId(id));
        return user === undefined ? [] : [[id, user]];
      }),
    );
  }

  /**
   * The user that a typed name identifies by folded username, e-mail address where the tenant wants unique ones, chosen id,
   * or UUID.
   * @param byEmail Whether an e-mail address counts: only where the tenant lets users sign in by it. Default true.
   */
  async findByIdentifier(tenantId: string, name: string, { byEmail = true } = {}): Promise<User | null> {
    const userId = await this.#idOfName(tenantId, name, byEmail);
    if (userId !== null) return this.findById(tenantId, userId);
    return isUuid(name) ? this.findById(tenantId, name) : null;
  }

  /** The id of the user that `findByIdentifier` finds. The same statements for every name of the same form, whether or not somebody has it. */
  async idOfIdentifier(tenantId: string, name: string, { byEmail = true } = {}): Promise<string | null> {
    const userId = await this.#idOfName(tenantId, name, byEmail);
    if (userId !== null || !isUuid(name)) return userId;
    return (await this.findById(tenantId, name))?.id ?? null;
  }

  async #idOfName(tenantId: string, name: string, byEmail: boolean): Promise<string | null> {
    if (name.length > MAX_IDENTIFIER * 4 || name.includes('\0') || !name.isWellFormed()) return null;
    const { username, email, id } = IDENTIFIER_KINDS;
    return this.identifiers.userIdOf(tenantId, fold(name), username | id | (byEmail ? email : 0));
  }

  /** The user with this username, ignoring case. @param columns What is read of it; null or absent: all. */
  async findByUsername(tenantId: string, username: string, columns: ColumnSet | null = null): Promise<User | null> {
    const userId = await this.idOfUsername(tenantId, username);
    return userId === null ? null : this.findById(tenantId, userId, columns);
  }

  /** The id of the user with this username, ignoring case. The same statement for every name, whether or not somebody has it. */
  idOfUsername(tenantId: string, username: string): Promise<string | null> {
    return this.identifiers.userIdOf(tenantId, fold(username), IDENTIFIER_KINDS.username);
  }

  /** Names of all tenants that have a user with this username, ignoring case, in any order. */
  async tenantsOfUsername(username: string, limit: number): Promise<string[]> {
    if (!isDatabaseText(username)) return [];
    return this.identifiers.tenantsOf(fold(username), IDENTIFIER_KINDS.username, limit);
  }

  /** A page of users in an order. @param columns What is read of them; null or absent: all. */
  page(
    tenantId: string,
    filter: UserFilter,
    order: UserOrder,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<User>> {
    return narrowPageAt(request, columns, (part, wanted) => this.#page(tenantId, filter, order, part, wanted));
  }

  async #listedByUsername(tenantId: string, username: string): Promise<readonly User[]> {
    const user = await this.findByUsername(tenantId, username);
    return user === null || user.serviceClientId != null ? [] : [user];
  }

  async #listedByIds(tenantId: string, ids: readonly string[], columns: ColumnSet | null): Promise<readonly User[]> {
    const wanted = [...new Set(ids.filter(isUserIdShaped).map(canonicalUserId))];
    if (wanted.length === 0) return [];
    return this.#db.run(findListedByIds(LISTS.createdAt.columns.narrow(columns)), [tenantId, wanted]);
  }

  async #page(
    tenantId: string,
    filter: UserFilter,
    order: UserOrder,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<User>> {
    if (LISTS[order].serves(request) && isWhole(filter))
      return LISTS[order].page(this.#db, [tenantId], request, columns);
    const ids = order === 'createdAt' && request.descending !== true ? idsAlone(filter) : null;
    if (ids !== null && isForFirst(request))
      return pageOfWhole(request, PAGE_KEYS[order], await this.#listedByIds(tenantId, ids, columns));
    const username = usernameAlone(filter);
    if (username !== null && isForFirst(request))
      return pageOfWhole(request, PAGE_KEYS[order], await this.#listedByUsername(tenantId, username));
    const selected = LISTS[order].columns.narrow(columns).columns;
    const query = this.#db
      .read<Tables>()
      .selectFrom('users')
      .select(selected as never)
      .where(listedUsers(tenantId, filter, order));
    const list = { query, table: 'users', columns: selected, id: 'users.id' };
    return narrowedPage<User>(this.#db, list, narrowingOf(tenantId, filter, order), PAGE_KEYS[order], request);
  }

  /** The entity to change, inside a unit of work; locked until it ends. */
  async lock(tenantId: string, id: string): Promise<User | null> {
    if (!isUserIdShaped(id)) return null;
    return this.#db.em.findOne(
      UserEntity,
      { tenantId, id: canonicalUserId(id) },
      { lockMode: LockMode.PESSIMISTIC_WRITE },
    );
  }

  /** Users to delete, inside a unit of work; locked until it ends. Unknown ids are left out. @param ids In their stored spelling. */
  lockMany(tenantId: string, ids: readonly string[]): Promise<User[]> {
    return this.#db.run(LOCK_MANY, [tenantId, ids.filter(isUserIdShaped)]);
  }

  /** The newest state of a user, inside a unit of work, until whose end the account neither changes nor signs in elsewhere. */
  async lockToSignIn(tenantId: string, id: string): Promise<User | null> {
    return (await this.#db.run(LOCK_TO_SIGN_IN, [tenantId, id]))[0] ?? null;
  }

  /** Makes sign-ins under way that proved the account before this start again. Inside a unit of work. */
  async outdateProofs(tenantId: string, id: string): Promise<void> {
    await this.#db.run(OUTDATE_PROOFS, [tenantId, id]);
  }

  /** Inserts users, in the open unit of work. Waits for transactions that insert one of the same id. @returns Ids of those that were inserted. */
  async insertMany(users: readonly User[]): Promise<ReadonlySet<string>> {
    // Every transaction takes ids in the same order, so that two which want the same do not deadlock.
    const rows = users.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(toRow);
    const inserted = await this.#db.run(INSERT, [JSON.stringify(rows)]);
    return new Set(inserted.map(({ id }) => id));
  }

  /** Deletes a user and, by foreign key, everything that belongs to it. @returns Whether there was one. */
  async delete(tenantId: string, id: string): Promise<boolean> {
    return (await this.deleteMany(tenantId, [id])) > 0;
  }

  /** As `delete`, for many. @returns How many there were. */
  async deleteMany(tenantId: string, ids: readonly string[]): Promise<number> {
    const { numDeletedRows } = await this.#db
      .read<Tables>()
      .deleteFrom('users')
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', [...ids])
      .executeTakeFirstOrThrow();
    return Number(numDeletedRows);
  }

  /**
   * Records the time of a sign-in, from which inactivity is counted. `updated_at` stays, because the account does not
   * change.
   */
  async noteSignIn(tenantId: string, id: string, at: Date): Promise<void> {
    await this.#db.run(NOTE_SIGN_IN, [tenantId, id, at]);
  }

  /**
   * Gives an account a handle for WebAuthn, unless it has one. `updated_at` stays, because nobody sees the handle.
   * @returns The one that it has; the given one also when there is no such account.
   */
  async giveWebauthnHandle(tenantId: string, id: string, handle: string): Promise<string> {
    return (await this.#db.run(GIVE_HANDLE, [tenantId, id, handle]))[0]?.handle ?? handle;
  }

  /** Adds the search rows of users who were created in the open unit of work. */
  addSearchRows(tenantId: string, users: readonly User[]): Promise<void> {
    const owned = users.map((user) => ({ ownerId: user.id, rows: this.#searchRowsOf(user) }));
    return addSearchRows(this.#db, USER_KEYS, tenantId, owned);
  }

  /** Makes the search rows of a user match its row, in the open unit of work. */
  replaceSearchRows(user: User): Promise<void> {
    return replaceSearchRows(this.#db, USER_KEYS, user.tenantId, user.id, this.#searchRowsOf(user));
  }

  #searchRowsOf(user: User): [string, string][] {
    return searchRowsOf({ ...user, attributes: user.attributes ?? {}, profile: user.profile ?? {} } as never);
  }
}
