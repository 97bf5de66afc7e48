import type { ClientStore } from '../clients/index.ts';
import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import type { GroupStore, GuardedAccounts } from '../roles/index.ts';
import type { UserStore } from '../users/index.ts';
import { RightParties } from './parties.ts';
import { RightEntity } from './right.entity.ts';
import { rightErrors } from './right.errors.ts';
import { rightEvents } from './right.events.ts';
import { RightService } from './right.service.ts';
import { RightStore } from './right.store.ts';

interface RightNeeds extends ModuleBase {
  readonly userStore: UserStore;
  readonly clientStore: ClientStore;
  readonly groupStore: GroupStore;
  readonly guarded: GuardedAccounts;
}

export const rights = {
  name: 'rights',
  entities: [RightEntity],
  foreignKeys: [
    byTenant('rights', 'subject_user_id', 'users'),
    byTenant('rights', 'subject_client_uuid', 'clients'),
    byTenant('rights', 'object_user_id', 'users'),
    byTenant('rights', 'object_group_id', 'groups'),
    byTenant('rights', 'object_client_uuid', 'clients'),
  ],
  errors: [rightErrors],
  events: [rightEvents],
  create: ({ base, userStore: users, clientStore: clients, groupStore: groups, guarded: guard }: RightNeeds) => {
    const parties = new RightParties({ users, clients, groups });
    return { services: { rights: new RightService({ ...base, store: new RightStore(base.db), parties, guard }) } };
  },
} as const satisfies ServiceModule;
