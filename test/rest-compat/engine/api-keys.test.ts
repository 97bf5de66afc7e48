import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CallerAuthenticator, type Dialect, openApiOf, route } from '../../../rest-compat/engine/index.ts';
import { anonymousCaller, type Caller, PermissionSet, parseScope } from '../../../src/access/index.ts';
import { kernelErrors, type Origin } from '../../../src/kernel/index.ts';
import type { RestClient } from '../../support/rest.ts';
import { tinyDialect } from './dialect.ts';
import { ACME } from './hand-made-host.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny } from './serve-tiny.ts';

const row = (path: string, callers: Parameters<typeof route>[0]['callers']) =>
  route({
    method: 'GET',
    path,
    spec: 'Tiny',
    summary: 'Shows who asks.',
    callers,
    operation: ShowTenant,
    reply: { status: 200, schema: z.object({ name: z.string() }), from: ({ tenant: { name } }) => ({ name }) },
  });

const ROWS = [
  row('/taken', { bearer: {}, apiKey: ['READ'] }),
  row('/refused', { bearer: {} }),
  row('/open', { public: true }),
];

const ofUser = (userId: string, origin: Origin): Caller => ({
  ...anonymousCaller(origin),
  kind: 'user',
  tenant: ACME,
  userId,
  permissions: new PermissionSet([parseScope('tenant:read')!]),
});

/** Users `anna` and `boris`, whose tokens and keys are their names. */
const callers: CallerAuthenticator = {
  bearer: (token, _tenant, origin) => {
    if (token === 'client') return { ...ofUser('', origin), kind: 'application', userId: null };
    if (token !== 'anna' && token !== 'boris') throw kernelErrors.UNAUTHENTICATED();
    return ofUser(token, origin);
  },
  apiKey: (secret, origin) => {
    const userId = secret.replace(/^k_/, '');
    if (userId !== 'anna' && userId !== 'boris') throw kernelErrors.UNAUTHENTICATED();
    return { ...ofUser(userId, origin), kind: 'api-key', apiKey: { id: '1', owner: { tenantId: ACME.id, userId } } };
  },
  client: () => {
    throw kernelErrors.UNAUTHENTICATED();
  },
};

const KEYS = { header: 'x-key', prefix: 'k_' };

describe('a caller with an API key', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  const asker = async (dialect: Partial<Dialect> = { apiKeys: KEYS }) => {
    rest = await serveTiny(ROWS, { host: { callers }, dialect });
    return async (path: string, headers: Readonly<Record<string, string>>, tenant = 'acme') => {
      const { status, json } = await rest!.ask('GET', `/t/${tenant}/tiny${path}`, { headers });
      return [status, json.name ?? json.error];
    };
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('sends it in the header of the dialect or as a bearer token', async () => {
    const ask = await asker();
    const served = [200, 'acme for api-key'];
    expect(await ask('/taken', { 'x-key': 'k_anna' })).toEqual(served);
    expect(await ask('/taken', bearer('k_anna'))).toEqual(served);
    expect(await ask('/taken', { 'x-key': 'k_anna', ...bearer('k_anna') })).toEqual(served);
    for (const headers of [{ 'x-key': 'k_nobody' }, bearer('k_nobody'), { 'x-key': '' }, { 'x-key': 'k_anna, k_anna' }])
      expect(await ask('/taken', headers)).toEqual([401, 'unauthenticated']);
  });

  it('may send a token of the same user beside it, which then counts', async () => {
    const ask = await asker();
    expect(await ask('/taken', { 'x-key': 'k_anna', ...bearer('anna') })).toEqual([200, 'acme for user']);
    expect(await ask('/refused', { 'x-key': 'k_anna', ...bearer('anna') })).toEqual([200, 'acme for user']);
  });

  it.each(['boris', 'client', 'k_boris', 'k_anna '])('is refused with the credential of another: %s', async (other) => {
    const ask = await asker();
    const [status, error] = await ask('/taken', { 'x-key': 'k_anna', ...bearer(other) });
    expect([status, error]).toEqual(other === 'k_anna ' ? [200, 'acme for api-key'] : [400, 'invalid']);
  });

  it('is refused with a token that is not valid', async () => {
    const ask = await asker();
    expect(await ask('/taken', { 'x-key': 'k_anna', ...bearer('nobody') })).toEqual([401, 'unauthenticated']);
  });

  it('is forbidden to call a row that takes none, and its key is judged first', async () => {
    const ask = await asker();
    expect(await ask('/refused', { 'x-key': 'k_anna' })).toEqual([403, 'forbidden']);
    expect(await ask('/refused', bearer('k_anna'))).toEqual([403, 'forbidden']);
    expect(await ask('/refused', bearer('k_nobody'))).toEqual([401, 'unauthenticated']);
    expect(await ask('/open', { 'x-key': 'k_nobody' })).toEqual([200, 'acme for anonymous']);
  });

  it('is unknown to dialects without keys', async () => {
    const ask = await asker({});
    expect(await ask('/taken', { 'x-key': 'k_anna' })).toEqual([401, 'unauthenticated']);
    expect(await ask('/taken', bearer('k_anna'))).toEqual([401, 'unauthenticated']);
  });

  it('is described', () => {
    const api = openApiOf(tinyDialect({ apiKeys: KEYS }, ROWS), {
      publicUrl: 'https://id.example.com',
      defaultTenant: 'master',
    });
    expect(api).toMatchObject({
      paths: { '/t/{tenant}/tiny/taken': { get: { security: [{ apiKey: ['READ'] }] } } },
      components: { securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'x-key' } } },
    });
  });
});

describe('a request without a credential', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  it('learns only where its dialect lets it that the tenant does not exist', async () => {
    for (const [hidden, taken] of [
      [{ hidesTenants: true }, 401],
      [{}, 404],
    ] as const) {
      rest = await serveTiny(ROWS, { host: { callers }, dialect: hidden });
      expect((await rest.ask('GET', '/t/nobody/tiny/taken')).status).toBe(taken);
      expect((await rest.ask('GET', '/t/acme/tiny/taken')).status).toBe(401);
      expect((await rest.ask('GET', '/t/nobody/tiny/open')).status).toBe(404);
      await rest.close();
    }
    rest = undefined;
  });
});
