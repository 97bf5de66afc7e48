import type { SecurityEvent } from './event.ts';
import type { EventEnds } from './event-type.ts';

/** Whose cached access an event may have ended: that of the whole tenant, of a client, of a session or of an account. */
export type EndedAccess =
  | { readonly kind: 'tenant' }
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'session'; readonly sessionId: string }
  | EndedSubject;

/** At least one of the account, the token family and the token is named. */
export interface EndedSubject {
  readonly kind: 'subject';
  readonly userId: string | null;
  readonly grantId: string | null;
  readonly tokenId: string | null;
  /** The client of the event. Where no account is named, the token or family was issued to it. */
  readonly clientId: string | null;
}

const TENANT: EndedAccess = { kind: 'tenant' };

const READERS: Readonly<Record<EventEnds, (event: SecurityEvent) => EndedAccess | null>> = {
  nothing: () => null,
  tenant: () => TENANT,
  client: ({ clientId }) => (clientId === null ? TENANT : { kind: 'client', clientId }),
  session: (event) => (event.sessionId === null ? readSubject(event) : { kind: 'session', sessionId: event.sessionId }),
  subject: readSubject,
};

/**
 * Where the event names no account, token or family, its `clientId` is no substitute: it is the client that acted, not the one
 * that lost something (an application takes a role from a group).
 */
function readSubject({ subjectId, clientId, params }: SecurityEvent): EndedAccess {
  const { grantId, tokenId } = params;
  const named = {
    userId: subjectId,
    grantId: typeof grantId === 'string' ? grantId : null,
    tokenId: typeof tokenId === 'string' ? tokenId : null,
  };
  if (named.userId === null && named.grantId === null && named.tokenId === null) return TENANT;
  return { kind: 'subject', clientId, ...named };
}

/** Reads whose access an event ended, as the column `ends` of its type says. */
export function readEndedAccess(event: SecurityEvent, ends: EventEnds): EndedAccess | null {
  return READERS[ends](event);
}
