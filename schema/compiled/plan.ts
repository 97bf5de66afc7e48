import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  type VariableDefinitionNode,
  valueFromAST,
  visit,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;

/** Name of a scalar that passes every value on unchanged; the compiler gets all variables as this type. */
export const UNCHANGED = 'UnchangedValue';

/**
 * Most fields of a document that is compiled, where a field below an interface counts once for each type that implements it:
 * the compiler writes code for each. 500 fields take some 14 ms, twice as long as their validation.
 */
const MAX_FIELDS = 500;

/** The document is executed by graphql-js: it needs something that the compiler lacks, or does wrongly. */
export class NotCompilable extends Error {
  override readonly name = 'NotCompilable';
}

/** A value that is computed for each request and passed to the compiled code as a variable. */
interface Hoisted {
  readonly name: string;
  /** Undefined when the value is not valid with these variables. */
  readonly build: (variables: Variables) => unknown;
}

/** A document as the compiler gets it, and how its variables are made from those of a request. */
export interface Plan {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** How many fields the compiler writes code for. */
  readonly fields: number;
  /**
   * Adds the values that were written in the document; null when graphql-js has to refuse the variables.
   * @param coerced The variables of this request alone, because the values are added to them.
   */
  readonly fill: (coerced: Record<string, unknown>) => Variables | null;
}

const DIRECTIVES: ReadonlySet<string> = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name]);

/** The variables on which `@skip` and `@include` depend, in a fixed order. */
export function switchesOf(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive({ name, arguments: given = [] }) {
      if (!DIRECTIVES.has(name.value)) return;
      for (const { value } of given) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** The only operation of a document. @throws NotCompilable It has several, or one that the compiler cannot execute as graphql-js does. */
export function requireOnlyOperation(document: DocumentNode): OperationDefinitionNode {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operation === undefined || operations.length > 1) throw new NotCompilable('It has several operations.');
  if (operation.operation === 'subscription') throw new NotCompilable('It is a subscription.');
  // After a mutation that fails, graphql-js runs no further one of the operation; compiled code would.
  const { selections } = operation.selectionSet;
  if (operation.operation === 'mutation' && (selections.length > 1 || selections[0]?.kind !== Kind.FIELD))
    throw new NotCompilable('It has several mutations.');
  return operation;
}

/**
 * Prepares a document, which has been validated, for the compiler (graphql-jit 0.8.9), so that no difference between it and
 * graphql-js is left:
 * - Values written in the document become variables, because the compiler writes them into its code, where a text can be made to
 *   end the literal it stands in; and it makes members null whose variable is absent.
 * - Fragments are copied to where they are spread, and `@skip` and `@include` are applied, because the compiler mixes up the
 *   conditions of fields that fragments share.
 * - Every node is a copy, because the compiler writes to nodes.
 * @param switches Values of the variables of `switchesOf`.
 * @throws NotCompilable
 */
export function planOperation(schema: GraphQLSchema, document: DocumentNode, switches: Variables): Plan {
  const operation = requireOnlyOperation(document);
  const copier = new Copier(schema, document, operation, switches);
  const root = schema.getRootType(operation.operation);
  if (root == null) throw new NotCompilable('The schema has no such operations.');
  const selectionSet = copier.copySet(operation.selectionSet, root, 1);
  requireDistinctPaths(schema, copier.names);
  const variableDefinitions = [
    ...(operation.variableDefinitions ?? []).map(nameOf),
    ...copier.hoisted.map(({ name }) => name),
  ];
  const copy: OperationDefinitionNode = {
    ...operation,
    directives: [],
    variableDefinitions: variableDefinitions.map(defineUnchanged),
    selectionSet,
  };
  return {
    document: { kind: Kind.DOCUMENT, definitions: [copy] },
    operation: copy,
    fields: copier.fields,
    fill: fillerOf(copier),
  };
}

const nameOf = ({ variable }: VariableDefinitionNode): string => variable.name.value;

function defineUnchanged(name: string): VariableDefinitionNode {
  // Names like `__proto__` would change the objects that the compiled code makes.
  if (name.startsWith('__')) throw new NotCompilable('A variable has a reserved name.');
  return {
    kind: Kind.VARIABLE_DEFINITION,
    variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } },
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: UNCHANGED } },
  };
}

/** Keeps nothing of the copier but these two: a plan lives as long as its document is in use. */
function fillerOf({ hoisted, required }: Pick<Copier, 'hoisted' | 'required'>): Plan['fill'] {
  return (coerced) => fill(hoisted, required, coerced);
}

function fill(
  hoisted: Copier['hoisted'],
  required: Copier['required'],
  coerced: Record<string, unknown>,
): Variables | null {
  for (const { name, hasDefault } of required) {
    // The variable may be null or absent and its place may not: graphql-js has the error.
    if (Object.hasOwn(coerced, name) ? coerced[name] === null : !hasDefault) return null;
  }
  // No variable of the request has one of these names.
  for (const { name, build } of hoisted) {
    const value = build(coerced);
    if (value === undefined) return null;
    coerced[name] = value;
  }
  return coerced;
}

class Copier {
  readonly hoisted: Hoisted[] = [];
  /** Variables in places that must not be null. */
  readonly required: { readonly name: string; readonly hasDefault: boolean }[] = [];
  /** Names of the answer. */
  readonly names = new Set<string>();
  fields = 0;
  readonly #schema: GraphQLSchema;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #switches: Variables;
  readonly #variables: ReadonlySet<string>;

  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, switches: Variables) {
    this.#schema = schema;
    this.#switches = switches;
    this.#variables = new Set(operation.variableDefinitions?.map(nameOf));
    for (const node of document.definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  /** @param weight How many types the set is compiled for. */
  copySet(set: SelectionSetNode, parent: GraphQLNamedType, weight: number): SelectionSetNode {
    return { ...set, selections: set.selections.flatMap((node) => this.#copy(node, parent, weight)) };
  }

  #copy(node: SelectionNode, parent: GraphQLNamedType, weight: number): SelectionNode[] {
    if (!this.#isIncluded(node)) return [];
    if (node.kind === Kind.FIELD) return [this.#copyField(node, parent, weight)];
    const inner = node.kind === Kind.INLINE_FRAGMENT ? node : this.#fragments.get(node.name.value)!;
    const { typeCondition, selectionSet } = inner;
    const type = typeCondition === undefined ? parent : this.#schema.getType(typeCondition.name.value)!;
    return [
      {
        kind: Kind.INLINE_FRAGMENT,
        ...(typeCondition === undefined ? {} : { typeCondition }),
        selectionSet: this.copySet(selectionSet, type, this.#weigh(parent, type, weight)),
      },
    ];
  }

  /** Of the types of an interface, only one has the fields of a fragment on that type. */
  #weigh(parent: GraphQLNamedType, type: GraphQLNamedType, weight: number): number {
    if (!isAbstractType(parent) || !isObjectType(type)) return weight;
    return Math.max(1, weight / this.#schema.getPossibleTypes(parent).length);
  }

  #isIncluded({ directives = [] }: SelectionNode): boolean {
    return directives.every(({ name, arguments: given = [] }) => {
      const value = given.find((argument) => argument.name.value === 'if')?.value;
      const isSet =
        value?.kind === Kind.VARIABLE
          ? this.#switches[value.name.value] === true
          : value?.kind === Kind.BOOLEAN && value.value;
      return isSet === (name.value === GraphQLIncludeDirective.name);
    });
  }

  #copyField(node: FieldNode, parent: GraphQLNamedType, weight: number): FieldNode {
    this.fields += weight;
    if (this.fields > MAX_FIELDS) throw new NotCompilable('It has too many fields.');
    const name = node.name.value;
    this.#register(node);
    const copy = { ...node, directives: [] };
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    if (field === undefined) return copy;
    const args = (node.arguments ?? []).map((argument) => {
      const definition = field.args.find((arg) => arg.name === argument.name.value)!;
      return this.#copyArgument(argument, definition.type, definition.defaultValue !== undefined);
    });
    const type = getNamedType(field.type);
    if (node.selectionSet === undefined) return { ...copy, arguments: args };
    const inner = isAbstractType(type) ? weight * this.#schema.getPossibleTypes(type).length : weight;
    return { ...copy, arguments: args, selectionSet: this.copySet(node.selectionSet, type, inner) };
  }

  #register({ name, alias }: FieldNode): void {
    const shown = (alias ?? name).value;
    // Introspection is left to graphql-js; and an alias like `__proto__` would change the object of the answer.
    if (shown.startsWith('__') && shown !== '__typename') throw new NotCompilable('It reads a reserved name.');
    if (name.value.startsWith('__') && name.value !== '__typename') throw new NotCompilable('It reads the schema.');
    this.names.add(shown);
  }

  #copyArgument(argument: ArgumentNode, type: GraphQLInputType, hasDefault: boolean): ArgumentNode {
    const { value } = argument;
    if (value.kind === Kind.VARIABLE) {
      if (isNonNullType(type)) this.required.push({ name: value.name.value, hasDefault });
      return { ...argument };
    }
    const name = this.#freshName();
    this.hoisted.push({ name, build: builderOf(value, type) });
    return { ...argument, value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } } };
  }

  #freshName(): string {
    let name = `value${this.hoisted.length}`;
    while (this.#variables.has(name)) name += '_';
    return name;
  }
}

/** Makes the value of an argument as graphql-js does. An object or list is made for each request, because resolvers get it. */
function builderOf(node: ValueNode, type: GraphQLInputType): Hoisted['build'] {
  if (hasVariable(node)) return (variables) => valueFromAST(node, type, variables);
  const value = valueFromAST(node, type);
  if (value === undefined) throw new NotCompilable('A value of the document is not valid.');
  return typeof value === 'object' && value !== null ? () => valueFromAST(node, type) : () => value;
}

function hasVariable(node: ValueNode): boolean {
  if (node.kind === Kind.VARIABLE) return true;
  if (node.kind === Kind.LIST) return node.values.some(hasVariable);
  return node.kind === Kind.OBJECT && node.fields.some(({ value }) => hasVariable(value));
}

/**
 * The compiler names the place of a field by joining the names above it with `_`, so the answers of `a_b` and of `b` in `a` could
 * share the description of their place that resolvers get. That takes a name that begins with another one and `_`.
 * @throws NotCompilable
 */
function requireDistinctPaths(schema: GraphQLSchema, names: ReadonlySet<string>): void {
  for (const name of names) {
    for (let end = name.indexOf('_', 1); end > 0; end = name.indexOf('_', end + 1)) {
      const part = name.slice(0, end);
      if (names.has(part) || /^idx\d+$/.test(part) || schema.getType(part) !== undefined)
        throw new NotCompilable('Its names are ambiguous.');
    }
  }
}
