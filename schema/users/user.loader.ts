import type { User, UserKeys } from '../../src/users/index.ts';
import { narrowRowLoader, rowLoader } from '../loading.ts';

/** Users by their public ids. */
export const userById = rowLoader<User>(({ users }, tenantId, ids) => users.findMany(tenantId, ids));

/** Users by their public ids, for fields that know what is selected of them. */
export const narrowUserById = narrowRowLoader<UserKeys>(({ users }, tenantId, ids, columns) =>
  users.findMany(tenantId, ids, columns),
);
