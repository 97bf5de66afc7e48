import { sql } from 'kysely';
import { hashHandle } from '../../crypto/index.ts';
import { columnsOf, type Database, defineStatement } from '../../persistence/index.ts';
import { InteractionEntity, type InteractionEntityRow } from './interaction.entity.ts';
import type { InteractionRequest, InteractionState } from './interaction.state.ts';

/** A stored interaction. Its handle is not stored. */
export type InteractionRow = Omit<InteractionEntityRow, 'hash' | 'request' | 'state'> & {
  readonly request: InteractionRequest;
  readonly state: InteractionState;
};

/** The application of an interaction, and when that ends. */
export interface InteractionApplication {
  /** Null: no application asked for it. */
  readonly clientId: string | null;
  readonly expiresAt: Date;
}

export type NewInteractionRow = Omit<InteractionRow, 'version'>;

/**
 * Living interactions of one browser: at about 2 KB each, 40 KB. One of an attacker has 20 KB at most (`state` and `nonce` of 4 KB
 * each, classes of authentication of 5 KB, addresses and names), so 400 KB. Beyond that the oldest one is deleted, so parallel tabs work and a
 * browser that begins one after the other has no more.
 */
const MAX_OF_BROWSER = 20;
/**
 * Living interactions of one address in a tenant: 10 MB of an attacker without cookies, as much again of
 * expired ones, and enough for an office behind one address,
 * where 500 people may sign in within half an hour. Simultaneous requests may exceed it by the connections of the nodes.
 */
const MAX_OF_ADDRESS = 500;

const SHOWN = Object.keys(InteractionEntity.meta.properties).filter((name) => name !== 'hash') as never[];
const SELECT = sql<InteractionRow>`select ${sql.join(columnsOf(InteractionEntity, 'interactions', SHOWN))} from interactions
  where interactions.tenant_id = $1 and interactions.hash = $2`;
const FIND = defineStatement<InteractionRow>('interaction-by-hash', SELECT);
const FIND_APPLICATION = defineStatement<InteractionApplication>(
  'interaction-application',
  'select client_id as "clientId", expires_at as "expiresAt" from interactions where tenant_id = $1 and hash = $2',
);
const LOCK = defineStatement<InteractionRow>('interaction-lock', sql<InteractionRow>`${SELECT} for update`);
const INSERT = defineStatement<{ version: number }>(
  'interaction-insert',
  `insert into interactions (tenant_id, hash, kind, purpose, request, state, version, browser_hash, user_id, client_id, address,
    expires_at, created_at)
  select $1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12
  where not exists (
    select from interactions i where i.tenant_id = $1 and i.address = $10 and i.expires_at > $12
    order by i.expires_at offset ${MAX_OF_ADDRESS - 1} limit 1)
  returning version`,
);
/**
 * The new one stays, also beside others of the same moment. Skips those in which a step is under way or that another request gives
 * up, because two requests that delete the same ones would wait for each other. Arrays, because a join that was planned while the
 * table was empty compares each row of the tenant.
 */
const TRIM = defineStatement<object>(
  'interaction-trim',
  `delete from interactions where tenant_id = $1 and hash = any(array(
    select l.hash from interactions l where l.tenant_id = $1 and l.hash = any(array(
      select i.hash from interactions i where i.tenant_id = $1 and i.browser_hash = $2 and i.hash <> $3
      order by i.created_at desc, i.hash offset ${MAX_OF_BROWSER - 1}))
    for update skip locked))`,
);
const SAVE = defineStatement<object>(
  'interaction-save',
  'update interactions set state = $3, user_id = $4, version = version + 1 where tenant_id = $1 and hash = $2',
);
const TAKE = defineStatement<{ version: number }>(
  'interaction-take',
  'delete from interactions where tenant_id = $1 and hash = $2 and version = $3 returning version',
);

/** The only queries on interactions. */
export class InteractionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** An interaction, even an expired one. */
  async find(tenantId: string, handle: string): Promise<InteractionRow | null> {
    return (await this.#db.run(FIND, [tenantId, hashHandle(handle)]))[0] ?? null;
  }

  /** What of an interaction tells to which application it belongs, even of an expired one. */
  async findApplication(tenantId: string, handle: string): Promise<InteractionApplication | null> {
    return (await this.#db.run(FIND_APPLICATION, [tenantId, hashHandle(handle)]))[0] ?? null;
  }

  /** As `find`, locked until the unit of work ends. */
  async lock(tenantId: string, handle: string): Promise<InteractionRow | null> {
    return (await this.#db.run(LOCK, [tenantId, hashHandle(handle)]))[0] ?? null;
  }

  /** @returns False when the address has too many, and nothing was stored. */
  async insert(row: NewInteractionRow, handle: string): Promise<boolean> {
    const hash = hashHandle(handle);
    const inserted = await this.#db.run(INSERT, [
      row.tenantId,
      hash,
      row.kind,
      JSON.stringify(row.purpose),
      JSON.stringify(row.request),
      JSON.stringify(row.state),
      row.browserHash,
      row.userId ?? null,
      row.clientId ?? null,
      row.address ?? null,
      row.expiresAt,
      row.createdAt,
    ]);
    if (inserted.length === 0) return false;
    await this.#db.run(TRIM, [row.tenantId, row.browserHash, hash]);
    return true;
  }

  /** Stores the state of a locked interaction. */
  async save(tenantId: string, handle: string, state: InteractionState): Promise<void> {
    const userId = state.account?.userId ?? null;
    await this.#db.run(SAVE, [tenantId, hashHandle(handle), JSON.stringify(state), userId]);
  }

  /** Deletes an interaction if no step advanced it since it was read. @returns Whether it was there. */
  async take(tenantId: string, handle: string, version: number): Promise<boolean> {
    return (await this.#db.run(TAKE, [tenantId, hashHandle(handle), version])).length > 0;
  }

  /** Deletes up to `limit` interactions of any tenant that expired before a time. @returns How many were deleted. */
  sweepExpired(before: Date, limit: number): Promise<number> {
    return this.#db.change(sql`
      delete from interactions i using (
        select e.tenant_id, e.hash from tenants t cross join lateral (
          select o.tenant_id, o.hash from interactions o
          where o.tenant_id = t.id and o.expires_at < ${before}
          order by o.expires_at limit ${limit}
        ) e limit ${limit}
      ) gone
      where i.tenant_id = gone.tenant_id and i.hash = gone.hash`);
  }
}
