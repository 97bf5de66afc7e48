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

/** The kind of issuer whose clients name their sessions. */
const KIND = ISSUER_KINDS.realm;

/** How long an application may take. */
const TIMEOUT_MS = 5_000;
/** How long a message is valid. */
const MESSAGE_SECONDS = 60;
/** Messages that wait or are under way, of the node and of one tenant, whose applications may be silent: some 60 KB each. */
const CAPACITY = 500;
const TENANT_CAPACITY = 50;
/** Names of sessions in one message, of at most 255 characters each. */
const MAX_NAMES = 200;
/** Clients of a tenant that get a moment together. */
const MAX_CLIENTS = TENANT_CAPACITY;

/**
 * Tells applications at their `adminUrl` which of their sessions have ended, and before which moment tokens are refused, by signed
 * messages. Nobody waits for it: it begins after the commit, each message is sent once, and a crash loses those that wait.
 */
export class ClientCallbacks {
  readonly #deps: ClientCallbacksDeps;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  /** How many messages of each tenant wait. */
  readonly #waiting = new Tally();

  constructor(deps: ClientCallbacksDeps) {
    this.#deps = deps;
  }

  /** Tells the clients of these sessions: inside a unit of work after the commit, and never after a rollback. */
  readonly tell = (authority: Authority, ended: readonly ClientSession[]): void => {
    const begin = () => {
      for (const message of divide(authority, ended)) this.#begin(message);
    };
    const unit = openUnitOfWork();
    if (unit === undefined) begin();
    else unit.afterCommit(begin);
  };

  /**
   * Tells a client, or the clients of the tenant that take messages, at most 50, the moment before which tokens are refused.
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
    for (const { id } of clients) this.#begin({ authority, clientUuid: id, about: 'notBefore', sessions: [] });
    return clients.length;
  }

  /** Resolves when no message waits. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Gives up the messages that are under way. */
  stop(): Promise<void> {
    this.#stopping.abort();
    return this.idle();
  }

  #begin(message: Message): void {
    const { id } = message.authority.tenant;
    const isFull = this.#waiting.total >= CAPACITY || this.#waiting.of(id) >= TENANT_CAPACITY;
    this.#deps.db.detached(() => {
      const attempt = isFull ? this.#recordFailure(message, null, 'queue_full') : this.#counted(message);
      const run = attempt.catch(this.#deps.onError).finally(() => {
        this.#running.delete(run);
      });
      this.#running.add(run);
    });
  }

  async #counted(message: Message): Promise<void> {
    const { id } = message.authority.tenant;
    this.#waiting.count(id, 1);
    try {
      await this.#deliver(message);
    } finally {
      this.#waiting.count(id, -1);
    }
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
    clientId: string | null,
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

/** The sessions by client, in messages of a bounded size. */
function divide(authority: Authority, ended: readonly ClientSession[]): readonly Message[] {
  const byClient = Map.groupBy(ended, ({ clientUuid }) => clientUuid);
  return [...byClient].flatMap(([clientUuid, sessions]) =>
    Array.from({ length: Math.ceil(sessions.length / MAX_NAMES) }, (_, at) => ({
      authority,
      clientUuid,
      about: 'ended' as const,
      sessions: sessions.slice(at * MAX_NAMES, (at + 1) * MAX_NAMES),
    })),
  );
}

/** Where a client takes a message; null: it takes none. */
function callbackUrl({ metadata: { adminUrl, rootUrl } }: ClientRecord, path: string): URL | null {
  const address = adminUrl?.startsWith('/') === true ? `${rootUrl ?? ''}${adminUrl}` : adminUrl;
  return URL.parse(`${(address ?? '').replace(/\/$/, '')}${path}`);
}
