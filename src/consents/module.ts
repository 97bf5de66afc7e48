import type { ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import { ConsentEntity } from './consent.entity.ts';
import { consentErrors } from './consent.errors.ts';
import { consentEvents } from './consent.events.ts';

export const consents = {
  name: 'consents',
  entities: [ConsentEntity],
  foreignKeys: [byTenant('consents', 'user_id', 'users'), byTenant('consents', 'client_uuid', 'clients')],
  errors: [consentErrors],
  events: [consentEvents],
} satisfies ServiceModule;
