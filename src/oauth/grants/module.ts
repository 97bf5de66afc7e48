import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import { byTenant } from '../../persistence/index.ts';
import { AccessTokenEntity, GrantEntity, RefreshTokenEntity, RevokedTokenEntity } from './grant.entity.ts';
import { GrantStore } from './grant.store.ts';
import { OfflineAccess } from './offline-access.ts';
import { GrantFamilies } from './token-families.ts';

export const grants = {
  name: 'grants',
  entities: [AccessTokenEntity, GrantEntity, RefreshTokenEntity, RevokedTokenEntity],
  foreignKeys: [
    byTenant('grants', 'user_id', 'users'),
    byTenant('grants', 'client_uuid', 'clients'),
    byTenant('grants', 'session_id', 'sessions'),
    byTenant('refresh_tokens', 'grant_id', 'grants'),
    byTenant('access_tokens', 'grant_id', 'grants'),
    byTenant('access_tokens', 'client_uuid', 'clients'),
  ],
  create: ({ base: { db, clock } }: ModuleBase) => {
    const grantStore = new GrantStore(db);
    return {
      services: {
        /** Access of clients that goes on without a session. */
        offlineAccess: new OfflineAccess(grantStore, clock),
      },
      internals: { grantStore, families: new GrantFamilies(grantStore, clock) },
    };
  },
} as const satisfies ServiceModule;
