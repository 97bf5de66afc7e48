import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  GraphQLString,
  getNamedType,
  isInputObjectType,
  isNonNullType,
} from 'graphql';
import type { GraphContext } from '../context.ts';
import { PUBLIC_FIELDS } from './public-fields.ts';
import { alternativesOf } from './requires-scopes.ts';

/** The root fields that act on no tenant, each with the reason. Every other one lets its caller name the tenant. */
export const WITHOUT_TENANT: Readonly<Record<string, string>> = {
  'Query.node': 'The global id names the tenant.',
  'Query.errorCodes': 'Documentation.',
  'Query.eventTypes': 'Documentation.',
  'Query.viewer': 'Describes the caller, whose tenant is known.',
  'Query.tenants': 'Lists tenants.',
  'Mutation.createTenant': 'The tenant does not exist yet.',
  'Mutation.provisionTenant': 'The tenant does not exist yet.',
};

type Field = GraphQLField<unknown, GraphContext>;
type Arguments = Readonly<Record<string, unknown>>;

const DESCRIPTION = "Name of the tenant. Default: the caller's.";

function createTenantValue(): GraphQLArgument & GraphQLInputField {
  return {
    name: 'tenant',
    description: DESCRIPTION,
    type: GraphQLString,
    defaultValue: undefined,
    deprecationReason: undefined,
    extensions: {},
    astNode: undefined,
  };
}

function addArgument(name: string, field: Field): void {
  if (field.args.some((arg) => arg.name === 'tenant')) throw new Error(`${name} declares its tenant; remove it there.`);
  (field.args as GraphQLArgument[]).push(createTenantValue());
}

/** Adds the member to the input of a mutation. An input may declare one that is required: then the mutation has no default. */
function addInputField(name: string, field: Field): void {
  const input = getNamedType(field.args.find((arg) => arg.name === 'input')?.type);
  if (!isInputObjectType(input)) throw new Error(`${name} has no input that could name its tenant.`);
  const fields = input.getFields();
  const declared = fields['tenant'];
  if (declared !== undefined && isNonNullType(declared.type)) return;
  if (declared !== undefined) throw new Error(`${input.name} declares its tenant; remove it there.`);
  fields['tenant'] = createTenantValue();
  const { resolve } = field;
  field.resolve = (source, args, context, info) => resolve?.(source, withoutTenant(args), context, info);
}

/** Resolvers do not declare the tenant, so its name must not be among what they pass on to a service. */
function withoutTenant(args: Arguments): Arguments {
  const { input } = args as { readonly input: Arguments };
  if (!('tenant' in input)) return args;
  const { tenant: _tenant, ...rest } = input;
  return { ...args, input: rest };
}

const fieldsOf = (schema: GraphQLSchema): [string, Field][] =>
  [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}).map((field): [string, Field] => [`${type!.name}.${field.name}`, field]),
  );

/** Root fields with reasons; the default is the lists of this folder. */
interface RootFieldLists {
  readonly publicFields?: Readonly<Record<string, string>>;
  readonly without?: Readonly<Record<string, string>>;
}

/**
 * Lets every root field name its tenant, but for those of `WITHOUT_TENANT`: by the argument `tenant`, mutations by a member of
 * their input. Resolvers and input classes declare neither; `tenantOfArguments` reads it.
 * @throws Error A root field is neither guarded nor listed as public, declares its tenant itself, or is listed and does not
 * exist.
 */
export function addTenantArguments(
  schema: GraphQLSchema,
  { publicFields = PUBLIC_FIELDS, without = WITHOUT_TENANT }: RootFieldLists = {},
): GraphQLSchema {
  const fields = fieldsOf(schema);
  const known = new Set(fields.map(([name]) => name));
  for (const name of [...Object.keys(without), ...Object.keys(publicFields)]) {
    if (!known.has(name)) throw new Error(`${name} is listed in schema/directives but does not exist.`);
  }
  for (const [name, field] of fields) {
    if (alternativesOf(field.astNode) === null && !Object.hasOwn(publicFields, name)) {
      throw new Error(`${name} needs @RequiresScopes, or a reason in PUBLIC_FIELDS why every caller may use it.`);
    }
    if (Object.hasOwn(without, name)) continue;
    if (name.startsWith('Mutation.')) addInputField(name, field);
    else addArgument(name, field);
  }
  return schema;
}
