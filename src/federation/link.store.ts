import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { isStorableText, isUuid } from '../kernel/index.ts';
import { columnsOf, type Database, lockName } from '../persistence/index.ts';
import {
  type FederationLink,
  FederationLinkEntity,
  type FederationProviderEntity,
  type FederationTokenEntity,
} from './federation.entity.ts';

type Tables = InferKyselyDB<typeof FederationLinkEntity> &
  InferKyselyDB<typeof FederationProviderEntity> &
  InferKyselyDB<typeof FederationTokenEntity>;

/** A link with the type and name of its provider, read in one statement because every reader needs them. */
export interface LinkRow extends FederationLink {
  readonly providerType: string;
  readonly providerName: string;
}

/** The key of a link inside a tenant. */
export interface LinkKey {
  readonly providerId: string;
  readonly externalId: string;
}

/** A stored token of a link, still sealed. */
export interface SealedToken {
  readonly providerId: string;
  readonly externalId: string;
  readonly sealed: string;
  readonly expiresAt: Date | null;
}

/** The only queries on links between users and external accounts, and on the tokens kept with them. */
export class FederationLinkStore {
  readonly #db: Database;
  readonly #columns = columnsOf(FederationLinkEntity, 'federation_links');

  constructor(db: Database) {
    this.#db = db;
  }

  #tables(): Kysely<Tables> {
    return this.#db.read<Tables>();
  }

  #select(tenantId: string) {
    return this.#tables()
      .selectFrom('federation_links')
      .innerJoin('federation_providers', (join) =>
        join
          .onRef('federation_providers.tenant_id', '=', 'federation_links.tenant_id')
          .onRef('federation_providers.id', '=', 'federation_links.provider_id'),
      )
      .select(this.#columns)
      .select(['federation_providers.type as providerType', 'federation_providers.name as providerName'])
      .where('federation_links.tenant_id', '=', tenantId);
  }

  async find(tenantId: string, { providerId, externalId }: LinkKey): Promise<LinkRow | null> {
    if (!isUuid(providerId) || !isStorableText(externalId)) return null;
    const row = await this.#select(tenantId)
      .where('federation_links.provider_id', '=', providerId)
      .where('federation_links.external_id', '=', externalId)
      .executeTakeFirst();
    return (row ?? null) as LinkRow | null;
  }

  /** The links of several users at once, each list in the order of provider name and external id. */
  async findOfUsers(tenantId: string, userIds: readonly string[]): Promise<Map<string, LinkRow[]>> {
    const rows = await this.#select(tenantId)
      .where(sql<boolean>`federation_links.user_id = any(${userIds}::text[])`)
      .orderBy('federation_providers.name')
      .orderBy('federation_links.external_id')
      .execute();
    return Map.groupBy(rows as LinkRow[], (row) => row.userId);
  }

  /** Lets changes that count the links of a user follow each other, until the unit of work ends. */
  async lockLinksOf(tenantId: string, userId: string): Promise<void> {
    await lockName(this.#db, `links ${tenantId} ${userId}`);
  }

  async countOfUser(tenantId: string, userId: string): Promise<number> {
    const row = await this.#tables()
      .selectFrom('federation_links')
      .select(sql<number>`count(*)`.as('total'))
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return Number(row?.total ?? 0);
  }

  /**
   * Adds the links of one tenant whose external accounts have none, by one statement. The second of two concurrent calls waits for the first.
   * @returns How many were added.
   */
  async insertFree(tenantId: string, links: readonly FederationLink[]): Promise<number> {
    const rows = links.map((link) => ({
      tenant_id: tenantId,
      provider_id: link.providerId,
      external_id: link.externalId,
      user_id: link.userId,
      external_name: link.externalName ?? null,
      created_at: link.createdAt,
      updated_at: link.updatedAt,
    }));
    return this.#db.change(sql`
      insert into federation_links
        (tenant_id, provider_id, external_id, user_id, external_name, created_at, updated_at)
      select tenant_id, provider_id, external_id, user_id, external_name, created_at, updated_at
      from json_populate_recordset(null::federation_links, ${JSON.stringify(rows)}::json)
      order by provider_id, external_id
      on conflict (tenant_id, provider_id, external_id) do nothing`);
  }

  async rename(tenantId: string, key: LinkKey, externalName: string, now: Date): Promise<void> {
    await this.#tables()
      .updateTable('federation_links')
      .set({ external_name: externalName, updated_at: now })
      .where('tenant_id', '=', tenantId)
      .where('provider_id', '=', key.providerId)
      .where('external_id', '=', key.externalId)
      .execute();
  }

  /** Removes the link and its tokens if it belongs to this user. @returns Whether there was one. */
  async remove(tenantId: string, key: LinkKey, userId: string): Promise<boolean> {
    const removed = await this.#tables()
      .deleteFrom('federation_links')
      .where('tenant_id', '=', tenantId)
      .where('provider_id', '=', key.providerId)
      .where('external_id', '=', key.externalId)
      .where('user_id', '=', userId)
      .returning('external_id')
      .executeTakeFirst();
    return removed !== undefined;
  }

  /** Stores a link's tokens in place of earlier ones. */
  async saveToken(tenantId: string, token: SealedToken, now: Date): Promise<void> {
    const values = { sealed: token.sealed, expires_at: token.expiresAt, updated_at: now };
    await this.#tables()
      .insertInto('federation_tokens')
      .values({ tenant_id: tenantId, provider_id: token.providerId, external_id: token.externalId, ...values })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'provider_id', 'external_id']).doUpdateSet(values))
      .execute();
  }

  /** The token of a user's account at a provider that was stored last and is still valid. */
  async findToken(tenantId: string, providerId: string, userId: string, now: Date): Promise<SealedToken | null> {
    const row = await this.#tables()
      .selectFrom('federation_tokens')
      .innerJoin('federation_links', (join) =>
        join
          .onRef('federation_links.tenant_id', '=', 'federation_tokens.tenant_id')
          .onRef('federation_links.provider_id', '=', 'federation_tokens.provider_id')
          .onRef('federation_links.external_id', '=', 'federation_tokens.external_id'),
      )
      .select([
        'federation_tokens.provider_id as providerId',
        'federation_tokens.external_id as externalId',
        'federation_tokens.sealed',
        'federation_tokens.expires_at as expiresAt',
      ])
      .where('federation_tokens.tenant_id', '=', tenantId)
      .where('federation_tokens.provider_id', '=', providerId)
      .where('federation_links.user_id', '=', userId)
      .where((where) =>
        where.or([where('federation_tokens.expires_at', 'is', null), where('federation_tokens.expires_at', '>', now)]),
      )
      .orderBy('federation_tokens.updated_at', 'desc')
      .orderBy('federation_tokens.external_id')
      .limit(1)
      .executeTakeFirst();
    return (row ?? null) as SealedToken | null;
  }
}
