import { describe, expect, it } from 'vitest';
import { CREDENTIAL_EVENT_NAMES, EVENT_NAMES, eventName } from '../../../rest-compat/blitz/events.ts';
import { instanceIdOf, subjectIdOf } from '../../../rest-compat/blitz/identifiers.ts';
import { BLITZ, registerBlitz } from '../../../rest-compat/blitz/index.ts';
import * as blitzDocuments from '../../../rest-compat/blitz/operations.generated.ts';
import { inSampleOrder, popupPage } from '../../../rest-compat/blitz/quirks.ts';
import type { Dialect, OperationDocument } from '../../../rest-compat/engine/index.ts';
import { loadOperation } from '../../../rest-compat/engine/operation.ts';
import { documentsOf } from '../../../rest-compat/engine/route.ts';
import { DIALECTS } from '../../../rest-compat/index.ts';
import * as adminDocuments from '../../../rest-compat/keycloak-admin/operations.generated.ts';
import * as kobilDocuments from '../../../rest-compat/kobil/operations.generated.ts';
import * as oidcDocuments from '../../../rest-compat/oidc/operations.generated.ts';
import * as realmDocuments from '../../../rest-compat/realms/operations.generated.ts';
import * as vaultDocuments from '../../../rest-compat/secrets-vault/operations.generated.ts';
import { authorise } from '../../../schema/directives/enforce.ts';
import { anonymousCaller, type Caller, formatScope, PermissionSet, ScopeAliases } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { EVENT_TYPES } from '../../../src/modules.ts';
import { RESERVED_TENANT_NAMES } from '../../../src/tenants/index.ts';
import { TEST_ORIGIN, testGraph } from '../../support/world.ts';

describe('the declarations of the dialects', () => {
  it('use every document of their folder, and of others only those that are shared: of OAuth and of realms', () => {
    const documents: Readonly<Record<string, readonly OperationDocument[]>> = {
      blitz: Object.values(blitzDocuments),
      'keycloak-admin': Object.values(adminDocuments),
      kobil: Object.values(kobilDocuments),
      oidc: Object.values(oidcDocuments),
      'secrets-vault': Object.values(vaultDocuments),
    };
    const usedBy = ({ mounts }: Dialect) => mounts.flatMap(({ routes }) => routes.flatMap(documentsOf));
    const usedByAny = new Set(DIALECTS.flatMap(usedBy));
    const shared: readonly OperationDocument[] = [...documents['oidc']!, ...Object.values(realmDocuments)];
    expect(shared.filter((document) => !usedByAny.has(document)).map(({ name }) => name)).toEqual([]);
    for (const dialect of DIALECTS) {
      const used = new Set(usedBy(dialect));
      const own = documents[dialect.name]!;
      const users = dialect.name === 'oidc' ? usedByAny : used;
      expect(own.filter((document) => !users.has(document)).map((document) => document.name)).toEqual([]);
      for (const document of [...own, ...shared]) used.delete(document);
      expect([...used].map((document) => document.name)).toEqual([]);
    }
  });

  it('begin their prefixes with names that no tenant can have', () => {
    // An exact mount takes no other path than those of its rows, and is looked for last.
    const named = DIALECTS.flatMap(({ mounts }) => mounts.filter(({ exact }) => exact !== true));
    const first = named.map(({ prefix }) => prefix.split('/')[1]!);
    const free = first.filter((name) => !name.startsWith('.') && !RESERVED_TENANT_NAMES.has(name));
    expect(free).toEqual([]);
  });

  it('serve every row under both prefixes', () => {
    const routesAt = (start: string) =>
      BLITZ.mounts.filter(({ prefix }) => prefix.startsWith(start)).flatMap(({ routes }) => routes);
    expect(routesAt('/blitz')).toEqual(routesAt('/t/{tenant}/blitz'));
  });

  it('allow making accounts with the scope of registration, but not listing apps', () => {
    const scopes = new ScopeAliases();
    registerBlitz({ scopes });
    const held = new PermissionSet(scopes.expand('blitz_api_sys_users_reg', 'application'));
    expect([...held.grants()].map(formatScope).sort()).toEqual(['linked-app:create', 'user:create']);
  });

  it('name scopes that exist, in their mode', () => {
    const scopes = new ScopeAliases();
    registerBlitz({ scopes });
    const wrong = BLITZ.mounts
      .flatMap(({ routes }) => routes)
      .flatMap(({ callers }) => [
        ...(callers.bearer?.app ?? []).filter((name) => scopes.expand(name, 'application').length === 0),
        ...(callers.bearer?.user ?? []).filter(
          (name) => name.startsWith('blitz') && scopes.expand(name, 'user').length === 0,
        ),
      ]);
    expect(wrong).toEqual([]);
  });
});

describe('Blitz rows', () => {
  const rows = BLITZ.mounts.filter(({ prefix }) => prefix.includes('{tenant}')).flatMap(({ routes }) => routes);
  const scopes = new ScopeAliases();
  registerBlitz({ scopes });
  scopes.register(
    ['openid', 'profile', 'email', 'phone'].map((name) => ({ name, holder: 'any', expandsTo: [], description: name })),
  );
  const guarded = rows.flatMap((row) =>
    (['user', 'app'] as const).flatMap((mode) =>
      (row.callers.bearer?.[mode] ?? []).map((scope) => ({ row, mode, scope, name: `${row.method} ${row.spec}` })),
    ),
  );

  it('are the services of this edition: sign-in has a row for a POST and one to come back to, sign-out a second path', () => {
    const numbers = rows.map(({ spec }) => /\((\d+)\)$/.exec(spec)?.[1]).filter((number) => number !== undefined);
    expect(numbers.map(Number).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
      32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 60, 60,
      60, 61, 62, 63, 64, 64, 65, 66,
    ]);
  });

  it.each(guarded)('$name requires only $scope', async ({ row, mode, scope }) => {
    const { demands } = loadOperation(await testGraph(), row.operation);
    const tenant = { id: 't', name: 't', route: 'aaaaaaaa' } as unknown as TenantRef;
    const holder = mode === 'user' ? 'user' : 'application';
    const caller: Caller = {
      ...anonymousCaller(TEST_ORIGIN),
      kind: holder,
      tenant,
      userId: mode === 'user' ? 'anna' : null,
      permissions: new PermissionSet(scopes.expand(scope, holder)),
    };
    for (const alternatives of demands)
      expect(authorise(caller, tenant, alternatives).reach).toBe(mode === 'user' ? 'self' : 'tenant');
    const other = {
      ...caller,
      permissions: new PermissionSet(scopes.expand(scope, mode === 'user' ? 'application' : 'user')),
    };
    for (const alternatives of demands) expect(() => authorise(other, tenant, alternatives)).toThrow();
  });
});

describe('Blitz scopes (docs/tenancy.md)', () => {
  const scopes = new ScopeAliases();
  registerBlitz({ scopes });

  it("mean the user's own account in user mode, any account in system mode, and nothing in the other kind of token", () => {
    expect(scopes.expand('blitz_api_ufa', 'user')).toEqual([{ permission: 'federation-link:read', reach: 'self' }]);
    expect(scopes.expand('blitz_api_sys_ufa', 'application')).toEqual([
      { permission: 'federation-link:read', reach: 'tenant' },
    ]);
    expect(scopes.expand('blitz_api_ufa', 'application')).toEqual([]);
    expect(scopes.expand('blitz_api_sys_ufa', 'user')).toEqual([]);
  });

  it('differ between the modes where the manual differs', () => {
    const of = (name: string, holder: 'user' | 'application') =>
      scopes.expand(name, holder).map(({ permission }) => permission);
    expect(of('blitz_api_user_chg', 'user')).toContain('email:change');
    expect(of('blitz_api_usec_chg', 'user')).toContain('password:change');
    expect(of('blitz_api_usec_chg', 'user')).not.toContain('account-state:write');
    expect(of('blitz_api_sys_usec_chg', 'application')).toEqual(
      expect.arrayContaining(['password:set', 'account-state:write']),
    );
    expect(of('blitz_user_rights', 'user')).toEqual(of('blitz_api_user_rights', 'user'));
  });

  it('restrict stored tokens to one provider, for every split of the name into type and name', () => {
    expect(scopes.expand('fed_token_any', 'application')).toEqual([
      { permission: 'federation-token:read', reach: 'tenant' },
    ]);
    const grants = scopes.expand('fed_token_vk_vk_1', 'application');
    expect(grants.map(({ only }) => only)).toEqual(['vk:vk_1', 'vk_vk:1']);
    expect(scopes.expand('fed_token_vk_vk_1', 'user')).toEqual([]);
    for (const name of ['fed_token_', 'fed_token_x', 'fed_token_x_', 'fed_token__x', 'fed_token_a b_c']) {
      expect(scopes.isKnown(name)).toBe(false);
    }
  });
});

describe('Blitz event names (docs/dialects/blitz.md, section 4)', () => {
  it('are for types that exist', () => {
    const types = [...Object.keys(EVENT_NAMES), ...Object.keys(CREDENTIAL_EVENT_NAMES)];
    expect(types.filter((type) => !Object.hasOwn(EVENT_TYPES, type))).toEqual([]);
  });

  it('follow the kind of credential', () => {
    expect(eventName('session.started', {})).toBe('login');
    expect(eventName('credential.added', { type: 'totp' })).toBe('totp_attached');
    expect(eventName('credential.removed', { type: 'passkey' })).toBe('security_key_detached');
    expect(eventName('credential.added', { type: 'password' })).toBe('credential_attached');
  });
});

describe('Blitz identifiers (docs/dialects/blitz.md, section 0.3)', () => {
  it('read both forms of an account id', () => {
    const id = 'd2580c98-e584-4aad-a591-97a8cf45cd2a';
    expect(subjectIdOf(id)).toBe(id);
    expect(subjectIdOf(instanceIdOf(id))).toBe(id);
    expect(instanceIdOf(id)).toMatch(/^dXNyO[A-Za-z0-9_-]+$/);
  });

  it('do not change an id that is not a reference', () => {
    for (const id of ['dXNyO', 'dXNyOg=', 'dXNyOA', 'dXNyOm5v!']) expect(subjectIdOf(id)).toBe(id);
  });

  it('read hyphens that typesetting changed', () => {
    expect(subjectIdOf('a\u2010b\u2011c\u2012d\u2013e\u2014f\u2015g')).toBe('a-b-c-d-e-f-g');
  });
});

describe('the URL of a provider (docs/dialects/blitz.md, section 2.15)', () => {
  it('has its parameters in the order of the sample, others in between, with unchanged values', () => {
    const address =
      'https://vk.example/authorize?v=5.52&client_id=1&response_type=code&redirect_uri=https%3A%2F%2Fa%2Fcb&state=s';
    expect(inSampleOrder(`${address}&nonce=n&scope=email+phone&v=6`)).toBe(
      'https://vk.example/authorize?state=s&scope=email+phone&redirect_uri=https%3A%2F%2Fa%2Fcb&client_id=1&v=5.52&nonce=n&v=6&response_type=code',
    );
  });
});

describe('the page that ends a popup (docs/dialects/blitz.md, section 2.15)', () => {
  it('does not execute code in the callback', () => {
    const page = popupPage({
      outcome: 'LINKED',
      callback: 'https://app.company.com/cb',
      redirectTo: 'https://app.company.com/cb?x=</script><script>alert(1)</script>',
    });
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page.match(/<\/script>/g)).toHaveLength(1);
  });
});
