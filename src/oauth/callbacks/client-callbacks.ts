import type { Authority } from '../../access/index.ts';
import type { ClientDirectory, ClientRecord, ClientStore } from '../../clients/index.ts';
import type { EventLog } from '../../events/index.ts';
import { isCallable } from '../../federation/index.ts';
import { addSeconds, type Clock, newId, type PrivateHosts, Tally } from '../../kernel/index.ts';
import { type Database, openUnitOfWork } from '../../persistence/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import type { ClientSession } from '../grants/grant.store.ts';
import { type ClientMessageForm, type ClientMessages, ISSUER_KINDS, type Issuers } from '../issuers/issuers.ts';
import type { SigningKeyService } from '../keys/key.service.ts';
import { oauthEvents } from '../oauth.events.ts';
import { postGuarded } from './guarded-post.ts';
import { Turns } from './turns.ts';

export interface ClientCallbacksDeps {
  readonly db: Database;
  readonly clients: Pick<ClientDirectory, 'byUuid'>;
  readonly clientStore: Pick<ClientStore, 'findWithAdminUrl'>;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly issuers: Pick<Issuers, 'clientMessages'>;
  readonly keys: Pick<SigningKeyService, 'signer'>;
  readonly events: EventLog;
  readonly clock: Clock;
  /** What of the operator's network applications may be in. */
  readonly privateHosts: PrivateHosts;
  /** Whether applications on this machine may be called over plain http, as in development and tests. */
  readonly allowLoopbackHttp: boolean;
  /** Called with faults of messages whose failure cannot be recorded. */
  readonly onError: (error: unknown) => void;
}

/** A message for one client. */
interface Message {
  readonly authority: Authority;
  readonly clientUuid: string;
  readonly about: keyof ClientMessages;
  /** Those that have ended. */
  readonly sessions: readonly ClientSession[];
}

/** What waits for one client. */
interface Waiting {
  /** Who ended the first of the sessions. */
  readonly authority: Authority;
  readonly clientUuid: string;
  readonly sessions: ClientSession[];
  needsNotBefore: boolean;
  /** How many sessions the client will not learn of, and no event says so yet. */
  dropped: number;
  /** When an event last said so. */
  recordedAt: Date | null;
}

/** The kind of issuer whose clients name their sessions. */
const KIND = ISSUER_KINDS.realm;

/** How long an application may take. */
const TIMEOUT_MS = 5_000;
/** How long a message is valid. */
const MESSAGE_SECONDS = 60;
/** Messages that are under way, of the node and of one tenant, whose applications may be silent: some 60 KB each. */
const UNDER_WAY = { limit: 500, tenantLimit: 50 };
/** Sessions that wait, of the node, of one tenant and of one client, whose names have at most 255 characters: 50 MB at most. */
const WAITING = { limit: 100_000, tenantLimit: 20_000, clientLimit: 2_000 };
/** Names of sessions in one message. As many of a client may wait, however many the others of its tenant have. */
const MAX_NAMES = 200;
/** Clients of a tenant that get a moment together. */
const MAX_CLIENTS = 1_000;
/** Between events about sessions that could not wait, while others do. */
const SUMMARY_SECONDS = 60;

/**
 * Tells applications at their `adminUrl` which of their sessions have ended, and before which moment tokens are refused, by signed
 * messages. Nobody waits for it: it begins after the commit, each message is sent once, and a crash loses those that wait. A client gets
 * one message at a time, in which all sessions are that ended meanwhile, so one that is silent delays no other.
 */
export class ClientCallbacks {
  readonly #deps: ClientCallbacksDeps;
  readonly #stopping = new AbortController();
  readonly #turns = new Turns({ ...UNDER_WAY, run: (clientUuid) => this.#turn(clientUuid) });
  /** What waits, by client. */
  readonly #waiting = new Map<string, Waiting>();
  /** How many sessions wait of each tenant. */
  readonly #counted = new Tally();

  constructor(deps: ClientCallbacksDeps) {
    this.#deps = deps;
  }

  /** Tells the clients of these sessions: inside a unit of work after the commit, and never after a rollback. */
  readonly tell = (authority: Authority, ended: readonly ClientSession[]): void => {
    const begin = () => {
      for (const [clientUuid, sessions] of Map.groupBy(ended, (session) => session.clientUuid))
        this.#enter(authority, clientUuid, (waiting) => this.#keep(waiting, sessions));
    };
    const unit = openUnitOfWork();
    if (unit === undefined) begin();
    else unit.afterCommit(begin);
  };

  /**
   * Tells a client, or the clients of the tenant that take messages, at most 1,000, the moment before which tokens are refused.
   * Records `not_before.pushed`.
   * @param clientUuid Null: all of them.
   * @returns How many get the message.
   */
  async pushNotBefore(authority: Authority, clientUuid: string | null): Promise<number> {
    const { clientStore, events } = this.#deps;
    const { caller, tenant } = authority;
    const clients = await clientStore.findWithAdminUrl(tenant.id, clientUuid, MAX_CLIENTS);
    const [only] = clients;
    await events.append(caller, tenant, {
      type: oauthEvents['not_before.pushed'],
      clientId: clientUuid === null ? null : (only?.clientId ?? null),
      params: { clients: clients.length },
    });
    for (const { id } of clients)
      this.#enter(authority, id, (waiting) => {
        waiting.needsNotBefore = true;
      });
    return clients.length;
  }

  /** Resolves when no message waits. */
  idle(): Promise<void> {
    return this.#turns.idle();
  }

  /** Gives up the messages that are under way and those that wait. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.idle();
  }

  #enter(authority: Authority, clientUuid: string, add: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(clientUuid) ?? nothingFor(authority, clientUuid);
    this.#waiting.set(clientUuid, waiting);
    add(waiting);
    this.#deps.db.detached(() => this.#turns.enter(authority.tenant.id, clientUuid));
  }

  /** Keeps sessions for the next message, as many as may wait. */
  #keep(waiting: Waiting, sessions: readonly ClientSession[]): void {
    const { id } = waiting.authority.tenant;
    const own = waiting.sessions.length;
    const ofTenant = Math.max(WAITING.tenantLimit - this.#counted.of(id), MAX_NAMES - own);
    const free = Math.min(ofTenant, WAITING.clientLimit - own, WAITING.limit - this.#counted.total);
    const kept = sessions.slice(0, Math.max(free, 0));
    waiting.sessions.push(...kept);
    waiting.dropped += sessions.length - kept.length;
    this.#counted.count(id, kept.length);
  }

  /** Sends a client one message. @returns Whether there is more for it. */
  async #turn(clientUuid: string): Promise<boolean> {
    const waiting = this.#waiting.get(clientUuid)!;
    try {
      if (this.#stopping.signal.aborted) this.#giveUp(waiting);
      else if (hasMessage(waiting)) await this.#deliver(this.#take(waiting));
      await this.#recordDropped(waiting);
    } catch (error) {
      this.#deps.onError(error);
    }
    if (hasMessage(waiting) || waiting.dropped > 0) return true;
    this.#waiting.delete(clientUuid);
    return false;
  }

  /** What the next message says. */
  #take(waiting: Waiting): Message {
    const { authority, clientUuid } = waiting;
    if (waiting.needsNotBefore) {
      waiting.needsNotBefore = false;
      return { authority, clientUuid, about: 'notBefore', sessions: [] };
    }
    const sessions = waiting.sessions.splice(0, MAX_NAMES);
    this.#counted.count(authority.tenant.id, -sessions.length);
    return { authority, clientUuid, about: 'ended', sessions };
  }

  #giveUp(waiting: Waiting): void {
    const left = waiting.sessions.splice(0);
    this.#counted.count(waiting.authority.tenant.id, -left.length);
    waiting.dropped += left.length;
    waiting.needsNotBefore = false;
  }

  /** Records how many sessions were dropped: once they are all, and once a minute while others wait. */
  async #recordDropped(waiting: Waiting): Promise<void> {
    const { clock, events } = this.#deps;
    const { authority, clientUuid, dropped, recordedAt } = waiting;
    const now = clock.now();
    const isEarly = recordedAt !== null && now < addSeconds(recordedAt, SUMMARY_SECONDS);
    if (dropped === 0 || (isEarly && hasMessage(waiting))) return;
    waiting.dropped = 0;
    waiting.recordedAt = now;
    await events.append(authority.caller, authority.tenant, {
      type: oauthEvents['client_callback.failed'],
      clientId: null,
      outcome: 'failure',
      reason: this.#stopping.signal.aborted ? 'stopping' : 'queue_full',
      params: { clientUuid, about: 'ended', sessions: dropped },
    });
  }

  async #deliver(message: Message): Promise<void> {
    const { tenant } = message.authority;
    const client = await this.#deps.clients.byUuid(tenant.id, message.clientUuid);
    const form = this.#deps.issuers.clientMessages(KIND.kind)?.[message.about];
    const url = client?.isUsable === true && form !== undefined ? callbackUrl(client, form.path) : null;
    if (client === null || form === undefined || url === null) return;
    const fault = await this.#post(tenant.id, await this.#sign(message, client, form), url);
    if (fault !== null) await this.#recordFailure(message, client.client.clientId, fault);
  }

  /** @returns Why the application was not told; null: it was. */
  async #post(tenantId: string, text: string, url: URL): Promise<string | null> {
    const { privateHosts, allowLoopbackHttp } = this.#deps;
    if (!isCallable(url, allowLoopbackHttp)) return 'address_refused';
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const status = await postGuarded(privateHosts, url, tenantId, text, signal);
      return status >= 200 && status < 300 ? null : 'refused';
    } catch {
      return 'unreachable';
    }
  }

  async #sign(
    { authority: { tenant }, sessions }: Message,
    { client }: ClientRecord,
    { claims }: ClientMessageForm,
  ): Promise<string> {
    const { keys, clock, directory } = this.#deps;
    const ofTenant = (await directory.byId(tenant.id))?.notBefore;
    const signer = await keys.signer(tenant, KIND.algorithm);
    const facts = {
      id: newId(),
      expiresAt: secondsOf(addSeconds(clock.now(), MESSAGE_SECONDS)),
      clientId: client.clientId,
      notBefore: Math.max(...[ofTenant, client.notBefore].map((moment) => (moment == null ? 0 : secondsOf(moment)))),
      clientSessions: sessions.map(({ clientSession }) => clientSession),
      sessionIds: [...new Set(sessions.flatMap(({ sessionId }) => sessionId ?? []))],
    };
    return signer.sign(claims(facts), { typ: 'JWT' });
  }

  async #recordFailure(
    { authority: { caller, tenant }, clientUuid, about, sessions: [first] }: Message,
    clientId: string,
    reason: string,
  ): Promise<void> {
    await this.#deps.events.append(caller, tenant, {
      type: oauthEvents['client_callback.failed'],
      clientId,
      sessionId: first?.sessionId ?? null,
      outcome: 'failure',
      reason,
      params: { clientUuid, about },
    });
  }
}

const secondsOf = (moment: Date): number => Math.floor(moment.getTime() / 1000);

const nothingFor = (authority: Authority, clientUuid: string): Waiting => ({
  authority,
  clientUuid,
  sessions: [],
  needsNotBefore: false,
  dropped: 0,
  recordedAt: null,
});

const hasMessage = ({ sessions, needsNotBefore }: Waiting): boolean => needsNotBefore || sessions.length > 0;

/** Where a client takes a message; null: it takes none. */
function callbackUrl({ metadata: { adminUrl, rootUrl } }: ClientRecord, path: string): URL | null {
  const address = adminUrl?.startsWith('/') === true ? `${rootUrl ?? ''}${adminUrl}` : adminUrl;
  return URL.parse(`${(address ?? '').replace(/\/$/, '')}${path}`);
}
