import type { Authority } from '../../access/index.ts';
import type { EventLog, EventType } from '../../events/index.ts';
import { type Clock, newId } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { UserService } from '../user.service.ts';
import type { UserAddress } from './address.entity.ts';
import { addressErrors } from './address.errors.ts';
import { addressEvents } from './address.events.ts';
import { type AddressStore, MAX_ADDRESSES } from './address.store.ts';
import { type AddressInput, addressValues, changedValues } from './address-input.ts';

export interface AddressServiceDeps {
  readonly db: Database;
  readonly store: AddressStore;
  readonly users: Pick<UserService, 'lock'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Rules of the postal addresses of accounts. Every change locks the account first, so they never pass each other. */
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
      const { tenantId, id } = await users.lock(authority, userId);
      const others = await store.lockAll(tenantId, id);
      if (others.length >= MAX_ADDRESSES) throw addressErrors.USER_ADDRESS_LIMIT();
      if (values.isDefault) await this.#unsetDefault(authority, others);
      const now = clock.now();
      const address = store.add({ tenantId, id: newId(), userId: id, ...values, createdAt: now, updatedAt: now });
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
      const { tenantId, id } = await users.lock(authority, userId);
      const all = await store.lockAll(tenantId, id);
      const address = all.find((one) => one.id === addressId.toLowerCase());
      if (address === undefined) throw addressErrors.USER_ADDRESS_NOT_FOUND();
      const values = addressValues(address, input);
      const changed = changedValues(address, values);
      if (changed.length === 0) return address;
      if (values.isDefault && !address.isDefault) await this.#unsetDefault(authority, all);
      Object.assign(address, values, { updatedAt: clock.now() });
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
    const { db, store, users } = this.#deps;
    return db.transaction(async () => {
      const { tenantId, id } = await users.lock(authority, userId);
      const deleted = await store.delete(tenantId, id, addressId);
      if (deleted === null) throw addressErrors.USER_ADDRESS_NOT_FOUND();
      this.#record(authority, addressEvents['user_address.deleted'], { id: deleted, userId: id });
      return deleted;
    });
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
