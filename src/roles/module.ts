import type { ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import { grantErrors } from './access.errors.ts';
import { holderEvents } from './holder.events.ts';
import { RoleCompositeEntity, RoleEntity, RoleGrantEntity } from './role.entity.ts';
import { roleErrors } from './role.errors.ts';
import { roleEvents } from './role.events.ts';

export const roles = {
  name: 'roles',
  entities: [RoleCompositeEntity, RoleEntity, RoleGrantEntity],
  foreignKeys: [
    byTenant('role_composites', 'role_id', 'roles'),
    byTenant('role_composites', 'child_id', 'roles'),
    byTenant('role_grants', 'role_id', 'roles'),
  ],
  errors: [grantErrors, roleErrors],
  events: [holderEvents, roleEvents],
} satisfies ServiceModule;
