import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { type Riskbit, RiskbitStore } from '../../../src/risk/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

describe.each(ENGINES)('the store of riskbits on $name', ({ open }) => {
  let world: World;
  let store: RiskbitStore;
  let own: TenantRef;
  let neighbour: TenantRef;
  let theirs: Riskbit;
  beforeAll(async () => {
    world = await World.open(await open());
    store = new RiskbitStore(world.db);
    own = await world.tenant();
    neighbour = await world.tenant();
    theirs = await world.services.riskbits.create(world.system(neighbour), {
      ratingLevel: 'A',
      score: '986-999',
      risk: '0.80%',
      operation: 'OK',
      riskIos: 'JBreak',
    });
  });
  afterAll(() => world.close());

  it('finds nothing by ids of another tenant', async () => {
    expect(await store.findById(own.id, theirs.id)).toBeNull();
    expect((await store.page(own.id, {}, {})).rows).toEqual([]);
    expect(await store.findListing(own.id, 'ios')).toEqual([]);
    expect(await store.findById(neighbour.id, theirs.id)).toMatchObject({ id: theirs.id, ratingLevel: 'A' });
  });

  it('neither locks nor deletes a row of another tenant', async () => {
    await world.db.transaction(async () => {
      expect(await store.lock(own.id, theirs.id)).toBeNull();
      expect(await store.delete(own.id, theirs.id)).toBeNull();
      expect(await store.deleteSome(own.id, 10)).toEqual([]);
    });
    expect(await store.findById(neighbour.id, theirs.id)).not.toBeNull();
  });

  it('lets two tenants have the same rating level and score, and one tenant only once', async () => {
    const copy = { ...theirs, tenantId: own.id, id: newId() };
    expect(await store.insertFree([copy, { ...copy, id: newId() }])).toEqual(new Set([copy.id]));
    expect(await store.insertFree([{ ...copy, id: newId() }])).toEqual(new Set());
  });

  it('takes what is no UUID for unknown', async () => {
    expect(await store.findById(own.id, 'no-uuid')).toBeNull();
    expect(await store.delete(own.id, 'no-uuid')).toBeNull();
  });
});
