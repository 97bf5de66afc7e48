import { getNamedType, isObjectType } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { TEST_ORIGIN, testGraph, World } from '../../support/world.ts';

const READ =
  'query ($user: ID!, $tenant: String) { authModes(userId: $user, tenant: $tenant) { userId requiredFactor needPasswordChange methodsLocked state { name } } }';
const UPDATE =
  'mutation ($input: UpdateAuthModesInput!) { updateAuthModes(input: $input) { authModes { requiredFactor needPasswordChange methodsLocked } } }';
const CHANGE = 'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { userId } }';
const SET = 'mutation ($input: SetPasswordInput!) { setPassword(input: $input) { userId } }';

describe('auth modes over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((text) => statements.push(text)));
    tenant = await world.tenant();
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
  });
  afterAll(() => world.close());

  const app = (...scopes: string[]) => world.app(tenant, ...scopes);
  const me = (...scopes: string[]) => world.user(tenant, user.id, ...scopes);
  const globalId = (id = user.id) => `usr~${tenant.route}~${id}`;
  const modeEvents = async () =>
    (await world.events(tenant)).filter(
      ({ type, subject_id }) => type.startsWith('auth_mode.') && subject_id === user.id,
    );

  it('shows the modes by the bare and the global id, the state only to callers who may read it', async () => {
    const off = { userId: user.id, requiredFactor: null, needPasswordChange: false, methodsLocked: [] };
    const caller = app('auth-mode:read', 'account-state:read');
    for (const id of [user.id, globalId()]) {
      const { data, errors } = await world.graphql(caller, READ, { user: id });
      expect(errors).toEqual([]);
      expect(data.authModes).toEqual({ ...off, state: { name: 'INITIAL' } });
    }
    const partly = await world.graphql(app('auth-mode:read'), READ, { user: user.id });
    expect(partly.code).toBe('FORBIDDEN');
    expect(partly.data.authModes).toEqual({ ...off, state: null });
  });

  it('changes them and records the caller’s address and agent in each event', async () => {
    await world.giveTotp(tenant, user.id);
    const input = { userId: globalId(), requiredFactor: 2, needPasswordChange: true, methodsLocked: ['password'] };
    const { data, errors } = await world.graphql(me('auth-mode:write:self'), UPDATE, { input });
    expect(errors).toEqual([]);
    expect(data.updateAuthModes.authModes).toEqual({
      requiredFactor: 2,
      needPasswordChange: true,
      methodsLocked: ['password'],
    });
    const events = await modeEvents();
    expect(events).toHaveLength(3);
    for (const event of events) {
      expect(event).toMatchObject({ actor_id: user.id, ip: TEST_ORIGIN.ip, user_agent: TEST_ORIGIN.userAgent });
    }
  });

  it('distinguishes null from absent, as a variable and as a literal', async () => {
    const caller = app('auth-mode:write');
    await world.giveTotp(tenant, user.id);
    await world.graphql(caller, UPDATE, { input: { userId: user.id, requiredFactor: 2 } });
    const kept = await world.graphql(caller, UPDATE, { input: { userId: user.id, methodsLocked: ['password'] } });
    expect(kept.data.updateAuthModes.authModes.requiredFactor).toBe(2);
    const literal = `mutation { updateAuthModes(input: { userId: "${user.id}", requiredFactor: null, methodsLocked: [] }) { authModes { requiredFactor methodsLocked } } }`;
    const off = await world.graphql(caller, literal);
    expect(off.data.updateAuthModes.authModes).toEqual({ requiredFactor: null, methodsLocked: [] });
  });

  it('refuses wrong values with the path of each, whatever their type', async () => {
    const input = { userId: user.id, requiredFactor: 3, needPasswordChange: null, methodsLocked: ['sms'] };
    const { errors, code } = await world.graphql(app('auth-mode:write'), UPDATE, { input });
    expect(code).toBe('AUTH_MODE_VALUE_INVALID');
    expect(errors[0]?.extensions['fields']).toMatchObject([
      { path: 'input.requiredFactor' },
      { path: 'input.needPasswordChange' },
      { path: 'input.methodsLocked' },
    ]);
    expect(await modeEvents()).toEqual([]);
  });

  it('refuses to require a second factor that the user does not have', async () => {
    const { errors } = await world.graphql(app('auth-mode:write'), UPDATE, {
      input: { userId: user.id, requiredFactor: 2, needPasswordChange: true },
    });
    expect(errors[0]).toMatchObject({
      message: `User '${user.id}' has not any second factor method`,
      extensions: { code: 'AUTH_MODE_NO_SECOND_FACTOR', fields: [{ path: 'input.requiredFactor' }] },
    });
    expect(await modeEvents()).toEqual([]);
  });

  it('refuses callers without the permission, other users, and callers of other tenants', async () => {
    const other = await world.tenant();
    const vars = { user: user.id };
    const code = async (...args: Parameters<World['graphql']>) => (await world.graphql(...args)).code;
    expect(await code(app('user:read'), READ, vars)).toBe('FORBIDDEN');
    expect(await code(app('auth-mode:read'), UPDATE, { input: { userId: user.id } })).toBe('FORBIDDEN');
    expect(await code(world.user(tenant, 'somebody', 'auth-mode:read:self'), READ, vars)).toBe('FORBIDDEN');
    expect(await code(world.app(other, 'auth-mode:read'), READ, vars)).toBe('USER_NOT_FOUND');
    expect(await code(world.app(other, 'auth-mode:read'), READ, { user: globalId() })).toBe('FORBIDDEN');
    expect(await code(app('auth-mode:read'), READ, { user: 'nobody' })).toBe('USER_NOT_FOUND');
    expect(await code(app('auth-mode:read'), READ, { user: `ses~${tenant.route}~x` })).toBe('INVALID_INPUT');
  });

  it('shows modes and credentials on users, without secrets, in a fixed number of statements', async () => {
    const home = await world.tenant();
    const people = await Promise.all(Array.from({ length: 7 }, () => world.newUser(home)));
    for (const { id } of people) await world.giveTotp(home, id);
    const caller = world.app(home, 'user:read', 'auth-mode:read', 'credential:read');
    const PAGE =
      'query ($first: Int!) { users(first: $first) { nodes { authModes { requiredFactor } credentials { id type ordinal data } } } }';
    const cost = async (first: number) => {
      statements.length = 0;
      const { data, errors } = await world.graphql(caller, PAGE, { first });
      expect(errors).toEqual([]);
      expect(data.users.nodes).toHaveLength(first);
      expect(data.users.nodes[0]).toMatchObject({
        authModes: { requiredFactor: null },
        credentials: [{ id: expect.stringMatching(/^crd~/), type: 'TOTP', ordinal: 1, data: {} }],
      });
      return statements.length;
    };
    expect(await cost(2)).toBe(await cost(7));
  });

  it('finds a credential by its global id, and lists those of a user', async () => {
    const { id } = await world.giveTotp(tenant, user.id);
    const NODE = 'query ($id: ID!) { node(id: $id) { ... on Credential { type createdAt } } }';
    const found = await world.graphql(me('credential:read:self'), NODE, { id: `crd~${tenant.route}~${id}` });
    expect(found.data.node).toMatchObject({ type: 'TOTP' });
    const stranger = world.user(tenant, 'somebody', 'credential:read:self');
    expect((await world.graphql(stranger, NODE, { id: `crd~${tenant.route}~${id}` })).code).toBe('FORBIDDEN');
    const LIST = 'query ($user: ID!) { credentials(userId: $user) { type } }';
    expect((await world.graphql(me('credential:read:self'), LIST, { user: user.id })).data.credentials).toEqual([
      { type: 'TOTP' },
    ]);
    expect((await world.graphql(stranger, LIST, { user: user.id })).code).toBe('FORBIDDEN');
    expect((await world.graphql(app('credential:read'), LIST, { user: 'nobody' })).code).toBe('USER_NOT_FOUND');
  });

  it('exempts an account from the block for inactivity, for applications with the permission', async () => {
    const EXEMPT =
      'mutation ($input: ExemptAccountInput!) { exemptAccount(input: $input) { authModes { state { name exemptUntil } } } }';
    const caller = app('account-state:write', 'auth-mode:read');
    const done = await world.graphql(caller, EXEMPT, {
      input: { userId: user.id, exemptUntil: '2030-01-01T00:00:00Z' },
    });
    expect(done.data.exemptAccount.authModes.state).toMatchObject({ name: 'UNTOUCHABLE' });
    expect((await world.graphql(me('account-state:write:self'), EXEMPT, { input: { userId: user.id } })).code).toBe(
      'FORBIDDEN',
    );
  });

  describe('passwords', () => {
    const NEXT = 'four-lanterns-by-noon';
    it('are set by callers with the permission, and changed by their owner', async () => {
      const set = { userId: user.id, password: 'three-wombats-at-dawn' };
      expect((await world.graphql(app('password:set'), SET, { input: set })).data.setPassword).toEqual({
        userId: user.id,
      });
      expect((await world.graphql(app('user:write'), SET, { input: set })).code).toBe('FORBIDDEN');
      const input = { currentPassword: set.password, newPassword: NEXT };
      expect((await world.graphql(me('password:change:self'), CHANGE, { input })).data.changePassword).toEqual({
        userId: user.id,
      });
      expect((await world.graphql(app('password:set', 'password:change'), CHANGE, { input })).code).toBe('FORBIDDEN');
    });

    it('are temporary when another person set them, unless the input says otherwise (check 48)', async () => {
      const REPLACE = 'mutation ($input: ReplacePasswordInput!) { replacePassword(input: $input) { userId } }';
      const needsChange = async (document: string, input: object) => {
        const { errors } = await world.graphql(app('password:set'), document, { input: { userId: user.id, ...input } });
        expect(errors).toEqual([]);
        return (await world.services.authModes.get(world.system(tenant), user.id)).needPasswordChange;
      };
      expect(await needsChange(SET, { password: NEXT })).toBe(true);
      expect(await needsChange(SET, { password: NEXT, isTemporary: false })).toBe(false);
      expect(await needsChange(SET, { password: NEXT, isTemporary: null })).toBe(true);
      expect(await needsChange(REPLACE, { newPassword: NEXT, isTemporary: false })).toBe(false);
      expect(await needsChange(REPLACE, { newPassword: NEXT })).toBe(true);
      const own = { userId: user.id, currentPassword: NEXT, newPassword: 'three-wombats-at-dawn' };
      const caller = me('password:change:self');
      expect((await world.graphql(caller, REPLACE, { input: own })).errors).toEqual([]);
      const modes = await world.services.authModes.get(world.system(tenant), user.id);
      expect(modes.needPasswordChange).toBe(false);
    });

    it('are not set by callers with every permission except `password:set` (check 48)', async () => {
      const scopes = everyPermission('tenant').map(formatScope);
      const caller = app(...scopes.filter((scope) => scope !== 'password:set'));
      const set = { userId: user.id, password: 'three-wombats-at-dawn' };
      expect((await world.graphql(caller, SET, { input: set })).code).toBe('FORBIDDEN');
      const replace = 'mutation ($input: ReplacePasswordInput!) { replacePassword(input: $input) { userId } }';
      expect((await world.graphql(caller, replace, { input: { userId: user.id } })).code).toBe('FORBIDDEN');
      expect(await world.services.passwords.isSetUp(tenant.id, user.id)).toBe(false);
    });

    it('cannot be read; only the answer that made one shows it (check 48)', async () => {
      const shown = Object.values((await testGraph()).getTypeMap()).flatMap((type) =>
        isObjectType(type)
          ? Object.values(type.getFields())
              .filter((field) => /password$/i.test(field.name) && getNamedType(field.type).name === 'String')
              .map((field) => `${type.name}.${field.name}`)
          : [],
      );
      expect(shown).toEqual(['ReplacePasswordPayload.generatedPassword']);
    });

    it('are refused with each reason and its path (check 42)', async () => {
      const input = { userId: user.id, password: 'password' };
      const { errors } = await world.graphql(app('password:set'), SET, { input });
      expect(errors[0]?.extensions).toMatchObject({
        code: 'PASSWORD_POLICY',
        fields: [
          { path: 'input.password', code: 'PASSWORD_TOO_SHORT' },
          { path: 'input.password', code: 'PASSWORD_COMMON' },
        ],
      });
    });

    it('cannot be guessed in bulk by aliases in one document (check 58)', async () => {
      const password = await world.givePassword(tenant, user.id);
      const guesses = Array.from({ length: 8 }, (_, i) => (i === 7 ? password : `wrong-${i}`));
      const aliases = guesses.map(
        (guess, i) =>
          `g${i}: changePassword(input: { currentPassword: "${guess}", newPassword: "${NEXT}" }) { userId }`,
      );
      const { errors } = await world.graphql(me('password:change:self'), `mutation { ${aliases.join(' ')} }`);
      // The first wrong one ends the operation; the others are not tried.
      expect(errors).toHaveLength(1);
      expect(await world.services.passwords.verify(tenant.id, user.id, NEXT)).toBe(false);
    });
  });

  describe('blocks', () => {
    const LIST =
      'query ($filter: BlockFilterInput) { blocks(filter: $filter) { totalCount nodes { id subjectKind factor userId address level blockedUntil } } }';
    const LIFT = 'mutation ($input: LiftBlockInput!) { liftBlock(input: $input) { liftedCount } }';
    const block = async () => {
      const attempt = {
        tenant,
        factor: 'first',
        userId: user.id,
        name: 'x',
        peerIp: null,
        knownDeviceId: null,
      } as const;
      for (let i = 0; i < 10; i++) {
        await world.services.lockouts.fail(attempt, world.app(tenant));
        world.clock.advance(1);
      }
    };

    it('are listed, found by id and lifted by id or by user', async () => {
      const caller = app('block:read', 'block:lift');
      await block();
      const { data } = await world.graphql(caller, LIST, { filter: { userId: globalId() } });
      expect(data.blocks).toMatchObject({
        totalCount: 1,
        nodes: [{ subjectKind: 'ACCOUNT', factor: 'FIRST', userId: user.id, address: null, level: 1 }],
      });
      const [{ id }] = data.blocks.nodes;
      const NODE = 'query ($id: ID!) { node(id: $id) { ... on Lockout { userId } } }';
      expect((await world.graphql(caller, NODE, { id })).data.node).toEqual({ userId: user.id });
      expect((await world.graphql(caller, LIFT, { input: { blockId: id } })).data.liftBlock).toEqual({
        liftedCount: 1,
      });
      expect((await world.graphql(caller, LIFT, { input: { blockId: id } })).data.liftBlock).toEqual({
        liftedCount: 0,
      });
      await block();
      expect((await world.graphql(caller, LIFT, { input: { userId: user.id } })).data.liftBlock.liftedCount).toBe(1);
    });

    it('require the permission, and exactly one target', async () => {
      expect((await world.graphql(app('user:read'), LIST)).code).toBe('FORBIDDEN');
      expect((await world.graphql(app('block:read'), LIFT, { input: { userId: user.id } })).code).toBe('FORBIDDEN');
      const caller = app('block:read', 'block:lift');
      const id = `blk~${tenant.route}~ip:192.0.2.1:first`;
      expect((await world.graphql(caller, LIFT, { input: {} })).code).toBe('INVALID_INPUT');
      for (const more of [{ address: '192.0.2.1' }, { name: 'nobody' }])
        expect((await world.graphql(caller, LIFT, { input: { userId: user.id, ...more } })).code).toBe('INVALID_INPUT');
      for (const input of [{ address: '192.0.2.1' }, { name: 'nobody' }])
        expect((await world.graphql(caller, LIFT, { input })).data).toEqual({ liftBlock: { liftedCount: 0 } });
      expect((await world.graphql(caller, LIFT, { input: { blockId: id, userId: user.id } })).code).toBe(
        'INVALID_INPUT',
      );
      expect((await world.graphql(caller, LIFT, { input: { blockId: `${id}:more` } })).code).toBe('INVALID_INPUT');
      expect(
        (await world.graphql(caller, LIFT, { input: { blockId: `blk~${tenant.route}~ip:a%00b:first` } })).data,
      ).toEqual({
        liftBlock: { liftedCount: 0 },
      });
      expect((await world.graphql(caller, LIST, { filter: { userId: 'nul\0' } })).code).toBe('INVALID_INPUT');
    });
  });
});
