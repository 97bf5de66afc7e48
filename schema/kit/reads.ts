import {
  type FieldNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { Extensions } from 'type-graphql';
import { type ColumnSet, toColumnSet } from '../../src/persistence/index.ts';

/** Properties that every row has, whatever is read of it: guards and resolvers may read them without a declaration. */
type KeyOfRow = 'tenantId' | 'id' | 'userId';

/** Accepts a method whose first parameter has these properties, and no others but keys. */
type HasRow<Row, C extends string> = [Exclude<keyof Row, C | KeyOfRow> | Exclude<C, keyof Row>] extends [never]
  ? unknown
  : { readonly 'The row has other properties than those that are declared': never };

/**
 * Declares which columns of its object a field reads, beside the keys that every row has: lists and loaders that are asked for
 * their columns then read no others. The first parameter of the method is the row, and its type has these properties alone. A
 * field with a resolver and without a declaration gets whole rows; one without a resolver reads the property of its name.
 * @example Reads('enabled', 'inactiveSince')
 */
export function Reads<const C extends readonly string[]>(...columns: C) {
  const extend = Extensions({ reads: columns }) as MethodDecorator;
  return <M extends (...args: never[]) => unknown>(
    target: object,
    name: string,
    descriptor: TypedPropertyDescriptor<M> & HasRow<Parameters<M>[0], C[number]>,
  ): void => {
    extend(target, name, descriptor);
  };
}

/** The columns that a field reads; undefined when it may read any. */
const readsOf = (field: GraphQLField<unknown, unknown>): readonly string[] | undefined =>
  field.extensions['reads'] as readonly string[] | undefined;

type FieldNodes = GraphQLResolveInfo['fieldNodes'];

/**
 * What was found for the nodes of a field. A compiled document has one list of them as long as it is kept, and one that is not
 * compiled has one for each execution.
 */
const found = new WeakMap<FieldNodes, ColumnSet | null>();

/**
 * The columns that the selected fields of a field's objects read, for a field that returns objects, a list of them or a
 * connection. Null when one of them may read any column. Fields with `@skip` or `@include` count as selected.
 */
export function columnsRead({ fieldNodes, returnType, fragments }: GraphQLResolveInfo): ColumnSet | null {
  const known = found.get(fieldNodes);
  if (known !== undefined) return known;
  const type = getNamedType(returnType);
  const columns = isObjectType(type) ? collectColumns(type, fieldNodes, fragments) : null;
  found.set(fieldNodes, columns);
  return columns;
}

function collectColumns(
  type: GraphQLObjectType,
  fieldNodes: FieldNodes,
  fragments: GraphQLResolveInfo['fragments'],
): ColumnSet | null {
  const row = rowTypeOf(type);
  const names = new Set<string>();
  let mayReadAny = false;
  const visit = (owner: GraphQLObjectType, set: SelectionSetNode): void => {
    for (const node of set.selections) {
      if (node.kind === Kind.FIELD) visitField(owner, node);
      else
        visit(owner, node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments[node.name.value]!.selectionSet);
    }
  };
  const visitField = (owner: GraphQLObjectType, { name, selectionSet }: FieldNode): void => {
    const field = owner.getFields()[name.value];
    // `__typename` is of no type.
    if (field === undefined) return;
    if (owner === row) {
      const reads = readsOf(field);
      if (reads === undefined) mayReadAny = true;
      for (const column of reads ?? []) names.add(column);
      return;
    }
    const inner = getNamedType(field.type);
    if (selectionSet !== undefined && isObjectType(inner)) visit(inner, selectionSet);
  };
  for (const { selectionSet } of fieldNodes) if (selectionSet !== undefined) visit(type, selectionSet);
  return mayReadAny ? null : toColumnSet(names);
}

/** The type of the rows: of a connection, that of its nodes. */
function rowTypeOf(type: GraphQLObjectType): GraphQLObjectType {
  const { nodes, pageInfo } = type.getFields();
  const inner = nodes === undefined || pageInfo === undefined ? undefined : getNamedType(nodes.type);
  return isObjectType(inner) ? inner : type;
}
