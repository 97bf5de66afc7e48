import { buildSchema, type GraphQLSchema, getIntrospectionQuery, getOperationAST } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_GRAPHQL_LIMITS, parseGraphqlLimits } from '../../../../src/server/environment/graphql-limits.ts';
import { ClientDocuments, hashDocument } from '../../../../src/server/graphql/client-documents.ts';
import { createMetrics, type Metrics } from '../../../../src/server/http/metrics.ts';
import { contextOf, makeSchema, resetGraph, resolved } from '../../../support/dog-graph.ts';
import { graphServersOfSuite, MEDIA_TYPES, post } from '../../../support/graph-servers.ts';
import { nobody, smallApp, smallTenant } from '../../../support/small-graph.ts';

const SCHEMA = buildSchema(
  'type Query { x(n: Int): String again: Query all(first: Int): AllConnection } type Mutation { y: String z: String } type AllConnection { nodes: [Item] } type Item { x: Int } type Subscription { s: String }',
);

/** Documents with a way to send one, and the counts of what was done with them. */
class Sender {
  readonly metrics: Metrics = createMetrics();
  readonly documents: ClientDocuments;

  constructor(
    readonly schema: GraphQLSchema = SCHEMA,
    limits = DEFAULT_GRAPHQL_LIMITS,
  ) {
    this.documents = new ClientDocuments({ schema, limits, metrics: this.metrics });
  }

  /** Sends a request, as the endpoints do. */
  async send(text: string, variables: Record<string, unknown> = {}, context: object = {}, operationName?: string) {
    const hash = hashDocument(text);
    const codes = (
      errors: readonly { readonly originalError?: unknown; readonly extensions: Record<string, unknown> }[],
    ) =>
      errors.map(
        ({ originalError, extensions }) => (originalError as { code?: string } | null)?.code ?? extensions['code'],
      );
    try {
      const document = this.documents.find(hash) ?? this.documents.parse(text, hash);
      const faults = this.documents.faultsOf(hash, document, getOperationAST(document, operationName), variables);
      if (faults.length > 0) return { data: undefined, codes: codes(faults) };
      const { data, errors = [] } = await this.documents.execute({ document, operationName, variables, context });
      return { data: JSON.parse(JSON.stringify(data ?? null)), codes: codes(errors) };
    } catch (error) {
      return { data: undefined, codes: codes([error as never]) };
    }
  }

  /** How often each step was done. */
  async counts(): Promise<Record<string, number>> {
    const { values } = await this.metrics.graphqlDocuments.get();
    return Object.fromEntries(values.map(({ labels, value }) => [String(labels.step), value]));
  }
}

describe('a document that clients send again', () => {
  it('is parsed and validated once, and compiled once, at its second use', async () => {
    const sender = new Sender();
    const text = 'query ($n: Int) { x(n: $n) }';
    await sender.send(text, { n: 1 });
    expect(await sender.counts()).toEqual({ parsed: 1, validated: 1 });
    for (let n = 0; n < 5; n++) expect((await sender.send(text, { n })).data).toEqual({ x: null });
    expect(await sender.counts()).toEqual({ parsed: 1, validated: 1, compiled: 1 });
  });

  it('is tried once when it cannot be compiled, and served by graphql-js', async () => {
    const sender = new Sender();
    const text = 'query A { a: __typename } query B { b: __typename }';
    for (let n = 0; n < 3; n++) {
      expect((await sender.send(text, {}, {}, 'A')).data).toEqual({ a: 'Query' });
      expect((await sender.send(text, {}, {}, 'B')).data).toEqual({ b: 'Query' });
    }
    expect(await sender.counts()).toEqual({ parsed: 1, validated: 1, not_compiled: 1 });
  });

  it('has its variables checked for each request', async () => {
    const sender = new Sender(SCHEMA, parseGraphqlLimits('cost=30'));
    const text = 'query ($n: Int) { all(first: $n) { nodes { x } } }';
    const send = async (n: unknown) => (await sender.send(text, { n })).codes;
    for (let round = 0; round < 3; round++) {
      expect(await send(30)).toEqual([]);
      expect(await send(31)).toEqual(['DOCUMENT_TOO_COSTLY']);
      expect(await send(2 ** 53)).toEqual(['INVALID_INPUT']);
      // Not even graphql-js gives it a code; the endpoints do.
      expect(await send('x')).toEqual([undefined]);
    }
    expect(await sender.counts()).toMatchObject({ parsed: 1, validated: 1, compiled: 1 });
  });

  it('is refused by name when it has no operation of the name', async () => {
    const sender = new Sender();
    await sender.send('query A { __typename }', {}, {}, 'A');
    for (let n = 0; n < 3; n++) {
      const { data, codes } = await sender.send('query A { __typename }', {}, {}, 'B');
      expect([data, codes]).toEqual([null, [undefined]]);
    }
  });
});

describe('a refused document', () => {
  it.each([
    ['that is not GraphQL', '{', 'GRAPHQL_PARSE_FAILED', ''],
    ['with a field that does not exist', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED', ''],
    ['that is too deep', '{ again { again { again { x } } } }', 'DOCUMENT_TOO_DEEP', 'depth=3'],
    ['that costs too much', '{ all(first: 11) { nodes { x } } }', 'DOCUMENT_TOO_COSTLY', 'cost=10'],
    ['with too many equal fields', '{ x x x }', 'DOCUMENT_REPEATS_EXCEEDED', 'repeats=2'],
  ])('%s is looked at once, and refused again with the same answer', async (_, text, code, limits) => {
    const sender = new Sender(SCHEMA, parseGraphqlLimits(limits));
    const first = await sender.send(text);
    expect(first.codes).toEqual([code]);
    const counts = await sender.counts();
    for (let n = 0; n < 3; n++) expect(await sender.send(text)).toEqual(first);
    expect(await sender.counts()).toEqual(counts);
    expect(counts['refused']).toBe(1);
  });

  it('is not remembered as refused for one of several operations', async () => {
    const sender = new Sender(SCHEMA, parseGraphqlLimits('cost=10'));
    const text = 'query A { all(first: 11) { nodes { x } } } query B { x }';
    expect((await sender.send(text, {}, {}, 'A')).codes).toEqual(['DOCUMENT_TOO_COSTLY']);
    expect((await sender.send(text, {}, {}, 'B')).data).toEqual({ x: null });
    expect((await sender.send(text, {}, {}, 'A')).codes).toEqual(['DOCUMENT_TOO_COSTLY']);
  });

  it('pushes out no document that may be executed, however many there are', async () => {
    const sender = new Sender();
    const good = '{ x }';
    const once = '{ x x }';
    await sender.send(good);
    await sender.send(good);
    await sender.send(once);
    for (let n = 0; n < 5_000; n++) {
      await sender.send(`{ nothing${n} }`);
      await sender.send(`{ nothing${n}`);
    }
    const { parsed } = await sender.counts();
    await sender.send(good);
    await sender.send(once);
    expect(await sender.counts()).toMatchObject({ parsed, compiled: 2 });
  });

  it('is forgotten when 4 MB of others were refused after it', async () => {
    const sender = new Sender();
    await sender.send('{ first }');
    for (let n = 0; n < 2_500; n++) await sender.send(`{ nothing${n} }`);
    const { refused } = await sender.counts();
    await sender.send('{ nothing2499 }');
    expect((await sender.counts())['refused']).toBe(refused);
    await sender.send('{ first }');
    expect((await sender.counts())['refused']).toBe(refused! + 1);
  });
});

describe('documents that are used once', () => {
  it('push out only each other', async () => {
    const sender = new Sender();
    for (let n = 0; n < 3; n++) await sender.send('{ x }');
    for (let n = 0; n < 1_100; n++) await sender.send(`{ a${n}: x }`);
    const { parsed } = await sender.counts();
    await sender.send('{ x }');
    await sender.send('{ a1099: x }');
    expect((await sender.counts())['parsed']).toBe(parsed);
    await sender.send('{ a0: x }');
    expect((await sender.counts())['parsed']).toBe(parsed! + 1);
  });

  it('and are large are kept within 16 MB', async () => {
    const sender = new Sender();
    const big = (n: number) => `{ a${n}: x } #${' '.repeat(40_000)}`;
    for (let n = 0; n < 10; n++) await sender.send(big(n));
    const { parsed } = await sender.counts();
    await sender.send(big(9));
    await sender.send(big(0));
    expect((await sender.counts())['parsed']).toBe(parsed! + 1);
  });
});

describe('the permissions of callers', () => {
  afterEach(resetGraph);

  it('are enforced in the first, second and third use alike, for two callers in turn', async () => {
    const sender = new Sender(makeSchema());
    const acme = smallTenant('acme');
    const text = 'query ($id: ID) { closed(dogId: $id) dog { name chip } }';
    resolved.found = { name: 'Rex', tenantId: acme.id, userId: 'someone' };
    for (let use = 1; use <= 3; use++) {
      const allowed = await sender.send(text, {}, contextOf(smallApp(acme, 'user:read', 'credential:read')));
      expect(allowed).toEqual({
        data: { closed: 'acme tenant', dog: { name: 'Rex', chip: 'acme tenant' } },
        codes: [],
      });
      const half = await sender.send(text, {}, contextOf(smallApp(acme, 'user:read')));
      expect(half.data).toEqual({ closed: 'acme tenant', dog: { name: 'Rex', chip: null } });
      expect(half.codes).toEqual(['FORBIDDEN']);
      const refused = await sender.send(text, {}, contextOf(nobody));
      expect(refused).toEqual({ data: { closed: null, dog: null }, codes: ['UNAUTHENTICATED', 'UNAUTHENTICATED'] });
    }
    expect(await sender.counts()).toEqual({ parsed: 1, validated: 1, compiled: 1 });
  });
});

describe('the graph over HTTP, for documents that are sent again', () => {
  const graph = graphServersOfSuite();

  it.each([
    ['a query', { query: '{ tenants { nodes { name } } }' }, 'good'],
    ['a refused caller', { query: '{ tenants { nodes { name } } }' }, null],
    ['a syntax fault', { query: '{ tenants' }, null],
    ['a text with too many tokens', { query: `{ ${'a '.repeat(4001)} }` }, null],
    ['an unknown field', { query: '{ nothing }' }, null],
    ['an unknown field in a mutation', { query: 'mutation M { nothing }' }, null],
    [
      'a wrong variable',
      { query: 'query ($n: Int) { tenants(first: $n) { nodes { name } } }', variables: { n: 'x' } },
      null,
    ],
    [
      'an unknown member of an input',
      {
        query: 'mutation ($i: CreateTenantInput!) { createTenant(input: $i) { __typename } }',
        variables: { i: { nothing: 1 } },
      },
      null,
    ],
    ['an unknown operation', { query: 'query A { __typename }', operationName: 'B' }, null],
    ['an empty name of an operation', { query: 'query A { __typename }', operationName: '' }, null],
    [
      'one of several operations',
      { query: 'query A { __typename } query B { b: __typename }', operationName: 'B' },
      null,
    ],
    ['no name for several operations', { query: 'query A { __typename } query B { b: __typename }' }, null],
    ['introspection', { query: getIntrospectionQuery() }, null],
    ['an object by its id', { query: '{ node(id: "x") { __typename id } }' }, 'good'],
    [
      'a batch',
      [{ query: '{ __typename }' }, { query: '{ nothing }' }, { query: '{' }, { query: '{ __typename }' }],
      null,
    ],
    ['extensions', { query: '{ __typename }', extensions: { a: 1 } }, null],
    ['a subscription', { query: 'subscription { securityEvents { cursor } }' }, null],
  ])('gives the same answer each time: %s', async (_, body, token) => {
    const { url } = await graph.start();
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    for (const accept of MEDIA_TYPES) {
      const answers = [];
      for (let use = 0; use < 3; use++) answers.push(await post(url, body, { ...headers, accept }));
      const shown = answers.map((answer) => [answer.status, answer.headers.get('content-type'), answer.body]);
      expect(shown[1]).toEqual(shown[0]);
      expect(shown[2]).toEqual(shown[0]);
    }
  });

  it('refuses a mutation by GET each time, even one that is not valid', async () => {
    const { url } = await graph.start();
    for (let use = 0; use < 3; use++) {
      const answer = await fetch(`${url}?query=${encodeURIComponent('mutation { nothing }')}`, {
        headers: { 'apollo-require-preflight': '1' },
      });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
      await post(url, { query: 'mutation { nothing }' });
    }
  });

  it('parses and validates a text once', async () => {
    const { url, metrics } = await graph.start();
    for (let use = 0; use < 4; use++) {
      await post(url, { query: '{ __typename }' });
      await post(url, { query: '{ nothing }' });
      await post(url, { query: '{' });
    }
    const { values } = await metrics.graphqlDocuments.get();
    const counts = Object.fromEntries(values.map(({ labels, value }) => [labels.step, value]));
    // A text with a syntax fault is not counted as parsed.
    expect(counts).toEqual({ parsed: 2, validated: 2, refused: 2, compiled: 1 });
  });
});
