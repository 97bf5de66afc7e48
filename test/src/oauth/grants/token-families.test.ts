import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { GrantStore } from '../../../../src/oauth/grants/grant.store.ts';
import { GrantFamilies } from '../../../../src/oauth/grants/token-families.ts';
import { scopeLinks, TestClient, TestUser } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

describe('the families of tokens that end with what they belong to', () => {
  let world: World;
  let tenant: TenantRef;
  let client: TestClient;
  let grants: GrantStore;
  let families: GrantFamilies;
  let user: TestUser;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    client = await newClient();
    grants = new GrantStore(world.db);
    families = new GrantFamilies(grants, world.clock);
  });
  beforeEach(async () => {
    user = await TestUser.create(world, client);
  });
  afterAll(() => world.close());

  const newClient = () =>
    TestClient.create(world, tenant, {
      grantTypes: ['password', 'refresh_token'],
      scopes: scopeLinks(['openid', 'offline_access']),
    });
  const signIn = async (scope = 'openid', at = client) => {
    const request = { username: user.username, password: user.password, scope };
    const { gid, sid } = decodeJwt((await at.request('password', request)).accessToken);
    return { id: gid as string, sessionId: sid as string };
  };
  const revokedAt = async ({ id }: { readonly id: string }) => (await grants.findById(tenant.id, id))?.revokedAt;
  const system = (of = tenant) => world.system(of);

  it('are revoked with their session, and no other family of the user', async () => {
    const [ended, other] = [await signIn(), await signIn()];
    world.clock.advance(1);
    expect(await families.revokeOfSession(system(), ended.sessionId)).toBe(1);
    expect(await revokedAt(ended)).toEqual(world.clock.now());
    expect(await revokedAt(other)).toBeNull();
    expect(await families.revokeOfSession(system(), ended.sessionId)).toBe(0);
  });

  it('are revoked with the consent for their client, and no family at another client or of another user', async () => {
    const mine = await signIn();
    const elsewhere = await signIn('openid', await newClient());
    const { id: userId } = user;
    user = await TestUser.create(world, client);
    const theirs = await signIn();
    expect(await families.revokeOfClient(system(), userId, client.uuid)).toBe(1);
    expect(await revokedAt(mine)).toEqual(world.clock.now());
    expect([await revokedAt(elsewhere), await revokedAt(theirs)]).toEqual([null, null]);
    expect(await families.revokeOfClient(system(), userId, client.uuid)).toBe(0);
  });

  it('are all revoked with their user, except those of kept sessions', async () => {
    const [kept, ended, offline] = [await signIn(), await signIn(), await signIn('openid offline_access')];
    expect(await families.revokeOfUser(system(), user.id, { exceptSessionIds: [kept.sessionId] })).toBe(2);
    expect(await revokedAt(kept)).toBeNull();
    expect([await revokedAt(ended), await revokedAt(offline)]).toEqual([world.clock.now(), world.clock.now()]);
    expect(await families.revokeOfUser(system(), user.id)).toBe(1);
    expect(await revokedAt(kept)).toEqual(world.clock.now());
  });

  it('are never revoked by another tenant', async () => {
    const other = await world.tenant();
    const family = await signIn();
    expect(await families.revokeOfUser(system(other), user.id)).toBe(0);
    expect(await families.revokeOfSession(system(other), family.sessionId)).toBe(0);
    expect(await families.revokeOfClient(system(other), user.id, client.uuid)).toBe(0);
    expect(await revokedAt(family)).toBeNull();
  });
});
