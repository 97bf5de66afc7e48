import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import type { ChangeRights, RightObjectRef, RightSubjectRef, RightsInput } from '../../../src/rights/index.ts';
import { faultsOf, refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

const user = (id: string) => ({ kind: 'user', id }) as const;
const app = (clientId: string) => ({ kind: 'application', clientId }) as const;

describe('rights', () => {
  let world: World;
  let tenant: TenantRef;
  let anna: string;
  let ben: string;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = await world.tenant();
    anna = (await world.newUser(tenant)).id;
    ben = (await world.newUser(tenant)).id;
  });

  const rights = () => world.services.rights;
  const as = (...scopes: string[]) => new Authority(world.app(tenant, ...scopes), tenant, 'tenant');
  const asUser = (id: string, ...scopes: string[]) => new Authority(world.user(tenant, id, ...scopes), tenant, 'self');
  const annaOnBen = (over: Partial<RightsInput> = {}): RightsInput => ({
    subject: user(anna),
    object: user(ben),
    names: ['read'],
    ...over,
  });
  const held = async (subject: RightSubjectRef = user(anna), object: RightObjectRef = user(ben)) =>
    (await rights().on(as('right:read'), object))
      ?.filter(
        ({ subject: { kind, key } }) =>
          kind === subject.kind && key === (subject.kind === 'user' ? subject.id : subject.clientId),
      )
      .map(({ name, tags }) => `${name}: ${tags.join(' ')}`);
  const rightEvents = async () =>
    (await world.events(tenant))
      .filter(({ type }) => type.startsWith('right.'))
      .map(({ type, params }) => [type, params['right'], params['tags'], params['tagsLeft']]);

  describe('that are granted', () => {
    it('carry the tag `set_from_api` where none is given, also where the list is empty', async () => {
      for (const tags of [undefined, null, []]) await rights().grant(as(), [annaOnBen({ tags, names: [`r-${tags}`] })]);
      expect(new Set((await held())?.map((text) => text.split(': ')[1]))).toEqual(new Set(['set_from_api']));
    });

    it('keep their tags and gain new ones; an event names the new ones, and nothing new is no event', async () => {
      await rights().grant(as(), [annaOnBen({ tags: ['b', 'a', 'a'] })]);
      await rights().grant(as(), [annaOnBen({ tags: ['b'] })]);
      await rights().grant(as(), [annaOnBen({ tags: ['c', 'a'], names: ['read', 'read'] })]);
      expect(await held()).toEqual(['read: a b c']);
      expect(await rightEvents()).toEqual([
        ['right.granted', 'read', ['a', 'b'], undefined],
        ['right.granted', 'read', ['c'], undefined],
      ]);
    });

    it('are all granted or none', async () => {
      const unknown = annaOnBen({ object: user('nobody') });
      expect(await faultsOf(() => rights().grant(as(), [annaOnBen(), unknown]))).toEqual([
        'RIGHT_OBJECT_UNKNOWN',
        'input.rights.1.object RIGHT_OBJECT_UNKNOWN',
      ]);
      const subject = annaOnBen({ subject: app('nothing') });
      expect(await faultsOf(() => rights().grant(as(), [annaOnBen(), subject]))).toEqual([
        'RIGHT_SUBJECT_UNKNOWN',
        'input.rights.1.subject RIGHT_SUBJECT_UNKNOWN',
      ]);
      expect(await held()).toEqual([]);
      expect(await rightEvents()).toEqual([]);
    });

    it('collect at most 100 tags', async () => {
      const tags = (from: number, count: number) => Array.from({ length: count }, (_, at) => `t${from + at}`);
      for (let from = 0; from < 100; from += 20) await rights().grant(as(), [annaOnBen({ tags: tags(from, 20) })]);
      expect(await refusalOf(rights().grant(as(), [annaOnBen({ tags: ['t0'] })]))).toBeNull();
      expect(await refusalOf(rights().grant(as(), [annaOnBen({ tags: ['t0', 'one-more'] })]))).toBe(
        'RIGHT_LIMIT_REACHED',
      );
      expect((await held())?.[0]?.split(' ')).toHaveLength(101);
    });

    it('are checked before anything is looked for', async () => {
      const faulty = annaOnBen({ subject: user('nobody'), names: [] });
      expect(await faultsOf(() => rights().grant(as(), [faulty]))).toEqual([
        'INVALID_INPUT',
        'input.rights.0.names LIST_LENGTH',
      ]);
      expect(await refusalOf(rights().revoke(as(), [faulty]))).toBe('INVALID_INPUT');
    });
  });

  describe('that are revoked', () => {
    beforeEach(() => rights().grant(as(), [annaOnBen({ names: ['read', 'write'], tags: ['a', 'b'] })]));

    it('lose the tags that are named, and go with the last one', async () => {
      expect(await rights().revoke(as(), [annaOnBen({ tags: ['a', 'other'] })])).toBe(1);
      expect(await held()).toEqual(['read: b', 'write: a b']);
      expect(await rights().revoke(as(), [annaOnBen({ tags: ['a'] })])).toBe(0);
      expect(await rights().revoke(as(), [annaOnBen({ tags: ['b'] })])).toBe(1);
      expect(await held()).toEqual(['write: a b']);
      expect((await rightEvents()).slice(2)).toEqual([
        ['right.revoked', 'read', ['a'], ['b']],
        ['right.revoked', 'read', ['b'], undefined],
      ]);
    });

    it('go at once where no tags are named, and none go where the list of tags is empty', async () => {
      expect(await rights().revoke(as(), [annaOnBen({ tags: [] })])).toBe(0);
      expect(await rights().revoke(as(), [annaOnBen({ names: ['read', 'write', 'never'] })])).toBe(2);
      expect(await held()).toEqual([]);
    });

    it('stay, all of them, when one pair of the call is refused', async () => {
      const unknown = annaOnBen({ subject: user('nobody') });
      expect(await refusalOf(rights().revoke(as(), [annaOnBen(), unknown]))).toBe('RIGHT_SUBJECT_UNKNOWN');
      expect(await held()).toHaveLength(2);
    });
  });

  describe('of one tenant', () => {
    it('are neither seen nor changed from another one by the same ids', async () => {
      const neighbour = await world.tenant();
      const authority = new Authority(world.app(neighbour), neighbour, 'tenant');
      await rights().grant(as(), [annaOnBen()]);
      expect(await rights().of(authority, user(anna))).toBeNull();
      expect(await rights().on(authority, user(ben))).toBeNull();
      expect(await refusalOf(rights().grant(authority, [annaOnBen()]))).toBe('RIGHT_SUBJECT_UNKNOWN');
      await world.newUser(neighbour, { id: anna });
      await world.newUser(neighbour, { id: ben });
      expect(await rights().revoke(authority, [annaOnBen()])).toBe(0);
      expect(await rights().of(authority, user(anna))).toEqual([]);
      expect(await rights().ofUsers(neighbour.id, [anna])).toEqual(new Map());
      expect(await rights().onUsers(neighbour.id, [ben])).toEqual(new Map());
      expect(await rights().holds(neighbour.id, user(anna), user(ben), 'read')).toBe(false);
      expect(await rights().holds(tenant.id, user(anna), user(ben), 'read')).toBe(true);
      expect(await held()).toEqual(['read: set_from_api']);
    });
  });

  describe('that are read', () => {
    it('are those of the caller with reach self', async () => {
      await rights().grant(as(), [annaOnBen()]);
      const own = asUser(anna, 'right:read:self');
      expect(await rights().of(own, user(anna))).toMatchObject([{ name: 'read', object: { key: ben } }]);
      for (const call of [
        () => rights().of(own, user(ben)),
        () => rights().on(own, user(ben)),
        () => rights().of(own, app('test-app')),
        () => rights().on(own, { kind: 'group', id: newId() }),
      ])
        expect(await refusalOf(call())).toBe('FORBIDDEN');
    });

    it('belong to the account in every spelling of its UUID', async () => {
      const own = asUser(anna, 'right:read:self');
      expect(await rights().of(own, user(anna.toUpperCase()))).toEqual([]);
    });

    it('of many users are grouped by user, on either side', async () => {
      await rights().grant(as(), [annaOnBen(), annaOnBen({ subject: user(ben), object: user(anna) })]);
      const of = await rights().ofUsers(tenant.id, [anna, ben]);
      expect([...of].map(([id, list]) => [id, list.map(({ object }) => object.id)])).toEqual(
        expect.arrayContaining([
          [anna, [ben]],
          [ben, [anna]],
        ]),
      );
      const on = await rights().onUsers(tenant.id, [ben]);
      expect([...on].map(([id, list]) => [id, list.map(({ subject }) => subject.id)])).toEqual([[ben, [anna]]]);
    });

    it('are not held by what does not exist', async () => {
      expect(await rights().holds(tenant.id, user('nobody'), user(ben), 'read')).toBe(false);
      expect(await rights().holds(tenant.id, user(anna), app('nothing'), 'read')).toBe(false);
      expect(await rights().holds(tenant.id, user(anna), user(ben), 'read')).toBe(false);
    });
  });

  describe('of one pair', () => {
    const change = (authority: Authority, over: Partial<ChangeRights>) =>
      rights().change(authority, { subject: user(anna), object: user(ben), ...over });

    it('are granted and revoked at once with right:change', async () => {
      await rights().grant(as(), [annaOnBen({ names: ['old'], tags: ['x'] })]);
      const left = await change(as('right:change'), { add: ['new', 'new'], remove: ['old', 'never'] });
      expect(left.map(({ name, tags }) => [name, tags])).toEqual([['new', ['set_from_api']]]);
    });

    it('are only revoked with right:revoke, and not touched with right:write or right:read', async () => {
      await rights().grant(as(), [annaOnBen()]);
      expect(await refusalOf(change(as('right:revoke'), { add: ['write'], remove: ['read'] }))).toBe('FORBIDDEN');
      for (const scope of ['right:write', 'right:read']) {
        expect(await refusalOf(change(as(scope), { remove: ['read'] }))).toBe('FORBIDDEN');
        expect(await refusalOf(change(as(scope), {}))).toBe('FORBIDDEN');
      }
      expect(await change(as('right:revoke'), { remove: ['read'], add: [] })).toEqual([]);
    });

    it('are refused to callers without permission before anything else is said about them', async () => {
      const nobody = { subject: user('nobody'), object: user('no-one'), add: ['a'], remove: ['a'] };
      expect(await faultsOf(() => rights().change(as(), nobody))).toEqual(['FORBIDDEN']);
      expect(await faultsOf(() => rights().change(as('right:change'), nobody))).toEqual([
        'INVALID_INPUT',
        'input.remove NAME_REPEATED',
      ]);
      expect(await faultsOf(() => rights().change(as('right:change'), { ...nobody, remove: [] }))).toEqual([
        'RIGHT_SUBJECT_UNKNOWN',
        'input.subject RIGHT_SUBJECT_UNKNOWN',
      ]);
    });

    it('on the user’s own account are granted and revoked by the user', async () => {
      const own = asUser(ben, 'right:change:self');
      expect(await change(own, { add: ['read'] })).toMatchObject([{ name: 'read' }]);
      expect(await change(own, { remove: ['read'] })).toEqual([]);
      expect(await change(own, { object: user(ben.toUpperCase()), add: ['again'] })).toMatchObject([{ name: 'again' }]);
    });

    it('of the user are theirs to give up, and not to extend', async () => {
      await rights().grant(as(), [annaOnBen({ names: ['read', 'write'] })]);
      const own = asUser(anna, 'right:change:self');
      expect(await refusalOf(change(own, { add: ['read', 'delete'] }))).toBe('FORBIDDEN');
      expect(await change(own, { add: ['read'], remove: ['write'] })).toMatchObject([
        { name: 'read', tags: ['set_from_api'] },
      ]);
    });

    it('between others are closed to users, and to a namesake of another tenant', async () => {
      const carla = (await world.newUser(tenant)).id;
      expect(await refusalOf(change(asUser(carla, 'right:change:self'), { add: ['read'] }))).toBe('FORBIDDEN');
      const neighbour = await world.tenant();
      const namesake = new Authority(world.user(neighbour, ben, 'right:change:self'), tenant, 'all');
      expect(await refusalOf(change(namesake, { add: ['read'] }))).toBe('FORBIDDEN');
      expect(await held()).toEqual([]);
    });
  });

  it('on an account that may do more than the caller are closed to it', async () => {
    const role = await world.newRole(tenant, { permissions: ['user:delete'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: ben });
    expect(await refusalOf(rights().grant(as('right:write'), [annaOnBen()]))).toBe('FORBIDDEN');
    expect(await refusalOf(rights().revoke(as('right:write'), [annaOnBen()]))).toBe('FORBIDDEN');
    expect(await refusalOf(rights().grant(as('right:write', 'user:delete'), [annaOnBen()]))).toBeNull();
    // The subject gains the right; the caller who grants it gains no power over the subject.
    const reversed = annaOnBen({ subject: user(ben), object: user(anna) });
    expect(await refusalOf(rights().grant(as('right:write'), [reversed]))).toBeNull();
  });
});
