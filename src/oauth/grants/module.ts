import type { ServiceModule } from '../../composition/index.ts';
import { byTenant } from '../../persistence/index.ts';
import { AccessTokenEntity, GrantEntity, RefreshTokenEntity, RevokedTokenEntity } from './grant.entity.ts';

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
} satisfies ServiceModule;
