import type { Authority } from '../../access/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type Clock, isStorableText } from '../../kernel/index.ts';
import type { ColumnSet, Database } from '../../persistence/index.ts';
import type { GuardedAccounts } from '../../roles/index.ts';
import {
  type AccountSource,
  canonicalUserId,
  getAccountInReach,
  isUserIdShaped,
  writeForUser,
} from '../../users/index.ts';
import type { Device } from '../session.entity.ts';
import { sessionErrors } from '../session.errors.ts';
import { storableHeader } from '../storable-header.ts';
import { deviceEvents } from './device.events.ts';
import type { DeviceKeys, DeviceStore } from './device.store.ts';

export interface DeviceServiceDeps {
  readonly db: Database;
  readonly store: DeviceStore;
  readonly users: AccountSource;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** A sign-in on a device, with what its browser sends. */
export interface SeenDevice {
  readonly userId: string;
  readonly deviceId: string;
  readonly fingerprint?: string | null;
}

/** Devices kept per account: at about 500 bytes each, 50 KB. Beyond that, the least recently used one is deleted. */
const MAX_DEVICES = 100;
const MAX_ID = 128;

/** Rules of devices: the browsers on which a user signed in. */
export class DeviceService {
  readonly #deps: DeviceServiceDeps;

  constructor(deps: DeviceServiceDeps) {
    this.#deps = deps;
  }

  /** Whether the account was used on this device before. */
  async isKnown(tenantId: string, userId: string, deviceId: string): Promise<boolean> {
    return (await this.findIn(tenantId, userId, deviceId)) !== null;
  }

  /**
   * The devices of many users, at most 100 each. The caller of this method must check the permission to read them.
   * @param columns What is read of each beside its keys; null: all.
   */
  ofUsers(
    tenantId: string,
    userIds: readonly string[],
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, readonly DeviceKeys[]>> {
    return this.#deps.store.ofUsers(tenantId, userIds, columns);
  }

  /** One device of a user, or null. The caller of this method must check the permission to read it. */
  async findIn(tenantId: string, userId: string, deviceId: string): Promise<Device | null> {
    if (!isDeviceId(deviceId) || !isUserIdShaped(userId)) return null;
    return this.#deps.store.find(tenantId, canonicalUserId(userId), deviceId);
  }

  /** The devices of a user, most recently used first. @throws FORBIDDEN, USER_NOT_FOUND */
  async list(authority: Authority, userId: string): Promise<readonly Device[]> {
    const { id } = await getAccountInReach(this.#deps.users, authority, userId);
    return (await this.#deps.store.ofUsers(authority.tenant.id, [id])).get(id) ?? [];
  }

  /**
   * Stores that a user signed in on a device; records `device.seen` the first time.
   * @returns Whether the device is new for the account. @throws USER_NOT_FOUND
   */
  async seen(authority: Authority, { userId, deviceId, fingerprint }: SeenDevice): Promise<boolean> {
    const { db, store, events, clock } = this.#deps;
    const { caller, tenant } = authority;
    const now = clock.now();
    return db.transaction(async () => {
      const device = {
        tenantId: tenant.id,
        userId,
        id: deviceId,
        userAgent: storableHeader(caller.origin.userAgent),
        fingerprint: storableHeader(fingerprint ?? null),
        latestIp: caller.origin.ip,
        trusted: false,
        createdAt: now,
        lastUsedAt: now,
      };
      const isNew = await writeForUser('devices', () => store.upsert(device));
      if (!isNew) return false;
      await store.trim(tenant.id, userId, MAX_DEVICES);
      events.record(caller, tenant, { type: deviceEvents['device.seen'], subjectId: userId, params: { deviceId } });
      return true;
    });
  }

  /** Deletes a device; sessions on it continue. @throws DEVICE_NOT_FOUND, USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED */
  async remove(authority: Authority, userId: string, deviceId: string): Promise<Pick<Device, 'userId' | 'id'>> {
    const { db, store, users, guard, events } = this.#deps;
    const { caller, tenant } = authority;
    const { id } = await getAccountInReach(users, authority, userId);
    if (!isDeviceId(deviceId)) throw sessionErrors.DEVICE_NOT_FOUND();
    await guard.assertMayChange(authority, 'user', id);
    await db.transaction(async () => {
      if (!(await store.delete(tenant.id, id, deviceId))) throw sessionErrors.DEVICE_NOT_FOUND();
      events.record(caller, tenant, { type: deviceEvents['device.removed'], subjectId: id, params: { deviceId } });
    });
    return { userId: id, id: deviceId };
  }

  /** Deletes the devices of a user, except one if named; one event each. @throws FORBIDDEN, ACCOUNT_GUARDED */
  async removeAllOf(authority: Authority, userId: string, exceptId: string | null = null): Promise<void> {
    const { db, store, guard, events } = this.#deps;
    const { caller, tenant } = authority;
    const id = canonicalUserId(userId);
    authority.requireAccount(id);
    await guard.assertMayChange(authority, 'user', id);
    await db.transaction(async () => {
      const keptId = exceptId !== null && isDeviceId(exceptId) ? exceptId : null;
      for (const deviceId of await store.deleteOfUser(tenant.id, id, keptId)) {
        events.record(caller, tenant, { type: deviceEvents['device.removed'], subjectId: id, params: { deviceId } });
      }
    });
  }
}

function isDeviceId(id: string): boolean {
  return id !== '' && id.length <= MAX_ID && isStorableText(id);
}
