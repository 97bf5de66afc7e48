import type { ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import { RightEntity } from './right.entity.ts';
import { rightErrors } from './right.errors.ts';
import { rightEvents } from './right.events.ts';

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
} satisfies ServiceModule;
