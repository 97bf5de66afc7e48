import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { requestErrors } from '../../../schema/errors/request.errors.ts';
import type { IdentityError } from '../../kernel/index.ts';
import type { GraphqlLimits } from '../environment/graphql-limits.ts';
import { fragmentsOf } from './document-shape.ts';

/** Page size of a connection that is asked for neither `first` nor `last` (schema/kit/connection.ts). */
const DEFAULT_PAGE = 20;
/** The assumed size of a list without page size arguments, such as the roles of a user. */
const PLAIN_LIST = 5;

/** Payloads with a result for each item of a list of the input. */
const ITEM_BY_ITEM = new Set(['CreateUsersPayload', 'DeleteUsersPayload']);

type Variables = Readonly<Record<string, unknown>>;

/** The parts of a connection are not counted; the objects in them are. */
function isWrapper(type: GraphQLNamedType): boolean {
  return type.name === 'PageInfo' || /(?:Connection|Edge)$/.test(type.name);
}

/**
 * Counts the objects that an operation requests: 1 for each field that returns objects, times the page sizes above it. Linear
 * in the length of the document, because each fragment is counted once.
 */
class CostReader {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #variables: Variables;
  readonly #defaults: ReadonlyMap<string, ValueNode | undefined>;
  readonly #counted = new Map<string, number>();
  /** Whether a page size came from a variable, so that the sum is valid only for these variables. */
  usesVariables = false;

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Variables) {
    this.#schema = schema;
    this.#fragments = fragmentsOf(document);
    this.#variables = variables;
    this.#defaults = new Map(
      operation.variableDefinitions?.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]),
    );
  }

  read(set: SelectionSetNode, parent: GraphQLNamedType | undefined): number {
    let sum = 0;
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) sum += this.#field(node, parent);
      else if (node.kind === Kind.INLINE_FRAGMENT)
        sum += this.read(node.selectionSet, this.#named(node.typeCondition?.name.value) ?? parent);
      else sum += this.#fragment(node.name.value);
    }
    return sum;
  }

  #named(name: string | undefined): GraphQLNamedType | undefined {
    return name === undefined ? undefined : this.#schema.getType(name);
  }

  #fragment(name: string): number {
    const known = this.#counted.get(name);
    if (known !== undefined) return known;
    this.#counted.set(name, 0);
    const fragment = this.#fragments.get(name);
    const sum =
      fragment === undefined ? 0 : this.read(fragment.selectionSet, this.#named(fragment.typeCondition.name.value));
    this.#counted.set(name, sum);
    return sum;
  }

  #field(node: FieldNode, parent: GraphQLNamedType | undefined): number {
    if (node.selectionSet === undefined || !(isObjectType(parent) || isInterfaceType(parent))) return 0;
    const field = parent.getFields()[node.name.value];
    if (field === undefined) return 0;
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return 0;
    if (ITEM_BY_ITEM.has(type.name)) return this.#items(node) * (1 + this.read(node.selectionSet, type));
    const size = isWrapper(parent) || ITEM_BY_ITEM.has(parent.name) ? 1 : this.#size(field, node);
    return size * ((isWrapper(type) ? 0 : 1) + this.read(node.selectionSet, type));
  }

  /** How many items the longest list of an input has. */
  #items(node: FieldNode): number {
    this.usesVariables = true;
    const input: unknown = node.arguments?.map(({ value }) => valueFromASTUntyped(value, this.#variables))[0];
    const lists: readonly unknown[][] = Object.values(input ?? {}).filter(Array.isArray);
    return lists.reduce((longest, { length }) => Math.max(longest, length), 1);
  }

  /** How many objects the field may return. */
  #size(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
    if (field.args.some(({ name }) => name === 'first' || name === 'last')) {
      const asked = node.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last');
      return asked === undefined ? DEFAULT_PAGE : this.#pageSize(asked.value);
    }
    return isListType(getNullableType(field.type)) ? PLAIN_LIST : 1;
  }

  #pageSize(value: ValueNode): number {
    if (value.kind === Kind.INT) return Math.max(0, Number(value.value));
    if (value.kind !== Kind.VARIABLE) return DEFAULT_PAGE;
    this.usesVariables = true;
    const given = this.#variables[value.name.value];
    if (typeof given === 'number') return Math.max(0, given);
    const standard = this.#defaults.get(value.name.value);
    return given === undefined && standard?.kind === Kind.INT ? Math.max(0, Number(standard.value)) : DEFAULT_PAGE;
  }
}

/** Sums of operations whose cost does not depend on variables; kept as long as the parsed document. */
const remembered = new WeakMap<OperationDefinitionNode, number>();

/** Whether the cost of an operation was computed and does not depend on variables. */
export const hasConstantCost = (operation: OperationDefinitionNode): boolean => remembered.has(operation);

/** How many objects an operation requests. */
function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const known = remembered.get(operation);
  if (known !== undefined) return known;
  const reader = new CostReader(schema, document, operation, variables);
  const cost = reader.read(operation.selectionSet, schema.getRootType(operation.operation) ?? undefined);
  if (!reader.usesVariables) remembered.set(operation, cost);
  return cost;
}

/** DOCUMENT_TOO_COSTLY when the operation requests more objects than `cost` allows. */
export function costFault(
  limits: GraphqlLimits,
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): IdentityError | null {
  const cost = costOf(schema, document, operation, variables);
  if (cost <= limits.cost) return null;
  return requestErrors.DOCUMENT_TOO_COSTLY({
    message: `The operation requests up to ${cost} objects; at most ${limits.cost} are allowed. Request smaller pages.`,
  });
}
