import type { InferKyselyDB } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { columnsOf, type Database, defineStatement } from '../persistence/index.ts';
import { type Consent, ConsentEntity } from './consent.entity.ts';

type Tables = InferKyselyDB<typeof ConsentEntity> & { clients: { tenant_id: string; id: string; client_id: string } };

/** A consent with the `client_id` of its client, read in one statement because every reader needs both. */
export interface ConsentRow extends Consent {
  readonly clientId: string;
}

const SCOPES = defineStatement<{ scopes: string[] }>(
  'consent-scopes',
  'select scopes from consents where tenant_id = $1 and user_id = $2 and client_uuid = $3',
);

/** The only queries on consents. */
export class ConsentStore {
  readonly #db: Database;
  readonly #columns = columnsOf(ConsentEntity, 'consents');

  constructor(db: Database) {
    this.#db = db;
  }

  #select(tenantId: string) {
    return this.#db
      .read<Tables>()
      .selectFrom('consents')
      .innerJoin('clients', (join) =>
        join.onRef('clients.tenant_id', '=', 'consents.tenant_id').onRef('clients.id', '=', 'consents.client_uuid'),
      )
      .select(this.#columns)
      .select('clients.client_id as clientId')
      .where('consents.tenant_id', '=', tenantId);
  }

  /** Exact case of both. */
  async find(tenantId: string, userId: string, clientId: string): Promise<ConsentRow | null> {
    const query = this.#select(tenantId)
      .where('consents.user_id', '=', userId)
      .where('clients.client_id', '=', clientId);
    return ((await query.executeTakeFirst()) ?? null) as ConsentRow | null;
  }

  /** The scopes that a user allowed a client, by its `clients.id`; null without a consent. */
  async scopesOf(tenantId: string, userId: string, clientUuid: string): Promise<readonly string[] | null> {
    return (await this.#db.run(SCOPES, [tenantId, userId, clientUuid]))[0]?.scopes ?? null;
  }

  /** The consents of each user by client_id: at most one for each client of the tenant. */
  async ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly ConsentRow[]>> {
    const rows = (await this.#select(tenantId)
      .where(sql<boolean>`consents.user_id = any(${userIds as string[]}::text[])`)
      .orderBy('consents.user_id')
      .orderBy('clients.client_id')
      .execute()) as unknown as ConsentRow[];
    return Map.groupBy(rows, ({ userId }) => userId);
  }

  /**
   * Adds scopes to what a user allows a client. Keeps the scopes of both when two calls run at once.
   * @returns Whether anything is new.
   */
  async add(consent: Pick<Consent, 'tenantId' | 'userId' | 'clientUuid' | 'scopes'>, now: Date): Promise<boolean> {
    const { tenantId, userId, clientUuid, scopes } = consent;
    const { rows } = await sql`
      insert into consents (tenant_id, user_id, client_uuid, scopes, created_at, updated_at)
      values (${tenantId}::uuid, ${userId}, ${clientUuid}::uuid, ${scopes}::text[], ${now}, ${now})
      on conflict (tenant_id, user_id, client_uuid) do update set
        scopes = array(select distinct scope from unnest(consents.scopes || excluded.scopes) as scope order by scope),
        updated_at = excluded.updated_at
      where not consents.scopes @> excluded.scopes
      returning true`.execute(this.#db.read());
    return rows.length > 0;
  }

  /** @returns Whether it was there. */
  async delete(tenantId: string, userId: string, clientUuid: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .read<Tables>()
      .deleteFrom('consents')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('client_uuid', '=', clientUuid)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  }
}
