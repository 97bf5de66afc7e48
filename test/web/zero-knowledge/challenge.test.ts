import { CompactEncrypt, type CryptoKey, importJWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCipherKey } from '../../../src/auth-modes/image-proof/cipher-key.ts';
import { sealEnvelope } from '../../../src/auth-modes/image-proof/envelope.ts';
import { type OpenOptions, openChallenge } from '../../../web/zero-knowledge/challenge.ts';
import { type ClientKey, createClientKey, toClientKey } from '../../../web/zero-knowledge/client-key.ts';
import { CHALLENGE_JWE, CHALLENGE_TEXT, CIPHER_KEY, CLIENT_KEY } from '../../src/auth-modes/image-proof/vectors.ts';

const { d: _, ...OPEN_KEY } = CLIENT_KEY;
const SEALED_FOR = readCipherKey(CIPHER_KEY)!;
const KID = SEALED_FOR.thumbprint.toString('base64url');

let key: ClientKey;
beforeAll(async () => {
  key = toClientKey(CLIENT_KEY, (await importJWK({ ...CLIENT_KEY }, 'ECDH-ES')) as CryptoKey);
});

const open = (challengeData: string, over: Partial<OpenOptions> = {}, version = 'sv-zkp/1') =>
  openChallenge({ challengeData, version }, { key, serviceKeyId: null, ...over });
const seal = (text: string) => sealEnvelope('sv-zkp-challenge', text, SEALED_FOR);

/** Encrypts with another header. */
async function sealAs(header: object, parameters: object = {}): Promise<string> {
  const own = { alg: 'ECDH-ES', enc: 'A256GCM', typ: 'sv-zkp-challenge', kid: KID };
  return new CompactEncrypt(Buffer.from(CHALLENGE_TEXT))
    .setProtectedHeader({ ...own, ...header })
    .setKeyManagementParameters(parameters)
    .encrypt(await importJWK({ ...OPEN_KEY }, 'ECDH-ES'));
}

const changed = (change: (challenge: Record<string, unknown>) => object): string =>
  JSON.stringify(change(JSON.parse(CHALLENGE_TEXT) as Record<string, unknown>));
const withKey = (over: object) => changed((all) => ({ ...all, srv: { ...(all['srv'] as object), ...over } }));

describe('a challenge', () => {
  it('is opened in its one form', async () => {
    await expect(open(await seal(CHALLENGE_TEXT))).resolves.toMatchObject({ id: 'EBESExQVFhcYGRobHB0eHw' });
    await expect(open(await sealAs({}))).resolves.toBeDefined();
  });

  it.each(['sv-zkp/01', 'SV-ZKP/1', 'sv-zkp/2', ''])('of version %j is refused (negative 52)', async (version) => {
    await expect(open(CHALLENGE_JWE, {}, version)).rejects.toMatchObject({ code: 'VERSION_UNSUPPORTED' });
  });

  it.each([
    ['blanks', CHALLENGE_TEXT.replace(',', ', ')],
    ['another order', changed(({ v, n, id, ...rest }) => ({ v, n, id, ...rest }))],
    ['a repeated member', CHALLENGE_TEXT.replace('"n":', '"v":"sv-zkp/1","n":')],
    ['a further member', changed((all) => ({ ...all, more: 1 }))],
    ['a missing member', changed(({ salt: _salt, ...rest }) => rest)],
    ['another version', changed((all) => ({ ...all, v: 'sv-zkp/2' }))],
    ['a short id', changed((all) => ({ ...all, id: 'AAAA' }))],
    ['a number as its id', changed((all) => ({ ...all, id: 1 }))],
    ['a padded nonce', changed((all) => ({ ...all, n: `${all['n']}=` }))],
    ['a longer salt', changed((all) => ({ ...all, salt: all['n'] }))],
    ['a longer life', changed((all) => ({ ...all, exp: Number(all['exp']) + 1 }))],
    ['no life', changed((all) => ({ ...all, exp: all['iat'] }))],
    ['moments that are texts', changed((all) => ({ ...all, iat: '0', exp: '0120' }))],
    ['moments that are none', changed((all) => ({ ...all, iat: null, exp: 120 }))],
    ['no key of the service', changed((all) => ({ ...all, srv: null }))],
    ['a key of another curve', withKey({ crv: 'P-384' })],
    ['a key with its private part', withKey({ d: CLIENT_KEY.d })],
    ['a key with the id of another one', withKey({ kid: KID })],
    ['a key without id', withKey({ kid: undefined })],
    ['a key beside the curve', withKey({ y: CLIENT_KEY.x })],
    ['a list', '[]'],
    ['null', 'null'],
    ['no JSON', '{'],
    ['nothing', ''],
  ])('with %s is refused', async (_what, text) => {
    await expect(open(await seal(text))).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' });
  });

  it.each([
    ['a response', { typ: 'sv-zkp-response' }],
    ['of no type', { typ: undefined }],
    ['for another kid', { kid: 'x' }],
    ['with cty', { cty: 'json' }],
    ['with jku', { jku: 'https://evil.example' }],
    ['with A128GCM', { enc: 'A128GCM' }],
  ])('is refused when it is %s', async (_what, header) => {
    await expect(open(await sealAs(header))).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' });
  });

  it('is refused with members of the key agreement', async () => {
    for (const name of ['apu', 'apv'])
      await expect(open(await sealAs({}, { [name]: Buffer.from('x') }))).rejects.toThrow();
  });

  it.each([
    ['padding', (jwe: string) => `${jwe}=`],
    ['a blank', (jwe: string) => ` ${jwe}`],
    [
      'a flipped bit',
      (jwe: string) => jwe.replace(/(?<=\.)[\w-](?=[\w-]+$)/, (letter) => (letter === 'A' ? 'B' : 'A')),
    ],
    ['an encrypted key', (jwe: string) => jwe.replace('..', '.AAAA.')],
    ['a sixth segment', (jwe: string) => `${jwe}.`],
    ['nothing', () => ''],
    ['4,097 characters', (jwe: string) => jwe.padEnd(4097, 'A')],
  ])('is refused with %s', async (_what, change) => {
    await expect(open(change(CHALLENGE_JWE))).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' });
  });

  it('that was encrypted for another key, or by another service, is refused', async () => {
    await expect(open(CHALLENGE_JWE, { key: await createClientKey() })).rejects.toThrow();
    await expect(open(CHALLENGE_JWE, { serviceKeyId: KID })).rejects.toMatchObject({ code: 'CHALLENGE_INVALID' });
  });
});

describe('the key of the client', () => {
  it('is one that the service takes, and new each time', async () => {
    const [one, other] = [await createClientKey(), await createClientKey()];
    expect(readCipherKey(one.cipherKey)?.thumbprint).toEqual(Buffer.from(one.thumbprint));
    expect(one.cipherKey).not.toBe(other.cipherKey);
    expect(one.privateKey.extractable).toBe(false);
  });
});
