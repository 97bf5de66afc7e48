import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

const statements: string[] = [];
let world: World;
let tenant: TenantRef;
beforeAll(async () => {
  world = await World.open(await openTestDatabase((statement) => statements.push(statement)));
  tenant = await world.tenant();
});
afterAll(() => world.close());

const LIST =
  'query ($user: ID!) { linkedApps(userId: $user) { id clientId userId name softwareId availableScopes createdAt } }';
const REMOVE =
  'mutation ($user: ID!, $clientId: String!) { removeLinkedApp(input: { userId: $user, clientId: $clientId }) { removedAppId } }';
const NODE = 'query ($id: ID!) { node(id: $id) { ... on LinkedApp { clientId } } }';

describe('linked apps over GraphQL', () => {
  it('are listed with only their scope, newest first', async () => {
    const user = await world.newUser(tenant);
    const older = (await world.newLinkedApp(tenant, user.id, { name: 'Older' })).client;
    world.clock.advance(1);
    const newer = (await world.newLinkedApp(tenant, user.id, { scopes: [{ name: 'openid', isDefault: false }] }))
      .client;
    const result = await world.graphql(world.app(tenant, 'linked-app:read'), LIST, { user: user.id });
    expect(result.errors).toEqual([]);
    expect(result.data.linkedApps).toMatchObject([
      { clientId: newer.clientId, name: null, userId: user.id, availableScopes: ['openid'], softwareId: 'shop' },
      { id: `app~${tenant.route}~${older.id}`, clientId: older.clientId, name: 'Older', availableScopes: [] },
    ]);
  });

  it('are read by the columns that an app shows, and by no other', async () => {
    const user = await world.newUser(tenant);
    const app = (await world.newLinkedApp(tenant, user.id)).client;
    statements.length = 0;
    const { data } = await world.graphql(world.app(tenant, 'linked-app:read'), LIST, { user: user.id });
    expect(data.linkedApps).toMatchObject([{ clientId: app.clientId, createdAt: app.createdAt.toISOString() }]);
    const [read, ...more] = statements.filter((statement) => statement.includes('row_number()'));
    expect(more).toEqual([]);
    expect([...new Set(read!.match(/"clients"\."\w+"/g))]).toEqual(
      ['id', 'client_id', 'name', 'software_id', 'owner_user_id', 'created_at'].map((name) => `"clients"."${name}"`),
    );
    expect(read).not.toContain('*');
  });

  it('are shown to users only for their own account', async () => {
    const [user, other] = [await world.newUser(tenant), await world.newUser(tenant)];
    const own = (await world.newLinkedApp(tenant, user.id)).client;
    const foreign = (await world.newLinkedApp(tenant, other.id)).client;
    const caller = world.user(tenant, user.id, 'linked-app:read:self', 'linked-app:delete:self');
    expect((await world.graphql(caller, LIST, { user: user.id })).data.linkedApps).toHaveLength(1);
    expect((await world.graphql(caller, LIST, { user: other.id })).code).toBe('FORBIDDEN');
    const node = (id: string) => world.graphql(caller, NODE, { id: `app~${tenant.route}~${id}` });
    expect((await node(own.id)).data.node).toEqual({ clientId: own.clientId });
    expect((await node(foreign.id)).code).toBe('FORBIDDEN');
    const remove = (user: string, clientId: string) => world.graphql(caller, REMOVE, { user, clientId });
    expect((await remove(other.id, foreign.clientId)).code).toBe('FORBIDDEN');
    expect((await remove(user.id, foreign.clientId)).code).toBe('LINKED_APP_NOT_FOUND');
    expect((await remove(user.id, own.clientId)).data.removeLinkedApp.removedAppId).toBe(
      `app~${tenant.route}~${own.id}`,
    );
    expect((await remove(user.id, own.clientId)).code).toBe('LINKED_APP_NOT_FOUND');
    expect((await node(own.id)).data.node).toBeNull();
  });

  it('are not found for a client that is not an app, for an unknown user, and in another tenant', async () => {
    const user = await world.newUser(tenant);
    const { client } = await world.newClient(tenant);
    const app = world.app(tenant, 'linked-app:read', 'linked-app:delete');
    expect((await world.graphql(app, NODE, { id: `app~${tenant.route}~${client.id}` })).data.node).toBeNull();
    expect((await world.graphql(app, REMOVE, { user: user.id, clientId: client.clientId })).code).toBe(
      'LINKED_APP_NOT_FOUND',
    );
    for (const [nobody, code] of [
      ['nobody', 'USER_NOT_FOUND'],
      ['a\0b', 'INVALID_INPUT'],
    ]) {
      expect((await world.graphql(app, LIST, { user: nobody })).code).toBe(code);
      expect((await world.graphql(app, REMOVE, { user: nobody, clientId: 'x' })).code).toBe(code);
    }
    expect((await world.graphql(app, REMOVE, { user: user.id, clientId: 'x\0' })).code).toBe('INVALID_INPUT');
    const stranger = world.app(await world.tenant(), 'linked-app:read');
    expect((await world.graphql(stranger, LIST, { user: `usr~${tenant.route}~${user.id}` })).code).toBe('FORBIDDEN');
  });

  it('of a page of users cost a fixed number of statements', async () => {
    const PAGE = '{ users(first: 50) { nodes { linkedApps { clientId } } } }';
    const caller = async (place: TenantRef) => world.app(place, 'user:read', 'linked-app:read');
    const cost = async (users: number): Promise<number> => {
      const place = await world.tenant();
      for (let i = 0; i < users; i++) await world.newLinkedApp(place, (await world.newUser(place)).id);
      const before = statements.length;
      const { errors, data } = await world.graphql(await caller(place), PAGE);
      expect(errors).toEqual([]);
      expect(data.users.nodes).toHaveLength(users);
      return statements.length - before;
    };
    expect(await cost(5)).toBe(await cost(2));
  });
});
