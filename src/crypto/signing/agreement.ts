import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hash,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { AGREEMENT_ALGORITHM } from './signing-key.ts';

/** Compact JWE (RFC 7516 section 7.1) whose key is agreed on directly (RFC 7518 section 4.6), with A256GCM (section 5.3). */

const CONTENT_ALGORITHM = 'A256GCM';
const CIPHER = 'aes-256-gcm';
const KEY_BITS = 256;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const COORDINATE_BYTES = 32;
const SEGMENTS = 5;

/** The members of a header, which the sender chose. */
export type JweHeader = Readonly<Record<string, unknown>>;

/** A message that was encrypted for a key. */
export interface Decrypted {
  readonly plaintext: Buffer;
  readonly header: JweHeader;
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** What stands before and after the agreed secret where the key is derived: the first round; the algorithm, no parties, the length. */
const ROUND = uint32(1);
const OTHER_INFO = Buffer.concat([
  uint32(CONTENT_ALGORITHM.length),
  Buffer.from(CONTENT_ALGORITHM),
  uint32(0),
  uint32(0),
  uint32(KEY_BITS),
]);

/** The key of a message (RFC 7518 section 4.6.2). One round of SHA-256 makes as many bits as it needs. */
const agreeOn = (keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject }): Buffer =>
  hash('sha256', Buffer.concat([ROUND, diffieHellman(keys), OTHER_INFO]), 'buffer');

const newKeyPair = ({ asymmetricKeyType }: KeyObject) =>
  asymmetricKeyType === 'x25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });

/**
 * Encrypts for a key on P-256 or X25519.
 * @param header What the header has beside the algorithms and the key of this message.
 */
export function encryptFor(recipient: KeyObject, plaintext: Uint8Array, header: JweHeader): string {
  const { privateKey, publicKey } = newKeyPair(recipient);
  const algorithms = { alg: AGREEMENT_ALGORITHM, enc: CONTENT_ALGORITHM };
  const whole = { ...algorithms, ...header, epk: publicKey.export({ format: 'jwk' }) };
  const first = Buffer.from(JSON.stringify(whole)).toString('base64url');
  const nonce = randomBytes(NONCE_BYTES);
  const key = agreeOn({ privateKey, publicKey: recipient });
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(first));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return [first, '', ...[nonce, body, cipher.getAuthTag()].map((part) => part.toString('base64url'))].join('.');
}

/**
 * Decrypts what was encrypted for a key on P-256.
 * @throws Error It was not encrypted for this key or by other algorithms, was changed, or is no such message.
 */
export function decryptBy(privateKey: KeyObject, jwe: string): Decrypted {
  const segments = jwe.split('.');
  const [first, wrapped, ...parts] = segments;
  if (segments.length !== SEGMENTS || wrapped !== '') throw new Error('Not a message whose key is agreed on directly.');
  const header = readHeader(first!);
  const key = agreeOn({ privateKey, publicKey: readEphemeralKey(header['epk']) });
  const [nonce, body, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (nonce!.length !== NONCE_BYTES) throw new Error('The nonce has another length.');
  const decipher = createDecipheriv(CIPHER, key, nonce!, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(first!));
  decipher.setAuthTag(tag!);
  return { header, plaintext: Buffer.concat([decipher.update(body!), decipher.final()]) };
}

/** Members that change how a message is read, which no client of ours sends. */
const REFUSED = ['crit', 'zip', 'apu', 'apv'];

function readHeader(segment: string): JweHeader {
  const header = JSON.parse(Buffer.from(segment, 'base64url').toString()) as JweHeader;
  if (header['alg'] !== AGREEMENT_ALGORITHM || header['enc'] !== CONTENT_ALGORITHM)
    throw new Error('The message has other algorithms.');
  if (REFUSED.some((name) => Object.hasOwn(header, name))) throw new Error('The header demands what is not supported.');
  return header;
}

/** The key of the sender for this message. Importing it refuses points that are not on the curve. */
function readEphemeralKey(sent: unknown): KeyObject {
  const { kty, crv, x, y } = sent as JsonWebKey;
  const isOfCurve = kty === 'EC' && crv === 'P-256' && [x, y].every(isCoordinate);
  if (!isOfCurve) throw new Error('The key of the message is of another curve.');
  return createPublicKey({ key: { kty, crv, x: x!, y: y! }, format: 'jwk' });
}

const isCoordinate = (text: unknown): boolean =>
  typeof text === 'string' && Buffer.from(text, 'base64url').length === COORDINATE_BYTES;
