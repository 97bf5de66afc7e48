import 'reflect-metadata';
import {
  buildSchema,
  type GraphQLObjectType,
  type ObjectTypeDefinitionNode,
  parse,
  specifiedDirectives,
} from 'graphql';
import { buildSchema as buildGraph, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { describe, expect, it } from 'vitest';
import {
  alternativesOf,
  Owned,
  RequiresScopes,
  requiresScopesDirective,
} from '../../../schema/directives/requires-scopes.ts';
import type { ScopeString } from '../../../src/access/index.ts';

@ObjectType()
@RequiresScopes(['user:read'])
@Owned({ tenant: 'homeId', account: null })
class Dog {
  @Field(() => String)
  @RequiresScopes(['credential:read', 'user:read'], ['credential:read:self'])
  chip!: string;
}

@Resolver()
class DogResolver {
  @Query(() => Dog)
  @RequiresScopes(['user:read'])
  dog(): Dog {
    return new Dog();
  }
}

describe('@requiresScopes in the code', () => {
  it('is stated in the schema: on types, on fields and on root fields, with who owns the objects', async () => {
    const schema = await buildGraph({
      resolvers: [DogResolver],
      validate: false,
      directives: [...specifiedDirectives, requiresScopesDirective],
    });
    const dog = schema.getType('Dog') as GraphQLObjectType;
    expect(alternativesOf(dog.astNode)).toEqual([['user:read']]);
    expect(alternativesOf(dog.getFields()['chip']!.astNode)).toEqual([
      ['credential:read', 'user:read'],
      ['credential:read:self'],
    ]);
    expect(alternativesOf(schema.getQueryType()!.getFields()['dog']!.astNode)).toEqual([['user:read']]);
    expect(dog.extensions['ownedBy']).toEqual({ tenant: 'homeId', account: null });
  });

  it('names permissions that exist', () => {
    expect(RequiresScopes(['user:read'], ['user:read:self', 'session:read:self'])).toBeTypeOf('function');
    for (const scope of ['user:fly', 'user', '', 'user:read:tenant'] as string[] as ScopeString[]) {
      expect(() => RequiresScopes([scope])).toThrow(`unknown permission ${scope}`);
      expect(() => RequiresScopes(['user:read'], ['user:read', scope])).toThrow('unknown permission');
    }
  });
});

describe('@requiresScopes in the schema', () => {
  const schema = buildSchema(`
    directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT
    directive @other(scopes: [[String!]!]) on FIELD_DEFINITION
    type Query @requiresScopes(scopes: [["user:read"]]) {
      none: String
      one: String @other(scopes: [["x"]]) @requiresScopes(scopes: [["user:read", "group:read"], ["user:read:all"]])
      other: String @other(scopes: [["user:read"]])
      nothing: String @requiresScopes(scopes: [])
    }`);
  const query = schema.getQueryType() as GraphQLObjectType;
  const of = (name: string) => alternativesOf(query.getFields()[name]!.astNode);

  it('is read as alternatives, each with all its scopes', () => {
    expect(of('one')).toEqual([['user:read', 'group:read'], ['user:read:all']]);
    expect(alternativesOf(query.astNode)).toEqual([['user:read']]);
  });

  it('without alternatives refuses every caller, which is not the same as being absent', () => {
    expect(of('nothing')).toEqual([]);
    expect([of('none'), of('other'), alternativesOf(undefined), alternativesOf(null)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('is not read from what is no list of lists', () => {
    const ofText = (directive: string) => {
      const [type] = parse(`type Query { field: String ${directive} }`).definitions as ObjectTypeDefinitionNode[];
      return alternativesOf(type!.fields![0]);
    };
    expect(ofText('@requiresScopes')).toBeNull();
    expect(ofText('@requiresScopes(other: [["user:read"]])')).toBeNull();
    expect(ofText('@requiresScopes(scopes: "user:read")')).toBeNull();
    expect(ofText('@requiresScopes(scopes: ["user:read"])')).toEqual([[]]);
    expect(alternativesOf({})).toBeNull();
    expect(alternativesOf({ directives: [{ name: { value: 'requiresScopes' } }] })).toBeNull();
  });

  it('has the shape of the directive of Apollo Federation', () => {
    expect(requiresScopesDirective.args.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'scopes: [[federation__Scope!]!]!',
    ]);
    expect(requiresScopesDirective.locations).toEqual(['FIELD_DEFINITION', 'OBJECT', 'INTERFACE', 'SCALAR', 'ENUM']);
  });
});
