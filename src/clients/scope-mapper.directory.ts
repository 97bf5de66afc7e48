import { type ChangeFeed, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import { ReadCache } from '../persistence/index.ts';
import type { ClientRecord } from './client.directory.ts';
import type { ProtocolMapper } from './client.entity.ts';
import { clientEvents } from './client.events.ts';
import { type ClientScopeStore, linksInForce } from './client-scope.store.ts';

/** Most cached sets of mappers: those of 10,000 tenants. */
const CAPACITY = 12_000;
/** Most memory of them: those that a tenant begins with take about 12 KB. */
const MAX_BYTES = 64 * 1024 * 1024;
const ENTRY_BYTES = 512;

type ScopeMappers = ReadonlyMap<string, readonly ProtocolMapper[]>;

/** Twice the text: objects take more than their JSON. */
const bytesOf = (mappers: ScopeMappers): number => ENTRY_BYTES + 2 * JSON.stringify([...mappers]).length;

const CHANGES: ReadonlySet<string> = new Set(
  (['client_scope.created', 'client_scope.updated', 'client_scope.deleted'] as const).map(
    (type) => clientEvents[type].name,
  ),
);

export interface ScopeMapperDirectoryDeps {
  readonly store: Pick<ClientScopeStore, 'mappersOf'>;
  /** Absent: sets live for five seconds. */
  readonly feed?: ChangeFeed;
}

/** Finds the mappers that act in tokens, from a bounded cache. Events of scopes drop the set of their tenant. */
export class ScopeMapperDirectory {
  readonly #deps: ScopeMapperDirectoryDeps;
  readonly #cache: ReadCache<ScopeMappers>;

  constructor(deps: ScopeMapperDirectoryDeps) {
    this.#cache = new ReadCache<ScopeMappers>({
      max: CAPACITY,
      size: { max: MAX_BYTES, of: bytesOf },
      ...lifetimesBy(deps.feed),
    });
    this.#deps = deps;
  }

  /**
   * The mappers for a token of a client: those of its default scopes, of the optional ones that the token has, and its own,
   * which come last and so replace claims of the others.
   * @param scopes Names of the scopes of the token.
   */
  async forToken({ client, links }: ClientRecord, scopes: readonly string[]): Promise<readonly ProtocolMapper[]> {
    const { tenantId } = client;
    const byScope = await this.#cache.get(tenantId, () => this.#deps.store.mappersOf(tenantId));
    const ofScopes = linksInForce(links, scopes).flatMap(({ scopeId }) => byScope.get(scopeId) ?? []);
    return [...ofScopes, ...client.mappers];
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const { type, tenantId } of events) if (CHANGES.has(type)) this.#cache.delete(tenantId);
  };
}
