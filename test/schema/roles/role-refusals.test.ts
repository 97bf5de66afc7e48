import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

/** The objects that the inputs name. */
interface Scene {
  readonly roleId: string;
  readonly parentId: string;
  /** A role with a permission that the caller does not have. */
  readonly strongId: string;
  readonly builtinId: string;
  readonly userId: string;
}

type Refusal = readonly [code: string, field: string, input: (scene: Scene) => object];

const REFUSALS: readonly Refusal[] = [
  ['ROLE_NAME_TAKEN', 'createRole', () => ({ name: 'reader' })],
  ['ROLE_NOT_FOUND', 'createRole', () => ({ name: 'new', childIds: [newId()] })],
  ['ROLE_CLIENT_NOT_FOUND', 'createRole', () => ({ name: 'new', clientId: newId() })],
  ['PERMISSION_UNKNOWN', 'createRole', () => ({ name: 'new', permissions: ['user:fly'] })],
  ['PERMISSION_ESCALATION', 'createRole', () => ({ name: 'new', permissions: ['key:rotate'] })],
  ['PERMISSION_MASTER_ONLY', 'createRole', () => ({ name: 'new', permissions: ['user:read:all'] })],
  ['ROLE_BUILTIN', 'updateRole', ({ builtinId }) => ({ roleId: builtinId, name: 'new' })],
  ['ROLE_NAME_TAKEN', 'updateRole', ({ parentId }) => ({ roleId: parentId, name: 'reader' })],
  ['ROLE_NOT_FOUND', 'updateRole', ({ roleId }) => ({ roleId, addChildIds: [newId()] })],
  ['ROLE_CYCLE', 'updateRole', ({ roleId, parentId }) => ({ roleId, addChildIds: [parentId] })],
  ['PERMISSION_UNKNOWN', 'updateRole', ({ roleId }) => ({ roleId, permissions: ['user:fly'] })],
  ['PERMISSION_ESCALATION', 'updateRole', ({ roleId, strongId }) => ({ roleId, addChildIds: [strongId] })],
  ['PERMISSION_MASTER_ONLY', 'updateRole', ({ roleId }) => ({ roleId, permissions: ['user:read:all'] })],
  ['ROLE_BUILTIN', 'deleteRole', ({ builtinId }) => ({ roleId: builtinId })],
  ['ROLE_NOT_FOUND', 'grantRole', ({ userId }) => ({ roleId: newId(), userId })],
  ['ROLE_HOLDER_NOT_FOUND', 'grantRole', ({ roleId }) => ({ roleId, userId: 'nobody' })],
  ['ROLE_GRANT_ELSEWHERE', 'grantRole', ({ roleId, userId }) => ({ roleId, userId, onTenant: 'master' })],
  ['PERMISSION_ESCALATION', 'grantRole', ({ strongId, userId }) => ({ roleId: strongId, userId })],
  ['ROLE_NOT_FOUND', 'revokeRole', ({ userId }) => ({ roleId: newId(), userId })],
  ['ROLE_HOLDER_NOT_FOUND', 'revokeRole', ({ roleId }) => ({ roleId, userId: 'nobody' })],
  ['ROLE_GRANT_ELSEWHERE', 'revokeRole', ({ roleId, userId }) => ({ roleId, userId, onTenant: 'master' })],
  ...['grantRoles', 'revokeRoles'].flatMap((field): Refusal[] => [
    ['ROLE_NOT_FOUND', field, ({ roleId, userId }) => ({ roles: [{ roleId }, { name: 'nothing' }], userId })],
    ['ROLE_NOT_FOUND', field, ({ roleId, userId }) => ({ roles: [{ roleId }, { name: 'Reader' }], userId })],
    ['INVALID_INPUT', field, ({ userId }) => ({ roles: [{ name: 'reader\u0000' }], userId })],
    ['ROLE_NOT_FOUND', field, ({ userId }) => ({ roles: [{ name: 'reader', clientId: 'shop' }], userId })],
    ['ROLE_CLIENT_NOT_FOUND', field, ({ userId }) => ({ roles: [{ name: 'reader', clientId: 'nothing' }], userId })],
    ['ROLE_HOLDER_NOT_FOUND', field, () => ({ roles: [{ name: 'reader' }], userId: 'nobody' })],
    ['ROLE_HOLDER_NOT_FOUND', field, () => ({ roles: [], userId: 'nobody' })],
    ['ROLE_GRANT_ELSEWHERE', field, ({ roleId, userId }) => ({ roles: [{ roleId }], userId, onTenant: 'master' })],
    ['INVALID_INPUT', field, ({ userId }) => ({ roles: [{}], userId })],
    ['INVALID_INPUT', field, ({ roleId, userId }) => ({ roles: [{ roleId, name: 'reader' }], userId })],
    ['INVALID_INPUT', field, ({ roleId, userId }) => ({ roles: [{ roleId, clientId: 'shop' }], userId })],
    ['INVALID_INPUT', field, ({ roleId }) => ({ roles: [{ roleId }] })],
    ['INVALID_INPUT', field, ({ userId }) => ({ roles: Array(201).fill({ name: 'reader' }), userId })],
  ]),
  [
    'PERMISSION_ESCALATION',
    'grantRoles',
    ({ roleId, strongId, userId }) => ({ roles: [{ roleId }, { roleId: strongId }], userId }),
  ],
];

describe('what roles do not allow', () => {
  let world: World;
  let master: TenantRef;
  let acme: TenantRef;
  let scene: Scene;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
    acme = await world.tenant();
    const [builtin] = await world.stores.roleStore.findBuiltin(acme.id, ['tenant-administrator']);
    const { id: roleId } = await world.newRole(acme, { name: 'reader' });
    scene = {
      roleId,
      parentId: (await world.newRole(acme, { childIds: [roleId] })).id,
      strongId: (await world.newRole(acme, { permissions: ['key:rotate'] })).id,
      builtinId: builtin!.id,
      userId: (await world.newUser(acme)).id,
    };
    await world.newClient(acme, { clientId: 'shop' });
  });
  afterAll(() => world.close());

  const scopes = everyPermission('tenant')
    .map(formatScope)
    .filter((scope) => scope !== 'key:rotate');

  it.each(REFUSALS)('%s: %s is refused and changes nothing', async (code, field, input) => {
    const before = (await world.events(acme)).length;
    const result = await callField(world, world.app(acme, ...scopes), `Mutation.${field}`, { input: input(scene) });
    expect(result.code).toBe(code);
    expect(await world.events(acme)).toHaveLength(before);
  });

  it.each([
    ['updateRole', { name: 'new' }],
    ['deleteRole', {}],
  ])('ACCOUNT_GUARDED: %s changes no role with permissions in all tenants for a caller of one', async (field, rest) => {
    const { id: roleId } = await world.newRole(master, { permissions: ['user:read:all'] });
    const caller = world.app(master, ...scopes);
    const { code } = await callField(world, caller, `Mutation.${field}`, { input: { roleId, ...rest } });
    expect(code).toBe('ACCOUNT_GUARDED');
  });
});
