import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const REVOKE = 'mutation ($tenant: String) { revokeTenantSessions(input: { tenant: $tenant }) { endedSessions } }';

describe('all sessions of a tenant over GraphQL', () => {
  let world: World;
  let master: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
  });
  afterAll(() => world.close());

  const living = async (tenant: TenantRef) => {
    const page = await world.services.sessions.page(world.system(tenant), {}, { first: 200 });
    return page.rows.length;
  };

  const summaries = async (tenant: TenantRef) =>
    (await world.events(tenant)).filter(({ type }) => type === 'tenant.sessions_revoked').map(({ params }) => params);

  it('end, those of neighbours do not; each is recorded, and the whole once', async () => {
    const [tenant, neighbour] = [await world.tenant(), await world.tenant()];
    for (let count = 0; count < 3; count++) {
      const { id } = await world.newUser(tenant);
      await world.signedIn(tenant, id);
      await world.signedIn(tenant, id);
    }
    await world.signedIn(neighbour, (await world.newUser(neighbour)).id);
    const caller = world.app(tenant, 'session:revoke');
    expect((await world.graphql(caller, REVOKE)).data.revokeTenantSessions).toEqual({ endedSessions: 6 });
    expect([await living(tenant), await living(neighbour)]).toEqual([0, 1]);
    const types = await world.eventTypes(tenant);
    expect(types.filter((type) => type === 'session.revoked')).toHaveLength(6);
    expect(types.at(-1)).toBe('tenant.sessions_revoked');
    expect((await world.graphql(caller, REVOKE)).data.revokeTenantSessions).toEqual({ endedSessions: 0 });
    expect(await world.eventTypes(tenant)).toEqual(types);
  });

  it('stay where they are of users who may do more than the caller', async () => {
    const tenant = await world.tenant();
    const [plain, strong] = [await world.newUser(tenant), await world.newUser(tenant)];
    const role = await world.newRole(tenant, { permissions: ['user:delete'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: strong.id });
    for (const { id } of [plain, strong]) await world.signedIn(tenant, id);
    const weak = world.app(tenant, 'session:revoke');
    expect((await world.graphql(weak, REVOKE)).data.revokeTenantSessions).toEqual({ endedSessions: 1 });
    expect(await living(tenant)).toBe(1);
    expect(await summaries(tenant)).toEqual([{ sessions: 1, accountsLeftOut: 1 }]);
    expect((await world.graphql(weak, REVOKE)).data.revokeTenantSessions).toEqual({ endedSessions: 0 });
    const equal = world.app(tenant, 'session:revoke', 'user:delete');
    expect((await world.graphql(equal, REVOKE)).data.revokeTenantSessions).toEqual({ endedSessions: 1 });
    expect((await summaries(tenant)).slice(1)).toEqual([{ sessions: 0, accountsLeftOut: 1 }, { sessions: 1 }]);
  });

  it('end for callers with the permission, in their tenant or in all', async () => {
    const tenant = await world.tenant();
    const ask = async (of: TenantRef, ...scopes: string[]) =>
      (await world.graphql(world.app(of, ...scopes), REVOKE, { tenant: tenant.name })).code;
    expect(await ask(tenant, 'session:read')).toBe('FORBIDDEN');
    expect(await ask(tenant, 'session:revoke:self')).toBe('FORBIDDEN');
    expect(await ask(master, 'session:revoke')).toBe('FORBIDDEN');
    expect(await ask(master, 'session:revoke:all')).toBeUndefined();
  });
});
