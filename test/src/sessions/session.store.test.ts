import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashHandle } from '../../../src/crypto/index.ts';
import { addSeconds, type TenantRef } from '../../../src/kernel/index.ts';
import type { Database } from '../../../src/persistence/index.ts';
import type { StartedSession } from '../../../src/sessions/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

/** Contract of the stores on both engines: no method returns or changes rows of a neighbour. */
export function sessionStoreContract(name: string, open: () => Promise<Database>): void {
  describe(`the session and device stores on ${name}`, () => {
    let world: World;
    let mine: TenantRef;
    let theirs: TenantRef;
    let their: StartedSession;
    const DEVICE = 'SHA256_x';
    beforeAll(async () => {
      world = await World.open(await open());
      mine = await world.tenant();
      theirs = await world.tenant();
      for (const tenant of [mine, theirs]) await world.newUser(tenant, { id: 'both', username: 'both' });
      their = await world.signedIn(theirs, 'both', { inBrowser: true, deviceId: DEVICE });
      await world.services.devices.seen(world.system(theirs), { userId: 'both', deviceId: DEVICE });
    });
    afterAll(() => world.close());

    it('find the rows of their tenant', async () => {
      const { sessionStore, deviceStore } = world.stores;
      expect((await sessionStore.findById(theirs.id, their.session.id))?.amr).toEqual(['pwd']);
      const hash = hashHandle(their.cookie!);
      expect((await sessionStore.findByCookie(theirs.id, hash))?.id).toBe(their.session.id);
      expect(await sessionStore.findSignedIn(theirs.id, hash)).toMatchObject({
        id: their.session.id,
        userId: 'both',
        requiredFactor: null,
        requiredActions: [],
        emailVerified: false,
      });
      expect((await deviceStore.find(theirs.id, 'both', DEVICE))?.userAgent).toBeNull();
    });

    it('give nothing of a neighbour', async () => {
      const { sessionStore, deviceStore } = world.stores;
      const { sessions } = world.services;
      const now = world.clock.now();
      expect(await sessionStore.findById(mine.id, their.session.id)).toBeNull();
      expect((await sessionStore.findMany(mine.id, [their.session.id])).size).toBe(0);
      expect(await sessionStore.findByCookie(mine.id, hashHandle(their.cookie!))).toBeNull();
      expect(await sessionStore.findSignedIn(mine.id, hashHandle(their.cookie!))).toBeNull();
      expect(await sessions.findByCookie(mine, their.cookie!)).toBeNull();
      expect((await sessionStore.newestOfUsers(mine.id, ['both'], 10, now)).size).toBe(0);
      expect((await sessionStore.page(mine.id, { userId: 'both' }, now, { withTotal: true })).totalCount).toBe(0);
      expect(await deviceStore.find(mine.id, 'both', DEVICE)).toBeNull();
      expect((await deviceStore.ofUsers(mine.id, ['both'])).size).toBe(0);
    });

    it('change nothing of a neighbour', async () => {
      const { sessionStore, deviceStore } = world.stores;
      const id = their.session.id;
      const later = addSeconds(world.clock.now(), 5);
      await world.db.transaction(async () => {
        expect(await sessionStore.lock(mine.id, id)).toBeNull();
        expect(await sessionStore.lockOfUser(mine.id, 'both')).toEqual([]);
        await sessionStore.touch(mine.id, id, later, later);
        const proof = { cookieHash: null, authTime: later, amr: [], acr: null, idleExpiresAt: later };
        expect(await sessionStore.renew(mine.id, id, proof)).toBeNull();
        await sessionStore.delete(mine.id, [id]);
        expect(await deviceStore.delete(mine.id, 'both', DEVICE)).toBe(false);
        expect(await deviceStore.deleteOfUser(mine.id, 'both', null)).toEqual([]);
        await deviceStore.trim(mine.id, 'both', 0);
      });
      expect(await sessionStore.findById(theirs.id, id)).toEqual(their.session);
      expect(await deviceStore.find(theirs.id, 'both', DEVICE)).not.toBeNull();
    });

    it('show the newest sessions of each user, as many as asked for', async () => {
      const { sessionStore } = world.stores;
      await world.newUser(mine, { id: 'other', username: 'other' });
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) ids.push((await world.signedIn(mine, 'both')).session.id);
      await world.signedIn(mine, 'other');
      const found = await sessionStore.newestOfUsers(mine.id, ['both', 'other', 'nobody'], 2, world.clock.now());
      expect(found.get('both')?.map(({ id }) => id)).toEqual(ids.slice(1).reverse());
      expect(found.get('other')).toHaveLength(1);
      expect(found.has('nobody')).toBe(false);
    });
  });
}

for (const { name, open } of ENGINES) sessionStoreContract(name, open);
