import { createPublicKey, diffieHellman, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { sha256 } from '../../crypto/index.ts';
import { readCanonicalJson } from './canonical-json.ts';
import { decodeBase64Url } from './encoding.ts';

/** The key of a client for one challenge. */
export interface CipherKey {
  readonly key: KeyObject;
  /** SHA-256 thumbprint (RFC 7638), 32 bytes. */
  readonly thumbprint: Buffer;
}

const MAX_CHARACTERS = 512;

const COORDINATE = z.string().refine((text) => decodeBase64Url(text, 32) !== null);
/** The members in the order of RFC 7638 section 3.3. */
const PUBLIC_KEY = z.union([
  z.strictObject({ crv: z.literal('P-256'), kty: z.literal('EC'), x: COORDINATE, y: COORDINATE }),
  z.strictObject({ crv: z.literal('X25519'), kty: z.literal('OKP'), x: COORDINATE }),
]);

/**
 * The public key in the base64url of its JWK, which must have the form that its thumbprint is made of (RFC 7638 section 3.3): the
 * members that it needs, ordered, without blanks. Null for anything else: other curves, private parts, further members, points that are
 * not on their curve, and points with which every key would agree on the same secret (RFC 7748 section 6.1).
 */
export function readCipherKey(text: string): CipherKey | null {
  const json = text.length > MAX_CHARACTERS ? null : decodeBase64Url(text);
  if (json === null) return null;
  const jwk = readCanonicalJson(PUBLIC_KEY, json);
  const key = jwk === null ? null : importPublic(jwk);
  return key === null ? null : { key, thumbprint: sha256(json) };
}

function importPublic(jwk: JsonWebKey): KeyObject | null {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    if (jwk.crv === 'X25519') assertAgrees(key);
    return key;
  } catch {
    return null;
  }
}

/** @throws Error The agreed secret is zero, whatever the other key is. */
function assertAgrees(publicKey: KeyObject): void {
  const { privateKey } = generateKeyPairSync('x25519');
  diffieHellman({ privateKey, publicKey });
}
