import type { SessionKeys } from '../../src/sessions/index.ts';
import { narrowCutListLoader } from '../loading.ts';

/** The newest active sessions of users, up to the requested number. */
export const sessionsOfUser = narrowCutListLoader<SessionKeys>(({ sessions }, tenantId, userIds, size, columns) =>
  sessions.newestOfUsers(tenantId, userIds, size, columns),
);
