import { type Caller, userBehind } from '../../access/index.ts';
import type { EndedAccess, EventCatalogue, SecurityEvent } from '../../events/index.ts';

/** The keys by which a caller's sockets are found when an event may have ended its credential. */
function keysOf(caller: Caller): string[] {
  const { tenant, sessionId, clientId } = caller;
  if (tenant === null) return [];
  const keys = [keyOf(tenant.id, 'tenant', '')];
  const user = userBehind(caller);
  if (sessionId !== null) keys.push(keyOf(tenant.id, 'session', sessionId));
  if (user !== null) keys.push(keyOf(user.tenantId, 'user', user.userId));
  if (user !== null && user.tenantId !== tenant.id) keys.push(keyOf(user.tenantId, 'elsewhere', ''));
  if (clientId !== null) keys.push(keyOf(tenant.id, 'client', clientId));
  return keys;
}

/** `elsewhere` has the sockets by which users of the tenant act in others: they do not count as sockets of the tenant. */
type KeyKind = 'tenant' | 'elsewhere' | 'session' | 'user' | 'client';

const keyOf = (tenantId: string, kind: KeyKind, value: string): string => `${tenantId} ${kind} ${value}`;

/**
 * The keys under which an event looks up sockets. Sockets are not indexed by token or family: the keys name the account, else
 * the client, else the tenant.
 */
function toKeys(tenantId: string, ended: EndedAccess): string[] {
  if (ended.kind === 'session') return [keyOf(tenantId, 'session', ended.sessionId)];
  if (ended.kind === 'subject' && ended.userId !== null) return [keyOf(tenantId, 'user', ended.userId)];
  if (ended.kind !== 'tenant' && ended.clientId !== null) return [keyOf(tenantId, 'client', ended.clientId)];
  return [keyOf(tenantId, 'tenant', ''), keyOf(tenantId, 'elsewhere', '')];
}

/** Identifies a caller for the limit: the user, whichever client the token was issued to, else the client. */
function nameOf(caller: Caller): string {
  const user = userBehind(caller);
  return user === null ? `${caller.tenant?.id} app ${caller.clientId}` : `${user.tenantId} user ${user.userId}`;
}

/**
 * Indexes open sockets by the ids in the events that may end them, so that the cost of an event depends only on the sockets it
 * concerns.
 */
export class SocketIndex<S> {
  readonly #byKey = new Map<string, Set<S>>();
  readonly #byCaller = new Map<string, Set<S>>();
  readonly #catalogue: EventCatalogue;

  constructor(catalogue: EventCatalogue) {
    this.#catalogue = catalogue;
  }

  add(caller: Caller, socket: S): void {
    for (const key of keysOf(caller)) addTo(this.#byKey, key, socket);
    addTo(this.#byCaller, nameOf(caller), socket);
  }

  delete(caller: Caller, socket: S): void {
    for (const key of keysOf(caller)) deleteFrom(this.#byKey, key, socket);
    deleteFrom(this.#byCaller, nameOf(caller), socket);
  }

  /** The sockets whose credentials an event may have ended, each once. */
  concernedBy(event: SecurityEvent): ReadonlySet<S> {
    const ended = this.#catalogue.readEndedAccess(event);
    const keys = ended === null ? [] : toKeys(event.tenantId, ended);
    return new Set(keys.flatMap((key) => [...(this.#byKey.get(key) ?? [])]));
  }

  /** How many sockets the caller's tenant has. */
  countOfTenant({ tenant }: Caller): number {
    return tenant === null ? 0 : (this.#byKey.get(keyOf(tenant.id, 'tenant', ''))?.size ?? 0);
  }

  /** How many sockets the caller has. */
  countOfCaller(caller: Caller): number {
    return this.#byCaller.get(nameOf(caller))?.size ?? 0;
  }
}

function addTo<S>(sets: Map<string, Set<S>>, key: string, socket: S): void {
  const known = sets.get(key);
  if (known === undefined) sets.set(key, new Set([socket]));
  else known.add(socket);
}

function deleteFrom<S>(sets: Map<string, Set<S>>, key: string, socket: S): void {
  const known = sets.get(key);
  if (known?.delete(socket) === true && known.size === 0) sets.delete(key);
}
