import { LockMode } from '@mikro-orm/core';
import type { InferKyselyDB } from '@mikro-orm/sql';
import { type Kysely, sql } from 'kysely';
import { isUuid, newId } from '../kernel/index.ts';
import {
  allOf,
  type ColumnSet,
  columnsOf,
  type Database,
  defineStatement,
  defineVersions,
  narrowedPage,
  narrowPageAt,
  type PageKey,
  type PageRequest,
  type PageResult,
  RowColumns,
  testing,
} from '../persistence/index.ts';
import {
  type Client,
  ClientEntity,
  type ClientSecret,
  ClientSecretEntity,
  type ClientWebOriginEntity,
} from './client.entity.ts';
import type { GrantTypeName } from './grant-types.ts';

/** A client that the service makes. A confidential one has no secret until somebody needs it. */
export interface BuiltinClient {
  readonly clientId: string;
  readonly name: string;
  readonly type: 'confidential' | 'public';
  readonly grantTypes: readonly GrantTypeName[];
}

type Tables = InferKyselyDB<typeof ClientEntity> &
  InferKyselyDB<typeof ClientSecretEntity> &
  InferKyselyDB<typeof ClientWebOriginEntity>;

/** What a list of clients can be narrowed by. Linked apps (`instance`) are never listed. */
export interface ClientFilter {
  readonly enabled?: boolean;
  /** The client_id, in exact case. */
  readonly clientId?: string;
  /** Part of the client_id or the name, ignoring case. */
  readonly nameContains?: string;
  /** Whether to include the builtin clients of the service. Default false. */
  readonly withBuiltin?: boolean;
}

/** Most linked apps shown per user: about 1 KB each, so 100 KB. */
const MAX_INSTANCES = 100;

const LINKED_APP_PROPERTIES = ['id', 'clientId', 'name', 'softwareId', 'ownerUserId', 'createdAt'] as const;
const INSTANCE_COLUMNS = columnsOf(ClientEntity, 'clients', LINKED_APP_PROPERTIES) as never;

/** What is read of a linked app; a client has many more columns, among them its metadata. */
export type LinkedAppRow = Pick<Client, (typeof LINKED_APP_PROPERTIES)[number]>;

const BY_CLIENT_ID: readonly PageKey[] = [{ column: 'clients.client_id', property: 'clientId', type: 'text' }];

/** A client of which only the columns that a reader asked for were read; only its keys are known to be there. */
export type ClientKeys = Pick<Client, 'tenantId' | 'id'>;

const COLUMNS = new RowColumns<Client>(ClientEntity, 'clients');
const LISTED = new RowColumns<Client>(ClientEntity, 'clients', { always: ['clientId'] });
/** The limit makes the planner look up each id by the key, whatever the size of the tenant. */
const findClientsById = defineVersions<Client>(
  'clients-by-id',
  COLUMNS.all,
  (columns) => sql`select ${columns} from unnest($2::uuid[]) as wanted (id)
    cross join lateral (select * from clients where clients.tenant_id = $1 and clients.id = wanted.id limit 1) clients`,
);
const CLIENT_BY_CLIENT_ID = defineStatement<Client>(
  'client-by-client-id',
  sql`select ${COLUMNS.all.columns} from clients where clients.tenant_id = $1 and clients.client_id = $2`,
);
const SECRETS = defineStatement<ClientSecret>(
  'client-secrets',
  sql`select ${sql.join(columnsOf(ClientSecretEntity, 'client_secrets'))} from client_secrets
    where client_secrets.tenant_id = $1 and client_secrets.client_uuid = any($2::uuid[])
    order by client_secrets.created_at desc, client_secrets.id desc`,
);

/** The only queries on clients and their secrets. */
export class ClientStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  get #sql(): Kysely<Tables> {
    return this.#db.read() as Kysely<Tables>;
  }

  async findById(tenantId: string, id: string): Promise<Client | null> {
    return (await this.findMany(tenantId, [id])).get(id) ?? null;
  }

  /** @param columns What is read of them; null or absent: all. */
  async findMany(
    tenantId: string,
    ids: readonly string[],
    columns: ColumnSet | null = null,
  ): Promise<Map<string, Client>> {
    const known = ids.filter(isUuid);
    if (known.length === 0) return new Map();
    const rows = await this.#db.run(findClientsById(COLUMNS.narrow(columns)), [tenantId, known]);
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Exact case. */
  async findByClientId(tenantId: string, clientId: string): Promise<Client | null> {
    return (await this.#db.run(CLIENT_BY_CLIENT_ID, [tenantId, clientId]))[0] ?? null;
  }

  /** The linked apps of each user, the newest first: at most 100 of each. Reads the columns of a linked app alone. */
  async instancesOf(tenantId: string, userIds: readonly string[]): Promise<LinkedAppRow[]> {
    if (userIds.length === 0) return [];
    const ranked = this.#sql
      .selectFrom('clients')
      .select(INSTANCE_COLUMNS)
      .select(sql<number>`row_number() over (partition by owner_user_id order by created_at desc, id desc)`.as('rank'))
      .where('tenant_id', '=', tenantId)
      .where('kind', '=', 'instance')
      .where(sql<boolean>`owner_user_id = any(${userIds as string[]}::text[])`)
      .as('ranked');
    const query = this.#sql.selectFrom(ranked).select(LINKED_APP_PROPERTIES as never);
    return (await query.where('rank', '<=', MAX_INSTANCES).orderBy('rank').execute()) as unknown as LinkedAppRow[];
  }

  /** Clients in the order of their client_id. @param wanted What is read of them; null or absent: all. */
  page(
    tenantId: string,
    filter: ClientFilter,
    request: PageRequest,
    wanted: ColumnSet | null = null,
  ): Promise<PageResult<Client>> {
    return narrowPageAt(request, wanted, (part, columns) => this.#page(tenantId, filter, part, columns));
  }

  #page(
    tenantId: string,
    filter: ClientFilter,
    request: PageRequest,
    wanted: ColumnSet | null,
  ): Promise<PageResult<Client>> {
    const { columns } = LISTED.narrow(wanted);
    const { clientId, enabled, nameContains, withBuiltin } = filter;
    const kinds = withBuiltin === true ? ['regular', 'builtin'] : ['regular'];
    let query = this.#sql
      .selectFrom('clients')
      .select(columns as never)
      .where('clients.tenant_id', '=', tenantId)
      .where('clients.kind', 'in', kinds);
    if (clientId !== undefined) query = query.where('clients.client_id', '=', clientId);
    const part = nameContains?.toLowerCase();
    const narrowing = allOf([
      ...(enabled === undefined ? [] : [testing(sql<boolean>`clients.enabled = ${enabled}`)]),
      ...(part === undefined
        ? []
        : [
            testing(
              sql<boolean>`(position(${part} in lower(clients.client_id)) > 0 or position(${part} in lower(clients.name)) > 0)`,
            ),
          ]),
    ]);
    const list = { query, table: 'clients', columns, id: 'clients.id' };
    return narrowedPage<Client>(this.#db, list, narrowing, BY_CLIENT_ID, request);
  }

  /** The entity to change, inside a unit of work; locked until it ends. */
  async lock(tenantId: string, id: string): Promise<Client | null> {
    return isUuid(id)
      ? this.#db.em.findOne(ClientEntity, { tenantId, id }, { lockMode: LockMode.PESSIMISTIC_WRITE })
      : null;
  }

  /** As `lock`, by client_id in exact case. */
  async lockByClientId(tenantId: string, clientId: string): Promise<Client | null> {
    return this.#db.em.findOne(ClientEntity, { tenantId, clientId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  create(client: Client): Client {
    return this.#db.em.create(ClientEntity, client);
  }

  /**
   * Adds builtin clients with one insert, inside a unit of work; a client whose `client_id` is taken stays as it is.
   * @returns Those that were added.
   */
  async addBuiltin(
    tenantId: string,
    clients: readonly BuiltinClient[],
    now: Date,
  ): Promise<Pick<Client, 'id' | 'clientId'>[]> {
    const { rows } = await sql<Pick<Client, 'id' | 'clientId'>>`
      insert into clients (tenant_id, id, client_id, name, kind, type, grants, full_role_scope, created_at, updated_at)
      select ${tenantId}::uuid, made.id, made.client_id, made.name, 'builtin', made.type,
             string_to_array(made.grants, ' '), true, ${now}::timestamptz, ${now}::timestamptz
      from unnest(${clients.map(() => newId())}::uuid[], ${clients.map(({ clientId }) => clientId)}::text[],
                  ${clients.map(({ name }) => name)}::text[], ${clients.map(({ type }) => type)}::text[],
                  ${clients.map(({ grantTypes }) => grantTypes.join(' '))}::text[])
        as made (id, client_id, name, type, grants)
      on conflict (tenant_id, client_id) do nothing
      returning id, client_id as "clientId"`.execute(this.#sql);
    return rows;
  }

  async delete(tenantId: string, id: string): Promise<void> {
    await this.#sql.deleteFrom('clients').where('tenant_id', '=', tenantId).where('id', '=', id).execute();
  }

  /** Replaces the origins of a client, inside a unit of work. */
  async replaceOrigins({ tenantId, id }: Pick<Client, 'tenantId' | 'id'>, origins: readonly string[]): Promise<void> {
    await this.#sql
      .deleteFrom('client_web_origins')
      .where('tenant_id', '=', tenantId)
      .where('client_uuid', '=', id)
      .execute();
    if (origins.length === 0) return;
    await this.#sql
      .insertInto('client_web_origins')
      .values(origins.map((origin) => ({ tenant_id: tenantId, origin, client_uuid: id })))
      .execute();
  }

  /**
   * Origins that usable clients list, each once.
   * @param tenantId Null: those of every enabled tenant.
   */
  async webOrigins(tenantId: string | null, limit: number): Promise<string[]> {
    const rows = await this.#listedOrigins(tenantId).distinct().orderBy('listed.origin').limit(limit).execute();
    return rows.map(({ origin }) => origin);
  }

  /**
   * Clients that take messages of the service, by client_id; those that may not be used take none.
   * @param id Null: all of the tenant.
   */
  async findWithAdminUrl(
    tenantId: string,
    id: string | null,
    limit: number,
  ): Promise<readonly Pick<Client, 'id' | 'clientId'>[]> {
    const query = this.#sql
      .selectFrom('clients')
      .select(['id', 'client_id as clientId'])
      .where('tenant_id', '=', tenantId)
      .where(sql<boolean>`metadata ->> 'admin_url' is not null`)
      .where('enabled', '=', true)
      .where('locked_at', 'is', null);
    const narrowed = id === null ? query : query.where('id', '=', id);
    return narrowed.orderBy('client_id').limit(limit).execute();
  }

  /** Whether a usable client lists the origin. @param tenantId Null: of any enabled tenant. */
  async hasWebOrigin(tenantId: string | null, origin: string): Promise<boolean> {
    const query = this.#listedOrigins(tenantId).where('listed.origin', '=', origin).limit(1);
    return (await query.executeTakeFirst()) !== undefined;
  }

  #listedOrigins(tenantId: string | null) {
    const query = this.#sql
      .selectFrom('client_web_origins as listed')
      .innerJoin('clients', (join) =>
        join.onRef('clients.tenant_id', '=', 'listed.tenant_id').onRef('clients.id', '=', 'listed.client_uuid'),
      )
      .select('listed.origin')
      .where('clients.enabled', '=', true)
      .where('clients.locked_at', 'is', null);
    if (tenantId !== null) return query.where('listed.tenant_id', '=', tenantId);
    return query.where(
      sql<boolean>`exists (select from tenants where id = listed.tenant_id and enabled and deleted_at is null)`,
    );
  }

  /** Secrets of a client, newest first, expired ones included. */
  async secretsOf(tenantId: string, clientUuid: string): Promise<ClientSecret[]> {
    return (await this.secretsOfMany(tenantId, [clientUuid])).get(clientUuid) ?? [];
  }

  /** Secrets of each client, newest first, expired ones included. */
  async secretsOfMany(tenantId: string, clientUuids: readonly string[]): Promise<Map<string, ClientSecret[]>> {
    const known = clientUuids.filter(isUuid);
    if (known.length === 0) return new Map();
    const rows = await this.#db.run(SECRETS, [tenantId, known]);
    return Map.groupBy(rows, ({ clientUuid }) => clientUuid);
  }

  addSecret(secret: ClientSecret): ClientSecret {
    return this.#db.em.create(ClientSecretEntity, secret);
  }

  async expireSecret(tenantId: string, id: string, expiresAt: Date): Promise<void> {
    await this.#sql
      .updateTable('client_secrets')
      .set({ expires_at: expiresAt } as never)
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .execute();
  }

  async deleteSecrets(tenantId: string, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#sql
      .deleteFrom('client_secrets')
      .where('tenant_id', '=', tenantId)
      .where('id', 'in', [...ids])
      .execute();
  }
}
