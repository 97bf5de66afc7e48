import type { SessionRow } from '../../src/sessions/index.ts';
import { cutListLoader } from '../loading.ts';

/** The newest active sessions of users, up to the requested number. */
export const sessionsOfUser = cutListLoader<SessionRow>(({ sessions }, tenantId, userIds, size) =>
  sessions.newestOfUsers(tenantId, userIds, size),
);
