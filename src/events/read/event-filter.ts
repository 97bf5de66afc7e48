import { type RawBuilder, sql } from 'kysely';
import { isStorableText } from '../../kernel/index.ts';
import { allOf, finding, type Narrowing, testing } from '../../persistence/index.ts';
import type { EventCatalogue } from '../record/catalogue.ts';
import type { SecurityEvent } from '../record/event.ts';
import { smallestIdAt } from '../upkeep/partitions.ts';
import type { Wanted } from './filter-index.ts';
import { BEYOND_IDS, SMALLEST_ID, type SubjectQuery } from './subject-reader.ts';

/** Which events of a tenant are wanted; members that are absent or null restrict nothing. */
export interface EventFilter {
  /** Names of types. */
  readonly types?: readonly string[] | null | undefined;
  /** Categories of the catalogue. */
  readonly categories?: readonly string[] | null | undefined;
  readonly subjectId?: string | null | undefined;
  readonly actorId?: string | null | undefined;
  readonly clientId?: string | null | undefined;
  readonly outcome?: 'success' | 'failure' | null | undefined;
  /** Not before this moment. */
  readonly from?: Date | null | undefined;
  /** Not after this moment. */
  readonly to?: Date | null | undefined;
}

/** A filter by account, type and time alone, which `SubjectReader` can answer. */
export type SubjectFilter = Pick<SubjectQuery, 'subjectId' | 'types' | 'fromId' | 'belowId'>;

/** Converts a filter to that form; null when it restricts anything else. */
export function subjectFilter(filter: EventFilter, catalogue: EventCatalogue): SubjectFilter | null {
  const { subjectId, actorId, clientId, outcome, from, to } = filter;
  if (subjectId == null || !isStorableText(subjectId)) return null;
  if (actorId != null || clientId != null || outcome != null) return null;
  return {
    subjectId,
    types: wantedTypes(filter, catalogue),
    fromId: from == null ? SMALLEST_ID : smallestIdAt(from),
    belowId: to == null ? BEYOND_IDS : smallestIdAfter(to),
  };
}

const smallestIdAfter = (moment: Date): string => smallestIdAt(new Date(moment.getTime() + 1));

/** A filter in both forms: a function for events in memory and a condition for the log. */
export interface CompiledFilter {
  matches(event: SecurityEvent): boolean;
  /** The values by which `FilterIndex` finds the filter, in the order of `indexedValues`; null for any. */
  readonly wanted: Wanted;
  /** A condition over `security_events e`; always true without a filter. */
  readonly condition: RawBuilder<boolean>;
}

/** In the order of `indexedValues`. */
const EQUALITIES = [
  ['subjectId', 'subject_id'],
  ['actorId', 'actor_id'],
  ['clientId', 'client_id'],
  ['outcome', 'outcome'],
] as const;

/** A filter that names more types is not indexed by type, because each type takes an entry in the index. */
const MAX_INDEXED_TYPES = 32;

/** The values of an event by which filters are found. */
export const indexedValues = ({ subjectId, actorId, clientId, outcome, type }: SecurityEvent): (string | null)[] => [
  subjectId,
  actorId,
  clientId,
  outcome,
  type,
];

function indexedWishes(filter: EventFilter, types: readonly string[] | null): Wanted {
  const named = types === null ? null : [...new Set(types)];
  return [
    ...EQUALITIES.map(([property]) => (filter[property] == null ? null : [filter[property]])),
    named !== null && named.length > MAX_INDEXED_TYPES ? null : named,
  ];
}

export function compileFilter(filter: EventFilter, catalogue: EventCatalogue): CompiledFilter {
  const types = wantedTypes(filter, catalogue);
  const wanted = EQUALITIES.flatMap(([property, column]) => {
    const value = filter[property];
    return value === null || value === undefined ? [] : [{ property, column, value }];
  });
  const { from, to } = filter;
  const typeSet = types === null ? null : new Set<string>(types);
  // The database refuses some texts as parameters; no row can hold them either.
  const conditions = wanted.map(({ column, value }) =>
    isStorableText(value) ? sql<boolean>`${sql.ref(`e.${column}`)} = ${value}` : sql<boolean>`false`,
  );
  if (types !== null) conditions.push(sql<boolean>`e.type = any(${types}::text[])`);
  // An event's id begins with its time, so these bounds use the index that orders the list, and skip partitions.
  if (from != null) conditions.push(sql<boolean>`e.id >= ${smallestIdAt(from)}::uuid`);
  if (to != null) conditions.push(sql<boolean>`e.id < ${smallestIdAfter(to)}::uuid`);
  return {
    wanted: indexedWishes(filter, types),
    matches: (event) =>
      (typeSet === null || typeSet.has(event.type)) &&
      wanted.every(({ property, value }) => event[property] === value) &&
      (from == null || event.occurredAt >= from) &&
      (to == null || event.occurredAt <= to),
    condition: conditions.length === 0 ? sql<boolean>`true` : sql<boolean>`(${sql.join(conditions, sql` and `)})`,
  };
}

/**
 * The most frequent types, of which every page of the log holds some. They are not in the index of the types, which would be as
 * large as the log with them. The text is that of the index.
 */
export const FREQUENT_TYPES = ['session.ended', 'session.started', 'token.issued'] as const;
const IS_INDEXED_TYPE = sql<boolean>`e.type not in (${sql.join(FREQUENT_TYPES.map((type) => sql.lit(type)))})`;

/** A filter of a list of events of one tenant, in order of their ids. */
export interface ListFilter {
  /** What the indexes of the log serve in that order, over `security_events e`. */
  readonly where: RawBuilder<boolean>;
  /** The rest; null when there is none. */
  readonly narrowing: Narrowing | null;
}

export function toListFilter(tenantId: string, filter: EventFilter, catalogue: EventCatalogue): ListFilter {
  const { subjectId, from, to, types: _, categories: __, ...others } = filter;
  const inTenant = sql<boolean>`e.tenant_id = ${tenantId}::uuid`;
  const types = wantedTypes(filter, catalogue);
  return {
    where: sql<boolean>`${inTenant} and ${compileFilter({ subjectId, from, to }, catalogue).condition}`,
    narrowing: allOf([
      ...(types === null ? [] : [ofTypes(inTenant, types)]),
      ...(Object.values(others).every((value) => value == null)
        ? []
        : [testing(compileFilter(others, catalogue).condition)]),
    ]),
  };
}

function ofTypes(inTenant: RawBuilder<boolean>, types: readonly string[]): Narrowing {
  const test = sql<boolean>`e.type = any(${types}::text[])`;
  if (types.some((type) => (FREQUENT_TYPES as readonly string[]).includes(type))) return testing(test);
  return finding({
    source: sql`select e.id from security_events e where ${inTenant} and ${test} and ${IS_INDEXED_TYPE}`,
    test,
  });
}

/** The types that pass a filter, or null for all: the named types, those of the named categories, or those that are both. */
function wantedTypes({ types, categories }: EventFilter, catalogue: EventCatalogue): string[] | null {
  if (categories === null || categories === undefined) return types === null || types === undefined ? null : [...types];
  const named = types === null || types === undefined ? null : new Set(types);
  return catalogue.namesIn(categories).filter((name) => named?.has(name) ?? true);
}
