import {
  type ExecutionResult,
  type GraphQLField,
  getNamedType,
  getNullableType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  parse,
} from 'graphql';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperationCompiler } from '../../../schema/compiled/index.ts';
import { createContext } from '../../../schema/context.ts';
import { Reads } from '../../../schema/kit/reads.ts';
import { Authority, type Caller, systemCaller } from '../../../src/access/index.ts';
import type { CreateClient } from '../../../src/clients/index.ts';
import { smallestIdAt } from '../../../src/events/upkeep/partitions.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import type { User, UserKeys } from '../../../src/users/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { testGraph, World } from '../../support/world.ts';

const statements: string[] = [];
let world: World;
let acme: TenantRef;
let caller: Caller;
const ANN = 'ann';
const BOB = 'bob';

/** A value for every field of a user, so that a column that was not read is missed. */
const FULL = {
  phone: '+41791234567',
  middleName: 'M',
  familyName: 'F',
  displayName: 'D',
  locale: 'en',
  externalId: 'X',
  emailVerified: true,
  attributes: { shoe: 'brown' },
  profile: { title: 'Boss' },
  requiredActions: ['VERIFY_EMAIL'],
  notBefore: new Date('2026-01-02T03:04:05Z'),
};

/** The service, for a request of a browser: sessions and devices keep where it came from. */
const inBrowser = (tenant: TenantRef): Authority =>
  Authority.system(
    { ...systemCaller({ processId: newId(), ip: '203.0.113.7', userAgent: 'Firefox' }), clientId: 'reader' },
    tenant,
  );

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0';

/** An event about a user with a value in each column, newer than the others, and its position. */
async function addFullEvent(tenant: TenantRef, subjectId: string): Promise<void> {
  const id = smallestIdAt(new Date('2999-01-01'));
  await sql`insert into security_events (tenant_id, id, type, occurred_at, actor_kind, actor_id, subject_id, client_id, client_auth,
      session_id, ip, peer_ip, user_agent, api, process_id, outcome, reason, params)
    values (${tenant.id}::uuid, ${id}::uuid, 'sign_in.failed', now(), 'user', ${subjectId}, ${subjectId}, 'portal', 'Basic', ${id}::uuid,
      '203.0.113.7', '198.51.100.1', ${FIREFOX}, 'rest', ${id}::uuid, 'failure', 'LOCKED', '{"tries":3}')`.execute(
    world.db.read(),
  );
  await sql`insert into event_positions (log, position, tenant_id, event_id) values (0, 1, ${tenant.id}::uuid, ${id}::uuid)`.execute(
    world.db.read(),
  );
}

/** A value for every field of a client. */
const FULL_CLIENT: CreateClient = {
  clientId: 'portal',
  type: 'confidential',
  name: 'Portal',
  description: 'D',
  grantTypes: ['client_credentials'],
  redirects: [{ uri: 'https://portal.example/back' }],
  accessTokenAlg: 'ES256',
  idTokenAlg: 'ES256',
  accessTokenSeconds: 60,
  refreshTokenSeconds: 600,
  tokenEndpointAuthMethod: 'client_secret_basic',
  clientUri: 'https://portal.example/',
  logoUri: 'https://portal.example/logo',
  policyUri: 'https://portal.example/policy',
  tosUri: 'https://portal.example/terms',
  userAgreementUri: 'https://portal.example/agreement',
  contacts: ['ann@portal.example'],
  defaultMaxAgeSeconds: 60,
  defaultAcrValues: ['1fa'],
  initiateLoginUri: 'https://portal.example/login',
  pkce: 'required',
  webOrigins: ['https://portal.example'],
  rootUrl: 'https://portal.example/',
  baseUrl: '/start',
  adminUrl: '/admin',
  logoutUri: 'https://portal.example/bye',
  organizationName: 'Portal Ltd',
  extra: { kept: true },
};

beforeAll(async () => {
  world = await World.open(await openTestDatabase((statement) => statements.push(statement)));
  await world.tenant({ name: 'a-first' });
  acme = await world.tenant({ name: 'acme', displayName: 'Acme' });
  await world.services.tenants.updateExtra(world.system(acme), { set: { kept: true } });
  caller = world.app(
    acme,
    'user:read',
    'session:read',
    'device:read',
    ...['user-property:read', 'auth-mode:read', 'role:read', 'group:read', 'group-member:read', 'event:read'],
    ...['role-grant:read', 'client:read', 'tenant:read', 'setting:read'],
  );
  const child = await world.newRole(acme, { name: 'z-child', description: 'C' });
  const role = await world.newRole(acme, { description: 'D', permissions: ['user:read'], childIds: [child.id] });
  const group = await world.newGroup(acme, { externalId: 'X', attributes: { size: 'large' } });
  await world.newGroup(acme, { name: 'Inner', parentId: group.id });
  for (const id of [ANN, BOB]) {
    await world.newUser(acme, { ...FULL, id, username: id, email: `${id}@example.org`, givenName: id });
    await world.services.devices.seen(inBrowser(acme), {
      userId: id,
      deviceId: `device-of-${id}`,
      fingerprint: 'F',
    });
    await world.services.sessions.start(inBrowser(acme), {
      userId: id,
      amr: ['pwd'],
      deviceId: `device-of-${id}`,
      acr: '1',
    });
  }
  await world.grantRole(acme, { roleId: role.id, holderKind: 'user', holderId: ANN });
  await world.grantRole(acme, { roleId: role.id, holderKind: 'group', holderId: group.id });
  await world.services.groupMembers.add(world.system(acme), group.id, [ANN, BOB]);
  const { client } = await world.newClient(acme, FULL_CLIENT);
  await world.grantRole(acme, { roleId: role.id, holderKind: 'client', holderId: client.id });
  await world.newRole(acme, {
    name: 'z-of-client',
    clientUuid: client.id,
    description: 'E',
    permissions: ['user:read'],
  });
  await addFullEvent(acme, ANN);
  // No operation sets these moments yet.
  for (const table of ['tenants', 'clients'])
    await sql`update ${sql.ref(table)} set not_before = now()`.execute(world.db.read());
  // The reason of accounts that are disabled, without ending their sessions.
  await sql`update users set disabled_reason = 'admin'`.execute(world.db.read());
});
afterAll(() => world.close());

type Variables = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: answers have the shape of their documents
type Data = any;
type Run = (document: string, variables?: Variables, as?: Caller) => Promise<{ data: Data; codes: unknown[] }>;

const interpreted: Run = async (document, variables = {}, as = caller) => {
  const { data, errors } = await world.graphql(as, document, variables);
  return { data, codes: errors.map(({ extensions }) => extensions['code']) };
};

const compiled: Run = async (document, variables = {}, as = caller) => {
  const operation = new OperationCompiler(await testGraph()).compile(parse(document))!;
  const context = createContext(world.services, as, new AbortController().signal);
  const { data, errors = [] } = (await operation.run(context, variables)) as ExecutionResult;
  return { data, codes: errors.map(({ originalError }) => (originalError as { code?: unknown } | undefined)?.code) };
};

/** The columns that the statements of a document select, as `table: names`, with its answer. */
async function watch(run: Run, document: string, variables: Variables = {}) {
  statements.length = 0;
  const { data, codes } = await run(document, variables);
  expect(codes).toEqual([]);
  return { data, columns: statements.map(columnsOf) };
}

function columnsOf(statement: string): string {
  const columns = [...statement.matchAll(/"(\w+)"\."\w+" as "(\w+)"/g)];
  return `${columns[0]?.[1]}: ${columns
    .map(([, , name]) => name)
    .sort()
    .join(' ')}`;
}

const USER_COLUMNS = 31;

describe.each([
  ['interpreted', interpreted],
  ['compiled', compiled],
])('a list in a document that is %s', (_name, run) => {
  it('reads the columns of the selected fields and the keys, with one statement for each kind of rows', async () => {
    const { data, columns } = await watch(
      run,
      `{ users(first: 20) { nodes { subject username email givenName familyName
        sessions(first: 5) { sessionId authTime ip } } } }`,
    );
    expect(data.users.nodes[0]).toMatchObject({ subject: ANN, username: ANN, email: 'ann@example.org' });
    expect(columns).toEqual([
      'users: createdAt email familyName givenName id tenantId username',
      'sessions: authTime id ip tenantId userId',
    ]);
  });

  it('reads other columns for another selection, through fragments, aliases and edges', async () => {
    const { data, columns } = await watch(
      run,
      `query { users(first: 1) { edges { cursor node { ...names ... on User { mayUse: isEnabled } ... { __typename } } } } }
        fragment names on User { tongue: locale ...more }
        fragment more on User { sessions { isRemembered isCurrent user { name: username } } }`,
    );
    expect(data.users.edges).toEqual([
      {
        cursor: expect.any(String),
        node: {
          __typename: 'User',
          tongue: 'en',
          mayUse: true,
          sessions: [{ isRemembered: false, isCurrent: false, user: { name: ANN } }],
        },
      },
    ]);
    expect(columns).toEqual([
      'users: createdAt enabled id inactiveSince locale tenantId',
      'sessions: id remember tenantId userId',
      'users: id tenantId username',
    ]);
  });

  it('reads what `@include` and `@skip` may ask for', async () => {
    const LIST =
      'query ($a: Boolean!) { users(first: 1) { nodes { subject email @include(if: $a) locale @skip(if: $a) } } }';
    const [on, off] = [await watch(run, LIST, { a: true }), await watch(run, LIST, { a: false })];
    expect(on.data.users.nodes).toEqual([{ subject: ANN, email: 'ann@example.org' }]);
    expect(off.data.users.nodes).toEqual([{ subject: ANN, locale: 'en' }]);
    // Compiled code exists for each value of the condition.
    const [forOn, forOff] = run === compiled ? ['email', 'locale'] : ['email locale', 'email locale'];
    const expected = (columns: string) => [`users: ${`createdAt ${columns} id tenantId`.split(' ').sort().join(' ')}`];
    expect([on.columns, off.columns]).toEqual([expected(forOn), expected(forOff)]);
  });

  it('gives each of several selections of one object its values', async () => {
    const { data } = await watch(
      run,
      `{ sessions { nodes { ip user { username } again: user { email locale } user { givenName } } }
        again: sessions { nodes { userAgent } } }`,
    );
    expect(data.sessions.nodes.map(({ user, again }: Data) => ({ ...user, ...again }))).toEqual(
      [BOB, ANN].map((id) => ({ username: id, givenName: id, email: `${id}@example.org`, locale: 'en' })),
    );
    expect(data.again.nodes).toHaveLength(2);
  });

  it('reads of events what is selected and their accounts, which the guard compares with that of the caller', async () => {
    const self = world.user(acme, ANN, 'event:read:self');
    statements.length = 0;
    const LIST =
      '{ securityEvents(filter: { clientId: "portal" }) { nodes { type parsedUserAgent { browser { name } } } } }';
    const { data, codes } = await run(LIST, {}, self);
    expect({ data, codes }).toEqual({
      data: {
        securityEvents: { nodes: [{ type: 'sign_in.failed', parsedUserAgent: { browser: { name: 'Firefox' } } }] },
      },
      codes: [],
    });
    expect(statements.map(columnsOf).filter((each) => each.startsWith('e: '))).toEqual([
      'e: id subjectId tenantId type userAgent',
    ]);
  });

  it('reads of the roles and groups of users, and of those inside them, what is selected', async () => {
    const { data, columns } = await watch(
      run,
      `{ users { nodes { subject
        roles { name children { description } }
        groups { name roles { id } children { path parent { externalId } } } } } }`,
    );
    const [ann, bob] = data.users.nodes;
    const groups = [
      {
        name: expect.stringMatching(/^group-/),
        roles: [{ id: expect.any(String) }],
        children: [{ path: expect.stringMatching(/^.group-.*Inner$/), parent: { externalId: 'X' } }],
      },
    ];
    expect(ann).toEqual({
      subject: ANN,
      roles: [{ name: expect.stringMatching(/^role-/), children: [{ description: 'C' }] }],
      groups,
    });
    expect(bob).toEqual({ subject: BOB, roles: [], groups });
    expect(columns.toSorted()).toEqual([
      'groups: above id parentId path tenantId',
      'groups: externalId id path tenantId',
      'groups: id name path tenantId',
      'roles: description id name parentId tenantId',
      'roles: holderId id name onTenantId tenantId',
      'roles: holderId id name onTenantId tenantId',
      'users: createdAt id tenantId',
    ]);
  });

  it('reads of clients what is selected, in their list and where a role names one', async () => {
    const { data, columns } = await watch(
      run,
      `{ clients { nodes { name isEnabled webOrigins scopes { name } secrets { kind } roles { name client { name } } } }
        roles(filter: { nameContains: "z-of" }) { nodes { client { redirects { uri } } } } }`,
    );
    expect(data.clients.nodes).toEqual([
      {
        name: 'Portal',
        isEnabled: true,
        webOrigins: ['https://portal.example'],
        scopes: [],
        secrets: [{ kind: 'OAUTH' }],
        roles: [{ name: expect.stringMatching(/^role-/), client: null }],
      },
    ]);
    expect(data.roles.nodes).toEqual([{ client: { redirects: [{ uri: 'https://portal.example/back' }] } }]);
    expect(columns.filter((each) => each.startsWith('clients: ')).toSorted()).toEqual([
      'clients: clientId enabled id metadata name tenantId type',
      'clients: id redirects tenantId',
    ]);
  });

  it('reads of tenants what is selected, and orders them by their names', async () => {
    const operator = world.app(acme, 'tenant:read:all');
    statements.length = 0;
    const LIST = '{ tenants(first: 1) { nodes { displayName hosts } pageInfo { endCursor } } }';
    const { data } = await run(LIST, {}, operator);
    expect(data.tenants.nodes).toEqual([{ displayName: null, hosts: [] }]);
    expect(statements.map(columnsOf)).toContain('tenants: displayName id');
    const NEXT = 'query ($after: String) { tenants(first: 1, after: $after) { nodes { name isEnabled } } }';
    const next = await run(NEXT, { after: data.tenants.pageInfo.endCursor }, operator);
    expect(next.data.tenants.nodes).toEqual([{ name: acme.name, isEnabled: true }]);
  });

  it('reads of a single user what is selected, by id, by username and as the caller', async () => {
    const BOTH = '{ a: user(userId: "ann") { email } b: user(username: "ANN") { locale } }';
    const both = await watch(run, BOTH);
    expect(both.data).toEqual({ a: { email: 'ann@example.org' }, b: { locale: 'en' } });
    expect(both.columns.filter((each) => each.startsWith('users: ')).toSorted()).toEqual([
      'users: email id tenantId',
      'users: id locale tenantId',
    ]);
    const self = world.user(acme, ANN, 'user:read:self');
    statements.length = 0;
    expect(await run('{ viewer { user { givenName } } }', {}, self)).toEqual({
      data: { viewer: { user: { givenName: ANN } } },
      codes: [],
    });
    expect(statements.map(columnsOf)).toEqual(['users: givenName id tenantId']);
    const other = await run('{ user(userId: "bob") { email } }', {}, self);
    expect(other).toMatchObject({ data: { user: null }, codes: ['FORBIDDEN'] });
  });

  it('keeps users apart who are read with different columns at the same moment', async () => {
    const answers = await Promise.all(
      [
        ['ann', 'email'],
        ['ann', 'locale phone'],
        ['bob', 'email'],
        ['nobody', 'email'],
        ['ann', 'authModes { __typename }'],
      ].map(([id, fields]) => run(`{ user(userId: "${id}") { ${fields} } }`)),
    );
    expect(answers.map(({ data }) => data.user)).toEqual([
      { email: 'ann@example.org' },
      { locale: 'en', phone: '+41791234567' },
      { email: 'bob@example.org' },
      null,
      { authModes: { __typename: 'AuthModes' } },
    ]);
  });

  it('shows users the roles and groups that they have', async () => {
    const self = world.user(acme, ANN, 'user:read:self', 'role-grant:read:self', 'group:read:self', 'role:read:self');
    const own = await run('{ viewer { user { roles { name } groups { name } } } }', {}, self);
    expect(own.codes).toEqual([]);
    expect(own.data.viewer.user).toEqual({
      roles: [{ name: expect.stringMatching(/^role-/) }],
      groups: [{ name: expect.stringMatching(/^group-/) }],
    });
  });

  it('reads whole rows for a field that does not declare what it reads', async () => {
    const { data, columns } = await watch(run, '{ users(first: 1) { nodes { authModes { __typename } } } }');
    expect(data.users.nodes).toEqual([{ authModes: { __typename: 'AuthModes' } }]);
    expect(columns[0]!.split(' ')).toHaveLength(USER_COLUMNS + 1);
  });

  it('shows and refuses the same objects as with whole rows', async () => {
    const DOCUMENT = '{ sessions { nodes { ip user { locale } } } }';
    const self = world.user(acme, BOB, 'session:read', 'user:read:self');
    const { data, codes } = await run(DOCUMENT, {}, self);
    expect(data.sessions.nodes.map(({ user }: Data) => user)).toEqual([{ locale: 'en' }, null]);
    expect(codes).toEqual(['FORBIDDEN']);
    const own = await run(
      '{ sessions { nodes { ip } } viewer { subject } }',
      {},
      world.user(acme, BOB, 'session:read:self'),
    );
    expect(own).toMatchObject({ data: { sessions: { nodes: [{}] } }, codes: [] });
    const other = await world.tenant();
    const neighbour = world.app(other, 'user:read', 'session:read');
    const { data: nothing } = await run('{ users { nodes { email } } sessions { nodes { ip } } }', {}, neighbour);
    expect(nothing).toEqual({ users: { nodes: [] }, sessions: { nodes: [] } });
  });
});

/** Fields without required arguments whose values are leaves or lists of them. */
async function leavesOf(name: string): Promise<GraphQLField<unknown, unknown>[]> {
  const type = (await testGraph()).getType(name);
  if (!isObjectType(type)) throw new Error(`There is no type ${name}.`);
  return Object.values(type.getFields()).filter(
    (field) => isLeafType(getNamedType(getNullableType(field.type))) && !field.args.some(isRequiredArgument),
  );
}

/** The value of a field of the first object that has it. */
function valueIn(data: Data, name: string): unknown {
  if (Array.isArray(data)) return valueIn(data[0], name);
  if (!(name in data)) return valueIn(Object.values(data)[0], name);
  // A cursor of the feed is sealed anew each time.
  return name === 'feedCursor' && data[name] !== null ? 'sealed' : data[name];
}

/** The types with the tables, or their aliases, that a list reads. */
describe.each([
  ['User', 'users', '{ users(first: 1) { nodes { FIELDS } } }'],
  ['Session', 'sessions', '{ sessions(first: 1) { nodes { FIELDS } } }'],
  ['Role', 'roles', '{ roles(first: 1, filter: { clientId: "portal" }) { nodes { FIELDS } } }'],
  ['Group', 'groups', '{ groups(first: 1) { nodes { FIELDS } } }'],
  ['Device', 'devices', '{ users(first: 1) { nodes { devices { FIELDS } } } }'],
  ['Client', 'clients', '{ clients(first: 1) { nodes { FIELDS } } }'],
  ['Tenant', 'tenants', '{ tenants(first: 1) { nodes { FIELDS } } }'],
  ['SecurityEvent', 'e', '{ securityEvents(first: 1) { nodes { FIELDS } } }'],
])('each field of the type %s', (type, table, list) => {
  it('reads the columns that it needs, and not all', async () => {
    const fields = (await leavesOf(type)).map(({ name }) => name);
    const all = await watch(interpreted, list.replace('FIELDS', fields.join(' ')));
    expect(fields.filter((name) => valueIn(all.data, name) === null)).toEqual([]);
    for (const name of fields) {
      const { data, columns } = await watch(interpreted, list.replace('FIELDS', name));
      expect([name, valueIn(data, name)]).toEqual([name, valueIn(all.data, name)]);
      const [read] = columns.filter((each) => each.startsWith(`${table}: `));
      expect([name, read?.split(' ').length]).toEqual([name, expect.toSatisfy((count: number) => count < 9)]);
    }
  });
});

/** Compiled, and never run. */
export function checkTypesOfReads(): void {
  const method = <M>(value: M): TypedPropertyDescriptor<M> => ({ value });
  const [reads, misspelt] = [Reads('email'), Reads('mail')];
  const right = method((user: Pick<User, 'email' | 'id'>) => user.email);
  const undeclared = method((user: Pick<User, 'email' | 'phone'>) => user.phone);
  const whole = method((user: User) => user.email);
  reads({}, 'a', right);
  Reads()(
    {},
    'b',
    method((user: UserKeys) => user.id),
  );
  // @ts-expect-error The method could read a column that is not declared.
  reads({}, 'c', undeclared);
  // @ts-expect-error The method gets a row that could have any column.
  reads({}, 'd', whole);
  // @ts-expect-error There is no such column.
  misspelt({}, 'e', right);
}
