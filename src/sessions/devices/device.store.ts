import type { InferKyselyDB } from '@mikro-orm/sql';
import { sql } from 'kysely';
import { type ColumnSet, type Database, RowColumns } from '../../persistence/index.ts';
import { type Device, DeviceEntity } from '../session.entity.ts';

type Tables = InferKyselyDB<typeof DeviceEntity>;

/** A device of which only the columns that a reader asked for were read; only its keys are known to be there. */
export type DeviceKeys = Pick<Device, 'tenantId' | 'userId' | 'id'>;

const COLUMNS = new RowColumns<Device>(DeviceEntity, 'devices');

/** The only queries on devices. */
export class DeviceStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  #rows() {
    return this.#db.read<Tables>();
  }

  #select(tenantId: string, columns: ColumnSet | null = null) {
    const selected = COLUMNS.narrow(columns).columns;
    return this.#rows()
      .selectFrom('devices')
      .select(selected as never)
      .where('devices.tenant_id', '=', tenantId);
  }

  async find(tenantId: string, userId: string, id: string): Promise<Device | null> {
    const query = this.#select(tenantId).where('devices.user_id', '=', userId).where('devices.id', '=', id);
    return ((await query.executeTakeFirst()) ?? null) as unknown as Device | null;
  }

  /** All devices of each user, most recently used first. @param columns What is read of them; null or absent: all. */
  async ofUsers(
    tenantId: string,
    userIds: readonly string[],
    columns: ColumnSet | null = null,
  ): Promise<ReadonlyMap<string, readonly Device[]>> {
    const rows = (await this.#select(tenantId, columns)
      .where(sql<boolean>`devices.user_id = any(${userIds as string[]}::text[])`)
      .orderBy('devices.user_id')
      .orderBy('devices.last_used_at', 'desc')
      .orderBy('devices.id')
      .execute()) as unknown as Device[];
    return Map.groupBy(rows, ({ userId }) => userId);
  }

  /** Inserts a device, or updates when it was last used. @returns Whether it is new. */
  async upsert(device: Device): Promise<boolean> {
    const { rows } = await sql<{ isNew: boolean }>`
      insert into devices (tenant_id, user_id, id, user_agent, fingerprint, latest_ip, trusted, created_at, last_used_at)
      values (${device.tenantId}::uuid, ${device.userId}, ${device.id}, ${device.userAgent ?? null},
        ${device.fingerprint ?? null}, ${device.latestIp ?? null}, ${device.trusted}, ${device.createdAt}, ${device.lastUsedAt})
      on conflict (tenant_id, user_id, id) do update set
        user_agent = coalesce(excluded.user_agent, devices.user_agent),
        fingerprint = coalesce(excluded.fingerprint, devices.fingerprint),
        latest_ip = coalesce(excluded.latest_ip, devices.latest_ip),
        last_used_at = excluded.last_used_at
      returning (xmax = 0) as "isNew"`.execute(this.#rows());
    return rows[0]?.isNew ?? false;
  }

  /** @returns Whether there was one. */
  async delete(tenantId: string, userId: string, id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#rows()
      .deleteFrom('devices')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return numDeletedRows > 0n;
  }

  /** Deletes the devices of a user, except one if named. @returns The ids of the deleted ones. */
  async deleteOfUser(tenantId: string, userId: string, exceptId: string | null): Promise<readonly string[]> {
    let query = this.#rows().deleteFrom('devices').where('tenant_id', '=', tenantId).where('user_id', '=', userId);
    if (exceptId !== null) query = query.where('id', '<>', exceptId);
    return (await query.returning('id').execute()).map(({ id }) => id);
  }

  /** Deletes all but the most recently used devices, without those that another request deletes or uses at the moment. */
  async trim(tenantId: string, userId: string, keep: number): Promise<void> {
    await sql`delete from devices where tenant_id = ${tenantId}::uuid and user_id = ${userId} and id in (
      select l.id from devices l where l.tenant_id = ${tenantId}::uuid and l.user_id = ${userId} and l.id in (
        select d.id from devices d where d.tenant_id = ${tenantId}::uuid and d.user_id = ${userId}
        order by d.last_used_at desc, d.id offset ${keep})
      for update skip locked)`.execute(this.#rows());
  }
}
