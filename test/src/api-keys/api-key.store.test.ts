import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashHandle, newRoutedId } from '../../../src/crypto/index.ts';
import { addSeconds, type TenantRef } from '../../../src/kernel/index.ts';
import type { Database } from '../../../src/persistence/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

/** Contract of the store on both engines. */
export function apiKeyStoreContract(name: string, open: () => Promise<Database>): void {
  describe(`the store of API keys on ${name}`, () => {
    let world: World;
    let mine: TenantRef;
    let theirs: TenantRef;
    beforeAll(async () => {
      world = await World.open(await open());
      mine = await world.tenant();
      theirs = await world.tenant();
      for (const tenant of [mine, theirs]) await world.newUser(tenant, { id: 'both' });
    });
    afterAll(() => world.close());

    const insert = (tenant: TenantRef, ownerTenant: TenantRef, ownerUserId: string, createdAt = world.clock.now()) => {
      const id = newRoutedId(tenant.route);
      return world.stores.apiKeyStore.insert({
        tenantId: tenant.id,
        id,
        hash: hashHandle(id),
        ownerTenantId: ownerTenant.id,
        ownerUserId,
        name: 'Backup',
        scopes: ['B', 'A'],
        ownScopes: ['A'],
        createdAt,
      });
    };

    it('finds the rows of its tenant, and those of no other', async () => {
      const { apiKeyStore } = world.stores;
      const key = await insert(theirs, theirs, 'both');
      expect(key).toMatchObject({ userId: 'both', scopes: ['B', 'A'], ownScopes: ['A'], lastUsedAt: null });
      expect(await apiKeyStore.findById(theirs.id, key.id)).toEqual(key);
      expect(await apiKeyStore.findByHash(theirs.id, hashHandle(key.id))).toEqual(key);
      expect((await apiKeyStore.ofUsers(theirs.id, ['both', 'nobody'])).get('both')).toEqual([key]);
      for (const tenant of [mine]) {
        expect(await apiKeyStore.findById(tenant.id, key.id)).toBeNull();
        expect(await apiKeyStore.lock(tenant.id, key.id)).toBeNull();
        expect(await apiKeyStore.findByHash(tenant.id, hashHandle(key.id))).toBeNull();
        expect((await apiKeyStore.ofUsers(tenant.id, ['both'])).size).toBe(0);
        await apiKeyStore.delete(tenant.id, key.id);
        await apiKeyStore.noteUse({ ...key, tenantId: tenant.id }, world.clock.now(), world.clock.now());
      }
      expect(await apiKeyStore.findById(theirs.id, key.id)).toEqual(key);
      expect(await apiKeyStore.findById(theirs.id, 'nonsense')).toBeNull();
      expect(await apiKeyStore.lock(theirs.id, 'nonsense')).toBeNull();
    });

    it('notes a use once in the time, and none of a secret that was replaced', async () => {
      const { apiKeyStore } = world.stores;
      const key = await insert(theirs, theirs, 'both');
      const begin = world.clock.now();
      const usedAt = async () => (await apiKeyStore.findById(theirs.id, key.id))?.lastUsedAt;
      await apiKeyStore.noteUse(key, begin, addSeconds(begin, -60));
      await apiKeyStore.noteUse(key, addSeconds(begin, 59), addSeconds(begin, -1));
      expect(await usedAt()).toEqual(begin);
      await apiKeyStore.noteUse(key, addSeconds(begin, 60), begin);
      expect(await usedAt()).toEqual(addSeconds(begin, 60));
      const replaced = await apiKeyStore.replaceHash(theirs.id, key.id, hashHandle('another'));
      expect(replaced).toMatchObject({ id: key.id, lastUsedAt: null });
      await apiKeyStore.noteUse(key, addSeconds(begin, 200), begin);
      expect(await usedAt()).toBeNull();
    });

    it('counts the keys of an owner, and lists by user and time', async () => {
      const { apiKeyStore } = world.stores;
      const tenant = await world.tenant();
      for (const id of ['ada', 'bert']) await world.newUser(tenant, { id });
      const at = (seconds: number) => addSeconds(world.clock.now(), seconds);
      const old = await insert(tenant, tenant, 'ada', at(1));
      const foreign = await insert(tenant, theirs, 'both', at(2));
      const berts = await insert(tenant, tenant, 'bert', at(3));
      const recent = await insert(tenant, tenant, 'ada', at(4));
      const idsOf = async (userId: string | null, request = {}) =>
        (await apiKeyStore.page(tenant.id, userId, request)).rows.map(({ id }) => id);
      expect(await idsOf(null)).toEqual([recent.id, berts.id, foreign.id, old.id]);
      expect(await idsOf('ada')).toEqual([recent.id, old.id]);
      // A user of another tenant is not the user of this tenant with the same id.
      expect(await idsOf('both')).toEqual([]);
      const { cursorOf, rows } = await apiKeyStore.page(tenant.id, null, { first: 2 });
      expect(await idsOf(null, { first: 2, after: cursorOf(rows[1]!) })).toEqual([foreign.id, old.id]);
      expect(await apiKeyStore.countOf(tenant.id, { tenantId: tenant.id, userId: 'ada' })).toBe(2);
      expect(await apiKeyStore.countOf(tenant.id, { tenantId: theirs.id, userId: 'both' })).toBe(1);
      expect(await apiKeyStore.countOf(tenant.id, { tenantId: tenant.id, userId: 'both' })).toBe(0);
    });

    it('loses the keys of a deleted user: those of its tenant at once, others by a sweep', async () => {
      const { apiKeyStore } = world.stores;
      await world.newUser(theirs, { id: 'leaving' });
      const [own, foreign, kept] = [
        await insert(theirs, theirs, 'leaving'),
        await insert(mine, theirs, 'leaving'),
        await insert(mine, theirs, 'both'),
      ];
      expect(await apiKeyStore.sweepOrphans(10)).toBe(0);
      await world.services.users.delete(world.system(theirs), 'leaving');
      expect(await apiKeyStore.findById(theirs.id, own.id)).toBeNull();
      expect(await apiKeyStore.findById(mine.id, foreign.id)).not.toBeNull();
      expect(await apiKeyStore.sweepOrphans(10)).toBe(1);
      expect(await apiKeyStore.findById(mine.id, foreign.id)).toBeNull();
      expect(await apiKeyStore.findById(mine.id, kept.id)).not.toBeNull();
    });

    it('refuses a key of a user who is not there, and a secret that is there', async () => {
      await expect(insert(mine, mine, 'nobody')).rejects.toThrow(/api_keys__user_id__fkey/);
      const key = await insert(mine, mine, 'both');
      const again = { ...key, id: newRoutedId(mine.route) };
      await expect(world.stores.apiKeyStore.insert(again)).rejects.toThrow(/api_keys__hash/);
    });
  });
}

for (const { name, open } of ENGINES) apiKeyStoreContract(name, open);
