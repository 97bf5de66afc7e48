import type { SessionRow } from '../../src/sessions/index.ts';
import type { Services } from '../context.ts';
import { cutListLoader } from '../loaders.ts';

/** The newest living sessions of users, as many as asked for. */
export const sessionLoaders = ({ sessions }: Services) => ({
  sessionsOfUser: () =>
    cutListLoader<SessionRow>((tenantId, userIds, size) => sessions.newestOfUsers(tenantId, userIds, size)),
});
