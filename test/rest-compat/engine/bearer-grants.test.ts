import { afterAll, describe, expect, it } from 'vitest';
import { type CallerAuthenticator, problems, route } from '../../../rest-compat/engine/index.ts';
import { anonymousCaller } from '../../../src/access/index.ts';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { NO_API_KEYS, type RestClient } from '../../support/rest.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny } from './serve-tiny.ts';

const ROW = route({
  method: 'POST',
  path: '/token',
  spec: 'Tiny',
  summary: 'Authenticates a client, or the bearer of a token.',
  callers: { clientAuth: true, bearerGrants: ['borrow'] },
  operation: ShowTenant,
  input: { form: 'raw' },
  reply: { status: 204 },
});

const callers: CallerAuthenticator = {
  ...NO_API_KEYS,
  bearer: (token, _tenant, origin) => {
    if (token === 'good') return anonymousCaller(origin);
    throw kernelErrors.UNAUTHENTICATED();
  },
  client: () => {
    throw problems.CLIENT_REFUSED();
  },
};

describe('a row of clients that takes a bearer token for some grants', () => {
  let rest: RestClient | undefined;
  afterAll(() => rest?.close());
  const ask = async (authorization: string, body: string) => {
    rest ??= await serveTiny([ROW], { host: { callers } });
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    return (await rest.ask('POST', '/t/acme/tiny/token', { body, headers })).status;
  };

  it('takes it for these alone, named once', async () => {
    expect(await ask('Bearer good', 'grant_type=borrow')).toBe(204);
    expect(await ask('bearer good', 'grant_type=borrow')).toBe(204);
    expect(await ask('Bearer bad', 'grant_type=borrow')).toBe(401);
    for (const body of ['grant_type=password', 'grant_type=borrow&grant_type=borrow', ''])
      expect(await ask('Bearer good', body)).toBe(401);
    expect(await ask('Basic Z29vZDp4', 'grant_type=borrow')).toBe(401);
  });
});
