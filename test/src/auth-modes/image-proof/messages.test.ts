import { createPrivateKey } from 'node:crypto';
import { CompactEncrypt, generateKeyPair, generateSecret, importJWK, type JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCipherKey } from '../../../../src/auth-modes/image-proof/cipher-key.ts';
import { decodeBase64Url } from '../../../../src/auth-modes/image-proof/encoding.ts';
import { type EnvelopeType, openEnvelope } from '../../../../src/auth-modes/image-proof/envelope.ts';
import { type MessagePurpose, readMessage } from '../../../../src/auth-modes/image-proof/payload.ts';
import { isScalar, loadRistretto255, type Ristretto255 } from '../../../../src/auth-modes/image-proof/ristretto.ts';
import { Decrypter } from '../../../../src/crypto/signing/decrypter.ts';
import { b64u, group as client, encryptFor, ImageProofClient } from '../../../support/image-proof.ts';
import { hex, PROOFS, RESPONSE_JWE, RESPONSE_TEXT, SERVER_KEY, SERVER_KID, Y } from './vectors.ts';

const text = (value: unknown): string => JSON.stringify(value);
const jwkText = (value: unknown): string => b64u(Buffer.from(text(value)));

describe('encodings of elements and scalars', () => {
  let group: Ristretto255;
  beforeAll(async () => {
    group = await loadRistretto255();
  });

  it('take every element', () => {
    for (const bytes of [Y, PROOFS.register.V, client.randomElement()]) expect(group.isElement(bytes)).toBe(true);
  });

  it.each([
    ['the identity (negative 1)', '00'.repeat(32)],
    ['a field element that is not reduced (negatives 2 and 3)', `ed${'ff'.repeat(30)}7f`],
    ['a negative field element (negatives 2 and 3)', `01${'00'.repeat(31)}`],
    ['what is no square (negatives 2 and 3)', '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371'],
    ['a set high bit (negatives 2 and 3)', `${'00'.repeat(31)}80`],
    ['31 bytes', '00'.repeat(31)],
    ['33 bytes', `${Y.toString('hex')}00`],
  ])('refuse %s as an element', (_what, bytes) => {
    expect(group.isElement(hex(bytes))).toBe(false);
  });

  it('refuse a valid element whose high bit is set (negatives 2 and 3)', () => {
    const changed = Buffer.from(Y);
    changed[31] = changed[31]! | 0x80;
    expect(group.isElement(changed)).toBe(false);
  });

  const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  const scalar = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse();

  it.each([
    ['the order', ORDER],
    ['the order plus 1', ORDER + 1n],
    ['an answer plus the order', BigInt(`0x${Buffer.from(PROOFS.register.r).reverse().toString('hex')}`) + ORDER],
    ['zero', 0n],
  ])('refuse %s as a scalar (negative 4)', (_what, value) => {
    expect(isScalar(scalar(value))).toBe(false);
  });

  it('refuse scalars of other lengths (negative 4)', () => {
    expect(isScalar(Buffer.alloc(31, 1))).toBe(false);
    expect(isScalar(Buffer.concat([PROOFS.register.r, Buffer.alloc(1)]))).toBe(false);
    expect([scalar(1n), scalar(ORDER - 1n), PROOFS.register.r].every(isScalar)).toBe(true);
  });

  it('have no product that is the identity', () => {
    expect(group.combine(Buffer.alloc(32), scalar(1n), Y)).toBeNull();
    expect(group.combine(scalar(1n), Buffer.alloc(32), Y)).toBeNull();
  });

  it.each([
    ['padding', 'AA=='],
    ['the alphabet of base64', '+/8A'],
    ['blanks', 'AA A'],
    ['a line break', 'AAAA\n'],
    ['unused bits', 'AB'],
  ])('refuse %s in base64url (negative 5)', (_what, given) => {
    expect(decodeBase64Url(given)).toBeNull();
  });

  it('refuse another length in base64url', () => {
    expect(decodeBase64Url('AAAA', 2)).toBeNull();
    expect(decodeBase64Url('AAAA', 3)).toEqual(Buffer.alloc(3));
  });
});

describe('the text of a message', () => {
  const { V, r } = { V: b64u(PROOFS.register.V), r: b64u(PROOFS.register.r) };
  const head = { v: 'sv-zkp/1', purpose: 'authenticate', id: 'EBESExQVFhcYGRobHB0eHw' };
  const read = (json: string, purpose: MessagePurpose = 'authenticate') => readMessage(Buffer.from(json), purpose);
  const own = { ...head, V, r };

  it('is read in its one form, for each purpose', () => {
    expect(read(RESPONSE_TEXT)).not.toBeNull();
    expect(read(text({ ...own, purpose: 'update-email' }), 'update-email')).not.toBeNull();
    const withNew = { ...head, Y: b64u(Y), V, r };
    for (const purpose of ['register', 'reset'] as const)
      expect(read(text({ ...withNew, purpose }), purpose)?.commitment).toEqual(Y);
    const change = { ...withNew, purpose: 'change' };
    expect(read(text({ ...change, old: null }), 'change')?.former).toBeNull();
    expect(read(text({ ...change, old: { V, r } }), 'change')?.former).toEqual({
      nonceCommitment: PROOFS.register.V,
      answer: PROOFS.register.r,
    });
  });

  it.each([
    ['blanks', RESPONSE_TEXT.replace(',', ', ')],
    ['another order', text({ ...head, r, V })],
    ['a repeated member', RESPONSE_TEXT.replace('"V"', '"id":"EBESExQVFhcYGRobHB0eHw","V"')],
    ['a missing member', text({ ...head, V })],
    ['a further member', text({ ...own, more: 1 })],
    ['a member that is no text', text({ ...own, r: { toString: 1 } })],
    ['an escape that is not needed', RESPONSE_TEXT.replace('authenticate', '\\u0061uthenticate')],
    ['a byte order mark', `\uFEFF${RESPONSE_TEXT}`],
    ['another version', text({ ...own, v: 'sv-zkp/01' })],
    ['the version in capitals', text({ ...own, v: 'SV-ZKP/1' })],
    ['another purpose', text({ ...own, purpose: 'update-email' })],
    ['padding', text({ ...own, r: `${r}=` })],
    ['31 bytes', text({ ...own, r: b64u(Buffer.alloc(31, 1)) })],
    ['33 bytes', text({ ...own, r: b64u(Buffer.alloc(33, 1)) })],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['nothing', ''],
  ])('is refused with %s (negatives 4, 5, 6 and 52)', (_what, json) => {
    expect(read(json)).toBeNull();
  });

  it('is refused when its bytes are no UTF-8', () => {
    const bytes = Buffer.from(text({ ...own, id: 'x' }));
    bytes[bytes.indexOf('x"')] = 0xff;
    expect(readMessage(bytes, 'authenticate')).toBeNull();
  });

  it('is refused when the proof of the present secret has another form (negatives 6 and 49)', () => {
    const change = { ...head, purpose: 'change', Y: b64u(Y), V, r };
    for (const old of [undefined, {}, { V }, { r, V }, { V, r, x: 1 }, 'x', [V, r]])
      expect(read(text({ ...change, old }), 'change')).toBeNull();
  });
});

describe('an envelope', () => {
  const decrypter = new Decrypter(SERVER_KID, createPrivateKey({ key: { ...SERVER_KEY }, format: 'jwk' }));
  const { d: _, ...open } = SERVER_KEY;
  const SERVER: JWK = { ...open, kid: SERVER_KID };
  const opened = (jwe: string, type: EnvelopeType = 'sv-zkp-response') => openEnvelope(decrypter, type, jwe);
  const seal = (header: Record<string, unknown> = {}, plaintext = RESPONSE_TEXT) =>
    encryptFor(SERVER, 'sv-zkp-response', plaintext, header);

  it('is opened, whatever the order of its header', async () => {
    expect((await opened(await seal()))?.toString()).toBe(RESPONSE_TEXT);
    expect((await opened(RESPONSE_JWE))?.toString()).toBe(RESPONSE_TEXT);
    const reordered = new CompactEncrypt(Buffer.from('x')).setProtectedHeader({
      kid: SERVER_KID,
      typ: 'sv-zkp-response',
      enc: 'A256GCM',
      alg: 'ECDH-ES',
    });
    expect((await opened(await reordered.encrypt(await importJWK({ ...open }, 'ECDH-ES'))))?.toString()).toBe('x');
  });

  it('is refused with another algorithm for the key (negative 7)', async () => {
    const { publicKey } = await generateKeyPair('RSA-OAEP-256');
    const secret = await generateSecret('A256GCM');
    const point = await importJWK({ ...open }, 'ECDH-ES+A256KW');
    const keys = [
      ['dir', secret],
      ['ECDH-ES+A256KW', point],
      ['RSA-OAEP-256', publicKey],
      ['PBES2-HS256+A128KW', Buffer.from('correct horse')],
    ] as const;
    for (const [alg, key] of keys) {
      const header = { alg, enc: 'A256GCM', typ: 'sv-zkp-response', kid: SERVER_KID };
      const jwe = await new CompactEncrypt(Buffer.from('x')).setProtectedHeader(header).encrypt(key);
      expect(await opened(jwe), alg).toBeNull();
    }
  });

  it.each([
    ['enc A128GCM (negative 8)', { enc: 'A128GCM' }],
    ['enc A256CBC-HS512 (negative 8)', { enc: 'A256CBC-HS512' }],
    ['another kid (negative 10)', { kid: 'x' }],
    ['no kid (negative 10)', { kid: undefined }],
    ['the type of another message (negative 11)', { typ: 'sv-zkp-commitment' }],
    ['no type (negative 11)', { typ: undefined }],
    ['cty', { cty: 'json' }],
    ['jwk', { jwk: {} }],
    ['jku', { jku: 'https://evil.example' }],
    ['x5t', { x5t: 'x' }],
  ])('is refused with %s', async (_what, header) => {
    expect(await opened(await seal(header))).toBeNull();
  });

  it('is refused with members of the key agreement', async () => {
    const sealing = (name: 'apu' | 'apv') =>
      new CompactEncrypt(Buffer.from('x'))
        .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM', typ: 'sv-zkp-response', kid: SERVER_KID })
        .setKeyManagementParameters({ [name]: Buffer.from('x') });
    for (const name of ['apu', 'apv'] as const) {
      const jwe = await sealing(name).encrypt(await importJWK({ ...open }, 'ECDH-ES'));
      expect(await opened(jwe), name).toBeNull();
    }
  });

  it('is refused when compressed (negative 9)', async () => {
    const [header = '', ...rest] = RESPONSE_JWE.split('.');
    const zipped = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), zip: 'DEF' };
    expect(await opened([b64u(Buffer.from(text(zipped))), ...rest].join('.'))).toBeNull();
  });

  it('is refused as a message of another type (negative 11)', async () => {
    expect(await opened(RESPONSE_JWE, 'sv-zkp-commitment')).toBeNull();
    expect(await opened(RESPONSE_JWE, 'sv-zkp-challenge')).toBeNull();
  });

  it.each([
    ['header', 0],
    ['IV', 2],
    ['ciphertext', 3],
    ['tag', 4],
  ])('is refused when a bit of its %s is flipped (negative 12)', async (_what, at) => {
    const segments = RESPONSE_JWE.split('.');
    const bytes = Buffer.from(segments[at]!, 'base64url');
    for (const place of [0, bytes.length >> 1, bytes.length - 1]) {
      const flipped = Buffer.from(bytes);
      flipped[place] = flipped[place]! ^ 1;
      expect(await opened(segments.toSpliced(at, 1, b64u(flipped)).join('.'))).toBeNull();
    }
  });

  it.each([
    ['padding', (jwe: string) => `${jwe}=`],
    ['a blank', (jwe: string) => `${jwe} `],
    ['an encrypted key', (jwe: string) => jwe.replace('..', '.AAAA.')],
    ['a sixth segment', (jwe: string) => `${jwe}.`],
    ['four segments', (jwe: string) => jwe.split('.').slice(0, 4).join('.')],
    ['nothing', () => ''],
  ])('is refused with %s (negative 5)', async (_what, change) => {
    expect(await opened(change(RESPONSE_JWE))).toBeNull();
  });

  it('is refused when it is longer than 4096 characters (negative 13)', async () => {
    expect(await opened(await seal({}, 'x'.repeat(4096)))).toBeNull();
  });

  it('is read for one of several keys, which its header names', async () => {
    const key = { kid: 'former', decrypt: async () => null } as unknown as Decrypter;
    const others = [key];
    expect((await openEnvelope(decrypter, 'sv-zkp-response', RESPONSE_JWE, others))?.toString()).toBe(RESPONSE_TEXT);
    expect(await openEnvelope(key, 'sv-zkp-response', RESPONSE_JWE, [])).toBeNull();
    expect((await openEnvelope(key, 'sv-zkp-response', RESPONSE_JWE, [decrypter]))?.toString()).toBe(RESPONSE_TEXT);
    const [, ...rest] = RESPONSE_JWE.split('.');
    for (const header of ['', b64u(Buffer.from('no JSON')), b64u(Buffer.from('{"kid":"former"}'))])
      expect(await openEnvelope(decrypter, 'sv-zkp-response', [header, ...rest].join('.'), others)).toBeNull();
  });

  it('is refused when it was encrypted for another key (negative 14)', async () => {
    const other = await generateKeyPair('ECDH-ES', { extractable: true });
    const { x, y } = (await crypto.subtle.exportKey('jwk', other.publicKey)) as JWK;
    const retired = await encryptFor({ ...SERVER, x, y } as JWK, 'sv-zkp-response', RESPONSE_TEXT);
    expect(await opened(retired)).toBeNull();
  });
});

describe('the key of a client', () => {
  const { crv, kty, x, y } = SERVER_KEY;
  const own = { crv, kty, x, y };
  const okp = (point: string) => ({ crv: 'X25519', kty: 'OKP', x: b64u(hex(point)) });

  it.each(['P-256', 'X25519'] as const)('is read on %s', async (curve) => {
    const { cipherKey, thumbprint } = await ImageProofClient.create(curve);
    expect(readCipherKey(cipherKey)?.thumbprint).toEqual(thumbprint);
  });

  it.each([
    ['its private part (negative 15)', { ...own, d: SERVER_KEY.d }],
    ['kid (negative 16)', { ...own, kid: 'x' }],
    ['alg (negative 16)', { ...own, alg: 'ECDH-ES' }],
    ['a point beside the curve (negative 17)', { ...own, y: x }],
    ['the point zero of X25519 (negative 18)', okp('00'.repeat(32))],
    ['a point of order 2 of X25519 (negative 18)', okp(`01${'00'.repeat(31)}`)],
    [
      'a point of order 8 of X25519 (negative 18)',
      okp('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
    ],
    ['a longer coordinate', { ...own, x: b64u(Buffer.alloc(48, 1)) }],
    ['P-384 (negative 19)', { ...own, crv: 'P-384' }],
    ['RSA (negative 19)', { e: 'AQAB', kty: 'RSA', n: x }],
    ['oct (negative 19)', { k: x, kty: 'oct' }],
    ['another order (negative 20)', { kty, crv, x, y }],
    ['a missing member', { crv, kty, x }],
    ['null', null],
    ['a list', []],
  ])('is refused with %s', (_what, jwk) => {
    expect(readCipherKey(jwkText(jwk))).toBeNull();
  });

  it('is refused with padding, blanks and more than 512 characters', () => {
    const given = jwkText(own);
    expect(readCipherKey(given)).not.toBeNull();
    expect(readCipherKey(`${given}=`)).toBeNull();
    expect(readCipherKey(b64u(Buffer.from(text(own).replace(',', ', '))))).toBeNull();
    expect(readCipherKey(given.padEnd(513, 'A'))).toBeNull();
    expect(readCipherKey('')).toBeNull();
  });
});
