import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Authority } from '../../../../src/access/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { AddressService } from '../../../../src/users/addresses/address.service.ts';
import type { StandardAddress } from '../../../../src/users/index.ts';
import { HOSTILE_TEXTS } from '../../../support/hostile-texts.ts';
import { World } from '../../../support/world.ts';

describe('addresses of users', () => {
  let world: World;
  let acme: TenantRef;
  let other: TenantRef;
  let service: AddressService;
  let authority: Authority;
  let userId: string;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    other = await world.tenant();
    service = world.services.userAddresses;
    authority = world.system(acme);
  });
  beforeEach(async () => {
    userId = (await world.newUser(acme)).id;
  });
  afterAll(() => world.close());
  const list = async (id = userId) => (await service.ofUsers(acme.id, [id])).get(id) ?? [];
  const events = async () =>
    (await world.events(acme))
      .filter((event) => event.subject_id === userId && event.type !== 'user.created')
      .map(({ type, params }) => ({ type, params }));

  it('are kept as given, oldest first, with one event each that has none of their texts', async () => {
    const first = await service.add(authority, userId, {
      title: 'Boathouse',
      details: 'Pier 3\nleft of the crane',
      city: '',
    });
    const second = await service.add(authority, userId, { postalCode: 'LV-1010' });
    expect(await list()).toMatchObject([
      { id: first.id, title: 'Boathouse', details: 'Pier 3\nleft of the crane', city: null, isDefault: false },
      { id: second.id, postalCode: 'LV-1010' },
    ]);
    expect((await events()).map(({ type, params }) => [type, params])).toEqual([
      ['user_address.created', { address_id: first.id }],
      ['user_address.created', { address_id: second.id }],
    ]);
  });

  it('change in what is given; no change is no event', async () => {
    const { id } = await service.add(authority, userId, { title: 'Boathouse', city: 'Riga', region: 'Vidzeme' });
    await service.update(authority, userId, id.toUpperCase(), { city: 'Kiel', region: null, title: undefined });
    await service.update(authority, userId, id, { city: 'Kiel', region: '' });
    expect(await list()).toMatchObject([{ title: 'Boathouse', city: 'Kiel', region: null }]);
    expect((await events()).at(-1)).toMatchObject({
      type: 'user_address.updated',
      params: { address_id: id, changed: ['city', 'region'] },
    });
    expect(await events()).toHaveLength(2);
  });

  it('have at most one default, and none after it was deleted', async () => {
    const one = await service.add(authority, userId, { isDefault: true });
    const two = await service.add(authority, userId, { isDefault: true });
    expect((await list()).map(({ isDefault }) => isDefault)).toEqual([false, true]);
    await service.update(authority, userId, one.id, { isDefault: true });
    await service.update(authority, userId, one.id, { isDefault: true, city: 'Riga' });
    expect((await list()).map(({ isDefault }) => isDefault)).toEqual([true, false]);
    expect((await events()).map(({ params }) => [params['address_id'], params['changed']])).toEqual([
      [one.id, undefined],
      [one.id, ['isDefault']],
      [two.id, undefined],
      [two.id, ['isDefault']],
      [one.id, ['isDefault']],
      [one.id, ['city']],
    ]);
    expect(await service.delete(authority, userId, one.id.toUpperCase())).toBe(one.id);
    expect((await list()).map(({ isDefault }) => isDefault)).toEqual([false]);
  });

  it('have at most one default after several were made at the same moment', async () => {
    await Promise.all([1, 2, 3, 4].map((at) => service.add(authority, userId, { title: `${at}`, isDefault: true })));
    expect((await list()).filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });

  it('are at most 50 of a user', async () => {
    for (let at = 0; at < 50; at++) await service.add(authority, userId, {});
    await expect(service.add(authority, userId, {})).rejects.toMatchObject({ code: 'USER_ADDRESS_LIMIT' });
    expect(await list()).toHaveLength(50);
  });

  it('of another user or tenant are neither changed nor deleted', async () => {
    const neighbour = (await world.newUser(acme)).id;
    const theirs = await service.add(authority, neighbour, { city: 'Riga' });
    const { id: stranger } = await world.newUser(other, { id: userId });
    const elsewhere = await service.add(world.system(other), stranger, { city: 'Kiel' });
    for (const id of [theirs.id, elsewhere.id, 'x', 'a\0b', '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11']) {
      const missing = { code: 'USER_ADDRESS_NOT_FOUND' };
      await expect(service.update(authority, userId, id, { city: 'Ulm' })).rejects.toMatchObject(missing);
      await expect(service.delete(authority, userId, id)).rejects.toMatchObject(missing);
    }
    expect(await list()).toEqual([]);
    expect(await service.findIn(acme.id, elsewhere.id)).toBeNull();
    expect(await service.findIn(acme.id, 'a\0b')).toBeNull();
    expect(await service.findIn(acme.id, theirs.id)).toMatchObject({ city: 'Riga' });
  });

  it('refuse texts that are too long or cannot be stored', async () => {
    for (const [name, text] of Object.entries(HOSTILE_TEXTS).filter(
      ([, one]) => one.length > 300 || /\0|\ud800$/.test(one),
    ))
      for (const member of ['city', 'details'])
        await expect(service.add(authority, userId, { [member]: text }), name).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          fields: [{ path: `input.address.${member}` }],
        });
    await expect(service.add(authority, userId, { city: 'a\nb' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const { id } = await service.add(authority, userId, { city: 'x'.repeat(255), details: 'y'.repeat(1000) });
    const tooLong = service.update(authority, userId, id, { city: 'x'.repeat(256) });
    await expect(tooLong).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  const replaceAll = (given: readonly StandardAddress[]) =>
    world.db.transaction(async () => {
      await service.replaceAll(authority, await world.services.users.lock(authority, userId), given);
    });

  it('become those of a standard profile, with one event each, and keep what only other members say', async () => {
    const mill = await service.add(authority, userId, { title: 'Mill', city: 'Ghent', isDefault: true });
    const barn = await service.add(authority, userId, { title: 'Barn', city: 'Lier' });
    const attic = await service.add(authority, userId, { title: 'Attic', city: 'Genk' });
    await replaceAll([{ city: 'Oslo', isDefault: true }, { city: 'Ghent' }]);
    const [first, second, ...others] = await list();
    expect([first, second]).toMatchObject([
      { id: mill.id, title: 'Mill', city: 'Ghent', isDefault: false },
      { id: barn.id, title: 'Barn', city: 'Oslo', isDefault: true },
    ]);
    expect(others).toEqual([]);
    expect((await events()).slice(3)).toEqual([
      { type: 'user_address.deleted', params: { address_id: attic.id } },
      { type: 'user_address.updated', params: { address_id: mill.id, changed: ['isDefault'] } },
      { type: 'user_address.updated', params: { address_id: barn.id, changed: ['city', 'isDefault'] } },
    ]);
    await replaceAll([{ city: 'Ghent' }, { city: 'Oslo', isDefault: true }]);
    expect(await events()).toHaveLength(6);
  });

  it('may have another default where the former one is deleted, or is one that standard profiles do not show', async () => {
    await service.add(authority, userId, { city: 'Ghent', isDefault: true });
    await replaceAll([
      { type: 'x', city: 'Lier' },
      { type: 'y', city: 'Genk', isDefault: true },
    ]);
    expect(await list()).toMatchObject([
      { city: 'Lier', isDefault: false },
      { city: 'Genk', isDefault: true },
    ]);
    await replaceAll([]);
    await service.add(authority, userId, { title: 'Gate', isDefault: true });
    await replaceAll([{ city: 'Lier', isDefault: true }]);
    expect(await list()).toMatchObject([
      { title: 'Gate', isDefault: false },
      { city: 'Lier', isDefault: true },
    ]);
  });

  it('are those of one list after several were given at the same moment', async () => {
    await Promise.all([1, 2, 3, 4].map((at) => replaceAll([{ city: 'Ghent' }, { city: `${at}`, isDefault: true }])));
    expect(await list()).toMatchObject([
      { city: 'Ghent', isDefault: false },
      { city: expect.stringMatching(/^\d$/), isDefault: true },
    ]);
    expect(await list()).toHaveLength(2);
  });

  it('move the time of the last change of their user, unless nothing changes', async () => {
    const updatedAt = async () => (await world.services.users.findIn(acme.id, userId))!.updatedAt;
    const isMoved = async (change: () => Promise<unknown>) => {
      const before = await updatedAt();
      world.clock.advance(60);
      await change();
      return (await updatedAt()).getTime() === before.getTime() ? false : (await updatedAt()).getTime();
    };
    const now = () => world.clock.now().getTime();
    expect(await isMoved(() => service.add(authority, userId, { city: 'Ghent' }))).toBe(now());
    const { id } = (await list())[0]!;
    expect(await isMoved(() => service.update(authority, userId, id, { city: 'Lier' }))).toBe(now());
    expect(await isMoved(() => service.update(authority, userId, id, { city: 'Lier' }))).toBe(false);
    expect(await isMoved(() => replaceAll([{ city: 'Lier' }]))).toBe(false);
    expect(await isMoved(() => replaceAll([{ city: 'Genk' }, { city: 'Lier' }]))).toBe(now());
    expect(await isMoved(() => service.delete(authority, userId, id))).toBe(now());
  });

  it('vanish with their user', async () => {
    const { id } = await service.add(authority, userId, {});
    await world.services.endAccess.delete(authority, userId, userId);
    expect(await service.findIn(acme.id, id)).toBeNull();
  });
});
