import { describe, expect, it } from 'vitest';
import { formatScope, PermissionSet, parseScope, ScopeAliases } from '../../../../src/access/index.ts';
import type { ClientRecord } from '../../../../src/clients/index.ts';
import { parseScopeParameter, ScopeRules } from '../../../../src/oauth/tokens/scopes.ts';

const set = (...scopes: string[]) => new PermissionSet(scopes.map((scope) => parseScope(scope)!));
const names = (permissions: PermissionSet) => [...permissions.grants()].map(formatScope).sort();

const aliases = new ScopeAliases();
aliases.register([
  { name: 'self_read', holder: 'user', expandsTo: ['user:read:self'], description: '' },
  { name: 'sys_read', holder: 'application', expandsTo: ['user:read'], description: '' },
  { name: 'openid', holder: 'any', expandsTo: [], description: '' },
  { name: 'vk_1', holder: 'any', expandsTo: ['federation-token:read'], only: ['vk:vk_1'], description: '' },
]);
const rules = new ScopeRules(aliases);
const NATIVE = { isRoleBased: false };
const record = (permissions: PermissionSet, allowed: string[] = [], defaultScopes: string[] = []) =>
  ({ permissions, allowedScopes: new Set(allowed), defaultScopes }) as unknown as ClientRecord;

describe('a scope parameter (RFC 6749 §3.3)', () => {
  it('is a list of names, each once', () => {
    expect(parseScopeParameter(' a b  a ')).toEqual(['a', 'b']);
    expect(parseScopeParameter(null)).toEqual([]);
    expect(parseScopeParameter(Array.from({ length: 250 }, (_, i) => `s${i}`).join(' '))).toHaveLength(250);
  });

  it.each([
    'a"b',
    'a\\b',
    'ä',
    'a\tb',
    'a\nb',
    'a\u0000',
    'x'.repeat(256),
    Array.from({ length: 251 }, (_, i) => `s${i}`).join(' '),
  ])('refuses what cannot be a list of names', (scope) => {
    expect(() => parseScopeParameter(scope)).toThrow(expect.objectContaining({ code: 'SCOPE_INVALID' }));
  });
});

describe('scopes of an application', () => {
  it('are the requested ones, if they are allowed or the client has all their permissions', () => {
    const client = record(set('user:write', 'session:read'), ['openid']);
    expect(rules.forApplication(client, 'user:read sys_read openid')).toBe('user:read sys_read openid');
  });

  it('are refused when one of the requested ones is, and each request gets its own', () => {
    const client = record(set('user:read', 'session:read'));
    expect(() => rules.forApplication(client, 'user:read user:delete')).toThrow(
      expect.objectContaining({ code: 'SCOPE_INVALID' }),
    );
    expect(rules.forApplication(client, 'user:read')).toBe('user:read');
    expect(rules.forApplication(client, 'session:read')).toBe('session:read');
    expect(rules.forApplication(client, 'user:read')).toBe('user:read');
  });

  it('are none of permissions for the account of a user, which an application does not have', () => {
    expect(rules.forApplication(record(set('user:read:self')), undefined)).toBe('');
  });

  it('that are made from objects are listed with these, unless they are among the scopes of the client', () => {
    const client = record(set('federation-token:read'), ['openid']);
    expect(rules.narrowed(client, 'vk_1 user:read openid')).toEqual([['vk:vk_1']]);
    expect(rules.narrowed(record(set('federation-token:read'), ['vk_1']), 'vk_1')).toEqual([]);
    expect(rules.narrowed(client, undefined)).toEqual([]);
  });

  it('may name openid, which stock clients send with every request and which gives nothing', () => {
    expect(rules.forApplication(record(set('user:read')), 'openid user:read')).toBe('openid user:read');
    expect(rules.forApplication(record(set('user:read')), undefined)).toBe('user:read');
  });

  it.each(['self_read', 'user:read:self', 'user:read:all', 'other'])('do not include %s unasked', (scope) => {
    expect(() => rules.forApplication(record(set('user:read')), scope)).toThrow(
      expect.objectContaining({ code: 'SCOPE_INVALID' }),
    );
  });

  it('are all permissions of the client if it requests none: allowed names, and native names of the others', () => {
    const client = record(set('user:read', 'session:revoke', 'event:read:all'), ['sys_read', 'self_read', 'openid']);
    expect(rules.forApplication(client, undefined).split(' ').sort()).toEqual([
      'event:read:all',
      'session:revoke',
      'sys_read',
    ]);
  });
});

describe("scopes of a user's token", () => {
  it('are the requested ones that the client may have, or its defaults', () => {
    const client = record(PermissionSet.none, ['openid', 'self_read'], ['openid']);
    expect(rules.forUser(NATIVE, client, 'self_read')).toEqual(['self_read']);
    expect(rules.forUser(NATIVE, client, '')).toEqual(['openid']);
    expect(() => rules.forUser(NATIVE, client, 'openid user:read')).toThrow(
      expect.objectContaining({ code: 'SCOPE_INVALID' }),
    );
  });
});

describe('the permissions that scopes of a token give (docs/tenancy.md)', () => {
  it('are `:self` always, and wider ones only as far as the limit reaches', () => {
    const limit = set('user:read', 'session:read:all');
    const allowed = rules.permissions('self_read session:read session:revoke user:write:all', 'user', limit);
    expect(names(allowed)).toEqual(['session:read', 'user:read:self']);
  });

  it('are `:self` also for a user without any role', () => {
    expect(names(rules.permissions('self_read user:write', 'user', PermissionSet.none))).toEqual(['user:read:self']);
  });

  it('of a scope for one object are no permission for another', () => {
    const held = (only: string) =>
      new PermissionSet([{ permission: 'federation-token:read', reach: 'tenant', only }] as const);
    expect([...rules.permissions('vk_1', 'application', held('vk:vk_2')).grants()]).toEqual([]);
    const grant = { permission: 'federation-token:read', reach: 'tenant', only: 'vk:vk_1' };
    expect([...rules.permissions('vk_1', 'application', held('vk:vk_1')).grants()]).toEqual([grant]);
    expect([...rules.permissions('vk_1', 'application', set('federation-token:read')).grants()]).toEqual([grant]);
  });

  it('are reduced to the reach of the limit', () => {
    expect(names(rules.permissions('user:read:all', 'user', set('user:read')))).toEqual(['user:read']);
    expect(names(rules.permissions('user:read', 'user', set('user:read:self')))).toEqual(['user:read:self']);
  });

  it('are only those of reach `all` on a tenant other than that of the holder, and as far as the limit reaches', () => {
    const limit = set('user:write', 'event:read');
    const there = (scope: string) => names(rules.permissionsElsewhere(scope, 'application', limit));
    expect(there('user:write event:read sys_read user:write:self')).toEqual([]);
    expect(there('user:write event:read:all session:read:all')).toEqual(['event:read']);
    expect(there('user:read:all')).toEqual(['user:read']);
    expect(names(rules.permissions('event:read', 'application', limit))).toEqual(['event:read']);
  });

  it('are none for a name of the other kind of holder', () => {
    expect(names(rules.permissions('sys_read', 'user', set('user:read:all')))).toEqual([]);
    expect(names(rules.permissions('self_read user:read:self', 'application', set('user:read:all')))).toEqual([]);
  });

  it('stay restricted to objects if the limit has the permission only for these', () => {
    const limit = new PermissionSet([{ permission: 'federation-token:read', reach: 'tenant', only: 'vk:vk_1' }]);
    const allowed = rules.permissions('federation-token:read', 'application', limit);
    expect([...allowed.grants()]).toEqual([{ permission: 'federation-token:read', reach: 'tenant', only: 'vk:vk_1' }]);
  });
});
