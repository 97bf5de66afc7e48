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
]);
const rules = new ScopeRules(aliases);
const record = (permissions: PermissionSet, allowed: string[] = [], defaultScopes: string[] = []) =>
  ({ permissions, allowedScopes: new Set(allowed), defaultScopes }) as unknown as ClientRecord;

describe('a scope parameter (RFC 6749 §3.3)', () => {
  it('is a list of names, each once', () => {
    expect(parseScopeParameter(' a b  a ')).toEqual(['a', 'b']);
    expect(parseScopeParameter(null)).toEqual([]);
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
  it('are those it asks for and is allowed, or holds all of', () => {
    const client = record(set('user:write', 'session:read'), ['openid']);
    expect(rules.forApplication(client, 'user:read sys_read openid')).toBe('user:read sys_read openid');
  });

  it.each(['self_read', 'user:read:self', 'user:read:all', 'openid', 'other'])('do not include %s unasked', (scope) => {
    expect(() => rules.forApplication(record(set('user:read')), scope)).toThrow(
      expect.objectContaining({ code: 'SCOPE_INVALID' }),
    );
  });

  it('are everything it holds when it asks for none: names first, natively what they leave out', () => {
    const client = record(set('user:read', 'session:revoke', 'event:read:all'), ['sys_read', 'self_read', 'openid']);
    expect(rules.forApplication(client, undefined).split(' ').sort()).toEqual([
      'event:read:all',
      'session:revoke',
      'sys_read',
    ]);
  });
});

describe("scopes of a user's token", () => {
  it('are those the client may ask for, or its defaults', () => {
    const client = record(PermissionSet.none, ['openid', 'self_read'], ['openid']);
    expect(rules.forUser(client, 'self_read')).toEqual(['self_read']);
    expect(rules.forUser(client, '')).toEqual(['openid']);
    expect(() => rules.forUser(client, 'openid user:read')).toThrow(expect.objectContaining({ code: 'SCOPE_INVALID' }));
  });
});

describe('what the scopes of a token allow (docs/tenancy.md)', () => {
  it('is `:self` by itself, and wider only as far as the limit goes', () => {
    const limit = set('user:read', 'session:read:all');
    const allowed = rules.permissions('self_read session:read session:revoke user:write:all', 'user', limit);
    expect(names(allowed)).toEqual(['session:read', 'user:read:self']);
  });

  it('shrinks to the reach of the limit', () => {
    expect(names(rules.permissions('user:read:all', 'user', set('user:read')))).toEqual(['user:read']);
    expect(names(rules.permissions('user:read', 'user', set('user:read:self')))).toEqual(['user:read:self']);
  });

  it('is nothing for a name of the other kind of holder', () => {
    expect(names(rules.permissions('sys_read', 'user', set('user:read:all')))).toEqual([]);
    expect(names(rules.permissions('self_read user:read:self', 'application', set('user:read:all')))).toEqual([]);
  });

  it('keeps a permission narrowed that the limit holds for some objects only', () => {
    const limit = new PermissionSet([{ permission: 'federation-token:read', reach: 'tenant', only: 'vk:vk_1' }]);
    const allowed = rules.permissions('federation-token:read', 'application', limit);
    expect([...allowed.grants()]).toEqual([{ permission: 'federation-token:read', reach: 'tenant', only: 'vk:vk_1' }]);
  });
});
