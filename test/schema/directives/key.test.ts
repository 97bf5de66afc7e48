import { buildSchema, type GraphQLObjectType, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { keyDirective, shareableDirective, stateKeys, stateShared } from '../../../schema/directives/key.ts';

const SDL = `
  directive @mark on OBJECT
  interface Node { id: ID! }
  interface Named { name: String }
  type Dog implements Node & Named @mark { id: ID! name: String }
  type Cat implements Named { name: String }
  type PageInfo { hasNextPage: Boolean }
  type Query { node: Node dog: Dog cat: Cat page: PageInfo }
`;
const directivesOf = (schema: ReturnType<typeof buildSchema>, name: string) =>
  ((schema.getType(name) as GraphQLObjectType).astNode?.directives ?? []).map(print);

describe('the key of a type for other graphs', () => {
  it('is stated by a directive of the shape of Apollo Federation', () => {
    expect(keyDirective.args.map(({ name, type }) => `${name}: ${type}`)).toEqual(['fields: federation__FieldSet!']);
    expect([keyDirective.isRepeatable, keyDirective.locations]).toEqual([true, ['OBJECT', 'INTERFACE']]);
    expect([shareableDirective.isRepeatable, shareableDirective.locations]).toEqual([
      true,
      ['OBJECT', 'FIELD_DEFINITION'],
    ]);
  });

  it('is the id of every type that has a global one, before the directives it has', () => {
    const schema = stateKeys(buildSchema(SDL));
    expect(directivesOf(schema, 'Dog')).toEqual(['@key(fields: "id")', '@mark']);
    for (const name of ['Cat', 'PageInfo', 'Query']) expect(directivesOf(schema, name)).toEqual([]);
  });

  it('is added to types that were not made from a text', () => {
    const schema = buildSchema(SDL);
    const dog = schema.getType('Dog') as GraphQLObjectType;
    dog.astNode = undefined;
    expect(directivesOf(stateKeys(schema), 'Dog')).toEqual(['@key(fields: "id")']);
    expect(dog.astNode).toMatchObject({ kind: 'ObjectTypeDefinition', name: { value: 'Dog' } });
  });
});

describe('the types that other graphs define as well', () => {
  it('are marked', () => {
    const schema = stateShared(buildSchema(SDL));
    expect(directivesOf(schema, 'PageInfo')).toEqual(['@shareable']);
    expect(directivesOf(schema, 'Dog')).toEqual(['@mark']);
  });

  it('exist as objects, or the schema is not built', () => {
    expect(() => stateShared(buildSchema('type Query { a: String }'))).toThrow('Only an object type');
    expect(() => stateShared(buildSchema('enum PageInfo { A } type Query { a: PageInfo }'))).toThrow(
      'Only an object type',
    );
  });
});
