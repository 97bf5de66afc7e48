import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import type { ChangeFeed } from '../events/index.ts';
import { byTenant } from '../persistence/index.ts';
import type { GuardedAccounts, RolePermissions } from '../roles/index.ts';
import type { TenantDirectory, TenantService } from '../tenants/index.ts';
import type { UserStore } from '../users/index.ts';
import { ApiKeyAuthenticator } from './api-key.authenticator.ts';
import { ApiKeyEntity } from './api-key.entity.ts';
import { apiKeyErrors } from './api-key.errors.ts';
import { apiKeyEvents } from './api-key.events.ts';
import { ApiKeyService } from './api-key.service.ts';
import { ApiKeyStore } from './api-key.store.ts';
import { KeyScopes } from './key-scopes.ts';
import { OwnerStates } from './owner-states.ts';

interface ApiKeyNeeds extends ModuleBase {
  readonly changeFeed: ChangeFeed;
  readonly directory: TenantDirectory;
  readonly guarded: GuardedAccounts;
  readonly rolePermissions: RolePermissions;
  readonly tenants: TenantService;
  readonly userStore: UserStore;
  readonly onError: (error: unknown) => void;
}

export const apiKeys = {
  name: 'apiKeys',
  entities: [ApiKeyEntity],
  foreignKeys: [byTenant('api_keys', 'user_id', 'users')],
  indexes: {
    api_keys__foreign: `create index "api_keys__foreign" on "api_keys" ("tenant_id", "id") where "user_id" is null`,
  },
  errors: [apiKeyErrors],
  events: [apiKeyEvents],
  create: (needs: ApiKeyNeeds) => {
    const { base, catalogue, changeFeed: feed, directory, guarded: guard, rolePermissions: roles, onError } = needs;
    const store = new ApiKeyStore(base.db);
    const scopes = new KeyScopes();
    const owners = new OwnerStates({ users: needs.userStore, directory, catalogue, feed });
    const shared = { ...base, store, scopes, owners, roles, directory };
    const authenticator = new ApiKeyAuthenticator({ ...shared, feed, onError });
    return {
      services: {
        /** API keys of users. */
        apiKeys: new ApiKeyService({ ...shared, guard, tenants: needs.tenants }),
        /** The callers behind API keys. */
        apiKeyAuthenticator: authenticator,
        /** Permissions behind scopes of API keys; the dialects register theirs. */
        apiKeyScopes: scopes,
      },
      caches: [owners.onEvents, authenticator.onEvents],
      sweeps: [(limit: number) => store.sweepOrphans(limit)],
    };
  },
} as const satisfies ServiceModule;
