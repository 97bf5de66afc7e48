import { madeId, RARE } from '../test/support/growth-data.ts';
import { type Check, checkData, checkJson, checkList } from './checks.ts';
import { formHeaders, jsonHeaders, tokenPath } from './fixtures.ts';
import type { LoadRequest } from './http-message.ts';

/** A client of a tenant for which the service has issued nothing since its start. */
export interface ColdClient {
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A filled database, and what requests to it need. */
export interface GrownPlace {
  /** A token that may read everything in every tenant. */
  readonly token: string;
  /** Users of the tenant `grown`. */
  readonly users: number;
  /** The cursor of a user in the middle of the list. */
  readonly middle: string;
  /** One for each request of a new tenant. */
  readonly coldClients: readonly ColdClient[];
}

/** A line of the table of growth. */
export interface GrowthRead {
  readonly title: string;
  readonly requests: (place: GrownPlace) => readonly LoadRequest[];
  readonly check: Check;
  /** Whether each request may be sent only once, because the next one would find warm caches. Default false. */
  readonly isCold?: boolean;
}

const TENANT = 'grown';
/** So many accounts are read in turn, spread over the tenant. */
const ACCOUNTS = 8;
const FIRST = 20;
/** The events have the first 5,000 users as subjects (`fillTenant`); these are the subjects of signed-in sessions. */
const SUBJECTS = Array.from({ length: ACCOUNTS }, (_, at) => madeId('user', 8 + at * 550));

/** Numbers of rows, spread over so many. */
const spread = (count: number): number[] =>
  Array.from({ length: ACCOUNTS }, (_, at) => 7 + at * Math.trunc(count / (ACCOUNTS + 1)));
const userId = (n: number): string => madeId('user', n);
const username = (n: number): string => `user${String(n).padStart(7, '0')}`;

const ask = (token: string, query: string, variables: object): LoadRequest => ({
  method: 'POST',
  path: '/graphql',
  headers: jsonHeaders(token),
  body: JSON.stringify({ query, variables }),
});

type Node = Readonly<Record<string, unknown>>;

/** What a read of one object asks, for each of some accounts. */
interface OneRead {
  readonly field: string;
  /** The arguments beside the tenant, with the types of their variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly select: string;
  readonly of: (n: number) => object;
  readonly test: (found: Node) => boolean;
}

function one(title: string, { field, variables, select, of, test }: OneRead): GrowthRead {
  const declared = Object.entries(variables).map(([name, type]) => `$${name}: ${type}`);
  const passed = Object.keys(variables).map((name) => `${name}: $${name}`);
  const query = `query (${declared.join(', ')}) { ${field}(tenant: "${TENANT}", ${passed.join(', ')}) { ${select} } }`;
  return {
    title,
    requests: ({ token, users }) => spread(users).map((n) => ask(token, query, of(n))),
    check: checkData(`Not the answer of "${title}"`, (data) => {
      const found = data[field] as Node | null;
      return found !== null && test(found);
    }),
  };
}

/** What a list asks. */
interface ListRead {
  readonly field: 'users' | 'sessions' | 'securityEvents' | 'tenants' | 'clients' | 'groups';
  readonly select: string;
  /** Arguments beside the tenant, as they stand in the document. */
  readonly args?: string;
  /** Filters of which each request has one. */
  readonly filters?: (place: GrownPlace) => readonly object[];
  readonly after?: (place: GrownPlace) => string;
  readonly withTotal?: boolean;
  /** How many nodes a page has at least; at most 20. */
  readonly least: number;
  readonly test: (node: Node) => boolean;
}

const FILTER_TYPES = {
  users: 'UserFilterInput',
  sessions: 'SessionFilterInput',
  securityEvents: 'SecurityEventFilterInput',
  tenants: 'TenantFilterInput',
  clients: 'ClientFilterInput',
  groups: 'GroupFilterInput',
} as const;

interface Page {
  readonly nodes: readonly Node[];
  readonly totalCount?: number;
}

function list(title: string, read: ListRead): GrowthRead {
  const { field, select, args = `first: ${FIRST}`, withTotal = false, least, test } = read;
  const tenant = field === 'tenants' ? '' : `tenant: "${TENANT}", `;
  const total = withTotal ? ' totalCount isTotalCountExact' : '';
  const query = `query ($filter: ${FILTER_TYPES[field]}, $after: String) {
    ${field}(${tenant}${args}, after: $after, filter: $filter) { nodes { ${select} } pageInfo { hasNextPage endCursor }${total} } }`;
  return {
    title,
    requests: (place) =>
      (read.filters?.(place) ?? [null]).map((filter) =>
        ask(place.token, query, { filter, after: read.after?.(place) ?? null }),
      ),
    check: checkData(`Not the page of "${title}"`, (data) => {
      const page = data[field] as Page | null;
      if (page === null || page.nodes.length < least || page.nodes.length > FIRST) return false;
      return page.nodes.every(test) && (!withTotal || page.totalCount! >= page.nodes.length);
    }),
  };
}

const USER = 'subject username email givenName';
const isUser = ({ subject, username: name }: Node): boolean =>
  typeof subject === 'string' && String(name).startsWith('user');

const users = (title: string, read: Partial<ListRead>): GrowthRead =>
  list(title, { field: 'users', select: USER, least: FIRST, test: isUser, ...read });

/** A list of users with one filter for each account. */
const usersBy = (title: string, filterOf: (n: number) => object, least = 1): GrowthRead =>
  users(title, { filters: (place) => spread(place.users).map(filterOf), least });

const equals = (attribute: string, value: string): object => ({ attribute, operator: 'EQ', value });

const USER_READS: readonly GrowthRead[] = [
  one('a user by id', {
    field: 'user',
    variables: { userId: 'ID!' },
    select: USER,
    of: (n) => ({ userId: userId(n) }),
    test: isUser,
  }),
  one('a user by name', {
    field: 'user',
    variables: { username: 'String!' },
    select: USER,
    of: (n) => ({ username: username(n) }),
    test: isUser,
  }),
  usersBy('a user by e-mail address', (n) => ({ email: `user${n}@example.com` })),
  users('users: first page', {}),
  users('users: a page in the middle', { after: ({ middle }) => middle }),
  users('users: last 20', { args: `last: ${FIRST}` }),
  users('users by username', { args: `first: ${FIRST}, orderBy: { field: USERNAME }` }),
  users('users with their sessions', {
    select: `${USER} sessions { sessionId ip createdAt }`,
    test: (user) => isUser(user) && (user['sessions'] as readonly Node[]).length === 1,
  }),
  users('users with `totalCount`', { withTotal: true }),
  usersBy('users with an attribute', (n) => ({ attribute: { name: 'badge', value: String(n) } })),
  usersBy('users: `userName eq`', (n) => ({ anyOf: [{ allOf: [equals('username', username(n))] }] })),
  usersBy(
    'users: any of several',
    (n) => ({
      anyOf: [{ allOf: [equals('badge', String(n))] }, { allOf: [equals('username', username(n + 1))] }],
    }),
    2,
  ),
  users('users: search by a beginning', {
    filters: () => [{ search: 'user000012' }, { search: 'user000034' }],
    least: 10,
  }),
  users('users that are disabled', { filters: () => [{ isEnabled: false }], least: 3 }),
  users('users whose address is not verified', { filters: () => [{ emailVerified: false }], least: 3 }),
  users('users: `ne` of a common value', {
    filters: () => [{ anyOf: [{ allOf: [{ attribute: 'level', operator: 'NE', value: 'gold' }] }] }],
  }),
  users('users: `ne` of a value of a third', {
    filters: () => [{ anyOf: [{ allOf: [{ attribute: 'department', operator: 'NE', value: 'd1' }] }] }],
  }),
  usersBy('users: two attributes, one of them common', (n) => ({
    anyOf: [{ allOf: [equals('department', `d${n % 3}`), equals('badge', String(n))] }],
  })),
  usersBy('users: `externalId eq`', (n) => ({ externalId: `ext-${n}` })),
  one('authentication modes of a user', {
    field: 'authModes',
    variables: { userId: 'ID!' },
    select: 'requiredFactor needPasswordChange methodsLocked userId',
    of: (n) => ({ userId: userId(n) }),
    test: ({ userId: id }) => typeof id === 'string',
  }),
  {
    title: 'a user by id, REST',
    requests: ({ token, users: count }) =>
      spread(count).map((n) => ({
        method: 'GET',
        path: `/t/${TENANT}/blitz/api/v3/users/${userId(n)}`,
        headers: { authorization: `Bearer ${token}` },
      })),
    check: checkJson('Not a user', ({ sub }) => typeof sub === 'string'),
  },
];

const sessions = (title: string, filters: ListRead['filters']): GrowthRead =>
  list(title, {
    field: 'sessions',
    select: 'sessionId ip deviceId',
    ...(filters === undefined ? {} : { filters }),
    least: 1,
    test: ({ sessionId }) => typeof sessionId === 'string',
  });

const SESSION_READS: readonly GrowthRead[] = [
  sessions('sessions: first page', undefined),
  sessions('sessions of an address', () => [12, 34, 56].map((n) => ({ ip: `10.${n}.0.1` }))),
  sessions('sessions of a device', ({ users: count }) => spread(count).map((n) => ({ deviceId: `SHA256_${n}` }))),
];

const events = (title: string, read: Partial<ListRead>): GrowthRead =>
  list(title, {
    field: 'securityEvents',
    select: 'type subjectId clientId occurredAt',
    least: 1,
    test: ({ type }) => typeof type === 'string',
    ...read,
  });

const EVENT_READS: readonly GrowthRead[] = [
  events('events: first page', { least: FIRST }),
  events('events with `totalCount`', { withTotal: true, least: FIRST }),
  events('events of a rare type', {
    filters: () => [{ types: [RARE.eventType] }],
    test: ({ type }) => type === RARE.eventType,
  }),
  events('events of a client', {
    filters: () => [{ clientId: 'client-7' }],
    least: FIRST,
    test: ({ clientId }) => clientId === 'client-7',
  }),
  events('events of a client that is seldom', {
    filters: () => [{ clientId: RARE.clientId }],
    test: ({ clientId }) => clientId === RARE.clientId,
  }),
  events('events of an actor', { filters: () => SUBJECTS.map((actorId) => ({ actorId })) }),
  events('events of an account', { filters: () => SUBJECTS.map((subjectId) => ({ subjectId })) }),
  events('events of a busy account', {
    filters: () => [{ subjectId: userId(RARE.busySubject) }],
    least: FIRST,
  }),
  events('events of a busy account, of a type that it has not', {
    filters: () => [{ subjectId: userId(RARE.busySubject), types: ['tenant.deleted'] }],
    least: 0,
  }),
  {
    title: 'events of an account, REST',
    requests: ({ token }) =>
      SUBJECTS.map((subject) => ({
        method: 'GET',
        path: `/t/${TENANT}/blitz/api/v3/users/${subject}/audit?rql=and(limit(1))`,
        headers: { authorization: `Bearer ${token}` },
      })),
    check: checkList('Not an event', 1, ({ type }) => typeof type === 'string'),
  },
];

const named = ({ name }: Node): boolean => typeof name === 'string';

const OTHER_READS: readonly GrowthRead[] = [
  list('tenants: first page', { field: 'tenants', select: 'name', least: FIRST, test: named }),
  list('clients: first page', { field: 'clients', select: 'clientId name', least: FIRST, test: named }),
  list('groups: first page', { field: 'groups', select: 'path name', least: FIRST, test: named }),
  list('groups by path', {
    field: 'groups',
    select: 'path name',
    args: `first: ${FIRST}, orderBy: { field: PATH }`,
    least: FIRST,
    test: named,
  }),
  {
    title: 'the first token of a tenant',
    requests: ({ coldClients }) =>
      coldClients.map((client) => ({
        method: 'POST',
        path: tokenPath(client.tenant),
        headers: formHeaders(client),
        body: 'grant_type=client_credentials',
      })),
    check: checkJson('Not a token', ({ access_token: token }) => typeof token === 'string'),
    isCold: true,
  },
];

/** The reads whose cost must not depend on how many rows there are. */
export const GROWTH_READS: readonly GrowthRead[] = [...USER_READS, ...SESSION_READS, ...EVENT_READS, ...OTHER_READS];

/** Permissions that these reads need. */
export const GROWTH_SCOPES = ['user', 'session', 'event', 'client', 'group', 'auth-mode', 'tenant'].map(
  (noun) => `${noun}:read:all`,
);
