import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

type Serialise = (value: unknown) => unknown;

/**
 * Serialises leaves as graphql-js does. The compiler keeps only the message of what a serialiser throws, so the error itself is
 * passed on as the message; `toGraphqlAnswer` takes it out.
 */
export function createSerialisers(schema: GraphQLSchema): Record<string, Serialise> {
  const leaves = Object.values(schema.getTypeMap()).filter(isLeafType);
  return Object.fromEntries(
    leaves.map((type) => {
      const serialise: Serialise = (value) => {
        let result: unknown;
        try {
          result = type.serialize(value);
        } catch (error) {
          throw Object.assign(new Error(), { message: toError(error) });
        }
        if (result === undefined || result === null)
          throw Object.assign(new Error(), { message: new Error(`${type.name} was serialised as nothing.`) });
        return result;
      };
      return [type.name, serialise] as const;
    }),
  );
}

const toError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(`Unexpected error value: ${String(thrown)}`);

/** An error as compiled code gives it. */
interface CompiledError {
  readonly message: unknown;
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  readonly path?: readonly (string | number)[];
  readonly originalError?: unknown;
}

/** Where in the answer an operation is compiled for, to explain its errors. */
export interface AnswerPlace {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
}

/** The answer of compiled code, with its errors as graphql-js gives them. */
export function toGraphqlAnswer(place: AnswerPlace, result: ExecutionResult): ExecutionResult {
  const { errors, data } = result;
  if (errors === undefined) return result;
  const located = (errors as unknown as CompiledError[]).map(toLocatedError);
  return { data: data ?? null, errors: withoutHidden(place, data, located) };
}

/** Like `locatedError` of graphql-js. An error without a cause reports a fault of the service, such as null for a non-null field. */
function toLocatedError({ message, locations = [], path = [], originalError }: CompiledError): GraphQLError {
  const cause = originalError ?? (message instanceof Error ? message : faultOf(String(message)));
  if (cause instanceof GraphQLError && cause.path !== undefined) return cause;
  const original = toError(cause);
  const error = new GraphQLError(original.message, { path, originalError: original });
  const own = original instanceof GraphQLError ? original.locations : undefined;
  // The message names the place by line and column; the class computes them from nodes, which are not known here.
  return Object.defineProperty(error, 'locations', { enumerable: true, value: own ?? distinct(locations) });
}

/** The error of graphql-js for a value that does not fit the schema: it shows the one about lists, and hides the others. */
const faultOf = (message: string): Error =>
  message.startsWith('Expected Iterable')
    ? new GraphQLError(message.replace(/field (\S+)\.$/, 'field "$1".'))
    : new Error(message);

/** A fragment that is spread twice at one place is there twice in compiled documents. */
function distinct(locations: NonNullable<CompiledError['locations']>): typeof locations {
  return locations.filter(
    ({ line, column }, at) => locations.findIndex((each) => each.line === line && each.column === column) === at,
  );
}

/** Leaves out errors of non-null fields whose parent is null already for an earlier one (October 2021, section 6.4.4). */
function withoutHidden(place: AnswerPlace, data: unknown, errors: readonly GraphQLError[]): readonly GraphQLError[] {
  if (errors.length === 1) return errors;
  const nulled = new Set<string>();
  return errors.filter(({ path = [] }) => {
    const end = nullDepth(data, path);
    if (end === path.length || !isNonNullAt(place, path)) return true;
    const key = JSON.stringify(path.slice(0, end));
    return !nulled.has(key) && nulled.add(key) !== undefined;
  });
}

/** How many parts of the path lead to the null in the answer. */
function nullDepth(data: unknown, path: readonly (string | number)[]): number {
  let at = data;
  for (const [depth, key] of path.entries()) {
    if (at === null || at === undefined) return depth;
    at = (at as Record<string | number, unknown>)[key];
  }
  return path.length;
}

interface Level {
  readonly set: SelectionSetNode;
  readonly parent: GraphQLNamedType;
}

/** Whether the place may not be null. */
function isNonNullAt({ schema, operation }: AnswerPlace, path: readonly (string | number)[]): boolean {
  let levels: readonly Level[] = [{ set: operation.selectionSet, parent: schema.getRootType(operation.operation)! }];
  let type: GraphQLOutputType | undefined;
  for (const key of path) {
    if (typeof key === 'number') {
      const list = getNullableType(type);
      type = isListType(list) ? (list.ofType as GraphQLOutputType) : undefined;
      continue;
    }
    const found = levels.flatMap((level) => fieldsAt(schema, level, key));
    type = found[0]?.type;
    levels = found.flatMap(({ set, type: inner }) => (set === undefined ? [] : [{ set, parent: getNamedType(inner) }]));
  }
  return isNonNullType(type);
}

interface FoundField {
  readonly type: GraphQLOutputType;
  readonly set: SelectionSetNode | undefined;
}

function fieldsAt(schema: GraphQLSchema, { set, parent }: Level, key: string): FoundField[] {
  return set.selections.flatMap((node): FoundField[] => {
    if (node.kind === Kind.INLINE_FRAGMENT) {
      const type = node.typeCondition === undefined ? parent : schema.getType(node.typeCondition.name.value)!;
      return fieldsAt(schema, { set: node.selectionSet, parent: type }, key);
    }
    if (node.kind !== Kind.FIELD || (node.alias ?? node.name).value !== key) return [];
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    return field === undefined ? [] : [{ type: field.type, set: node.selectionSet }];
  });
}
