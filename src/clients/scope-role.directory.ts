import { type ChangeFeed, lifetimesBy, type SecurityEvent } from '../events/index.ts';
import { ReadCache } from '../persistence/index.ts';
import type { ClientRecord } from './client.directory.ts';
import { linksInForce } from './client-scope.store.ts';
import type { ScopeRoleStore } from './scope-role.store.ts';

/** Most cached sets. */
const CAPACITY = 12_000;
/** Most memory of them: an id takes about 100 bytes. */
const MAX_BYTES = 32 * 1024 * 1024;
const ID_BYTES = 100;
const ENTRY_BYTES = 512;

/** Events after which other roles may be allowed: of roles, clients and scopes. */
const CHANGES = /^(role|client|client_scope)\./;

export interface ScopeRoleDirectoryDeps {
  readonly store: Pick<ScopeRoleStore, 'allowed'>;
  /** Absent: sets live for five seconds. */
  readonly feed?: ChangeFeed;
}

/** Finds the roles that tokens of clients may have, from a bounded cache. Events of the tenant drop its sets. */
export class ScopeRoleDirectory {
  readonly #deps: ScopeRoleDirectoryDeps;
  readonly #cache: ReadCache<ReadonlySet<string>>;

  constructor(deps: ScopeRoleDirectoryDeps) {
    this.#cache = new ReadCache<ReadonlySet<string>>({
      max: CAPACITY,
      size: { max: MAX_BYTES, of: (ids) => ENTRY_BYTES + ID_BYTES * ids.size },
      ...lifetimesBy(deps.feed),
      groupOf: (key) => key.slice(0, key.indexOf(' ')),
    });
    this.#deps = deps;
  }

  /**
   * Ids of the roles of users that a token of a client may have: null = all, because the client has the full role scope.
   * Otherwise those of the client itself, its scope roles, and those of its default scopes and of the optional ones that the
   * token has, with all roles inside them.
   * @param scopes Names of the scopes of the token.
   */
  async forToken({ client, links }: ClientRecord, scopes: readonly string[]): Promise<ReadonlySet<string> | null> {
    const { tenantId, id, fullRoleScope } = client;
    if (fullRoleScope) return null;
    const scopeIds = linksInForce(links, scopes).map(({ scopeId }) => scopeId);
    return this.#cache.get(`${tenantId} ${id} ${scopeIds.join()}`, () =>
      this.#deps.store.allowed(tenantId, id, scopeIds),
    );
  }

  /** Listener for committed events, of this node and of others. */
  readonly onEvents = (events: readonly SecurityEvent[]): void => {
    for (const { type, tenantId } of events) if (CHANGES.test(type)) this.#cache.dropGroup(tenantId);
  };
}
