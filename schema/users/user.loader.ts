import type { User } from '../../src/users/index.ts';
import { rowLoader } from '../loading.ts';

/** Users by their public ids, for every field that names one. */
export const userById = rowLoader<User>(({ users }, tenantId, ids) => users.findMany(tenantId, ids));
