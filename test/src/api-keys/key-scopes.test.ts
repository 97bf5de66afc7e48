import { describe, expect, it } from 'vitest';
import { Authority, anonymousCaller, formatScope, PermissionSet, parseScope } from '../../../src/access/index.ts';
import { KeyScopes } from '../../../src/api-keys/key-scopes.ts';
import type { TenantId, TenantRef } from '../../../src/kernel/index.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const acme = { id: 'acme' as TenantId, name: 'acme', route: 'aaaaaaaa' } as TenantRef;
const other = { id: 'other' as TenantId, name: 'other', route: 'bbbbbbbb' } as TenantRef;

const scope = (name: string, ...expandsTo: string[]) => ({ name, expandsTo, description: name });

const holding = (...scopes: string[]) => new PermissionSet(scopes.map((each) => parseScope(each)!));

describe('scopes of API keys', () => {
  const scopes = new KeyScopes();
  scopes.register([
    scope('USER', 'user:read', 'user:write', 'user:delete', 'user:delete:self'),
    scope('USER:READ', 'user:read', 'user:read:self'),
    scope('CLIENT', 'client:read', 'client:write'),
  ]);

  const authority = (where: TenantRef, ...held: string[]) =>
    new Authority(
      { ...anonymousCaller(TEST_ORIGIN), kind: 'user', tenant: acme, userId: 'ada', permissions: holding(...held) },
      where,
      'self',
    );

  it.each([
    ['all that it means', ['user:read', 'user:write', 'user:delete'], 'USER', 'tenant'],
    ['a part of what it means', ['user:read', 'user:delete'], 'USER', 'self'],
    ['what concerns its account', ['user:delete:self'], 'USER', 'self'],
    ['nothing of it', ['client:read:all'], 'USER', null],
    ['no part of a scope that is for the tenant alone', ['client:read'], 'CLIENT', null],
    ['an unknown name', ['user:read:all'], 'NOBODY', null],
  ])('are given by who holds %s: %j, %s, %s', (_, held, name, reach) => {
    expect(scopes.reachFor(authority(acme, ...held), name)).toBe(reach);
  });

  it('are given in another tenant only by who holds all of them in every tenant', () => {
    expect(scopes.reachFor(authority(other, 'user:read:all'), 'USER:READ')).toBe('tenant');
    expect(scopes.reachFor(authority(other, 'user:read'), 'USER:READ')).toBeNull();
    expect(scopes.grantable(authority(other, 'user:read:all')).map(({ name }) => name)).toEqual(['USER:READ']);
    expect(scopes.grantable(authority(acme, 'client:write', 'user:read:self')).map(({ name }) => name)).toEqual([
      'USER:READ',
      'CLIENT',
    ]);
  });

  interface Place {
    readonly own?: readonly string[];
    /** Whether the owner belongs to another tenant. */
    readonly isForeign?: boolean;
    /** What roles on the key's tenant allow. */
    readonly there?: readonly string[];
  }

  const allowed = (names: string[], held: string[], { own = [], isForeign = false, there }: Place = {}) => {
    const key = { scopes: names, ownScopes: own, tenantId: 'acme', ownerTenantId: isForeign ? 'master' : 'acme' };
    const elsewhere = new Map(there === undefined ? [] : [['acme', holding(...there)]]);
    return [...scopes.permissions(key, { permissions: holding(...held), elsewhere }).grants()].map(formatScope).sort();
  };

  it('allow what they mean, as far as the owner holds it, and for its account what they say', () => {
    expect(allowed(['USER'], [])).toEqual(['user:delete:self']);
    expect(allowed(['USER'], ['user:read'])).toEqual(['user:delete:self', 'user:read']);
    expect(allowed(['USER'], ['user:read:self'])).toEqual(['user:delete:self', 'user:read:self']);
    expect(allowed(['CLIENT', 'USER:READ'], ['client:write:all', 'user:read:all'])).toEqual([
      'client:read',
      'client:write',
      'user:read',
    ]);
    expect(allowed(['USER:READ'], ['client:write'])).toEqual(['user:read:self']);
    expect(allowed([], ['user:read'])).toEqual([]);
    expect(allowed(['NOBODY'], ['user:read'])).toEqual([]);
  });

  it('allow nothing beyond the account where they were given for it alone', () => {
    expect(allowed(['USER:READ', 'USER'], ['user:write', 'user:delete'], { own: ['USER'] })).toEqual([
      'user:delete:self',
      'user:read',
    ]);
    expect(allowed(['CLIENT'], ['client:write'], { own: ['CLIENT'] })).toEqual([]);
  });

  it('allow an owner of another tenant what it may do in every tenant, and nothing on an account', () => {
    const isForeign = true;
    expect(allowed(['USER'], ['user:read:all', 'user:write', 'user:delete:self'], { isForeign })).toEqual([
      'user:read',
    ]);
    expect(allowed(['USER:READ'], ['user:read:all'], { own: ['USER:READ'], isForeign })).toEqual([]);
  });

  it('allow an owner of another tenant what its roles on this one allow', () => {
    const isForeign = true;
    expect(allowed(['USER'], ['client:read:all'], { isForeign, there: ['user:write'] })).toEqual([
      'user:read',
      'user:write',
    ]);
    // Roles on a tenant count in no other one.
    expect(allowed(['USER'], ['user:read'], { there: ['user:write'] })).toEqual(['user:delete:self', 'user:read']);
  });

  it('say what they expand to, and are known by name', () => {
    expect(scopes.expand('USER:READ').map(formatScope)).toEqual(['user:read', 'user:read:self']);
    expect(scopes.expand('NOBODY')).toEqual([]);
    expect([scopes.isKnown('USER'), scopes.isKnown('user'), scopes.isKnown('__proto__')]).toEqual([true, false, false]);
  });

  it.each([
    ['an unknown permission', scope('X', 'user:read', 'user:fly'), 'wrong expansion'],
    ['a permission of every tenant', scope('X', 'user:read:all'), 'wrong expansion'],
    ['nothing', scope('X'), 'wrong expansion'],
    ['a name that is taken', scope('USER', 'user:read'), 'registered twice'],
  ])('are not registered with %s', (_, wrong, message) => {
    expect(() => scopes.register([wrong])).toThrow(message);
  });
});
