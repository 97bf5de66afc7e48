import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SecurityQuestionStore } from '../../../../src/auth-modes/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { ENGINES } from '../../../support/postgres.ts';
import { World } from '../../../support/world.ts';

describe.each(ENGINES)('the store of security questions on $name', ({ open }) => {
  let world: World;
  let store: SecurityQuestionStore;
  let own: TenantRef;
  let neighbour: TenantRef;
  const ID = 'same-id';
  const HASH = '$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA';
  beforeAll(async () => {
    world = await World.open(await open());
    store = new SecurityQuestionStore(world.db);
    own = await world.tenant();
    neighbour = await world.tenant();
    await world.newUser(own, { id: ID });
    await world.newUser(neighbour, { id: ID });
    await store.set(neighbour.id, ID, 'Theirs?', HASH, world.clock.now());
  });
  afterAll(() => world.close());

  it('finds, replaces and removes nothing by ids of another tenant', async () => {
    expect(await store.find(own.id, ID)).toBeNull();
    expect((await store.findMany(own.id, [ID])).size).toBe(0);
    expect(await store.findHash(own.id, ID)).toBeNull();
    expect(await store.remove(own.id, ID)).toBe(false);
    await store.set(own.id, ID, 'Ours?', `${HASH}x`, world.clock.now());
    expect(await store.find(neighbour.id, ID)).toMatchObject({ question: 'Theirs?' });
    expect(await store.findHash(neighbour.id, ID)).toBe(HASH);
  });

  it('keeps one per user, from when the first was set, and loses it with the user', async () => {
    const { id } = await world.newUser(own);
    const first = await store.set(own.id, id, 'One?', HASH, world.clock.now());
    world.clock.advance(60);
    const second = await store.set(own.id, id, 'Two?', HASH, world.clock.now());
    expect(second).toEqual({ ...first, question: 'Two?', updatedAt: world.clock.now() });
    await world.services.endAccess.delete(world.system(own), id);
    expect(await store.find(own.id, id)).toBeNull();
  });

  it('raises a number of a credential once, and never in another tenant', async () => {
    const { credentials } = world.stores;
    const { id } = await world.giveTotp(neighbour, ID);
    expect(await credentials.raise(own.id, id, 'lastStep', 5)).toBe(false);
    expect(await credentials.raise(neighbour.id, 'no-uuid', 'lastStep', 5)).toBe(false);
    const raised = await Promise.all(
      Array.from({ length: 4 }, () => credentials.raise(neighbour.id, id, 'lastStep', 5)),
    );
    expect(raised.filter(Boolean)).toHaveLength(1);
    expect(await credentials.raise(neighbour.id, id, 'lastStep', 4)).toBe(false);
    expect((await credentials.findById(neighbour.id, id))?.data).toEqual({ lastStep: 5 });
  });
});
