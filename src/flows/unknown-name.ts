import type { User, UserStore } from '../users/index.ts';

/** A reserved id, which no user can have: what is looked up for an unknown name costs as much as for a known one (check 43). */
export const RESERVED_ID = 'current';

/** The user who was found by a name. A known name takes two statements, so a second one runs for an unknown name as well. */
export const afterEqualWork = async (
  users: Pick<UserStore, 'findById'>,
  tenantId: string,
  found: User | null,
): Promise<User | null> => found ?? users.findById(tenantId, RESERVED_ID);
