import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { World } from '../../support/world.ts';

const GENERATE =
  'mutation ($input: GenerateRecoveryCodesInput!) { generateRecoveryCodes(input: $input) { userId codes credential { id type ordinal data } } }';
const REMOVE =
  'mutation ($input: RemoveRecoveryCodesInput!) { removeRecoveryCodes(input: $input) { userId credential { type } } }';
const LEFT = 'query ($user: ID!) { authModes(userId: $user) { userId recoveryCodesLeft } }';

describe('recovery codes over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
  });
  afterAll(() => world.close());

  const me = (...scopes: string[]) => world.userOfTwoFactors(tenant, user.id, ...scopes);
  const app = (...scopes: string[]) => world.app(tenant, ...scopes);
  const globalId = () => `usr~${tenant.route}~${user.id}`;
  const left = async (...scopes: string[]) => {
    const { data, code } = await world.graphql(me('auth-mode:read:self', ...scopes), LEFT, { user: user.id });
    return [data.authModes.recoveryCodesLeft, code];
  };

  it('are generated, counted and removed with only native scopes of the caller’s own account', async () => {
    expect(await left('credential:read:self')).toEqual([null, undefined]);
    const scopes = ['credential:write:self', 'credential:read:self'];
    const made = await world.graphql(me(...scopes), GENERATE, { input: { userId: globalId() } });
    expect(made.errors).toEqual([]);
    expect(made.data.generateRecoveryCodes).toMatchObject({
      userId: user.id,
      codes: expect.arrayContaining([expect.stringMatching(/^[2-9b-z]{4}(-[2-9b-z]{4}){6}$/)]),
      credential: { id: expect.stringMatching(/^crd~/), type: 'RECOVERY_CODE', data: { total: 10, remaining: 10 } },
    });
    const [code] = made.data.generateRecoveryCodes.codes;
    const input = { userId: user.id, code, knownDeviceId: null };
    expect(await world.services.recoveryCodes.verify(app(), tenant, input)).toBe(true);
    expect(await left('credential:read:self')).toEqual([9, undefined]);
    const removed = await world.graphql(me('credential:delete:self', 'credential:read:self'), REMOVE, {
      input: { userId: globalId() },
    });
    expect(removed.data.removeRecoveryCodes).toEqual({ userId: user.id, credential: { type: 'RECOVERY_CODE' } });
    expect(await left('credential:read:self')).toEqual([null, undefined]);
  });

  it('are counted only for callers who may read credentials', async () => {
    await world.services.recoveryCodes.generate(world.system(tenant), user.id);
    expect(await left()).toEqual([null, 'FORBIDDEN']);
  });

  it('are counted for many users at once', async () => {
    await world.services.recoveryCodes.generate(world.system(tenant), user.id);
    const document = '{ users(first: 200) { nodes { authModes { userId recoveryCodesLeft } } } }';
    const scopes = ['user:read', 'auth-mode:read', 'credential:read'];
    const { data } = await world.graphql(app(...scopes), document);
    const found = data.users.nodes.find(
      ({ authModes }: { authModes: { userId: string } }) => authModes.userId === user.id,
    );
    expect(found.authModes.recoveryCodesLeft).toBe(10);
  });

  it('are removed only where there are some', async () => {
    const { code } = await world.graphql(app('credential:delete'), REMOVE, { input: { userId: user.id } });
    expect(code).toBe('RECOVERY_CODES_NOT_FOUND');
  });

  it('refuse callers without the permission, other users, and callers of other tenants', async () => {
    const other = await world.tenant();
    const input = { userId: user.id };
    const codeOf = async (...args: Parameters<World['graphql']>) => (await world.graphql(...args)).code;
    expect(await codeOf(app('credential:read'), GENERATE, { input })).toBe('FORBIDDEN');
    expect(await codeOf(app('credential:write'), REMOVE, { input })).toBe('FORBIDDEN');
    expect(await codeOf(world.user(tenant, 'somebody', 'credential:write:self'), GENERATE, { input })).toBe(
      'FORBIDDEN',
    );
    expect(await codeOf(world.app(other, 'credential:write'), GENERATE, { input })).toBe('USER_NOT_FOUND');
    const global = { input: { userId: globalId() } };
    expect(await codeOf(world.app(other, 'credential:write'), GENERATE, global)).toBe('FORBIDDEN');
    expect(await left('credential:read:self')).toEqual([null, undefined]);
  });
});
