import { beforeEach, describe, expect, it } from 'vitest';
import type { Client, ClientSecret } from '../../../src/clients/client.entity.ts';
import type { ClientStore } from '../../../src/clients/client.store.ts';
import { ClientSecrets } from '../../../src/clients/client-secrets.ts';
import { MasterKey, Sealer, SecretHasher } from '../../../src/crypto/index.ts';
import { newId } from '../../../src/kernel/index.ts';
import { TestClock } from '../../support/clock.ts';
import { faultsOf } from '../../support/refusal.ts';

const DAY = 86_400;

/** The secrets of all clients, newest first as the store gives them. */
class Secrets implements Pick<ClientStore, 'addSecret' | 'secretsOf' | 'expireSecret' | 'deleteSecrets'> {
  rows: ClientSecret[] = [];

  addSecret(secret: ClientSecret): ClientSecret {
    this.rows.unshift(secret);
    return secret;
  }
  async secretsOf(tenantId: string, clientUuid: string): Promise<ClientSecret[]> {
    return this.rows.filter((row) => row.tenantId === tenantId && row.clientUuid === clientUuid);
  }
  async expireSecret(tenantId: string, id: string, expiresAt: Date): Promise<void> {
    for (const row of this.rows) if (row.tenantId === tenantId && row.id === id) row.expiresAt = expiresAt;
  }
  async deleteSecrets(tenantId: string, ids: readonly string[]): Promise<void> {
    this.rows = this.rows.filter((row) => row.tenantId !== tenantId || !ids.includes(row.id));
  }
}

const key = MasterKey.generate().key;
const hasher = new SecretHasher(key);
const clientOf = (tenantId: string) => ({ tenantId, id: newId(), clientId: 'shop' }) as Client;

describe('the secrets of a client', () => {
  let clock: TestClock;
  let store: Secrets;
  let secrets: ClientSecrets;
  let client: Client;
  beforeEach(() => {
    clock = new TestClock();
    store = new Secrets();
    const deps = { store: store as unknown as ClientStore, hasher, sealer: new Sealer(key, 'client-secret'), clock };
    secrets = new ClientSecrets(deps);
    client = clientOf('acme');
  });

  /** Whether a secret is among those that have not expired. */
  const isLive = (secret: string) =>
    store.rows.some(
      ({ hash, expiresAt }) => hasher.matches(secret, hash) && (expiresAt == null || expiresAt > clock.now()),
    );
  const rotate = (overlapSeconds: number) => secrets.rotate(client, { kind: 'oauth' }, overlapSeconds);

  it('are 256 random bits if none is given, and are stored only as a hash', () => {
    const [one, two] = [secrets.add(client, { kind: 'oauth' }), secrets.add(client, { kind: 'oauth' })];
    expect(one).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(one).not.toBe(two);
    expect(store.rows.map(({ sealed, expiresAt }) => [sealed, expiresAt])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(JSON.stringify(store.rows)).not.toContain(one);
    expect(isLive(one)).toBe(true);
  });

  it('have the form of a UUID where that is asked for', () => {
    const made = ['1', '2'].map(() => secrets.add(client, { kind: 'oauth', form: 'uuid' }));
    expect(new Set(made).size).toBe(2);
    for (const secret of made) {
      expect(secret).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
      expect(isLive(secret)).toBe(true);
    }
    expect(secrets.add(client, { kind: 'oauth', form: 'random' })).toHaveLength(43);
    expect(secrets.add(client, { kind: 'oauth', form: 'uuid', text: 'chosen' })).toBe('chosen');
  });

  it.each(['a', ' ~', 'x'.repeat(1024)])('can be imported as %j', (text) => {
    expect(secrets.add(client, { kind: 'oauth', text })).toBe(text);
    expect(isLive(text)).toBe(true);
  });

  it.each(['', 'x'.repeat(1025), 'ä', 'a\nb', 'a\0', '\u007f'])('cannot be imported as %j', async (text) => {
    expect(await faultsOf(() => secrets.add(client, { kind: 'oauth', text }))).toEqual([
      'INVALID_INPUT',
      'input.secret SECRET_INVALID',
    ]);
    expect(store.rows).toEqual([]);
  });

  it('expire after 1 second to 10 years, where a time is given', async () => {
    const add = (expiresInSeconds: number) => faultsOf(() => secrets.add(client, { kind: 'oauth', expiresInSeconds }));
    expect([await add(1), await add(3650 * DAY)]).toEqual([null, null]);
    expect(store.rows.at(-1)?.expiresAt).toEqual(new Date(clock.now().getTime() + 1000));
    for (const seconds of [0, -1, 1.5, 3650 * DAY + 1, Number.NaN])
      expect(await add(seconds)).toEqual(['INVALID_INPUT', 'input.expiresInSeconds SECONDS_RANGE']);
    expect(store.rows).toHaveLength(2);
  });

  describe('that are replaced', () => {
    it('end at once without an overlap, however many there are', async () => {
      const old = [secrets.add(client, { kind: 'oauth' }), secrets.add(client, { kind: 'oauth' })];
      const next = await rotate(0);
      expect([...old, next].map(isLive)).toEqual([false, false, true]);
      expect(store.rows).toHaveLength(1);
    });

    it('leave the newest of them for the overlap, and no third', async () => {
      const [first, second] = [secrets.add(client, { kind: 'oauth' }), secrets.add(client, { kind: 'oauth' })];
      const third = await rotate(60);
      expect([first, second, third].map(isLive)).toEqual([false, true, true]);
      clock.advance(60);
      expect([first, second, third].map(isLive)).toEqual([false, false, true]);
    });

    it('do not live longer for the overlap than they would have', async () => {
      const old = secrets.add(client, { kind: 'oauth', expiresInSeconds: 30 });
      await rotate(60);
      clock.advance(30);
      expect(isLive(old)).toBe(false);
    });

    it('do not come back for the overlap when they have expired', async () => {
      const old = secrets.add(client, { kind: 'oauth', expiresInSeconds: 30 });
      clock.advance(30);
      await rotate(60);
      expect(isLive(old)).toBe(false);
      expect(store.rows).toHaveLength(1);
    });

    it('overlap for at most 90 days, and secrets for HTTP Basic not at all', async () => {
      expect(await faultsOf(() => rotate(90 * DAY))).toBeNull();
      for (const seconds of [90 * DAY + 1, -1, 1.5])
        expect(await faultsOf(() => rotate(seconds))).toEqual(['INVALID_INPUT', 'input.overlapSeconds SECONDS_RANGE']);
      expect(await faultsOf(() => secrets.rotate(client, { kind: 'rest' }, 0))).toBeNull();
      expect(await faultsOf(() => secrets.rotate(client, { kind: 'rest' }, 1))).toEqual([
        'INVALID_INPUT',
        'input.overlapSeconds SECONDS_RANGE',
      ]);
    });

    it('are only those of one kind and one client', async () => {
      const rest = secrets.add(client, { kind: 'rest' });
      const ofOther = secrets.add(clientOf('acme'), { kind: 'oauth' });
      const ofNeighbour = secrets.add({ ...client, tenantId: 'neighbour' }, { kind: 'oauth' });
      const old = secrets.add(client, { kind: 'oauth' });
      await rotate(0);
      expect([rest, ofOther, ofNeighbour, old].map(isLive)).toEqual([true, true, true, false]);
    });
  });

  describe('that can be read again', () => {
    it('are the newest of their kind, if a copy of it was kept and it has not expired', async () => {
      expect(await secrets.read(client, 'oauth')).toBeNull();
      const old = secrets.add(client, { kind: 'oauth', isReadable: true });
      secrets.add(client, { kind: 'rest', isReadable: true });
      expect(await secrets.read(client, 'oauth')).toBe(old);
      const next = secrets.add(client, { kind: 'oauth', isReadable: true, expiresInSeconds: 60 });
      expect(await secrets.read(client, 'oauth')).toBe(next);
      clock.advance(60);
      expect(await secrets.read(client, 'oauth')).toBe(old);
      secrets.add(client, { kind: 'oauth' });
      expect(await secrets.read(client, 'oauth')).toBeNull();
    });

    it('are said to be readable where `read` shows them', async () => {
      const kept = { kind: 'oauth', isReadable: true } as const;
      const both = async () => [
        secrets.readable(store.rows).size === 1,
        (await secrets.read(client, 'oauth')) !== null,
      ];
      expect(await both()).toEqual([false, false]);
      secrets.add(client, { ...kept, expiresInSeconds: 60 });
      expect(await both()).toEqual([true, true]);
      clock.advance(60);
      expect(await both()).toEqual([false, false]);
      secrets.add(client, kept);
      expect(await both()).toEqual([true, true]);
      clock.advance(1);
      secrets.add(client, { kind: 'oauth' });
      expect(await both()).toEqual([false, false]);
    });

    it('do not open in another row: the sealed copy is bound to tenant and id', async () => {
      secrets.add(client, { kind: 'oauth', isReadable: true });
      const [row] = store.rows;
      for (const moved of [{ id: newId() }, { tenantId: 'neighbour' }]) {
        store.rows = [{ ...row!, ...moved }];
        await expect(secrets.read({ ...client, tenantId: store.rows[0]!.tenantId }, 'oauth')).rejects.toThrow(
          'does not open',
        );
      }
    });
  });
});
