import type { SessionRow } from '../../src/sessions/index.ts';
import type { Services } from '../context.ts';
import { listLoader } from '../loaders.ts';

/** How many sessions of which user, as one key: `20 jane`. An id has no blank. */
export const sessionsKey = (first: number, userId: string): string => `${first} ${userId}`;

export const sessionLoaders = ({ sessions }: Services) => ({
  /** The newest living sessions of users; one statement per number asked for. */
  sessionsOfUser: () =>
    listLoader<SessionRow>(async (tenantId, keys) => {
      const asked = Map.groupBy(keys, (key) => Number(key.slice(0, key.indexOf(' '))));
      const found = new Map<string, readonly SessionRow[]>();
      for (const [first, group] of asked) {
        const userIds = group.map((key) => key.slice(key.indexOf(' ') + 1));
        for (const [userId, rows] of await sessions.newestOfUsers(tenantId, userIds, first)) {
          found.set(sessionsKey(first, userId), rows);
        }
      }
      return found;
    }),
});
