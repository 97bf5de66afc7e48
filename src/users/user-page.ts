import { type RawBuilder, sql } from 'kysely';
import {
  type AnyOf,
  allOf,
  anyOfNarrowing,
  bySearchRow,
  exceedsSearchKey,
  finding,
  keyBegins,
  keyContains,
  keyIs,
  keyIsWhole,
  keyMatches,
  type Narrowing,
  notMeeting,
  oneOf,
  type PageKey,
  type Searched,
  type SearchField,
  type SearchKeyTable,
  testing,
} from '../persistence/index.ts';
import {
  type AliasedColumn,
  aliasedColumn,
  INFIX_COLUMNS,
  type InfixColumn,
  isAttributeName,
  profileRowName,
  SEARCHED_COLUMNS,
} from './attributes.ts';
import { isUsable } from './usable.ts';
import type { User } from './user.entity.ts';
import { canonicalUserId, isUserIdShaped } from './user-names.ts';

/** What a list of users can be narrowed by; all given conditions must hold. */
export interface UserFilter {
  /**
   * Beginning of the username, the e-mail address, a name or the phone number, ignoring case. As with every text that is compared
   * with these, one of more than 255 characters is found in none.
   */
  readonly search?: string | null;
  readonly username?: string | null;
  /** The whole e-mail address, ignoring case. */
  readonly email?: string | null;
  readonly enabled?: boolean | null;
  readonly emailVerified?: boolean | null;
  /** Exact. */
  readonly externalId?: string | null;
  /** Users with one of these ids; at most 200. Nobody has a malformed one. */
  readonly userIds?: readonly string[] | null;
  /** Texts that columns contain, ignoring case; all must be there. `anywhere`: in one of them. */
  readonly contains?: Readonly<Partial<Record<InfixColumn | 'anywhere', string | null>>> | null;
  /**
   * Patterns, each of which the username, the e-mail address, the given or the family name matches, ignoring case, where `*`
   * stands for any text, or which are the public id, apart from a `*` at the end.
   */
  readonly matches?: readonly string[] | null;
  /**
   * An attribute with this value, ignoring case unless `isExact`; only the first eight values of a list are compared, and unless
   * `isExact` the first 255 characters of a text.
   */
  readonly attribute?: { readonly name: string; readonly value: string; readonly isExact?: boolean | null } | null;
  /**
   * A member of the profile with this value, ignoring case, or with it among the first eight of its list, whose items may have it as
   * `value`; the first 255 characters of a text are compared.
   */
  readonly profile?: { readonly name: string; readonly value: string } | null;
  /**
   * Groups of comparisons, of which all in at least one group must hold. An attribute name that means a column compares the
   * column.
   */
  readonly anyOf?: AnyOf | null;
  readonly createdFrom?: Date | null;
  readonly createdBefore?: Date | null;
  /** Direct members of this group. */
  readonly groupId?: string | null;
  /** Users to whom this role is granted directly. */
  readonly roleId?: string | null;
  /** Only those to whom this role is granted directly on another tenant. */
  readonly roleOnTenant?: { readonly roleId: string; readonly onTenantId: string } | null;
  /** Users with an account at this identity provider. */
  readonly providerId?: string | null;
  /** Users with one account at a provider of this name, with this id there, exactly. Without both: with an account at any. */
  readonly externalAccount?: { readonly providerName?: string | null; readonly externalId?: string | null } | null;
  /** Filters all of which hold. */
  readonly and?: readonly UserFilter[] | null;
  /** Filters of which at least one holds. */
  readonly or?: readonly UserFilter[] | null;
  /** A filter that does not hold; users who lack a value that it compares are those who do not meet it. */
  readonly not?: UserFilter | null;
}

/** Columns whose order ignores case; users without a value come first. */
export const FOLDED_COLUMNS = ['username', 'email', 'given_name', 'family_name'] as const;
/** Characters that order a list: an entry of an index holds 2.7 KB. */
const ORDER_LENGTH = 255;

/** What orders users by a column. */
export const foldedColumn = (column: string): string => `lower(left(coalesce(${column}, ''), ${ORDER_LENGTH}))`;

const folded = (column: (typeof FOLDED_COLUMNS)[number], property: keyof User & string): PageKey => ({
  column: `${foldedColumn(`users.${column}`)} collate "C"`,
  property,
  type: 'text',
  length: ORDER_LENGTH,
  ignoresCase: true,
});

const ID: PageKey = { column: 'users.id', property: 'id', type: 'text' };

export const PAGE_KEYS = {
  createdAt: [{ column: 'users.created_at', property: 'createdAt', type: 'timestamptz' }, ID],
  username: [folded('username', 'username'), ID],
  email: [folded('email', 'email'), ID],
  givenName: [folded('given_name', 'givenName'), ID],
  familyName: [folded('family_name', 'familyName'), ID],
  enabled: [
    {
      column: '(users.enabled and users.inactive_since is null)',
      property: 'enabled',
      type: 'boolean',
      computed: (row) => isUsable(row as never),
    },
    ID,
  ],
} as const satisfies Readonly<Record<string, readonly PageKey[]>>;
export type UserOrder = keyof typeof PAGE_KEYS;

/** Properties that cursors of an order read. */
export const ORDERED_BY = {
  createdAt: ['createdAt'],
  username: ['username'],
  email: ['email'],
  givenName: ['givenName'],
  familyName: ['familyName'],
  enabled: ['enabled', 'inactiveSince'],
} as const satisfies Readonly<Record<UserOrder, readonly (keyof User)[]>>;

/** The search rows of users. */
export const USER_KEYS: SearchKeyTable = { table: 'user_attribute_keys', owner: 'user_id', ownerType: 'text' };

type Condition = RawBuilder<boolean>;

/** The name in an attribute's search rows: that of the column for names that mean one. */
function rowNameOf(attribute: string): string {
  const column = aliasedColumn(attribute);
  return column === null ? attribute : SEARCHED_COLUMNS[column];
}

/**
 * Whether an account is shown as enabled: enabled, and not blocked for inactivity. Both forms are written out, because the
 * partial index of the accounts that are not is used only for its very condition.
 */
const IS_ENABLED: Condition = sql`(users.enabled and users.inactive_since is null)`;
const IS_DISABLED: Condition = sql`(not users.enabled or users.inactive_since is not null)`;
const IS_UNVERIFIED: Condition = sql`(not users.email_verified)`;

/** Users that a condition on their columns finds by an index. */
const byColumns = (tenantId: string, test: Condition): Narrowing =>
  finding({ source: sql`select users.id from users where users.tenant_id = ${tenantId}::uuid and ${test}`, test });

const isEnabled = (wanted: boolean, tenantId: string): Narrowing =>
  wanted ? testing(IS_ENABLED) : byColumns(tenantId, IS_DISABLED);

/** Users to whom a role is granted directly. @param onTenantId The tenant on which it acts. */
function byGrant(roleId: string, onTenantId: string, tenantId: string): Narrowing {
  const holders = sql`role_grants g
    where g.tenant_id = ${tenantId}::uuid and g.role_id = ${roleId}::uuid and g.holder_kind = 'user'
      and g.on_tenant_id = ${onTenantId}::uuid`;
  return finding({
    source: sql`select g.holder_id as id from ${holders}`,
    test: sql<boolean>`coalesce((select true from ${holders} and g.holder_id = users.id limit 1), false)`,
  });
}

/** Fields that comparisons of users may name beside attributes. */
export type UserSearchField = 'subject' | 'enabled';

const SEARCHED_USERS: Searched = {
  table: 'users',
  keys: USER_KEYS,
  fields: {
    subject: { column: 'id', normalise: canonicalUserId, isIndexed: true },
    enabled: { flag: isEnabled },
  } satisfies Record<UserSearchField, SearchField>,
  rowNameOf,
};

const FREE_TEXT = (['username', 'email', 'givenName', 'familyName', 'displayName', 'phone'] as const).map(
  (column) => SEARCHED_COLUMNS[column],
);

/** Users who have a text in one of these columns. */
const byInfix = (tenantId: string, columns: readonly InfixColumn[], text: string): Narrowing =>
  bySearchRow(
    SEARCHED_USERS,
    tenantId,
    columns.map((column) => SEARCHED_COLUMNS[column]),
    keyContains(text),
  );

function byContents(contains: NonNullable<UserFilter['contains']>, tenantId: string): Narrowing[] {
  const texts = Object.entries(contains).filter(([, text]) => text != null && text !== '');
  return texts.map(([name, text]) =>
    byInfix(tenantId, name === 'anywhere' ? INFIX_COLUMNS : [name as InfixColumn], text!),
  );
}

/** Whether an attribute has exactly this text among its values. */
function isExactly(name: string, value: string): Condition {
  const column = aliasedColumn(name);
  if (column !== null) return sql`(users.${sql.raw(COLUMNS[column])} = ${value})`;
  const stored = sql`users.attributes -> ${name}::text`;
  return sql`(case when jsonb_typeof(${stored}) = 'array'
    then exists (select from jsonb_array_elements_text(${stored}) item (value) where item.value = ${value})
    else users.attributes ->> ${name}::text = ${value} end)`;
}

/** Users whom a pattern means: by a column, or as the public id. */
function byPattern(pattern: string, tenantId: string): Narrowing {
  const names = INFIX_COLUMNS.map((column) => SEARCHED_COLUMNS[column]);
  const named = bySearchRow(SEARCHED_USERS, tenantId, names, keyMatches(pattern));
  return oneOf([named, byColumns(tenantId, sql`users.id = ${canonicalUserId(pattern.replace(/\*$/, ''))}`)]);
}

/** Users with an account at a provider, found by its name, the id there, or both. A tenant has few providers. */
function byExternalAccount(
  { providerName, externalId }: NonNullable<UserFilter['externalAccount']>,
  tenantId: string,
): Narrowing {
  const isNamed = providerName == null ? sql`true` : sql`p.name = ${providerName}`;
  const isThere = externalId == null ? sql`true` : sql`l.external_id = ${externalId}`;
  return finding({
    // The limit keeps the planner at one index probe for each provider: an id is that of one account there.
    source: sql`select one.user_id as id from federation_providers p cross join lateral (
        select l.user_id from federation_links l where l.tenant_id = ${tenantId}::uuid and l.provider_id = p.id and ${isThere}
        ${externalId == null ? sql`` : sql`limit 1`}) one
      where p.tenant_id = ${tenantId}::uuid and ${isNamed}`,
    // A user has few links; the offset keeps the planner from reading all of a provider.
    test: sql<boolean>`coalesce((select true from (select own.provider_id, own.external_id from federation_links own
        where own.tenant_id = ${tenantId}::uuid and own.user_id = users.id offset 0) l
      join federation_providers p on p.tenant_id = ${tenantId}::uuid and p.id = l.provider_id
      where ${isThere} and ${isNamed} limit 1), false)`,
  });
}

/** The columns that attributes mean. */
const COLUMNS: Readonly<Record<AliasedColumn, string>> = {
  username: 'username',
  email: 'email',
  givenName: 'given_name',
  familyName: 'family_name',
  middleName: 'middle_name',
  locale: 'locale',
  phone: 'phone',
};

type Narrowings = {
  readonly [K in Exclude<keyof UserFilter, 'createdFrom' | 'createdBefore'>]-?: (
    value: NonNullable<UserFilter[K]>,
    tenantId: string,
  ) => Narrowing | readonly Narrowing[];
};

const NARROWINGS: Narrowings = {
  search: (text, tenantId) => bySearchRow(SEARCHED_USERS, tenantId, FREE_TEXT, keyBegins(text)),
  username: (text, tenantId) => bySearchRow(SEARCHED_USERS, tenantId, [SEARCHED_COLUMNS.username], keyIsWhole(text)),
  email: (text, tenantId) => bySearchRow(SEARCHED_USERS, tenantId, [SEARCHED_COLUMNS.email], keyIsWhole(text)),
  enabled: isEnabled,
  emailVerified: (isVerified, tenantId) =>
    isVerified ? testing(sql<boolean>`users.email_verified`) : byColumns(tenantId, IS_UNVERIFIED),
  externalId: (value, tenantId) => byColumns(tenantId, sql`users.external_id = ${value}`),
  userIds: (ids, tenantId) =>
    byColumns(tenantId, sql`users.id = any(${ids.filter(isUserIdShaped).map(canonicalUserId)}::text[])`),
  contains: byContents,
  matches: (patterns, tenantId) => patterns.map((pattern) => byPattern(pattern, tenantId)),
  attribute: ({ name, value, isExact }, tenantId) => {
    if (!isAttributeName(name)) return testing(sql<boolean>`false`);
    const found = bySearchRow(SEARCHED_USERS, tenantId, [rowNameOf(name)], keyIs(value));
    return isExact === true ? [found, testing(isExactly(name, value))] : found;
  },
  profile: ({ name, value }, tenantId) =>
    isAttributeName(name)
      ? bySearchRow(SEARCHED_USERS, tenantId, [profileRowName(name)], keyIs(value))
      : testing(sql<boolean>`false`),
  anyOf: (anyOf, tenantId) => anyOfNarrowing(SEARCHED_USERS, tenantId, anyOf),
  groupId: (groupId, tenantId) => {
    const members = sql`group_members m where m.tenant_id = ${tenantId}::uuid and m.group_id = ${groupId}::uuid`;
    return finding({
      source: sql`select m.user_id as id from ${members}`,
      test: sql<boolean>`coalesce((select true from ${members} and m.user_id = users.id limit 1), false)`,
    });
  },
  roleId: (roleId, tenantId) => byGrant(roleId, tenantId, tenantId),
  roleOnTenant: ({ roleId, onTenantId }, tenantId) => byGrant(roleId, onTenantId, tenantId),
  providerId: (providerId, tenantId) => {
    const linked = sql`federation_links l where l.tenant_id = ${tenantId}::uuid and l.provider_id = ${providerId}::uuid`;
    return finding({
      source: sql`select l.user_id as id from ${linked}`,
      // A user has few links; the offset keeps the planner from reading all of the provider.
      test: sql<boolean>`coalesce((select true from (select own.provider_id from federation_links own
        where own.tenant_id = ${tenantId}::uuid and own.user_id = users.id offset 0) own
        where own.provider_id = ${providerId}::uuid limit 1), false)`,
    });
  },
  externalAccount: byExternalAccount,
  and: (filters, tenantId) => filters.map((filter) => wholeNarrowing(tenantId, filter)),
  or: (filters, tenantId) =>
    oneOf(filters.map((filter) => wholeNarrowing(tenantId, filter)) as [Narrowing, ...Narrowing[]]),
  not: (filter, tenantId) => notMeeting(wholeNarrowing(tenantId, filter)),
};

/** Lists leave out the service accounts of clients. */
const IS_LISTED = 'users.service_client_id is null';

/** What every list of users has in common, of the tenant `$1`. */
export const LISTED = `users.tenant_id = $1::uuid and ${IS_LISTED}`;

/** Whether a filter has no conditions. */
export const isWhole = (filter: UserFilter): boolean => Object.values(filter).every((value) => value == null);

/** The username, if it is the only condition of a filter: no two users of a tenant have the same. Null for other filters. */
export function usernameAlone({ username, ...others }: UserFilter): string | null {
  return username == null || !isWhole(others) || exceedsSearchKey(username) ? null : username;
}

/** The ids, if they are the only condition of a filter. Null for other filters. */
export const idsAlone = ({ userIds, ...others }: UserFilter): readonly string[] | null =>
  userIds == null || !isWhole(others) ? null : userIds;

/**
 * The conditions of a filter that the index of the order serves: the users of the tenant, without the service accounts of
 * clients, and in the order of time those of a time.
 */
export function listedUsers(tenantId: string, filter: UserFilter, order: UserOrder): Condition {
  const own = sql`users.tenant_id = ${tenantId}::uuid and ${sql.raw(IS_LISTED)}`;
  return sql<boolean>`${sql.join([own, ...(order === 'createdAt' ? ofTime(filter) : [])], sql` and `)}`;
}

const ofTime = ({ createdFrom, createdBefore }: UserFilter): Condition[] => [
  ...(createdFrom == null ? [] : [sql<boolean>`users.created_at >= ${createdFrom}`]),
  ...(createdBefore == null ? [] : [sql<boolean>`users.created_at < ${createdBefore}`]),
];

/** The other conditions of a filter; null when it has none. */
export const narrowingOf = (tenantId: string, filter: UserFilter, order: UserOrder): Narrowing | null =>
  allOf([...narrowingsOf(tenantId, filter), ...(order === 'createdAt' ? [] : narrowingsOfTime(tenantId, filter))]);

function narrowingsOf(tenantId: string, filter: UserFilter): Narrowing[] {
  return Object.entries(NARROWINGS).flatMap(([name, toNarrowing]) => {
    const value = filter[name as keyof UserFilter];
    if (value === undefined || value === null) return [];
    return (toNarrowing as (value: unknown, tenantId: string) => Narrowing | Narrowing[])(value, tenantId);
  });
}

function narrowingsOfTime(tenantId: string, filter: UserFilter): Narrowing[] {
  const time = ofTime(filter);
  return time.length === 0 ? [] : [byColumns(tenantId, sql`${sql.join(time, sql` and `)}`)];
}

/** All conditions of a filter inside another one, which no index of the order serves; all users meet one without any. */
const wholeNarrowing = (tenantId: string, filter: UserFilter): Narrowing =>
  allOf([...narrowingsOf(tenantId, filter), ...narrowingsOfTime(tenantId, filter)]) ?? testing(sql<boolean>`true`);
