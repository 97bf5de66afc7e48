import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../../src/clients/index.ts';
import { addSeconds, type TenantRef } from '../../../src/kernel/index.ts';
import type { Database } from '../../../src/persistence/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

/** Contract of the store on both engines. */
export function consentStoreContract(name: string, open: () => Promise<Database>): void {
  describe(`the consent store on ${name}`, () => {
    let world: World;
    let mine: TenantRef;
    let theirs: TenantRef;
    let theirClient: Client;
    beforeAll(async () => {
      world = await World.open(await open());
      mine = await world.tenant();
      theirs = await world.tenant();
      for (const tenant of [mine, theirs]) await world.newUser(tenant, { id: 'both' });
      theirClient = (await world.newClient(theirs, { clientId: 'shop' })).client;
      await world.newClient(mine, { clientId: 'shop' });
      await world.consent(theirs, 'both', theirClient, ['profile', 'openid']);
    });
    afterAll(() => world.close());

    it('finds the rows of its tenant', async () => {
      const { consentStore } = world.stores;
      const row = { clientId: 'shop', clientUuid: theirClient.id, scopes: ['openid', 'profile'] };
      expect(await consentStore.find(theirs.id, 'both', 'shop')).toMatchObject(row);
      expect((await consentStore.ofUsers(theirs.id, ['both', 'nobody'])).get('both')).toMatchObject([row]);
    });

    it('adds to what is there, and says whether anything is new', async () => {
      const { consentStore } = world.stores;
      const other = (await world.newClient(theirs, { clientId: 'other' })).client;
      const row = { tenantId: theirs.id, userId: 'both', clientUuid: other.id };
      const begin = world.clock.now();
      expect(await consentStore.add({ ...row, scopes: ['b'] }, begin)).toBe(true);
      expect(await consentStore.add({ ...row, scopes: ['b'] }, addSeconds(begin, 1))).toBe(false);
      expect((await consentStore.find(theirs.id, 'both', 'other'))?.updatedAt).toEqual(begin);
      expect(await consentStore.add({ ...row, scopes: ['c', 'a', 'b'] }, addSeconds(begin, 2))).toBe(true);
      expect(await consentStore.find(theirs.id, 'both', 'other')).toMatchObject({
        scopes: ['a', 'b', 'c'],
        createdAt: begin,
        updatedAt: addSeconds(begin, 2),
      });
      expect(await consentStore.delete(theirs.id, 'both', other.id)).toBe(true);
      expect(await consentStore.delete(theirs.id, 'both', other.id)).toBe(false);
    });

    it('reads and changes nothing of another tenant', async () => {
      const { consentStore } = world.stores;
      expect(await consentStore.find(mine.id, 'both', 'shop')).toBeNull();
      expect((await consentStore.ofUsers(mine.id, ['both'])).size).toBe(0);
      expect(await consentStore.delete(mine.id, 'both', theirClient.id)).toBe(false);
      const row = { tenantId: mine.id, userId: 'both', clientUuid: theirClient.id, scopes: ['x'] };
      await expect(consentStore.add(row, world.clock.now())).rejects.toThrow(/consents__client_uuid__fkey/);
      expect((await consentStore.find(theirs.id, 'both', 'shop'))?.scopes).toEqual(['openid', 'profile']);
    });

    it('goes with its user and its client', async () => {
      const { consentStore } = world.stores;
      const { id } = await world.newUser(theirs);
      await world.consent(theirs, id, theirClient, ['openid']);
      await world.services.users.delete(world.system(theirs), id);
      expect((await consentStore.ofUsers(theirs.id, [id])).size).toBe(0);
      const { client } = await world.newClient(theirs, { clientId: 'gone' });
      await world.consent(theirs, 'both', client, ['openid']);
      await world.services.clients.delete(world.system(theirs), client.id);
      expect(await consentStore.find(theirs.id, 'both', 'gone')).toBeNull();
    });
  });
}

for (const { name, open } of ENGINES) consentStoreContract(name, open);
