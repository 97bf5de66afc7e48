import {
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { getMetadataStorage } from 'type-graphql';
import type { GraphContext } from './context.ts';

type Row = Readonly<Record<string, unknown>>;
type Method = (...values: unknown[]) => unknown;
/** The value of one parameter of a resolver method. */
type Parameter = (source: unknown, args: Row, context: GraphContext, info: unknown) => unknown;
type Metadata = ReturnType<typeof getMetadataStorage>;
type ResolverMetadata = Metadata['queries'][number] | Metadata['fieldResolvers'][number];
type FieldMetadata = NonNullable<Metadata['objectTypes'][number]['fields']>[number];
type ParamMetadata = NonNullable<ResolverMetadata['params']>[number];

/** Refuse middlewares, which this module would skip silently. Roles need no check: without an auth checker the library refuses them. */
function requireNoMiddleware({ middlewares = [] }: Pick<FieldMetadata, 'middlewares'>, name: string): void {
  if (middlewares.length > 0) throw new Error(`${name} has middlewares, which would not be called.`);
}

/**
 * A field without a method reads the property of its class, also where its name in the graph differs, and no other one
 * (`schema/kit/reads.ts`).
 */
function readProperty(type: GraphQLObjectType, { name, schemaName }: FieldMetadata): void {
  const field = type.getFields()[schemaName];
  if (field === undefined) return;
  if (name !== schemaName) field.resolve = (source) => (source as Row)[name];
  field.extensions = { ...field.extensions, reads: [name] };
}

/** Plain fields read their property directly; the library would call its middleware chain for each, although there are no middlewares. */
export function readPropertiesDirectly(): void {
  for (const type of getMetadataStorage().objectTypes) type.simpleResolvers = true;
}

/**
 * Calls the methods of resolver classes with the values of their parameters. The library creates an instance of the input class
 * for every argument and awaits each to validate it; here arguments are plain data that the schema has checked. This saves 25 to
 * 35 us on a mutation with one input.
 * @throws Error Two classes resolve one field; or a method or field has middlewares, or a parameter of a method has a custom
 * decorator, neither of which is supported.
 */
export function callDirectly(schema: GraphQLSchema, classes: readonly (new () => object)[]): GraphQLSchema {
  const storage = getMetadataStorage();
  const instances = new Map<unknown, object>(classes.map((each) => [each, new each()]));
  const attached = new Set<unknown>();
  const attach = (type: GraphQLObjectType, resolver: ResolverMetadata) => {
    const instance = instances.get(resolver.target);
    const field = type.getFields()[resolver.schemaName];
    if (instance === undefined || field === undefined) return;
    // The library would silently keep the last of them.
    if (attached.has(field)) throw new Error(`${type.name}.${field.name} has two resolvers.`);
    attached.add(field);
    field.resolve = resolverOf(storage, instance, resolver);
    field.extensions = { ...field.extensions, reads: resolver.extensions?.['reads'] };
  };
  for (const { name, fields = [] } of storage.objectTypes) {
    const type = schema.getType(name);
    for (const field of fields) {
      requireNoMiddleware(field, `${name}.${field.name}`);
      if (isObjectType(type)) readProperty(type, field);
    }
  }
  for (const { name, resolveType } of storage.interfaceTypes) {
    const type = schema.getType(name);
    // The library wraps the function in an async one; compiled documents need the type at once (docs/architecture.md).
    if (isInterfaceType(type) && resolveType !== undefined)
      type.resolveType = (value, context, info) => resolveType(value, context, info, type) as string | undefined;
  }
  for (const union of storage.unions) {
    const type = schema.getType(union.name);
    const { resolveType } = union;
    if (isUnionType(type) && resolveType !== undefined)
      type.resolveType = (value, context, info) => resolveType(value, context, info, type) as string | undefined;
  }
  for (const query of storage.queries) attach(schema.getQueryType()!, query);
  for (const mutation of storage.mutations) attach(schema.getMutationType()!, mutation);
  for (const resolver of storage.fieldResolvers) {
    const owner = storage.objectTypes.find(({ target }) => target === resolver.getObjectType?.());
    const type = owner === undefined ? undefined : schema.getType(owner.name);
    if (isObjectType(type)) attach(type, resolver);
  }
  return schema;
}

function resolverOf(
  storage: Metadata,
  instance: object,
  resolver: ResolverMetadata,
): GraphQLFieldResolver<unknown, GraphContext> {
  const { methodName, params = [] } = resolver;
  requireNoMiddleware(resolver, methodName);
  const method = (instance as Record<string, Method>)[methodName]!;
  const values = params.toSorted((a, b) => a.index - b.index).map((param) => parameterOf(storage, param));
  return (source, args, context, info) =>
    method.apply(
      instance,
      values.map((value) => value(source, args, context, info)),
    );
}

function parameterOf(storage: Metadata, param: ParamMetadata): Parameter {
  switch (param.kind) {
    case 'arg':
      return (_source, args) => args[param.name];
    case 'args': {
      const names = argumentNames(storage, param.getType() as object);
      return (_source, args) => Object.fromEntries(names.flatMap((name) => (name in args ? [[name, args[name]]] : [])));
    }
    case 'root':
      return (source) => (param.propertyName === undefined ? source : (source as Row)[param.propertyName]);
    case 'context':
      return (_source, _args, context) =>
        param.propertyName === undefined ? context : context[param.propertyName as keyof GraphContext];
    case 'info':
      return (_source, _args, _context, info) => info;
    default:
      throw new Error(`A parameter of kind "${param.kind}" is not known here.`);
  }
}

/** The fields of an arguments class and of those it extends. */
function argumentNames(storage: Metadata, target: object): readonly string[] {
  const own = storage.argumentTypes.find((type) => type.target === target)?.fields?.map(({ name }) => name) ?? [];
  const parent: object | null = Object.getPrototypeOf(target);
  return parent === null || parent === Function.prototype ? own : [...argumentNames(storage, parent), ...own];
}
