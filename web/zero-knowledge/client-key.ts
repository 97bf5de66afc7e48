import { sha256 } from '@noble/hashes/sha2.js';
import type { CryptoKey } from 'jose';
import { encodeBase64Url } from './bytes.ts';

/** The key of this client for one challenge. */
export interface ClientKey {
  /** The public part, base64url of its JWK. */
  readonly cipherKey: string;
  /** SHA-256 thumbprint (RFC 7638), 32 bytes. */
  readonly thumbprint: Uint8Array;
  /** It cannot be exported. */
  readonly privateKey: CryptoKey;
}

/** A public key on P-256. */
export interface PublicPoint {
  readonly x: string;
  readonly y: string;
}

const encoder = new TextEncoder();

/** Makes a key on P-256, which every service has to support. */
export async function createClientKey(): Promise<ClientKey> {
  const algorithm = { name: 'ECDH', namedCurve: 'P-256' };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, false, ['deriveBits']);
  const { x, y } = await crypto.subtle.exportKey('jwk', publicKey);
  return toClientKey({ x: x!, y: y! }, privateKey);
}

export function toClientKey(point: PublicPoint, privateKey: CryptoKey): ClientKey {
  const json = encodeJwk(point);
  return { cipherKey: encodeBase64Url(json), thumbprint: sha256(json), privateKey };
}

/** SHA-256 thumbprint of a key (RFC 7638). */
export const hashPoint = (point: PublicPoint): Uint8Array => sha256(encodeJwk(point));

/** The JWK in the form of RFC 7638 section 3.3: the members that it needs, ordered, without blanks. */
const encodeJwk = ({ x, y }: PublicPoint): Uint8Array =>
  encoder.encode(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y }));
