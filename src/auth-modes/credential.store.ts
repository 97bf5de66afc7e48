import type { InferKyselyDB } from '@mikro-orm/sql';
import { CompiledQuery, sql } from 'kysely';
import type { Sealer } from '../crypto/index.ts';
import { addSeconds, type Clock, isUuid, newId } from '../kernel/index.ts';
import { type Database, defineStatement } from '../persistence/index.ts';
import { CredentialEntity } from './credential.entity.ts';
import { type CredentialInfo, CredentialReader, SHOWN_COLUMNS } from './credential-reader.ts';
import { ACCEPTED_AS_SECOND, CREDENTIAL_KINDS, type CredentialType, SECOND_FACTOR_TYPES } from './mode.ts';

type Tables = InferKyselyDB<typeof CredentialEntity>;

/** A credential to add. */
export interface NewCredential {
  readonly userId: string;
  readonly type: CredentialType;
  readonly label?: string | null;
  /** Data that may be shown. */
  readonly data?: Readonly<Record<string, unknown>>;
  /**
   * Plain if the type's secret is sealed, sealed if its mode does that under a key of the tenant, a PHC string if it is hashed, hashes
   * of codes with blanks between them if it is a list, absent if the type has none.
   */
  readonly secret?: string;
  readonly lookupHash?: Buffer;
}

/** The password of an account: the row and its hash. */
export interface StoredPassword {
  readonly id: string;
  readonly hash: string;
}

/** A credential that its mode sealed under a key of the tenant: the row, and what is sealed. */
export interface SealedByTenant {
  readonly id: string;
  readonly sealed: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A list of codes: the row, and the hashes of the codes that are left. */
export interface StoredCodes {
  readonly id: string;
  readonly hashes: readonly string[];
}

const SEALED = /^v1\./;
const PHC = /^\$[a-z0-9-]+\$/;
/** SHA-256 in base64url; the blank cannot occur in it. */
const CODE_HASHES = /^[\w-]{43}( [\w-]{43})*$/;

/** A new credential comes last, where the credentials of its user were put in order; else all have the priority 0. */
const NEXT_PLACE = defineStatement<{ last: number; priority: number }>(
  'credential-next-place',
  `insert into credential_ordinals (tenant_id, user_id, type, last) values ($1, $2, $3, 1)
  on conflict (tenant_id, user_id, type) do update set last = credential_ordinals.last + 1
  returning last, (select coalesce(max(nullif(c.priority, 0)) + 1, 0)::int from credentials c
    where c.tenant_id = $1 and c.user_id = $2) as priority`,
);
/** The ordinals of several new credentials: of each user and type the last one. */
const NEXT_ORDINALS = defineStatement<{ userId: string; type: CredentialType; last: number }>(
  'credential-next-ordinals',
  `insert into credential_ordinals as o (tenant_id, user_id, type, last)
  select $1::uuid, w.user_id, w.type, w.count from unnest($2::text[], $3::text[], $4::int[]) as w (user_id, type, count)
  order by w.user_id, w.type
  on conflict (tenant_id, user_id, type) do update set last = o.last + excluded.last
  returning user_id as "userId", type, last`,
);
const ADD_MANY = defineStatement<object>(
  'credentials-add',
  `insert into credentials (tenant_id, id, user_id, type, ordinal, label, priority, data, secret, created_at)
  select $1::uuid, w.id, w.user_id, w.type, w.ordinal, w.label, w.priority, w.data, w.secret, w.created_at
  from json_to_recordset($2::json) as w (id uuid, user_id text, type text, ordinal int, label text, priority int, data jsonb,
    secret text, created_at timestamptz)`,
);
const FIND_PASSWORD = defineStatement<StoredPassword>(
  'password-by-user',
  `select id, secret as hash from credentials
  where tenant_id = $1 and user_id = $2 and type = 'password' and secret is not null order by ordinal limit 1`,
);
const DAY_SECONDS = 86_400;
const FIND_OLD_PASSWORD = defineStatement<object>(
  'password-older-than',
  `select id from credentials
  where tenant_id = $1 and user_id = $2 and type = 'password' and secret is not null
    and coalesce(changed_at, created_at) < $3 limit 1`,
);
const FIND_SEALED = defineStatement<SealedByTenant>(
  'credential-sealed-by-tenant',
  `select id, secret as sealed, data from credentials
  where tenant_id = $1 and user_id = $2 and type = $3 and secret is not null order by ordinal limit 1`,
);
const RAISE = defineStatement<object>(
  'credential-raise',
  `update credentials set data = jsonb_set(data, array[$3::text], to_jsonb($4::bigint)), last_used_at = $5
  where tenant_id = $1 and id = $2 and coalesce((data ->> $3)::bigint, -1) < $4 returning id`,
);
const FIND_BY_LOOKUP = defineStatement<CredentialInfo>(
  'credential-by-lookup',
  sql<CredentialInfo>`select ${sql.join(SHOWN_COLUMNS)} from credentials
    where credentials.tenant_id = $1 and credentials.lookup_hash = $2`,
);
/** Of two uses with the same number, only the first finds the row. A key that does not count has 0 for ever. */
const NOTE_PASSKEY_USE = defineStatement<object>(
  'credential-note-passkey-use',
  `update credentials set data = data || jsonb_build_object('counter', $3::bigint, 'isBackedUp', $4::boolean), last_used_at = $5
  where tenant_id = $1 and id = $2 and ((data ->> 'counter')::bigint < $3::bigint
    or ((data ->> 'counter')::bigint = 0 and $3::bigint = 0)) returning id`,
);
const SECOND_FACTORS = defineStatement<{ type: CredentialType }>(
  'second-factors-by-user',
  `select type from credentials where tenant_id = $1 and user_id = $2 and type = any($3::text[])
    and secret is distinct from '' group by type order by min(priority), type`,
);
const REORDER_SQL = `update credentials c set priority = wanted.at
  from unnest($2::uuid[]) with ordinality as wanted (id, at) where c.tenant_id = $1 and c.id = wanted.id`;
const PASSWORD_HASHES_SQL = `select id, secret as hash from credentials
  where tenant_id = $1 and id = any($2::uuid[]) and type = 'password' and secret is not null`;
const FIND_CODES_SQL = `select id, secret as hashes from credentials
  where tenant_id = $1 and user_id = $2 and type = $3 order by ordinal desc limit 1`;
/** The condition is checked again after a wait for the row, so of two uses of one code only the first finds it. */
const TAKE_CODE_SQL = `update credentials
  set secret = array_to_string(array_remove(string_to_array(secret, ' '), $3), ' '),
    data = jsonb_set(data, '{remaining}', to_jsonb(cardinality(string_to_array(secret, ' ')) - 1)), last_used_at = $4
  where tenant_id = $1 and id = $2 and $3 = any(string_to_array(secret, ' '))
  returning (data ->> 'remaining')::int as remaining`;

/**
 * The only queries on credentials. Secrets leave it only through `openSecret`, `findPassword`, `findSealedByTenant`, `passwordHashes` and
 * `findCodes`.
 */
export class CredentialStore {
  readonly #db: Database;
  readonly #sealer: Sealer;
  readonly #clock: Clock;
  readonly #reader: CredentialReader;

  /** @param sealer Of the purpose `credential`. */
  constructor(db: Database, sealer: Sealer, clock: Clock) {
    this.#db = db;
    this.#reader = new CredentialReader(db);
    this.#sealer = sealer;
    this.#clock = clock;
  }

  /**
   * Adds a credential under the next ordinal of its user and type, inside a unit of work.
   * @throws Error The secret does not have the form of its type: a fault of the service.
   */
  async add(tenantId: string, credential: NewCredential): Promise<CredentialInfo> {
    const { userId, type } = credential;
    const id = newId();
    const [counted] = await this.#db.run(NEXT_PLACE, [tenantId, userId, type]);
    const secret = this.#kept(tenantId, id, type, credential.secret);
    const shown = {
      tenantId,
      id,
      userId,
      type,
      ordinal: counted!.last,
      label: credential.label ?? null,
      priority: counted!.priority,
      data: { ...credential.data },
      createdAt: this.#clock.now(),
      changedAt: null,
      lastUsedAt: null,
    };
    this.#db.em.create(CredentialEntity, { ...shown, secret, lookupHash: credential.lookupHash ?? null });
    await this.#db.em.flush();
    return shown;
  }

  /**
   * Adds credentials of many users, inside a unit of work: two statements. Those of a user who has several are put in the given order.
   * @param added Of users who have no credential yet.
   * @throws Error A secret does not have the form of its type: a fault of the service.
   */
  async addMany(
    tenantId: string,
    added: readonly (NewCredential & { readonly createdAt: Date })[],
  ): Promise<readonly CredentialInfo[]> {
    if (added.length === 0) return [];
    const rows = ordered(added);
    const counted = [...Map.groupBy(rows, ({ userId, type }) => `${type} ${userId}`).values()];
    await this.#db.run(NEXT_ORDINALS, [
      tenantId,
      counted.map(([first]) => first!.userId),
      counted.map(([first]) => first!.type),
      counted.map((several) => several.length),
    ]);
    const kept = rows.map(({ secret, lookupHash: _, ...shown }) => ({
      shown: { tenantId, changedAt: null, lastUsedAt: null, ...shown },
      secret: this.#kept(tenantId, shown.id, shown.type, secret),
    }));
    await this.#db.run(ADD_MANY, [
      tenantId,
      JSON.stringify(
        kept.map(({ shown: { userId, createdAt, ...more }, secret }) => ({
          ...more,
          user_id: userId,
          created_at: createdAt,
          secret,
        })),
      ),
    ]);
    return kept.map(({ shown }) => shown);
  }

  #kept(tenantId: string, id: string, type: CredentialType, secret: string | undefined): string | null {
    const form = CREDENTIAL_KINDS[type].secret;
    if (form === 'none') {
      if (secret !== undefined) throw new Error(`A ${type} keeps no secret.`);
      return null;
    }
    if (secret === undefined) throw new Error(`A ${type} needs a secret.`);
    if (form === 'sealed') return this.#sealer.seal(secret, contextOf(tenantId, id));
    if (form === 'tenant-sealed') {
      if (!SEALED.test(secret)) throw new Error(`The secret of a ${type} must be sealed before it is stored.`);
      return secret;
    }
    if (form === 'code-hashes') {
      if (!CODE_HASHES.test(secret)) throw new Error(`The codes of a ${type} must be hashed before they are stored.`);
      return secret;
    }
    if (!PHC.test(secret)) throw new Error(`The secret of a ${type} must be hashed before it is stored.`);
    return secret;
  }

  /** The plain secret of a credential that keeps a sealed one; null when there is no such credential. */
  async openSecret(tenantId: string, id: string): Promise<Buffer | null> {
    if (!isUuid(id)) return null;
    const [row] = await this.#run<{ secret: string | null; type: CredentialType }>(
      'select secret, type from credentials where tenant_id = $1 and id = $2',
      [tenantId, id],
    );
    if (row === undefined || row.secret === null || CREDENTIAL_KINDS[row.type].secret !== 'sealed') return null;
    return this.#sealer.open(row.secret, contextOf(tenantId, id));
  }

  /** The password of an account; null when it has none. */
  async findPassword(tenantId: string, userId: string): Promise<StoredPassword | null> {
    return (await this.#db.run(FIND_PASSWORD, [tenantId, userId]))[0] ?? null;
  }

  /** The credential of a type that is sealed under a key of the tenant; null when the account has none. */
  async findSealedByTenant(tenantId: string, userId: string, type: CredentialType): Promise<SealedByTenant | null> {
    return (await this.#db.run(FIND_SEALED, [tenantId, userId, type]))[0] ?? null;
  }

  /** The hashes of passwords, by the ids of their rows. */
  async passwordHashes(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#run<StoredPassword>(PASSWORD_HASHES_SQL, [tenantId, ids]);
    return new Map(rows.map(({ id, hash }) => [id, hash]));
  }

  /** Replaces a stored secret, such as a hash, if it is still the one that was read. @returns Whether it was. */
  async replaceHash(tenantId: string, id: string, before: string, after: string): Promise<boolean> {
    const replaced = await this.#run<unknown>(
      'update credentials set secret = $4 where tenant_id = $1 and id = $2 and secret = $3 returning id',
      [tenantId, id, before, after],
    );
    return replaced.length > 0;
  }

  /** As `replaceHash`, for the hash of another password, whose age begins now. */
  async changePassword(tenantId: string, id: string, before: string, after: string): Promise<void> {
    await this.#run(
      'update credentials set secret = $4, changed_at = $5 where tenant_id = $1 and id = $2 and secret = $3',
      [tenantId, id, before, after, this.#clock.now()],
    );
  }

  /** Whether an account has a password, and has had it for more days than these. */
  async isPasswordOlder(tenantId: string, userId: string, days: number): Promise<boolean> {
    const since = addSeconds(this.#clock.now(), -days * DAY_SECONDS);
    return (await this.#db.run(FIND_OLD_PASSWORD, [tenantId, userId, since])).length > 0;
  }

  /** Types of the account's second factors, in the order of its credentials. The only rule for "has a second factor". */
  async secondFactorMethods(tenantId: string, userId: string): Promise<CredentialType[]> {
    const rows = await this.#db.run(SECOND_FACTORS, [tenantId, userId, SECOND_FACTOR_TYPES]);
    return rows.map(({ type }) => type);
  }

  /**
   * Types that a sign-in accepts as second factor of the account, in the order of its credentials; recovery codes while one of them
   * is left.
   */
  async acceptedAsSecond(tenantId: string, userId: string): Promise<CredentialType[]> {
    const rows = await this.#db.run(SECOND_FACTORS, [tenantId, userId, ACCEPTED_AS_SECOND]);
    return rows.map(({ type }) => type);
  }

  /** Whether the account has a credential of one of these types. */
  async hasAny(tenantId: string, userId: string, types: readonly CredentialType[]): Promise<boolean> {
    return (await this.#db.run(SECOND_FACTORS, [tenantId, userId, types])).length > 0;
  }

  /** The newest list of codes of an account, with the hashes of those that are left; null when it has none. */
  async findCodes(tenantId: string, userId: string, type: CredentialType): Promise<StoredCodes | null> {
    const [row] = await this.#run<{ id: string; hashes: string }>(FIND_CODES_SQL, [tenantId, userId, type]);
    return row === undefined ? null : { id: row.id, hashes: row.hashes.split(' ').filter((hash) => hash !== '') };
  }

  /**
   * Removes one code from a list and stores the use. Of two calls with the same code, only one succeeds.
   * @returns How many codes are left; null when the code is not in the list any more.
   */
  async takeCode(tenantId: string, id: string, hash: string): Promise<number | null> {
    const [row] = await this.#run<{ remaining: number }>(TAKE_CODE_SQL, [tenantId, id, hash, this.#clock.now()]);
    return row?.remaining ?? null;
  }

  async findById(tenantId: string, id: string): Promise<CredentialInfo | null> {
    if (!isUuid(id)) return null;
    const row = await this.#select(tenantId).where('credentials.id', '=', id).executeTakeFirst();
    return (row ?? null) as CredentialInfo | null;
  }

  /** The credential with this look-up hash, of whichever user. */
  async findByLookup(tenantId: string, lookupHash: Buffer): Promise<CredentialInfo | null> {
    return (await this.#db.run(FIND_BY_LOOKUP, [tenantId, lookupHash]))[0] ?? null;
  }

  /** The credentials of a user, in their order, else by type and ordinal. Concurrent calls share statements. */
  ofUser(tenantId: string, userId: string): Promise<readonly CredentialInfo[]> {
    return this.#reader.ofUser(tenantId, userId);
  }

  /** Credentials of many users, by user; those without any are absent. */
  async ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly CredentialInfo[]>> {
    const lists = await Promise.all(userIds.map(async (id) => [id, await this.ofUser(tenantId, id)] as const));
    return new Map(lists.filter(([, list]) => list.length > 0));
  }

  /** @returns Whether there was one. */
  async remove(tenantId: string, id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const removed = await this.#run<unknown>('delete from credentials where tenant_id = $1 and id = $2 returning id', [
      tenantId,
      id,
    ]);
    return removed.length > 0;
  }

  async rename(tenantId: string, id: string, label: string | null): Promise<void> {
    await this.#run('update credentials set label = $3 where tenant_id = $1 and id = $2', [tenantId, id, label]);
  }

  /** Puts credentials of one user in order. @param ids Of all its credentials. */
  async reorder(tenantId: string, ids: readonly string[]): Promise<void> {
    await this.#run(REORDER_SQL, [tenantId, ids]);
  }

  /** Stores the current time as the last use of a credential. */
  async noteUse(tenantId: string, id: string): Promise<void> {
    await this.#run('update credentials set last_used_at = $3 where tenant_id = $1 and id = $2', [
      tenantId,
      id,
      this.#clock.now(),
    ]);
  }

  /**
   * Raises a number in `data` and stores the use. Of two calls that raise it to the same value, only one succeeds.
   * @returns False when the number is already that high, or there is no such credential.
   */
  async raise(tenantId: string, id: string, name: string, value: number): Promise<boolean> {
    if (!isUuid(id)) return false;
    return (await this.#db.run(RAISE, [tenantId, id, name, value, this.#clock.now()])).length > 0;
  }

  /**
   * Stores a use of a passkey.
   * @param use What its authenticator said: how many signatures it made, and whether the key is copied.
   * @returns False when it said that number before, or a higher one.
   */
  async notePasskeyUse(
    tenantId: string,
    id: string,
    { counter, isBackedUp }: { readonly counter: number; readonly isBackedUp: boolean },
  ): Promise<boolean> {
    const values = [tenantId, id, counter, isBackedUp, this.#clock.now()];
    return (await this.#db.run(NOTE_PASSKEY_USE, values)).length > 0;
  }

  #select(tenantId: string) {
    return this.#db
      .read<Tables>()
      .selectFrom('credentials')
      .select(SHOWN_COLUMNS)
      .where('credentials.tenant_id', '=', tenantId);
  }

  async #run<R>(text: string, values: readonly unknown[]): Promise<R[]> {
    return (await this.#db.read().executeQuery<R>(CompiledQuery.raw(text, [...values]))).rows;
  }
}

/** New credentials with their ids, their ordinals, and their places where a user has several. */
function ordered(added: readonly (NewCredential & { readonly createdAt: Date })[]) {
  const counts = Map.groupBy(added, ({ userId }) => userId);
  const places = new Map<string, number>();
  const nextOf = (key: string): number => {
    const next = (places.get(key) ?? 0) + 1;
    places.set(key, next);
    return next;
  };
  return added.map((credential) => ({
    ...credential,
    id: newId(),
    ordinal: nextOf(`${credential.type} ${credential.userId}`),
    priority: counts.get(credential.userId)!.length === 1 ? 0 : nextOf(credential.userId),
    label: credential.label ?? null,
    data: { ...credential.data },
  }));
}

/** Context of a sealed secret, which binds it to its row: it cannot be opened in another. */
const contextOf = (tenantId: string, id: string): string => `credentials/${tenantId}/${id}`;
