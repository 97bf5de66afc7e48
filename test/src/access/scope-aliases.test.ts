import { beforeEach, describe, expect, it } from 'vitest';
import { formatScope, type PermissionGrant, type ScopeAlias, ScopeAliases } from '../../../src/access/index.ts';

const names = (grants: readonly PermissionGrant[]) =>
  grants.map((grant) => `${formatScope(grant)}${grant.only === undefined ? '' : `=${grant.only}`}`);

describe('scope names', () => {
  let aliases: ScopeAliases;
  const alias = (over: Partial<ScopeAlias> & { name: string }): ScopeAlias => ({
    holder: 'any',
    expandsTo: [],
    description: '',
    ...over,
  });
  beforeEach(() => {
    aliases = new ScopeAliases();
    aliases.register([
      alias({ name: 'own', holder: 'user', expandsTo: ['user:read:self'] }),
      alias({ name: 'sys', holder: 'application', expandsTo: ['user:read', 'session:revoke'] }),
      alias({ name: 'claims' }),
      alias({ name: 'both', expandsTo: ['group:read'] }),
      alias({ name: 'tokens', holder: 'application', expandsTo: ['federation-token:read'], only: ['vk:a', 'vk:b'] }),
    ]);
  });

  it('grant something only in tokens of the kind they are registered for', () => {
    expect(names(aliases.expand('own', 'user'))).toEqual(['user:read:self']);
    expect(names(aliases.expand('own', 'application'))).toEqual([]);
    expect(names(aliases.expand('sys', 'application'))).toEqual(['user:read', 'session:revoke']);
    expect(names(aliases.expand('sys', 'user'))).toEqual([]);
    for (const holder of ['user', 'application'] as const) {
      expect(aliases.expand('claims', holder)).toEqual([]);
      expect(names(aliases.expand('both', holder))).toEqual(['group:read']);
    }
  });

  it('may restrict their permissions to some objects', () => {
    expect(names(aliases.expand('tokens', 'application'))).toEqual([
      'federation-token:read=vk:a',
      'federation-token:read=vk:b',
    ]);
  });

  it('of the native list grant themselves; reach self grants nothing to an application', () => {
    expect(names(aliases.expand('user:read', 'application'))).toEqual(['user:read']);
    expect(names(aliases.expand('user:read:all', 'user'))).toEqual(['user:read:all']);
    expect(names(aliases.expand('user:read:self', 'user'))).toEqual(['user:read:self']);
    expect(aliases.expand('user:read:self', 'application')).toEqual([]);
  });

  it('that are not registered grant nothing, and are not known', () => {
    expect(aliases.expand('nobody', 'application')).toEqual([]);
    expect(aliases.isKnown('nobody')).toBe(false);
    for (const name of ['own', 'claims', 'user:read']) expect(aliases.isKnown(name)).toBe(true);
    expect(aliases.names()).toEqual(['own', 'sys', 'claims', 'both', 'tokens']);
  });

  it('may be resolved from data, again for each request', () => {
    const exists = new Set(['one']);
    aliases.register([], (name) =>
      exists.has(name) ? alias({ name, holder: 'application', expandsTo: ['user:read'] }) : null,
    );
    expect(names(aliases.expand('one', 'application'))).toEqual(['user:read']);
    expect(aliases.expand('two', 'application')).toEqual([]);
    exists.delete('one');
    exists.add('two');
    expect(aliases.expand('one', 'application')).toEqual([]);
    expect(names(aliases.expand('two', 'application'))).toEqual(['user:read']);
    expect(aliases.names()).not.toContain('two');
  });

  it('may be resolved by any of several tables', () => {
    for (const known of ['one', 'two'])
      aliases.register([], (name) => (name === known ? alias({ name, expandsTo: ['user:read'] }) : null));
    for (const name of ['one', 'two']) expect(names(aliases.expand(name, 'user'))).toEqual(['user:read']);
    expect(aliases.isKnown('three')).toBe(false);
  });

  it('are registered once, for permissions that there are', () => {
    expect(() => aliases.register([alias({ name: 'own' })])).toThrow('registered twice');
    expect(() => aliases.register([alias({ name: 'new', expandsTo: ['user:fly'] })])).toThrow('unknown permission');
  });
});
