import { type RawBuilder, sql } from 'kysely';
import { type FieldFault, isUuid } from '../kernel/index.ts';
import {
  type AnyOf,
  anyOfFaults,
  anyOfSql,
  type PageKey,
  type Searched,
  type SearchField,
  searchKey,
} from '../persistence/index.ts';
import { aliasedColumn, isAttributeName, SEARCHED_COLUMNS } from './attributes.ts';
import { canonicalUserId, isPlainText } from './user-names.ts';

/** What a list of users can be narrowed by; all given conditions must hold. */
export interface UserFilter {
  /** Beginning of the username, the e-mail address, a name or the phone number, ignoring case. */
  readonly search?: string | null;
  readonly username?: string | null;
  /** The whole e-mail address, ignoring case. */
  readonly email?: string | null;
  readonly enabled?: boolean | null;
  readonly emailVerified?: boolean | null;
  /** Exact. */
  readonly externalId?: string | null;
  /**
   * An attribute with this value, ignoring case; only the first eight values of a list and the first 255 characters of a
   * text are compared.
   */
  readonly attribute?: { readonly name: string; readonly value: string } | null;
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
}

const USER_ORDERS = ['createdAt', 'username'] as const;
export type UserOrder = (typeof USER_ORDERS)[number];

const ID: PageKey = { column: 'users.id', property: 'id', type: 'text' };
export const PAGE_KEYS: Readonly<Record<UserOrder, readonly PageKey[]>> = {
  createdAt: [{ column: 'users.created_at', property: 'createdAt', type: 'timestamptz' }, ID],
  username: [{ column: 'users.username', property: 'username', type: 'text' }, ID],
};

type Condition = RawBuilder<boolean>;
const LIKE_SPECIALS = /[\\%_]/g;

/** Users with a search row of one of these names. Both tables are read by keys that begin with the tenant. */
function bySearchRow(tenantId: string, names: readonly string[], match: Condition): Condition {
  return sql<boolean>`users.id in (
    select k.user_id from user_attribute_keys k
    where k.tenant_id = ${tenantId}::uuid and k.name in (${sql.join(names)}) and ${match})`;
}

const keyIs = (value: string): Condition => sql<boolean>`k.value_key = ${searchKey(value)}`;
const keyBegins = (text: string): Condition =>
  sql<boolean>`k.value_key like ${`${searchKey(text).replace(LIKE_SPECIALS, '\\$&')}%`}`;

/** The name in an attribute's search rows: that of the column for names that mean one. */
function rowNameOf(attribute: string): string {
  const column = aliasedColumn(attribute);
  return column === null ? attribute : SEARCHED_COLUMNS[column];
}

/** Whether an account is shown as enabled: enabled, and not blocked for inactivity. */
const isEnabled = (alias: string): Condition =>
  sql<boolean>`(${sql.ref(`${alias}.enabled`)} and ${sql.ref(`${alias}.inactive_since`)} is null)`;

/** Fields that comparisons of users may name beside attributes. */
export type UserSearchField = 'subject' | 'enabled';

export const SEARCHED_USERS: Searched = {
  table: 'users',
  keys: { table: 'user_attribute_keys', owner: 'user_id', ownerType: 'text' },
  fields: {
    subject: { column: 'id', normalise: canonicalUserId },
    enabled: { expression: (alias) => sql`${isEnabled(alias)}::text` },
  } satisfies Record<UserSearchField, SearchField>,
  rowNameOf,
};

type Conditions = {
  readonly [K in keyof UserFilter]-?: (value: NonNullable<UserFilter[K]>, tenantId: string) => Condition;
};

const FREE_TEXT = (['username', 'email', 'givenName', 'familyName', 'displayName', 'phone'] as const).map(
  (column) => SEARCHED_COLUMNS[column],
);

const CONDITIONS: Conditions = {
  search: (text, tenantId) => bySearchRow(tenantId, FREE_TEXT, keyBegins(text)),
  username: (text, tenantId) => bySearchRow(tenantId, [SEARCHED_COLUMNS.username], keyIs(text)),
  email: (text, tenantId) => bySearchRow(tenantId, [SEARCHED_COLUMNS.email], keyIs(text)),
  enabled: (value) => sql<boolean>`${isEnabled('users')} = ${value}`,
  emailVerified: (value) => sql<boolean>`users.email_verified = ${value}`,
  externalId: (value) => sql<boolean>`users.external_id = ${value}`,
  attribute: ({ name, value }, tenantId) =>
    isAttributeName(name) ? bySearchRow(tenantId, [rowNameOf(name)], keyIs(value)) : sql<boolean>`false`,
  anyOf: (anyOf, tenantId) => anyOfSql(SEARCHED_USERS, tenantId, anyOf),
  createdFrom: (at) => sql<boolean>`users.created_at >= ${at}`,
  createdBefore: (at) => sql<boolean>`users.created_at < ${at}`,
  groupId: (groupId, tenantId) => sql<boolean>`users.id in (
    select m.user_id from group_members m where m.tenant_id = ${tenantId}::uuid and m.group_id = ${groupId}::uuid)`,
  roleId: (roleId, tenantId) => sql<boolean>`users.id in (
    select g.holder_id from role_grants g
    where g.tenant_id = ${tenantId}::uuid and g.role_id = ${roleId}::uuid and g.holder_kind = 'user')`,
};

/** The conditions of a filter, for `where`. Excludes the service accounts of clients. */
export function conditionsOf(tenantId: string, filter: UserFilter): Condition {
  const conditions = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined || value === null
      ? []
      : [(CONDITIONS[name as keyof UserFilter] as (value: unknown, tenantId: string) => Condition)(value, tenantId)],
  );
  const own = sql<boolean>`users.tenant_id = ${tenantId}::uuid and users.service_client_id is null`;
  return sql<boolean>`${sql.join([own, ...conditions], sql` and `)}`;
}

/** Faults of a filter: texts that the database would refuse, malformed ids. */
export function filterFaults(filter: UserFilter, path: string): FieldFault[] {
  const { search, username, email, externalId, attribute, groupId, roleId, anyOf } = filter;
  const texts = {
    search,
    username,
    email,
    externalId,
    'attribute.name': attribute?.name,
    'attribute.value': attribute?.value,
  };
  const hostile = Object.entries(texts).filter(([, text]) => text != null && !isPlainText(text));
  const malformed = Object.entries({ groupId, roleId }).filter(([, id]) => id != null && !isUuid(id));
  return [
    ...hostile.map(([name]) => ({
      path: `${path}.${name}`,
      code: 'TEXT_INVALID',
      message: 'The text has control characters.',
    })),
    ...(anyOf == null ? [] : anyOfFaults(anyOf, `${path}.anyOf`)),
    ...malformed.map(([name]) => ({ path: `${path}.${name}`, code: 'ID_INVALID', message: 'This is not an id.' })),
  ];
}
