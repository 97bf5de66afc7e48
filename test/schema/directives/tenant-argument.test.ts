import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  graphql,
  isInputObjectType,
  printType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { addTenantArguments, WITHOUT_TENANT } from '../../../schema/directives/tenant-argument.ts';

const DIRECTIVE = 'directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION';
const GUARD = '@requiresScopes(scopes: [["user:read"]])';

const GRAPH = `
  ${DIRECTIVE}
  type Query { user(userId: ID!): String ${GUARD} tenants: String ${GUARD} keys: String }
  input RenameInput { name: String! }
  input ClearInput { tenant: String! }
  type Mutation { rename(note: String, input: RenameInput!): String ${GUARD} clear(input: ClearInput!): String ${GUARD} }
  type Subscription { events: String ${GUARD} }
`;
const LISTS = { publicFields: { 'Query.keys': 'For all.' }, without: { 'Query.tenants': 'Lists tenants.' } };

const printed = (schema: GraphQLSchema, name: string): string => printType(schema.getType(name)!);

describe('the tenant argument', () => {
  it('is added to queries and subscriptions, but for those that act on no tenant', () => {
    const schema = addTenantArguments(buildSchema(GRAPH), LISTS);
    const query = schema.getQueryType()!.getFields();
    expect(query['user']!.args.map(({ name, type }) => `${name}: ${type}`)).toEqual(['userId: ID!', 'tenant: String']);
    expect(query['keys']!.args.map(({ name }) => name)).toEqual(['tenant']);
    expect(query['tenants']!.args).toEqual([]);
    expect(
      schema
        .getSubscriptionType()!
        .getFields()
        ['events']!.args.map(({ name }) => name),
    ).toEqual(['tenant']);
  });

  it('is a member of the input of a mutation, unless the input declares a required one', () => {
    const schema = addTenantArguments(buildSchema(GRAPH), LISTS);
    expect(printed(schema, 'RenameInput')).toBe(
      'input RenameInput {\n  name: String!\n\n  """Name of the tenant. Default: the caller\'s."""\n  tenant: String\n}',
    );
    expect(printed(schema, 'ClearInput')).toBe('input ClearInput {\n  tenant: String!\n}');
  });

  it('is missing in the API only where the list gives a reason', () => {
    const schema = buildSchema(readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8'), {
      assumeValidSDL: true,
    });
    const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const hasTenant = ({ args }: GraphQLField<unknown, unknown>) =>
      args.some(({ name, type }) => {
        const input = getNamedType(type);
        return name === 'tenant' || (isInputObjectType(input) && 'tenant' in input.getFields());
      });
    const without = types.flatMap((type) =>
      Object.values(type!.getFields())
        .filter((field) => !hasTenant(field))
        .map(({ name }) => `${type!.name}.${name}`),
    );
    expect(without.sort()).toEqual(Object.keys(WITHOUT_TENANT).sort());
  });

  it('does not reach the resolver of a mutation, whose input stays as it was for the next field', async () => {
    const plain = buildSchema(GRAPH);
    const seen: unknown[] = [];
    plain.getMutationType()!.getFields()['rename']!.resolve = (_source, { input }) => {
      seen.push(input);
    };
    const schema = addTenantArguments(plain, LISTS);
    // The fields see what the guard around the resolver sees: the tenant of each is that of the variable.
    const rename = schema.getMutationType()!.getFields()['rename']!;
    const { resolve } = rename;
    const tenants: unknown[] = [];
    rename.resolve = (source, args, context, info) => {
      tenants.push(args['input'].tenant);
      return resolve!(source, args, context, info);
    };
    const source = 'mutation ($input: RenameInput!) { one: rename(input: $input) two: rename(input: $input) }';
    const { errors } = await graphql({ schema, source, variableValues: { input: { name: 'x', tenant: 'acme' } } });
    expect(errors).toBeUndefined();
    expect(tenants).toEqual(['acme', 'acme']);
    expect(seen).toEqual([{ name: 'x' }, { name: 'x' }]);
  });

  it.each([
    ['is neither guarded nor public', 'type Query { open: String }', 'Query.open needs @RequiresScopes'],
    [
      'declares its tenant',
      `type Query { user(tenant: String): String ${GUARD} }`,
      'Query.user declares its tenant; remove it there.',
    ],
    [
      'declares its tenant in its input',
      `type Query { user: String ${GUARD} } input RenameInput { tenant: String } type Mutation { rename(input: RenameInput!): String ${GUARD} }`,
      'RenameInput declares its tenant; remove it there.',
    ],
    [
      'has no input, as a mutation',
      `type Query { user: String ${GUARD} } type Mutation { rename(name: String): String ${GUARD} }`,
      'Mutation.rename has no input that could name its tenant.',
    ],
  ])('stops the build when a root field %s', (_fault, sdl, message) => {
    const schema = buildSchema(`${DIRECTIVE} ${sdl}`);
    expect(() => addTenantArguments(schema, { publicFields: {}, without: {} })).toThrow(message);
  });

  it('stops the build when a listed field does not exist', () => {
    const lists = { ...LISTS, without: { ...LISTS.without, 'Query.gone': 'No longer there.' } };
    expect(() => addTenantArguments(buildSchema(GRAPH), lists)).toThrow('Query.gone is listed');
  });
});
