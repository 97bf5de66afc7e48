import type { InferKyselyDB } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { hashHandle, mintHandle } from '../../crypto/index.ts';
import type { Clock, TenantRef } from '../../kernel/index.ts';
import { columnsOf, type Database, defineStatement } from '../../persistence/index.ts';
import { type OneTimeCode, OneTimeCodeEntity } from './one-time-code.entity.ts';

type Tables = InferKyselyDB<typeof OneTimeCodeEntity>;

/** A secret that works once, with the data stored until it is used. */
export interface NewOneTimeCode {
  /** What the code is for, at most 32 characters: a code of one kind is never accepted as another. */
  readonly kind: string;
  readonly userId?: string | null;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly expiresAt: Date;
  /** The secret itself where its form is fixed (a UUID, digits); default a new handle that names the tenant. */
  readonly code?: string;
}

/** A bound of the codes of a kind that live at the same time. */
export interface CodeBucket {
  /** Who shares the bound, at most 64 characters; null: no bound. */
  readonly key: string | null;
  /** How many may live. Simultaneous requests may exceed it by the connections of the nodes. */
  readonly count: number;
}

/** A bound within a bucket: of its codes, those that have the same value in a member of their payload. */
export interface CodeShare {
  /** Name of the member. */
  readonly member: string;
  /** How many may live. */
  readonly count: number;
}

export type OneTimeCodeRow = Omit<OneTimeCode, 'hash'>;

const SHOWN = Object.keys(OneTimeCodeEntity.meta.properties).filter((name) => name !== 'hash') as never[];
const COLUMNS = sql.join(columnsOf(OneTimeCodeEntity, 'one_time_codes', SHOWN));
const IS_MEANT = sql`one_time_codes.tenant_id = $1 and one_time_codes.hash = $2 and one_time_codes.kind = $3`;
const FIND = defineStatement<OneTimeCodeRow>(
  'one-time-code-find',
  sql<OneTimeCodeRow>`select ${COLUMNS} from one_time_codes where ${IS_MEANT}`,
);
const TAKE = defineStatement<OneTimeCodeRow>(
  'one-time-code-take',
  sql<OneTimeCodeRow>`delete from one_time_codes where ${IS_MEANT} returning ${COLUMNS}`,
);

const INSERT = defineStatement<object>(
  'one-time-code-insert',
  `insert into one_time_codes (tenant_id, hash, kind, user_id, payload, attempts, expires_at, created_at)
  values ($1, $2, $3, $4, $5::jsonb, 0, $6, $7)`,
);

const INSERT_WITHIN = defineStatement<{ kind: string }>(
  'one-time-code-insert-within',
  `insert into one_time_codes (tenant_id, hash, kind, bucket, payload, attempts, expires_at, created_at)
  select $1, $2, $3::varchar, $4::varchar, $5::jsonb, 0, $6::timestamptz, $7::timestamptz
  where not exists (
    select from one_time_codes o where o.tenant_id = $1 and o.kind = $3::varchar and o.bucket = $4::varchar and o.expires_at > $7::timestamptz
    order by o.expires_at offset $8 limit 1)
  returning kind`,
);

/** The codes that share the bucket, and those of them that have the same member, both without the new one. */
const INSERT_COUNTED = defineStatement<{ inBucket: number; inShare: number }>(
  'one-time-code-insert-counted',
  `with living as materialized (
    select count(*)::int as bucket, count(*) filter (where o.payload ->> $8::text = $5::jsonb ->> $8::text)::int as share
    from one_time_codes o where o.tenant_id = $1 and o.kind = $3::varchar and o.bucket = $4::varchar
  )
  insert into one_time_codes (tenant_id, hash, kind, bucket, payload, attempts, expires_at, created_at)
  values ($1, $2, $3::varchar, $4::varchar, $5::jsonb, 0, $6, $7)
  returning (select living.bucket from living) as "inBucket", (select living.share from living) as "inShare"`,
);

/**
 * Deletes those whose place a new code takes; one that another request uses or deletes at the moment is left alone. Their hashes are
 * arrays, because a join would compare all codes of the tenant by a plan that was made while the table was empty.
 */
const KEEP_NEWEST = defineStatement<object>(
  'one-time-code-keep-newest',
  `with placed as (
    select o.hash, row_number() over (order by o.created_at desc, o.hash) as place,
      o.payload ->> $6::text = $5::jsonb ->> $6::text as is_shared,
      row_number() over (partition by o.payload ->> $6::text order by o.created_at desc, o.hash) as share_place
    from one_time_codes o
    where o.tenant_id = $1 and o.kind = $3::varchar and o.bucket = $4::varchar and o.hash <> $2
  ), free as (
    select l.hash from one_time_codes l where l.tenant_id = $1 and l.hash = any(array(
      select p.hash from placed p where p.place >= $7 or (p.is_shared and p.share_place >= $8)))
    for update skip locked
  )
  delete from one_time_codes where tenant_id = $1 and hash = any(array(select free.hash from free))`,
);

/** Secrets that work once. The table holds their hashes only. */
export class OneTimeCodeStore {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  #rows() {
    return this.#db.read<Tables>();
  }

  /** Stores the hash of a code. @returns The secret, which is not stored. */
  async put(tenant: Pick<TenantRef, 'id' | 'route'>, input: NewOneTimeCode): Promise<string> {
    const code = input.code ?? mintHandle(tenant.route);
    await this.#db.run(INSERT, [
      tenant.id,
      hashHandle(code),
      input.kind,
      input.userId ?? null,
      JSON.stringify(input.payload ?? {}),
      input.expiresAt,
      this.#clock.now(),
    ]);
    return code;
  }

  /** As `put`, of at least one code, in one statement for all. @returns The secrets, in their order. */
  async putMany(
    tenant: Pick<TenantRef, 'id' | 'route'>,
    inputs: readonly Omit<NewOneTimeCode, 'code'>[],
  ): Promise<string[]> {
    const codes = inputs.map(() => mintHandle(tenant.route));
    const createdAt = this.#clock.now();
    const rows = inputs.map(({ kind, userId, payload, expiresAt }, at) => ({
      tenant_id: tenant.id,
      hash: hashHandle(codes[at]!),
      kind,
      user_id: userId ?? null,
      payload: JSON.stringify(payload ?? {}),
      attempts: 0,
      expires_at: expiresAt,
      created_at: createdAt,
    }));
    await this.#rows()
      .insertInto('one_time_codes')
      .values(rows as never)
      .execute();
    return codes;
  }

  /** As `put`, unless too many codes of the kind live that share the bucket. @returns The secret; null: nothing was stored. */
  async putWithin(
    tenant: Pick<TenantRef, 'id' | 'route'>,
    { kind, payload, expiresAt, code = mintHandle(tenant.route) }: Omit<NewOneTimeCode, 'userId'>,
    { key, count }: CodeBucket,
  ): Promise<string | null> {
    const inserted = await this.#db.run(INSERT_WITHIN, [
      tenant.id,
      hashHandle(code),
      kind,
      key,
      JSON.stringify(payload ?? {}),
      expiresAt,
      this.#clock.now(),
      count - 1,
    ]);
    return inserted.length === 0 ? null : code;
  }

  /**
   * As `put`, and withdraws the oldest codes of the kind where too many live that share the bucket, or the bucket and a member of the
   * payload. Nobody can push out what others have in another bucket.
   * @returns The secret.
   */
  async putNewest(
    tenant: Pick<TenantRef, 'id' | 'route'>,
    { kind, payload, expiresAt, code = mintHandle(tenant.route) }: Omit<NewOneTimeCode, 'userId'>,
    { key, count }: CodeBucket,
    share: CodeShare,
  ): Promise<string> {
    const hash = hashHandle(code);
    const json = JSON.stringify(payload ?? {});
    const own = [tenant.id, hash, kind, key, json] as const;
    const [counted] = await this.#db.run(INSERT_COUNTED, [...own, expiresAt, this.#clock.now(), share.member]);
    const { inBucket, inShare } = counted!;
    if (inBucket >= count || inShare >= share.count)
      await this.#db.run(KEEP_NEWEST, [...own, share.member, count, share.count]);
    return code;
  }

  /**
   * Uses a code up: of two concurrent calls, one gets the row.
   * @returns null when it is unknown, spent, expired or of another kind.
   */
  async take(tenantId: string, kind: string, code: string): Promise<OneTimeCodeRow | null> {
    const [row] = await this.#db.run(TAKE, [tenantId, hashHandle(code), kind]);
    return row !== undefined && row.expiresAt > this.#clock.now() ? row : null;
  }

  /** Reads a code without using it up. */
  async find(tenantId: string, kind: string, code: string): Promise<OneTimeCodeRow | null> {
    const row = await this.findLate(tenantId, kind, code);
    return row !== null && row.expiresAt > this.#clock.now() ? row : null;
  }

  /** As `find`, also a code that has expired and is still stored. */
  async findLate(tenantId: string, kind: string, code: string): Promise<OneTimeCodeRow | null> {
    const [row] = await this.#db.run(FIND, [tenantId, hashHandle(code), kind]);
    return row ?? null;
  }

  /** Counts a wrong answer to what the code stands for. @returns How many there were, this one included; 0 = no such code. */
  async countAttempt(tenantId: string, kind: string, code: string): Promise<number> {
    const row = await this.#rows()
      .updateTable('one_time_codes')
      .set({ attempts: sql<number>`attempts + 1` })
      .where('tenant_id', '=', tenantId)
      .where('hash', '=', hashHandle(code))
      .where('kind', '=', kind)
      .returning('attempts')
      .executeTakeFirst();
    return row?.attempts ?? 0;
  }

  /** How many codes of a kind a user has that have not expired. */
  async countOfUser(tenantId: string, userId: string, kind: string): Promise<number> {
    const row = await this.#rows()
      .selectFrom('one_time_codes')
      .select(sql<number>`count(*)::int`.as('count'))
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('kind', '=', kind)
      .where('expires_at', '>', this.#clock.now())
      .executeTakeFirstOrThrow();
    return row.count;
  }

  /** How many stored codes of a kind a user got after a moment. */
  async countSince(tenantId: string, userId: string, kind: string, since: Date): Promise<number> {
    const row = await this.#rows()
      .selectFrom('one_time_codes')
      .select(sql<number>`count(*)::int`.as('count'))
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('kind', '=', kind)
      .where('created_at', '>', since)
      .executeTakeFirstOrThrow();
    return row.count;
  }

  /** Withdraws the codes of a user, of one kind or all. */
  async deleteOfUser(tenantId: string, userId: string, kind?: string): Promise<void> {
    let query = this.#rows()
      .deleteFrom('one_time_codes')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId);
    if (kind !== undefined) query = query.where('kind', '=', kind);
    await query.execute();
  }

  /**
   * Withdraws the codes of a kind that a user has beyond the newest ones, so that no request makes them grow. Leaves those that another
   * request withdraws or uses at the moment, so that the two do not wait for each other.
   */
  async keepNewest(
    tenantId: string,
    { userId, kind, count }: { readonly userId: string; readonly kind: string; readonly count: number },
  ): Promise<void> {
    await sql`
      delete from one_time_codes where tenant_id = ${tenantId} and hash in (
        select l.hash from one_time_codes l where l.tenant_id = ${tenantId} and l.hash in (
          select o.hash from one_time_codes o
          where o.tenant_id = ${tenantId} and o.user_id = ${userId} and o.kind = ${kind}
          order by o.created_at desc, o.hash offset ${count})
        for update skip locked
      )`.execute(this.#rows());
  }

  /** Deletes up to `limit` expired codes of any tenant. @returns How many were deleted. */
  sweepExpired(limit: number): Promise<number> {
    return this.#db.change(sql`
      delete from one_time_codes c using (
        select e.tenant_id, e.hash from tenants t cross join lateral (
          select o.tenant_id, o.hash from one_time_codes o
          where o.tenant_id = t.id and o.expires_at < ${this.#clock.now()}
          order by o.expires_at limit ${limit}
        ) e limit ${limit}
      ) gone
      where c.tenant_id = gone.tenant_id and c.hash = gone.hash`);
  }
}
