import type { Group, MemberGroup } from '../../src/roles/index.ts';
import type { Services } from '../context.ts';
import { listLoader, rowLoader } from '../loaders.ts';

/** Groups by id, those of users (each with its `userId`), and those inside groups. */
export const groupLoaders = ({ groupStore }: Services) => ({
  group: () => rowLoader<Group>((tenantId, ids) => groupStore.findMany(tenantId, ids)),
  groupsOfUser: () => listLoader<MemberGroup>((tenantId, ids) => groupStore.groupsOf(tenantId, ids)),
  childrenOfGroup: () => listLoader<Group>((tenantId, ids) => groupStore.childrenOf(tenantId, ids)),
});
