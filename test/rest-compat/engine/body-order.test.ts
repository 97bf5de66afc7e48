import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CallerAuthenticator, type Dialect, route } from '../../../rest-compat/engine/index.ts';
import { anonymousCaller } from '../../../src/access/index.ts';
import { kernelErrors } from '../../../src/kernel/index.ts';
import type { RestClient } from '../../support/rest.ts';
import { ACME } from './hand-made-host.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny } from './serve-tiny.ts';

const COMMON = {
  method: 'POST',
  spec: 'Tiny',
  summary: 'Takes a body.',
  operation: ShowTenant,
  ownPagesOnly: true,
  reply: { status: 204 },
} as const;

const ROWS = [
  route({ ...COMMON, path: '/plain', callers: { bearer: {} }, input: { body: z.object({ a: z.string() }) } }),
  route({
    ...COMMON,
    path: '/named',
    callers: { bearer: {} },
    tenant: { in: 'body', name: 'tenant_id', orCaller: true },
    input: { body: z.object({ tenant_id: z.string() }) },
  }),
  route({
    ...COMMON,
    path: '/token-in-form',
    callers: { bearer: { inForm: true } },
    input: { form: z.object({ access_token: z.string().optional() }) },
  }),
];

const callers: CallerAuthenticator = {
  bearer: (token, _tenant, origin) => {
    if (token !== 'anna') throw kernelErrors.UNAUTHENTICATED();
    return { ...anonymousCaller(origin), kind: 'user', tenant: ACME, userId: 'anna' };
  },
  apiKey: () => {
    throw kernelErrors.UNAUTHENTICATED();
  },
  client: () => {
    throw kernelErrors.UNAUTHENTICATED();
  },
};

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const LARGE = JSON.stringify({ a: 'x'.repeat(1000), tenant_id: 'acme' });

describe('the step at which a body is refused', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  const asker = async (dialect: Partial<Dialect>) => {
    rest = await serveTiny(ROWS, {
      host: { callers },
      dialect,
      options: { bodyLimitBytes: 1000, defaultTenant: 'acme' },
    });
    return async (path: string, body: string, type: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await rest!.ask('POST', `/tiny${path}`, { body, headers: { 'content-type': type, ...headers } });
      return [answer.status, answer.headers.connection];
    };
  };
  const ANNA = { authorization: 'Bearer anna' };
  const FOREIGN = { ...ANNA, 'sec-fetch-site': 'cross-site' };

  it('is the one before the credential, unless the dialect says otherwise', async () => {
    const ask = await asker({});
    for (const path of ['/plain', '/named']) {
      expect((await ask(path, '{}', 'text/plain'))[0]).toBe(415);
      expect((await ask(path, LARGE, JSON_TYPE))[0]).toBe(413);
    }
  });

  it.each(['/plain', '/named'])('may be the one after the permission: %s', async (path) => {
    const ask = await asker({ refusesBodiesLast: true });
    for (const [body, type, status] of [
      ['{}', 'text/plain', 415],
      [LARGE, JSON_TYPE, 413],
    ] as const) {
      expect((await ask(path, body, type))[0]).toBe(401);
      expect((await ask(path, body, type, FOREIGN))[0]).toBe(403);
      expect((await ask(path, body, type, ANNA))[0]).toBe(status);
    }
    expect((await ask(path, '{', JSON_TYPE))[0]).toBe(401);
    expect((await ask(path, '{', JSON_TYPE, ANNA))[0]).toBe(400);
    expect((await ask(path, '{"a":"b","tenant_id":"acme"}', JSON_TYPE, ANNA))[0]).toBe(204);
  });

  it('is the one before the credential where the form may hold it', async () => {
    const ask = await asker({ refusesBodiesLast: true });
    expect((await ask('/token-in-form', 'access_token=anna', 'text/plain'))[0]).toBe(415);
    expect((await ask('/token-in-form', `access_token=${'x'.repeat(1000)}`, FORM_TYPE))[0]).toBe(413);
    expect((await ask('/token-in-form', 'access_token=anna', FORM_TYPE))[0]).toBe(204);
    expect((await ask('/token-in-form', 'access_token=boris', FORM_TYPE))[0]).toBe(401);
  });

  it('ends the connection where a part of the body was read to find the tenant, whatever is refused first', async () => {
    const ask = await asker({ refusesBodiesLast: true });
    expect(await ask('/named', LARGE, JSON_TYPE)).toEqual([401, 'close']);
    expect(await ask('/named', '{"tenant_id":"acme"}', JSON_TYPE)).toEqual([401, 'keep-alive']);
  });
});
