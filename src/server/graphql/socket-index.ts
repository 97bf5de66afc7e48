import type { Caller } from '../../access/index.ts';
import { type EndedAccess, readEndedAccess, type SecurityEvent } from '../../events/index.ts';

/** What a caller is found by when an event may have ended its credential. */
function keysOf({ tenant, sessionId, userId, clientId }: Caller): string[] {
  if (tenant === null) return [];
  const keys = [keyOf(tenant.id, 'tenant', '')];
  if (sessionId !== null) keys.push(keyOf(tenant.id, 'session', sessionId));
  if (userId !== null) keys.push(keyOf(tenant.id, 'user', userId));
  if (clientId !== null) keys.push(keyOf(tenant.id, 'client', clientId));
  return keys;
}

type KeyKind = 'tenant' | 'session' | 'user' | 'client';

const keyOf = (tenantId: string, kind: KeyKind, value: string): string => `${tenantId} ${kind} ${value}`;

/** Sockets are not indexed by token or family: the account's are found, where none is named the client's, else the tenant's. */
function toKey(tenantId: string, ended: EndedAccess): string {
  if (ended.kind === 'session') return keyOf(tenantId, 'session', ended.sessionId);
  if (ended.kind === 'subject' && ended.userId !== null) return keyOf(tenantId, 'user', ended.userId);
  if (ended.kind !== 'tenant' && ended.clientId !== null) return keyOf(tenantId, 'client', ended.clientId);
  return keyOf(tenantId, 'tenant', '');
}

/** Names whoever calls: the user, whatever client the token is of, else the client. */
const nameOf = ({ tenant, userId, clientId }: Caller): string =>
  userId === null ? `${tenant?.id} app ${clientId}` : `${tenant?.id} user ${userId}`;

/** Open sockets by what ends them, so that an event costs as much as it concerns, however many others are open. */
export class SocketIndex<S> {
  readonly #byKey = new Map<string, Set<S>>();
  readonly #byCaller = new Map<string, Set<S>>();

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
    const ended = readEndedAccess(event);
    return new Set(ended === null ? [] : this.#byKey.get(toKey(event.tenantId, ended)));
  }

  /** How many sockets of the caller's tenant there are. */
  countOfTenant({ tenant }: Caller): number {
    return tenant === null ? 0 : (this.#byKey.get(keyOf(tenant.id, 'tenant', ''))?.size ?? 0);
  }

  /** How many sockets the caller itself has. */
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
