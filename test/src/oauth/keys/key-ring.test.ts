import { describe, expect, it } from 'vitest';
import { MasterKey, Sealer } from '../../../../src/crypto/index.ts';
import type { SecurityEvent } from '../../../../src/events/index.ts';
import { KeyRings } from '../../../../src/oauth/keys/key-ring.ts';
import type { SigningKeyStore } from '../../../../src/oauth/keys/signing-key.store.ts';
import { TestClock } from '../../../support/clock.ts';

const TENANT = '019a0000-0000-7000-8000-000000000001';

function heldRings() {
  const reads: PromiseWithResolvers<object[]>[] = [];
  const findPublished = () => {
    const read = Promise.withResolvers<object[]>();
    reads.push(read);
    return read.promise;
  };
  const store = { findPublished } as unknown as SigningKeyStore;
  const rings = new KeyRings({ store, sealer: new Sealer(MasterKey.generate().key, 'test'), clock: new TestClock() });
  return { reads, rings };
}

describe('the key rings of tenants', () => {
  it('are read once for all requests that wait', async () => {
    const { reads, rings } = heldRings();
    const waiting = [rings.of(TENANT), rings.of(TENANT)];
    reads[0]!.resolve([{ kid: 'one' }]);
    const [first, second] = await Promise.all(waiting);
    expect(first).toBe(second);
    expect(rings.of(TENANT)).toBe(first);
  });

  it('hold no keys that were read before a rotation', async () => {
    const { reads, rings } = heldRings();
    const before = rings.of(TENANT);
    rings.onEvents([{ type: 'key.rotated', tenantId: TENANT } as SecurityEvent]);
    reads[0]!.resolve([{ kid: 'old' }]);
    expect((await before).keys).toMatchObject([{ kid: 'old' }]);
    const after = rings.of(TENANT);
    reads[1]!.resolve([{ kid: 'new' }]);
    expect((await after).keys).toMatchObject([{ kid: 'new' }]);
    expect(await rings.of(TENANT)).toBe(await after);
  });
});
