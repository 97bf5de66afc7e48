import { beforeAll, describe, expect, it } from 'vitest';
import { pathsOf } from '../../../rest-compat/engine/index.ts';
import { KEYCLOAK_ADMIN } from '../../../rest-compat/keycloak-admin/index.ts';
import { ADMIN_SAMPLES } from '../../../rest-compat/keycloak-admin/samples.ts';
import { everyPermission, formatScope, type Reach } from '../../../src/access/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const ID = '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11';
const rows = KEYCLOAK_ADMIN.mounts
  .find(({ prefix }) => prefix === '/admin/realms/{tenant}')!
  .routes.filter(({ refuse }) => refuse !== true)
  .flatMap((row) =>
    pathsOf(row).map((path) => [`${row.method} ${path}`, row, path.replace(/\{\w+\*?\}/g, ID)] as const),
  );
const scopes = (reach: Reach) => everyPermission(reach).map(formatScope);
const error = (status: number, reason: string) => [status, { error: `HTTP ${status} ${reason}` }];
const NO_REALM = [404, { error: 'Realm not found.' }];

describe('the administration: what every call refuses', () => {
  const realm = kobilOfSuite();
  let poor: string;
  let neighbour: string;
  let everywhere: string;
  beforeAll(() => {
    poor = realm.token(realm.acme, 'qr-sign-in:read');
    neighbour = realm.token(realm.master, ...scopes('tenant'));
    everywhere = realm.token(realm.master, ...scopes('all'));
  });

  describe.each(rows)('%s', (_, { method, input, operation }, path) => {
    const body = ADMIN_SAMPLES.operations[operation.name]?.body;
    const ask = (tenant: string, token?: string, base = '') =>
      realm.ask(method, `${base}/admin/realms/${tenant}${path}`, {
        ...(body === undefined ? {} : { body }),
        ...(input?.text === undefined ? {} : { headers: { 'content-type': 'text/plain' } }),
        ...(token === undefined ? {} : { token }),
      });

    it('no token and a wrong one', async () => {
      for (const base of ['', '/auth']) {
        expect(await ask('acme', undefined, base)).toEqual(error(401, 'Unauthorized'));
        expect(await ask('acme', 'nonsense', base)).toEqual(error(401, 'Unauthorized'));
      }
    });

    it('too few rights, and rights in another realm, whether or not the realm exists', async () => {
      for (const [tenant, token] of [
        ['acme', poor],
        ['acme', neighbour],
        ['there-is-none', neighbour],
      ] as const)
        expect(await ask(tenant, token)).toEqual(error(403, 'Forbidden'));
    });

    it('an unknown realm', async () => {
      expect(await ask('there-is-none')).toEqual(NO_REALM);
      expect(await ask('there-is-none', everywhere)).toEqual(NO_REALM);
    });

    it('a body of another type, and one that is too large', async () => {
      const type = input?.text === undefined ? 'application/json' : 'text/plain';
      if (body === undefined) return;
      const of = (type: string, text: string) =>
        realm.ask(method, `/admin/realms/acme${path}`, {
          token: everywhere,
          body: text,
          headers: { 'content-type': type },
        });
      expect(await of('text/html', 'x')).toEqual(error(415, 'Unsupported Media Type'));
      expect(await of(type, ' '.repeat(1_048_577))).toEqual(error(413, 'Request Entity Too Large'));
    });
  });

  it('unknown paths and other methods', async () => {
    for (const path of ['/admin', '/auth/admin/tides', '/admin/realms/acme/tides'])
      expect(await realm.ask('GET', path, { token: everywhere })).toEqual(error(404, 'Not Found'));
    const { status, json, headers } = await realm.rest.ask('PATCH', '/admin/realms/acme/users');
    expect([status, json]).toEqual(error(405, 'Method Not Allowed'));
    expect(headers.allow?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
    expect(await realm.ask('GET', '/admin/realms/acme/users/%zz')).toEqual(error(400, 'Bad Request'));
  });
});
