import { CompactEncrypt, type CompactJWEHeaderParameters, decodeProtectedHeader } from 'jose';
import { AGREEMENT_ALGORITHM, CONTENT_ALGORITHM, constantTimeEqual, type Decrypter } from '../../crypto/index.ts';
import type { CipherKey } from './cipher-key.ts';
import { decodeBase64Url } from './encoding.ts';

/** What an encrypted message is, so that none can be sent as another. */
export type EnvelopeType = 'sv-zkp-challenge' | 'sv-zkp-response' | 'sv-zkp-commitment';

const HEADER = ['alg', 'enc', 'epk', 'kid', 'typ'];
const EPHEMERAL_KEY = ['crv', 'kty', 'x', 'y'];
const MAX_CHARACTERS = 4096;
const SEGMENTS = 5;

/** Encrypts a message for the key of a client: compact JWE with direct key agreement (RFC 7518 section 4.6). */
export function sealEnvelope(type: EnvelopeType, plaintext: string, { key, thumbprint }: CipherKey): Promise<string> {
  const kid = thumbprint.toString('base64url');
  return new CompactEncrypt(Buffer.from(plaintext))
    .setProtectedHeader({ alg: AGREEMENT_ALGORITHM, enc: CONTENT_ALGORITHM, typ: type, kid })
    .encrypt(key);
}

/**
 * The plaintext of a message that a client encrypted for the service. Null if it was not encrypted for these keys, is of another type, or
 * has another member in its header than these five: whatever else the header could say would leave something to confuse.
 * @param others Decrypt messages whose header names their keys. Default: none.
 */
export async function openEnvelope(
  decrypter: Decrypter,
  type: EnvelopeType,
  jwe: string,
  others: readonly Decrypter[] = [],
): Promise<Buffer | null> {
  if (!isStrict(jwe)) return null;
  const kid = kidOf(jwe);
  const recipient = others.find((other) => other.kid === kid) ?? decrypter;
  const opened = await recipient.decrypt(jwe);
  if (opened === null || !isExpected(opened.header, type, recipient.kid)) return null;
  return Buffer.from(opened.plaintext);
}

/** What the header says of its recipient; nothing proves it. */
function kidOf(jwe: string): unknown {
  try {
    return decodeProtectedHeader(jwe).kid;
  } catch {
    return undefined;
  }
}

/** Whether each segment is the only spelling of its bytes. */
function isStrict(jwe: string): boolean {
  if (jwe.length > MAX_CHARACTERS) return false;
  const segments = jwe.split('.');
  return segments.length === SEGMENTS && segments.every((segment) => decodeBase64Url(segment) !== null);
}

function isExpected(header: CompactJWEHeaderParameters, type: EnvelopeType, kid: string): boolean {
  if (!hasMembers(header, HEADER) || !hasMembers(header['epk'] as object, EPHEMERAL_KEY)) return false;
  return header.typ === type && constantTimeEqual(String(header.kid), kid);
}

const hasMembers = (value: object, names: readonly string[]): boolean =>
  Object.keys(value).sort().join(' ') === names.join(' ');
