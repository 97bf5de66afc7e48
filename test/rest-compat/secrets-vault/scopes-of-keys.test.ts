import { beforeAll, describe, expect, it } from 'vitest';
import { pathsOf, type Route } from '../../../rest-compat/engine/index.ts';
import { SECRETS_VAULT } from '../../../rest-compat/secrets-vault/index.ts';
import { KEY_SCOPES } from '../../../rest-compat/secrets-vault/key-scopes.ts';
import { vaultOfSuite } from '../../support/vault.ts';

/** Rows that ask for a credential, with a path of the tenant. None of them finds what the path names. */
const ROWS: readonly (readonly [string, string, Route])[] = SECRETS_VAULT.mounts.flatMap(({ prefix, routes }) =>
  routes
    .filter(({ callers }) => callers.bearer !== undefined)
    .map((row) => {
      const path = `${prefix}${pathsOf(row)[0]}`.replace('{tenant_id}', 'acme').replace(/\{[^}]*\}/g, 'nobody');
      return [row.method, `${path}?tenant_id=acme`, row] as const;
    }),
);

/** Scopes that mean the permission of a row which names another scope. */
const ALSO: Readonly<Record<string, RegExp>> = {
  SCIM2: /^\/api\/(users|user|auth)\//,
  'USER:READ': /^\/scim\/v2\/acme\/(Users|Me)/,
  USER: /^\/scim\/v2\/acme\/(Users|Me)/,
};

describe('the scopes of API keys', () => {
  const vault = vaultOfSuite();
  const keys = new Map<string, string>();
  beforeAll(async () => {
    const { id } = await vault.world.newUser(vault.acme);
    const [bundle] = await vault.world.stores.roleStore.findBuiltin(vault.acme.id, ['tenant-administrator']);
    await vault.world.grantRole(vault.acme, { roleId: bundle!.id, holderKind: 'user', holderId: id });
    for (const { name } of KEY_SCOPES) keys.set(name, (await vault.world.newApiKey(vault.acme, id, name)).secret);
  });

  /** Every row is asked for nothing that is there, so that a key which may use it is refused for that. */
  const ask = async (method: string, path: string, { input }: Route, key: string): Promise<number> => {
    const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
    const body = input?.form === undefined ? { tenant_id: 'acme' } : 'tenant_id=acme';
    const type = input?.form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
    const [status] = await vault.ask(method, path, {
      headers: { 'x-api-key': key, ...(hasBody ? { 'content-type': type } : {}) },
      ...(hasBody ? { body } : {}),
    });
    return status;
  };

  it.each(ROWS)('each let a key use %s %s, or do not', async (method, path, row) => {
    const { callers } = row;
    const allowed: string[] = [];
    for (const [scope, key] of keys) {
      const status = await ask(method, path, row, key);
      expect(status).not.toBe(401);
      if (status !== 403) allowed.push(scope);
    }
    const others = callers.apiKey === undefined ? [] : Object.keys(ALSO).filter((scope) => ALSO[scope]!.test(path));
    const named = callers.apiKey ?? [];
    expect(allowed.filter((scope) => !others.includes(scope) || named.includes(scope)).toSorted()).toEqual(
      named.toSorted(),
    );
  });
});
