import type { EndedSubject, EventCatalogue, SecurityEvent } from '../../events/index.ts';

/** Most marks in memory: a key of some 90 characters, 300 for the longest `client_id`, and a number, about 20 MB in all. */
const CAPACITY = 50_000;

/** The keys of marks that a cached state of a token depends on. */
export const markKeys = {
  tenant: (tenantId: string) => `t ${tenantId}`,
  client: (tenantId: string, clientId: string) => `c ${tenantId} ${clientId}`,
  user: (tenantId: string, userId: string) => `u ${tenantId} ${userId}`,
  session: (tenantId: string, sessionId: string) => `s ${tenantId} ${sessionId}`,
  grant: (tenantId: string, grantId: string) => `g ${tenantId} ${grantId}`,
  token: (tenantId: string, jti: string) => `j ${tenantId} ${jti}`,
};

function keysOf(event: SecurityEvent, catalogue: EventCatalogue): readonly string[] {
  const { tenantId } = event;
  const ended = catalogue.readEndedAccess(event);
  switch (ended?.kind) {
    case undefined:
      return [];
    case 'tenant':
      return [markKeys.tenant(tenantId)];
    case 'client':
      return [markKeys.client(tenantId, ended.clientId)];
    case 'session':
      return [markKeys.session(tenantId, ended.sessionId)];
    case 'subject':
      return keysOfSubject(tenantId, ended);
  }
}

function keysOfSubject(tenantId: string, { userId, grantId, tokenId }: EndedSubject): readonly string[] {
  const keys: string[] = [];
  if (userId !== null) keys.push(markKeys.user(tenantId, userId));
  if (grantId !== null) keys.push(markKeys.grant(tenantId, grantId));
  if (tokenId !== null) keys.push(markKeys.token(tenantId, tokenId));
  return keys;
}

/**
 * Remembers when something changed, so that a state read before the change is known to be stale. Every state read before the
 * newest mark that had to be dropped also counts as stale.
 */
export class ChangeMarks {
  readonly #marks = new Map<string, number>();
  readonly #catalogue: EventCatalogue;
  readonly #capacity: number;
  #clock = 0;
  #forgottenUpTo = 0;

  constructor(catalogue: EventCatalogue, capacity = CAPACITY) {
    this.#catalogue = catalogue;
    this.#capacity = capacity;
  }

  /** The present count of changes; take it before a state is read. */
  now(): number {
    return this.#clock;
  }

  /** Whether none of `keys` changed since `readAt`. */
  isCurrent(readAt: number, keys: readonly string[]): boolean {
    if (readAt < this.#forgottenUpTo) return false;
    for (const key of keys) {
      const changedAt = this.#marks.get(key);
      if (changedAt !== undefined && changedAt > readAt) return false;
    }
    return true;
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const event of events) for (const key of keysOf(event, this.#catalogue)) this.#mark(key);
  };

  #mark(key: string): void {
    this.#clock += 1;
    // A Map keeps the order of insertion, so the first entry is the oldest mark.
    this.#marks.delete(key);
    this.#marks.set(key, this.#clock);
    if (this.#marks.size <= this.#capacity) return;
    const [oldest, changedAt] = this.#marks.entries().next().value!;
    this.#marks.delete(oldest);
    this.#forgottenUpTo = changedAt;
  }
}
