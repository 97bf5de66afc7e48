import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPlainSchema } from '../../schema/build.ts';
import { PUBLIC_FIELDS } from '../../schema/directives/public-fields.ts';
import { alternativesOf } from '../../schema/directives/requires-scopes.ts';
import { WITHOUT_TENANT } from '../../schema/directives/tenant-argument.ts';
import { declaredCodes } from '../../schema/errors/declared-codes.ts';
import { taggedTypes } from '../../schema/global-id.ts';

/** The first words of a boolean that is a question. */
const QUESTION = /^(is|has|can|uses|stores|offers|exempts|need)[A-Z]/;
/**
 * Booleans that are not questions: claims and members of standards, options of a request, and settings by their stored name.
 */
const OPTIONS = new Set([
  'active',
  'emailVerified',
  'phoneVerified',
  'exceptCurrent',
  'keepReadable',
  'keepSecretReadable',
  'replaceAttributes',
  'replaceMembers',
  'ofTenantOnly',
  'rememberMe',
  'requireAuthTime',
  'topOnly',
  'withBuiltin',
  'withRestSecret',
  'changeUsername',
  'emailIsUsername',
  'protectLastAdmin',
  'recordAuthorizations',
  'registration',
  'requireForwardedAddress',
  'resetPassword',
  'signInByEmail',
  'uniqueEmail',
  'verifyEmail',
]);

type Placed<T> = [place: string, value: T];

const fieldsOf = (all: readonly GraphQLNamedType[]): Placed<GraphQLField<unknown, unknown>>[] =>
  all.flatMap((type) =>
    isObjectType(type) || isInterfaceType(type)
      ? Object.values(type.getFields()).map((field): Placed<typeof field> => [`${type.name}.${field.name}`, field])
      : [],
  );

/** Arguments of fields, and fields of input types. */
const inputsOf = (all: readonly GraphQLNamedType[]): Placed<GraphQLArgument | GraphQLInputField>[] => [
  ...fieldsOf(all).flatMap(([place, { args }]) =>
    args.map((arg): Placed<GraphQLArgument> => [`${place}(${arg.name})`, arg]),
  ),
  ...all.flatMap((type) =>
    isInputObjectType(type)
      ? Object.values(type.getFields()).map((field): Placed<GraphQLInputField> => [`${type.name}.${field.name}`, field])
      : [],
  ),
];

/** The fields that an object type has as a node; none when it is not a node. */
const nodeOf = (type: GraphQLObjectType): object =>
  type
    .getInterfaces()
    .find(({ name }) => name === 'Node')
    ?.getFields() ?? {};

describe('the graph', () => {
  let schema: GraphQLSchema;
  let roots: [string, GraphQLField<unknown, unknown>][];
  beforeAll(async () => {
    schema = await buildPlainSchema();
    roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
      type == null
        ? []
        : Object.values(type.getFields()).map(
            (field) => [`${type.name}.${field.name}`, field] as [string, typeof field],
          ),
    );
  });

  const types = () => Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

  it('guards every root field except those on the public list, each of which exists', () => {
    const unguarded = roots.filter(([, field]) => alternativesOf(field.astNode) === null).map(([name]) => name);
    expect(unguarded.sort()).toEqual(Object.keys(PUBLIC_FIELDS).sort());
  });

  it('lets every root field name its tenant', () => {
    const silent = roots
      .filter(([name]) => !Object.hasOwn(WITHOUT_TENANT, name))
      .filter(([, field]) => {
        if (field.args.some(({ name }) => name === 'tenant')) return false;
        const input = getNamedType(field.args.find(({ name }) => name === 'input')?.type);
        return !(isInputObjectType(input) && 'tenant' in input.getFields());
      })
      .map(([name]) => name);
    expect(silent).toEqual([]);
  });

  it('makes every field nullable that returns a type with a directive, so that a refusal affects only that field', () => {
    const guarded = new Set(
      types().flatMap((type) => (isObjectType(type) && alternativesOf(type.astNode) !== null ? [type.name] : [])),
    );
    const rigid = types().flatMap((type) => {
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      return Object.values(type.getFields()).flatMap((field) => {
        const inner = isNonNullType(field.type) ? field.type.ofType : field.type;
        const item = 'ofType' in inner ? inner.ofType : inner;
        const isRigid = 'ofType' in inner ? isNonNullType(item) : isNonNullType(field.type);
        return guarded.has(getNamedType(field.type).name) && isRigid ? [`${type.name}.${field.name}`] : [];
      });
    });
    expect(rigid).toEqual([]);
  });

  it('describes every type, field, argument, input field and enum value', () => {
    const bare = types().flatMap((type) => {
      const own = type.description ? [] : [type.name];
      if (isEnumType(type))
        return [
          ...own,
          ...type.getValues().flatMap((value) => (value.description ? [] : [`${type.name}.${value.name}`])),
        ];
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return own;
      const fields = Object.values(type.getFields() as Record<string, GraphQLField<unknown, unknown>>);
      return [
        ...own,
        ...fields.flatMap((field) => [
          ...(field.description ? [] : [`${type.name}.${field.name}`]),
          ...(field.args ?? []).flatMap((arg) => (arg.description ? [] : [`${type.name}.${field.name}(${arg.name})`])),
        ]),
      ];
    });
    expect(bare.filter((name) => !['Query', 'Mutation', 'Subscription'].includes(name))).toEqual([]);
  });

  it('names error codes in `@errors`, each once, and lists none in a description', () => {
    const fields = fieldsOf(types());
    const listed = fields.filter(([, { description }]) => /\bErrors?: /.test(description ?? ''));
    expect(listed.map(([place]) => place)).toEqual([]);
    const declared = fields.map(([place, field]) => [place, declaredCodes(field.astNode)] as const);
    expect(declared.filter(([, codes]) => codes.length > 0).length).toBeGreaterThan(80);
    expect(declared.filter(([, codes]) => new Set(codes).size < codes.length).map(([place]) => place)).toEqual([]);
  });

  it('names mutations verbNoun(input: VerbNounInput!): VerbNounPayload!', () => {
    const odd = roots.flatMap(([name, field]) => {
      if (!name.startsWith('Mutation.')) return [];
      const verbNoun = `${field.name[0]!.toUpperCase()}${field.name.slice(1)}`;
      const shape = `${field.args.map((arg) => `${arg.name}: ${arg.type}`).join(', ')} -> ${field.type}`;
      return shape === `input: ${verbNoun}Input! -> ${verbNoun}Payload!` ? [] : [`${name}: ${shape}`];
    });
    expect(odd).toEqual([]);
  });

  it('lets mutations name their tenant inside the input, and other fields by an argument', () => {
    const misplaced = roots.filter(([name, field]) => {
      const isMutation = name.startsWith('Mutation.');
      const inputs = field.args.map(({ type }) => getNamedType(type)).filter((type) => isInputObjectType(type));
      const isInside = inputs.some((input) => 'tenant' in input.getFields());
      return isMutation ? field.args.some((arg) => arg.name === 'tenant') : isInside;
    });
    expect(misplaced.map(([name]) => name)).toEqual([]);
  });

  it('calls every argument and input field that holds an id <noun>Id', () => {
    const isId = ({ type }: { type: GraphQLInputType }) => getNamedType(type).name === 'ID';
    const odd = inputsOf(types()).filter(([, value]) => isId(value) && !/[a-z]Ids?$/.test(value.name));
    expect(odd.map(([place]) => place)).toEqual(['Query.node(id)']);
  });

  it('puts booleans as a question, an option, or by their name in a standard', () => {
    const isBoolean = ({ type }: { type: GraphQLInputType | GraphQLOutputType }) =>
      getNamedType(type).name === 'Boolean';
    const odd = [...inputsOf(types()), ...fieldsOf(types())].filter(
      ([, value]) => isBoolean(value) && !QUESTION.test(value.name) && !OPTIONS.has(value.name),
    );
    expect(odd.map(([place]) => place)).toEqual([]);
  });

  it('gives an `id` only to nodes, so that client caches do not mistake a payload for a node', () => {
    const odd = types().filter((type) => isObjectType(type) && 'id' in type.getFields() && !('id' in nodeOf(type)));
    expect(odd.map(({ name }) => name)).toEqual([]);
  });

  it('lets other graphs refer to every type that has a global id (Apollo Federation 2, @key)', () => {
    const keyed = types().flatMap((type) =>
      isObjectType(type) && type.astNode?.directives?.some(({ name }) => name.value === 'key') ? [type.name] : [],
    );
    expect(keyed.sort()).toEqual(
      types()
        .flatMap((type) =>
          isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node') ? [type.name] : [],
        )
        .sort(),
    );
  });

  it('finds every type that has a global id through node(id)', () => {
    const nodes = types().flatMap((type) =>
      isObjectType(type) && type.getInterfaces().some(({ name }) => name === 'Node') ? [type.name] : [],
    );
    expect(nodes.sort()).toEqual([...taggedTypes()].sort());
  });
});
