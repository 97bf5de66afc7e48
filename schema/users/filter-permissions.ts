import type { ScopeString } from '../../src/access/index.ts';
import type { GraphContext } from '../context.ts';
import { requirePermission } from '../directives/require-permission.ts';
import type { UserFilterInput } from './user.input.ts';

/** Conditions that tell what the caller may read only with a permission beside the one for users. */
const NEEDED = {
  groupId: 'group-member:read',
  roleId: 'role-grant:read',
  providerId: 'federation-link:read',
  externalAccount: 'federation-link:read',
} as const satisfies Partial<Record<keyof UserFilterInput, ScopeString>>;

const CONDITIONS = Object.entries(NEEDED) as [keyof typeof NEEDED, ScopeString][];

/** The permissions that a filter takes, with the filters inside it. */
function neededBy(filter: UserFilterInput): Set<ScopeString> {
  const own = CONDITIONS.filter(([name]) => filter[name] != null).map(([, permission]) => permission);
  const inside = [...(filter.and ?? []), ...(filter.or ?? []), ...(filter.not == null ? [] : [filter.not])];
  return new Set([...own, ...inside.flatMap((each) => [...neededBy(each)])]);
}

/**
 * Requires the permissions for what a filter of users asks about: without them, a caller could find out who has a role, an
 * account elsewhere or a place in a group by asking for each.
 * @throws FORBIDDEN
 */
export function assertMayFilter(context: GraphContext, filter: UserFilterInput | null | undefined): void {
  if (filter == null) return;
  for (const permission of neededBy(filter)) requirePermission(context, permission);
}
