import { DirectiveLocation, GraphQLDirective, GraphQLList, GraphQLNonNull, GraphQLScalarType, Kind } from 'graphql';
import { Directive, Extensions } from 'type-graphql';
import { parseScope, type ScopeString } from '../../src/access/index.ts';

/** Apollo Federation's scalar for a scope name. */
const ScopeScalar = new GraphQLScalarType({
  name: 'federation__Scope',
  description: 'A native permission with its reach, such as `user:read`, `user:read:self` or `user:read:all`.',
});

const scopeList = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(ScopeScalar)));

/** `@requiresScopes` with the shape and meaning of the Apollo Federation directive: outer list OR, inner list AND. */
export const requiresScopesDirective = new GraphQLDirective({
  name: 'requiresScopes',
  description: 'The caller must hold all scopes of at least one of the inner lists.',
  locations: [
    DirectiveLocation.FIELD_DEFINITION,
    DirectiveLocation.OBJECT,
    DirectiveLocation.INTERFACE,
    DirectiveLocation.SCALAR,
    DirectiveLocation.ENUM,
  ],
  args: { scopes: { type: new GraphQLNonNull(new GraphQLList(scopeList)) } },
});

/**
 * The only place where the graph declares permissions. Each argument is an alternative: a list of scopes, all of which the caller
 * must hold. On a class it guards every object of the type; on a field, that field.
 * @example RequiresScopes(['user:read'], ['user:read:self'])
 */
export function RequiresScopes(...alternatives: ScopeString[][]): ClassDecorator & MethodDecorator & PropertyDecorator {
  for (const scope of alternatives.flat()) {
    if (parseScope(scope) === null) throw new Error(`@requiresScopes names the unknown permission ${scope}.`);
  }
  return Directive(`@requiresScopes(scopes: ${JSON.stringify(alternatives)})`) as ClassDecorator &
    MethodDecorator &
    PropertyDecorator;
}

/** Which properties of a guarded type's rows hold its tenant and the account it belongs to. */
export interface OwnedBy {
  /** Default `tenantId`. */
  readonly tenant?: string;
  /** Property with the public id of the account, for reach `self`. Null: the type belongs to no account. Default `userId`. */
  readonly account?: string | null;
}

/** Names the owner of a guarded type whose rows have no `tenantId` or `userId`. */
export function Owned(by: OwnedBy): ClassDecorator {
  return Extensions({ ownedBy: by }) as unknown as ClassDecorator;
}

/** Reads the alternatives from a type's or field's SDL node. */
export function alternativesOf(
  node: { readonly directives?: readonly DirectiveLike[] | undefined } | null | undefined,
): string[][] | null {
  const directive = node?.directives?.find(({ name }) => name.value === 'requiresScopes');
  const value = directive?.arguments?.find(({ name }) => name.value === 'scopes')?.value;
  if (value === undefined || value.kind !== Kind.LIST) return null;
  return (value.values ?? []).map((inner) => (inner.values ?? []).map((scope) => scope.value as string));
}

interface ValueLike {
  readonly kind: string;
  readonly value?: unknown;
  readonly values?: readonly ValueLike[];
}
interface DirectiveLike {
  readonly name: { readonly value: string };
  readonly arguments?: readonly { readonly name: { readonly value: string }; readonly value: ValueLike }[] | undefined;
}
