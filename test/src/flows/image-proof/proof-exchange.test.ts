import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proofActs, readCipherKey } from '../../../../src/auth-modes/index.ts';
import { ProofExchange } from '../../../../src/flows/image-proof/proof-exchange.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { ImageOwner, ImageProofClient } from '../../../support/image-proof.ts';
import { World } from '../../../support/world.ts';

const OWNER = { username: 'ada', requestId: null, session: null };

describe('the exchange of challenges and messages', () => {
  let world: World;
  let tenant: TenantRef;
  let exchange: ProofExchange;
  beforeAll(async () => {
    world = await World.open();
    tenant = await world.tenant();
    const mode = { saltOf: async () => Buffer.alloc(16) };
    exchange = new ProofExchange({ codes: world.stores.oneTimeCodes, mode, clock: world.clock });
  });
  afterAll(() => world.close());

  it('needs to know where the keys of tenants are, and bounds callers without an address together', async () => {
    const client = await ImageProofClient.create();
    const key = readCipherKey(client.cipherKey)!;
    const ask = async () => client.open(await exchange.challenge(tenant, { owner: OWNER, key, peerIp: null }));
    await expect(ask()).rejects.toThrow('readMessageKeysBy');
    exchange.readMessageKeysBy((of) => world.services.oauth.keys.agreementKey(of));
    const first = await ask();
    for (let at = 0; at < 10; at++) {
      world.clock.advance(1);
      await ask();
    }
    expect(await exchange.redeem(tenant, first.id, OWNER)).toBeNull();
  });

  it('reads messages for the tenant, each as what it is for', async () => {
    const client = await ImageProofClient.create();
    const key = readCipherKey(client.cipherKey)!;
    const challenge = await client.open(await exchange.challenge(tenant, { owner: OWNER, key, peerIp: '192.0.2.1' }));
    const ada = new ImageOwner(tenant.name, 'ada');
    const parts = { challenge, act: proofActs.authenticate(null), audience: 'https://id.example.com' };
    const message = await ada.message(client, parts);
    expect(await exchange.read(tenant, 'authenticate', message)).toMatchObject({ challengeId: challenge.id });
    expect(await exchange.read(tenant, 'update-email', message)).toBeNull();
    expect(await exchange.read(tenant, 'register', message)).toBeNull();
    expect(await exchange.read(await world.tenant(), 'authenticate', message)).toBeNull();
    expect(await exchange.redeem(tenant, challenge.id, OWNER, key)).not.toBeNull();
    expect(await exchange.redeem(tenant, challenge.id, OWNER, key)).toBeNull();
  });
});
