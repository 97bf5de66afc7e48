import { setImmediate } from 'node:timers/promises';
import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
  parse,
  buildSchema as parseSchema,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { OperationCompiler } from '../../../schema/compiled/index.ts';
import { formatError } from '../../../schema/errors/format.ts';
import { objectTypesOf } from '../../../schema/object-types.ts';
import { collectGarbage } from '../../../src/server/start/start-garbage.ts';
import { testGraph } from '../../support/world.ts';

type Resolve = GraphQLFieldResolver<unknown, { readonly ran: string[] }>;

const SDL = `
  enum Colour { RED GREEN }
  input Point { x: Int! = 3 y: Int colour: Colour next: Point tags: [String!] }
  interface Animal { name: String }
  type Dog implements Animal { name: String bark: String! owner: Person }
  type Cat implements Animal { name: String lives: Int! }
  type Person { name: String! nick: String pet: Animal friends: [Person] kin: [Person!]! }
  type Query {
    echo(text: String = "none", point: Point, points: [Point!], needed: Int! = 7, id: ID): String
    person: Person
    people: [Person!]
    pet(kind: String): Animal
    a: Query
    b: Query
    fails: String!
    other: String
    number: Int
  }
  type Mutation { first: String! second: String! }
  type Subscription { tick: String }
`;

const dog = { __typename: 'Dog', name: 'Rex', bark: 'woof' };
const ann = { name: 'Ann', nick: 'a', pet: dog, friends: [], kin: [] };

const RESOLVERS: Readonly<Record<string, Resolve>> = {
  'Query.echo': (_source, args) => JSON.stringify(Object.entries(args).sort()),
  'Query.person': async () => ({ ...ann, friends: [{ ...ann, nick: 'f' }, null] }),
  'Query.people': () => [ann, { ...ann, name: null }],
  'Query.pet': (_source, { kind }) => (kind === 'cat' ? { __typename: 'Cat', name: 'Tom', lives: 9 } : dog),
  'Query.a': () => ({}),
  'Query.b': async () => ({}),
  'Query.fails': () => {
    throw new Error('the secret plan');
  },
  'Query.other': () => {
    throw new GraphQLError('a text of GraphQL');
  },
  'Query.number': () => 2 ** 40,
  'Mutation.first': (_source, _args, { ran }) => {
    ran.push('first');
    throw new Error('the secret plan');
  },
  'Mutation.second': (_source, _args, { ran }) => {
    ran.push('second');
    return 'done';
  },
};

function makeSchema(): GraphQLSchema {
  const schema = parseSchema(SDL);
  for (const type of objectTypesOf(schema))
    for (const field of Object.values(type.getFields())) {
      const resolve = RESOLVERS[`${type.name}.${field.name}`];
      if (resolve !== undefined) field.resolve = resolve as never;
    }
  return schema;
}

const schema = makeSchema();
const compiler = new OperationCompiler(schema);

const show = ({ data, errors }: ExecutionResult) => ({
  data: JSON.parse(JSON.stringify(data ?? null)) as unknown,
  errors: (errors ?? []).map((error) => formatError(error.toJSON(), error)),
});

/** The answers both ways; the compiled one is null when the operation or the request is left to graphql-js. */
async function runBoth(text: string, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const compiled = await compiler.compile(document)?.run({ ran: [] }, variables);
  const plain = await execute({ schema, document, variableValues: variables, contextValue: { ran: [] } });
  return { plain: show(plain), compiled: compiled == null ? null : show(compiled) };
}

async function expectEqual(text: string, variables: Record<string, unknown> = {}): Promise<unknown> {
  const { plain, compiled } = await runBoth(text, variables);
  expect(compiled).toEqual(plain);
  return plain.data;
}

describe('values in a compiled document', () => {
  it.each([
    ['a literal', '{ echo(text: "a\\"b\\\\ \\u2028") }'],
    ['null', '{ echo(text: null) }'],
    ['the default of the schema', '{ echo }'],
    ['an input object with defaults', '{ echo(point: { y: 1, colour: RED, next: { x: 4 } }) }'],
    ['a single value for a list', '{ echo(points: { x: 1 }) }'],
    ['a number for an id', '{ echo(id: 12345678901234567890) }'],
  ])('are those that graphql-js passes: %s', async (_, text) => {
    await expectEqual(text);
  });

  it.each([
    ['absent', {}],
    ['null', { y: null, point: null, text: null }],
    ['given', { y: 5, point: { x: 1, y: null, tags: ['t'] }, text: 'x', colour: 'GREEN' }],
  ])('are those that graphql-js passes when variables are %s', async (_, variables) => {
    const text =
      'query ($y: Int, $point: Point, $text: String = "d", $colour: Colour) { echo(point: { y: $y, colour: $colour, next: $point }, text: $text) again: echo(points: [{ y: $y }]) }';
    await expectEqual(text, variables);
  });

  it.each([
    '__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74dglobalThis.ranAsCode=1',
    '__MAGIC_NAN__57f286b9_4c20_487f_b409_79804ddcb4f8',
    '\\"};globalThis.ranAsCode=1;//',
    `\`\${globalThis.ranAsCode=1}\``,
  ])('are never run as code: %s', async (text) => {
    const literal = `"${text}"`;
    await expectEqual(`{ echo(text: ${literal}, point: { tags: [${literal}] }) }`);
    await expectEqual(
      `query ($text: String = ${literal}, $p: Point = { tags: [${literal}] }) { echo(text: $text, point: $p) }`,
    );
    expect(globalThis).not.toHaveProperty('ranAsCode');
  });

  it('are not kept with the versions of a document', async () => {
    const other = makeSchema();
    const points: WeakRef<object>[] = [];
    other.getQueryType()!.getFields()['echo']!.resolve = (_source, { point }) => {
      points.push(new WeakRef(point as object));
    };
    const text = 'query ($point: Point, $with: Boolean!) { echo(point: $point) other @include(if: $with) }';
    const compiled = new OperationCompiler(other).compile(parse(text))!;
    for (const isWith of [true, false]) await compiled.run({}, { point: { y: 1 }, with: isWith });
    // A reference keeps its object until the turn ends.
    await setImmediate();
    collectGarbage();
    expect(points.map((point) => point.deref())).toEqual([undefined, undefined]);
    expect(compiled.fields).toBe(3);
  });

  it('are made for each request, so that a resolver that changes one changes no other request', async () => {
    const changed = makeSchema();
    changed.getQueryType()!.getFields()['echo']!.resolve = (_source, { point }) => {
      point.y += 1;
      return JSON.stringify(point);
    };
    const operation = new OperationCompiler(changed).compile(parse('{ echo(point: { y: 1 }) }'))!;
    const first = await operation.run({}, {});
    expect(await operation.run({}, {})).toEqual(first);
  });

  it('that graphql-js refuses are left to it', async () => {
    const text = 'query ($point: Point!, $n: Int = 1) { echo(point: $point, needed: $n) }';
    for (const variables of [{}, { point: null }, { point: { x: 'a' } }, { point: { z: 1 } }, { point: { x: null } }])
      expect((await runBoth(text, variables)).compiled).toBeNull();
    const missing = await runBoth(text, { point: {}, n: null });
    expect(missing.compiled).toBeNull();
    expect(missing.plain.errors[0]!.message).toContain('must not be null');
  });
});

describe('conditions in a compiled document', () => {
  it.each([true, false])('apply to fields, fragments and merged fields, when $on is %s', async (on) => {
    const text = `query ($on: Boolean!, $off: Boolean = false) {
      person @include(if: $on) { ... { nick } name @skip(if: $on) }
      person { name }
      one: person @skip(if: $on) { ...F }
      two: person @include(if: $on) { ...F friends { ...F @include(if: $on) name } }
      ... on Query @include(if: $off) { other }
      never: other @skip(if: true)
    }
    fragment F on Person { nick pet { ...P @skip(if: $on) name } }
    fragment P on Animal { ... on Dog { bark } }`;
    await expectEqual(text, { on });
    await expectEqual(text, { on, off: true });
  });

  it('leave an empty object where they exclude every field', async () => {
    expect(await expectEqual('query ($on: Boolean!) { a { number @include(if: $on) } }', { on: false })).toEqual({
      a: {},
    });
  });

  it('that are null are left to graphql-js, which refuses them', async () => {
    const { plain, compiled } = await runBoth('query ($on: Boolean = true) { a { __typename @skip(if: $on) } }', {
      on: null,
    });
    expect(compiled).toBeNull();
    expect(plain.errors).toHaveLength(1);
  });

  it('are compiled for eight combinations; graphql-js serves the others', async () => {
    const names = ['p', 'q', 'r', 's'];
    const text = `query (${names.map((name) => `$${name}: Boolean!`).join(' ')}) { ${names
      .map((name) => `${name}: __typename @include(if: $${name})`)
      .join(' ')} }`;
    const operation = compiler.compile(parse(text))!;
    const answers = Array.from({ length: 16 }, (_, bits) =>
      operation.run({}, Object.fromEntries(names.map((name, at) => [name, (bits & (1 << at)) !== 0]))),
    );
    expect(answers.filter((answer) => answer !== null)).toHaveLength(8);
    expect(operation.run({}, { p: false, q: false, r: false, s: false })).toEqual({ data: {} });
  });
});

describe('the answer of a compiled document', () => {
  it.each([
    [
      'the type behind an interface',
      '{ pet { __typename name ... on Dog { bark } } cat: pet(kind: "cat") { ... on Cat { lives n: name } } }',
    ],
    ['fields that are merged', '{ person { name } person { nick friends { name } friends { nick } } }'],
    [
      'a fragment that is spread twice',
      '{ ...F ...F } fragment F on Query { fails2: other person { ...G } } fragment G on Person { name }',
    ],
    ['null for the nearest place that may be null', '{ people { name kin { name } } person { name } }'],
    ['null as a whole', '{ person { name } fails }'],
    ['an unexpected error, without its text', '{ a { fails } }'],
    ['a value that its type cannot represent', '{ number }'],
    ['names with an underscore', '{ a_b: a { __typename } c: a { d_e: __typename } }'],
  ])('is the one of graphql-js: %s', async (_, text) => {
    await expectEqual(text);
  });

  it('has one error where two fields make the same place null', async () => {
    const { compiled } = await runBoth('{ a { fails again: fails } }');
    expect(compiled!.errors).toHaveLength(1);
    expect(compiled!.data).toEqual({ a: null });
  });
});

describe('a document that is left to graphql-js', () => {
  it.each([
    ['has several mutations: the one after a failed mutation would run', 'mutation { first second }'],
    ['spreads its mutations', 'mutation { ...F } fragment F on Mutation { first second }'],
    ['has several operations', 'query A { __typename } query B { __typename }'],
    ['is a subscription', 'subscription { tick }'],
    ['reads the schema', '{ __schema { queryType { name } } }'],
    ['names a field like a property of every object', '{ __proto__: number }'],
    ['names a variable like one', 'query ($__proto__: String) { echo(text: $__proto__) }'],
    [
      'has names that the compiler confuses',
      '{ b_a: a { __typename } a { b: b { __typename } b_c: b { __typename } } }',
    ],
    ['has more than 500 fields', `{ ${Array.from({ length: 501 }, (_, at) => `f${at}: number`).join(' ')} }`],
    [
      'has them by fragments',
      `{ ...F0 } ${Array.from({ length: 9 }, (_, at) => `fragment F${at} on Query { a { ...F${at + 1} } b { ...F${at + 1} } }`).join(' ')} fragment F9 on Query { number }`,
    ],
  ])('%s', (_, text) => {
    const document = parse(text);
    expect(validate(schema, document)).toEqual([]);
    expect(compiler.compile(document)).toBeNull();
  });
});

describe('the schema of the service', () => {
  it('has no two fields whose type and name joined are equal, because compiled documents find resolvers by that', async () => {
    const graph = await testGraph();
    const names = Object.values(graph.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}${field}`));
    expect(new Set(names).size).toBe(names.length);
  });
});
