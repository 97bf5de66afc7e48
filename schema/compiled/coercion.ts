import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  isNonNullType,
  type OperationDefinitionNode,
  type TypeNode,
  typeFromAST,
  type ValueNode,
  valueFromAST,
} from 'graphql';
import { NotCompilable, type Variables } from './plan.ts';

/** Coerces the variables of a request as graphql-js does; null when one is not valid, and graphql-js has to report it. */
export type Coerce = (given: Variables) => Record<string, unknown> | null;

interface Definition {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly isRequired: boolean;
  readonly defaultValue: ValueNode | undefined;
}

const INVALID = new Error('The value is not valid.');

function refuse(): never {
  throw INVALID;
}

/**
 * Prepares the coercion of an operation's variables (October 2021, section 6.1.2). The types of the variables are looked up once,
 * where `getVariableValues` of graphql-js does so for each request.
 * @throws NotCompilable
 */
export function createCoercion(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): Coerce {
  const definitions = variableDefinitions.map(({ variable, type, defaultValue }): Definition => {
    const found = inputTypeOf(schema, type);
    return { name: variable.name.value, type: found, isRequired: isNonNullType(found), defaultValue };
  });
  return (given) => {
    const coerced: Record<string, unknown> = {};
    try {
      for (const definition of definitions) coerce(definition, given, coerced);
      return coerced;
    } catch (error) {
      if (error === INVALID) return null;
      throw error;
    }
  };
}

function inputTypeOf(schema: GraphQLSchema, node: TypeNode): GraphQLInputType {
  const type = typeFromAST(schema, node);
  if (!isInputType(type)) throw new NotCompilable('A variable has a type that is not one of inputs.');
  return type;
}

function coerce(
  { name, type, isRequired, defaultValue }: Definition,
  given: Variables,
  coerced: Record<string, unknown>,
) {
  if (!Object.hasOwn(given, name)) {
    // The default may be an object, which resolvers get, so each request has another one.
    if (defaultValue !== undefined) coerced[name] = valueFromAST(defaultValue, type);
    else if (isRequired) refuse();
    return;
  }
  coerced[name] = coerceInputValue(given[name], type, refuse);
}
