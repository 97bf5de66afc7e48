import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { findStatementName } from '../../../src/persistence/named-statements.ts';
import { openTestDatabase } from '../../support/database.ts';
import { callerOf, scopeLinks, TEST_REDIRECT, TestBrowserUser, TestClient, TestUser } from '../../support/oauth.ts';
import { World } from '../../support/world.ts';

describe('the statements of frequent requests', () => {
  let world: World;
  let acme: TenantRef;
  let client: TestClient;
  let user: TestUser;
  const statements = new Set<string>();
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((statement) => statements.add(statement)));
    acme = await world.tenant({ name: 'acme' });
    client = await TestClient.create(world, acme, {
      grantTypes: ['authorization_code', 'client_credentials', 'password', 'refresh_token'],
      redirects: [{ uri: TEST_REDIRECT }],
      scopes: scopeLinks(['user:read:self', 'offline_access']),
      permissions: ['user:read', 'auth-mode:read', 'auth-mode:write'],
    });
    user = await TestUser.create(world, client);
  });
  afterAll(() => world.close());

  /** The beginnings of the statements of some work that have no name. */
  const findUnnamed = async (work: () => Promise<unknown>): Promise<string[]> => {
    statements.clear();
    await work();
    expect([...statements].filter((text) => findStatementName(text) !== undefined)).not.toEqual([]);
    return [...statements]
      .filter((text) => /^\s*(with|select|insert|update|delete)/i.test(text) && findStatementName(text) === undefined)
      .map((text) => text.trim().slice(0, 100));
  };

  it('are named for a token of a client, from cold caches', async () => {
    expect(await findUnnamed(() => client.token())).toEqual([]);
  });

  it('are named for a token that was not seen before', async () => {
    const token = await client.token();
    expect(await findUnnamed(() => callerOf(world, token))).toEqual([]);
  });

  it('are named for a sign-in', async () => {
    expect(await findUnnamed(() => user.signIn('user:read:self'))).toEqual([]);
  });

  it('are named for a refresh', async () => {
    const { refreshToken } = await user.signIn('user:read:self offline_access');
    const refresh = () => client.request('refresh_token', { refresh_token: refreshToken! });
    expect(await findUnnamed(refresh)).toEqual([]);
  });

  it('are named for a code', async () => {
    const browser = await TestBrowserUser.create(world, client);
    const code = await browser.code();
    expect(await findUnnamed(() => browser.redeem(code))).toEqual([]);
  });

  // Which columns of a user are read depends on the request, and their statement gets its name when it is used again.
  it('are named for the token of a user, and for the user, when a request comes again', async () => {
    const read = async () => {
      const { accessToken } = await user.signIn('user:read:self');
      const caller = await callerOf(world, accessToken);
      const { data } = await world.graphql(caller, '{ viewer { user { username } } }');
      expect(data).not.toBeNull();
    };
    await read();
    expect(await findUnnamed(read)).toEqual([]);
  });

  it('are named for a user and a change of its auth modes, when a request comes again', async () => {
    const caller = world.app(acme, 'user:read', 'auth-mode:read', 'auth-mode:write');
    const run = async (methodsLocked: readonly string[]) => {
      const read = await world.graphql(caller, 'query ($id: ID!) { user(userId: $id) { username } }', { id: user.id });
      expect(read.errors).toEqual([]);
      const changed = await world.graphql(
        caller,
        'mutation ($input: UpdateAuthModesInput!) { updateAuthModes(input: $input) { authModes { methodsLocked } } }',
        { input: { userId: user.id, methodsLocked } },
      );
      expect(changed.errors).toEqual([]);
    };
    await run(['password']);
    expect(await findUnnamed(() => run([]))).toEqual([]);
  });
});
