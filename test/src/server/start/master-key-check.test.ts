import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MasterKey } from '../../../../src/crypto/index.ts';
import { StartRefused } from '../../../../src/server/environment/start-refused.ts';
import { ClusterStore } from '../../../../src/server/start/cluster.store.ts';
import { requireMasterKey } from '../../../../src/server/start/master-key-check.ts';
import { ENGINES } from '../../../support/postgres.ts';
import { World } from '../../../support/world.ts';

describe.each(ENGINES)('the check of the master key on $name', ({ open }) => {
  let world: World;
  let store: ClusterStore;
  beforeEach(async () => {
    world = await World.open(await open());
    store = new ClusterStore(world.db);
  });
  afterEach(() => world.close());

  /** Runs the check of a start with a key. */
  const check = (masterKey: MasterKey) =>
    requireMasterKey(
      store,
      masterKey,
      {
        isEmpty: async () => (await world.stores.tenantStore.findByName('master')) === null,
        opensStoredKey: () => world.services.oauth.keys.opensStoredKey(),
      },
      'the database of DATABASE_URL',
    );
  const another = () => MasterKey.generate().key;
  const forget = () => sql`delete from cluster_facts`.execute(world.db.read());
  const facts = async () => (await sql`select * from cluster_facts`.execute(world.db.read())).rows;

  it('accepts the first key on an empty database, and no other from then on', async () => {
    await check(world.masterKey);
    await check(world.masterKey);
    await expect(check(another())).rejects.toThrow(StartRefused);
    await expect(check(another())).rejects.toThrow(
      'MASTER_KEY is not the key that encrypted the secrets in the database of DATABASE_URL.',
    );
  });

  it('accepts one of two keys that come at the same time on an empty database', async () => {
    const ends = await Promise.allSettled([check(another()), check(another())]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('accepts on a database without a check value only the key that decrypts the stored secrets', async () => {
    await world.tenant({ name: 'master' });
    const stranger = await World.open(world.db);
    await expect(
      requireMasterKey(
        store,
        stranger.masterKey,
        {
          isEmpty: async () => false,
          opensStoredKey: () => stranger.services.oauth.keys.opensStoredKey(),
        },
        'here',
      ),
    ).rejects.toThrow(StartRefused);
    expect(await facts()).toEqual([]);
    await check(world.masterKey);
    await expect(check(another())).rejects.toThrow(StartRefused);
  });

  it('stores no check value while tenants exist and nothing confirms the key', async () => {
    await world.tenant({ name: 'master' });
    await sql`delete from signing_keys`.execute(world.db.read());
    await check(another());
    expect(await facts()).toEqual([]);
  });

  it('stores a value that does not reveal the key and differs each time', async () => {
    await check(world.masterKey);
    const [first] = await facts();
    await forget();
    await check(world.masterKey);
    const [second] = await facts();
    expect(first).not.toMatchObject({ value: (second as { value: string }).value });
  });
});
