import { CompactEncrypt, type CompactJWEHeaderParameters, type CryptoKey, compactDecrypt } from 'jose';
import { decodeBase64Url, encodeBase64Url } from './bytes.ts';
import type { ClientKey } from './client-key.ts';

/** What an encrypted message is, so that none can be sent as another. */
export type EnvelopeType = 'sv-zkp-challenge' | 'sv-zkp-response' | 'sv-zkp-commitment';

/** The key of the service for one challenge. */
export interface ServiceKey {
  readonly key: CryptoKey;
  /** Its thumbprint. */
  readonly kid: string;
}

const KEY_ALGORITHM = 'ECDH-ES';
const CONTENT_ALGORITHM = 'A256GCM';
const HEADER = 'alg enc epk kid typ';
const EPHEMERAL_KEY = 'crv kty x y';
const MAX_CHARACTERS = 4096;
const SEGMENTS = 5;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Encrypts a message for the service: compact JWE with direct key agreement (RFC 7518 section 4.6). */
export function sealEnvelope(type: EnvelopeType, plaintext: string, { key, kid }: ServiceKey): Promise<string> {
  return new CompactEncrypt(encoder.encode(plaintext))
    .setProtectedHeader({ alg: KEY_ALGORITHM, enc: CONTENT_ALGORITHM, typ: type, kid })
    .encrypt(key);
}

/**
 * The plaintext of a challenge. Null if it was not encrypted for this key, is of another type, or has another member in its header than these
 * five.
 */
export async function openEnvelope(jwe: string, { privateKey, thumbprint }: ClientKey): Promise<string | null> {
  if (!isStrict(jwe)) return null;
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey, {
      keyManagementAlgorithms: [KEY_ALGORITHM],
      contentEncryptionAlgorithms: [CONTENT_ALGORITHM],
    });
    return isExpected(protectedHeader, encodeBase64Url(thumbprint)) ? decoder.decode(plaintext) : null;
  } catch {
    return null;
  }
}

/** Whether each segment is the only spelling of its bytes. */
function isStrict(jwe: string): boolean {
  if (jwe.length > MAX_CHARACTERS) return false;
  const segments = jwe.split('.');
  return segments.length === SEGMENTS && segments.every((segment) => decodeBase64Url(segment) !== null);
}

function isExpected(header: CompactJWEHeaderParameters, kid: string): boolean {
  const type: EnvelopeType = 'sv-zkp-challenge';
  if (namesOf(header) !== HEADER || namesOf(header['epk'] as object) !== EPHEMERAL_KEY) return false;
  return header.typ === type && header.kid === kid;
}

const namesOf = (value: object): string => Object.keys(value).sort().join(' ');
