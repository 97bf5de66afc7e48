import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSigningKey, MasterKey, Sealer, type StoredKey } from '../../../../src/crypto/index.ts';
import { sealContext } from '../../../../src/crypto/signing/signing-key.ts';
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

/** The private part of a key, sealed once more. */
function resealed(sealer: Sealer, { kid, sealedPrivate }: StoredKey): string {
  const context = sealContext(TENANT, kid);
  return sealer.seal(sealer.open(sealedPrivate, context).toString(), context);
}

describe('the key rings of tenants', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('are read again for an unknown key once they are 250 ms old, so that forged tokens cause few queries', async () => {
    let nowMs = 1000;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const { reads, rings } = heldRings();
    const first = rings.of(TENANT);
    reads[0]!.resolve([{ kid: 'old' }]);
    await first;
    nowMs += 249;
    expect(await rings.verifier(TENANT, 'new')).toBeUndefined();
    expect(reads).toHaveLength(1);
    nowMs += 1;
    const asked = rings.verifier(TENANT, 'new');
    await vi.waitFor(() => expect(reads).toHaveLength(2));
    const publicJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', alg: 'EdDSA' };
    reads[1]!.resolve([{ kid: 'new', publicJwk }]);
    expect(await asked).toBeDefined();
    nowMs += 1000;
    expect(await rings.verifier(TENANT, 'new')).toBeDefined();
    expect(reads).toHaveLength(2);
  });

  it('do not open a key again whose row is read again, unless it was sealed anew', async () => {
    let nowMs = 1000;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const sealer = new Sealer(MasterKey.generate().key, 'test');
    const clock = new TestClock();
    const stored = await createSigningKey('EdDSA', sealer, TENANT, clock.now());
    const sealed = [stored.sealedPrivate, stored.sealedPrivate, resealed(sealer, stored)];
    const findPublished = async () => [
      { ...stored, tenantId: TENANT, sealedPrivate: sealed.shift(), activeFrom: clock.now(), retiredAt: null },
    ];
    const rings = new KeyRings({ store: { findPublished } as unknown as SigningKeyStore, sealer, clock });
    const signers: unknown[] = [];
    const verifiers: unknown[] = [];
    for (const _ of sealed.keys()) {
      const ring = await rings.of(TENANT);
      signers.push(ring.signer('EdDSA', clock.now()));
      verifiers.push(ring.verifier(stored.kid));
      nowMs += 10_000;
      // The library reads the time again after a millisecond.
      await new Promise((passed) => setTimeout(passed, 5));
    }
    expect(signers[1]).toBe(signers[0]);
    expect(verifiers[1]).toBe(verifiers[0]);
    expect(signers[2]).not.toBe(signers[0]);
    expect(verifiers[2]).not.toBe(verifiers[0]);
  });

  it('stay in memory after events of other kinds', async () => {
    const { reads, rings } = heldRings();
    const asked = rings.of(TENANT);
    reads[0]!.resolve([{ kid: 'one' }]);
    const ring = await asked;
    rings.onEvents([{ type: 'client.updated', tenantId: TENANT } as SecurityEvent]);
    expect(rings.of(TENANT)).toBe(ring);
  });

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
