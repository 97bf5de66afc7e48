import {
  type ConstValueNode,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  Kind,
  type ObjectValueNode,
  parseType,
  TypeInfo,
  type ValueNode,
  type VariableDefinitionNode,
  valueFromASTUntyped,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Variables } from './document.ts';

/**
 * A document whose input objects are replaced by variables, and the function that makes their values from the original
 * variables.
 */
export interface Hoisted {
  readonly document: DocumentNode;
  readonly fill: (variables: Variables) => Variables;
}

type Build = (variables: Variables) => unknown;

const hasVariable = (node: ValueNode): boolean => {
  if (node.kind === Kind.VARIABLE) return true;
  if (node.kind === Kind.LIST) return node.values.some(hasVariable);
  return node.kind === Kind.OBJECT && node.fields.some(({ value }) => hasVariable(value));
};

/**
 * Turns `input: { a: $a }` into `input: $hoisted0`. GraphQL leaves a field out when its variable is absent (October 2021,
 * section 3.10, input coercion), but the compiler (graphql-jit 0.8.9) makes it null, so that a partial update would clear the
 * fields it does not name.
 */
export function hoistObjects(schema: GraphQLSchema, document: DocumentNode): Hoisted {
  const info = new TypeInfo(schema);
  const defaults = defaultsOf(document);
  const hoisted: { readonly name: string; readonly type: GraphQLInputType; readonly build: Build }[] = [];
  const rewritten = visit(
    document,
    visitWithTypeInfo(info, {
      Argument(node) {
        if (node.value.kind !== Kind.OBJECT || !hasVariable(node.value)) return undefined;
        const name = `hoisted${hoisted.length}`;
        hoisted.push({ name, type: info.getArgument()!.type, build: objectBuilder(node.value, defaults) });
        return { ...node, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } };
      },
    }),
  );
  if (hoisted.length === 0) return { document, fill: (variables) => variables };
  const added = hoisted.map(
    ({ name, type }): VariableDefinitionNode => ({
      kind: Kind.VARIABLE_DEFINITION,
      variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } },
      type: parseType(String(type)),
    }),
  );
  const extended = visit(rewritten, {
    OperationDefinition: (node) => ({ ...node, variableDefinitions: [...(node.variableDefinitions ?? []), ...added] }),
  });
  const fill = (variables: Variables): Variables => {
    const filled: Record<string, unknown> = { ...variables };
    for (const { name, build } of hoisted) filled[name] = build(variables);
    return filled;
  };
  return { document: extended, fill };
}

type Defaults = ReadonlyMap<string, ConstValueNode>;

function defaultsOf(document: DocumentNode): Defaults {
  const defaults = new Map<string, ConstValueNode>();
  visit(document, {
    VariableDefinition({ variable, defaultValue }) {
      if (defaultValue !== undefined) defaults.set(variable.name.value, defaultValue);
    },
  });
  return defaults;
}

const ABSENT = Symbol('absent');

function builder(node: ValueNode, defaults: Defaults): Build {
  if (node.kind === Kind.VARIABLE) return variableBuilder(node.name.value, defaults);
  if (node.kind === Kind.OBJECT) return objectBuilder(node, defaults);
  if (node.kind === Kind.LIST) {
    const items = node.values.map((value) => builder(value, defaults));
    return (variables) => items.map((build) => orNull(build(variables)));
  }
  const value = valueFromASTUntyped(node);
  return () => value;
}

const orNull = (value: unknown): unknown => (value === ABSENT ? null : value);

function variableBuilder(name: string, defaults: Defaults): Build {
  const node = defaults.get(name);
  const otherwise = node === undefined ? ABSENT : valueFromASTUntyped(node);
  return (variables) => (variables[name] === undefined ? otherwise : variables[name]);
}

function objectBuilder(node: ObjectValueNode, defaults: Defaults): Build {
  const fields = node.fields.map(({ name, value }) => ({ key: name.value, build: builder(value, defaults) }));
  return (variables) => {
    const object: Record<string, unknown> = {};
    for (const { key, build } of fields) {
      const value = build(variables);
      if (value !== ABSENT) object[key] = value;
    }
    return object;
  };
}
