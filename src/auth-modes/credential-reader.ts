import { sql } from 'kysely';
import { BatchReader, columnsOf, type Database, defineStatement } from '../persistence/index.ts';
import { type Credential, CredentialEntity } from './credential.entity.ts';
import type { CredentialType } from './mode.ts';

/** A credential without its secret and its look-up hash, as it may be shown. */
export type CredentialInfo = Omit<Credential, 'secret' | 'lookupHash' | 'type'> & { readonly type: CredentialType };

const SHOWN = [
  'tenantId',
  'id',
  'userId',
  'type',
  'ordinal',
  'label',
  'priority',
  'data',
  'createdAt',
  'changedAt',
  'lastUsedAt',
] as const satisfies readonly (keyof Credential)[];

/** What may be shown of a credential. */
export const SHOWN_COLUMNS = columnsOf(CredentialEntity, 'credentials', SHOWN);

interface Owner {
  readonly tenantId: string;
  readonly userId: string;
}

/** Most users of one statement, as of one that reads users. */
const MAX_BATCH = 500;

/** The offset makes the planner use one index probe for each user, also while the table has no statistics. */
const CREDENTIALS_OF_USERS = defineStatement<CredentialInfo>(
  'credentials-of-users',
  sql<CredentialInfo>`select ${sql.join(SHOWN_COLUMNS)} from unnest($1::uuid[], $2::text[]) as wanted (tenant_id, user_id)
    cross join lateral (
      select * from credentials c where c.tenant_id = wanted.tenant_id and c.user_id = wanted.user_id offset 0) credentials
    order by credentials.priority, credentials.type, credentials.ordinal`,
);

/**
 * Reads the credentials of users, and joins the reads of different requests into one statement. Each key of the statement is a
 * pair (tenant, user), so that a batch may mix tenants.
 */
export class CredentialReader {
  readonly #db: Database;
  readonly #batch = new BatchReader<Owner, readonly CredentialInfo[]>({
    max: MAX_BATCH,
    read: (owners) => this.#read(owners),
  });

  constructor(db: Database) {
    this.#db = db;
  }

  /** The credentials of a user, in their order, else by type and ordinal. */
  ofUser(tenantId: string, userId: string): Promise<readonly CredentialInfo[]> {
    return this.#batch.ask({ tenantId, userId });
  }

  async #read(owners: readonly Owner[]): Promise<readonly (readonly CredentialInfo[])[]> {
    const distinct = [...new Map(owners.map((owner) => [keyOf(owner), owner])).values()];
    const keys = [distinct.map(({ tenantId }) => tenantId), distinct.map(({ userId }) => userId)];
    const found = Map.groupBy(await this.#db.run(CREDENTIALS_OF_USERS, keys), keyOf);
    return owners.map((owner) => found.get(keyOf(owner)) ?? []);
  }
}

const keyOf = ({ tenantId, userId }: Owner): string => `${tenantId} ${userId}`;
