import { X509Certificate } from 'node:crypto';
import {
  CompactEncrypt,
  createLocalJWKSet,
  decodeProtectedHeader,
  importJWK,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MasterKey } from '../../../../src/crypto/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { createRegistry } from '../../../../src/server/registry/index.ts';
import { newMailboxes } from '../../../support/mailbox.ts';
import { refusalOf, TestClient } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

describe('the test whether a master key opens stored keys', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  const serviceWith = (masterKey: MasterKey) =>
    createRegistry({
      db: world.db,
      clock: world.clock,
      masterKey,
      publicUrl: 'https://id.example.com',
      defaultTenant: 'master',
      transports: newMailboxes(),
    }).services.oauth.keys;

  it('tells the right key from another one, and knows nothing without a stored key', async () => {
    await world.tenant();
    expect(await serviceWith(world.masterKey).opensStoredKey()).toBe(true);
    expect(await serviceWith(MasterKey.generate().key).opensStoredKey()).toBe(false);
    await world.db.orm.em.fork().getConnection().execute('delete from signing_keys');
    expect(await serviceWith(MasterKey.generate().key).opensStoredKey()).toBeNull();
  });
});

describe('signing keys', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const jwks = (kind: string, tenant = acme) => {
    const { keys, issuers } = world.services.oauth;
    return keys.jwks(tenant, issuers.of(tenant, kind).kind) as unknown as Promise<JSONWebKeySet>;
  };
  const verified = async (token: string, kind: string, tenant = acme) =>
    jwtVerify(token, createLocalJWKSet(await jwks(kind, tenant)), { currentDate: world.clock.now() });
  const rotate = (alg: string, tenant = acme) => world.services.oauth.keys.rotate(world.system(tenant), alg);

  it('verify with the key set of their issuer, by a foreign library', async () => {
    const client = await TestClient.create(world, acme, { permissions: ['user:read'] });
    expect((await verified(await client.token(), 'native')).payload.sub).toBe(`client:${client.clientId}`);
    expect((await verified(await client.token(undefined, 'suite'), 'suite')).payload.aud).toEqual([
      'https://id.example.com/t/acme/blitz',
    ]);
  });

  it('are Ed25519 at the native issuer, and are made with the tenant, without a separate event', async () => {
    const tenant = await world.tenant();
    expect((await jwks('native', tenant)).keys).toMatchObject([{ kty: 'OKP', alg: 'EdDSA', use: 'sig' }]);
    expect(await world.eventTypes(tenant)).toEqual(['tenant.created']);
  });

  it('are RSA of 2048 bits with a certificate at the suite issuer, made on first use (check 33)', async () => {
    const tenant = await world.tenant();
    const { keys } = await jwks('suite', tenant);
    expect(keys).toMatchObject([{ kty: 'RSA', alg: 'RS256', use: 'sig', x5t: expect.any(String) }]);
    const certificate = new X509Certificate(Buffer.from(keys[0]!.x5c![0]!, 'base64'));
    expect(certificate.publicKey.export({ format: 'jwk' }).n).toBe(keys[0]!.n);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(await world.eventTypes(tenant)).toEqual(['tenant.created', 'key.rotated']);
  });

  it('are beside one key for encryption at the realm issuer, which is made once and signs and verifies nothing', async () => {
    const tenant = await world.tenant();
    const [first, second] = await Promise.all([jwks('realm', tenant), jwks('realm', tenant)]);
    expect(first.keys).toMatchObject([
      { kty: 'RSA', alg: 'RS256', use: 'sig' },
      { kty: 'RSA', alg: 'RSA-OAEP', use: 'enc' },
    ]);
    expect(second.keys).toEqual(first.keys);
    expect((await jwks('realm', tenant)).keys).toEqual(first.keys);
    const [, encryption] = first.keys;
    const { keys } = world.services.oauth;
    expect(await keys.find(tenant.id, encryption!.kid!)).toBeNull();
    expect((await keys.list({ tenant })).map(({ alg }) => alg).toSorted()).toEqual(['EdDSA', 'RS256']);
    expect((await jwks('suite', tenant)).keys).toMatchObject([{ use: 'sig' }]);
    const jwe = await new CompactEncrypt(Buffer.from('text'))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM' })
      .encrypt(await importJWK(encryption!));
    expect(jwe.split('.')).toHaveLength(5);
    const forged = { alg: 'RS256', typ: 'JWT', kid: encryption!.kid };
    const token = [forged, { iss: `https://id.example.com/realms/${tenant.name}` }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    expect(await refusalOf(world, `${token.join('.')}.AAAA`)).toBe('key-unknown');
  });

  it('are beside one for messages by key agreement, which is made once and stands in no key set', async () => {
    const tenant = await world.tenant();
    const { keys } = world.services.oauth;
    const [first, second] = await Promise.all([keys.agreementKey(tenant), keys.agreementKey(tenant)]);
    expect(first.publicJwk).toMatchObject({ kty: 'EC', crv: 'P-256', use: 'enc', alg: 'ECDH-ES' });
    expect(first.publicJwk).not.toHaveProperty('d');
    expect(second.publicJwk).toEqual(first.publicJwk);
    const again = await keys.agreementKey(tenant);
    expect(again.publicJwk).toEqual(first.publicJwk);
    const jwe = await new CompactEncrypt(Buffer.from('text'))
      .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
      .encrypt(await importJWK({ ...first.publicJwk }, 'ECDH-ES'));
    expect(Buffer.from((await again.decrypter.decrypt(jwe))!.plaintext).toString()).toBe('text');
    expect(await (await keys.agreementKey(await world.tenant())).decrypter.decrypt(jwe)).toBeNull();
    const { kid } = first.publicJwk as { kid: string };
    for (const kind of ['native', 'realm', 'suite'])
      expect((await jwks(kind, tenant)).keys.map((key) => key.kid)).not.toContain(kid);
    expect(await keys.find(tenant.id, kid)).toBeNull();
    expect((await keys.list({ tenant })).map(({ alg }) => alg)).not.toContain('ECDH-ES');
    expect(await keys.opensStoredKey()).toBe(true);
  });

  describe('for messages', () => {
    const open = async (of: TenantRef, publicJwk: Readonly<Record<string, unknown>>) => {
      const jwe = await new CompactEncrypt(Buffer.from('text'))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
        .encrypt(await importJWK({ ...publicJwk }, 'ECDH-ES'));
      const { decrypter, others } = await world.services.oauth.keys.agreementKey(of);
      const opened = await Promise.all([decrypter, ...others].map((one) => one.decrypt(jwe)));
      return opened.some((one) => one !== null);
    };
    const rotateIt = (of: TenantRef) => world.services.oauth.keys.rotateAgreementKey(world.system(of));
    const present = async (of: TenantRef) => (await world.services.oauth.keys.agreementKey(of)).publicJwk;

    it('are replaced two minutes after the request, and read for two minutes more', async () => {
      const tenant = await world.tenant();
      const former = await present(tenant);
      const next = await rotateIt(tenant);
      expect(next.activeFrom).toEqual(new Date(world.clock.now().getTime() + 120_000));
      world.clock.advance(119);
      expect(await present(tenant)).toEqual(former);
      // Another node may use it a moment before this one.
      expect(await open(tenant, next.publicJwk)).toBe(true);
      world.clock.advance(1);
      expect(await present(tenant)).toEqual(next.publicJwk);
      world.clock.advance(119);
      expect(await open(tenant, former)).toBe(true);
      world.clock.advance(1);
      expect(await open(tenant, former)).toBe(false);
      expect(await open(tenant, next.publicJwk)).toBe(true);
    });

    it('are made once before the next is used, with an event, and the first is used at once', async () => {
      const tenant = await world.tenant();
      expect((await rotateIt(tenant)).activeFrom).toEqual(world.clock.now());
      const keys = [...(await Promise.all([rotateIt(tenant), rotateIt(tenant)]))];
      world.clock.advance(119);
      keys.push(await rotateIt(tenant));
      expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
      const events = (await world.events(tenant)).filter(({ type }) => type === 'key.rotated');
      expect(events).toHaveLength(2);
      expect(events[1]).toMatchObject({ params: { kid: keys[0]!.kid, alg: 'ECDH-ES' } });
      world.clock.advance(1);
      expect((await rotateIt(tenant)).kid).not.toBe(keys[0]!.kid);
    });

    it('are swept when they are read no more, and stand in no list', async () => {
      const tenant = await world.tenant();
      const former = await present(tenant);
      await rotateIt(tenant);
      world.clock.advance(241);
      await world.sweep(1000);
      const sql = 'select kid from signing_keys where tenant_id = ? and kid = ?';
      const stored = world.db.orm.em.fork().getConnection().execute(sql, [tenant.id, former['kid']]);
      expect(await stored).toEqual([]);
      expect((await world.services.oauth.keys.list({ tenant })).map(({ alg }) => alg)).toEqual(['EdDSA']);
      expect(await open(tenant, await present(tenant))).toBe(true);
    });
  });

  it('never show their private half', async () => {
    for (const kind of ['native', 'suite', 'realm']) {
      for (const key of (await jwks(kind)).keys) {
        expect(Object.keys(key)).not.toEqual(expect.arrayContaining(['d']));
        expect(Object.keys(key)).not.toEqual(expect.arrayContaining(['p']));
      }
    }
  });

  it('are made once, however many ask at the same time', async () => {
    const tenant = await world.tenant();
    const signers = await Promise.all(
      Array.from({ length: 5 }, () => world.services.oauth.keys.signer(tenant, 'ES256')),
    );
    expect(new Set(signers.map(({ kid }) => kid)).size).toBe(1);
    const made = (await world.events(tenant)).filter(({ type }) => type === 'key.rotated');
    const activeFrom = world.clock.now().toISOString();
    expect(made.map(({ params }) => params)).toEqual([{ alg: 'ES256', kid: signers[0]!.kid, activeFrom }]);
  });

  it.each([
    ['RS256', 'native', 'RS256'],
    ['ES256', 'native', 'ES256'],
    ['ES256', 'suite', 'ES256'],
    ['EdDSA', 'suite', 'RS256'],
    [null, 'suite', 'RS256'],
  ])('are those a client chose (%s) where the issuer shows such keys (%s): %s', async (accessTokenAlg, kind, alg) => {
    const client = await TestClient.create(world, acme, { permissions: ['user:read'], accessTokenAlg });
    const token = await client.token(undefined, kind);
    expect(decodeProtectedHeader(token).alg).toBe(alg);
    expect((await verified(token, kind)).payload.client_id).toBe(client.clientId);
    expect(await refusalOf(world, token)).toBeNull();
  });

  it('sign once they were published long enough, while the old key stays published until its tokens have expired (check 34)', async () => {
    const tenant = await world.tenant();
    const client = await TestClient.create(world, tenant, {
      permissions: ['user:read'],
      accessTokenSeconds: 2_592_000,
    });
    const before = await client.token();
    const old = decodeProtectedHeader(before).kid;
    const key = await rotate('EdDSA', tenant);
    expect(key).toMatchObject({ status: 'next', retiredAt: null });
    expect((await jwks('native', tenant)).keys.map(({ kid }) => kid)).toEqual([key.kid, old]);
    world.clock.advance(599);
    const last = await client.token();
    expect(decodeProtectedHeader(last).kid).toBe(old);
    world.clock.advance(1);
    expect(decodeProtectedHeader(await client.token()).kid).toBe(key.kid);
    const states = (await world.services.oauth.keys.list(world.system(tenant))).map(({ kid, status }) => [kid, status]);
    expect(states).toEqual([
      [key.kid, 'active'],
      [old, 'retired'],
    ]);
    world.clock.advance(2_591_998);
    expect(await refusalOf(world, last)).toBeNull();
    expect((await verified(last, 'native', tenant)).payload.client_id).toBe(client.clientId);
    world.clock.advance(3_603);
    expect((await jwks('native', tenant)).keys.map(({ kid }) => kid)).toEqual([key.kid]);
  });

  it('sign at once when they are the first of their algorithm', async () => {
    const tenant = await world.tenant();
    expect(await rotate('ES256', tenant)).toMatchObject({ status: 'active', activeFrom: world.clock.now() });
  });

  it('are not made again by a second rotation before the next key signs', async () => {
    const tenant = await world.tenant();
    const keys = [...(await Promise.all([rotate('EdDSA', tenant), rotate('EdDSA', tenant)]))];
    world.clock.advance(599);
    keys.push(await rotate('EdDSA', tenant));
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(1);
    expect((await world.eventTypes(tenant)).filter((type) => type === 'key.rotated')).toHaveLength(1);
    world.clock.advance(1);
    expect((await rotate('EdDSA', tenant)).kid).not.toBe(keys[0]!.kid);
  });

  it('are not replaced so often that a key set grows without bound', async () => {
    const tenant = await world.tenant();
    const rotateLater = async () => {
      world.clock.advance(600);
      return rotate('EdDSA', tenant);
    };
    for (let count = 1; count < 32; count += 1) await rotateLater();
    // The set is full, and its last key is waiting: a repeated call makes none.
    expect(await rotate('EdDSA', tenant)).toMatchObject({ status: 'next' });
    expect(await rotate('ES256', tenant)).toMatchObject({ status: 'active' });
    await expect(rotateLater()).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    expect((await jwks('native', tenant)).keys.filter(({ alg }) => alg === 'EdDSA')).toHaveLength(32);
    world.clock.advance(2_592_000 + 3600);
    expect(await rotateLater()).toMatchObject({ status: 'next' });
  });

  it('are made for the algorithm that is asked for, whatever waits for another one', async () => {
    const tenant = await world.tenant();
    const waiting = await rotate('EdDSA', tenant);
    await rotate('ES256', tenant);
    const next = await rotate('ES256', tenant);
    expect(next).toMatchObject({ alg: 'ES256', status: 'next' });
    expect((await rotate('EdDSA', tenant)).kid).toBe(waiting.kid);
  });

  it('are found in their tenant alone', async () => {
    const tenant = await world.tenant();
    const { kid } = await rotate('ES256', tenant);
    expect(await world.services.oauth.keys.find(tenant.id, kid)).toMatchObject({ kid, status: 'active' });
    expect(await world.services.oauth.keys.find(acme.id, kid)).toBeNull();
  });

  it('are not made inside a unit of work, which would hold a connection meanwhile', async () => {
    const tenant = await world.tenant();
    const asked = world.db.transaction(async () => world.services.oauth.keys.signer(tenant, 'ES256'));
    await expect(asked).rejects.toThrow('Ask for a signer before the unit of work opens.');
  });

  it('have distinct ids, and differ between tenants (check 33)', async () => {
    const globex = await world.tenant();
    await rotate('EdDSA', globex);
    const all = [...(await jwks('native')).keys, ...(await jwks('native', globex)).keys].map(({ kid }) => kid);
    expect(new Set(all).size).toBe(all.length);
  });

  it('are not made for unsupported algorithms', async () => {
    await expect(rotate('HS256')).rejects.toMatchObject({ code: 'SIGNING_ALGORITHM_UNKNOWN' });
    await expect(rotate('none')).rejects.toMatchObject({ code: 'SIGNING_ALGORITHM_UNKNOWN' });
  });

  it('are stored encrypted', async () => {
    const rows = await world.db.orm.em.fork().getConnection().execute('select sealed_private from signing_keys');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows as unknown as { sealed_private: string }[]) expect(row.sealed_private).toMatch(/^v1\./);
  });
});
