import type { Group, GroupMember, MemberGroup } from '../../src/roles/index.ts';
import type { Services } from '../context.ts';
import { cutListLoader, listLoader, rowLoader } from '../loaders.ts';

/** Groups by id, those of users (each with its `userId`), those inside groups, and the first members of groups. */
export const groupLoaders = ({ groupStore, groupMembers }: Services) => ({
  group: () => rowLoader<Group>((tenantId, ids) => groupStore.findMany(tenantId, ids)),
  groupsOfUser: () => listLoader<MemberGroup>((tenantId, ids) => groupStore.groupsOf(tenantId, ids)),
  childrenOfGroup: () => listLoader<Group>((tenantId, ids) => groupStore.childrenOf(tenantId, ids)),
  membersOfGroup: () => cutListLoader<GroupMember>((tenantId, ids, size) => groupMembers.firstOf(tenantId, ids, size)),
});
