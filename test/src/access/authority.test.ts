import { describe, expect, it } from 'vitest';
import {
  Authority,
  allowed,
  anonymousCaller,
  type Caller,
  everyPermission,
  type PermissionGrant,
  PermissionSet,
  parseScope,
  type Reach,
  systemCaller,
} from '../../../src/access/index.ts';
import { IdentityError, type Origin, type TenantRef } from '../../../src/kernel/index.ts';

const ORIGIN: Origin = { ip: null, peerIp: null, userAgent: null, api: 'graphql', processId: 'test' };
const tenant = (id: string) => ({ id, name: id, route: 'route' }) as unknown as TenantRef;
const [master, acme] = [tenant('master'), tenant('acme')];
const grants = (...scopes: string[]): PermissionGrant[] => scopes.map((scope) => parseScope(scope)!);
const set = (...scopes: string[]) => new PermissionSet(grants(...scopes));
const app = (home: TenantRef, ...scopes: string[]): Caller => ({
  ...anonymousCaller(ORIGIN),
  kind: 'application',
  tenant: home,
  clientId: 'app',
  permissions: set(...scopes),
});
const user = (home: TenantRef, userId: string, ...scopes: string[]): Caller => ({
  ...app(home, ...scopes),
  kind: 'user',
  userId,
});

function refusal(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof IdentityError) return error.code;
    throw error;
  }
}

describe('an authority', () => {
  it.each<[Reach, string | null]>([
    ['self', 'FORBIDDEN'],
    ['tenant', null],
    ['all', null],
  ])('with reach %s opens other accounts: %s', (reach, expected) => {
    const authority = new Authority(user(acme, 'ada'), acme, reach);
    expect(refusal(() => authority.requireAccount('ada'))).toBeNull();
    expect(refusal(() => authority.requireAccount('bert'))).toBe(expected);
    expect(refusal(() => authority.requireAccount(''))).toBe(expected);
  });

  it('of an application has no account', () => {
    const authority = new Authority(app(acme), acme, 'self');
    expect(refusal(() => authority.requireAccount(''))).toBe('FORBIDDEN');
    expect(authority.isOwnAccount('')).toBe(false);
  });

  it('of a caller without credentials is foreign in every tenant, and has no account', () => {
    const authority = new Authority(anonymousCaller(ORIGIN), acme, 'self');
    expect(authority.isForeign).toBe(true);
    expect(refusal(() => authority.requireAccount('ada'))).toBe('FORBIDDEN');
    expect(authority.holds(grants('user:read:self'))).toBe(false);
  });

  it('says in the log, not to the caller, why it refuses', () => {
    const authority = new Authority(user(acme, 'ada'), acme, 'self', ['vk:a']);
    const details = [() => authority.requireAccount('bert'), () => authority.requireOnly('vk:b')].map((work) => {
      try {
        work();
      } catch (error) {
        return error instanceof IdentityError && !error.message.includes(String(error.detail)) ? error.detail : null;
      }
      return null;
    });
    expect(details).toEqual(["not the caller's own account", 'narrowed to other objects']);
  });

  it('compares its own account by id and tenant, because another tenant may have the same id', () => {
    expect(new Authority(user(acme, 'ada'), acme, 'tenant').isOwnAccount('ada')).toBe(true);
    expect(new Authority(user(acme, 'ada'), acme, 'tenant').isOwnAccount('bert')).toBe(false);
    expect(new Authority(user(master, 'ada'), acme, 'all').isOwnAccount('ada')).toBe(false);
    expect(refusal(() => new Authority(user(master, 'ada'), acme, 'self').requireAccount('ada'))).toBe('FORBIDDEN');
  });

  it('that is restricted allows only the named objects', () => {
    const authority = new Authority(app(acme), acme, 'tenant', ['vk:a']);
    expect(refusal(() => authority.requireOnly('vk:a'))).toBeNull();
    expect(refusal(() => authority.requireOnly('vk:b'))).toBe('FORBIDDEN');
    expect(refusal(() => authority.withReach('tenant').requireOnly('vk:b'))).toBeNull();
  });

  it('holds in a foreign tenant what reaches all tenants, and at home what the caller holds', () => {
    const caller = app(master, 'user:read', 'user:delete:all');
    const home = new Authority(caller, master, 'tenant');
    const abroad = new Authority(caller, acme, 'all');
    expect([home.isForeign, abroad.isForeign]).toEqual([false, true]);
    expect(home.holds(grants('user:read', 'user:delete'))).toBe(true);
    expect(home.holds(grants('user:write'))).toBe(false);
    expect(abroad.holds(grants('user:delete', 'user:delete:self'))).toBe(true);
    expect(abroad.holds(grants('user:read'))).toBe(false);
    expect(abroad.holds([])).toBe(true);
  });

  it('holds on a tenant what roles give there, beside what reaches all tenants, and nothing of reach `self`', () => {
    const elsewhere = new Map([['acme', set('user:read', 'group:read:all')]]);
    const caller: Caller = { ...user(master, 'ada', 'event:read', 'user:read:self', 'group:read:all'), elsewhere };
    const abroad = new Authority(caller, acme, 'tenant');
    expect(abroad.holds(grants('user:read', 'user:read:self', 'group:read'))).toBe(true);
    for (const scope of ['user:read:all', 'event:read', 'user:write'])
      expect([scope, abroad.holds(grants(scope))]).toEqual([scope, false]);
    expect(new Authority(caller, master, 'tenant').holds(grants('user:read'))).toBe(false);
    expect(allowed(caller, acme, [['user:read']])).toEqual({ reach: 'tenant', only: null });
    expect(allowed(caller, acme, [['user:read', 'group:read']])).toEqual({ reach: 'tenant', only: null });
    expect(allowed(caller, acme, [['group:read']])).toEqual({ reach: 'all', only: null });
    expect(allowed(caller, acme, [['user:read:all'], ['event:read']])).toBeNull();
    expect(allowed(caller, tenant('other'), [['user:read'], ['user:read:self']])).toBeNull();
    expect(allowed(caller, master, [['user:read'], ['user:read:self']])).toEqual({ reach: 'self', only: null });
  });

  it('of the service itself holds everything', () => {
    const authority = Authority.system(systemCaller({ processId: 'test' }), acme);
    expect(authority.holds(everyPermission('all'))).toBe(true);
    expect(authority.matches(new PermissionSet(everyPermission('all')))).toBe(true);
    expect(authority.reach).toBe('all');
  });

  it('matches an account if the caller holds all its permissions beyond reach self', () => {
    const held = set('user:read', 'session:revoke', 'password:change:self');
    const matches = (...scopes: string[]) => new Authority(app(acme, ...scopes), acme, 'tenant').matches(held);
    expect(matches('user:read', 'session:revoke')).toBe(true);
    expect(matches('user:write', 'session:revoke:all')).toBe(true);
    expect(matches('user:read')).toBe(false);
    expect(matches('user:read', 'session:revoke:self')).toBe(false);
    expect(matches()).toBe(false);
    expect(new Authority(app(acme), acme, 'tenant').matches(set('user:read:self'))).toBe(true);
    expect(new Authority(app(acme), acme, 'tenant').matches(PermissionSet.none)).toBe(true);
    const administrator: Caller = { ...app(master), permissions: new PermissionSet(everyPermission('all')) };
    expect(new Authority(administrator, acme, 'all').matches(new PermissionSet(everyPermission('all')))).toBe(true);
  });

  it('matches in a foreign tenant only by what reaches all tenants', () => {
    const held = set('user:read');
    expect(new Authority(app(master, 'user:read'), acme, 'all').matches(held)).toBe(false);
    expect(new Authority(app(master, 'user:read:all'), acme, 'all').matches(held)).toBe(true);
  });
});

describe('what a directive allows', () => {
  const reach = (caller: Caller, where: TenantRef | null, ...alternatives: string[][]) =>
    allowed(caller, where, alternatives)?.reach ?? null;

  it('is one alternative of the outer list, and all of its inner list', () => {
    const caller = app(acme, 'user:read', 'session:read');
    expect(reach(caller, acme, ['user:delete'], ['user:read'])).toBe('tenant');
    expect(reach(caller, acme, ['user:read', 'session:read'])).toBe('tenant');
    expect(reach(caller, acme, ['user:read', 'session:revoke'])).toBeNull();
    expect(reach(caller, acme)).toBeNull();
    expect(reach(caller, acme, ['user:fly'])).toBeNull();
  });

  it('is the widest reach that one alternative gives, and the narrowest inside one', () => {
    expect(reach(user(acme, 'ada', 'user:read', 'user:read:self'), acme, ['user:read:self'], ['user:read'])).toBe(
      'tenant',
    );
    expect(reach(user(acme, 'ada', 'user:read:self'), acme, ['user:read'], ['user:read:self'])).toBe('self');
    expect(reach(app(acme, 'user:read:all', 'session:read'), acme, ['user:read', 'session:read'])).toBe('tenant');
  });

  it.each<[string, string[][]]>([
    ['first', [['user:read'], ['group:read:self'], ['user:delete']]],
    ['last', [['user:delete'], ['group:read:self'], ['user:read']]],
  ])('is the widest reach when that alternative stands %s', (_, alternatives) => {
    expect(reach(user(acme, 'ada', 'user:read', 'group:read:self'), acme, ...alternatives)).toBe('tenant');
  });

  it('needs no reach over all tenants where the operation acts on no tenant', () => {
    expect(reach(app(acme, 'user:read'), null, ['user:read'])).toBe('tenant');
    expect(reach(anonymousCaller(ORIGIN), null, ['user:read:self'])).toBeNull();
  });

  it('is in a foreign tenant, or one that does not exist, what is held for all tenants', () => {
    const caller = app(master, 'user:read', 'group:read:all');
    expect(reach(caller, acme, ['user:read'])).toBeNull();
    expect(reach(caller, acme, ['group:read'])).toBe('all');
    expect(reach(user(master, 'ada', 'user:read:self'), acme, ['user:read:self'])).toBeNull();
    expect(reach(anonymousCaller(ORIGIN), acme, ['user:read:self'])).toBeNull();
  });

  it('is narrowed where the permission is, and not where another alternative is not', () => {
    const caller: Caller = {
      ...app(acme),
      permissions: new PermissionSet([
        { permission: 'federation-token:read', reach: 'tenant', only: 'vk:a' },
        { permission: 'user:read', reach: 'tenant' },
      ]),
    };
    expect(allowed(caller, acme, [['federation-token:read']])).toEqual({ reach: 'tenant', only: ['vk:a'] });
    expect(allowed(caller, acme, [['federation-token:read'], ['user:read']])).toEqual({ reach: 'tenant', only: null });
    expect(allowed(caller, acme, [['user:read'], ['federation-token:read']])).toEqual({ reach: 'tenant', only: null });
    for (const scopes of [
      ['federation-token:read', 'user:read'],
      ['user:read', 'federation-token:read'],
    ])
      expect(allowed(caller, acme, [scopes])).toEqual({ reach: 'tenant', only: ['vk:a'] });
    expect(allowed(caller, master, [['federation-token:read']])).toBeNull();
  });

  it('is narrowed to the objects that all scopes of an alternative name', () => {
    const caller: Caller = {
      ...user(acme, 'ada'),
      permissions: new PermissionSet(
        (['vk:a', 'vk:b'] as const).flatMap((only): PermissionGrant[] => [
          { permission: 'federation-token:read', reach: 'tenant', only },
          { permission: 'federation-link:read', reach: 'tenant', only: only === 'vk:a' ? 'vk:c' : only },
        ]),
      ),
    };
    expect(allowed(caller, acme, [['federation-token:read', 'federation-link:read']])).toEqual({
      reach: 'tenant',
      only: ['vk:b'],
    });
    expect(allowed(caller, acme, [['federation-token:read:self'], ['federation-token:read']])).toEqual({
      reach: 'tenant',
      only: ['vk:a', 'vk:b'],
    });
  });
});
