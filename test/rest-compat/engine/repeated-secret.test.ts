import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CallerAuthenticator, problems, route } from '../../../rest-compat/engine/index.ts';
import { anonymousCaller } from '../../../src/access/index.ts';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { NO_API_KEYS, type RestClient } from '../../support/rest.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny } from './serve-tiny.ts';

const rowAt = (path: string, clientAuth: true | 'repeatable') =>
  route({
    method: 'POST',
    path,
    spec: 'Tiny',
    summary: 'Authenticates a client.',
    callers: { clientAuth },
    operation: ShowTenant,
    input: { form: z.object({}) },
    reply: { status: 204 },
  });

/** One client, whose secret needs form-encoding. */
const callers: CallerAuthenticator = {
  ...NO_API_KEYS,
  bearer: () => {
    throw kernelErrors.UNAUTHENTICATED();
  },
  client: (readings, _kind, _tenant, origin) => {
    if (readings.some(({ clientId, secret }) => clientId === 'app' && secret === 's+1')) return anonymousCaller(origin);
    throw problems.CLIENT_REFUSED();
  },
};

describe('a client that sends its secret in the header and in the form', () => {
  let rest: RestClient | undefined;
  afterAll(() => rest?.close());
  const ask = async (path: string, basic: string, form: string) => {
    rest ??= await serveTiny([rowAt('/lenient', 'repeatable'), rowAt('/strict', true)], { host: { callers } });
    const { status } = await rest.ask('POST', `/t/acme/tiny${path}`, {
      body: form,
      headers: {
        authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    return status;
  };
  const SAME = 'client_id=app&client_secret=s%2B1';

  it('is authenticated where the row allows it, if both are the same', async () => {
    expect(await ask('/lenient', 'app:s+1', SAME)).toBe(204);
    expect(await ask('/lenient', 'app:s%2B1', SAME)).toBe(204);
    expect(await ask('/lenient', 'app:s+1', 'client_secret=s%2B1')).toBe(204);
    expect(await ask('/lenient', 'app:s+1', '')).toBe(204);
  });

  it('is refused with 401 if they differ, also when one of them is right', async () => {
    for (const form of ['client_id=app&client_secret=other', 'client_id=other&client_secret=s%2B1', 'client_id=other'])
      expect(await ask('/lenient', 'app:s+1', form)).toBe(401);
    expect(await ask('/lenient', 'app:other', SAME)).toBe(401);
    expect(await ask('/lenient', 'app:s+1', 'client_secret=s%2B1&client_secret=s%2B1')).toBe(401);
  });

  it('is refused when both are the same and wrong', async () => {
    expect(await ask('/lenient', 'app:wrong', 'client_id=app&client_secret=wrong')).toBe(401);
  });

  it('authenticates in more than one way everywhere else (RFC 6749 §2.3)', async () => {
    expect(await ask('/strict', 'app:s+1', SAME)).toBe(400);
  });
});
