import { execute, type GraphQLSchema, parse, subscribe } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { refuseUnstorableInput } from '../../../schema/directives/storable-input.ts';
import { IdentityError, MAX_TEXT_LENGTH } from '../../../src/kernel/index.ts';
import { smallSchema } from '../../support/small-graph.ts';

let calls: unknown[];
const keep = (_source: unknown, args: unknown) => {
  calls.push(args);
  return 'done';
};
beforeEach(() => {
  calls = [];
});

const schema: GraphQLSchema = refuseUnstorableInput(
  smallSchema(
    `
    scalar JSONObject
    enum Colour { RED }
    input Inner { name: String tags: [String] inner: Inner }
    input Outer { title: String! id: ID inner: Inner inners: [Inner] all: [[String]] free: JSONObject at: Int }
    type Thing { name(prefix: String): String }
    type Query {
      text(name: String, id: ID): String
      plain(at: Int, colour: Colour, free: JSONObject, flag: Boolean): String
      unresolved(name: String): String
      search(inner: Inner, all: [Inner]): String
      bare: String
      thing: Thing
    }
    type Mutation { change(input: Outer!): String createRiskbits(input: Outer!): String }
    type Subscription { ticks(name: String): String plain(at: Int): String }
  `,
    {
      'Query.text': keep,
      'Query.plain': keep,
      'Query.bare': keep,
      'Query.search': keep,
      'Query.thing': () => ({}),
      'Thing.name': keep,
      'Mutation.change': keep,
      'Mutation.createRiskbits': keep,
      'Subscription.ticks': async function* (_source, args) {
        calls.push(args);
        yield { ticks: 'one' };
      },
    },
  ),
);

/** What an operation is refused with: the code, then path and code of each field. Null when it is executed. */
async function faults(query: string, variables: Record<string, unknown> = {}): Promise<string[] | null> {
  const { errors } = await execute({ schema, document: parse(query), variableValues: variables });
  const error = errors?.[0]?.originalError;
  if (error === undefined && errors === undefined) return null;
  if (!(error instanceof IdentityError)) throw error ?? errors?.[0];
  return [error.code, ...(error.fields ?? []).map(({ path, code }) => `${path} ${code}`)];
}
const CHANGE = 'mutation ($input: Outer!) { change(input: $input) }';
const change = (input: object) => faults(CHANGE, { input: { title: 'x', ...input } });

describe('a text in the arguments of a field', () => {
  const text = (name: string, id: string | null = null) =>
    faults('query ($name: String, $id: ID) { text(name: $name, id: $id) }', { name, id });

  it.each(['', 'a\nb', '\u0007', '\u{1f600}', ' '])('may be %j', async (name) => {
    expect(await text(name, name)).toBeNull();
    expect(calls).toEqual([{ name, id: name }]);
  });

  it.each(['\0', 'a\0b', '\ud800', 'a\udfff'])('is refused with %j, which no column takes', async (name) => {
    expect(await text(name)).toEqual(['INVALID_INPUT', 'name TEXT_NOT_STORABLE']);
    expect(await text('x', name)).toEqual(['INVALID_INPUT', 'id TEXT_NOT_STORABLE']);
    expect(calls).toEqual([]);
  });

  it('has at most the longest length, in UTF-16 units', async () => {
    expect(await text('x'.repeat(MAX_TEXT_LENGTH))).toBeNull();
    expect(await text('x'.repeat(MAX_TEXT_LENGTH + 1))).toEqual(['INVALID_INPUT', 'name TEXT_LENGTH']);
    expect(await text('\u{1f600}'.repeat(MAX_TEXT_LENGTH / 2))).toBeNull();
    expect(await text(`${'\u{1f600}'.repeat(MAX_TEXT_LENGTH / 2)}x`)).toEqual(['INVALID_INPUT', 'name TEXT_LENGTH']);
    expect(await text(`\0${'x'.repeat(MAX_TEXT_LENGTH)}`)).toEqual(['INVALID_INPUT', 'name TEXT_LENGTH']);
  });

  it('is found in a literal as well, in the fields of objects too', async () => {
    expect(await faults('{ text(name: "\\u0000") }')).toEqual(['INVALID_INPUT', 'name TEXT_NOT_STORABLE']);
    expect(await faults('{ thing { name(prefix: "\\u0000") } }')).toEqual([
      'INVALID_INPUT',
      'prefix TEXT_NOT_STORABLE',
    ]);
    expect(await faults('{ thing { name(prefix: "x") } }')).toBeNull();
  });

  it('may be missing or null', async () => {
    expect(await faults('{ text }')).toBeNull();
    expect(await faults('{ text(name: null, id: null) }')).toBeNull();
    expect(calls).toEqual([{}, { name: null, id: null }]);
  });
});

describe('a text inside an input', () => {
  it('is named by its path', async () => {
    const input = {
      title: '\0',
      id: '\0',
      inner: { name: '\0', tags: ['a', null, '\0'], inner: { inner: { name: '\0' } } },
      inners: [{ name: 'a' }, null, { tags: ['\0'] }],
      all: [['a'], null, ['b', '\0']],
    };
    expect(await change(input)).toEqual([
      'INVALID_INPUT',
      'input.title TEXT_NOT_STORABLE',
      'input.id TEXT_NOT_STORABLE',
      'input.inner.name TEXT_NOT_STORABLE',
      'input.inner.tags.2 TEXT_NOT_STORABLE',
      'input.inner.inner.inner.name TEXT_NOT_STORABLE',
      'input.inners.2.tags.0 TEXT_NOT_STORABLE',
      'input.all.2.1 TEXT_NOT_STORABLE',
    ]);
    expect(calls).toEqual([]);
  });

  it('may be missing or null', async () => {
    expect(await change({ id: null, inner: { name: null, tags: null, inner: null }, inners: null })).toBeNull();
    expect(await change({})).toBeNull();
    expect(await faults('{ search } ')).toBeNull();
    expect(await faults('{ search(inner: null, all: null) }')).toBeNull();
    expect(await faults('{ search(inner: {}, all: [null, {}]) }')).toBeNull();
  });

  it('is named for the first 20 faults: a list may hold thousands', async () => {
    const tags = Array.from({ length: 5000 }, () => '\0');
    const all = await change({ inner: { tags } });
    expect(all).toHaveLength(21);
    expect(all?.at(-1)).toBe('input.inner.tags.19 TEXT_NOT_STORABLE');
  });

  it('of an object that is stored as JSON is left to the service, which names the member', async () => {
    expect(await change({ free: { a: '\0' } })).toBeNull();
  });
});

describe('fields', () => {
  it('whose arguments hold no text keep their resolver', () => {
    const { plain, bare, text, unresolved } = schema.getQueryType()!.getFields();
    expect([plain!.resolve, bare!.resolve]).toEqual([keep, keep]);
    expect(text!.resolve).not.toBe(keep);
    expect(unresolved!.resolve).toBeUndefined();
    expect(schema.getSubscriptionType()!.getFields()['plain']!.subscribe).toBeUndefined();
  });

  it('that answer item by item are not refused for one item', async () => {
    const query = 'mutation ($input: Outer!) { createRiskbits(input: $input) }';
    expect(await faults(query, { input: { title: '\0' } })).toBeNull();
    expect(calls).toHaveLength(1);
  });

  it('that are subscribed to are checked before they begin, and get their arguments unchanged', async () => {
    const begin = (name: string) =>
      subscribe({
        schema,
        document: parse('subscription ($name: String) { ticks(name: $name) }'),
        variableValues: { name },
      });
    const refused = await begin('\0');
    expect(refused).toMatchObject({ errors: [{ originalError: { code: 'INVALID_INPUT' } }] });
    expect(calls).toEqual([]);
    const begun = await begin('x');
    if (!(Symbol.asyncIterator in begun)) throw new Error('The subscription was refused.');
    expect((await begun.next()).value).toEqual({ data: { ticks: 'one' } });
    expect(calls).toEqual([{ name: 'x' }]);
  });
});
