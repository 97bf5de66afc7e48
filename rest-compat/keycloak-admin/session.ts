import { z } from 'zod';
import type { Session } from './operations.generated.ts';

/** A session as it is answered. */
export const SESSION = z.strictObject({
  id: z.string(),
  username: z.string(),
  userId: z.string(),
  ipAddress: z.string().optional(),
  start: z.number().int().describe('Milliseconds since 1970.'),
  lastAccess: z.number().int().describe('Milliseconds since 1970.'),
  rememberMe: z.boolean(),
  clients: z.record(z.string(), z.string()).optional().describe('`client_id` by the id of the client.'),
  transientUser: z.boolean().describe('Always false.'),
});

type Owner = { readonly subject: string; readonly username: string };

/** The session of a user as it is answered. @param clients The clients of it that are shown. */
export const showSession = (
  { sessionId, ip, createdAt, lastUsedAt, isRemembered }: Omit<Session, 'isOffline'>,
  { subject, username }: Owner,
  clients?: Readonly<Record<string, string>>,
): z.input<typeof SESSION> => ({
  id: sessionId,
  username,
  userId: subject,
  ...(ip === null ? {} : { ipAddress: ip }),
  start: Date.parse(createdAt),
  lastAccess: Date.parse(lastUsedAt),
  rememberMe: isRemembered,
  ...(clients === undefined ? {} : { clients }),
  transientUser: false,
});

/** Access that goes on without a session, as it is answered. */
export const showOffline = (
  { accessId, ...access }: Pick<Session, 'createdAt' | 'lastUsedAt'> & { readonly accessId: string },
  owner: Owner,
) => showSession({ ...access, sessionId: accessId, ip: null, isRemembered: false }, owner);
