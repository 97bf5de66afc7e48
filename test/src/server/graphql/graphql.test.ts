import { ServerResponse } from 'node:http';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { auditServer } from 'graphql-http';
import { describe, expect, it, vi } from 'vitest';
import { kernelErrors } from '../../../../src/kernel/index.ts';
import { graphServersOfSuite, MEDIA_TYPES, post } from '../../../support/graph-servers.ts';

const graph = graphServersOfSuite();
const { start } = graph;

describe('the graph over HTTP', () => {
  it('passes every MUST and SHOULD of the audits of graphql-http', async () => {
    const { url } = await start();
    const results = await auditServer({ url });
    expect(results.length).toBeGreaterThan(50);
    const failed = results.filter(({ status }) => status === 'error' || status === 'warn');
    expect(failed.map((result) => `${result.name}: ${'reason' in result ? result.reason : ''}`)).toEqual([]);
  });

  it('answers a query', async () => {
    const { url } = await start();
    const answer = await post(url, { query: '{ __typename }' });
    expect([answer.status, answer.body]).toEqual([200, { data: { __typename: 'Query' } }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('keeps its refusals of persisted queries out of caches as well', async () => {
    const { url } = await start();
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
    const answer = await post(url, { extensions });
    expect(answer.body.errors[0].extensions.code).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['an answer', '{"query":"{ __typename }"}', 200],
    ['a refusal', '{', 400],
  ])('writes the head of %s in one call, with the headers of every answer', async (_, body, status) => {
    const { url } = await start();
    const setHeader = vi.spyOn(ServerResponse.prototype, 'setHeader');
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect([answer.status, setHeader.mock.calls]).toEqual([status, []]);
    setHeader.mockRestore();
    expect([...answer.headers.keys()]).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-security-policy',
      'content-type',
      'cross-origin-opener-policy',
      'date',
      'keep-alive',
      'referrer-policy',
      'vary',
      'x-content-type-options',
      'x-frame-options',
    ]);
    expect(answer.headers.get('vary')).toBe('Origin');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    await answer.text();
  });

  it('lets anonymous callers read the schema', async () => {
    const { url } = await start();
    const answer = await post(url, { query: getIntrospectionQuery() });
    expect(answer.body.data.__schema.queryType.name).toBe('Query');
  });

  it('does not suggest names of the schema', async () => {
    const { url } = await start();
    const { body } = await post(url, { query: '{ errorCode { code } }' });
    expect(body.errors[0].message).not.toContain('errorCodes');
  });

  it.each([
    ['a document that is not GraphQL', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['a field that does not exist', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'a variable that does not fit',
      {
        query:
          'query ($n: Int) { errorCodes { code } __type(name: "x") { fields(includeDeprecated: true) { name } } tenants(first: $n) { pageInfo { endCursor } } }',
        variables: { n: 'x' },
      },
      'BAD_USER_INPUT',
    ],
    [
      'an operation that is not there',
      { query: 'query A { __typename }', operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
  ])('answers %s with 200 under application/json and 400 under the newer type', async (_, body, code) => {
    const { url } = await start();
    const [legacy, newer] = await Promise.all(MEDIA_TYPES.map((accept) => post(url, body, { accept })));
    expect([legacy!.status, legacy!.code]).toEqual([200, code]);
    expect([newer!.status, newer!.code]).toEqual([400, code]);
    expect(newer!.headers.get('content-type')).toContain('application/graphql-response+json');
    expect(legacy!.body).toEqual(newer!.body);
  });

  it('answers malformed JSON as JSON', async () => {
    const { url } = await start();
    const answer = await post(url, '{"query":');
    expect([answer.status, answer.code]).toEqual([400, 'BAD_REQUEST']);
    expect(answer.headers.get('content-type')).toContain('application/json');
  });

  it.each(['null', '0', '""', '[]', '"x"'])('answers the body %s, which is not a request, with 400', async (body) => {
    const { url } = await start();
    expect((await post(url, body)).status).toBe(400);
  });

  it('answers a client that accepts no JSON with 406', async () => {
    const { url } = await start();
    expect((await post(url, { query: '{ __typename }' }, { accept: 'text/html' })).status).toBe(406);
  });

  it.each(MEDIA_TYPES)('names %s in its own refusals and in those of Apollo Server', async (accept) => {
    const { url } = await start();
    for (const body of ['[]', '"x"', '{"query": 1}', '{"query":']) {
      const answer = await post(url, body, { accept });
      expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([400, accept]);
    }
  });

  it.each([
    ['text/plain', ''],
    ['application/json; charset=latin1', ''],
    ['application/json', 'gzip'],
  ])('refuses a body of type %s %s with 415', async (type, encoding) => {
    const { url } = await start();
    const headers = { 'content-type': type, ...(encoding === '' ? {} : { 'content-encoding': encoding }) };
    expect((await post(url, { query: '{ __typename }' }, headers)).status).toBe(415);
  });

  it('reads a body that begins with a byte order mark, and none that is not UTF-8 (RFC 8259 section 8.1)', async () => {
    const { url } = await start();
    const send = async (body: Buffer) =>
      (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json; charset="UTF-8"' }, body }))
        .status;
    const text = JSON.stringify({ query: '{ __typename }' });
    expect(await send(Buffer.from(`\ufeff${text}`))).toBe(200);
    expect(await send(Buffer.from(text.replace('__typename', '__typename #\u00ff'), 'latin1'))).toBe(400);
  });

  it('refuses a GET that a page of another site could cause (CSRF)', async () => {
    const { url } = await start();
    expect((await fetch(`${url}?query={__typename}`)).status).toBe(400);
    const answer = await fetch(`${url}?query={__typename}`, { headers: { 'apollo-require-preflight': '1' } });
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('refuses subscriptions and names the WebSocket', async () => {
    const { url } = await start({ schema: buildSchema('type Query { a: String } type Subscription { b: String }') });
    for (const accept of MEDIA_TYPES) {
      const { status, code, body } = await post(url, { query: 'subscription { b }' }, { accept });
      expect([status, code]).toEqual([400, 'BAD_REQUEST']);
      expect(body.errors[0].message).toContain('WebSocket');
    }
  });

  it('refuses other methods with 405', async () => {
    const { url } = await start();
    const answer = await fetch(url, { method: 'PUT', headers: { 'apollo-require-preflight': '1' } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});

describe('the caller of a request', () => {
  it('is anonymous without a token, so guarded fields are refused', async () => {
    const { url } = await start();
    const { status, code } = await post(url, { query: '{ tenants { nodes { name } } }' });
    expect([status, code]).toEqual([200, 'UNAUTHENTICATED']);
  });

  it('is the owner of the token', async () => {
    const { url } = await start();
    const { body } = await post(url, { query: '{ tenants { nodes { name } } }' }, { authorization: 'Bearer good' });
    expect(body.data.tenants.nodes).toEqual([{ name: graph.tenant.name }]);
  });

  it.each(['Bearer expired', 'Basic YTpi', 'Bearer', 'Bearer a b'])(
    'is refused with 401 for "%s"',
    async (authorization) => {
      const { url } = await start();
      for (const accept of MEDIA_TYPES) {
        const { status, code, headers } = await post(url, { query: '{ __typename }' }, { authorization, accept });
        expect([status, code]).toEqual([401, 'UNAUTHENTICATED']);
        expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
        expect(headers.get('content-type')).toContain(accept);
      }
    },
  );

  it('gets 503 with Retry-After while the database is away', async () => {
    const { url } = await start();
    const { status, code, headers } = await post(url, { query: '{ __typename }' }, { authorization: 'Bearer away' });
    expect([status, code, headers.get('retry-after')]).toEqual([503, 'SERVICE_UNAVAILABLE', '3']);
  });

  it('sees no details of an internal fault, which is logged (check 59)', async () => {
    const { url, logged } = await start();
    const { status, body } = await post(url, { query: '{ __typename }' }, { authorization: 'Bearer broken' });
    expect([status, body.errors[0].extensions.code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(JSON.stringify(body)).not.toContain('secret plan');
    expect(logged.join()).toContain('secret plan');
  });
});

describe('a database that is lost', () => {
  /** Fields that fail like a store without a database. */
  function failingSchema() {
    const schema = buildSchema('type Query { away: String here: String lost: String! }');
    const fields = schema.getQueryType()!.getFields();
    fields['away']!.resolve = () => {
      throw kernelErrors.SERVICE_UNAVAILABLE({ retryAfterSeconds: 2 });
    };
    fields['lost']!.resolve = fields['away']!.resolve;
    fields['here']!.resolve = () => 'here';
    return schema;
  }

  it.each(['{ away }', '{ lost }', '{ here lost }'])(
    'makes %s, an answer without data, a 503 with Retry-After',
    async (query) => {
      const { url } = await start({ schema: failingSchema() });
      for (const accept of MEDIA_TYPES) {
        const { status, code, headers } = await post(url, { query }, { accept });
        expect([status, code, headers.get('retry-after')]).toEqual([503, 'SERVICE_UNAVAILABLE', '2']);
      }
    },
  );

  it('does not change the status 200 of an answer with some data', async () => {
    const { url } = await start({ schema: failingSchema() });
    const { status, body } = await post(url, { query: '{ here away }' });
    expect([status, body.data]).toEqual([200, { here: 'here', away: null }]);
    expect(body.errors[0].extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 2 });
  });
});
