import type { User } from '../../src/users/index.ts';
import type { Services } from '../context.ts';
import { rowLoader } from '../loaders.ts';

/** Users by their public ids, for every field that names one. */
export const userLoaders = ({ userStore }: Services) => ({
  user: () => rowLoader<User>((tenantId, ids) => userStore.findMany(tenantId, ids)),
});
