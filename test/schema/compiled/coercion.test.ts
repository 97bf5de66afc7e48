import { buildSchema, getVariableValues, type OperationDefinitionNode, parse } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { createCoercion } from '../../../schema/compiled/coercion.ts';
import { NotCompilable } from '../../../schema/compiled/plan.ts';

const schema = buildSchema(`
  type Query { a(id: ID, point: Point): String }
  enum Colour { RED BLUE }
  input Point { x: Int!, y: Int = 7, colour: Colour, inner: Point }
`);

const operationOf = (definitions: string) =>
  parse(`query (${definitions}) { a }`).definitions[0] as OperationDefinitionNode;

describe('the coercion of variables', () => {
  it.each([
    ['$n: Int', {}],
    ['$n: Int', { n: null }],
    ['$n: Int', { n: 3, other: 4 }],
    ['$n: Int', { n: '3' }],
    ['$n: Int!', {}],
    ['$n: Int!', { n: null }],
    ['$n: Int! = 5', {}],
    ['$n: Int = 5', { n: null }],
    ['$id: ID!', { id: 12 }],
    ['$id: ID!', { id: { a: 1 } }],
    ['$ids: [ID!]!', { ids: 'one' }],
    ['$ids: [ID!]!', { ids: ['a', 2] }],
    ['$ids: [ID!]!', { ids: ['a', null] }],
    ['$c: Colour', { c: 'RED' }],
    ['$c: Colour', { c: 'GREEN' }],
    ['$p: Point', { p: { x: 1, inner: { x: 2, y: null } } }],
    ['$p: Point', { p: { x: 1, z: 2 } }],
    ['$p: Point', { p: { y: 2 } }],
    ['$p: Point = { x: 1, colour: BLUE }', {}],
    ['$a: Int $b: [Point!] = [{ x: 3 }]', { a: 1 }],
  ])('gives for (%s) and %j what graphql-js gives, and nothing where it reports an error', (definitions, given) => {
    const operation = operationOf(definitions);
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
    expect(createCoercion(schema, operation)(given)).toEqual(coerced ?? null);
  });

  it('looks up the types once, and gives each request its own objects', () => {
    const getType = vi.spyOn(schema, 'getType');
    const coerce = createCoercion(schema, operationOf('$p: Point = { x: 1 }, $q: Point'));
    const lookUps = getType.mock.calls.length;
    expect(lookUps).toBe(2);
    const [first, second] = [coerce({}), coerce({})];
    expect(first).toEqual(second);
    expect(first?.['p']).not.toBe(second?.['p']);
    expect(getType.mock.calls.length).toBe(lookUps);
    getType.mockRestore();
  });

  it('is not prepared for a type that is none of inputs', () => {
    expect(() => createCoercion(schema, operationOf('$q: Query'))).toThrow(NotCompilable);
  });
});
