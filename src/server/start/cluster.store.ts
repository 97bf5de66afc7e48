import { sql } from 'kysely';
import type { Database } from '../../persistence/index.ts';

/** How long an announcement counts that its node does not renew. */
export const LEASE_SECONDS = 30;

/** The only queries on what nodes share: facts that apply to all nodes, and announcements of running nodes. */
export class ClusterStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async findFact(name: string): Promise<string | null> {
    const { rows } = await sql<{ value: string }>`select value from cluster_facts where name = ${name}`.execute(
      this.#db.read(),
    );
    return rows[0]?.value ?? null;
  }

  /** Stores a fact unless another node was first. @returns The stored value. */
  async keepFact(name: string, value: string): Promise<string> {
    await sql`insert into cluster_facts (name, value) values (${name}, ${value}) on conflict do nothing`.execute(
      this.#db.read(),
    );
    return (await this.findFact(name)) ?? value;
  }

  async replaceFact(name: string, value: string): Promise<void> {
    await sql`insert into cluster_facts (name, value) values (${name}, ${value})
      on conflict (name) do update set value = excluded.value, changed_at = now()`.execute(this.#db.read());
  }

  /** The valid announcements of all nodes under a topic. */
  async findAnnounced(topic: string): Promise<string[]> {
    const { rows } = await sql<{ holder: string }>`select holder from leases
      where starts_with(name, ${`${topic}/`}) and expires_at > now() order by name`.execute(this.#db.read());
    return rows.map(({ holder }) => holder);
  }

  /** Announces a value of this node for `LEASE_SECONDS`, by the clock of the database; also renews it. */
  async announce(topic: string, nodeId: string, holder: string): Promise<void> {
    await sql`insert into leases (name, holder, expires_at)
      values (${`${topic}/${nodeId}`}, ${holder}, now() + ${LEASE_SECONDS} * interval '1 second')
      on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at`.execute(
      this.#db.read(),
    );
  }

  /** Deletes the announcement of this node. */
  async withdraw(topic: string, nodeId: string): Promise<void> {
    await sql`delete from leases where name = ${`${topic}/${nodeId}`}`.execute(this.#db.read());
  }

  /** Deletes the announcements of nodes that ended without withdrawing them. */
  async sweepAnnounced(topic: string): Promise<void> {
    await sql`delete from leases where starts_with(name, ${`${topic}/`}) and expires_at <= now()`.execute(
      this.#db.read(),
    );
  }
}
