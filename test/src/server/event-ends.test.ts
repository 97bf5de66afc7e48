import { createClient } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Authority } from '../../../src/access/index.ts';
import type { CreateClient } from '../../../src/clients/index.ts';
import type { EventDraft, EventEnds } from '../../../src/events/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { EVENT_TYPES, type EventName } from '../../../src/modules.ts';
import { createCallerAuthenticator, createTokenAuthenticator } from '../../../src/server/http/caller.authenticator.ts';
import { chooseImage, resetImage } from '../../support/image-flows.ts';
import { type BearerTokens, callerOf, refusalOf, scopeLinks, TestClient, TestUser } from '../../support/oauth.ts';
import { serveSockets, type TestSockets } from '../../support/sockets.ts';
import { World } from '../../support/world.ts';

const TYPES = Object.keys(EVENT_TYPES) as EventName[];
const ENDING = TYPES.filter((type) => EVENT_TYPES[type].ends !== 'nothing');
const HARMLESS = TYPES.filter((type) => EVENT_TYPES[type].ends === 'nothing');

const USERS = '{ users(first: 1) { nodes { id } } }';

let world: World;
let acme: TenantRef;
let served: TestSockets;
/** How often each token was checked for a socket. */
const looks = new Map<string, number>();
const disposals: (() => unknown)[] = [];

beforeAll(async () => {
  world = await World.open();
  acme = await world.tenant();
  const authenticate = createTokenAuthenticator(createCallerAuthenticator(world.services));
  // The periodic check of all sockets never runs, so that only an event can end one.
  vi.useFakeTimers({ toFake: ['setInterval'] });
  served = await serveSockets(world, async (token, origin) => {
    looks.set(token, (looks.get(token) ?? 0) + 1);
    return authenticate(token, origin);
  });
  vi.useRealTimers();
  world.services.events.onCommitted(served.sockets.onEvents);
  vi.spyOn(world.services.eventEngine.follower, 'isFresh').mockReturnValue(true);
  // Cached entries do not expire, however slow the machine is.
  vi.spyOn(performance, 'now').mockReturnValue(performance.now());
});
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await served.close();
  await world.close();
});

interface Socket {
  /** The code with which the socket is closed. */
  readonly closed: Promise<number>;
  /** The error code of a query, null without one. */
  readonly ask: (query: string) => Promise<unknown>;
}

async function connect(token: string): Promise<Socket> {
  const connected = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  const client = createClient({
    url: served.url,
    webSocketImpl: WebSocket,
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => undefined,
    connectionParams: { authorization: `Bearer ${token}` },
    on: {
      connected: () => connected.resolve(),
      closed: (event) => closed.resolve((event as { code: number }).code),
    },
  });
  disposals.push(() => client.dispose());
  await connected.promise;
  const ask = async (query: string) => {
    const { value } = await client.iterate({ query }).next();
    return value?.errors?.[0]?.extensions?.['code'] ?? null;
  };
  return { closed: closed.promise, ask };
}

/** A user whose state is cached: with a session, a token of the session, and a socket opened with the token. */
interface Remembered {
  readonly tenant: TenantRef;
  readonly client: TestClient;
  readonly user: TestUser;
  readonly issued: BearerTokens;
  readonly token: string;
  readonly sessionId: string;
  readonly socket: Socket;
}

/** @param prepare Changes the user before the sign-in. */
async function remembered(
  tenant: TenantRef = acme,
  prepare: (user: TestUser) => Promise<unknown> = async () => undefined,
): Promise<Remembered> {
  const client = await TestClient.create(world, tenant, {
    grantTypes: ['password', 'refresh_token'],
    scopes: scopeLinks(['user:read:self', 'user:read']),
  });
  const user = await TestUser.create(world, client);
  await prepare(user);
  const issued = await user.signIn('user:read:self user:read');
  const token = issued.accessToken;
  const { sessionId } = await callerOf(world, token);
  return { tenant, client, user, issued, token, sessionId: sessionId!, socket: await connect(token) };
}

/** An application whose token is cached. */
async function rememberedApp(input: CreateClient = {}, prepare = async (_client: TestClient) => {}) {
  const client = await TestClient.create(world, acme, input);
  await prepare(client);
  const token = await client.token();
  await callerOf(world, token);
  return { client, token, socket: await connect(token) };
}

const execute = (sql: string, values: unknown[]) => world.db.orm.em.fork().getConnection().execute(sql, values);

/** Ends access only in the rows, like a change of another node whose event has not arrived. */
const END_UNSEEN: Readonly<Record<Exclude<EventEnds, 'nothing'>, (who: Remembered) => Promise<unknown>>> = {
  session: ({ sessionId }) => execute('delete from sessions where id = ?', [sessionId]),
  subject: ({ user }) => execute('update users set enabled = false where id = ?', [user.id]),
  client: ({ client }) => execute('update clients set enabled = false where id = ?', [client.uuid]),
  tenant: ({ tenant }) => execute('update tenants set enabled = false where id = ?', [tenant.id]),
};

const NAMES: Readonly<Record<Exclude<EventEnds, 'nothing'>, (who: Remembered) => Omit<EventDraft, 'type'>>> = {
  session: ({ sessionId }) => ({ sessionId }),
  subject: ({ user }) => ({ subjectId: user.id }),
  client: ({ client }) => ({ clientId: client.clientId }),
  tenant: () => ({}),
};

const announce = (tenant: TenantRef, draft: EventDraft) =>
  world.services.events.append(world.system(tenant).caller, tenant, draft);

/** All checks that a committed event causes at once have been requested. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('an event whose type ends access', () => {
  it.each(ENDING)('%s ends a cached token and its socket when it arrives', async (type) => {
    const ends = EVENT_TYPES[type].ends as Exclude<EventEnds, 'nothing'>;
    const who = await remembered(ends === 'tenant' ? await world.tenant() : acme);
    await END_UNSEEN[ends](who);
    // The token is now accepted only because of the cache.
    expect(await refusalOf(world, who.token)).toBeNull();
    await announce(who.tenant, { type: EVENT_TYPES[type], ...NAMES[ends](who) });
    expect(await refusalOf(world, who.token)).not.toBeNull();
    expect(await who.socket.closed).toBe(4403);
  });

  it('also drops a cached refusal: an account that is exempt from inactivity may call again', async () => {
    const who = await remembered();
    await execute('update users set inactive_since = now() where id = ?', [who.user.id]);
    await announce(acme, { type: EVENT_TYPES['user.state_changed'], subjectId: who.user.id });
    expect(await refusalOf(world, who.token)).toBe('user-disabled');
    await world.services.authModes.exempt(world.system(acme), who.user.id, null);
    expect(await refusalOf(world, who.token)).toBeNull();
  });
});

describe('an event whose type ends nothing', () => {
  it('drops no cached token, session or socket', async () => {
    const who = await remembered();
    // Events of a new tenant or client drop its cache entries but end no access, so they are left out.
    await END_UNSEEN.subject(who);
    const looked = looks.get(who.token);
    for (const type of HARMLESS) {
      const { claims } = JSON.parse(`{"claims":${Buffer.from(who.token.split('.')[1]!, 'base64url')}}`);
      const params = { tokenId: claims.jti, grantId: claims.gid };
      const { sessionId } = who;
      const named = { subjectId: who.user.id, clientId: who.client.clientId, sessionId, params };
      await announce(acme, { type: EVENT_TYPES[type], ...named });
      await settled();
      expect([type, looks.get(who.token), await refusalOf(world, who.token)]).toEqual([type, looked, null]);
    }
    expect(await world.services.sessions.find(world.system(acme), who.sessionId)).not.toBeNull();
    await announce(acme, { type: EVENT_TYPES['user.disabled'], subjectId: who.user.id });
    expect(await who.socket.closed).toBe(4403);
  });
});

/** Operations of services that end a token, and whether its session ends with it. */
interface Cause {
  readonly type: EventName;
  readonly endsSession?: true;
  readonly ownTenant?: true;
  readonly run: (who: Remembered) => Promise<unknown>;
}

const system = () => world.system(acme);
/** The account with an address to which a code can be mailed. */
const withEmail = (id: string) => world.services.users.update(system(), id, { email: `${id}@example.com` });

const CAUSES: readonly Cause[] = [
  { type: 'session.ended', endsSession: true, run: (who) => world.services.sessions.end(system(), who.sessionId) },
  { type: 'session.revoked', endsSession: true, run: (who) => world.services.sessions.revoke(system(), who.sessionId) },
  {
    type: 'user.sessions_reset',
    endsSession: true,
    run: ({ user }) => world.services.endAccess.resetSessions(system(), user.id),
  },
  {
    type: 'tenant.sessions_revoked',
    endsSession: true,
    ownTenant: true,
    run: ({ tenant }) => world.services.sessions.revokeOfTenant(world.system(tenant)),
  },
  {
    type: 'user.disabled',
    endsSession: true,
    run: ({ user }) => world.services.endAccess.setEnabled(system(), user.id, false),
  },
  { type: 'user.deleted', endsSession: true, run: ({ user }) => world.services.endAccess.delete(system(), user.id) },
  {
    type: 'user.state_changed',
    // No service blocks an account for inactivity yet; the event makes this node read the block of another node.
    run: async (who) => {
      await END_UNSEEN.subject(who);
      await world.services.authModes.exempt(system(), who.user.id, null);
    },
  },
  {
    type: 'user.not_before_changed',
    run: ({ user }) => {
      world.clock.advance(1);
      return world.services.users.update(system(), user.id, { notBefore: world.clock.now() });
    },
  },
  { type: 'token.revoked', run: ({ token }) => world.services.oauth.revocation.revoke(system(), token) },
  {
    type: 'refresh_token.reused',
    run: async ({ client, issued }) => {
      const parameters = { refresh_token: issued.refreshToken! };
      await client.request('refresh_token', parameters);
      await expect(client.request('refresh_token', parameters)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_REUSED' });
    },
  },
  {
    type: 'consent.revoked',
    run: async ({ client: { uuid, clientId }, user }) => {
      await world.consent(acme, user.id, { id: uuid, clientId }, ['user:read:self']);
      await world.services.consents.revoke(system(), user.id, clientId);
    },
  },
  {
    type: 'password.changed',
    endsSession: true,
    run: ({ user }) =>
      world.services.passwordFlow.change(
        new Authority({ ...world.user(acme, user.id, 'password:change:self'), sessionId: newId() }, acme, 'self'),
        { userId: user.id, currentPassword: user.password, newPassword: 'four-lanterns-by-noon' },
      ),
  },
  {
    type: 'password.reset',
    endsSession: true,
    run: ({ user }) =>
      world.services.passwordFlow.set(system(), { userId: user.id, password: 'four-lanterns-by-noon' }),
  },
  {
    type: 'image_proof.changed',
    endsSession: true,
    run: async ({ user }) => chooseImage(world, acme, await withEmail(user.id)),
  },
  {
    type: 'image_proof.reset',
    endsSession: true,
    run: async ({ user }) => resetImage(world, acme, await withEmail(user.id)),
  },
  {
    type: 'client.updated',
    run: ({ client }) => world.services.clients.update(system(), client.uuid, { enabled: false }),
  },
  { type: 'client.deleted', run: ({ client }) => world.services.clients.delete(system(), client.uuid) },
  {
    type: 'tenant.updated',
    ownTenant: true,
    run: ({ tenant }) => world.services.tenants.update(world.system(tenant), { enabled: false }),
  },
  { type: 'tenant.deleted', ownTenant: true, run: ({ tenant }) => world.services.tenants.delete(world.system(tenant)) },
  {
    type: 'tenant.host_unbound',
    ownTenant: true,
    // The token is of the issuer of PUBLIC_URL; the event makes this node read a change of the tenant by another node.
    run: async (who) => {
      await world.services.tenants.bindHost(world.system(who.tenant), 'ends.example');
      await END_UNSEEN.tenant(who);
      await world.services.tenants.unbindHost(world.system(who.tenant), 'ends.example');
    },
  },
  {
    type: 'setting.changed',
    ownTenant: true,
    // No setting ends a token; the event makes this node read a change of the tenant by another node.
    run: async (who) => {
      await END_UNSEEN.tenant(who);
      await world.services.tenants.updateSettings(world.system(who.tenant), { sessionIdleSeconds: 600 });
    },
  },
];

/** Operations of services that reduce the permissions of a token, which has `user:read` by a role. */
interface Narrowing {
  readonly title: string;
  readonly type: EventName;
  /** Grants the role. @returns The operation that takes it away. */
  readonly lend: (user: TestUser, roleId: string) => Promise<() => Promise<unknown>>;
}

async function lendByGroup(user: TestUser, roleId: string, parentId?: string): Promise<string> {
  const lending = parentId ?? (await world.newGroup(acme)).id;
  const member = parentId === undefined ? lending : (await world.newGroup(acme, { parentId })).id;
  await world.grantRole(acme, { roleId, holderKind: 'group', holderId: lending });
  await world.services.groupMembers.add(system(), member, [user.id]);
  return member;
}

async function lendToUser(user: TestUser, roleId: string): Promise<void> {
  await world.grantRole(acme, { roleId, holderKind: 'user', holderId: user.id });
}

const NARROWINGS: readonly Narrowing[] = [
  {
    title: 'a role is taken from a user',
    type: 'role_grant.removed',
    lend: async (user, roleId) => {
      await lendToUser(user, roleId);
      return () => world.services.roleGrants.revoke(system(), { roleId, holderKind: 'user', holderId: user.id });
    },
  },
  {
    title: 'an application takes a role from a group',
    type: 'role_grant.removed',
    lend: async (user, roleId) => {
      const holderId = await lendByGroup(user, roleId);
      const app = world.app(acme, 'role-grant:write', 'user:read');
      return () =>
        world.services.roleGrants.revoke(new Authority(app, acme, 'tenant'), { roleId, holderKind: 'group', holderId });
    },
  },
  {
    title: 'a user is taken from a group',
    type: 'group_member.removed',
    lend: async (user, roleId) => {
      const groupId = await lendByGroup(user, roleId);
      return () => world.services.groupMembers.remove(system(), groupId, [user.id]);
    },
  },
  {
    title: 'a group moves from under another',
    type: 'group.updated',
    lend: async (user, roleId) => {
      const groupId = await lendByGroup(user, roleId, (await world.newGroup(acme)).id);
      return () => world.services.groups.update(system(), groupId, { parentId: null });
    },
  },
  {
    title: 'a group is deleted',
    type: 'group.deleted',
    lend: async (user, roleId) => {
      const groupId = await lendByGroup(user, roleId);
      return () => world.services.groups.delete(system(), groupId);
    },
  },
  {
    title: 'a role loses a permission',
    type: 'role.updated',
    lend: async (user, roleId) => {
      await lendToUser(user, roleId);
      return () => world.services.roles.update(system(), roleId, { permissions: [] });
    },
  },
  {
    title: 'a role is deleted',
    type: 'role.deleted',
    lend: async (user, roleId) => {
      await lendToUser(user, roleId);
      return () => world.services.roles.delete(system(), roleId);
    },
  },
];

const mayReadUsers = async (token: string) =>
  [...(await callerOf(world, token)).permissions.grants()].some(({ permission, reach }) => {
    return permission === 'user:read' && reach === 'tenant';
  });

/** The types of the events that an operation records in a tenant. */
async function recordedBy(tenant: TenantRef, work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = (await world.events(tenant)).length;
  await work();
  return (await world.eventTypes(tenant)).slice(before);
}

describe('a service that ends access', () => {
  async function expectEnd(cause: Cause): Promise<void> {
    const who = await remembered(cause.ownTenant === true ? await world.tenant() : acme);
    expect(await refusalOf(world, who.token)).toBeNull();
    expect(await recordedBy(who.tenant, () => cause.run(who))).toContain(cause.type);
    expect(await refusalOf(world, who.token)).not.toBeNull();
    expect(await who.socket.closed).toBe(4403);
    const session = await world.services.sessions.find(world.system(who.tenant), who.sessionId);
    expect(session === null).toBe(cause.endsSession === true);
  }

  it.each(CAUSES.filter(({ endsSession }) => endsSession === true))(
    'records $type, with which a remembered token, its session and its socket end',
    expectEnd,
  );

  it.each(CAUSES.filter(({ endsSession }) => endsSession !== true))(
    'records $type, with which a remembered token and its socket end and the session goes on',
    expectEnd,
  );

  it('records linked_app.removed, with which the token and the socket of an app end', async () => {
    const owner = await world.newUser(acme);
    const own = "update clients set kind = 'instance', software_id = 'shop', owner_user_id = ? where id = ?";
    const app = await rememberedApp({ clientId: `dyn~shop~${newId()}` }, async ({ uuid }) => {
      await execute(own, [owner.id, uuid]);
    });
    const remove = () => world.services.linkedApps.remove(system(), owner.id, app.client.clientId);
    expect(await recordedBy(acme, remove)).toContain('linked_app.removed');
    expect(await refusalOf(world, app.token)).toBe('client-unknown');
    expect(await app.socket.closed).toBe(4403);
  });

  it('records token.revoked for the token of an application, whose socket ends', async () => {
    const app = await rememberedApp();
    const other = await app.client.token();
    await callerOf(world, other);
    const revoke = () => world.services.oauth.revocation.revoke(system(), app.token);
    expect(await recordedBy(acme, revoke)).toEqual(['token.revoked']);
    expect(await refusalOf(world, app.token)).toBe('token-revoked');
    expect(await app.socket.closed).toBe(4403);
    expect(await refusalOf(world, other)).toBeNull();
  });

  it('records client.secret_rotated, with which a remembered secret ends', async () => {
    const { client } = await rememberedApp();
    const rotate = () => world.services.clients.rotateSecret(system(), client.uuid, { kind: 'oauth' });
    expect(await recordedBy(acme, rotate)).toEqual(['client.secret_rotated']);
    await expect(client.caller()).rejects.toThrow('client-unauthenticated');
  });

  it('records client.secret_ended, with which a remembered earlier secret ends', async () => {
    const { client } = await rememberedApp();
    const { clients } = world.services;
    await clients.rotateSecret(system(), client.uuid, { kind: 'oauth', overlapSeconds: 600 });
    await client.caller();
    expect(await recordedBy(acme, () => clients.endEarlierSecrets(system(), client.uuid))).toEqual([
      'client.secret_ended',
    ]);
    await expect(client.caller()).rejects.toThrow('client-unauthenticated');
  });

  it.each(NARROWINGS)(
    'reduces the permissions of a cached token and its socket when $title',
    async ({ type, lend }) => {
      const { id: roleId } = await world.newRole(acme, { permissions: ['user:read'] });
      let takeBack: () => Promise<unknown> = async () => undefined;
      const who = await remembered(acme, async (user) => {
        takeBack = await lend(user, roleId);
      });
      expect([await mayReadUsers(who.token), await who.socket.ask(USERS)]).toEqual([true, null]);
      expect(await recordedBy(acme, takeBack)).toContain(type);
      expect(await mayReadUsers(who.token)).toBe(false);
      await expect.poll(() => who.socket.ask(USERS), { timeout: 20_000 }).toBe('FORBIDDEN');
    },
  );

  it('reduces the permissions of the cached token of an application when a role is taken from its client', async () => {
    const { id: roleId } = await world.newRole(acme, { permissions: ['user:read'] });
    const granting = (client: TestClient) => ({ roleId, holderKind: 'client' as const, holderId: client.uuid });
    const app = await rememberedApp({}, (client) => world.grantRole(acme, granting(client)));
    expect([await mayReadUsers(app.token), await app.socket.ask(USERS)]).toEqual([true, null]);
    await world.services.roleGrants.revoke(system(), granting(app.client));
    expect(await mayReadUsers(app.token)).toBe(false);
    await expect.poll(() => app.socket.ask(USERS), { timeout: 20_000 }).toBe('FORBIDDEN');
  });

  it.each([
    ['client_scope.updated', (id: string) => world.services.clientScopes.update(system(), id, { name: 'harmless' })],
    ['client_scope.deleted', (id: string) => world.services.clientScopes.delete(system(), id)],
  ] as const)('reduces the permissions of the cached token of an application by %s', async (type, change) => {
    const app = await rememberedApp({ scopes: [{ name: 'user:read', isDefault: false }] });
    expect([await mayReadUsers(app.token), await app.socket.ask(USERS)]).toEqual([true, null]);
    const scope = await world.services.clientScopes.find(system(), { name: 'user:read' });
    expect(await recordedBy(acme, () => change(scope!.id))).toEqual([type]);
    expect(await mayReadUsers(app.token)).toBe(false);
    await expect.poll(() => app.socket.ask(USERS), { timeout: 20_000 }).toBe('FORBIDDEN');
  });

  describe('ends an API key that is cached, and its socket,', () => {
    const holding = (...permissions: string[]) =>
      permissions.map((permission) => `api-key:${permission}:self` as const);
    /** A key of a user, known to the service and with an open socket. */
    async function rememberedKey() {
      const { id } = await world.newUser(acme);
      const { secret, apiKey } = await world.newApiKey(acme, id, 'USER:READ');
      const owner = world.user(acme, id, 'user:read', 'session:read:self', ...holding('rotate', 'delete'));
      const socket = await connect(secret);
      return { id, secret, apiKey, authority: new Authority(owner, acme, 'self'), socket };
    }
    type RememberedKey = Awaited<ReturnType<typeof rememberedKey>>;

    it.each<[EventName, (key: RememberedKey) => Promise<unknown>]>([
      ['api_key.deleted', ({ authority, apiKey }) => world.services.apiKeys.delete(authority, apiKey.id)],
      ['api_key.regenerated', ({ authority, apiKey }) => world.services.apiKeys.regenerate(authority, apiKey.id)],
      ['user.disabled', ({ id }) => world.services.users.setEnabled(system(), id, false)],
      ['user.deleted', ({ id }) => world.services.users.delete(system(), id)],
    ])('by %s', async (type, end) => {
      const key = await rememberedKey();
      expect(await world.keyCaller(key.secret)).toMatchObject({ userId: key.id });
      expect(await recordedBy(acme, () => end(key))).toContain(type);
      expect(await world.keyCaller(key.secret)).toBeNull();
      expect(await key.socket.closed).toBe(4403);
    });

    it('by what happens to an owner in another tenant', async () => {
      const master = await world.tenant({ name: 'master' });
      const { id } = await world.newUser(master);
      const { id: roleId } = await world.newRole(master, { permissions: ['user:read:all'] });
      await world.grantRole(master, { roleId, holderKind: 'user', holderId: id });
      const root = world.user(master, id, 'user:read:all', 'session:read:all');
      const input = { name: 'Watch', scopes: ['USER:READ'] };
      const { secret } = await world.services.apiKeys.create(new Authority(root, acme, 'all'), input);
      const socket = await connect(secret);
      expect(await socket.ask(USERS)).toBeNull();
      await world.services.users.setEnabled(world.system(master), id, false);
      expect(await world.keyCaller(secret)).toBeNull();
      expect(await socket.closed).toBe(4403);
    });
  });

  it('is tested for each type that ends access and that a service records', () => {
    const alone = [
      'api_key.deleted',
      'api_key.regenerated',
      'linked_app.removed',
      'client.secret_rotated',
      'client.secret_ended',
      'client_scope.updated',
      'client_scope.deleted',
    ];
    // No service records it yet: it belongs to authorization codes.
    const unrecorded = ['code.replayed'];
    const known = [...CAUSES, ...NARROWINGS].map(({ type }) => type);
    expect(new Set([...known, ...alone, ...unrecorded])).toEqual(new Set(ENDING));
  });
});
