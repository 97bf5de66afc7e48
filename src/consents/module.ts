import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import type { AccountSource } from '../users/index.ts';
import { ConsentEntity } from './consent.entity.ts';
import { consentErrors } from './consent.errors.ts';
import { consentEvents } from './consent.events.ts';
import { type ClientTokens, ConsentService } from './consent.service.ts';
import { ConsentStore } from './consent.store.ts';

interface ConsentNeeds extends ModuleBase {
  readonly userStore: AccountSource;
  readonly families: ClientTokens;
  readonly guarded: GuardedAccounts;
}

export const consents = {
  name: 'consents',
  entities: [ConsentEntity],
  foreignKeys: [byTenant('consents', 'user_id', 'users'), byTenant('consents', 'client_uuid', 'clients')],
  errors: [consentErrors],
  events: [consentEvents],
  create: ({ base, userStore: users, families: tokens, guarded: guard }: ConsentNeeds) => ({
    services: {
      /** Consents of users to clients. */
      consents: new ConsentService({ ...base, store: new ConsentStore(base.db), users, tokens, guard }),
    },
  }),
} as const satisfies ServiceModule;
