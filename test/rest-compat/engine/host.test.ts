import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { HostBrowser } from '../../../rest-compat/engine/host.ts';
import { type Dialect, Engine, type EngineHost, type Route, route } from '../../../rest-compat/engine/index.ts';
import type { Caller } from '../../../src/access/index.ts';
import { kernelErrors } from '../../../src/kernel/index.ts';
import { ENGINE_OPTIONS, RestClient } from '../../support/rest.ts';
import { tinyDialect } from './dialect.ts';
import { ACME, handMadeHost, type TinyContext } from './hand-made-host.ts';
import { ShowTenant } from './operations.generated.ts';

const ROW = route({
  method: 'GET',
  path: '/self',
  spec: 'Tiny',
  summary: 'Shows the tenant.',
  callers: { public: true },
  operation: ShowTenant,
  reply: { status: 200, schema: z.object({ name: z.string() }), from: (data) => data.tenant },
});

describe('the host of the translation engine', () => {
  let rest: RestClient | undefined;
  const serve = async (over: Partial<EngineHost> = {}, row = ROW): Promise<RestClient> => {
    const engine = new Engine([tinyDialect({}, [row])], handMadeHost(over), ENGINE_OPTIONS);
    rest = await RestClient.serve(engine.middleware);
    return rest;
  };
  afterEach(() => rest?.close());

  it('is sufficient for the engine: rows run against its schema, in the context that it makes', async () => {
    const { status, json } = await (await serve()).ask('GET', '/t/acme/tiny/self');
    expect([status, json]).toEqual([200, { name: 'acme for anonymous' }]);
  });

  it('finds tenants by name and by host', async () => {
    expect((await (await serve()).ask('GET', '/t/other/tiny/self')).status).toBe(404);
    await rest!.close();
    const byHost = await serve({ tenantByHost: (host) => (host === 'id.acme.example' ? ACME : null) });
    const { json } = await byHost.ask('GET', '/tiny/self', { headers: { host: 'id.acme.example:443' } });
    expect(json).toEqual({ name: 'acme for anonymous' });
  });

  it('makes one context for each request, from the caller and a signal', async () => {
    const made: [Caller, AbortSignal][] = [];
    const recording = await serve({
      contextFor: (caller, signal): TinyContext => {
        made.push([caller, signal]);
        return { caller, signal };
      },
    });
    await recording.ask('GET', '/t/acme/tiny/self');
    await recording.ask('GET', '/t/acme/tiny/self');
    expect(made).toHaveLength(2);
    expect(made[0]).toEqual([expect.objectContaining({ kind: 'anonymous' }), expect.any(AbortSignal)]);
  });

  it('supplies the browser to rows for browsers alone, and its cookies leave once, in headers', async () => {
    const seen: (HostBrowser | null)[] = [];
    const contextFor: EngineHost['contextFor'] = (caller, signal, browser): TinyContext => {
      seen.push(browser);
      return { caller, signal };
    };
    await (await serve({ contextFor })).ask('GET', '/t/acme/tiny/self');
    await rest!.close();
    const { headers, text } = await (await serve({ contextFor }, { ...ROW, callers: { browser: true } })).ask(
      'GET',
      '/t/acme/tiny/self',
    );
    expect(seen).toEqual([null, expect.objectContaining({ setCookies: ['a=1; Path=/', 'b=2'] })]);
    expect(headers['set-cookie']).toEqual(['a=1; Path=/', 'b=2']);
    expect(JSON.parse(text)).toEqual({ name: 'acme for anonymous' });
    expect(text).not.toContain('a=1');
  });

  it('adopts the session of a cookie that the dialect names, in rows for browsers and known tenants alone', async () => {
    const adopted: unknown[] = [];
    const over: Partial<EngineHost> = {
      adoptSession: async (_browser, tenant, value) => {
        adopted.push([tenant.name, value]);
      },
      browserOf: () => ({ ...handMadeHost().browserOf({} as never), take: (name, path) => `${name} at ${path}` }),
    };
    const ask = async (path: string, dialect: Partial<Dialect>, row: Route) => {
      const engine = new Engine([tinyDialect(dialect, [row])], handMadeHost(over), ENGINE_OPTIONS);
      rest = await RestClient.serve(engine.middleware);
      await rest.ask('GET', path);
      await rest.close();
    };
    const forBrowsers: Route = { ...ROW, callers: { browser: true } };
    await ask('/t/acme/tiny/self', { sessionCookieAlias: 'old' }, ROW);
    await ask('/t/acme/tiny/self', {}, forBrowsers);
    await ask('/t/nowhere/tiny/self', { sessionCookieAlias: 'old' }, forBrowsers);
    expect(adopted).toEqual([]);
    await ask('/t/acme/tiny/self', { sessionCookieAlias: 'old' }, forBrowsers);
    expect(adopted).toEqual([['acme', 'old at /t/acme/tiny']]);
    rest = undefined;
  });

  it('translates errors that are not refusals, which are reported with their cause', async () => {
    const fault = new Error('lost');
    const reported: unknown[] = [];
    const failing = await serve({
      tenantByName: () => {
        throw fault;
      },
      explain: () => kernelErrors.SERVICE_UNAVAILABLE(),
      report: (error) => reported.push(error),
    });
    expect((await failing.ask('GET', '/t/acme/tiny/self')).status).toBe(503);
    expect(reported).toEqual([fault]);
  });
});
