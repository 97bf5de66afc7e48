import { newId } from '../../kernel/index.ts';
import { type Database, settlesWithin } from '../../persistence/index.ts';
import type { Logger } from '../environment/logger.ts';
import { StartRefused } from '../environment/start-refused.ts';
import { type ClusterStore, LEASE_SECONDS } from './cluster.store.ts';
import { withClusterLock } from './cluster-lock.ts';

const NAME = 'public-url';
/** Two renewals may fail before the announcement expires. In milliseconds. */
const RENEW_MS = (LEASE_SECONDS * 1000) / 3;
const STOP_PATIENCE_MS = 500;

export interface SharedOriginDeps {
  readonly db: Database;
  readonly store: ClusterStore;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * Ensures that all nodes have the same `PUBLIC_URL`, because issuers and links are made from it. A node announces its value as
 * long as it runs, and does not start while another node announces a different one. The default, which depends on the port, is
 * neither announced nor compared.
 */
export class SharedOrigin {
  readonly #deps: SharedOriginDeps;
  readonly #nodeId = newId();
  readonly #publicUrl: string;
  #renewal: NodeJS.Timeout | undefined;

  /** @param publicUrl `PUBLIC_URL` as the operator gave it. */
  constructor(deps: SharedOriginDeps, publicUrl: string) {
    this.#deps = deps;
    this.#publicUrl = publicUrl;
  }

  /**
   * Compares and announces the value, one node at a time. A value that no running node contradicts is accepted; if it differs
   * from the former one, that is logged.
   * @throws StartRefused A running node has another value.
   */
  async start(): Promise<void> {
    const { db, store } = this.#deps;
    await withClusterLock(db, async () => {
      await store.sweepAnnounced(NAME);
      // The lock on the directory excludes other processes, so an announcement there was left by a process that was killed.
      if (!db.isEmbedded) this.#compare(await store.findAnnounced(NAME));
      await this.#adopt(await store.findFact(NAME));
      await this.#announce();
    });
    this.#renewal = setInterval(() => {
      this.#announce().catch((error: unknown) =>
        this.#deps.logger.warn({ err: error }, 'PUBLIC_URL was not announced to the other nodes'),
      );
    }, RENEW_MS).unref();
  }

  /** Withdraws the announcement, so that the next start may change the value. */
  async stop(): Promise<void> {
    clearInterval(this.#renewal);
    // A database that does not answer must not delay the end; the announcement expires anyway.
    await settlesWithin(STOP_PATIENCE_MS, this.#deps.store.withdraw(NAME, this.#nodeId));
  }

  #compare(announced: readonly string[]): void {
    const other = announced.find((publicUrl) => publicUrl !== this.#publicUrl);
    if (other === undefined) return;
    throw new StartRefused(
      `PUBLIC_URL is ${this.#publicUrl} on this node and ${other} on another node of the same database: ` +
        `give all nodes the same value, or stop the other nodes first (one that was killed counts for ${LEASE_SECONDS} s more).`,
    );
  }

  async #adopt(before: string | null): Promise<void> {
    if (before === this.#publicUrl) return;
    await this.#deps.store.replaceFact(NAME, this.#publicUrl);
    if (before !== null)
      this.#deps.logger.warn(
        { before, publicUrl: this.#publicUrl },
        'PUBLIC_URL has changed: tokens of the issuers made from the former value are no longer accepted',
      );
  }

  #announce(): Promise<void> {
    return this.#deps.store.announce(NAME, this.#nodeId, this.#publicUrl);
  }
}
