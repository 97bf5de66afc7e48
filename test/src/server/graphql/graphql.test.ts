import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { auditServer } from 'graphql-http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { kernelErrors, type TenantRef } from '../../../../src/kernel/index.ts';
import { ConfigError } from '../../../../src/server/environment/config.ts';
import { DEFAULT_GRAPHQL_LIMITS, parseGraphqlLimits } from '../../../../src/server/environment/graphql-limits.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { createGraphqlEndpoint, type GraphqlOptions } from '../../../../src/server/graphql/graphql.ts';
import { TrustedDocuments } from '../../../../src/server/graphql/trusted-documents.ts';
import type { AuthenticateToken } from '../../../../src/server/http/caller.ts';
import { createHttpServer, type HttpServer } from '../../../../src/server/http/http.ts';
import { createMetrics } from '../../../../src/server/http/metrics.ts';
import { totpCode } from '../../../support/totp.ts';
import { testGraph, World } from '../../../support/world.ts';

let world: World;
let tenant: TenantRef;
const running: { readonly http: HttpServer; readonly stop: () => Promise<void> }[] = [];
const folder = mkdtempSync(join(tmpdir(), 'idgraph-documents-'));

beforeAll(async () => {
  world = await World.open();
  tenant = await world.tenant();
});
afterEach(async () => {
  for (const { http, stop } of running.splice(0)) {
    http.server.closeAllConnections();
    await http.drain.begin();
    await stop();
  }
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

/** The callers of the tests, by token. */
const authenticateToken: AuthenticateToken = async (token, origin) => {
  if (token === 'good') return { ...world.app(tenant, 'tenant:read'), origin };
  if (token === 'away') throw kernelErrors.SERVICE_UNAVAILABLE({ retryAfterSeconds: 3 });
  if (token === 'broken') throw new Error('the secret plan');
  throw kernelErrors.UNAUTHENTICATED();
};

async function start(over: Partial<GraphqlOptions> = {}): Promise<{ readonly url: string; readonly logged: string[] }> {
  const logged: string[] = [];
  const logger = createLogger('info', { write: (line) => void logged.push(line) });
  const metrics = createMetrics();
  const graphql = await createGraphqlEndpoint({
    schema: await testGraph(),
    services: world.services,
    authenticateToken,
    limits: DEFAULT_GRAPHQL_LIMITS,
    trusted: null,
    trustedProxies: [],
    logger,
    metrics,
    ...over,
  });
  const isReady = async () => true;
  const http = createHttpServer({
    logger,
    metrics,
    publicUrl: 'http://localhost',
    isReady,
  });
  http.serve([graphql.middleware]);
  running.push({ http, stop: graphql.stop });
  http.server.listen(0, '127.0.0.1');
  await once(http.server, 'listening');
  return { url: `http://127.0.0.1:${(http.server.address() as AddressInfo).port}/graphql`, logged };
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of any shape
  readonly body: any;
  readonly code: string | undefined;
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const json = await response.json();
  const first = Array.isArray(json) ? json[0] : json;
  return {
    status: response.status,
    headers: response.headers,
    body: json,
    code: first.errors?.[0]?.extensions?.code,
  };
}

const MEDIA_TYPES = ['application/json', 'application/graphql-response+json'];

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
    expect(body.data.tenants.nodes).toEqual([{ name: tenant.name }]);
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

describe('limits of a request', () => {
  const nested = '{ tenants { edges { node { settings { __typename } } } } }';
  it.each([
    ['tokens', 'tokens=50', `{ ${'a: __typename '.repeat(30)} }`, 'DOCUMENT_TOO_LONG', '50 tokens'],
    ['depth', 'depth=3', nested, 'DOCUMENT_TOO_DEEP', 'at most 3'],
    ['aliases', 'aliases=2', '{ a: __typename b: __typename c: __typename }', 'DOCUMENT_ALIASES_EXCEEDED', '3 aliases'],
    [
      'aliases in fragments',
      'aliases=2',
      'query { ...F ...F } fragment F on Query { a: __typename b: __typename }',
      'DOCUMENT_ALIASES_EXCEEDED',
      '4 aliases',
    ],
    [
      'directives',
      'directives=1',
      '{ __typename @skip(if: false) @include(if: true) }',
      'DOCUMENT_DIRECTIVES_EXCEEDED',
      '2 directives',
    ],
    ['equal fields', 'repeats=2', '{ errorCodes { code code code } }', 'DOCUMENT_REPEATS_EXCEEDED', '"code" 3 times'],
    ['cost', 'cost=10', '{ tenants(first: 11) { nodes { name } } }', 'DOCUMENT_TOO_COSTLY', 'up to 11 objects'],
  ])(
    'refuse too much of %s with 400 and a code under every media type (check 57)',
    async (_, limits, query, code, words) => {
      const { url } = await start({ limits: parseGraphqlLimits(limits) });
      for (const accept of MEDIA_TYPES) {
        const answer = await post(url, { query }, { accept, authorization: 'Bearer good' });
        expect([answer.status, answer.code]).toEqual([400, code]);
        expect(answer.body.errors[0].message).toContain(words);
        expect(answer.body.data).toBeUndefined();
      }
    },
  );

  it('are checked before validation, in each member of a batch, and an exceeded one is the only fault', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('depth=3,aliases=2,directives=1,cost=10,repeats=2') });
    const documents = [
      [`{ nothing ${nested.slice(1)}`, 'DOCUMENT_TOO_DEEP'],
      ['{ nothing a: __typename b: __typename c: __typename }', 'DOCUMENT_ALIASES_EXCEEDED'],
      ['{ nothing __typename @skip(if: false) @include(if: true) }', 'DOCUMENT_DIRECTIVES_EXCEEDED'],
      ['{ nothing tenants(first: 11) { nodes { name } } }', 'DOCUMENT_TOO_COSTLY'],
      ['{ nothing nothing nothing }', 'DOCUMENT_REPEATS_EXCEEDED'],
      ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
      ['{ __typename }', undefined],
    ];
    const { body } = await post(
      url,
      documents.map(([query]) => ({ query })),
    );
    const codes = body.map(({ errors = [] }: { errors?: { extensions: { code: string } }[] }) =>
      errors.map(({ extensions }) => extensions.code),
    );
    expect(codes).toEqual(documents.map(([, code]) => (code === undefined ? [] : [code])));
  });

  it('let validation report every fault of a document that exceeds none', async () => {
    const { url } = await start();
    const { status, body } = await post(url, { query: '{ nothing nobody }' });
    expect([status, body.errors.length]).toEqual([200, 2]);
  });

  it('refuse pages beyond 200, and state the maximum (check 57)', async () => {
    const { url } = await start();
    const query = '{ tenants(first: 201) { nodes { name } } }';
    const { status, code, body } = await post(url, { query }, { authorization: 'Bearer good' });
    expect([status < 500, code]).toEqual([true, 'INVALID_INPUT']);
    expect(body.data).toBeNull();
  });

  it('count page sizes from variables and their defaults (check 57)', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('cost=10') });
    const query = 'query ($n: Int = 11) { tenants(first: $n) { nodes { name } } }';
    const ask = async (variables: object) =>
      (await post(url, { query, variables }, { authorization: 'Bearer good' })).code;
    expect(await ask({ n: 11 })).toBe('DOCUMENT_TOO_COSTLY');
    expect(await ask({})).toBe('DOCUMENT_TOO_COSTLY');
    expect(await ask({ n: 10 })).toBeUndefined();
  });

  it('count the default page for a connection without a page size', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('cost=19') });
    const query = '{ tenants { nodes { name } } }';
    expect((await post(url, { query }, { authorization: 'Bearer good' })).code).toBe('DOCUMENT_TOO_COSTLY');
  });

  it('measure fragments that spread one another with bounded work', async () => {
    const { url } = await start();
    const fragments = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    const query = `{ ...F0 } ${fragments.join(' ')} fragment F60 on Query { a: __typename }`;
    expect((await post(url, { query })).code).toBe('DOCUMENT_ALIASES_EXCEEDED');
  });

  it('leave a cycle of fragments to the validation rule about cycles', async () => {
    const { url } = await start();
    const query = '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }';
    expect((await post(url, { query })).code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('accept the introspection query of common tools', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('depth=3') });
    expect((await post(url, { query: getIntrospectionQuery({ inputValueDeprecation: true }) })).code).toBeUndefined();
  });

  it('do not count inline fragments as depth', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('depth=3') });
    const query = '{ ... { ... on Query { ... { errorCodes { ... { code } } } } } }';
    expect((await post(url, { query })).code).toBeUndefined();
  });

  it('refuse a too large body with 413 for every media type (check 57)', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('body=1024') });
    for (const accept of MEDIA_TYPES) {
      const answer = await post(url, { query: `{ __typename } #${'x'.repeat(1024)}` }, { accept });
      expect([answer.status, answer.code]).toEqual([413, 'REQUEST_TOO_LARGE']);
    }
  });

  it('refuse a too large batch with 413 for every media type, and serve others (check 57)', async () => {
    const { url } = await start({ limits: parseGraphqlLimits('batch=2') });
    const batch = (size: number) => Array.from({ length: size }, () => ({ query: '{ __typename }' }));
    for (const accept of MEDIA_TYPES) {
      const answer = await post(url, batch(3), { accept });
      expect([answer.status, answer.code]).toEqual([413, 'BATCH_TOO_LARGE']);
    }
    expect((await post(url, batch(2))).body).toEqual(batch(2).map(() => ({ data: { __typename: 'Query' } })));
  });
});

describe('operations that check secrets', () => {
  const CHANGE =
    'mutation ($current: String!) { changePassword(input: { currentPassword: $current, newPassword: "four-lanterns-by-noon" }) { userId } }';
  const ANSWER =
    'mutation ($user: ID!, $answer: String!) { checkSecurityAnswer(input: { userId: $user, question: "Tree?", answer: $answer }) { userId } }';
  const ATTACH =
    'mutation ($user: ID!, $code: String!) { attachTotp(input: { userId: $user, secret: "JBSWY3DPEHPK3PXP", code: $code }) { userId } }';

  it('run once in a batch: codes, also right ones (check 58)', async () => {
    const user = await world.newUser(tenant);
    const { url } = await start({
      authenticateToken: async (_token, origin) => ({
        ...world.user(tenant, user.id, 'credential:write:self'),
        origin,
      }),
    });
    const variables = { user: user.id, code: totpCode('JBSWY3DPEHPK3PXP', world.clock.now()) };
    const guess = { query: ATTACH, variables };
    const { body } = await post(url, [guess, guess], { authorization: 'Bearer good' });
    const codes = body.map(
      ({ errors }: { errors?: { extensions: { code: string } }[] }) => errors?.[0]?.extensions.code,
    );
    expect(codes).toEqual([undefined, 'TOTP_CODE_WRONG']);
  });

  it.each([
    ['passwords', CHANGE, { current: 'wrong' }, 'PASSWORD_CURRENT_WRONG'],
    ['answers', ANSWER, { answer: 'wrong' }, 'SECURITY_ANSWER_WRONG'],
  ])('are tried once in a batch: %s (check 58)', async (_, query, wrong, code) => {
    const user = await world.newUser(tenant);
    await world.givePassword(tenant, user.id);
    const question = { userId: user.id, question: 'Tree?', answer: 'Elm' };
    await world.services.securityQuestions.set(world.system(tenant), question);
    const scopes = ['password:change:self', 'security-question:check:self', 'credential:write:self'];
    const { url } = await start({
      authenticateToken: async (_token, origin) => ({ ...world.user(tenant, user.id, ...scopes), origin }),
    });
    const guess = { query, variables: { user: user.id, ...wrong } };
    const before = (await world.events(tenant)).length;
    const { body } = await post(url, [guess, guess, guess], { authorization: 'Bearer good' });
    const codes = body.map(({ errors }: { errors: { extensions: { code: string } }[] }) => errors[0]?.extensions.code);
    expect(codes).toEqual([code, code, code]);
    // Each attempt records an event, and nothing else here does.
    expect((await world.events(tenant)).length - before).toBe(1);
    await post(url, guess, { authorization: 'Bearer good' });
    expect((await world.events(tenant)).length - before).toBe(2);
  });
});

describe('trusted documents', () => {
  const text = 'query Known { __typename }\n';
  const hash = createHash('sha256').update(text).digest('hex');
  const inFolder = () => {
    writeFileSync(join(folder, 'known.graphql'), text);
    return TrustedDocuments.load(folder);
  };

  it.each([
    ['its text', { query: text }],
    ['its hash as Apollo clients send it', { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }],
    ['its document id', { documentId: `sha256:${hash}` }],
  ])('are executed when named by %s', async (_, body) => {
    const { url } = await start({ trusted: inFolder() });
    expect((await post(url, body)).body).toEqual({ data: { __typename: 'Query' } });
  });

  it('are executed over GET', async () => {
    const { url } = await start({ trusted: inFolder() });
    const extensions = encodeURIComponent(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hash } }));
    const headers = { 'apollo-require-preflight': '1' };
    const known = await fetch(`${url}?extensions=${extensions}`, { headers });
    expect(await known.json()).toEqual({ data: { __typename: 'Query' } });
    expect((await fetch(`${url}?query={__typename}`, { headers })).status).toBe(403);
  });

  it.each([
    ['another text', { query: '{ __typename }' }],
    ['an unknown hash', { documentId: `sha256:${'0'.repeat(64)}` }],
    ['a known hash hidden in a text', { query: '{ errorCodes { code } }', variables: { hash } }],
    ['nothing', {}],
  ])('are the only ones: %s is refused', async (_, body) => {
    const { url } = await start({ trusted: inFolder() });
    for (const accept of MEDIA_TYPES) {
      const answer = await post(url, body, { accept });
      expect([answer.status, answer.code]).toEqual([403, 'DOCUMENT_NOT_TRUSTED']);
    }
  });

  it('are checked in each member of a batch', async () => {
    const { url } = await start({ trusted: inFolder() });
    for (const member of [{ query: '{ __typename }' }, null, 5, []])
      expect((await post(url, [{ query: text }, member])).status).toBe(403);
  });

  it('are read from a file of hashes, whose hashes must be right', () => {
    const file = join(folder, 'manifest.json');
    writeFileSync(file, JSON.stringify({ [hash]: text }));
    expect(TrustedDocuments.load(file).textOf({ documentId: hash })).toBe(text);
    writeFileSync(file, JSON.stringify({ [hash]: '{ errorCodes { code } }' }));
    expect(() => TrustedDocuments.load(file)).toThrow(ConfigError);
    writeFileSync(file, '[]');
    expect(() => TrustedDocuments.load(file)).toThrow(/not a JSON object/);
    writeFileSync(file, '{}');
    expect(() => TrustedDocuments.load(file)).toThrow(/holds no documents/);
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
