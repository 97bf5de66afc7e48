import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

/** The groups that the inputs name. */
interface Groups {
  readonly top: string;
  readonly other: string;
  readonly below: string;
  /** A group at the lowest level that groups may have. */
  readonly deepest: string;
  /** A group with a permission that the caller does not have. */
  readonly strong: string;
  /** A group of a profile, with key 114, which a group of another profile also has. */
  readonly listed: string;
}

const byId = (groupId: string) => ({ groupId });

type Refusal = readonly [code: string, field: string, input: (groups: Groups) => object];

const REFUSALS: readonly Refusal[] = [
  ['GROUP_NAME_TAKEN', 'createGroup', () => ({ name: 'TOP' })],
  ['GROUP_NAME_INVALID', 'createGroup', () => ({ name: 'a/b' })],
  ['GROUP_KEY_TAKEN', 'createGroup', () => ({ name: 'again', profile: 'orgs', key: '114' })],
  ['GROUP_PROFILE_INVALID', 'createGroup', () => ({ name: 'new', profile: 'a b' })],
  ['GROUP_PARENT_NOT_FOUND', 'createGroup', () => ({ name: 'new', parentId: newId() })],
  ['GROUP_PARENT_INVALID', 'createGroup', ({ listed }) => ({ name: 'new', parentId: listed })],
  ['GROUP_TOO_DEEP', 'createGroup', ({ deepest }) => ({ name: 'new', parentId: deepest })],
  ['GROUP_KEY_AMBIGUOUS', 'updateGroup', () => ({ key: '114', name: 'new' })],
  ['GROUP_NAME_TAKEN', 'updateGroup', ({ other }) => ({ groupId: other, name: 'top' })],
  ['GROUP_NAME_INVALID', 'updateGroup', ({ other }) => ({ groupId: other, name: 'a/b' })],
  ['GROUP_PARENT_NOT_FOUND', 'updateGroup', ({ other }) => ({ groupId: other, parentId: newId() })],
  ['GROUP_PARENT_INVALID', 'updateGroup', ({ top, below }) => ({ groupId: top, parentId: below })],
  ['GROUP_TOO_DEEP', 'updateGroup', ({ other, deepest }) => ({ groupId: other, parentId: deepest })],
  ['PERMISSION_ESCALATION', 'updateGroup', ({ other, strong }) => ({ groupId: other, parentId: strong })],
  ['GROUP_KEY_AMBIGUOUS', 'deleteGroup', () => ({ key: '114' })],
  ['GROUP_KEY_AMBIGUOUS', 'addGroupMembers', () => ({ key: '114', userIds: ['anna'] })],
  ['GROUP_KEY_AMBIGUOUS', 'removeGroupMembers', () => ({ key: '114', userIds: ['anna'] })],
  ['GROUP_MEMBER_NOT_FOUND', 'addGroupMember', ({ top }) => ({ groupId: top, userId: 'nobody' })],
  ['GROUP_MEMBER_NOT_FOUND', 'addGroupMembers', ({ top }) => ({ groupId: top, userIds: ['anna', 'nobody'] })],
  ['GROUP_MEMBER_NOT_FOUND', 'removeGroupMember', ({ top }) => ({ groupId: top, userId: 'nobody' })],
  ['GROUP_MEMBER_NOT_FOUND', 'removeGroupMembers', ({ top }) => ({ groupId: top, userIds: ['anna', 'nobody'] })],
  ['PERMISSION_ESCALATION', 'addGroupMember', ({ strong }) => ({ groupId: strong, userId: 'anna' })],
  ['PERMISSION_ESCALATION', 'addGroupMembers', ({ strong }) => ({ groupId: strong, userIds: ['anna'] })],
  ['PERMISSION_ESCALATION', 'addDefaultGroup', ({ strong }) => ({ groupId: strong })],
  ['NOT_FOUND', 'addDefaultGroup', () => ({ groupId: newId() })],
  ['NOT_FOUND', 'removeDefaultGroup', () => ({ groupId: newId() })],
  ['GROUP_PARENT_INVALID', 'nestGroups', ({ top, below }) => ({ groupId: below, nestedGroupIds: [top] })],
  ['GROUP_PARENT_INVALID', 'nestGroups', ({ top }) => ({ groupId: top, nestedGroupIds: [top] })],
  ['GROUP_PARENT_INVALID', 'nestGroups', ({ top, listed }) => ({ groupId: top, nestedGroupIds: [listed] })],
  ['GROUP_PARENT_INVALID', 'nestGroups', ({ top, listed }) => ({ groupId: listed, nestedGroupIds: [top] })],
  ['GROUP_TOO_DEEP', 'nestGroups', ({ deepest, other }) => ({ groupId: deepest, nestedGroupIds: [other] })],
  ['PERMISSION_ESCALATION', 'nestGroups', ({ strong, other }) => ({ groupId: strong, nestedGroupIds: [other] })],
  ...['nestGroups', 'unnestGroups'].flatMap((field): Refusal[] => [
    ['GROUP_NOT_FOUND', field, ({ top, other }) => ({ groupId: top, nestedGroupIds: [other, newId()] })],
    ['NOT_FOUND', field, ({ other }) => ({ groupId: newId(), nestedGroupIds: [other] })],
    ['FORBIDDEN', field, ({ top, strong }) => ({ groupId: top, nestedGroupIds: [strong] })],
    ['INVALID_INPUT', field, ({ top, other }) => ({ groupId: top, nestedGroupIds: Array(201).fill(other) })],
  ]),
  ['GROUP_NAME_TAKEN', 'provisionGroup', () => ({ name: 'TOP', members: ['anna'] })],
  ['GROUP_NAME_INVALID', 'provisionGroup', () => ({ name: 'a/b' })],
  ['GROUP_MEMBER_NOT_FOUND', 'provisionGroup', () => ({ name: 'new', members: ['anna', 'nobody'] })],
  ['GROUP_PARENT_INVALID', 'provisionGroup', ({ listed }) => ({ name: 'new', members: [listed] })],
  ['GROUP_TOO_DEEP', 'provisionGroup', ({ top }) => ({ name: 'new', members: [top] })],
  ['INVALID_INPUT', 'provisionGroup', () => ({ name: 'new', members: Array(10_001).fill('anna') })],
  ['GROUP_NAME_TAKEN', 'configureGroup', ({ other }) => ({ groupId: other, name: 'top', members: ['anna'] })],
  ['GROUP_NAME_INVALID', 'configureGroup', ({ other }) => ({ groupId: other, name: 'a/b' })],
  [
    'GROUP_MEMBER_NOT_FOUND',
    'configureGroup',
    ({ other }) => ({ groupId: other, externalId: 'x', members: ['nobody'] }),
  ],
  ['GROUP_PARENT_INVALID', 'configureGroup', ({ other }) => ({ groupId: other, externalId: 'x', members: [other] })],
  ['GROUP_TOO_DEEP', 'configureGroup', ({ deepest, other }) => ({ groupId: deepest, members: [other] })],
  ['PERMISSION_ESCALATION', 'configureGroup', ({ strong }) => ({ groupId: strong, members: ['anna'] })],
  ['INVALID_INPUT', 'configureGroup', ({ other }) => ({ groupId: other, removedMembers: Array(10_001).fill('anna') })],
  ['NOT_FOUND', 'configureGroup', () => ({ groupId: newId(), members: ['anna'] })],
  ['NOT_FOUND', 'configureGroup', ({ listed }) => ({ groupId: listed, members: ['anna'] })],
  ['PERMISSION_ESCALATION', 'joinGroups', ({ top, strong }) => ({ userId: 'anna', groups: [top, strong].map(byId) })],
  ...['joinGroups', 'leaveGroups'].flatMap((field): Refusal[] => [
    ['GROUP_NOT_FOUND', field, ({ top }) => ({ userId: 'anna', groups: [{ groupId: top }, { groupId: newId() }] })],
    ['GROUP_NOT_FOUND', field, ({ top }) => ({ userId: 'anna', groups: [{ groupId: top }, { path: '/top/none' }] })],
    ['GROUP_MEMBER_NOT_FOUND', field, () => ({ userId: 'nobody', groups: [{ path: '/none' }] })],
    ['GROUP_MEMBER_NOT_FOUND', field, () => ({ userId: 'nobody', groups: [] })],
    ['INVALID_INPUT', field, () => ({ userId: 'anna', groups: [{}] })],
    ['INVALID_INPUT', field, ({ top }) => ({ userId: 'anna', groups: [{ groupId: top, path: '/top' }] })],
    ['INVALID_INPUT', field, () => ({ userId: 'anna', groups: Array(201).fill({ path: '/top' }) })],
  ]),
];

describe('what groups do not allow', () => {
  let world: World;
  let acme: TenantRef;
  let groups: Groups;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    await world.newUser(acme, { id: 'anna' });
    const top = (await world.newGroup(acme, { name: 'top' })).id;
    let deepest = top;
    for (let level = 2; level <= 32; level++) deepest = (await world.newGroup(acme, { parentId: deepest })).id;
    const strong = (await world.newGroup(acme)).id;
    const role = await world.newRole(acme, { permissions: ['key:rotate'] });
    await world.grantRole(acme, { roleId: role.id, holderKind: 'group', holderId: strong });
    await world.newGroup(acme, { profile: 'suppliers', key: '114' });
    groups = {
      top,
      deepest,
      strong,
      other: (await world.newGroup(acme)).id,
      below: (await world.newGroup(acme, { parentId: top })).id,
      listed: (await world.newGroup(acme, { profile: 'orgs', key: '114' })).id,
    };
  });
  afterAll(() => world.close());

  const scopes = everyPermission('tenant').map(formatScope);
  const caller = () => world.app(acme, ...scopes.filter((scope) => scope !== 'key:rotate'));

  it.each(REFUSALS)('%s: %s is refused and changes nothing', async (code, field, input) => {
    const before = (await world.events(acme)).length;
    const result = await callField(world, caller(), `Mutation.${field}`, { input: input(groups) });
    expect(result.code).toBe(code);
    expect(await world.events(acme)).toHaveLength(before);
  });

  it('GROUP_KEY_AMBIGUOUS: a key that exists in two profiles names no group without the profile', async () => {
    expect((await callField(world, caller(), 'Query.group', { key: '114' })).code).toBe('GROUP_KEY_AMBIGUOUS');
    expect((await callField(world, caller(), 'Query.group', { key: '114', profile: 'orgs' })).errors).toEqual([]);
  });
});
