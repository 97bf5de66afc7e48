import { describe, expect, it } from 'vitest';
import type { SecurityEvent } from '../../../src/events/index.ts';
import { newId } from '../../../src/kernel/index.ts';
import { EVENT_CATALOGUE } from '../../../src/modules.ts';
import { TenantDirectory, type TenantStore } from '../../../src/tenants/index.ts';

const row = (over: object) => ({
  id: newId(),
  name: 'acme',
  route: 'abcdefgh',
  template: 'native',
  settings: {},
  ...over,
});
const changed = [{ type: 'tenant.updated' } as SecurityEvent];

/** A store whose reads end when the test says so. */
function heldStore() {
  const reads: PromiseWithResolvers<object | null>[] = [];
  const findByName = () => {
    const read = Promise.withResolvers<object | null>();
    reads.push(read);
    return read.promise;
  };
  return { reads, store: { findByName } as unknown as TenantStore };
}

describe('the directory of tenants', () => {
  it('reads once for all who wait for the same tenant, also when there is none', async () => {
    for (const found of [row({ enabled: true }), null]) {
      const { reads, store } = heldStore();
      const directory = new TenantDirectory(store, EVENT_CATALOGUE);
      const waiting = [directory.byName('acme'), directory.byName('acme')];
      reads[0]!.resolve(found);
      const [first, second] = await Promise.all(waiting);
      expect(first).toBe(second);
      expect(first?.name).toBe(found?.name);
      expect(directory.byName('acme')).toBe(first);
      expect(reads).toHaveLength(1);
    }
  });

  it('does not remember what was read before a tenant changed', async () => {
    const { reads, store } = heldStore();
    const directory = new TenantDirectory(store, EVENT_CATALOGUE);
    const before = directory.byName('acme');
    directory.onEvents(changed);
    reads[0]!.resolve(row({ enabled: true }));
    expect((await before)?.enabled).toBe(true);
    const after = directory.byName('acme');
    reads[1]!.resolve(row({ enabled: false }));
    expect((await after)?.enabled).toBe(false);
    expect(directory.byName('acme')).toMatchObject({ enabled: false });
  });

  it('forgets a tenant when access in it ended, and what was missing when a tenant is made; others stay', async () => {
    const { reads, store } = heldStore();
    const directory = new TenantDirectory(store, EVENT_CATALOGUE);
    const known = { acme: row({ enabled: true }), other: row({ name: 'other', enabled: true }), missing: null };
    for (const [index, [name, found]] of Object.entries(known).entries()) {
      const waiting = directory.byName(name);
      reads[index]!.resolve(found);
      await waiting;
    }
    const event = (type: string, tenantId: string) =>
      ({ type, tenantId, subjectId: 'anna', params: {} }) as unknown as SecurityEvent;
    const isKnown = (name: string) => !(directory.byName(name) instanceof Promise);
    directory.onEvents([event('user.updated', known.acme.id), event('user.disabled', known.acme.id)]);
    expect(Object.keys(known).filter(isKnown)).toEqual(['acme', 'other', 'missing']);
    directory.onEvents([event('role.updated', known.acme.id)]);
    expect(isKnown('other')).toBe(true);
    expect([isKnown('acme'), isKnown('missing')]).toEqual([false, false]);
    reads[3]!.resolve(known.acme);
    reads[4]!.resolve(null);
    await Promise.all([directory.byName('acme'), directory.byName('missing')]);
    directory.onEvents([event('tenant.created', newId())]);
    expect(Object.keys(known).filter(isKnown)).toEqual(['acme', 'other']);
    reads[5]!.resolve(null);
    await directory.byName('missing');
    expect(Object.keys(known).filter(isKnown)).toEqual(['acme', 'other', 'missing']);
    directory.onEvents([event('tenant.host_bound', newId())]);
    expect(Object.keys(known).filter(isKnown)).toEqual(['acme', 'other']);
  });

  it('does not remember a failure', async () => {
    const { reads, store } = heldStore();
    const directory = new TenantDirectory(store, EVENT_CATALOGUE);
    const first = directory.byName('acme');
    reads[0]!.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    const second = directory.byName('acme');
    reads[1]!.resolve(row({ enabled: true }));
    expect((await second)?.name).toBe('acme');
  });
});

describe('the directory of 10,000 tenants', () => {
  const TENANTS = 10_000;
  const names = Array.from({ length: TENANTS }, (_, n) => `tenant-${n}`);
  const rows = new Map(
    names.map((name, n) => [
      name,
      row({ id: newId(), name, enabled: true, settings: n % 2 === 0 ? { registration: true } : {} }),
    ]),
  );

  it('reads each once, and after a change of one that one again', async () => {
    let reads = 0;
    const findByName = async (name: string) => {
      reads += 1;
      return rows.get(name);
    };
    const directory = new TenantDirectory({ findByName } as unknown as TenantStore, EVENT_CATALOGUE, {
      isFresh: () => true,
      generation: 1,
    });
    const countRound = async () => {
      reads = 0;
      for (const [n, name] of names.entries())
        expect((await directory.byName(name))!.settings.registration).toBe(n % 2 === 0);
      return reads;
    };
    expect(await countRound()).toBe(TENANTS);
    expect(await countRound()).toBe(0);
    const changed = rows.get('tenant-77')!;
    directory.onEvents([{ type: 'tenant.updated', tenantId: changed.id, params: {} } as unknown as SecurityEvent]);
    expect(await countRound()).toBe(1);
  });
});
