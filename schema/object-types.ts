import { type GraphQLObjectType, type GraphQLSchema, isObjectType } from 'graphql';

/** The object types of a schema, without those of introspection. */
export function objectTypesOf(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
  );
}
