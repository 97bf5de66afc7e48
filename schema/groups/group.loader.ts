import type { Group, GroupKeys, GroupMember, MemberGroupKeys } from '../../src/roles/index.ts';
import {
  cutListLoader,
  listLoader,
  narrowCutListLoader,
  narrowListLoader,
  narrowRowLoader,
  rowLoader,
} from '../loading.ts';

export const groupById = rowLoader<Group>(({ groups }, tenantId, ids) => groups.findMany(tenantId, ids));

/** Groups by their ids, for fields that know what is selected of them. */
export const narrowGroupById = narrowRowLoader<GroupKeys>(({ groups }, tenantId, ids, columns) =>
  groups.findMany(tenantId, ids, columns),
);

/** Groups of users, each with its `userId`. */
export const groupsOfUser = narrowListLoader<MemberGroupKeys>(({ groups }, tenantId, ids, columns) =>
  groups.ofUsers(tenantId, ids, columns),
);

/** The groups inside groups. */
export const childrenOfGroup = narrowListLoader<GroupKeys>(({ groups }, tenantId, ids, columns) =>
  groups.childrenOf(tenantId, ids, columns),
);

/** The first groups inside groups that are not below them in the tree, up to the requested number. */
export const groupsInGroup = narrowCutListLoader<GroupKeys>(({ groupNesting }, tenantId, ids, size, columns) =>
  groupNesting.firstOf(tenantId, ids, size, columns),
);

/** The first members of groups, up to the requested number. */
export const membersOfGroup = cutListLoader<GroupMember>(({ groupMembers }, tenantId, ids, size) =>
  groupMembers.firstOf(tenantId, ids, size),
);

/** How many groups are inside groups. */
export const childCountOfGroup = rowLoader<number>(({ groups }, tenantId, ids) => groups.countChildren(tenantId, ids));

/** The groups above groups, from the top. */
export const ancestorsOfGroup = listLoader<Group>(({ groups }, tenantId, ids) => groups.ancestorsOf(tenantId, ids));
