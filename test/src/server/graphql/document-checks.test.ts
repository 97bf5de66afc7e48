import { buildSchema, type DocumentNode, getOperationAST, parse, specifiedRules, validate, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { IdentityError } from '../../../../src/kernel/index.ts';
import { DEFAULT_GRAPHQL_LIMITS, parseGraphqlLimits } from '../../../../src/server/environment/graphql-limits.ts';
import { DocumentChecks } from '../../../../src/server/graphql/document-checks.ts';
import { repeatsOf } from '../../../../src/server/graphql/document-repeats.ts';

const SCHEMA = buildSchema('type Query { a: Query, b: Query, x: Int, y(n: Int): Int }');
const { tokens } = DEFAULT_GRAPHQL_LIMITS;

/** A document that counts how often the names of its fields are read; comparing two fields reads both names. */
function counted(text: string): { readonly document: DocumentNode; readonly reads: () => number; fields: number } {
  let reads = 0;
  let fields = 0;
  const document = visit(parse(text), {
    Field: (node) => {
      fields += 1;
      const { name } = node;
      return Object.defineProperty({ ...node }, 'name', {
        enumerable: true,
        get: () => {
          reads += 1;
          return name;
        },
      });
    },
  });
  reads = 0;
  return { document, reads: () => reads, fields };
}

const codesOf = (text: string, limits = DEFAULT_GRAPHQL_LIMITS): unknown[] => {
  const document = parse(text);
  return new DocumentChecks(SCHEMA, limits)
    .check(document, getOperationAST(document), {})
    .faults.map(
      ({ originalError, extensions }) => (originalError as { code?: string } | undefined)?.code ?? extensions['code'],
    );
};

/** Documents of the same size whose validation compares every pair of fields. */
const REPEATED: readonly (readonly [string, string])[] = [
  ['one field again and again', `{ ${'x '.repeat(3000)} }`],
  ['one nested field again and again', `{ ${`a { ${'x '.repeat(30)} } `.repeat(100)} }`],
  ['fields in inline fragments', `{ ${'... { x } '.repeat(1000)} }`],
  [
    'fields in fragments',
    `{ a { ${'...F '.repeat(2)} ${'x '.repeat(1500)} } } fragment F on Query { ${'x '.repeat(1500)} }`,
  ],
  ['a fragment that nobody spreads', `{ x } fragment F on Query { ${'x '.repeat(3000)} }`],
];

describe('checks of documents', () => {
  it.each(REPEATED)('refuse %s without comparing the fields', (_, text) => {
    const { document, reads, fields } = counted(text);
    const faults = new DocumentChecks(SCHEMA, DEFAULT_GRAPHQL_LIMITS).check(
      document,
      getOperationAST(document),
      {},
    ).faults;
    expect(faults.map(({ originalError }) => originalError)).toMatchObject([{ code: 'DOCUMENT_REPEATS_EXCEEDED' }]);
    expect(reads()).toBeLessThanOrEqual(8 * fields);
    // The validation of the same document without the limit.
    validate(SCHEMA, document, specifiedRules);
    expect(reads()).toBeGreaterThan(50 * fields);
  });

  it('refuse too many different fragments at one place, whose pairs validation would compare', () => {
    const { repeats } = DEFAULT_GRAPHQL_LIMITS;
    const schema = buildSchema(`type Query { ${Array.from({ length: 20 }, (_, i) => `f${i}: Int`).join(' ')} }`);
    const codeOf = (count: number) => {
      const names = Array.from({ length: count }, (_, i) => `F${i}`);
      const spread = names.map((name) => `...${name}`).join(' ');
      const document = parse(
        `{ ${spread} } ${names.map((name, i) => `fragment ${name} on Query { f${i % 20} }`).join(' ')}`,
      );
      const [fault] = new DocumentChecks(schema, DEFAULT_GRAPHQL_LIMITS).check(
        document,
        getOperationAST(document),
        {},
      ).faults;
      return (fault?.originalError as { code?: string } | undefined)?.code;
    };
    expect([codeOf(repeats), codeOf(repeats + 1), codeOf(400)]).toEqual([
      undefined,
      'DOCUMENT_REPEATS_EXCEEDED',
      'DOCUMENT_REPEATS_EXCEEDED',
    ]);
  });

  it('compare at each place at most as many fields as the limit of repeats allows', () => {
    const { repeats } = DEFAULT_GRAPHQL_LIMITS;
    const names = Array.from({ length: 26 }, (_, i) => `${String.fromCharCode(97 + i)}: x `);
    const { document, reads, fields } = counted(`{ ${names.map((name) => name.repeat(repeats)).join('')} }`);
    const checks = new DocumentChecks(SCHEMA, parseGraphqlLimits('aliases=10000'));
    expect(checks.check(document, getOperationAST(document), {}).faults).toEqual([]);
    expect(reads()).toBeLessThanOrEqual(fields * (repeats + 16));
  });

  it('report only the first exceeded limit of a document that also does not match the schema', () => {
    expect(codesOf('{ nothing a { a { x } } }', parseGraphqlLimits('depth=3'))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(codesOf('{ nothing a { a { a { x } } } }', parseGraphqlLimits('depth=3'))).toEqual(['DOCUMENT_TOO_DEEP']);
    expect(codesOf(`{ nothing ${'a { x } b { x } '.repeat(6)} }`, parseGraphqlLimits('cost=10'))).toEqual([
      'DOCUMENT_TOO_COSTLY',
    ]);
  });

  it('report every mismatch with the schema', () => {
    expect(codesOf('{ one two x }')).toEqual(['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_VALIDATION_FAILED']);
  });

  it('check the cost of an accepted document again for other variables', () => {
    const schema = buildSchema(
      'type Query { all(first: Int): AllConnection } type AllConnection { nodes: [Item] } type Item { x: Int }',
    );
    const document = parse('query ($n: Int) { all(first: $n) { nodes { x } } }');
    const checks = new DocumentChecks(schema, parseGraphqlLimits('cost=10'));
    const count = (n: number) => checks.check(document, getOperationAST(document), { n }).faults.length;
    expect([count(10), count(11), count(10)]).toEqual([0, 1, 0]);
  });

  it('refuse variables with a rounded whole number, which would be the id of another object', () => {
    const schema = buildSchema('type Query { thing(id: ID, at: [In]): Int } input In { n: ID }');
    const document = parse('query ($id: ID, $at: [In]) { thing(id: $id, at: $at) }');
    const checks = new DocumentChecks(schema, DEFAULT_GRAPHQL_LIMITS);
    const fieldsOf = (variables: string) =>
      checks
        .check(document, getOperationAST(document), JSON.parse(variables))
        .faults.flatMap(({ originalError }) => (originalError as IdentityError).fields!.map(({ path }) => path));
    expect(fieldsOf('{"id":9007199254740993}')).toEqual(['variables.id']);
    expect(fieldsOf('{"id":"x","at":[{"n":-9007199254740992}]}')).toEqual(['variables.at']);
    expect(fieldsOf(`{"at":${'['.repeat(100_000)}1e400${']'.repeat(100_000)}}`)).toEqual(['variables.at']);
    expect(fieldsOf(`{"at":${'['.repeat(190)}1e400${']'.repeat(190)}}`)).toEqual(['variables.at']);
    expect(fieldsOf('{"id":9007199254740991,"at":[{"n":"9007199254740993"}]}')).toEqual([]);
  });

  it('refuse variables with more levels than inputs that contain themselves can be read', () => {
    const schema = buildSchema('type Query { thing(at: In): Int } input In { not: In }');
    const document = parse('query ($at: In) { thing(at: $at) }');
    const checks = new DocumentChecks(schema, DEFAULT_GRAPHQL_LIMITS);
    const codesAt = (levels: number) =>
      checks
        .check(
          document,
          getOperationAST(document),
          JSON.parse(`{"at":${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}}`),
        )
        .faults.flatMap(({ originalError }) =>
          (originalError as IdentityError).fields!.map(({ path, code }) => [path, code]),
        );
    expect(codesAt(100)).toEqual([]);
    for (const levels of [201, 100_000]) expect(codesAt(levels)).toEqual([['variables.at', 'VALUE_TOO_DEEP']]);
  });

  it('refuse variables whose lists are longer than any field takes', () => {
    const schema = buildSchema('type Query { thing(at: In): Int } input In { or: [In] }');
    const document = parse('query ($at: In) { thing(at: $at) }');
    const checks = new DocumentChecks(schema, DEFAULT_GRAPHQL_LIMITS);
    const codesOf = (items: number) =>
      checks
        .check(document, getOperationAST(document), {
          at: { or: [{ or: Array.from({ length: items - 2 }, () => ({})) }, {}] },
        })
        .faults.flatMap(({ originalError }) => (originalError as IdentityError).fields!.map(({ code }) => code));
    expect(codesOf(10_000)).toEqual([]);
    expect(codesOf(10_001)).toEqual(['LIST_TOO_LONG']);
  });

  it('validate a document if the request does not name an operation', () => {
    const checks = new DocumentChecks(SCHEMA, DEFAULT_GRAPHQL_LIMITS);
    expect(checks.check(parse('query A { x } query B { nothing }'), null, {}).faults).toHaveLength(1);
  });
});

describe('repeats of a document', () => {
  const worst = (text: string) => repeatsOf(parse(text), tokens);

  it.each([
    ['fields that stand once', '{ x a { x b { x } } }', 1],
    ['equal response names of different fields', '{ x x: y(n: 1) }', 2],
    ['aliases, by the name in the answer', '{ p: x q: x r: x }', 1],
    ['fields below equal fields', '{ a { x } a { x x } }', 3],
    ['fields below different fields', '{ a { x } b { x x } }', 2],
    ['inline fragments', '{ x ... { x } ... on Query { x } }', 3],
    ['a fragment, once for each place it is merged into', '{ ...F ...F x } fragment F on Query { x }', 2],
    ['a fragment in several places', '{ a { ...F } b { ...F } } fragment F on Query { x }', 1],
    ['a fragment in a fragment', '{ a { ...F x } } fragment F on Query { x ...G } fragment G on Query { x }', 3],
    ['a cycle of fragments', '{ ...F } fragment F on Query { a { ...G } } fragment G on Query { x ...F }', 1],
    ['different fragments of one place', '{ ...F ...G } fragment F on Query { x } fragment G on Query { y }', 2],
    [
      'a fragment that an outer place has as well',
      '{ ...F a { ...F ...G } } fragment F on Query { x } fragment G on Query { x y }',
      2,
    ],
    [
      'a fragment within itself, once',
      '{ ...F } fragment F on Query { a { x ...G } } fragment G on Query { x a { ...F } }',
      2,
    ],
    ['a fragment that is not there', '{ ...Nothing x }', 1],
  ])('count %s', (_, text, count) => expect(worst(text).count).toBe(count));

  it('are found with bounded work in a document that fragments multiply', () => {
    const fragments = Array.from(
      { length: 40 },
      (_, i) => `fragment F${i} on Query { a { ...F${i + 1} } b { ...F${i + 1} } }`,
    );
    const text = `{ ...F0 } ${fragments.join(' ')} fragment F40 on Query { x }`;
    expect(worst(text).count).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the cost of a mutation with a result for each item', () => {
  const schema = buildSchema(`
    type Query { x: Int }
    type User { name: String roles: [User!]! }
    type Result { user: User }
    type CreateUsersPayload { results: [Result!]! }
    input NewUser { name: String }
    input CreateUsersInput { users: [NewUser!]! tags: [String!] }
    type Mutation { createUsers(input: CreateUsersInput!): CreateUsersPayload! }
  `);
  const RESULTS = '{ results { user { name } } }';
  const users = (count: number) => Array.from({ length: count }, () => ({ name: 'x' }));
  const faultOf = (text: string, variables: Record<string, unknown> = {}, cost = 30) => {
    const document = parse(text);
    const { faults } = new DocumentChecks(schema, { ...DEFAULT_GRAPHQL_LIMITS, cost }).check(
      document,
      getOperationAST(document),
      variables,
    );
    return (faults[0]?.originalError as IdentityError | undefined)?.message ?? null;
  };
  const WITH_INPUT = `mutation ($input: CreateUsersInput!) { createUsers(input: $input) ${RESULTS} }`;
  const WITH_USERS = `mutation ($users: [NewUser!]!) { createUsers(input: { users: $users }) ${RESULTS} }`;

  it('is that of each, wherever the items stand, and anew for each request', () => {
    expect(faultOf(WITH_INPUT, { input: { users: users(10) } })).toBeNull();
    expect(faultOf(WITH_INPUT, { input: { users: users(11), tags: ['a'] } })).toContain('up to 33 objects');
    expect(faultOf(WITH_USERS, { users: users(11) })).toContain('up to 33 objects');
    const literal = `mutation { createUsers(input: { users: [${'{}, '.repeat(11)}] }) ${RESULTS} }`;
    expect(faultOf(literal)).toContain('up to 33 objects');
    expect(faultOf(`mutation { createUsers(input: { users: {} }) ${RESULTS} }`)).toBeNull();
    const nested = `mutation ($users: [NewUser!]!) { createUsers(input: { users: $users }) { results { user { roles { name } } } } }`;
    expect(faultOf(nested, { users: users(4) })).toContain('up to 32 objects');
  });

  it('is counted before the variables are checked, whatever they are', () => {
    for (const input of [undefined, null, 7, 'text', [], {}, { users: 'x' }])
      expect(faultOf(WITH_INPUT, { input }, 3)).toBeNull();
    expect(faultOf(`mutation { createUsers ${RESULTS} }`, {}, 2)).toContain('up to 3 objects');
  });
});
