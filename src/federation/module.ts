import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import { byTenant, fk } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import type { UserStore } from '../users/index.ts';
import { FederationLinkEntity, FederationProviderEntity, FederationTokenEntity } from './federation.entity.ts';
import { federationErrors } from './federation.errors.ts';
import { federationEvents } from './federation.events.ts';
import { FederationLinkService } from './link.service.ts';
import { FederationLinkStore } from './link.store.ts';
import { FederationProviderService } from './provider.service.ts';
import { FederationProviderStore } from './provider.store.ts';

interface FederationNeeds extends ModuleBase {
  readonly directory: TenantDirectory;
  readonly guarded: GuardedAccounts;
  readonly userStore: UserStore;
  /** Whether providers on this machine may be called over plain http. */
  readonly allowLoopbackHttp: boolean;
}

export const federation = {
  name: 'federation',
  entities: [FederationLinkEntity, FederationProviderEntity, FederationTokenEntity],
  foreignKeys: [
    byTenant('federation_links', 'provider_id', 'federation_providers'),
    byTenant('federation_links', 'user_id', 'users'),
    fk('federation_tokens', ['tenant_id', 'provider_id', 'external_id'], 'federation_links', [
      'tenant_id',
      'provider_id',
      'external_id',
    ]),
  ],
  errors: [federationErrors],
  events: [federationEvents],
  create: ({
    base,
    sealer: makeSealer,
    directory,
    guarded: guard,
    userStore: users,
    allowLoopbackHttp,
  }: FederationNeeds) => {
    const sealer = makeSealer('federation');
    const providers = new FederationProviderStore(base.db);
    const store = new FederationLinkStore(base.db);
    const rules = { allowLoopbackHttp };
    return {
      services: {
        federationProviders: new FederationProviderService({ ...base, store: providers, sealer, rules }),
        federationLinks: new FederationLinkService({ ...base, store, providers, users, guard, directory, sealer }),
      },
      internals: { federationProviderStore: providers },
    };
  },
} as const satisfies ServiceModule;
