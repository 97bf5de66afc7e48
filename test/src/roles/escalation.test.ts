import { describe, expect, it } from 'vitest';
import {
  Authority,
  anonymousCaller,
  type Caller,
  type PermissionGrant,
  PermissionSet,
  parseScope,
} from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { assertMayGrant, checkedPermissions, parsePermissions, widened } from '../../../src/roles/escalation.ts';
import { faultsOf } from '../../support/refusal.ts';

const tenant = (name: string) => ({ id: name, name, route: 'aaaaaaaa' }) as unknown as TenantRef;
const [master, acme] = [tenant('master'), tenant('acme')];
const grants = (...scopes: string[]): PermissionGrant[] => scopes.map((scope) => parseScope(scope)!);
const app = (home: TenantRef, ...scopes: string[]): Caller => ({
  ...anonymousCaller({ ip: null, peerIp: null, userAgent: null, api: 'graphql', processId: 'test' }),
  kind: 'application',
  tenant: home,
  permissions: new PermissionSet(grants(...scopes)),
});

describe('a list of permissions', () => {
  const faults = (...scopes: string[]) => faultsOf(() => checkedPermissions('input.permissions', scopes));

  it('holds native permissions, each once, in the order given', () => {
    const scopes = ['user:read', 'group:read:all', 'user:read', 'user:read:self'];
    expect(checkedPermissions('p', scopes)).toEqual(['user:read', 'group:read:all', 'user:read:self']);
    expect(checkedPermissions('p', [])).toEqual([]);
  });

  it.each([
    'user:fly',
    'User:read',
    'user:read:tenant',
    'user',
    '',
    '*',
    'user:*',
    'user:read ',
    'constructor',
    '__proto__',
  ])('does not hold %j', async (scope) => {
    expect(await faults('user:read', scope)).toEqual(['PERMISSION_UNKNOWN', 'input.permissions.1 PERMISSION_UNKNOWN']);
  });

  it('has at most 400 entries, repeated ones included', async () => {
    const repeated = (count: number) => Array.from({ length: count }, () => 'user:read');
    expect(await faults(...repeated(400))).toBeNull();
    expect(await faults(...repeated(401))).toEqual(['INVALID_INPUT', 'input.permissions LIST_TOO_LONG']);
  });
});

describe('stored permissions', () => {
  it('are read without those that this version does not know', () => {
    expect(parsePermissions(['user:read', 'user:fly', 'group:read:all'])).toEqual([
      { permission: 'user:read', reach: 'tenant' },
      { permission: 'group:read', reach: 'all' },
    ]);
  });
});

describe('permissions that are granted', () => {
  const faults = (authority: Authority, ...scopes: string[]) =>
    faultsOf(() => assertMayGrant(authority, grants(...scopes)));

  it('are held by the caller, with at least the same reach', async () => {
    const caller = new Authority(app(acme, 'user:read', 'group:read:self'), acme, 'tenant');
    expect(await faults(caller, 'user:read', 'user:read:self', 'group:read:self')).toBeNull();
    expect(await faults(caller)).toBeNull();
    expect(await faults(caller, 'user:read', 'group:read')).toEqual(['PERMISSION_ESCALATION']);
    expect(await faults(caller, 'user:delete')).toEqual(['PERMISSION_ESCALATION']);
    expect(await faults(new Authority(app(acme, 'user:write'), acme, 'tenant'), 'user:read')).toBeNull();
  });

  it('reach all tenants only in master, for every caller who grants them', async () => {
    const administrator = app(master, 'user:read:all');
    expect(await faults(new Authority(administrator, acme, 'all'), 'user:read:all')).toEqual([
      'PERMISSION_MASTER_ONLY',
    ]);
    expect(await faults(new Authority(administrator, master, 'all'), 'user:read:all')).toBeNull();
    expect(await faults(new Authority(app(master, 'user:read'), master, 'tenant'), 'user:read:all')).toEqual([
      'PERMISSION_ESCALATION',
    ]);
    const system = Authority.system({ ...administrator, kind: 'system' }, acme);
    expect(await faults(system, 'user:read:all')).toEqual(['PERMISSION_MASTER_ONLY']);
    expect(await faults(system, 'user:read')).toBeNull();
  });

  it('in another tenant are those that the caller holds for all tenants', async () => {
    const caller = new Authority(app(master, 'user:read', 'group:read:all'), acme, 'all');
    expect(await faults(caller, 'group:read', 'group:read:self')).toBeNull();
    expect(await faults(caller, 'user:read')).toEqual(['PERMISSION_ESCALATION']);
  });
});

describe('a role on another tenant', () => {
  it('is granted by callers with its permissions for all tenants; reach `self` does not count there', () => {
    const only = { permission: 'federation-token:read', reach: 'tenant', only: 'vk:a' } as const;
    expect(widened([...grants('user:read', 'group:read:all', 'password:change:self'), only])).toEqual([
      { permission: 'user:read', reach: 'all' },
      { permission: 'group:read', reach: 'all' },
      { ...only, reach: 'all' },
    ]);
  });

  it('keeps its own permissions as they are', () => {
    const stored = grants('user:read');
    widened(stored);
    expect(stored).toEqual([{ permission: 'user:read', reach: 'tenant' }]);
  });
});
