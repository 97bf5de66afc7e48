import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TenantSecretStore } from '../../../../src/auth-modes/image-proof/tenant-secret.store.ts';
import { TenantSecrets } from '../../../../src/auth-modes/image-proof/tenant-secrets.ts';
import { MasterKey, Sealer } from '../../../../src/crypto/index.ts';
import { ENGINES } from '../../../support/postgres.ts';
import { World } from '../../../support/world.ts';

describe.each(ENGINES)('the keys of image proofs of a tenant on $name', ({ open }) => {
  let world: World;
  beforeAll(async () => {
    world = await World.open(await open());
  });
  afterAll(() => world.close());

  /** Another node of the same service. */
  const node = (masterKey = world.masterKey) =>
    new TenantSecrets({
      store: new TenantSecretStore(world.db),
      sealer: new Sealer(masterKey, 'image-proof'),
      clock: world.clock,
    });
  const rowsOf = async (tenantId: string) =>
    (
      await sql<{ name: string; sealed: string }>`
        select name, sealed from tenant_secrets where tenant_id = ${tenantId} order by name`.execute(world.db.read())
    ).rows;

  it('are made on first use, differ, and stay', async () => {
    const tenant = await world.tenant();
    expect(await rowsOf(tenant.id)).toEqual([]);
    const keys = await node().of(tenant.id);
    const all = [keys.salt, keys.fake, keys.keyEncryption];
    expect(all.map(({ length }) => length)).toEqual([32, 32, 32]);
    expect(new Set(all.map((key) => key.toString('hex'))).size).toBe(3);
    expect(await node().of(tenant.id)).toEqual(keys);
    const other = await node().of((await world.tenant()).id);
    expect(other.salt.equals(keys.salt)).toBe(false);
  });

  it('are the same for all who ask at the same moment', async () => {
    const tenant = await world.tenant();
    const found = await Promise.all(Array.from({ length: 8 }, () => node().of(tenant.id)));
    for (const keys of found) expect(keys).toEqual(found[0]);
    expect(await rowsOf(tenant.id)).toHaveLength(3);
  });

  it('are read once by a node', async () => {
    const tenant = await world.tenant();
    const first = node();
    const keys = await first.of(tenant.id);
    await sql`delete from tenant_secrets where tenant_id = ${tenant.id}`.execute(world.db.read());
    expect(await first.of(tenant.id)).toBe(keys);
  });

  it('are completed where one is missing, and the others stay', async () => {
    const tenant = await world.tenant();
    const keys = await node().of(tenant.id);
    await sql`delete from tenant_secrets where tenant_id = ${tenant.id} and name = 'fake'`.execute(world.db.read());
    const next = await node().of(tenant.id);
    expect([next.salt, next.keyEncryption]).toEqual([keys.salt, keys.keyEncryption]);
    expect(next.fake.equals(keys.fake)).toBe(false);
  });

  it('are not made inside a unit of work, which may be undone', async () => {
    const tenant = await world.tenant();
    await expect(world.db.transaction(() => node().of(tenant.id))).rejects.toThrow('before the unit of work opens');
    expect(await rowsOf(tenant.id)).toEqual([]);
  });

  it('are sealed, and open neither under another master key nor in another row', async () => {
    const tenant = await world.tenant();
    const { salt } = await node().of(tenant.id);
    const rows = await rowsOf(tenant.id);
    expect(rows.map(({ name }) => name)).toEqual(['fake', 'key-encryption', 'salt']);
    for (const { sealed } of rows) {
      expect(sealed).toMatch(/^v1\./);
      expect(sealed).not.toContain(salt.toString('base64url'));
    }
    await expect(node(MasterKey.generate().key).of(tenant.id)).rejects.toThrow('does not open');
    await sql`update tenant_secrets set sealed = ${rows[0]!.sealed} where tenant_id = ${tenant.id}`.execute(
      world.db.read(),
    );
    await expect(node().of(tenant.id)).rejects.toThrow('does not open');
  });
});
