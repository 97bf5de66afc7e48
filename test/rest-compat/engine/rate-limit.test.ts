import { afterEach, describe, expect, it } from 'vitest';
import { type EngineOptions, type Route, route } from '../../../rest-compat/engine/index.ts';
import { anonymousCaller, PermissionSet } from '../../../src/access/index.ts';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { NO_API_KEYS, type RestClient } from '../../support/rest.ts';
import { ACME } from './hand-made-host.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny, tinyEngine } from './serve-tiny.ts';

const row = (path: string, callers: Route['callers'], rateLimit: Route['rateLimit'] & object) =>
  route({
    method: 'GET',
    path,
    spec: 'Tiny',
    summary: 'Is limited.',
    callers,
    rateLimit,
    operation: ShowTenant,
    reply: { status: 204 },
  });

const ROWS = [
  row('/slow', { public: true }, { name: 'slow', requests: 2, seconds: 10, per: 'address' }),
  row('/slow-too', { public: true }, { name: 'slow', requests: 2, seconds: 10, per: 'address' }),
  row('/other', { public: true }, { name: 'other', requests: 1, seconds: 10, per: 'address' }),
  row('/mine', { bearer: {}, apiKey: [], public: true }, { name: 'mine', requests: 1, seconds: 60, per: 'credential' }),
];

const callers = {
  ...NO_API_KEYS,
  bearer: (token: string, _tenant: unknown, origin: Parameters<typeof anonymousCaller>[0]) => {
    if (token === 'nobody') throw kernelErrors.UNAUTHENTICATED();
    const user = { ...anonymousCaller(origin), tenant: ACME, userId: token, permissions: PermissionSet.none };
    if (!token.startsWith('k_')) return { ...user, kind: 'user' } as const;
    return { ...user, kind: 'api-key', apiKey: { id: token, owner: { tenantId: ACME.id, userId: 'anna' } } } as const;
  },
  client: (): never => {
    throw kernelErrors.UNAUTHENTICATED();
  },
};

describe('the rate limit of a row', () => {
  let rest: RestClient | undefined;
  let nowMs = 1_000_000;
  afterEach(() => rest?.close());

  const asker = async (options: Partial<EngineOptions> = {}) => {
    rest = await serveTiny(ROWS, { host: { callers }, options: { now: () => nowMs, ...options } });
    return async (path: string, address: string | null, token?: string) => {
      const headers: Record<string, string> = address === null ? {} : { 'x-address': address };
      const request = { headers, ...(token === undefined ? {} : { token }) };
      return rest!.ask('GET', `/t/acme/tiny${path}`, request);
    };
  };
  const statuses = async (asked: Promise<{ readonly status: number }>[]) =>
    (await Promise.all(asked)).map((one) => one.status);

  it('counts an address until the window ends, for all rows of its name', async () => {
    const ask = await asker();
    expect(await statuses([ask('/slow', 'a'), ask('/slow-too', 'a')])).toEqual([204, 204]);
    nowMs += 2_500;
    const limited = await ask('/slow', 'a');
    expect(limited).toMatchObject({ status: 429, json: { error: 'throttled' }, headers: { 'retry-after': '8' } });
    expect(await statuses([ask('/slow', 'b'), ask('/other', 'a'), ask('/slow-too', 'a')])).toEqual([204, 204, 429]);
    nowMs += 7_500;
    expect(await statuses([ask('/slow', 'a'), ask('/slow', 'a'), ask('/slow', 'a')])).toEqual([204, 204, 429]);
  });

  it('counts before the tenant is looked for, and nothing without an address', async () => {
    const ask = await asker();
    await ask('/other', 'a');
    expect((await rest!.ask('GET', '/t/nobody/tiny/other', { headers: { 'x-address': 'a' } })).status).toBe(429);
    expect(await statuses([ask('/other', null), ask('/other', null)])).toEqual([204, 204]);
  });

  it('counts a credential that was accepted, from whatever address; others by their address', async () => {
    const ask = await asker();
    expect(await statuses([ask('/mine', 'a', 'anna'), ask('/mine', 'b', 'anna'), ask('/mine', 'a', 'boris')])).toEqual([
      204, 429, 204,
    ]);
    expect(await statuses([ask('/mine', 'a', 'k_1'), ask('/mine', 'a', 'k_2'), ask('/mine', 'a', 'k_1')])).toEqual([
      204, 204, 429,
    ]);
    expect(await statuses([ask('/mine', 'a', 'nobody'), ask('/mine', 'a', 'nobody')])).toEqual([401, 401]);
    expect(await statuses([ask('/mine', 'a'), ask('/mine', 'a'), ask('/mine', null), ask('/mine', null)])).toEqual([
      204, 429, 204, 204,
    ]);
  });

  it('has another rule by the settings, or is off', async () => {
    const ask = await asker({ rateLimits: { slow: { requests: 1, seconds: 3 } } });
    expect(await statuses([ask('/slow', 'a'), ask('/slow', 'a')])).toEqual([204, 429]);
    nowMs += 3_000;
    expect((await ask('/slow', 'a')).status).toBe(204);
    await rest!.close();
    const free = await asker({ rateLimits: 'off' });
    expect(await statuses([free('/other', 'a'), free('/other', 'a')])).toEqual([204, 204]);
  });

  it('must exist where the settings name it', () => {
    const rateLimits = { slow: { requests: 1, seconds: 1 }, fast: { requests: 1, seconds: 1 } };
    expect(() => tinyEngine(ROWS, { options: { rateLimits } })).toThrow('No row has a rate limit called fast.');
  });
});
