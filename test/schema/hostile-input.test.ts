import {
  type ExecutionResult,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  subscribe,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContext } from '../../schema/context.ts';
import { formatError } from '../../schema/errors/format.ts';
import { type TaggedType, taggedTypes } from '../../schema/global-id.ts';
import type { Caller } from '../../src/access/index.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';
import { type PopulatedTenant, populateTenant } from '../support/populated.ts';
import { ENGINES } from '../support/postgres.ts';
import { testGraph, World } from '../support/world.ts';

type Input = GraphQLArgument | GraphQLInputField;
/** The place of a text in the arguments of a field: the names from the argument inwards. */
type Path = readonly string[];

const schema = await testGraph();
const TEXTS = new Set(['String', 'ID', 'JSON', 'JSONObject']);
const MAX_DEPTH = 5;

/** Every place of a text in the arguments of a field; not again in inputs that stand inside themselves. */
function textsIn(inputs: readonly Input[], around: readonly string[] = []): Path[] {
  return inputs.flatMap(({ name, type }) => {
    const named = getNamedType(type);
    if (TEXTS.has(named.name)) return [[name]];
    if (!isInputObjectType(named) || around.length > MAX_DEPTH || around.includes(named.name)) return [];
    return textsIn(Object.values(named.getFields()), [...around, named.name]).map((path) => [name, ...path]);
  });
}

/** The input objects that hold the last member of a path, with the member; just its name for an argument. */
function placeOf(inputs: readonly Input[], [name, ...inside]: Path, type = ''): string {
  const named = getNamedType(inputs.find((input) => input.name === name)!.type);
  if (inside.length === 0 || !isInputObjectType(named)) return `${type}.${name}`;
  return placeOf(Object.values(named.getFields()), inside, named.name);
}

/** The value of an argument that is not the one tested: ids of existing objects, else any value of its type. */
type Known = (name: string, type: GraphQLInputType) => unknown;

const OF_SCALAR: Readonly<Record<string, unknown>> = {
  Int: 1,
  SafeInt: 1,
  Float: 1,
  Boolean: true,
  DateTime: '2026-01-01T00:00:00Z',
  JSON: {},
  JSONObject: {},
};

/** Counts generated names, so that each is new. */
let fresh = 0;

function anyValue({ name, type }: Input, known: Known): unknown {
  const inner = isNonNullType(type) ? type.ofType : type;
  if (isListType(inner)) return [anyValue({ name, type: inner.ofType } as Input, known)];
  if (isEnumType(inner)) return inner.getValues()[0]!.name;
  if (isInputObjectType(inner)) return objectOf(Object.values(inner.getFields()), known);
  return known(name, inner) ?? OF_SCALAR[inner.name] ?? `text${++fresh}`;
}

const isRequired = ({ type, defaultValue }: Input): boolean => isNonNullType(type) && defaultValue === undefined;

/**
 * The members of an input: the required ones, those on the path to the hostile text, and one more.
 * @param also Name of an optional member that is given nevertheless.
 */
function objectOf(
  inputs: readonly Input[],
  known: Known,
  path: Path = [],
  hostile?: unknown,
  also?: string,
): Record<string, unknown> {
  const members = inputs.flatMap((input): [string, unknown][] => {
    if (input.name === path[0]) return [[input.name, along(input, known, path.slice(1), hostile, also)]];
    return isRequired(input) || input.name === also ? [[input.name, anyValue(input, known)]] : [];
  });
  return Object.fromEntries(members);
}

function along({ type, name }: Input, known: Known, path: Path, hostile: unknown, also?: string): unknown {
  const inner = isNonNullType(type) ? type.ofType : type;
  if (isListType(inner)) return [along({ type: inner.ofType, name } as Input, known, path, hostile, also)];
  if (isInputObjectType(inner)) return objectOf(Object.values(inner.getFields()), known, path, hostile, also);
  if (inner.name !== 'JSON' && inner.name !== 'JSONObject') return hostile;
  return { name: hostile, [String(hostile)]: [hostile] };
}

/** Optional members with an id, beside the last one of a path; with each of them the field does more. */
function companionsOf(inputs: readonly Input[], path: Path): (string | undefined)[] {
  const input = inputs.find(({ name }) => name === path[0])!;
  const named = getNamedType(input.type);
  if (path.length > 1 && isInputObjectType(named)) return companionsOf(Object.values(named.getFields()), path.slice(1));
  const ids = inputs.filter((other) => other !== input && !isRequired(other) && isIdLike(other));
  return [undefined, ...ids.map(({ name }) => name)];
}

const isIdLike = ({ name, type }: Input): boolean =>
  getNamedType(type).name === 'ID' || ['key', 'profile', 'username', 'password', 'application'].includes(name);

/** Ids of existing objects, by the name of the argument. */
function knownOf({ keys, user, tenant }: PopulatedTenant, fieldName: string): Known {
  const nouns: readonly (readonly [RegExp, TaggedType])[] = [
    [/provider/i, 'FederationProvider'],
    [/riskbit/i, 'Riskbit'],
    [/credential|totp/i, 'Credential'],
    [/session/i, 'Session'],
    [/block|lockout/i, 'Lockout'],
    [/client/i, 'Client'],
    [/role|child/i, 'Role'],
    [/group|parent/i, 'Group'],
    [/user/i, 'User'],
  ];
  const plain: Readonly<Record<string, string>> = {
    deviceId: 'SHA256_x',
    keepDeviceId: 'SHA256_x',
    tenant: tenant.name,
    onTenant: tenant.name,
    username: user.username!,
    providerType: 'vk',
    providerName: 'vk_1',
    provider: 'vk:vk_1',
    type: 'vk',
    externalId: 'x-1',
    profile: 'orgs',
    key: '114',
    application: 'portal',
    permissions: 'user:read',
    scopes: 'openid',
    currentPassword: 'three-wombats-at-dawn',
    newPassword: 'four-wombats-at-dawn',
    password: 'three-wombats-at-dawn',
    callback: 'https://app.company.com/callback',
    redirectUri: 'https://app.company.com/callback',
    attribute: 'department',
  };
  return (name, type) => {
    if (getNamedType(type).name !== 'ID') return plain[name];
    const about = nouns.find(([noun]) => noun.test(name)) ?? nouns.find(([noun]) => noun.test(fieldName));
    return about === undefined ? keys.User : keys[about[1]];
  };
}

/** `{ __typename }` if the field returns objects. */
const selectionOf = (type: GraphQLOutputType): string => (isCompositeType(getNamedType(type)) ? ' { __typename }' : '');

interface Field {
  readonly name: string;
  readonly args: readonly GraphQLArgument[];
  readonly type: GraphQLOutputType;
}

/** A document with every argument of the field as a variable; `around` are the fields above it. */
function documentOf(
  kind: string,
  { name, args, type }: Field,
  given: object,
  around: (field: string) => string,
): string {
  const used = args.filter((arg) => arg.name in given);
  const declared = used.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const passed = used.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  return `${kind} (${declared}) ${around(`${name}(${passed})${selectionOf(type)}`)}`;
}

/** Texts for one place; an id is also tried in its global form, with a hostile key. */
function textsFor(
  inputs: readonly Input[],
  path: Path,
  { globalId }: PopulatedTenant,
): Readonly<Record<string, string>> {
  let input = inputs.find(({ name }) => name === path[0])!;
  for (const name of path.slice(1)) {
    const named = getNamedType(input.type);
    input = isInputObjectType(named) ? named.getFields()[name]! : input;
  }
  if (getNamedType(input.type).name !== 'ID') return HOSTILE_TEXTS;
  const globalIds = taggedTypes().flatMap((type) =>
    ['x', 'x:y', 'x:y:z', '%00:%00', '%00:%00:%00'].map((key) => [`${type} ${key}`, globalId(type, key)]),
  );
  return { ...HOSTILE_TEXTS, ...Object.fromEntries(globalIds) };
}

interface Attempt {
  readonly caller: Caller;
  readonly also?: string | undefined;
  readonly texts: Readonly<Record<string, string>>;
}

const fieldsOf = (type: GraphQLObjectType | null | undefined): Field[] =>
  Object.values(type?.getFields() ?? {}).filter(({ args }) => textsIn(args).length > 0);

const ROOTS = [
  ...fieldsOf(schema.getQueryType()).map((field) => ['query', field] as const),
  ...fieldsOf(schema.getMutationType()).map((field) => ['mutation', field] as const),
  ...fieldsOf(schema.getSubscriptionType()).map((field) => ['subscription', field] as const),
];

/** By the place of a text inside an input object, the last field that has it: that field is sent every text. */
const LAST_FIELDS = new Map<string, string>();
for (const [, { name, args }] of ROOTS) for (const path of textsIn(args)) LAST_FIELDS.set(placeOf(args, path), name);

/** What is sent to every field: what no column accepts, and what most indexes do not. */
const TEXTS_OF_SHARED = (({ NUL, 'the longest text': longest }) => ({ NUL: NUL!, longest: longest! }))(HOSTILE_TEXTS);

/** Whether another field takes the same input object, whose members are sent every text there. */
const isSharedPlace = ({ name, args }: Field, path: Path): boolean => {
  const place = placeOf(args, path);
  return !place.startsWith('.') && LAST_FIELDS.has(place) && LAST_FIELDS.get(place) !== name;
};

const rootTypes = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
const INNER = Object.values(schema.getTypeMap())
  .filter((type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'))
  .filter((type) => !rootTypes.includes(type))
  .flatMap((type) => fieldsOf(type).map((field) => [type.name, field] as const));

/** The error codes of a refused subscription, or of its first item. */
async function firstCodes(
  world: World,
  caller: Caller,
  document: string,
  variableValues: Record<string, unknown>,
): Promise<unknown[]> {
  const abort = new AbortController();
  const contextValue = createContext(world.services, caller, abort.signal);
  const source = await subscribe({ schema, document: parse(document), variableValues, contextValue });
  let result: ExecutionResult;
  if (Symbol.asyncIterator in source) {
    result = (await source.next()).value as ExecutionResult;
    abort.abort();
    await source.return?.(undefined);
  } else result = source;
  return (result.errors ?? []).map((error) => formatError(error.toJSON(), error).extensions?.['code']);
}

describe.each(ENGINES)('texts that no column accepts, on $name', ({ open }) => {
  let world: World;
  let there: PopulatedTenant;
  let callers: readonly Caller[];
  beforeAll(async () => {
    world = await World.open(await open());
    // Wait for the connection of the event log; until then the service answers 503.
    await world.services.eventEngine.start();
    there = await populateTenant(world);
    const scopes = there.application.scopes;
    callers = [there.application, world.user(there.tenant, there.user.id, ...scopes)];
  });
  afterAll(async () => {
    // A pass of the event log that begins after the database was closed fails, and nothing waits for it.
    await world.services.eventEngine.stop();
    await world.close();
  });

  /** Each field as an application and as a user, with each optional member; once with global ids. Members of shared inputs in short. */
  function attemptsAt(field: Field, path: Path): Attempt[] {
    if (isSharedPlace(field, path)) return [{ caller: there.application, texts: TEXTS_OF_SHARED }];
    const [, ...companions] = companionsOf(field.args, path);
    const [application, user] = callers as readonly [Caller, Caller];
    return [
      { caller: application, texts: textsFor(field.args, path, there) },
      { caller: user, texts: HOSTILE_TEXTS },
      ...companions.map((also) => ({ caller: application, also, texts: HOSTILE_TEXTS })),
    ];
  }

  /** The unexpected answers for one place of a field's arguments. */
  async function faultsOf(kind: string, field: Field, path: Path, around: (text: string) => string): Promise<string[]> {
    const faults: string[] = [];
    const known = knownOf(there, field.name);
    for (const { caller, also, texts } of attemptsAt(field, path))
      for (const [what, text] of Object.entries(texts)) {
        const given = objectOf(field.args, known, path, text, also);
        const document = documentOf(kind, field, given, around);
        const codes =
          kind === 'subscription' ? firstCodes(world, caller, document, given) : codesOf(caller, document, given);
        const code = (await codes).find(isUnforeseen);
        if (code !== undefined)
          faults.push(`${path.join('.')} = ${what}${also === undefined ? '' : `, ${also}`}: ${code}`);
      }
    return faults;
  }
  const codesOf = async (caller: Caller, document: string, given: Record<string, unknown>) =>
    (await world.graphql(caller, document, given)).errors.map(({ extensions }) => extensions['code']);
  const isUnforeseen = (code: unknown): boolean => code === 'INTERNAL_ERROR' || code === 'SERVICE_UNAVAILABLE';

  it.each(ROOTS.map(([kind, field]) => [`${kind} ${field.name}`, kind, field] as const))(
    'are refused or find nothing: %s',
    async (_, kind, field) => {
      const faults: string[] = [];
      for (const path of textsIn(field.args))
        faults.push(...(await faultsOf(kind, field, path, (text) => `{ ${text} }`)));
      expect(faults).toEqual([]);
    },
    120_000,
  );

  /** The fields above a field of a type that is no root: those of a node, or the caller's own. */
  function aroundInner(type: string): (text: string) => string {
    if (type === 'Viewer') return (text) => `{ viewer { ${text} } }`;
    const { globalId, keys } = there;
    expect(Object.keys(keys)).toContain(type);
    const id = globalId(type as TaggedType);
    return (text) => `{ node(id: "${id}") { ... on ${type} { ${text} } } }`;
  }

  it.each(INNER.map(([type, field]) => [`${type}.${field.name}`, type, field] as const))(
    'are refused or find nothing: %s',
    async (_, type, field) => {
      const around = aroundInner(type);
      const faults: string[] = [];
      for (const path of textsIn(field.args)) faults.push(...(await faultsOf('query', field, path, around)));
      expect(faults).toEqual([]);
    },
    120_000,
  );
});
