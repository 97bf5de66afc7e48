import type { Authority } from '../../access/index.ts';
import type { EventLog, EventType } from '../../events/index.ts';
import { type Clock, newId } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { User } from '../user.entity.ts';
import type { UserService } from '../user.service.ts';
import type { UserAddress } from './address.entity.ts';
import { addressErrors } from './address.errors.ts';
import { addressEvents } from './address.events.ts';
import type { AddressStore } from './address.store.ts';
import { type AddressInput, type AddressValues, addressValues, changedValues } from './address-input.ts';
import { type AddressChanges, addressChanges, MAX_ADDRESSES, type StandardAddress } from './standard-address.ts';

export interface AddressServiceDeps {
  readonly db: Database;
  readonly store: AddressStore;
  readonly users: Pick<UserService, 'lock'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/**
 * Rules of the postal addresses of accounts. Every change locks the account first, so they never pass each other, and counts as a
 * change of the account (`updatedAt`).
 */
export class AddressService {
  readonly #deps: AddressServiceDeps;

  constructor(deps: AddressServiceDeps) {
    this.#deps = deps;
  }

  /** The address with this id, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, id: string): Promise<UserAddress | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  /** Addresses of many users, oldest first. The caller of this method must check the permission to read them. */
  ofUsers(tenantId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly UserAddress[]>> {
    return this.#deps.store.ofUsers(tenantId, userIds);
  }

  /**
   * Adds an address. A new default replaces the earlier one.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED, USER_ADDRESS_LIMIT, INVALID_INPUT
   */
  async add(authority: Authority, userId: string, input: AddressInput): Promise<UserAddress> {
    const values = addressValues(null, input);
    const { db, store, users, clock } = this.#deps;
    return db.transaction(async () => {
      const user = await users.lock(authority, userId);
      const others = await store.lockAll(user.tenantId, user.id);
      if (others.length >= MAX_ADDRESSES) throw addressErrors.USER_ADDRESS_LIMIT();
      if (values.isDefault) await this.#unsetDefault(authority, others);
      const now = clock.now();
      const address = store.add(newRow(user, values, now));
      user.updatedAt = now;
      await db.em.flush();
      this.#record(authority, addressEvents['user_address.created'], address);
      return address;
    });
  }

  /**
   * Changes what is given and leaves the rest. A new default replaces the earlier one.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED, INVALID_INPUT
   * @throws USER_ADDRESS_NOT_FOUND There is none, or it belongs to another user.
   */
  async update(authority: Authority, userId: string, addressId: string, input: AddressInput): Promise<UserAddress> {
    const { db, store, users, clock } = this.#deps;
    return db.transaction(async () => {
      const user = await users.lock(authority, userId);
      const all = await store.lockAll(user.tenantId, user.id);
      const address = all.find((one) => one.id === addressId.toLowerCase());
      if (address === undefined) throw addressErrors.USER_ADDRESS_NOT_FOUND();
      const values = addressValues(address, input);
      const changed = changedValues(address, values);
      if (changed.length === 0) return address;
      if (values.isDefault && !address.isDefault) await this.#unsetDefault(authority, all);
      const now = clock.now();
      Object.assign(address, values, { updatedAt: now });
      user.updatedAt = now;
      await db.em.flush();
      this.#record(authority, addressEvents['user_address.updated'], address, { changed });
      return address;
    });
  }

  /**
   * Deletes an address. Where it was the default, the user has none then.
   * @returns Its id.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED
   * @throws USER_ADDRESS_NOT_FOUND There is none, or it belongs to another user.
   */
  async delete(authority: Authority, userId: string, addressId: string): Promise<string> {
    const { clock, db, store, users } = this.#deps;
    return db.transaction(async () => {
      const user = await users.lock(authority, userId);
      const [deleted] = await store.delete(user.tenantId, user.id, [addressId]);
      if (deleted === undefined) throw addressErrors.USER_ADDRESS_NOT_FOUND();
      user.updatedAt = clock.now();
      await db.em.flush();
      this.#record(authority, addressEvents['user_address.deleted'], { id: deleted, userId: user.id });
      return deleted;
    });
  }

  /** Adds addresses to an account that the open unit of work has made. @throws INVALID_INPUT As `addressChanges`. */
  async giveToNew(authority: Authority, user: User, addresses: readonly StandardAddress[]): Promise<void> {
    await this.#write(authority, user, addressChanges([], addresses));
  }

  /**
   * Makes the addresses of an account those of a standard profile, as `addressChanges` says; what is equal is not written.
   * @param user The account, locked by the open unit of work, which has checked that the caller may change it.
   * @throws INVALID_INPUT As `addressChanges`.
   */
  async replaceAll(authority: Authority, user: User, addresses: readonly StandardAddress[]): Promise<void> {
    const { clock, store } = this.#deps;
    const changes = addressChanges(await store.lockAll(user.tenantId, user.id), addresses);
    if (Object.values(changes).every((list) => list.length === 0)) return;
    user.updatedAt = clock.now();
    await this.#write(authority, user, changes);
  }

  async #write(authority: Authority, user: User, { added, changed, removed }: AddressChanges): Promise<void> {
    const { clock, db, store } = this.#deps;
    const now = clock.now();
    await store.delete(
      user.tenantId,
      user.id,
      removed.map(({ id }) => id),
    );
    for (const row of removed) this.#record(authority, addressEvents['user_address.deleted'], row);
    const created = added.map((values) => newRow(user, values, now));
    // The index that allows one default looks at each statement, so what is none any more is written before what becomes it.
    for (const isDefault of [false, true]) {
      for (const { row, values } of changed.filter((each) => each.values.isDefault === isDefault)) {
        const names = changedValues(row, values);
        Object.assign(row, values, { updatedAt: now });
        this.#record(authority, addressEvents['user_address.updated'], row, { changed: names });
      }
      for (const address of created.filter((each) => each.isDefault === isDefault))
        this.#record(authority, addressEvents['user_address.created'], store.add(address));
      await db.em.flush();
    }
  }

  /** Written before the new default, because the index that allows one default looks at each statement. */
  async #unsetDefault(authority: Authority, addresses: readonly UserAddress[]): Promise<void> {
    const before = addresses.find(({ isDefault }) => isDefault);
    if (before === undefined) return;
    before.isDefault = false;
    before.updatedAt = this.#deps.clock.now();
    await this.#deps.db.em.flush();
    this.#record(authority, addressEvents['user_address.updated'], before, { changed: ['isDefault'] });
  }

  /** The texts of an address are personal data, so the event has their names alone. */
  #record(
    authority: Authority,
    type: EventType,
    { id, userId }: Pick<UserAddress, 'id' | 'userId'>,
    more: Readonly<Record<string, unknown>> = {},
  ): void {
    this.#deps.events.record(authority.caller, authority.tenant, {
      type,
      subjectId: userId,
      params: { address_id: id, ...more },
    });
  }
}

const newRow = ({ tenantId, id: userId }: User, values: AddressValues, now: Date): UserAddress => ({
  tenantId,
  id: newId(),
  userId,
  ...values,
  createdAt: now,
  updatedAt: now,
});
