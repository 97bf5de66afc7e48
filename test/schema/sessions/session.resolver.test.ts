import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

const statements: string[] = [];
let world: World;
let acme: TenantRef;
beforeAll(async () => {
  world = await World.open(await openTestDatabase((statement) => statements.push(statement)));
  acme = await world.tenant();
});
afterAll(() => world.close());

const REVOKE = 'mutation ($id: ID!) { revokeSession(input: { sessionId: $id }) { revokedSessionId } }';

describe('sessions over GraphQL', () => {
  const LIST =
    'query ($first: Int, $after: String, $filter: SessionFilterInput) { sessions(first: $first, after: $after, filter: $filter) { totalCount nodes { sessionId isCurrent user { subject } device { deviceId } } pageInfo { endCursor hasNextPage } } }';

  it('are listed newest first, of the tenant or of one user (check 53)', async () => {
    const tenant = await world.tenant();
    const [a, b] = [await world.newUser(tenant, { id: 'a' }), await world.newUser(tenant, { id: 'b' })];
    const one = await world.signedIn(tenant, a.id, { deviceId: 'SHA256_d' });
    await world.services.devices.seen(world.system(tenant), { userId: a.id, deviceId: 'SHA256_d' });
    const two = await world.signedIn(tenant, b.id);
    const caller = world.app(tenant, 'session:read', 'user:read', 'device:read');
    const all = await world.graphql(caller, LIST, { first: 1 });
    expect(all.errors).toEqual([]);
    expect(all.data.sessions).toMatchObject({
      totalCount: 2,
      nodes: [{ sessionId: two.session.id, isCurrent: false, user: { subject: 'b' }, device: null }],
      pageInfo: { hasNextPage: true },
    });
    const rest = await world.graphql(caller, LIST, { first: 1, after: all.data.sessions.pageInfo.endCursor });
    expect(rest.data.sessions.nodes).toEqual([
      { sessionId: one.session.id, isCurrent: false, user: { subject: 'a' }, device: { deviceId: 'SHA256_d' } },
    ]);
    const filtered = await world.graphql(caller, LIST, { filter: { userId: `usr~${tenant.route}~a` } });
    expect(filtered.data.sessions.totalCount).toBe(1);
    expect((await world.graphql(caller, LIST, { filter: { deviceId: 'a\0' } })).code).toBe('INVALID_INPUT');
  });

  it('are shown to users only for their own account (check 53)', async () => {
    const [user, other] = [await world.newUser(acme), await world.newUser(acme)];
    const own = await world.signedIn(acme, user.id);
    const foreign = await world.signedIn(acme, other.id);
    const self = world.user(acme, user.id, 'session:read:self', 'session:revoke:self', 'user:read:self');
    const caller = { ...self, sessionId: own.session.id };
    const { data } = await world.graphql(caller, '{ sessions { nodes { sessionId isCurrent } } }');
    expect(data.sessions.nodes).toEqual([{ sessionId: own.session.id, isCurrent: true }]);
    const LIST_OF = 'query ($id: ID) { sessions(filter: { userId: $id }) { nodes { id } } }';
    expect((await world.graphql(caller, LIST_OF, { id: other.id })).code).toBe('FORBIDDEN');
    expect((await world.graphql(caller, REVOKE, { id: foreign.session.id })).code).toBe('FORBIDDEN');
    const NODE = 'query ($id: ID!) { node(id: $id) { id } }';
    const node = (id: string) => world.graphql(caller, NODE, { id: `ses~${acme.route}~${id}` });
    expect((await node(foreign.session.id)).code).toBe('FORBIDDEN');
    expect((await node(own.session.id)).data.node.id).toBe(`ses~${acme.route}~${own.session.id}`);
    const global = `ses~${acme.route}~${own.session.id}`;
    expect((await world.graphql(caller, REVOKE, { id: global })).data.revokeSession).toEqual({
      revokedSessionId: global,
    });
    expect((await world.graphql(caller, REVOKE, { id: global })).code).toBe('SESSION_NOT_FOUND');
    expect((await node(own.session.id)).data.node).toBeNull();
  });

  it('end one by one for their users alone where that is asked, however far the caller reaches', async () => {
    const OWN = 'mutation ($id: ID!) { revokeSession(input: { sessionId: $id, isOwn: true }) { revokedSessionId } }';
    const [user, other] = [await world.newUser(acme), await world.newUser(acme)];
    const own = await world.signedIn(acme, user.id);
    const foreign = await world.signedIn(acme, other.id);
    const caller = world.user(acme, user.id, 'session:revoke');
    expect((await world.graphql(caller, OWN, { id: foreign.session.id })).code).toBe('SESSION_NOT_FOUND');
    expect((await world.graphql(caller, OWN, { id: newId() })).code).toBe('SESSION_NOT_FOUND');
    const app = world.app(acme, 'session:revoke');
    expect((await world.graphql(app, OWN, { id: own.session.id })).code).toBe('SESSION_NOT_FOUND');
    expect((await world.graphql(caller, OWN, { id: own.session.id })).errors).toEqual([]);
    expect((await world.graphql(caller, REVOKE, { id: foreign.session.id })).errors).toEqual([]);
  });

  it('of callers end when they sign out', async () => {
    const END = 'mutation { endCallerSession(input: {}) { endedSessionId } }';
    const user = await world.newUser(acme);
    const { session } = await world.signedIn(acme, user.id);
    const caller = { ...world.user(acme, user.id, 'session:revoke:self'), sessionId: session.id };
    const { data } = await world.graphql(caller, END);
    expect(data.endCallerSession).toEqual({ endedSessionId: `ses~${acme.route}~${session.id}` });
    expect((await world.graphql(caller, END)).code).toBe('SESSION_NOT_FOUND');
    expect((await world.graphql(world.app(acme, 'session:revoke'), END)).code).toBe('SESSION_NOT_FOUND');
    const elsewhere = await world.tenant();
    const foreign = { ...world.user(elsewhere, user.id, 'session:revoke:all'), sessionId: session.id };
    const IN = 'mutation ($tenant: String!) { endCallerSession(input: { tenant: $tenant }) { endedSessionId } }';
    expect((await world.graphql(foreign, IN, { tenant: acme.name })).code).toBe('SESSION_NOT_FOUND');
  });

  it('do not tell users which clients exist', async () => {
    const user = await world.newUser(acme);
    const { session } = await world.signedIn(acme, user.id);
    const self = { ...world.user(acme, user.id, 'session:read:self'), sessionId: session.id };
    const { client } = await world.newClient(acme);
    const OF_CLIENT = 'query ($clientId: ID) { sessions(filter: { clientId: $clientId }) { totalCount nodes { id } } }';
    for (const clientId of [client.clientId, client.id, 'unheard', newId()]) {
      const { errors, data } = await world.graphql(self, OF_CLIENT, { clientId });
      expect([errors, data?.sessions]).toMatchObject([[], { totalCount: 0, nodes: [] }]);
    }
    const reader = world.app(acme, 'session:read');
    expect((await world.graphql(reader, OF_CLIENT, { clientId: 'unheard' })).code).toBe('NOT_FOUND');
  });

  it('and other nodes of other users are hidden by node(id), which does not reveal whether they exist', async () => {
    const [user, other] = [await world.newUser(acme), await world.newUser(acme)];
    const credential = await world.giveTotp(acme, other.id);
    const { client } = await world.newLinkedApp(acme, other.id);
    await world.services.devices.seen(world.system(acme), { userId: other.id, deviceId: 'dv' });
    await world.consent(acme, other.id, client, ['openid']);
    const session = await world.signedIn(acme, other.id);
    const nouns = ['user', 'session', 'device', 'credential', 'linked-app', 'consent'];
    const caller = world.user(acme, user.id, ...nouns.map((noun) => `${noun}:read:self`));
    const NODE = 'query ($id: ID!) { node(id: $id) { id } }';
    const node = async (tag: string, key: string) => {
      const { errors, data } = await world.graphql(caller, NODE, { id: `${tag}~${acme.route}~${key}` });
      return errors.length > 0 ? errors : data.node;
    };
    const theirs = [
      ['usr', other.id, 'nobody'],
      ['ses', session.session.id, newId()],
      ['dev', `${other.id}:dv`, `${other.id}:none`],
      ['dev', `${other.id}:dv`, 'nobody:dv'],
      ['crd', credential.id, newId()],
      ['app', client.id, newId()],
      ['con', `${other.id}:${client.clientId}`, `${other.id}:none`],
    ] as const;
    for (const [tag, there, missing] of theirs) {
      const refused = await node(tag, there);
      expect(refused).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
      expect(await node(tag, missing)).toEqual(refused);
    }
    for (const [tag, missing] of [
      ['dev', `${user.id}:none`],
      ['con', `${user.id}:none`],
    ] as const)
      expect(await node(tag, missing)).toBeNull();
    expect(await node('usr', user.id)).toEqual({ id: `usr~${acme.route}~${user.id}` });
  });

  it('of other users cannot be revoked, and the answer does not reveal whether they exist', async () => {
    const [user, other] = [await world.newUser(acme), await world.newUser(acme)];
    const caller = world.user(acme, user.id, 'session:revoke:self');
    const theirs = await world.signedIn(acme, other.id);
    const refused = await world.graphql(caller, REVOKE, { id: theirs.session.id });
    expect(refused.code).toBe('FORBIDDEN');
    expect((await world.graphql(caller, REVOKE, { id: newId() })).errors).toEqual(refused.errors);
  });

  it('end for a user at once, or all but the current one (check 53)', async () => {
    const user = await world.newUser(acme);
    const current = await world.signedIn(acme, user.id);
    for (let i = 0; i < 2; i++) await world.signedIn(acme, user.id);
    const self = world.user(acme, user.id, 'session:revoke:self', 'session:read:self');
    const caller = { ...self, sessionId: current.session.id };
    const OTHERS =
      'mutation ($id: ID!, $except: Boolean) { revokeUserSessions(input: { userId: $id, exceptCurrent: $except }) { endedSessions } }';
    const others = await world.graphql(caller, OTHERS, { id: user.id, except: true });
    expect(others.data.revokeUserSessions.endedSessions).toBe(2);
    const RESET = 'mutation ($id: ID!) { resetUserSessions(input: { userId: $id }) { endedSessions } }';
    expect((await world.graphql(caller, RESET, { id: user.id })).data.resetUserSessions.endedSessions).toBe(1);
    expect((await world.graphql(caller, RESET, { id: 'nobody' })).code).toBe('FORBIDDEN');
    expect((await world.graphql(world.app(acme, 'session:revoke'), RESET, { id: 'nobody' })).code).toBe(
      'USER_NOT_FOUND',
    );
  });

  it('end with the account, and are in no list', async () => {
    const user = await world.newUser(acme, { username: 'leaver' });
    await world.signedIn(acme, user.id);
    const caller = world.app(acme, 'user:write', 'user:read', 'session:read', 'user:delete');
    const DISABLE =
      'mutation ($id: ID!) { setUserEnabled(input: { userId: $id, isEnabled: false }) { user { isEnabled sessions { id } } } }';
    const { data } = await world.graphql(caller, DISABLE, { id: user.id });
    expect(data.setUserEnabled.user).toEqual({ isEnabled: false, sessions: [] });
    const DELETE = 'mutation ($id: ID!) { deleteUser(input: { userId: $id }) { subject } }';
    expect((await world.graphql(caller, DELETE, { id: user.id })).data.deleteUser.subject).toBe(user.id);
  });
});

describe('devices over GraphQL', () => {
  it('are listed and removed by their user', async () => {
    const user = await world.newUser(acme);
    await world.services.devices.seen(world.system(acme), { userId: user.id, deviceId: 'SHA256_a' });
    const caller = world.user(acme, user.id, 'user:read:self', 'device:read:self', 'device:delete:self');
    const LIST = 'query ($id: ID!) { user(userId: $id) { devices { id deviceId isTrusted } } }';
    const { data } = await world.graphql(caller, LIST, { id: user.id });
    const id = `dev~${acme.route}~${user.id}:SHA256_a`;
    expect(data.user.devices).toEqual([{ id, deviceId: 'SHA256_a', isTrusted: false }]);
    const NODE = 'query ($id: ID!) { node(id: $id) { ... on Device { deviceId } } }';
    expect((await world.graphql(caller, NODE, { id })).data.node).toEqual({ deviceId: 'SHA256_a' });
    const REMOVE =
      'mutation ($id: ID!) { removeDevice(input: { userId: $id, deviceId: "SHA256_a" }) { removedDeviceId } }';
    expect((await world.graphql(caller, REMOVE, { id: user.id })).data.removeDevice).toEqual({ removedDeviceId: id });
    expect((await world.graphql(caller, REMOVE, { id: user.id })).code).toBe('DEVICE_NOT_FOUND');
    expect((await world.graphql(caller, NODE, { id })).data.node).toBeNull();
  });
});

describe('a page of users with their sessions and devices', () => {
  it('costs the same number of statements whatever its size', async () => {
    const tenant = await world.tenant();
    for (let i = 0; i < 50; i++) {
      const { id } = await world.newUser(tenant);
      await world.signedIn(tenant, id, { deviceId: `d${i}` });
      await world.services.devices.seen(world.system(tenant), { userId: id, deviceId: `d${i}` });
    }
    const caller = world.app(tenant, 'user:read', 'session:read', 'device:read');
    const LIST =
      'query ($first: Int) { users(first: $first) { nodes { id sessions { id user { username } device { deviceId } } devices { id } } } }';
    const costOf = async (first: number) => {
      statements.length = 0;
      const { data, errors } = await world.graphql(caller, LIST, { first });
      expect(errors).toEqual([]);
      expect(data.users.nodes).toHaveLength(first);
      for (const user of data.users.nodes) expect([user.sessions.length, user.devices.length]).toEqual([1, 1]);
      return statements.length;
    };
    const small = await costOf(5);
    expect(await costOf(50)).toBe(small);
    expect(small).toBe(4);
  });

  it('refuses more sessions per user than a page can carry', async () => {
    const user = await world.newUser(acme);
    const caller = world.app(acme, 'user:read', 'session:read');
    const query = (first: number) =>
      world.graphql(caller, `{ user(userId: "${user.id}") { sessions(first: ${first}) { id } } }`);
    expect((await query(51)).code).toBe('INVALID_INPUT');
    expect((await query(-1)).code).toBe('INVALID_INPUT');
    expect((await query(50)).data.user.sessions).toEqual([]);
  });
});

describe('another tenant over GraphQL', () => {
  let theirs: TenantRef;
  let theirSession: string;
  let after: string;
  beforeAll(async () => {
    theirs = await world.tenant();
    await world.newUser(theirs, { id: 'victim', username: 'victim' });
    theirSession = (await world.signedIn(theirs, 'victim')).session.id;
    await world.services.devices.seen(world.system(theirs), { userId: 'victim', deviceId: 'dv' });
    const page = await world.graphql(world.app(theirs, 'user:read'), '{ users { pageInfo { endCursor } } }');
    after = page.data.users.pageInfo.endCursor;
  });

  const everything = [
    'user:read',
    'user:write',
    'user:create',
    'user:delete',
    'session:read',
    'session:revoke',
    'device:read',
    'device:delete',
    'auth-mode:write',
  ];

  it('is refused by global id and by name, whether or not the row exists (check 55)', async () => {
    const caller = world.app(acme, ...everything);
    const foreign = (tag: string, key: string) => `${tag}~${theirs.route}~${key}`;
    const refused: [string, Record<string, unknown>][] = [
      ['query ($id: ID!) { user(userId: $id) { id } }', { id: foreign('usr', 'victim') }],
      ['query ($id: ID!) { user(userId: $id) { id } }', { id: foreign('usr', 'no-such') }],
      ['query ($t: String) { user(username: "victim", tenant: $t) { id } }', { t: theirs.name }],
      ['query ($t: String) { users(tenant: $t) { nodes { id } } }', { t: theirs.name }],
      ['query ($t: String) { sessions(tenant: $t) { nodes { id } } }', { t: theirs.name }],
      ['query ($id: ID!) { sessions(filter: { userId: $id }) { nodes { id } } }', { id: foreign('usr', 'victim') }],
      ['query ($id: ID!) { node(id: $id) { id } }', { id: foreign('usr', 'victim') }],
      ['query ($id: ID!) { node(id: $id) { id } }', { id: foreign('ses', theirSession) }],
      ['query ($id: ID!) { node(id: $id) { id } }', { id: foreign('dev', 'victim:dv') }],
      [REVOKE, { id: foreign('ses', theirSession) }],
      ['mutation ($t: String!) { createUser(input: { tenant: $t, username: "spy" }) { subject } }', { t: theirs.name }],
      [
        'mutation ($id: ID!) { updateUser(input: { userId: $id, givenName: "X" }) { user { id } } }',
        { id: foreign('usr', 'victim') },
      ],
      [
        'mutation ($id: ID!) { setUserEnabled(input: { userId: $id, isEnabled: false }) { user { id } } }',
        { id: foreign('usr', 'victim') },
      ],
      [
        'mutation ($id: ID!) { deleteUser(input: { userId: $id }) { deletedUserId } }',
        { id: foreign('usr', 'victim') },
      ],
      [
        'mutation ($id: ID!) { resetUserSessions(input: { userId: $id }) { endedSessions } }',
        { id: foreign('usr', 'victim') },
      ],
      [
        'mutation ($id: ID!) { revokeUserSessions(input: { userId: $id }) { endedSessions } }',
        { id: foreign('usr', 'victim') },
      ],
      [
        'mutation ($id: ID!) { removeDevice(input: { userId: $id, deviceId: "dv" }) { removedDeviceId } }',
        { id: foreign('usr', 'victim') },
      ],
    ];
    for (const [document, variables] of refused) {
      expect([document, (await world.graphql(caller, document, variables)).code]).toEqual([document, 'FORBIDDEN']);
    }
  });

  it('is not found by bare ids, filters or cursors (check 55)', async () => {
    const caller = world.app(acme, ...everything);
    const { data } = await world.graphql(
      caller,
      `query ($after: String) {
        user(userId: "victim") { id }
        users(filter: { username: "victim" }) { totalCount }
        next: users(first: 200, after: $after) { nodes { id } }
        sessions(filter: { userId: "victim" }) { totalCount }
      }`,
      { after },
    );
    expect(data).toMatchObject({ user: null, users: { totalCount: 0 }, sessions: { totalCount: 0 } });
    for (const { id } of data.next.nodes) expect(id).toContain(`~${acme.route}~`);
    expect((await world.graphql(caller, REVOKE, { id: theirSession })).code).toBe('SESSION_NOT_FOUND');
    const REMOVE = 'mutation { removeDevice(input: { userId: "victim", deviceId: "dv" }) { removedDeviceId } }';
    expect((await world.graphql(caller, REMOVE)).code).toBe('USER_NOT_FOUND');
    const RESET = 'mutation { resetUserSessions(input: { userId: "victim" }) { endedSessions } }';
    expect((await world.graphql(caller, RESET)).code).toBe('USER_NOT_FOUND');
    expect(await world.stores.sessionStore.findById(theirs.id, theirSession)).not.toBeNull();
  });
});
