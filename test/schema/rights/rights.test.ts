import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const SIDES = 'subject { kind key profile } object { kind key profile }';
const GRANT = `mutation ($input: GrantRightsInput!) { grantRights(input: $input) { rights { ${SIDES} name tags } } }`;
const REVOKE = 'mutation ($input: RevokeRightsInput!) { revokeRights(input: $input) { changedCount } }';
const CHANGE = 'mutation ($input: ChangeRightsInput!) { changeRights(input: $input) { rights { name tags } } }';
const CHANGE_BLIND = 'mutation ($input: ChangeRightsInput!) { changeRights(input: $input) { __typename } }';
const OF = `query ($subject: RightSubjectInput!) { rightsOf(subject: $subject) { object { kind key profile } name tags } }`;
const ON = `query ($object: RightObjectInput!) { rightsOn(object: $object) { subject { kind key } name } }`;

describe('rights over GraphQL', () => {
  let world: World;
  let tenant: TenantRef;
  let writer: Caller;
  let reader: Caller;
  let groupId: string;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(async () => {
    tenant = await world.tenant();
    writer = world.app(tenant, 'right:write');
    reader = world.app(tenant, 'right:read');
    for (const id of ['anna', 'ben', 'carl']) await world.newUser(tenant, { id });
    await world.newClient(tenant, { clientId: 'portal' });
    ({ id: groupId } = await world.newGroup(tenant, { name: 'Sales' }));
  });
  afterAll(() => world.close());

  const grant = (rights: object[], caller = writer) => world.graphql(caller, GRANT, { input: { rights } });
  const revoke = (rights: object[], caller = writer) => world.graphql(caller, REVOKE, { input: { rights } });
  const change = (caller: Caller, input: object) => world.graphql(caller, CHANGE, { input });
  const namesOf = async (user: string): Promise<string[]> => {
    const { data } = await world.graphql(reader, OF, { subject: { userId: user } });
    return data.rightsOf.map(({ name }: { name: string }) => name);
  };
  const anna = { userId: 'anna' };
  const ben = { userId: 'ben' };
  const parent = { subject: anna, object: ben, names: ['change_password'], tags: ['parent'] };
  const ofRights = async () =>
    (await world.events(tenant))
      .filter(({ type }) => type.startsWith('right.'))
      .map(({ type, params }) => [type, params]);

  it('are shown from the side of their subject and of their object', async () => {
    const { errors } = await grant([
      parent,
      { subject: anna, object: { groupId: groupId }, names: ['ORG_ADMIN'] },
      { subject: anna, object: { clientId: 'portal' }, names: ['APP_ADMIN'], tags: ['set_from_api', 'audit'] },
      { subject: { clientId: 'portal' }, object: ben, names: ['change_password'] },
    ]);
    expect(errors).toEqual([]);
    const of = await world.graphql(reader, OF, { subject: anna });
    expect(of.data.rightsOf).toEqual([
      {
        object: { kind: 'APPLICATION', key: 'portal', profile: null },
        name: 'APP_ADMIN',
        tags: ['audit', 'set_from_api'],
      },
      { object: { kind: 'GROUP', key: groupId, profile: 'groups' }, name: 'ORG_ADMIN', tags: ['set_from_api'] },
      { object: { kind: 'USER', key: 'ben', profile: null }, name: 'change_password', tags: ['parent'] },
    ]);
    const on = await world.graphql(reader, ON, { object: ben });
    expect(on.data.rightsOn).toEqual([
      { subject: { kind: 'APPLICATION', key: 'portal' }, name: 'change_password' },
      { subject: { kind: 'USER', key: 'anna' }, name: 'change_password' },
    ]);
    const group = await world.graphql(reader, ON, { object: { groupKey: { profile: 'groups', key: groupId } } });
    expect(group.data.rightsOn).toEqual([{ subject: { kind: 'USER', key: 'anna' }, name: 'ORG_ADMIN' }]);
    const its = await world.graphql(reader, OF, { subject: { clientId: 'portal' } });
    expect(its.data.rightsOf).toHaveLength(1);
  });

  it('have fields for their subject and object, as far as the caller may read them', async () => {
    await grant([parent, { subject: { clientId: 'portal' }, object: { groupId: groupId }, names: ['r'] }]);
    const LINKED = `query ($subject: RightSubjectInput!) {
      rightsOf(subject: $subject) { subject { user { username } client { clientId } } object { user { subject } group { name } } } }`;
    const all = world.app(tenant, 'right:read', 'user:read', 'group:read', 'client:read');
    const app = await world.graphql(all, LINKED, { subject: { clientId: 'portal' } });
    expect(app.data.rightsOf).toEqual([
      { subject: { user: null, client: { clientId: 'portal' } }, object: { user: null, group: { name: 'Sales' } } },
    ]);
    const blind = await world.graphql(reader, LINKED, { subject: anna });
    expect(blind.data.rightsOf[0].object.user).toBeNull();
    expect(blind.code).toBe('FORBIDDEN');
  });

  it('accept global ids as well', async () => {
    const users = await world.graphql(world.app(tenant, 'user:read'), '{ user(userId: "ben") { id } }');
    const { errors } = await grant([{ ...parent, object: { userId: users.data.user.id } }]);
    expect(errors).toEqual([]);
    expect(await namesOf('anna')).toEqual(['change_password']);
  });

  it('record one event each; a repetition changes nothing and records none', async () => {
    const two = { ...parent, names: ['change_password', 'APP', 'APP'], tags: ['parent', 'parent'] };
    await grant([two]);
    await grant([two]);
    const sides = { subjectKind: 'user', subject: 'anna', objectKind: 'user', object: 'ben' };
    expect(await ofRights()).toEqual([
      ['right.granted', { ...sides, right: 'APP', tags: ['parent'] }],
      ['right.granted', { ...sides, right: 'change_password', tags: ['parent'] }],
    ]);
    expect((await world.events(tenant)).at(-1)).toMatchObject({ subject_id: 'anna', client_id: 'test-app' });
  });

  it('collect tags, and end with the last tag', async () => {
    await grant([parent]);
    const { data } = await grant([{ ...parent, tags: ['audit'] }]);
    expect(data.grantRights.rights).toMatchObject([{ name: 'change_password', tags: ['audit', 'parent'] }]);
    expect((await revoke([{ ...parent, tags: ['parent', 'other'] }])).data.revokeRights).toEqual({ changedCount: 1 });
    expect(await namesOf('anna')).toEqual(['change_password']);
    await revoke([{ ...parent, tags: ['audit'] }]);
    expect(await namesOf('anna')).toEqual([]);
    const changes = (await ofRights()).map(([type, params]) => {
      const { tags, tagsLeft } = params as { tags: unknown; tagsLeft?: unknown };
      return [type, tags, tagsLeft];
    });
    expect(changes).toEqual([
      ['right.granted', ['parent'], undefined],
      ['right.granted', ['audit'], undefined],
      ['right.revoked', ['parent'], ['audit']],
      ['right.revoked', ['audit'], undefined],
    ]);
  });

  it('are revoked completely without tags; revoking a right that is not held is no error and no event', async () => {
    await grant([{ ...parent, tags: ['a', 'b'] }]);
    const without = { subject: anna, object: ben, names: ['change_password', 'never'] };
    expect((await revoke([without])).data.revokeRights).toEqual({ changedCount: 1 });
    expect((await revoke([without])).data.revokeRights).toEqual({ changedCount: 0 });
    expect(await ofRights()).toHaveLength(2);
  });

  it.each([
    ['subject', { subject: { userId: 'nobody' } }, 'RIGHT_SUBJECT_UNKNOWN'],
    ['subject', { subject: { userId: '../x' } }, 'RIGHT_SUBJECT_UNKNOWN'],
    ['subject', { subject: { clientId: 'none' } }, 'RIGHT_SUBJECT_UNKNOWN'],
    ['subject.clientId', { subject: { clientId: 'nul\0' } }, 'INVALID_INPUT'],
    ['object', { object: { clientId: 'x'.repeat(300) } }, 'RIGHT_OBJECT_UNKNOWN'],
    ['object', { object: { groupId: 'none' } }, 'RIGHT_OBJECT_UNKNOWN'],
    ['object', { object: { groupKey: { profile: 'orgs', key: '1' } } }, 'RIGHT_OBJECT_UNKNOWN'],
    ['object.groupKey.profile', { object: { groupKey: { profile: 'o\0', key: '1' } } }, 'INVALID_INPUT'],
    ['object.groupKey.key', { object: { groupKey: { profile: 'orgs', key: '\ud800' } } }, 'INVALID_INPUT'],
    ['object', { object: {} }, 'INVALID_INPUT'],
    ['subject', { subject: { userId: 'anna', clientId: 'portal' } }, 'INVALID_INPUT'],
    ['names', { names: [] }, 'INVALID_INPUT'],
    ['names', { names: [' '] }, 'INVALID_INPUT'],
    ['names.0', { names: ['a\0b'] }, 'INVALID_INPUT'],
    ['names', { names: ['x'.repeat(129)] }, 'INVALID_INPUT'],
    ['names', { names: Array.from({ length: 51 }, (_, i) => `r${i}`) }, 'INVALID_INPUT'],
    ['tags.0', { tags: ['\ud800'] }, 'INVALID_INPUT'],
    ['tags', { tags: Array.from({ length: 21 }, (_, i) => `t${i}`) }, 'INVALID_INPUT'],
  ])('are refused with the field %s, all of the call', async (field, over, code) => {
    for (const refused of [
      await grant([parent, { ...parent, ...over }]),
      await revoke([parent, { ...parent, ...over }]),
    ]) {
      expect(refused.code).toBe(code);
      expect(refused.errors[0]?.extensions['fields']).toMatchObject([{ path: `input.rights.1.${field}` }]);
    }
    expect(await namesOf('anna')).toEqual([]);
  });

  it('are changed fifty pairs at a time', async () => {
    const { code } = await grant(Array.from({ length: 51 }, () => parent));
    expect(code).toBe('INVALID_INPUT');
  });

  it('are at most 1,000 for one subject', async () => {
    const batch = (from: number) => ({
      ...parent,
      names: Array.from({ length: 50 }, (_, i) => `right-${from + i}`),
    });
    const first = Array.from({ length: 20 }, (_, i) => batch(i * 50));
    expect((await grant(first)).errors).toEqual([]);
    expect((await grant([{ ...parent, names: ['one-more'] }])).code).toBe('RIGHT_LIMIT_REACHED');
    const { subject, object } = parent;
    const changer = world.app(tenant, 'right:change');
    expect((await change(changer, { subject, object, add: ['one-more'] })).code).toBe('RIGHT_LIMIT_REACHED');
    expect(await namesOf('anna')).toHaveLength(1000);
  });

  it('on an account with permissions beyond the tenant are granted only by callers with such permissions', async () => {
    const master = (await world.services.directory.byName('master')) ?? (await world.tenant({ name: 'master' }));
    for (const id of ['chief', 'clerk']) await world.newUser(master, { id });
    const role = await world.newRole(master, { permissions: ['user:write:all'] });
    await world.grantRole(master, { roleId: role.id, holderKind: 'user', holderId: 'chief' });
    const input = {
      input: { rights: [{ subject: { userId: 'clerk' }, object: { userId: 'chief' }, names: ['change_password'] }] },
    };
    expect((await world.graphql(world.app(master, 'right:write'), GRANT, input)).code).toBe('ACCOUNT_GUARDED');
    expect((await world.graphql(world.app(master, 'right:write:all'), GRANT, input)).code).toBe('FORBIDDEN');
    const equal = world.app(master, 'right:write:all', 'user:write:all');
    expect((await world.graphql(equal, GRANT, input)).errors).toEqual([]);
  });

  it('of one tenant are not accessible to others', async () => {
    await grant([parent]);
    const elsewhere = world.app(await world.tenant(), 'right:write');
    const input = { tenant: tenant.name, rights: [parent] };
    expect((await world.graphql(elsewhere, GRANT, { input })).code).toBe('FORBIDDEN');
    expect((await grant([parent], elsewhere)).code).toBe('RIGHT_SUBJECT_UNKNOWN');
    expect((await world.graphql(elsewhere, OF, { subject: anna })).data.rightsOf).toBeNull();
  });

  it('are written with right:write only, and read with right:read', async () => {
    const weak = world.app(tenant, 'right:read', 'right:revoke', 'right:change');
    expect((await grant([parent], weak)).code).toBe('FORBIDDEN');
    expect((await revoke([parent], weak)).code).toBe('FORBIDDEN');
    expect((await world.graphql(world.app(tenant, 'user:read'), OF, { subject: anna })).code).toBe('FORBIDDEN');
    expect((await world.graphql(writer, OF, { subject: anna })).data.rightsOf).toEqual([]);
  });

  describe('of the caller', () => {
    const self = (id: string) => world.user(tenant, id, 'right:read:self', 'right:change:self', 'user:read:self');

    it('are shown to the caller, and no others', async () => {
      await grant([parent]);
      expect((await world.graphql(self('anna'), OF, { subject: anna })).data.rightsOf).toMatchObject([
        { name: 'change_password' },
      ]);
      expect((await world.graphql(self('ben'), OF, { subject: anna })).code).toBe('FORBIDDEN');
      expect((await world.graphql(self('ben'), OF, { subject: { clientId: 'portal' } })).code).toBe('FORBIDDEN');
      expect((await world.graphql(self('ben'), ON, { object: ben })).code).toBe('FORBIDDEN');
    });

    it('and those on their account are fields of the user', async () => {
      await grant([parent]);
      const FIELDS =
        'query ($id: ID!) { user(userId: $id) { rights { name } rightsOnAccount { name subject { key } } } }';
      const { data, errors } = await world.graphql(self('ben'), FIELDS, { id: 'ben' });
      expect(errors).toEqual([]);
      expect(data.user).toEqual({
        rights: [],
        rightsOnAccount: [{ name: 'change_password', subject: { key: 'anna' } }],
      });
      const other = await world.graphql(self('anna'), FIELDS, { id: 'anna' });
      expect(other.data.user).toEqual({ rights: [{ name: 'change_password' }], rightsOnAccount: [] });
    });

    it('can be given up by the caller, but not added', async () => {
      await grant([parent]);
      const mine = { subject: anna, object: ben };
      expect((await change(self('anna'), { ...mine, add: ['more'] })).code).toBe('FORBIDDEN');
      expect((await change(self('anna'), { ...mine, add: ['change_password'] })).errors).toEqual([]);
      const { data } = await change(self('anna'), { ...mine, remove: ['change_password'] });
      expect(data.changeRights.rights).toEqual([]);
      expect(await namesOf('anna')).toEqual([]);
    });

    it('on the caller’s own account may be granted and revoked by the caller', async () => {
      const mine = { subject: anna, object: ben };
      const given = await change(self('ben'), { ...mine, add: ['change_password', 'view'] });
      expect(given.data.changeRights.rights).toEqual([
        { name: 'change_password', tags: ['set_from_api'] },
        { name: 'view', tags: ['set_from_api'] },
      ]);
      await change(self('ben'), { ...mine, add: ['audit'], remove: ['view'] });
      expect(await namesOf('anna')).toEqual(['audit', 'change_password']);
    });

    it('of others on others cannot be changed, and the answer does not reveal whether these exist', async () => {
      for (const object of [{ userId: 'carl' }, { userId: 'nobody' }, { clientId: 'portal' }, { groupId: groupId }]) {
        expect((await change(self('ben'), { subject: anna, object, remove: ['r'] })).code).toBe('FORBIDDEN');
      }
    });
  });

  describe('changed by applications', () => {
    const pair = { subject: anna, object: ben };
    const blind = (caller: Caller, input: object) => world.graphql(caller, CHANGE_BLIND, { input });

    it('are only revoked with right:revoke', async () => {
      await grant([parent]);
      const revoker = world.app(tenant, 'right:revoke');
      expect((await blind(revoker, { ...pair, add: ['x'], remove: ['change_password'] })).code).toBe('FORBIDDEN');
      expect(await namesOf('anna')).toEqual(['change_password']);
      expect((await blind(revoker, { ...pair, remove: ['change_password'] })).errors).toEqual([]);
      expect(await namesOf('anna')).toEqual([]);
    });

    it('are granted and revoked with right:change, not with right:write', async () => {
      const caller = world.app(tenant, 'right:change');
      expect((await blind(caller, { ...pair, add: ['x'] })).errors).toEqual([]);
      expect((await blind(caller, { ...pair, remove: ['x'] })).errors).toEqual([]);
      expect(await ofRights()).toHaveLength(2);
      expect((await blind(writer, { ...pair, remove: ['x'] })).code).toBe('FORBIDDEN');
      const both = world.app(tenant, 'right:write', 'right:revoke');
      expect((await blind(both, { ...pair, add: ['x'] })).code).toBe('FORBIDDEN');
    });

    it.each([
      [{ add: ['x'], remove: ['x'] }, 'input.remove'],
      [{ add: ['a\0'] }, 'input.add.0'],
      [{ remove: Array.from({ length: 51 }, (_, i) => `r${i}`) }, 'input.remove'],
    ])('are refused with a bad list', async (over, path) => {
      const { code, errors } = await blind(world.app(tenant, 'right:change'), { ...pair, ...over });
      expect(code).toBe('INVALID_INPUT');
      expect(errors[0]?.extensions['fields']).toMatchObject([{ path }]);
    });

    it('are refused with an unknown side', async () => {
      const caller = world.app(tenant, 'right:change');
      expect((await blind(caller, { ...pair, subject: { userId: 'nobody' } })).code).toBe('RIGHT_SUBJECT_UNKNOWN');
      expect((await blind(caller, { ...pair, object: { userId: 'nobody' } })).code).toBe('RIGHT_OBJECT_UNKNOWN');
    });
  });

  it('are read by the rules of other modules', async () => {
    await grant([parent]);
    const { rights } = world.services;
    const [from, to] = [{ kind: 'user', id: 'anna' } as const, { kind: 'user', id: 'ben' } as const];
    expect(await rights.holds(tenant.id, from, to, 'change_password')).toBe(true);
    expect(await rights.holds(tenant.id, from, to, 'other')).toBe(false);
    expect(await rights.holds(tenant.id, to, from, 'change_password')).toBe(false);
    expect(await rights.holds(tenant.id, from, { kind: 'user', id: 'nobody' }, 'change_password')).toBe(false);
    const elsewhere = await world.tenant();
    expect(await rights.holds(elsewhere.id, from, to, 'change_password')).toBe(false);
  });
});
