import {
  coerceInputValue,
  type DocumentNode,
  type GraphQLInputObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  getNamedType,
  isInputObjectType,
  Kind,
  visit,
} from 'graphql';

/** A document, and the schema that it is compiled for. */
export interface Compilable {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
}

/** A schema with scalars in the place of its inputs that contain themselves, and the names of these inputs. */
interface Folded {
  readonly schema: GraphQLSchema;
  readonly names: ReadonlySet<string>;
}

const FOLDED = new WeakMap<GraphQLSchema, Folded>();

const scalarOf = (name: string): string => `${name}Value`;

/**
 * Declares variables whose inputs contain themselves as scalars that graphql-js reads: the compiler (graphql-jit 0.8.9) writes
 * code for each member of an input and of the inputs in it, which has no end there.
 */
export function foldRecursiveInputs(schema: GraphQLSchema, document: DocumentNode): Compilable {
  const folded = FOLDED.get(schema) ?? fold(schema);
  FOLDED.set(schema, folded);
  const rewritten = visit(document, {
    VariableDefinition: (definition) =>
      visit(definition, {
        NamedType: (node) =>
          folded.names.has(node.name.value)
            ? { ...node, name: { kind: Kind.NAME, value: scalarOf(node.name.value) } }
            : undefined,
      }),
  });
  return { schema: folded.schema, document: rewritten };
}

function fold(schema: GraphQLSchema): Folded {
  const config = schema.toConfig();
  const inputs = config.types.filter(isInputObjectType).filter((type) => isRecursive(type));
  const scalars = inputs.map(
    (type) =>
      new GraphQLScalarType({ name: scalarOf(type.name), parseValue: (value) => coerceInputValue(value, type) }),
  );
  return {
    schema: new GraphQLSchema({ ...config, types: [...config.types, ...scalars], assumeValid: true }),
    names: new Set(inputs.map(({ name }) => name)),
  };
}

/** Whether an input contains itself, or one that does. @param around The inputs in which it stands. */
function isRecursive(type: GraphQLInputObjectType, around: readonly string[] = []): boolean {
  if (around.includes(type.name)) return true;
  const inside = Object.values(type.getFields()).map((field) => getNamedType(field.type));
  return inside.filter(isInputObjectType).some((inner) => isRecursive(inner, [...around, type.name]));
}
