import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Dialect, Engine, type EngineOptions, plainRow } from '../../../rest-compat/engine/index.ts';
import { SECRETS_VAULT } from '../../../rest-compat/secrets-vault/index.ts';
import { SCIM_ERRORS } from '../../../rest-compat/secrets-vault/scim/errors.ts';
import { ENGINE_OPTIONS, RestClient } from '../../support/rest.ts';
import { handMadeHost } from '../engine/hand-made-host.ts';

const ROW = plainRow({
  method: 'GET',
  path: '/slow',
  name: 'Slow',
  spec: 'test',
  summary: 'Is limited.',
  callers: { public: true },
  rateLimit: { name: 'slow', per: 'address', requests: 1, seconds: 2 },
  reply: { status: 200, schema: z.null(), from: () => null },
});

const DIALECT: Dialect = {
  ...SECRETS_VAULT,
  mounts: [
    { prefix: '/api', routes: [ROW] },
    { prefix: '/scim/v2/{tenant_id}', routes: [ROW], errors: SCIM_ERRORS, jsonType: 'application/scim+json' },
  ],
};

describe('a row of Secrets Vault with a limit', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  const serve = async (options: Partial<EngineOptions> = {}) => {
    const settings = { ...ENGINE_OPTIONS, defaultTenant: 'acme', now: () => 0, ...options };
    rest = await RestClient.serve(new Engine([DIALECT], handMadeHost(), settings).middleware);
    return (path: string) => rest!.ask('GET', path, { headers: { 'x-address': '192.0.2.7' } });
  };

  it.each([
    ['/api/slow', { detail: 'Too Many Requests' }],
    [
      '/scim/v2/acme/slow',
      { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '429', detail: 'Too Many Requests' },
    ],
  ])('refuses in the form of its path: %s', async (path, json) => {
    const ask = await serve();
    expect((await ask(path)).status).toBe(200);
    expect(await ask(path)).toMatchObject({ status: 429, json, headers: { 'retry-after': '2' } });
  });

  it('has none with RATE_LIMITS=off', async () => {
    const ask = await serve({ rateLimits: 'off' });
    expect([(await ask('/api/slow')).status, (await ask('/api/slow')).status]).toEqual([200, 200]);
  });
});
