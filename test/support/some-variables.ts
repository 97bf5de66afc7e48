import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  typeFromAST,
} from 'graphql';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { pick } from './made-up-graph.ts';

const TEXTS = [
  'ada',
  ...Object.values(HOSTILE_TEXTS).filter((text) => text.length < 1000),
  '__proto__',
  '2026-01-01T00:00:00Z',
];

const SCALARS: Readonly<Record<string, readonly unknown[]>> = {
  ID: [...TEXTS, 17, -1],
  String: TEXTS,
  Int: [0, 1, 200, -(2 ** 31)],
  SafeInt: [0, 2 ** 40],
  Float: [0, 1.5, -1],
  Boolean: [true, false],
  DateTime: ['2026-01-01T00:00:00Z', '2026-06-01T12:30:00.123+02:00'],
  JSONObject: [{}, { a: [1, { b: null }] }, JSON.parse('{"__proto__": {"x": 1}}')],
};

/** Types of inputs around a value: an input that can stand inside itself is not given there, or there would be no end. */
type Around = readonly string[];

function someValue(type: GraphQLInputType, place: string, around: Around = []): unknown {
  if (isNonNullType(type)) return givenValue(type.ofType, place, around);
  return pick(`null ${place}`, 8) === 0 ? null : givenValue(type, place, around);
}

function givenValue(type: GraphQLInputType, place: string, around: Around): unknown {
  if (isListType(type)) {
    // A single value stands for a list of one.
    if (pick(`single ${place}`, 4) === 0) return someValue(type.ofType, `${place}/only`, around);
    return Array.from({ length: pick(`length ${place}`, 3) }, (_, at) =>
      someValue(type.ofType, `${place}/${at}`, around),
    );
  }
  if (isEnumType(type)) return type.getValues()[pick(place, type.getValues().length)]!.name;
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields()).flatMap((field) => {
        const inner = `${place}.${field.name}`;
        const isGiven =
          (isNonNullType(field.type) && field.defaultValue === undefined) || pick(`given ${inner}`, 3) > 0;
        const within = [...around, type.name];
        const isPossible = inner.length < 300 && !within.includes(getNamedType(field.type).name);
        return isGiven && isPossible ? [[field.name, someValue(field.type, inner, within)]] : [];
      }),
    );
  const values = SCALARS[(type as { name: string }).name]!;
  return values[pick(place, values.length)];
}

/** Values that the types of a document's variables accept; some variables that need none have none. */
export function someVariables(schema: GraphQLSchema, document: DocumentNode, seed: string): Record<string, unknown> {
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('The first definition is not an operation.');
  return Object.fromEntries(
    (operation.variableDefinitions ?? []).flatMap(({ variable, type, defaultValue }) => {
      const name = variable.name.value;
      const inner = typeFromAST(schema, type as never) as GraphQLInputType;
      const isGiven = (isNonNullType(inner) && defaultValue === undefined) || pick(`given ${seed} ${name}`, 4) > 0;
      return isGiven ? [[name, someValue(inner, `${seed} ${name}`)]] : [];
    }),
  );
}

const HOSTILE: readonly unknown[] = [
  null,
  17,
  1.5,
  'x',
  true,
  [],
  [null],
  [[1]],
  {},
  { nothing: 1 },
  { input: { tenant: 'x' } },
  JSON.parse('{"__proto__": {"x": 1}, "constructor": 1}'),
  2 ** 53,
  'RED',
];

/** Values of which most do not fit the types of a document's variables, and names that it does not declare. */
export function hostileVariables(document: DocumentNode, seed: string): Record<string, unknown> {
  const [operation] = document.definitions;
  const declared = operation?.kind === Kind.OPERATION_DEFINITION ? (operation.variableDefinitions ?? []) : [];
  const names = [...declared.map(({ variable }) => variable.name.value), 'nothing', '__proto__'];
  return Object.fromEntries(names.map((name) => [name, HOSTILE[pick(`${seed} ${name}`, HOSTILE.length)]]));
}
