import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { requireOnce } from '../../../schema/directives/once.ts';
import { defineErrors, IdentityError } from '../../../src/kernel/index.ts';
import { smallSchema } from '../../support/small-graph.ts';

const errors = defineErrors({ TRIED_TWICE: { kind: 'throttled', message: 'Once.' } });
const schema = smallSchema('type Query { guess(code: String): String other: String inner: Query }', {
  'Query.inner': () => ({}),
});
let tries = 0;
for (const name of ['guess', 'other'])
  schema.getQueryType()!.getFields()[name]!.resolve = (_source, _args, { signal }, info) => {
    requireOnce(info, signal, errors.TRIED_TWICE);
    tries += 1;
    return 'tried';
  };

/** How many tries one operation of a request had, and the codes of its refusals. */
async function run(query: string, signal = new AbortController().signal) {
  tries = 0;
  const result = await execute({ schema, document: parse(query), contextValue: { signal } });
  const codes = (result.errors ?? []).map(({ originalError }) =>
    originalError instanceof IdentityError ? originalError.code : originalError,
  );
  return [tries, ...codes];
}
const TWICE = 'TRIED_TWICE';

describe('a root field that can be tried once in a request', () => {
  it('is tried once, beside other fields', async () => {
    expect(await run('{ guess other }')).toEqual([2]);
    expect(await run('{ a: guess(code: "1") inner { other } }')).toEqual([2]);
  });

  it('is not tried at all when the operation has it twice, under whatever alias', async () => {
    expect(await run('{ a: guess(code: "1") b: guess(code: "2") }')).toEqual([0, TWICE, TWICE]);
    expect(await run('{ a: guess b: guess c: guess other }')).toEqual([1, TWICE, TWICE, TWICE]);
  });

  it.each([
    ['inline fragments', '{ a: guess ... { b: guess } }'],
    ['inline fragments of inline fragments', '{ ... on Query { a: guess ... { ... { b: guess } } } }'],
    ['a fragment', 'query { a: guess ...F } fragment F on Query { b: guess }'],
    ['one fragment with both', 'query { ...F } fragment F on Query { a: guess b: guess }'],
    ['two fragments', 'query { ...F ...G } fragment F on Query { a: guess } fragment G on Query { b: guess }'],
    ['fragments of fragments', 'query { ...F a: guess } fragment F on Query { ...G } fragment G on Query { b: guess }'],
  ])('is found twice in %s', async (_, query) => expect(await run(query)).toEqual([0, TWICE, TWICE]));

  it('is tried once over all operations of a batch, which share the signal of the request', async () => {
    const { signal } = new AbortController();
    expect(await run('{ guess }', signal)).toEqual([1]);
    expect(await run('{ guess }', signal)).toEqual([0, TWICE]);
    expect(await run('{ other }', signal)).toEqual([1]);
    expect(await run('{ x: guess }', signal)).toEqual([0, TWICE]);
    expect(await run('{ other }', signal)).toEqual([0, TWICE]);
  });

  it('is free again in the next request', async () => {
    expect([await run('{ guess }'), await run('{ guess }')]).toEqual([[1], [1]]);
  });
});
