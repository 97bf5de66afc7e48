import type { ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import { UserAttributeKeyEntity, UserEntity, UserIdentifierEntity } from './user.entity.ts';
import { userErrors } from './user.errors.ts';
import { userEvents } from './user.events.ts';

export const users = {
  name: 'users',
  entities: [UserAttributeKeyEntity, UserEntity, UserIdentifierEntity],
  foreignKeys: [byTenant('user_identifiers', 'user_id', 'users'), byTenant('user_attribute_keys', 'user_id', 'users')],
  errors: [userErrors],
  events: [userEvents],
} satisfies ServiceModule;
