import { buildSchema, type GraphQLObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { alternativesOf, RequiresScopes, requiresScopesDirective } from '../../../schema/directives/requires-scopes.ts';
import type { ScopeString } from '../../../src/access/index.ts';

describe('@requiresScopes in the code', () => {
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

  it('has the shape of the directive of Apollo Federation', () => {
    expect(requiresScopesDirective.args.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'scopes: [[federation__Scope!]!]!',
    ]);
  });
});
