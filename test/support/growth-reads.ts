import type { Services } from '../../schema/context.ts';
import type { Authority } from '../../src/access/index.ts';
import type { TenantRef } from '../../src/kernel/index.ts';
import type { PageRequest, PageResult } from '../../src/persistence/index.ts';
import type { UserFilter, UserOrder } from '../../src/users/index.ts';
import { madeId, RARE } from './growth-data.ts';

/** Where the reads happen: a tenant that `fillTenant` filled. */
export interface GrownTenant {
  readonly services: Services;
  readonly tenant: TenantRef;
  readonly authority: Authority;
  readonly now: Date;
}

/** A read of the services, whose statements are looked at. */
export interface GrowthRead {
  readonly name: string;
  readonly run: (grown: GrownTenant) => unknown;
  /** Rows that its statements may look at, where that is more than the rule of the test allows, and why. */
  readonly mayRead?: { readonly rows: number; readonly because: string };
  /**
   * Whether its statements have to be planned for their parameters each time: a plan for the average tenant reads too much of a
   * large one. Such a statement must not be sent under a name. Default false.
   */
  readonly isPlannedAnew?: boolean;
}

const user = (n: number) => madeId('user', n);
const USERS = [5, 6, 7, 8].map(user);

interface AnyPage extends Omit<PageResult<unknown>, 'cursorOf'> {
  readonly cursorOf: (row: never) => string;
}

type Page = (grown: GrownTenant, request: PageRequest) => Promise<AnyPage>;

/** The pages of a list: the first, the second, the last and the one before it. */
function pages(name: string, page: Page): GrowthRead[] {
  return [
    { name: `${name}: first page`, run: (grown) => page(grown, {}) },
    { name: `${name}: page after`, run: async (grown) => page(grown, { after: await middle(page, grown) }) },
    { name: `${name}: last page`, run: (grown) => page(grown, { last: 20 }) },
    {
      name: `${name}: page before`,
      run: async (grown) => page(grown, { last: 20, before: await middle(page, grown) }),
    },
  ];
}

/** The cursor of the last row of the first page. */
async function middle(page: Page, grown: GrownTenant): Promise<string> {
  const { rows, cursorOf } = await page(grown, { first: 5 });
  return cursorOf(rows.at(-1) as never);
}

const COUNTED = 10_001;
/** For a list that is narrowed: the rows of each condition are counted up to 2,000, then rows are looked at. */
const WALKED = { rows: 2 * COUNTED, because: 'a narrowed list looks at 10,000 rows for a page' } as const;
const CHOSEN = { rows: 6_000, because: 'the rows of each condition are counted up to 2,000' } as const;

const total = (name: string, page: Page): GrowthRead => ({
  name: `${name}: total`,
  run: (grown) => page(grown, { first: 1, withTotal: true }),
  mayRead: { rows: COUNTED, because: 'a list is counted up to 10,000' },
});

const USER_FILTERS: Readonly<Record<string, UserFilter>> = {
  'the beginning of a name': { search: 'user000012' },
  'a text in a username': { contains: { username: 'er000001234' } },
  'a text anywhere': { contains: { anywhere: 'r1234@exam' } },
  'a text in a family name and one in an address': { contains: { familyName: 'amily498', email: 'r4980@' } },
  'a text that most have': { contains: { email: 'example.com' } },
  'a text that is too short for the index': { contains: { anywhere: 'us' } },
  'a text of signs alone': { contains: { anywhere: '-.-' } },
  'a text of letters that a locale may not have': { contains: { familyName: 'Ёжик' } },
  'a text that is longer than names': { contains: { username: 'x'.repeat(256) } },
  'the exact value of an attribute': { attribute: { name: 'department', value: 'd1', isExact: true } },
  'the exact value of a column': { attribute: { name: 'email', value: 'user12@example.com', isExact: true } },
  'a username': { username: 'user0000012' },
  'an e-mail address': { email: 'user12@example.com' },
  'the state "enabled"': { enabled: true },
  'the state "disabled"': { enabled: false },
  'a verified address': { emailVerified: true },
  'an address that is not verified': { emailVerified: false },
  'an external id': { externalId: 'ext-12' },
  'an external id that nobody has': { externalId: 'nobody' },
  'an attribute of one': { attribute: { name: 'badge', value: '12' } },
  'an attribute of a third': { attribute: { name: 'department', value: 'd1' } },
  'an attribute of most': { attribute: { name: 'level', value: 'gold' } },
  'another value than that of a third': {
    anyOf: [{ allOf: [{ attribute: 'department', operator: 'ne', value: 'd1' }] }],
  },
  'another value than that of most': { anyOf: [{ allOf: [{ attribute: 'level', operator: 'ne', value: 'gold' }] }] },
  'two attributes of which one is common': {
    anyOf: [
      {
        allOf: [
          { attribute: 'level', operator: 'eq', value: 'gold' },
          { attribute: 'badge', operator: 'eq', value: '12' },
        ],
      },
    ],
  },
  'two attributes that are common': {
    anyOf: [
      {
        allOf: [
          { attribute: 'level', operator: 'eq', value: 'gold' },
          { attribute: 'department', operator: 'eq', value: 'd1' },
        ],
      },
    ],
  },
  'two alternatives that are rare': {
    anyOf: [
      { allOf: [{ attribute: 'badge', operator: 'eq', value: '12' }] },
      { allOf: [{ attribute: 'username', operator: 'eq', value: 'user0000012' }] },
    ],
  },
  'two alternatives of which one is common': {
    anyOf: [
      { allOf: [{ attribute: 'badge', operator: 'eq', value: '12' }] },
      { allOf: [{ attribute: 'department', operator: 'eq', value: 'd1' }] },
    ],
  },
  'disabled ones by a comparison': { anyOf: [{ allOf: [{ field: 'enabled', operator: 'eq', value: 'false' }] }] },
  'one subject': { anyOf: [{ allOf: [{ field: 'subject', operator: 'eq', value: user(12) }] }] },
  'a range of an attribute': { anyOf: [{ allOf: [{ attribute: 'username', operator: 'lt', value: 'user0000012' }] }] },
  'the time of creation': { createdFrom: new Date('2026-01-01'), createdBefore: new Date('2027-01-01') },
  'two ids': { userIds: [user(12), user(13)] },
  'two ids, enabled': { userIds: [user(12), user(13)], enabled: true },
  'a group': { groupId: madeId('group', 1) },
  'a role': { roleId: madeId('own-role', 12) },
  'a provider': { providerId: madeId('provider', 1) },
  'an id at any provider': { externalAccount: { externalId: 'nobody' } },
  'not an attribute of a third': { not: { attribute: { name: 'department', value: 'd1' } } },
  'not a text in a username': { not: { contains: { username: 'er000001234' } } },
  'not a group and not a role': { not: { or: [{ groupId: madeId('group', 1) }, { roleId: madeId('own-role', 12) }] } },
  'one of two that are rare': { or: [{ username: 'user0000012' }, { externalId: 'ext-12' }] },
  'a rare one of those who are not disabled': { externalId: 'ext-12', not: { enabled: false } },
};

/** Filters with a condition that many users meet. */
const COMMON: ReadonlySet<string> = new Set([
  'an attribute of a third',
  'an attribute of most',
  'a text that most have',
  'a text in a family name and one in an address',
  'the exact value of an attribute',
  'two attributes of which one is common',
  'two attributes that are common',
  'two alternatives of which one is common',
]);

/** Filters by texts that the index of trigrams does not have and nobody has. */
const WITHOUT_TRIGRAM: ReadonlySet<string> = new Set([
  'a text of signs alone',
  'a text of letters that a locale may not have',
]);
const WALKED_USERS = {
  rows: 110_000,
  because: 'a narrowed list looks at 10,000 users for a page, each with its eight search rows',
} as const;

const usersPage =
  (filter: UserFilter, order: UserOrder, descending = false): Page =>
  ({ services, authority }, request) =>
    services.users.page(authority, filter, order, { ...request, descending });

const USER_READS: GrowthRead[] = [
  ...(['email', 'givenName', 'familyName', 'enabled'] as const).flatMap((order) => [
    ...pages(`users by ${order}`, usersPage({}, order)),
    {
      name: `users by ${order} with a text in a username`,
      run: (grown: GrownTenant) => usersPage(USER_FILTERS['a text in a username']!, order)(grown, {}),
    },
  ]),
  {
    name: 'users by username: the page at a number',
    run: (grown) => usersPage({}, 'username')(grown, { offset: 12_345, largest: 10_000 }),
  },
  {
    name: 'users by username: the page at a number, with the total',
    run: (grown) => usersPage({}, 'username')(grown, { offset: 40, largest: 10_000, withTotal: true }),
    mayRead: { rows: 20_020, because: 'a list is counted up to 100,000' },
  },
  ...(['createdAt', 'username'] as const).flatMap((order) => [
    ...pages(`users by ${order}`, usersPage({}, order)),
    ...pages(`users by ${order} backwards`, usersPage({}, order, true)),
    ...Object.entries(USER_FILTERS).map(
      ([name, filter]): GrowthRead => ({
        name: `users by ${order} with ${name}`,
        run: (grown) => usersPage(filter, order)(grown, {}),
        ...(COMMON.has(name) ? { mayRead: CHOSEN } : {}),
        ...(WITHOUT_TRIGRAM.has(name) ? { mayRead: WALKED_USERS } : {}),
      }),
    ),
  ]),
  total('users', usersPage({}, 'createdAt')),
  {
    ...total('users with a common attribute', usersPage(USER_FILTERS['an attribute of most']!, 'createdAt')),
    mayRead: { rows: 25_000, because: 'to count a narrowed list, 10,000 rows and their search rows are looked at' },
  },
  { name: 'a user by id', run: ({ services, authority }) => services.users.find(authority, user(12)) },
  {
    name: 'a user by username',
    run: ({ services, authority }) => services.users.findByUsername(authority, 'user0000012'),
  },
  {
    name: 'the tenants of a username',
    run: ({ services, authority }) => services.users.tenantsOf(authority, 'user0000012'),
  },
  {
    name: 'the tenants of a user by id',
    run: ({ services, authority }) => services.users.tenantsOf(authority, user(12)),
  },
  { name: 'users by id', run: ({ services, tenant }) => services.users.findMany(tenant.id, USERS) },
];

const sessionsPage =
  (filter: object): Page =>
  ({ services, authority }, request) =>
    services.sessions.page(authority, filter, request);

const SESSION_READS: GrowthRead[] = [
  ...pages('sessions', sessionsPage({})),
  ...pages('sessions of a user', sessionsPage({ userId: user(12) })).slice(0, 1),
  ...pages('sessions of an address', sessionsPage({ ip: '10.12.0.1' })),
  ...pages('sessions of a device', sessionsPage({ deviceId: 'SHA256_12' })).slice(0, 1),
  { name: 'sessions of an unknown address', run: (grown) => sessionsPage({ ip: '192.0.2.1' })(grown, {}) },
  total('sessions', sessionsPage({})),
  {
    name: 'newest sessions of users',
    run: ({ services, tenant }) => services.sessions.newestOfUsers(tenant.id, USERS, 5, null),
  },
  { name: 'a session', run: ({ services, tenant }) => services.sessions.findIn(tenant.id, madeId('x', 1)) },
  { name: 'devices of users', run: ({ services, tenant }) => services.devices.ofUsers(tenant.id, USERS, null) },
];

const eventsPage =
  (filter: object): Page =>
  ({ services, tenant }, request) =>
    services.eventEngine.reader.page(tenant.id, filter, request);

const eventsWith = (name: string, filter: object, mayRead?: GrowthRead['mayRead']): GrowthRead => ({
  name: `events with ${name}`,
  run: (grown) => eventsPage(filter)(grown, {}),
  ...(mayRead === undefined ? {} : { mayRead }),
});

const EVENT_READS: GrowthRead[] = [
  ...pages('events', eventsPage({})),
  ...pages('events of a rare type', eventsPage({ types: [RARE.eventType] })),
  eventsWith('a frequent type', { types: ['token.issued'] }),
  eventsWith('a frequent and a rare type', { types: ['token.issued', RARE.eventType] }),
  eventsWith('types that are not frequent', { types: ['user.updated', RARE.eventType, 'user.deleted'] }, CHOSEN),
  eventsWith('a type that nothing has', { types: ['tenant.deleted'] }),
  eventsWith('a category', { categories: ['user'] }, CHOSEN),
  eventsWith('a client', { clientId: 'client-7' }),
  eventsWith('a client that is seldom', { clientId: RARE.clientId }, WALKED),
  eventsWith('an actor', { actorId: user(12) }, WALKED),
  eventsWith('an outcome', { outcome: 'failure' }),
  eventsWith('a rare type and an outcome', { types: [RARE.eventType], outcome: 'failure' }, WALKED),
  eventsWith('a time', { from: new Date('2026-11-22T08:00:00Z'), to: new Date('2026-11-22T09:00:00Z') }),
  eventsWith('an account', { subjectId: user(12) }),
  eventsWith('a busy account', { subjectId: user(RARE.busySubject) }),
  eventsWith(
    'a busy account and a type that it has not',
    { subjectId: user(RARE.busySubject), types: ['tenant.deleted'] },
    WALKED,
  ),
  eventsWith('an account and a rare type', { subjectId: user(12), types: [RARE.eventType] }),
  total('events', eventsPage({})),
  {
    name: 'events of an account',
    run: ({ services, authority }) => services.accountHistory.page(authority, user(12), {}, { descending: true }),
  },
  {
    name: 'older events of an account',
    run: async ({ services, authority }) => {
      const first = await services.accountHistory.page(authority, user(12), {}, { first: 2, descending: true });
      await services.accountHistory.page(
        authority,
        user(12),
        {},
        {
          descending: true,
          after: first.cursorOf(first.rows.at(-1)!),
        },
      );
    },
  },
];

interface Listing {
  page(authority: Authority, filter: object, request: PageRequest): Promise<AnyPage>;
}

const list =
  (service: 'clients' | 'roles' | 'riskbits' | 'lockouts' | 'federationProviders' | 'tenants', filter: object): Page =>
  ({ services, authority }, request) => {
    const listing: Listing = services[service];
    return listing.page(authority, filter, request);
  };

const groupsPage =
  (filter: object, order: 'path' | 'createdAt'): Page =>
  ({ services, authority }, request) =>
    services.groups.page(authority, filter, order, request, null);

const LISTS: GrowthRead[] = [
  ...(['clients', 'roles', 'riskbits', 'federationProviders', 'tenants', 'lockouts'] as const).flatMap((service) => [
    ...pages(service, list(service, {})),
    total(service, list(service, {})),
  ]),
  ...pages('groups by path', groupsPage({}, 'path')),
  ...pages('groups by time', groupsPage({}, 'createdAt')),
  ...pages('groups of a profile', groupsPage({ profile: 'groups' }, 'createdAt')),
  ...pages('groups at the top', groupsPage({ parentId: null }, 'createdAt')),
  {
    name: 'a group by its path',
    run: ({ services, authority }) => services.groups.find(authority, { path: '/group-000012/nothing' }),
  },
  { name: 'groups with an external id', run: (grown) => groupsPage({ externalId: 'ext-12' }, 'path')(grown, {}) },
  {
    name: 'groups with an attribute',
    run: (grown) =>
      groupsPage({ anyOf: [{ allOf: [{ attribute: 'number', operator: 'eq', value: '12' }] }] }, 'path')(grown, {}),
  },
  ...pages('members of a group', ({ services, authority }, request) =>
    services.groupMembers.page(authority, madeId('group', 1), request),
  ),
  {
    name: 'first members of groups',
    run: ({ services, tenant }) =>
      services.groupMembers.firstOf(
        tenant.id,
        [1, 2].map((n) => madeId('group', n)),
        20,
      ),
  },
  { name: 'groups of users', run: ({ services, tenant }) => services.groups.ofUsers(tenant.id, USERS, null) },
  {
    name: 'children of groups',
    run: ({ services, tenant }) => services.groups.childrenOf(tenant.id, [madeId('group', 1)], null),
  },
  {
    name: 'clients that are disabled',
    run: (grown) => list('clients', { enabled: false })(grown, {}),
    mayRead: WALKED,
  },
  { name: 'riskbits of a level', run: (grown) => list('riskbits', { ratingLevel: 'C' })(grown, {}) },
  {
    name: 'checks of liveness of a day',
    run: ({ services, authority, now }) =>
      services.liveness.report(authority, {
        start: new Date(now.getTime() - 86_400_000),
        end: now,
        resolution: 'hour',
      }),
  },
  { name: 'blocks of a user', run: (grown) => list('lockouts', { userId: user(13) })(grown, {}) },
  {
    name: 'blocks of addresses by time',
    run: ({ services, authority }) =>
      services.lockouts.page(authority, { subjectKind: 'ip' }, { first: 20, descending: true }, 'blockedFrom'),
  },
];

const KEY_READS: GrowthRead[] = [
  { name: 'a tenant by name', run: ({ services, tenant }) => services.directory.byName(tenant.name) },
  { name: 'a tenant by id', run: ({ services }) => services.directory.byId(madeId('tenant', 7)) },
  { name: 'a tenant by route', run: ({ services, tenant }) => services.directory.byRoute(tenant.route) },
  { name: 'a tenant by host', run: ({ services }) => services.directory.byHost('id.example.net') },
  {
    name: 'whether a name of a tenant is taken',
    run: ({ services }) => services.tenants.isNameTaken('Tenant-0000007'),
  },
  {
    name: 'a client by client_id',
    run: ({ services, tenant }) => services.clientDirectory.byClientId(tenant.id, 'client-000012'),
  },
  {
    name: 'clients by id',
    run: ({ services, tenant }) =>
      services.clients.findMany(
        tenant.id,
        [12, 13].map((n) => madeId('own-client', n)),
      ),
  },
  {
    name: 'secrets of clients',
    run: ({ services, tenant }) => services.clients.secretsOf(tenant.id, [madeId('own-client', 12)]),
  },
  {
    name: 'scopes of clients',
    run: ({ services, tenant }) => services.clients.scopesOf(tenant.id, [madeId('own-client', 12)]),
  },
  {
    name: 'origins of a tenant',
    run: ({ services, tenant }) => services.webOrigins.isListed(tenant.id, 'https://none.example'),
  },
  { name: 'roles of a user', run: ({ services, tenant }) => services.rolePermissions.ofUser(tenant.id, user(12)) },
  {
    name: 'roles of a group',
    run: ({ services, tenant }) => services.rolePermissions.heldBy(tenant.id, 'group', madeId('group', 12)),
  },
  {
    name: 'roles of a client',
    run: ({ services, tenant }) => services.rolePermissions.ofClient(tenant.id, madeId('own-client', 12)),
  },
  {
    name: 'roles granted to users',
    run: ({ services, tenant }) => services.roles.grantedTo(tenant.id, 'user', USERS, null),
    isPlannedAnew: true,
  },
  {
    name: 'children of roles',
    run: ({ services, tenant }) => services.roles.childrenOf(tenant.id, [madeId('own-role', 12)], null),
    isPlannedAnew: true,
  },
  { name: 'a role by name', run: ({ services, tenant }) => services.roles.findByName(tenant.id, 'role-000012') },
  { name: 'links of users', run: ({ services, tenant }) => services.federationLinks.ofUsers(tenant.id, USERS) },
  {
    name: 'consents of users',
    run: ({ services, tenant }) => services.consents.ofUsers(tenant.id, USERS),
    isPlannedAnew: true,
  },
  { name: 'rights of users', run: ({ services, tenant }) => services.rights.ofUsers(tenant.id, USERS) },
  { name: 'rights on users', run: ({ services, tenant }) => services.rights.onUsers(tenant.id, USERS) },
  {
    name: 'credentials of users',
    run: ({ services, tenant }) => services.authModes.credentialsOfUsers(tenant.id, USERS),
  },
  { name: 'auth modes of a user', run: ({ services, authority }) => services.authModes.get(authority, user(12)) },
  {
    name: 'failures of users at sign-in',
    run: ({ services, tenant }) => services.lockouts.failuresOf(tenant.id, USERS),
  },
  {
    name: 'administrators among users',
    run: ({ services, tenant }) => services.rolePermissions.administratorsAmong(tenant.id, USERS),
  },
  {
    name: 'security questions of users',
    run: ({ services, tenant }) => services.securityQuestions.ofUsers(tenant.id, USERS),
  },
  {
    name: 'apps of users',
    run: ({ services, tenant }) => services.linkedApps.ofUsers(tenant.id, USERS),
    isPlannedAnew: true,
  },
  { name: 'an event', run: ({ services, tenant }) => services.eventEngine.reader.findIn(tenant.id, madeId('x', 1)) },
  {
    name: 'the sweep of expired tokens and keys',
    run: ({ services }) => services.oauth.expired.sweepExpired(1_000),
    mayRead: { rows: 2_100, because: 'a sweep looks at each tenant' },
  },
  {
    name: 'feed cursors of events',
    run: ({ services, tenant }) => services.eventEngine.reader.feedCursors(tenant.id, [madeId('x', 1)]),
  },
];

/** Every list and look-up of the services, with each filter and order. */
export const GROWTH_READS: readonly GrowthRead[] = [
  ...USER_READS,
  ...SESSION_READS,
  ...EVENT_READS,
  ...LISTS,
  ...KEY_READS,
];
