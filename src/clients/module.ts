import type { ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import {
  ClientEntity,
  ClientScopeEntity,
  ClientScopeLinkEntity,
  ClientSecretEntity,
  ClientWebOriginEntity,
} from './client.entity.ts';
import { clientErrors } from './client.errors.ts';
import { clientEvents } from './client.events.ts';

export const clients = {
  name: 'clients',
  entities: [ClientEntity, ClientScopeEntity, ClientScopeLinkEntity, ClientSecretEntity, ClientWebOriginEntity],
  foreignKeys: [
    byTenant('client_secrets', 'client_uuid', 'clients'),
    byTenant('client_web_origins', 'client_uuid', 'clients'),
    byTenant('client_scope_links', 'client_uuid', 'clients'),
    byTenant('client_scope_links', 'scope_id', 'client_scopes'),
  ],
  errors: [clientErrors],
  events: [clientEvents],
} satisfies ServiceModule;
