import { beforeAll, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';
import { OF_ADMINISTRATION, OF_ISSUER, SERVED, type Service } from './services.ts';

/** Parameters that have to be there, by number, so that refusals have other reasons. */
const QUERIES: Readonly<Record<number, string>> = {
  13: '?key=x',
  14: '?key=x&value=x',
  37: '?adminuser=x&adminpassword=x&migrate=true',
};
/** A path with any text for every parameter. */
const filled = ({ path, number }: Service, tenant: string): string =>
  path
    .replace('{tenantId}', tenant)
    .replace('{realmId}', tenant)
    .replace(/\{\w+\}/g, '6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11') + (QUERIES[number] ?? '');
const named = SERVED.filter(({ number }) => !OF_ISSUER.has(number) && !OF_ADMINISTRATION.has(number)).map(
  (service) => [`${service.number}: ${service.method} ${service.path}`, service] as const,
);
/** Bodies in the declared shape, by number, so that refusals have other reasons. */
const BODIES: Readonly<Record<number, unknown>> = {
  3: { username: 'x' },
  4: {},
  6: { lastName: 'x' },
  16: { enabled: false },
  17: { enabled: true },
  21: { requiredActions: ['x'] },
  22: {},
  25: { postalCode: 'LV-1010' },
  27: { addressID: 'x' },
  28: { addressID: 'x' },
  30: { groups: [] },
  31: { groups: [] },
  47: { realm: 'x1', adminUsername: 'x', adminPassword: 'x' },
  49: {},
  51: {},
  53: {},
  34: { mailType: 'TEST' },
  35: { host: 'mail.example', from: 'id@mail.example' },
  36: { mailType: 'TEST' },
  39: { appName: 'x' },
  40: { appName: 'x' },
  45: {
    clientId: 'x',
    email: 'x@mail.example',
    redirectUri: 'https://x.example/',
    scope: 'openid',
    responseMode: 'query',
    responseType: 'code',
  },
  58: {},
  62: [],
  64: {},
};
/** Those that only `master` has; below another name they are refused. */
const OF_MASTER = new Set([46, 47]);
const takesBody = ({ number }: Service): boolean => BODIES[number] !== undefined;

describe('KOBIL: what every operation refuses', () => {
  const kobil = kobilOfSuite();
  let poor: string;
  let neighbour: string;
  let everywhere: string;
  beforeAll(() => {
    poor = kobil.token(kobil.acme, 'consent:read');
    const all = [
      'user:create',
      'user:write',
      'block:read',
      'auth-mode:write',
      'group:read',
      'block:lift',
      'role-grant:write',
      'group-member:write',
      'client:write',
      'client:create',
      'client:delete',
      'client-secret:read',
      'client-secret:rotate',
      'role:create',
      'role:delete',
      'role:read',
      'riskbit:write',
      'riskbit:delete',
      'riskbit:verify',
      'tenant:create',
      'tenant:write',
      'setting:write',
      'mail:send',
      'sign-in-link:send',
      'user:read',
    ];
    neighbour = kobil.token(kobil.master, ...all);
    everywhere = kobil.token(kobil.master, ...all.map((scope) => `${scope}:all`));
  });

  const both = (status: number, reason: string, word: string, { subSystem }: Service) => ({
    error: `HTTP ${status} ${reason}`,
    message: `HTTP ${status} ${reason}`,
    status: word,
    subSystem,
  });

  describe.each(named)('%s', (_, service) => {
    const ask = (tenant: string, token?: string) => {
      const { method } = service;
      const body = BODIES[service.number];
      return kobil.ask(method, filled(service, tenant), { body, ...(token === undefined ? {} : { token }) });
    };

    it('no token and a wrong one, in both forms at once', async () => {
      const refused = [401, both(401, 'Unauthorized', 'Unauthorized', service)];
      expect(await ask('acme')).toEqual(refused);
      expect(await ask('acme', 'nonsense')).toEqual(refused);
    });

    it('too few rights, and rights in another tenant, whether or not the tenant exists', async () => {
      const refused = [403, both(403, 'Forbidden', 'FORBIDDEN', service)];
      expect(await ask('acme', poor)).toEqual(refused);
      expect(await ask('acme', neighbour)).toEqual(refused);
      expect(await ask('there-is-none', neighbour)).toEqual(refused);
    });

    it('an unknown tenant, to callers without a token and to those whose rights reach all tenants', async () => {
      const { subSystem } = service;
      const refused = [404, { message: 'Tenant does not exist', status: 'TENANT_NOT_FOUND', subSystem }];
      expect(await ask('there-is-none')).toEqual(refused);
      const forbidden = [403, both(403, 'Forbidden', 'FORBIDDEN', service)];
      expect(await ask('there-is-none', everywhere)).toEqual(OF_MASTER.has(service.number) ? forbidden : refused);
    });

    it('a body of another type, and one that is too large', async () => {
      if (!takesBody(service)) return;
      const at = filled(service, OF_MASTER.has(service.number) ? 'master' : 'acme');
      const of = (type: string, body: string) =>
        kobil.ask(service.method, at, { token: everywhere, body, headers: { 'content-type': type } });
      const { subSystem } = service;
      const text = (status: number, reason: string, word: string) => [
        status,
        { message: `HTTP ${status} ${reason}`, status: word, subSystem },
      ];
      expect(await of('text/plain', 'x')).toEqual(text(415, 'Unsupported Media Type', 'UNSUPPORTED_MEDIA_TYPE'));
      const large = text(413, 'Request Entity Too Large', 'REQUEST_ENTITY_TOO_LARGE');
      expect(await of('application/json', ' '.repeat(1_048_577))).toEqual(large);
    });
  });

  const notFound = (subSystem: number) => [404, { message: 'HTTP 404 Not Found', status: 'NOT_FOUND', subSystem }];

  it('unknown paths, with the number of the first segment; those of no operation in the other form', async () => {
    expect(await kobil.ask('GET', '/realms/acme/v3_user/a/b/c')).toEqual(notFound(5));
    expect(await kobil.ask('GET', '/auth/realms/acme/v3_client/a/b/c')).toEqual(notFound(2));
    expect(await kobil.ask('GET', '/realms/acme/kobilriskbits')).toEqual(notFound(1));
    const keycloak = [404, { error: 'HTTP 404 Not Found' }];
    expect(await kobil.ask('GET', '/realms/acme/protocol/nothing')).toEqual(keycloak);
    expect(await kobil.ask('GET', '/auth/realms/acme/nothing')).toEqual(keycloak);
    expect(await kobil.ask('GET', '/realms')).toEqual(keycloak);
    const headers = { host: 'acme.id.example.com' };
    expect(await kobil.ask('GET', '/digitanium/v4/users/x/y/z', { headers })).toEqual(notFound(5));
    expect(await kobil.ask('GET', '/digitanium/v4/apps/x/y/z/1', { headers })).toEqual(notFound(2));
    expect(await kobil.ask('GET', '/digitanium/v4/nothing', { headers })).toEqual(notFound(1));
    expect(await kobil.ask('POST', '/digitanium/v4/role/x')).toEqual(notFound(1));
  });

  it('other methods, with those that there are', async () => {
    const { status, json, headers } = await kobil.rest.ask('PATCH', '/realms/acme/v3_role/x');
    expect([status, json]).toEqual([
      405,
      { message: 'HTTP 405 Method Not Allowed', status: 'METHOD_NOT_ALLOWED', subSystem: 1 },
    ]);
    expect(headers.allow?.split(', ').sort()).toEqual(['DELETE', 'OPTIONS', 'POST']);
  });

  it('paths that are not correctly percent-encoded', async () => {
    expect(await kobil.ask('POST', '/realms/acme/v3_role/%zz')).toEqual([
      400,
      { message: 'HTTP 400 Bad Request', status: 'BAD_REQUEST', subSystem: 1 },
    ]);
  });
});
