import { describe, expect, it } from 'vitest';
import {
  covers,
  everyPermission,
  formatScope,
  type PermissionGrant,
  PermissionSet,
  parseScope,
  type Reach,
} from '../../../src/access/index.ts';

const grant = (scope: string): PermissionGrant => parseScope(scope)!;
const set = (...scopes: string[]) => new PermissionSet(scopes.map(grant));
const narrowed = (scope: string, only: string): PermissionGrant => ({ ...grant(scope), only });
const names = (permissions: PermissionSet) =>
  [...permissions.grants()].map((one) => `${formatScope(one)}${one.only === undefined ? '' : `=${one.only}`}`).sort();

describe('scope strings', () => {
  it('name every permission with each reach, and are read back as they are written', () => {
    for (const reach of ['self', 'tenant', 'all'] as const) {
      for (const one of everyPermission(reach)) expect(parseScope(formatScope(one))).toEqual(one);
    }
    expect(parseScope('user:read')).toEqual({ permission: 'user:read', reach: 'tenant' });
    expect(parseScope('linked-app:create')).not.toBeNull();
  });

  it.each([
    '',
    'user',
    'user:fly',
    'user:read:tenant',
    'user:read:none',
    'User:Read',
    ' user:read',
    'user:read:self:self',
  ])('are nothing else: %j', (scope) => {
    expect(parseScope(scope)).toBeNull();
  });

  it("order reaches: the caller's account, the tenant, all tenants", () => {
    const reaches: readonly Reach[] = ['self', 'tenant', 'all'];
    for (const [wide, a] of reaches.entries())
      for (const [narrow, b] of reaches.entries()) expect(covers(a, b)).toBe(wide >= narrow);
  });
});

describe('a permission set', () => {
  it('gives with `write` the `read` of the same noun, at the same reach, and nothing else', () => {
    expect(names(set('user:write:self'))).toEqual(['user:read:self', 'user:write:self']);
    expect(names(set('user-property:write'))).toEqual(['user-property:read', 'user-property:write']);
    // `password` has no `read`, and no other verb implies one.
    expect(names(set('password:set', 'user:delete', 'right:change', 'linked-app:create'))).toEqual([
      'linked-app:create',
      'password:set',
      'right:change',
      'user:delete',
    ]);
  });

  it('keeps the widest reach of a permission, in whatever order grants come', () => {
    for (const scopes of [
      ['user:read:self', 'user:read:all', 'user:read'],
      ['user:read:all', 'user:read', 'user:read:self'],
    ]) {
      expect(set(...scopes).reachOf('user:read')).toBe('all');
    }
    expect(set('user:write').reachOf('user:read')).toBe('tenant');
    expect(set('user:read').reachOf('user:write')).toBeNull();
  });

  it('includes what is narrower, and never what is wider or of another verb', () => {
    const held = set('user:write', 'session:revoke:self');
    for (const scope of ['user:write', 'user:write:self', 'user:read', 'user:read:self', 'session:revoke:self'])
      expect([scope, held.includes(grant(scope))]).toEqual([scope, true]);
    for (const scope of ['user:write:all', 'user:read:all', 'user:delete', 'session:revoke', 'session:read:self'])
      expect([scope, held.includes(grant(scope))]).toEqual([scope, false]);
    expect(held.includesAll([grant('user:read'), grant('session:revoke:self')])).toBe(true);
    expect(held.includesAll([grant('user:read'), grant('session:revoke')])).toBe(false);
    expect(PermissionSet.none.includesAll([])).toBe(true);
    expect(PermissionSet.none.includes(grant('user:read:self'))).toBe(false);
  });

  it('restricted to some objects, includes the permission only for these', () => {
    const held = new PermissionSet([
      narrowed('federation-token:read', 'vk:a'),
      narrowed('federation-token:read:all', 'vk:b'),
    ]);
    expect(held.includes(narrowed('federation-token:read', 'vk:a'))).toBe(true);
    expect(held.includes(narrowed('federation-token:read', 'vk:c'))).toBe(false);
    expect(held.includes(narrowed('federation-token:read:all', 'vk:a'))).toBe(false);
    expect(held.includes(grant('federation-token:read'))).toBe(false);
    expect(held.reachOf('federation-token:read')).toBeNull();
    expect(held.onlyOf('federation-token:read', 'tenant')).toEqual(['vk:a', 'vk:b']);
    expect(held.onlyOf('federation-token:read', 'all')).toEqual(['vk:b']);
    expect(set('federation-token:read').includes(narrowed('federation-token:read', 'vk:a'))).toBe(true);
  });

  it('keeps the widest reach for an object, in whatever order grants come', () => {
    const reaches = ['federation-token:read:self', 'federation-token:read:all', 'federation-token:read'];
    for (const scopes of [reaches, reaches.toReversed()]) {
      const held = new PermissionSet(scopes.map((scope) => narrowed(scope, 'vk:a')));
      expect(names(held)).toEqual(['federation-token:read:all=vk:a']);
    }
  });

  it('tells whether anything in it reaches all tenants, and whether everything does', () => {
    expect(set('user:read').holdsAll).toBe(false);
    expect(set('user:read', 'group:read:all').holdsAll).toBe(true);
    expect(new PermissionSet([narrowed('federation-token:read:all', 'vk:a')]).holdsAll).toBe(true);
    expect(new PermissionSet(everyPermission('all')).holdsEverything).toBe(true);
    expect(new PermissionSet(everyPermission('tenant')).holdsEverything).toBe(false);
    const butOne = everyPermission('all').filter(({ permission }) => permission !== 'tenant:create');
    expect(new PermissionSet(butOne).holdsEverything).toBe(false);
    expect(new PermissionSet([...butOne, narrowed('tenant:create:all', 'x')]).holdsEverything).toBe(false);
  });

  it('intersects to what both allow, at the narrower reach and for the narrower objects', () => {
    const one = set('user:read:all', 'user:delete', 'group:read');
    const other = set('user:read', 'user:delete:self', 'session:read');
    for (const both of [one.intersect(other), other.intersect(one)])
      expect(names(both)).toEqual(['user:delete:self', 'user:read']);
    const tokens = new PermissionSet([narrowed('federation-token:read', 'vk:a'), grant('user:read')]);
    const all = set('federation-token:read:all');
    for (const both of [tokens.intersect(all), all.intersect(tokens), tokens.intersect(tokens).intersect(all)])
      expect(names(both)).toEqual(['federation-token:read=vk:a']);
    expect(names(tokens.intersect(new PermissionSet([narrowed('federation-token:read', 'vk:b')])))).toEqual([]);
  });
});
