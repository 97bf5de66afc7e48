import { newId } from '../../kernel/index.ts';
import { type Database, settlesWithin } from '../../persistence/index.ts';
import type { Logger } from '../environment/logger.ts';
import { StartRefused } from '../environment/start-refused.ts';
import { type ClusterStore, LEASE_SECONDS } from './cluster.store.ts';
import { withClusterLock } from './cluster-lock.ts';

const NAME = 'public-url';
/** Two renewals may fail before the node counts as gone. In milliseconds. */
const RENEW_MS = (LEASE_SECONDS * 1000) / 3;
const STOP_PATIENCE_MS = 500;

export interface SharedOriginDeps {
  readonly db: Database;
  readonly store: ClusterStore;
  readonly logger: Pick<Logger, 'warn'>;
}

/**
 * One `PUBLIC_URL` for all nodes, because issuers and links are made from it. A node announces the one it was given for as
 * long as it lives, and is refused while another node announces a different one. The default, which follows the port, is
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
   * Compares, one node at a time, and announces. A value that no living node contradicts is taken, also when it differs
   * from the one before, which is logged.
   * @throws StartRefused A living node has another one.
   */
  async start(): Promise<void> {
    const { db, store } = this.#deps;
    await withClusterLock(db, async () => {
      await store.sweepAnnounced(NAME);
      // The lock on its directory says that nobody else is there, even if the last process was killed a moment ago.
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

  /** Takes the announcement back, so that the next start is free to change the value. */
  async stop(): Promise<void> {
    clearInterval(this.#renewal);
    // A database that does not answer must not hold up the end; the lease runs out by itself.
    await settlesWithin(STOP_PATIENCE_MS, this.#deps.store.withdraw(NAME, this.#nodeId));
  }

  #compare(announced: readonly string[]): void {
    const other = announced.find((publicUrl) => publicUrl !== this.#publicUrl);
    if (other === undefined) return;
    throw new StartRefused(
      `PUBLIC_URL is ${this.#publicUrl} here and ${other} on a node that runs on the same database: ` +
        `give all nodes the same, or stop those nodes first (one that was killed counts for another ${LEASE_SECONDS} s).`,
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
