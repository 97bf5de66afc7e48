import type { User } from './user.entity.ts';

/** Whether an account may be used: enabled, and not blocked for inactivity. */
export const isUsable = ({ enabled, inactiveSince }: Pick<User, 'enabled' | 'inactiveSince'>): boolean =>
  enabled && inactiveSince == null;
