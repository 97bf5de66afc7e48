import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Mount, openApiOf, type Route, route } from '../../../rest-compat/engine/index.ts';
import type { RestClient } from '../../support/rest.ts';
import { testGraph } from '../../support/world.ts';
import { RENAME_TENANT, tinyDialect } from './dialect.ts';
import { ShowTenant } from './operations.generated.ts';
import { serveTiny } from './serve-tiny.ts';

const ROW = route({
  method: 'POST',
  path: '/shown',
  spec: 'Tiny',
  summary: 'Shows a body.',
  callers: { public: true },
  operation: ShowTenant,
  input: { body: z.object({ word: z.string() }) },
  reply: { status: 200, schema: z.object({ word: z.string() }), from: (_, { body: { word } }) => ({ word }) },
});

const TYPE = 'application/tiny+json';
const mountsOf = (routes: readonly Route[]): readonly Mount[] => [
  { prefix: '/own/{tenant}', routes, jsonType: TYPE },
  { prefix: '/plain/{tenant}', routes },
];

describe('a mount with its own type of JSON', () => {
  let rest: RestClient | undefined;
  afterAll(() => rest?.close());

  const ask = async (path: string, type: string, headers: Readonly<Record<string, string>> = {}) => {
    rest ??= await serveTiny([], { dialect: { mounts: mountsOf([ROW]) } });
    const answer = await rest.ask('POST', path, {
      headers: { 'content-type': type, ...headers },
      body: '{"word":"x"}',
    });
    return [answer.status, answer.headers['content-type'], answer.headers.vary];
  };

  it('takes bodies of both types', async () => {
    for (const type of [TYPE, 'Application/Tiny+JSON; charset=utf-8', 'application/json'])
      expect(await ask('/own/acme/shown', type)).toEqual([200, TYPE, 'Accept']);
    expect(await ask('/own/acme/shown', 'application/other+json')).toEqual([415, undefined, undefined]);
    expect((await ask('/plain/acme/shown', TYPE))[0]).toBe(415);
  });

  it.each([
    ['*/*', TYPE],
    ['', TYPE],
    [`${TYPE}, application/json`, TYPE],
    ['application/json, text/html', TYPE],
    ['application/json', 'application/json'],
    ['Application/JSON;q=0.9 , application/json', 'application/json'],
  ])('answers a request that accepts "%s" with %s, errors too', async (accept, type) => {
    for (const path of ['/own/acme/shown', '/own/nobody/shown'])
      expect((await ask(path, 'application/json', { accept })).slice(1)).toEqual([type, 'Accept']);
  });

  it('answers elsewhere as before', async () => {
    expect(await ask('/plain/acme/shown', 'application/json', { accept: TYPE })).toEqual([
      200,
      'application/json; charset=utf-8',
      undefined,
    ]);
  });

  it('is described with both', () => {
    const dialect = tinyDialect({ mounts: mountsOf([ROW]).slice(0, 1) }, [ROW]);
    const api = openApiOf(dialect, { publicUrl: 'https://id.example.com', defaultTenant: 'master' });
    const content = { [TYPE]: {}, 'application/json': {} };
    expect(api).toMatchObject({
      paths: {
        '/own/{tenant}/shown': {
          post: { requestBody: { content }, responses: { 200: { content }, 500: { content } } },
        },
      },
    });
  });
});

describe('HEAD', () => {
  let rest: RestClient | undefined;
  afterEach(() => rest?.close());

  it('is not served where GET changes something', async () => {
    const changing: Route = { ...RENAME_TENANT, method: 'GET', input: {}, callers: { public: true } };
    const routes = [changing, { ...RENAME_TENANT, path: '/other' }];
    rest = await serveTiny(routes, { host: { schema: await testGraph() } });
    const head = await rest.ask('HEAD', '/t/acme/tiny/tenants/self');
    expect([head.status, head.headers.allow]).toEqual([405, 'GET, OPTIONS']);
    expect((await rest.ask('GET', '/t/acme/tiny/tenants/self')).status).toBe(401);
  });
});
