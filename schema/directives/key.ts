import {
  type ConstDirectiveNode,
  DirectiveLocation,
  GraphQLDirective,
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

/** `@key` of Apollo Federation 2: by which field another graph refers to a type of ours. */
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

/** States `@key(fields: "id")` on every type that has a global id. */
export function stateKeys(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.getInterfaces().some(({ name }) => name === 'Node')) continue;
    const node = type.astNode ?? { kind: Kind.OBJECT_TYPE_DEFINITION, name: { kind: Kind.NAME, value: type.name } };
    type.astNode = { ...node, directives: [BY_ID, ...(node.directives ?? [])] };
  }
  return schema;
}
