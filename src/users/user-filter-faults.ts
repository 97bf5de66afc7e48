import { type FieldFault, isUuid } from '../kernel/index.ts';
import { anyOfFaults } from '../persistence/index.ts';
import { isPlainText } from './user-names.ts';
import type { UserFilter } from './user-page.ts';

/** Ids of a filter: as many as a page of the graph has users. */
const MAX_IDS = 200;
/** Patterns of a filter: each is a subquery. */
const MAX_PATTERNS = 20;
/**
 * Levels of filters inside a filter: alternatives of what must hold together, of which each may be excluded, can express any
 * formula. Ids on all of them name the tenant of the call (`schema/directives/field-tenant.ts`).
 */
const MAX_LEVELS = 3;
/** Conditions of a filter and all filters inside it: each is a subquery. Without others inside, a filter never has more. */
const MAX_CONDITIONS = 150;

/** Faults of a filter: texts that the database would refuse, malformed ids, too many conditions. */
export function filterFaults(filter: UserFilter, path: string): FieldFault[] {
  if (isDeeper(filter, MAX_LEVELS))
    return [unusable(path, `Filters have at most ${MAX_LEVELS} levels of filters inside them.`)];
  if (conditionsIn(filter) > MAX_CONDITIONS)
    return [
      unusable(path, `A filter has at most ${MAX_CONDITIONS} conditions, those of the filters inside it included.`),
    ];
  return faultsOf(filter, path);
}

const unusable = (path: string, message: string): FieldFault => ({ path, code: 'CONDITION_INVALID', message });

/** The filters directly inside a filter, with their paths from it. */
const filtersIn = ({ and, or, not }: UserFilter): [string, UserFilter][] => [
  ...listed('and', and),
  ...listed('or', or),
  ...(not == null ? [] : [['not', not] as [string, UserFilter]]),
];

const listed = (name: string, filters: readonly UserFilter[] | null | undefined): [string, UserFilter][] =>
  (filters ?? []).map((filter, at) => [`${name}.${at}`, filter]);

const isDeeper = (filter: UserFilter, levels: number): boolean =>
  filtersIn(filter).some(([, inner]) => levels === 0 || isDeeper(inner, levels - 1));

function conditionsIn(filter: UserFilter): number {
  const { and: _and, or: _or, not: _not, anyOf, matches, contains, ...others } = filter;
  const own = Object.values(others).filter((value) => value != null).length + Object.keys(contains ?? {}).length;
  const compared = (anyOf ?? []).reduce((sum, { allOf }) => sum + allOf.length, 0);
  // More patterns than one filter may have are refused where they stand.
  const listed = compared + Math.min(matches?.length ?? 0, MAX_PATTERNS);
  // A filter without conditions costs one as well, so that there are not many of them.
  return filtersIn(filter).reduce((sum, [, each]) => sum + Math.max(1, conditionsIn(each)), own + listed);
}

function faultsOf(filter: UserFilter, path: string): FieldFault[] {
  const { anyOf, groupId, roleId, providerId } = filter;
  const hostile = Object.entries(textsOf(filter)).filter(([, text]) => text != null && !isPlainText(text));
  const malformed = Object.entries({ groupId, roleId, providerId }).filter(([, id]) => id != null && !isUuid(id));
  const empty = (['and', 'or'] as const).filter((name) => filter[name]?.length === 0);
  return [
    ...hostile.map(([name]) => ({
      path: `${path}.${name}`,
      code: 'TEXT_INVALID',
      message: 'The text has control characters.',
    })),
    ...((filter.matches ?? []).length <= MAX_PATTERNS
      ? []
      : [unusable(`${path}.matches`, `There are at most ${MAX_PATTERNS} patterns.`)]),
    ...((filter.userIds ?? []).length <= MAX_IDS
      ? []
      : [{ path: `${path}.userIds`, code: 'LIST_TOO_LONG', message: `At most ${MAX_IDS} ids.` }]),
    ...(anyOf == null ? [] : anyOfFaults(anyOf, `${path}.anyOf`)),
    ...malformed.map(([name]) => ({ path: `${path}.${name}`, code: 'ID_INVALID', message: 'This is not an id.' })),
    ...empty.map((name) => unusable(`${path}.${name}`, 'There is at least one filter.')),
    ...filtersIn(filter).flatMap(([name, inner]) => faultsOf(inner, `${path}.${name}`)),
  ];
}

const textsOf = ({
  search,
  username,
  email,
  externalId,
  attribute,
  profile,
  contains,
  matches,
  externalAccount,
}: UserFilter) => ({
  search,
  username,
  email,
  externalId,
  'attribute.name': attribute?.name,
  'attribute.value': attribute?.value,
  'profile.name': profile?.name,
  'profile.value': profile?.value,
  'externalAccount.providerName': externalAccount?.providerName,
  'externalAccount.externalId': externalAccount?.externalId,
  ...Object.fromEntries((matches ?? []).map((pattern, at) => [`matches.${at}`, pattern])),
  ...Object.fromEntries(Object.entries(contains ?? {}).map(([name, text]) => [`contains.${name}`, text])),
});
