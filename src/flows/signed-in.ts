import type { Authority } from '../access/index.ts';
import { kernelErrors } from '../kernel/index.ts';

/** A user in a session of a tenant. */
export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
}

/** The user who calls, with the session. @throws FORBIDDEN The caller is no user in a session of the tenant. */
export function requireSignedIn({ caller: { userId, sessionId }, isForeign }: Authority): SignedIn {
  if (userId === null || sessionId === null || isForeign)
    throw kernelErrors.FORBIDDEN({ detail: 'no user in a session of the tenant' });
  return { userId, sessionId };
}
