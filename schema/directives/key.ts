import {
  type ConstDirectiveNode,
  DirectiveLocation,
  GraphQLDirective,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLScalarType,
  type GraphQLSchema,
  isObjectType,
  Kind,
} from 'graphql';

const FieldSet = new GraphQLScalarType({
  name: 'federation__FieldSet',
  description: 'Names of fields, as in a selection.',
});

/** `@key` of Apollo Federation 2: the field by which another graph refers to a type of this graph. */
export const keyDirective = new GraphQLDirective({
  name: 'key',
  description: 'The field by which another graph refers to objects of the type.',
  locations: [DirectiveLocation.OBJECT, DirectiveLocation.INTERFACE],
  args: { fields: { type: new GraphQLNonNull(FieldSet) } },
  isRepeatable: true,
});

const BY_ID: ConstDirectiveNode = {
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: 'key' },
  arguments: [
    { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'fields' }, value: { kind: Kind.STRING, value: 'id' } },
  ],
};

/** `@shareable` of Apollo Federation 2: other graphs may define the type as well. */
export const shareableDirective = new GraphQLDirective({
  name: 'shareable',
  description: 'Other graphs may define the type too.',
  locations: [DirectiveLocation.OBJECT, DirectiveLocation.FIELD_DEFINITION],
  isRepeatable: true,
});

const SHAREABLE: ConstDirectiveNode = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'shareable' } };

/** Types that every graph with connections defines identically (Relay's cursor connections). */
const SHARED_TYPES = ['PageInfo'];

/** Adds `@shareable` to the types that other graphs define identically. */
export function stateShared(schema: GraphQLSchema): GraphQLSchema {
  for (const name of SHARED_TYPES) addDirective(schema.getType(name), SHAREABLE);
  return schema;
}

function addDirective(type: GraphQLNamedType | undefined, directive: ConstDirectiveNode): void {
  if (!isObjectType(type)) throw new Error('Only an object type can have the directive.');
  const node = type.astNode ?? { kind: Kind.OBJECT_TYPE_DEFINITION, name: { kind: Kind.NAME, value: type.name } };
  type.astNode = { ...node, directives: [directive, ...(node.directives ?? [])] };
}

/** Adds `@key(fields: "id")` to every type that has a global id. */
export function stateKeys(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Node')) continue;
    addDirective(type, BY_ID);
  }
  return schema;
}
