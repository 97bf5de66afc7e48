import type { Group, GroupMember, MemberGroup } from '../../src/roles/index.ts';
import { cutListLoader, listLoader, rowLoader } from '../loading.ts';

export const groupById = rowLoader<Group>(({ groups }, tenantId, ids) => groups.findMany(tenantId, ids));

/** Groups of users, each with its `userId`. */
export const groupsOfUser = listLoader<MemberGroup>(({ groups }, tenantId, ids) => groups.ofUsers(tenantId, ids));

/** The groups inside groups. */
export const childrenOfGroup = listLoader<Group>(({ groups }, tenantId, ids) => groups.childrenOf(tenantId, ids));

/** The first members of groups, up to the requested number. */
export const membersOfGroup = cutListLoader<GroupMember>(({ groupMembers }, tenantId, ids, size) =>
  groupMembers.firstOf(tenantId, ids, size),
);
