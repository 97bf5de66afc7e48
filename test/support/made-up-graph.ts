import {
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isObjectType,
  isUnionType,
  type ResponsePath,
} from 'graphql';
import { buildPlainSchema } from '../../schema/build.ts';
import { objectTypesOf } from '../../schema/object-types.ts';
import { IdentityError } from '../../src/kernel/index.ts';

/** What a resolver does in place of giving a value. */
export const FAULTS = ['refused', 'broken', 'graphql', 'returned', 'absent', 'unfit'] as const;
export type Fault = (typeof FAULTS)[number];

/** What a run of an operation resolves: the context of its resolvers. */
export interface MadeUp {
  readonly seed: string;
  /** The places at which resolvers fail: fields, and items of lists. */
  readonly faults: ReadonlyMap<string, Fault>;
  /** Whether resolvers answer at once or later, or each as it likes. */
  readonly pace: 'now' | 'later' | 'either';
  /** Every place that was resolved. */
  readonly places: string[];
  /** The arguments and the place that each resolver got. */
  readonly calls: string[];
}

/** A number from 0 to `end` that depends on the text alone (FNV-1a). */
export function pick(text: string, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return ((hash ^ (hash >>> 15)) >>> 0) % end;
}

const SCALARS: Readonly<Record<string, (place: string) => unknown>> = {
  ID: (place) => `id-${pick(place, 1000)}`,
  String: (place) => `text "${pick(place, 1000)}" \u2028 </script>`,
  Int: (place) => pick(place, 1000),
  SafeInt: (place) => 2 ** 40 + pick(place, 1000),
  Float: (place) => pick(place, 1000) / 7,
  Boolean: (place) => pick(place, 2) === 1,
  DateTime: (place) => new Date(1_700_000_000_000 + pick(place, 1_000_000)),
  JSONObject: (place) => ({ place, list: [1, null, { deep: true }] }),
};

const showPath = (path: ResponsePath | undefined): string =>
  path === undefined ? '' : `${showPath(path.prev)}/${path.key}`;

const refusal = (place: string) => new IdentityError('FORBIDDEN', 'forbidden', `Refused at ${place}.`);

function makeValue(schema: GraphQLSchema, type: GraphQLOutputType, place: string, context: MadeUp): unknown {
  context.places.push(place);
  const fault = context.faults.get(place);
  if (fault === 'returned') return refusal(place);
  if (fault === 'absent') return null;
  // No scalar and no list takes a symbol. For an object of a union without a type, graphql-js has a message of its library.
  const isFit = isObjectType(getNamedType(type)) || isUnionType(getNamedType(type));
  if (fault === 'unfit' && !isFit) return Symbol('unfit');
  const inner = getNullableType(type);
  if (!isListType(inner)) return makeNamed(schema, inner as GraphQLNamedType, place);
  const length = pick(`length ${place}`, 4);
  return Array.from({ length }, (_, at) => makeValue(schema, inner.ofType, `${place}/${at}`, context));
}

function makeNamed(schema: GraphQLSchema, type: GraphQLNamedType, place: string): unknown {
  if (isEnumType(type)) return type.getValues()[pick(place, type.getValues().length)]!.value;
  if (isObjectType(type)) return { __typename: type.name };
  if (isAbstractType(type)) {
    const types = schema.getPossibleTypes(type);
    return { __typename: types[pick(place, types.length)]!.name };
  }
  return SCALARS[type.name]!(place);
}

function throwFault(place: string, { faults }: MadeUp): void {
  const fault = faults.get(place);
  if (fault === 'refused') throw refusal(place);
  if (fault === 'broken') throw new Error('a secret');
  if (fault === 'graphql') throw new GraphQLError('a text of GraphQL');
}

/** Replaces every resolver by one whose value depends on its place and the seed of the context. */
function makeUp(schema: GraphQLSchema): GraphQLSchema {
  for (const type of objectTypesOf(schema)) {
    for (const field of Object.values(type.getFields())) {
      field.resolve = (_source, args, context: MadeUp, info: GraphQLResolveInfo) => {
        const place = `${context.seed}${showPath(info.path)}`;
        const described = [
          info.parentType.name,
          info.fieldName,
          info.fieldNodes[0]!.name.value,
          String(info.returnType),
        ];
        context.calls.push(`${place} ${described.join(' ')} ${JSON.stringify(args)}`);
        const resolve = () => {
          throwFault(place, context);
          return makeValue(schema, field.type, place, context);
        };
        const isNow = context.pace === 'now' || (context.pace === 'either' && pick(`pace ${place}`, 2) === 0);
        return isNow ? resolve() : Promise.resolve().then(resolve);
      };
    }
  }
  for (const type of Object.values(schema.getTypeMap()))
    if (isUnionType(type)) type.resolveType = ({ __typename }: { readonly __typename?: string }) => __typename;
  return schema;
}

/** The schema of the service with made-up answers. */
export const buildMadeUpGraph = async (): Promise<GraphQLSchema> => makeUp(await buildPlainSchema());
