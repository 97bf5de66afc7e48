import { RightParties, RightService, RightStore } from '../../rights/index.ts';
import { RiskbitService, RiskbitStore } from '../../risk/index.ts';
import { GroupMemberService, GroupService, GroupStore } from '../../roles/index.ts';
import { PropertyService, UserService, UserStore, uniqueEmails } from '../../users/index.ts';
import type { Access } from './access.ts';
import type { Core } from './core.ts';
import type { Infrastructure } from './infrastructure.ts';

export type Accounts = ReturnType<typeof createAccounts>;

/** Creates users, groups, rights and riskbits. */
export function createAccounts({ base }: Infrastructure, { directory, tenants }: Core, access: Access) {
  const { guarded, rolePermissions: permissions } = access;
  const { roleStore, clientStore } = access.stores;
  const userStore = new UserStore(base.db);
  tenants.onSettings(uniqueEmails(userStore.identifiers));
  const users = new UserService({ ...base, store: userStore, directory, guard: guarded, roles: roleStore });
  const groupStore = new GroupStore(base.db);
  const riskbitStore = new RiskbitStore(base.db);
  return {
    users,
    stores: { userStore, groupStore },
    userProperties: new PropertyService({ ...base, users }),
    groups: new GroupService({ ...base, store: groupStore, roleStore, permissions, guarded }),
    groupMembers: new GroupMemberService({ ...base, store: groupStore, permissions, guarded, users: userStore }),
    rights: new RightService({
      ...base,
      store: new RightStore(base.db),
      parties: new RightParties({ users: userStore, clients: clientStore, groups: groupStore }),
      guard: guarded,
    }),
    riskbits: new RiskbitService({ ...base, store: riskbitStore }),
  };
}
