import { z } from 'zod';
import { presentItems } from '../engine/index.ts';
import type { FindUsersData } from './operations.generated.ts';
import { assertWhole, PAGE_PARAMETERS } from './paging.ts';
import { accessOf, showBriefly, showUser } from './user.ts';

/** Parameters of every list of users. */
export const USER_LIST_PARAMETERS = {
  ...PAGE_PARAMETERS,
  briefRepresentation: z.enum(['true', 'false']).optional().describe('`true`: without attributes and actions.'),
};

interface Asked {
  readonly first?: string | undefined;
  readonly max?: string | undefined;
  readonly briefRepresentation?: 'true' | 'false' | undefined;
}

/** Whether a list shows users without attributes and actions. */
export const isBrief = ({ briefRepresentation }: Asked): boolean => briefRepresentation === 'true';

/** A list of users. @throws INVALID_INPUT All are asked for, and they are more than the service shows at once. */
export function showUsers({ users, viewer }: FindUsersData, query: Asked) {
  assertWhole(query, users.totalCount ?? 0);
  const access = accessOf(viewer);
  const show = isBrief(query) ? showBriefly : showUser;
  return presentItems(users.nodes).map((user) => show(user, access));
}
