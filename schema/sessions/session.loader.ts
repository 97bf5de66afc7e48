import type { SessionRow } from '../../src/sessions/index.ts';
import type { Services } from '../context.ts';
import { cutListLoader } from '../loaders.ts';

/** The newest active sessions of users, up to the requested number. */
export const sessionLoaders = ({ sessions }: Services) => ({
  sessionsOfUser: () =>
    cutListLoader<SessionRow>((tenantId, userIds, size) => sessions.newestOfUsers(tenantId, userIds, size)),
});
