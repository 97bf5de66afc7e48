import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { ApiKey } from '../../../src/api-keys/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

const HELD = ['user:read:all', 'session:read:all', 'api-key:create:all'];

describe('API keys of owners who go', () => {
  let world: World;
  /** The tenant in which the keys act. */
  let mine: TenantRef;
  /** A tenant of owners of keys in `mine`. */
  let theirs: TenantRef;
  let ownerId: string;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    mine = await world.tenant();
    theirs = await world.tenant();
    ({ id: ownerId } = await world.newUser(theirs));
  });

  const owner = () => new Authority(world.user(theirs, ownerId, ...HELD), mine, 'all');
  const create = () => world.services.apiKeys.create(owner(), { name: '', scopes: ['USER:READ'] });
  const find = ({ tenantId, id }: ApiKey) => world.services.apiKeys.findIn(tenantId, id);
  const deleteTheirs = () => world.services.tenants.delete(world.system(theirs));

  it('are discarded with all that gave access before, those of the user alone, in the tenant alone', async () => {
    const ada = await world.newUser(mine, { id: 'ada' });
    await world.newUser(theirs, { id: 'ada' });
    const bert = await world.newUser(mine);
    const { apiKey: first } = await world.newApiKey(mine, ada.id, 'USER:READ');
    const { apiKey: second } = await world.newApiKey(mine, ada.id, 'USER:READ');
    const { apiKey: ofBert } = await world.newApiKey(mine, bert.id, 'USER:READ');
    const { apiKey: ofNamesake } = await world.newApiKey(theirs, 'ada', 'USER:READ');
    const discard = () => world.db.transaction(() => world.services.apiKeys.discardAllOf(world.system(mine), ada.id));
    await discard();
    expect([await find(first), await find(second)]).toEqual([null, null]);
    expect([await find(ofBert), await find(ofNamesake)]).toEqual([ofBert, ofNamesake]);
    await discard();
    const deleted = (await world.events(mine)).filter(({ type }) => type === 'api_key.deleted');
    expect(deleted.map(({ subject_id: subject }) => subject)).toEqual([ada.id, ada.id]);
    expect(deleted.map(({ params }) => params['apiKeyId']).sort()).toEqual([first.id, second.id].sort());
  });

  it('can be deleted by administrators of the tenant once the tenant of the owner is gone', async () => {
    const { apiKey } = await create();
    await deleteTheirs();
    const admin = new Authority(world.app(mine, 'api-key:delete'), mine, 'tenant');
    expect(await world.services.apiKeys.delete(admin, apiKey.id)).toEqual(apiKey);
    expect(await find(apiKey)).toBeNull();
  });

  it('are deleted by a sweep of the service once the owner is gone', async () => {
    const { apiKey } = await create();
    await world.sweep(100);
    expect(await find(apiKey)).not.toBeNull();
    await world.services.users.delete(world.system(theirs), ownerId);
    expect(await find(apiKey)).not.toBeNull();
    await world.sweep(100);
    expect(await find(apiKey)).toBeNull();
  });

  it('are not made by users whose tenant is gone meanwhile', async () => {
    const before = owner();
    await deleteTheirs();
    const input = { name: '', scopes: ['USER:READ'] };
    expect(await refusalOf(world.services.apiKeys.create(before, input))).toBe('TENANT_REQUIRED');
  });

  it('are shown as not active while the tenant of the owner is disabled, and once it is gone', async () => {
    const { apiKeys } = world.services;
    const { apiKey } = await create();
    const isAccepted = async () => {
      const states = await apiKeys.ownerStates(theirs.id, [ownerId]);
      return apiKeys.isAccepted(apiKey, states.get(ownerId) ?? null);
    };
    expect(await isAccepted()).toBe(true);
    await world.services.tenants.update(world.system(theirs), { enabled: false });
    expect(await isAccepted()).toBe(false);
    await world.services.tenants.update(world.system(theirs), { enabled: true });
    expect(await isAccepted()).toBe(true);
    await deleteTheirs();
    expect(await isAccepted()).toBe(false);
  });
});
