import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CallerAuthenticator, problems, type Route, route } from '../../../rest-compat/engine/index.ts';
import type { Caller } from '../../../src/access/index.ts';
import { kernelErrors, type TenantRef } from '../../../src/kernel/index.ts';
import { type Answer, NO_API_KEYS, type RestClient, serveDialects } from '../../support/rest.ts';
import { World } from '../../support/world.ts';
import { tinyDialect } from './dialect.ts';
import { ShowTenant } from './operations.generated.ts';

const ORIGIN = 'https://app.example';
const OTHER = 'https://other-app.example';

const row = (path: string, method: 'GET' | 'POST', over: Partial<Route>): Route => ({
  ...route({
    method,
    path,
    spec: 'Tiny',
    summary: 'Shows the tenant.',
    callers: { bearer: { app: ['tenant:read'] } },
    operation: ShowTenant,
    reply: { status: 200, schema: z.object({ name: z.string() }), from: (data) => data.tenant },
  }),
  ...over,
});

const ROWS = [
  row('/open', 'GET', { cors: 'public' }),
  row('/mine', 'GET', { cors: 'client' }),
  row('/mine', 'POST', { cors: 'client', callers: { bearer: { app: ['tenant:read'] }, basic: 'client' } }),
  row('/with-cookies', 'GET', { cors: 'credentials' }),
  row('/closed', 'GET', {}),
  row('/half', 'GET', { cors: 'client' }),
  row('/half', 'POST', {}),
];

describe('pages of other origins (check 21)', () => {
  let world: World;
  let acme: TenantRef;
  let rest: RestClient;
  const callers = new Map<string, Caller>();
  const authenticator: CallerAuthenticator = {
    ...NO_API_KEYS,
    bearer(token, _tenant, origin) {
      const caller = callers.get(token);
      if (caller === undefined) throw kernelErrors.UNAUTHENTICATED();
      return { ...caller, origin };
    },
    client(readings, _kind, _tenant, origin) {
      const caller = callers.get(readings[0]!.clientId);
      if (caller === undefined) throw problems.CLIENT_REFUSED();
      return { ...caller, origin };
    },
  };

  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
    const neighbour = await world.tenant({ name: 'neighbour' });
    for (const [clientId, origin] of [
      ['app', ORIGIN],
      ['other', OTHER],
    ] as const) {
      await world.newClient(acme, { clientId, webOrigins: [origin] });
      callers.set(clientId, { ...world.app(acme, 'tenant:read'), clientId });
    }
    callers.set('weak', { ...world.app(acme, 'user:read'), clientId: 'app' });
    await world.newClient(neighbour, { clientId: 'app', webOrigins: ['https://neighbour.example'] });
    rest = await serveDialects([tinyDialect({}, ROWS)], world, authenticator);
  });
  afterAll(async () => {
    await rest.close();
    await world.close();
  });

  const ask = (path: string, token: string | undefined, origin: string, method = 'GET') =>
    rest.ask(method, `/t/acme/tiny${path}`, {
      headers: { origin, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    });
  const preflight = (path: string, origin: string, method = 'GET', more: Record<string, string> = {}) =>
    rest.ask('OPTIONS', `/t/acme/tiny${path}`, {
      headers: { origin, 'access-control-request-method': method, ...more },
    });
  const corsOf = ({ headers }: Answer) =>
    Object.keys(headers).filter((name) => name.startsWith('access-control-') && name !== 'access-control-max-age');
  const allowed = ({ headers }: Answer) => headers['access-control-allow-origin'];

  it('of every origin may read a public answer', async () => {
    const answer = await ask('/open', 'app', 'https://anywhere.example');
    expect([answer.status, allowed(answer)]).toEqual([200, '*']);
    expect(allowed(await preflight('/open', 'https://anywhere.example'))).toBe('*');
  });

  it('may read answers for clients if their client lists them', async () => {
    const answer = await ask('/mine', 'app', ORIGIN);
    expect([answer.status, allowed(answer)]).toEqual([200, ORIGIN]);
    expect(answer.headers['access-control-expose-headers']).toBe('WWW-Authenticate, DPoP-Nonce');
    expect(answer.headers.vary).toContain('Origin');
  });

  it('may read the reason of a refusal', async () => {
    for (const [token, status] of [
      ['nobody', 401],
      [undefined, 401],
      ['weak', 403],
    ] as const) {
      const answer = await ask('/mine', token, ORIGIN);
      expect([answer.status, allowed(answer)]).toEqual([status, ORIGIN]);
      expect(answer.headers['www-authenticate']).toBeDefined();
    }
  });

  it('may not read answers for another client, once the client is known', async () => {
    const answer = await ask('/mine', 'other', ORIGIN);
    expect([answer.status, corsOf(answer)]).toEqual([200, []]);
    expect(answer.headers.vary).toContain('Origin');
  });

  it('may not read answers for clients from an origin that no client of the tenant lists', async () => {
    for (const origin of ['https://evil.example', 'https://neighbour.example', 'null', `${ORIGIN}.evil.example`]) {
      const answer = await ask('/mine', 'app', origin);
      expect([answer.status, corsOf(answer)]).toEqual([200, []]);
      expect(answer.headers.vary).toContain('Origin');
      expect(corsOf(await preflight('/mine', origin))).toEqual([]);
    }
  });

  it('get Vary on answers that depend on the origin, as programs do', async () => {
    const { headers } = await rest.ask('GET', '/t/acme/tiny/mine', { token: 'app' });
    expect(headers.vary).toContain('Origin');
  });

  it('may not read answers of other rows', async () => {
    expect(corsOf(await ask('/closed', 'app', ORIGIN))).toEqual([]);
    expect(corsOf(await ask('/nothing', 'app', ORIGIN))).toEqual([]);
    const answer = await preflight('/closed', ORIGIN);
    expect([answer.status, corsOf(answer), answer.headers.allow]).toEqual([204, [], 'GET, HEAD, OPTIONS']);
    expect(corsOf(await preflight('/half', ORIGIN, 'POST'))).toEqual([]);
  });

  it("may not read answers to an application's secret", async () => {
    const authorization = `Basic ${Buffer.from('app:secret').toString('base64')}`;
    const answer = await rest.ask('POST', '/t/acme/tiny/mine', { headers: { origin: ORIGIN, authorization } });
    expect([answer.status, corsOf(answer)]).toEqual([200, []]);
  });

  it('send a preflight, whose answer names the methods and headers that they may use', async () => {
    const headers = { 'access-control-request-headers': 'authorization, content-type, x-trace' };
    const answer = await preflight('/mine', ORIGIN, 'POST', headers);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'GET, POST, HEAD',
      'access-control-allow-headers': 'authorization, content-type, x-trace',
      'access-control-max-age': '600',
    });
    expect((await preflight('/half', ORIGIN)).headers['access-control-allow-methods']).toBe('GET, HEAD');
  });

  it('may send cookies only to a row that asks so, from origins that their client lists', async () => {
    const credentials = ({ headers }: Answer) => headers['access-control-allow-credentials'];
    const answer = await ask('/with-cookies', 'app', ORIGIN);
    expect([answer.status, allowed(answer), credentials(answer)]).toEqual([200, ORIGIN, 'true']);
    expect(credentials(await preflight('/with-cookies', ORIGIN))).toBe('true');
    for (const other of [
      await ask('/with-cookies', 'other', ORIGIN),
      await ask('/with-cookies', 'app', 'https://evil.example'),
      await preflight('/with-cookies', 'https://evil.example'),
    ])
      expect(corsOf(other)).toEqual([]);
  });

  it('never send cookies to other rows', async () => {
    for (const answer of [
      await ask('/mine', 'app', ORIGIN),
      await preflight('/mine', ORIGIN),
      await preflight('/open', ORIGIN),
    ])
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('of an unknown tenant are answered like those of an unlisted origin', async () => {
    const answer = await rest.ask('OPTIONS', '/t/no-such/tiny/mine', {
      headers: { origin: ORIGIN, 'access-control-request-method': 'GET' },
    });
    expect([answer.status, corsOf(answer)]).toEqual([204, []]);
  });
});
