import { isDatabaseText, isUuid } from '../../../src/kernel/index.ts';
import type { GroupFilterInput } from '../operations.generated.ts';
import type { AttributeTest, ResolvedFilter } from './resolved-filter.ts';

/** SCIM shows the groups of the tree. */
export const ALL_GROUPS = { profile: 'groups' } as const satisfies GroupFilterInput;
/** Most characters of a text that the graph compares. */
const MAX_TEXT = 1024;

type Condition = Omit<GroupFilterInput, 'profile'>;

const NONE: Condition = { groupIds: [] };

const TESTS: Readonly<Record<string, (value: string) => Condition>> = {
  id: (value) => (isUuid(value) ? { groupIds: [value] } : NONE),
  displayName: (path) => ({ path }),
  externalId: (externalId) => ({ externalId }),
  'members.value': (memberId) => ({ memberId }),
};

/**
 * A filter of the graph that every group meets that meets a filter of SCIM; it is all groups where no index finds them. What the
 * graph cannot ask exactly is asked of those found.
 */
export const narrowGroups = (filter: ResolvedFilter): GroupFilterInput => ({
  ...ALL_GROUPS,
  ...narrowed(filter, []),
});

/** @param above Members that lead to the values that a filter in brackets is about. */
function narrowed(filter: ResolvedFilter, above: readonly string[]): Condition {
  switch (filter.kind) {
    case 'and':
      // Of two conditions on one attribute the first is enough to find the groups.
      return Object.assign({}, ...filter.filters.map((each) => narrowed(each, above)).reverse()) as Condition;
    case 'values':
      return narrowed(filter.filter, [...above, ...filter.members]);
    case 'test':
      return ofTest(filter, [...above, ...filter.members].join('.'));
    case 'constant':
      return filter.holds ? {} : NONE;
    case 'or':
    case 'not':
      return {};
  }
}

function ofTest({ operator, value }: AttributeTest, name: string): Condition {
  if (operator !== 'eq' || typeof value !== 'string' || !Object.hasOwn(TESTS, name)) return {};
  const isStorable = isDatabaseText(value) && !/\p{Cc}/u.test(value) && value.length <= MAX_TEXT;
  return isStorable ? TESTS[name]!(value) : NONE;
}

/**
 * A filter without the question about a member that all found groups have: nothing else is asked of their members, of whom they
 * may have thousands.
 */
export function withoutMember(filter: ResolvedFilter, memberId: string): ResolvedFilter {
  switch (filter.kind) {
    case 'and':
      return { kind: 'and', filters: filter.filters.map((each) => withoutMember(each, memberId)) };
    case 'values':
      return filter.members[0] === 'members' && isMember(filter.filter, 'value', memberId) ? HOLDS : filter;
    case 'test':
      return isMember(filter, 'members.value', memberId) ? HOLDS : filter;
    default:
      return filter;
  }
}

const HOLDS = { kind: 'constant', holds: true } as const;

const isMember = (filter: ResolvedFilter, name: string, memberId: string): boolean =>
  filter.kind === 'test' && filter.operator === 'eq' && filter.value === memberId && filter.members.join('.') === name;
