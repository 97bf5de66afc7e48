import { isDatabaseText, isUuid } from '../../../src/kernel/index.ts';
import type { UserFilterInput } from '../operations.generated.ts';
import type { AttributeTest, ResolvedFilter } from './resolved-filter.ts';

/** Most conditions, above which the graph looks at fewer users before it gives up. */
const MAX_CONDITIONS = 10;
/** Most levels of filters inside a filter of the graph. */
const MAX_LEVELS = 3;

/** Most characters of the id of a user. */
const MAX_ID = 128;

/** What no user meets. */
export const NOBODY = { userIds: [] } as const satisfies UserFilterInput;

/** The filter of a test by the members that lead to its attribute; null: no index finds them. */
type ByTest = (test: AttributeTest & { readonly value: string }) => UserFilterInput | null;

const equals =
  (toFilter: (value: string) => UserFilterInput): ByTest =>
  ({ operator, value }) =>
    operator === 'eq' ? toFilter(value) : null;

/** Ways of the graph to find a column beside its beginning. */
interface Column {
  /** The attribute that means it, by which the graph finds the whole text. */
  readonly attribute?: 'given_name' | 'family_name';
  /** Its name among those in which the graph finds a text wherever it stands. */
  readonly within?: 'username' | 'givenName' | 'familyName';
}

const column =
  ({ attribute, within }: Column): ByTest =>
  ({ operator, value }) => {
    if (value === '') return null;
    if (operator === 'eq' && attribute !== undefined) return { attribute: { name: attribute, value } };
    if (operator === 'eq' || operator === 'sw') return { search: value };
    const isInside = operator === 'co' || operator === 'ew';
    return within !== undefined && isInside ? { contains: { [within]: value } } : null;
  };

const ofProfile = (name: string): ByTest => equals((value) => ({ profile: { name, value } }));

/** Moments are stored to the millisecond and a little more, so that bounds are a millisecond wider. */
const created: ByTest = ({ operator, value }) => {
  const moment = Date.parse(value);
  const from = { createdFrom: new Date(moment - 1).toISOString() };
  const before = { createdBefore: new Date(moment + 1).toISOString() };
  if (operator === 'eq') return { ...from, ...before };
  if (operator === 'gt' || operator === 'ge') return from;
  return operator === 'lt' || operator === 'le' ? before : null;
};

const TESTS: Readonly<Record<string, ByTest>> = {
  id: equals((value) => (value.length > MAX_ID ? NOBODY : { anyOf: [{ allOf: [{ field: 'SUBJECT', value }] }] })),
  userName: (test) => (test.operator === 'eq' ? { username: test.value } : column({ within: 'username' })(test)),
  externalId: equals((externalId) => ({ externalId })),
  'emails.value': equals((value) => ({ or: [{ email: value }, { profile: { name: 'emails', value } }] })),
  'phoneNumbers.value': equals((value) => ({
    or: [{ attribute: { name: 'phone_number', value } }, { profile: { name: 'phoneNumbers', value } }],
  })),
  displayName: column({}),
  'name.givenName': column({ attribute: 'given_name', within: 'givenName' }),
  'name.familyName': column({ attribute: 'family_name', within: 'familyName' }),
  'groups.value': equals((value) => (isUuid(value) ? { groupId: value } : NOBODY)),
  'meta.created': created,
  nickName: ofProfile('nickName'),
  title: ofProfile('title'),
  userType: ofProfile('userType'),
  preferredLanguage: ofProfile('preferredLanguage'),
  timezone: ofProfile('timezone'),
  profileUrl: ofProfile('profileUrl'),
};

/**
 * A filter of the graph that everybody meets who meets a filter of SCIM, so that indexes find those among whom they are; null: it
 * may be everybody. What the graph cannot ask exactly is asked of those found (`meetsFilter`).
 */
export function narrowUsers(filter: ResolvedFilter): UserFilterInput | null {
  const whole = narrowed(filter, []);
  const parts = filter.kind === 'and' ? filter.filters.map((each) => narrowed(each, [])) : [];
  return [whole, ...parts].find((each) => each !== null && fits(each)) ?? null;
}

/** @param above Members that lead to the values that a filter in brackets is about. */
function narrowed(filter: ResolvedFilter, above: readonly string[]): UserFilterInput | null {
  switch (filter.kind) {
    case 'and':
      return joined(filter.filters.flatMap((each) => narrowed(each, above) ?? []));
    case 'or':
      return alternatives(filter.filters.map((each) => narrowed(each, above)));
    case 'not':
      return null;
    case 'constant':
      return filter.holds ? null : NOBODY;
    case 'values':
      return narrowed(filter.filter, [...above, ...filter.members]);
    case 'test':
      return ofTest(filter, [...above, ...filter.members].join('.'));
  }
}

const joined = (filters: readonly UserFilterInput[]): UserFilterInput | null =>
  filters.length > 1 ? { and: filters } : (filters[0] ?? null);

function alternatives(filters: readonly (UserFilterInput | null)[]): UserFilterInput | null {
  const found = filters.filter((each) => each !== null);
  return found.length < filters.length ? null : { or: found };
}

function ofTest(test: AttributeTest, name: string): UserFilterInput | null {
  const { operator, value } = test;
  if (name === 'active' && typeof value === 'boolean') return { isEnabled: operator === 'eq' ? value : !value };
  const byTest = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
  if (byTest === undefined || typeof value !== 'string') return null;
  // Nothing that the service stores has such a text.
  if (!isDatabaseText(value) || /\p{Cc}/u.test(value)) return operator === 'ne' ? null : NOBODY;
  return byTest({ ...test, value });
}

const filtersIn = ({ and, or }: UserFilterInput): readonly UserFilterInput[] => [...(and ?? []), ...(or ?? [])];

const levelsOf = (filter: UserFilterInput): number =>
  Math.max(0, ...filtersIn(filter).map((each) => 1 + levelsOf(each)));

const conditionsOf = (filter: UserFilterInput): number => {
  const { and: _and, or: _or, ...own } = filter;
  return filtersIn(filter).reduce((sum, each) => sum + conditionsOf(each), Object.keys(own).length);
};

const fits = (filter: UserFilterInput): boolean =>
  levelsOf(filter) <= MAX_LEVELS && conditionsOf(filter) <= MAX_CONDITIONS;
