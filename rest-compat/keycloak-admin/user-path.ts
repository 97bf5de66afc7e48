import { z } from 'zod';
import { USER_UNKNOWN } from './errors.ts';

/** The user in a path: its id. */
export const USER_PATH = z.object({ id: z.string().max(255) });

/** A text in the path that is the id of something else. */
export const OF_NO_USER = { at: { userId: USER_UNKNOWN } };

/** What rows that read something of a user answer where there is none. */
export const NO_USER = { NOT_FOUND: USER_UNKNOWN, INVALID_INPUT: USER_UNKNOWN };
