import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parseGraphqlLimits } from '../../../../src/server/environment/graphql-limits.ts';
import { graphServersOfSuite, MEDIA_TYPES, post } from '../../../support/graph-servers.ts';

describe('limits of a request', () => {
  const { start } = graphServersOfSuite();

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
