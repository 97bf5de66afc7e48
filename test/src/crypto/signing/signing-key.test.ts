import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, sign, X509Certificate } from 'node:crypto';
import { compactVerify, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  certificateMembers,
  createSigningKey,
  isSigningAlgorithm,
  MasterKey,
  openSigner,
  Sealer,
  type SigningAlgorithm,
  verificationKey,
} from '../../../../src/crypto/index.ts';
import { selfSignedCertificate } from '../../../../src/crypto/signing/certificate.ts';
import { Signer } from '../../../../src/crypto/signing/signer.ts';
import { thumbprint } from '../../../../src/crypto/signing/signing-key.ts';
import rfc8037 from './rfc8037-appendix-a.json' with { type: 'json' };

const sealer = new Sealer(MasterKey.fromText('33'.repeat(32)));
const CREATED = new Date('2026-11-22T10:20:30.456Z');
const ALGORITHMS: readonly SigningAlgorithm[] = ['EdDSA', 'ES256', 'RS256'];
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi'];

describe.each(ALGORITHMS)('signing keys: %s', (alg) => {
  it('signs tokens that jose accepts, with alg, kid and typ in their header', async () => {
    const stored = await createSigningKey(alg, sealer, 'tenant', CREATED);
    const claims = { iss: 'https://id.example/t/a', sub: 'Жанна', nested: { list: [1, null] } };
    const token = await openSigner(stored, sealer, 'tenant').sign(claims, { typ: 'at+jwt' });
    const verified = await jwtVerify(token, await importJWK({ ...stored.publicJwk }), {
      algorithms: [alg],
      typ: 'at+jwt',
    });
    expect(verified.payload).toEqual(claims);
    expect(verified.protectedHeader).toEqual({ alg, typ: 'at+jwt', kid: stored.kid });
  });

  it('is named by its thumbprint and shows no private member (RFC 7638)', async () => {
    const { kid, publicJwk, ...rest } = await createSigningKey(alg, sealer, 'tenant', CREATED);
    expect(kid).toBe(await thumbprint({ ...publicJwk }));
    expect(publicJwk).toMatchObject({ kid, alg, use: 'sig' });
    expect(PRIVATE_MEMBERS.filter((name) => name in publicJwk)).toEqual([]);
    expect(rest.sealedPrivate).toMatch(/^v1\./);
  });

  it('opens only in the context and under the kid it was made for', async () => {
    const stored = await createSigningKey(alg, sealer, 'tenant-a', CREATED);
    expect(() => openSigner(stored, sealer, 'tenant-b')).toThrow('does not open');
    expect(() => openSigner({ ...stored, kid: 'another' }, sealer, 'tenant-a')).toThrow('does not open');
    expect(() => openSigner(stored, new Sealer(MasterKey.generate().key), 'tenant-a')).toThrow('does not open');
  });
});

describe('signing keys', () => {
  it('knows its algorithms and no others', () => {
    expect(ALGORITHMS.every(isSigningAlgorithm)).toBe(true);
    expect(['none', 'HS256', 'PS256', 'toString', ''].some(isSigningAlgorithm)).toBe(false);
  });

  it('are of 2048 bits when RSA (check 33)', async () => {
    const { publicJwk } = await createSigningKey('RS256', sealer, 'tenant', CREATED);
    expect(verificationKey(publicJwk).key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  it('keep tokens of unequal typ apart in one signer', async () => {
    const signer = openSigner(await createSigningKey('EdDSA', sealer, 't', CREATED), sealer, 't');
    const types = ['at+jwt', 'JWT', 'at+jwt'].map(
      async (typ) => decodeProtectedHeader(await signer.sign({}, { typ })).typ,
    );
    expect(await Promise.all(types)).toEqual(['at+jwt', 'JWT', 'at+jwt']);
  });
});

describe('signing keys: RFC 8037 appendix A', () => {
  const privateKey = createPrivateKey({ key: rfc8037['A.1 Ed25519 Private Key'], format: 'jwk' });
  const kid = rfc8037['A.3 JWK Thumbprint Canonicalization'];

  it('takes the thumbprint of A.3', async () => {
    expect(await thumbprint(rfc8037['A.2 Ed25519 Public Key'])).toBe(kid);
  });

  it('reads the key of A.2 so that it verifies the signature of A.4', async () => {
    const { key } = verificationKey({ ...rfc8037['A.2 Ed25519 Public Key'], kid, alg: 'EdDSA', use: 'sig' });
    const { payload } = await compactVerify(rfc8037['A.4 Ed25519 Signing'], key);
    expect(Buffer.from(payload).toString()).toBe('Example of Ed25519 signing');
  });

  it('signs the bytes before the last dot, as A.4 does', async () => {
    const token = await new Signer(kid, 'EdDSA', privateKey).sign({ iss: 'a' }, { typ: 'JWT' });
    const [header, payload, signature] = token.split('.');
    expect(signature).toBe(sign(null, Buffer.from(`${header}.${payload}`), privateKey).toString('base64url'));
  });
});

describe('signing keys: certificates', () => {
  it('accompany RSA keys only', async () => {
    expect((await createSigningKey('EdDSA', sealer, 't', CREATED)).certificate).toBeNull();
    expect((await createSigningKey('ES256', sealer, 't', CREATED)).certificate).toBeNull();
  });

  it('hold the key of the JWK, signed by itself, for 20 years from its creation', async () => {
    const { kid, publicJwk, certificate } = await createSigningKey('RS256', sealer, 't', CREATED);
    const parsed = new X509Certificate(Buffer.from(certificate ?? '', 'base64'));
    const key = createPublicKey({ key: { ...publicJwk }, format: 'jwk' });
    expect(parsed.publicKey.equals(key)).toBe(true);
    expect(parsed.verify(key)).toBe(true);
    expect([parsed.subject, parsed.issuer]).toEqual([`CN=${kid}`, `CN=${kid}`]);
    expect(parsed.validFromDate).toEqual(new Date('2026-11-22T10:20:30Z'));
    expect(parsed.validToDate).toEqual(new Date('2046-11-22T10:20:30Z'));
    expect(parsed.serialNumber).toBe(
      `01${Buffer.from(kid, 'base64url').subarray(0, 16).toString('hex').toUpperCase()}`,
    );
  });

  it('are the same bytes when made again for the same key', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const kid = await thumbprint(pair.publicKey.export({ format: 'jwk' }));
    const make = () => selfSignedCertificate(pair, kid, CREATED);
    expect(await make()).toBe(await make());
  });

  it('show in a key set as x5c, x5t and x5t#S256 (RFC 7517 sections 4.7 to 4.9)', async () => {
    const { certificate } = await createSigningKey('RS256', sealer, 't', CREATED);
    const members = certificateMembers(certificate ?? '');
    expect(members.x5c).toEqual([certificate]);
    const digest = (name: string) =>
      hash(name, Buffer.from(certificate ?? '', 'base64'), 'buffer').toString('base64url');
    expect([members.x5t, members['x5t#S256']]).toEqual([digest('sha1'), digest('sha256')]);
  });
});
