import type { ServiceModule } from '../composition/index.ts';
import { byTenant, fk } from '../persistence/index.ts';
import { FederationLinkEntity, FederationProviderEntity, FederationTokenEntity } from './federation.entity.ts';
import { federationErrors } from './federation.errors.ts';
import { federationEvents } from './federation.events.ts';

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
} satisfies ServiceModule;
