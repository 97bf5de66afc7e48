import { sql } from 'kysely';
import { isUuid } from '../../kernel/index.ts';
import { type Database, defineStatement, RowColumns } from '../../persistence/index.ts';
import { type UserAddress, UserAddressEntity } from './address.entity.ts';
import { MAX_ADDRESSES } from './standard-address.ts';

const { columns } = new RowColumns<UserAddress>(UserAddressEntity, 'a').all;

/** The limit makes the planner use one index probe for each user, also while the table has no statistics. */
const OF_USERS = defineStatement<UserAddress>(
  'addresses-of-users',
  sql<UserAddress>`select ${columns} from unnest($2::text[]) as wanted (user_id)
    cross join lateral (select * from user_addresses where tenant_id = $1 and user_id = wanted.user_id
      order by id limit ${sql.lit(MAX_ADDRESSES)}) a`,
);
const BY_ID = defineStatement<UserAddress>(
  'address-by-id',
  sql<UserAddress>`select ${columns} from user_addresses a where a.tenant_id = $1 and a.id = $2`,
);
const DELETE = defineStatement<{ id: string }>(
  'address-delete',
  'delete from user_addresses where tenant_id = $1 and user_id = $2 and id = any($3::uuid[]) returning id',
);

/** The only queries on addresses. */
export class AddressStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Addresses of many users, by user, oldest first. */
  async ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly UserAddress[]>> {
    const rows = await this.#db.run(OF_USERS, [tenantId, userIds]);
    return Map.groupBy(rows, ({ userId }) => userId);
  }

  async findById(tenantId: string, id: string): Promise<UserAddress | null> {
    return isUuid(id) ? ((await this.#db.run(BY_ID, [tenantId, id]))[0] ?? null) : null;
  }

  /** The addresses of a user to change, inside a unit of work that has locked the user. */
  lockAll(tenantId: string, userId: string): Promise<UserAddress[]> {
    return this.#db.em.find(UserAddressEntity, { tenantId, userId }, { orderBy: { id: 'asc' } });
  }

  add(address: UserAddress): UserAddress {
    return this.#db.em.create(UserAddressEntity, address);
  }

  /** Deletes addresses of a user. @returns The ids of those that the user had. */
  async delete(tenantId: string, userId: string, ids: readonly string[]): Promise<string[]> {
    const wanted = ids.filter(isUuid);
    if (wanted.length === 0) return [];
    return (await this.#db.run(DELETE, [tenantId, userId, wanted])).map(({ id }) => id);
  }
}
