import { base64url } from 'jose';

const LENGTH_BYTES = 4;
const encoder = new TextEncoder();

/** The length of bytes in 4 bytes, big-endian. */
export function lengthPrefix(length: number): Uint8Array {
  const prefix = new Uint8Array(LENGTH_BYTES);
  new DataView(prefix.buffer).setUint32(0, length);
  return prefix;
}

/** Each part behind its length, so that no two lists of parts are written alike. Texts are UTF-8. */
export function lengthPrefixed(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const encoded = parts.map((part) => (typeof part === 'string' ? encoder.encode(part) : part));
  const whole = new Uint8Array(encoded.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  let at = 0;
  for (const bytes of encoded) {
    whole.set(lengthPrefix(bytes.length), at);
    whole.set(bytes, at + LENGTH_BYTES);
    at += LENGTH_BYTES + bytes.length;
  }
  return whole;
}

/** Unpadded base64url (RFC 4648 section 5). */
export const encodeBase64Url = (bytes: Uint8Array): string => base64url.encode(bytes);

/**
 * What a text of unpadded base64url stands for. Null for every other spelling of the same bytes: padding, blanks, other alphabets, unused bits
 * that are set.
 * @param length How many bytes there must be. Default: any number.
 */
export function decodeBase64Url(text: string, length?: number): Uint8Array | null {
  try {
    const bytes = base64url.decode(text);
    if (base64url.encode(bytes) !== text) return null;
    return length === undefined || bytes.length === length ? bytes : null;
  } catch {
    return null;
  }
}

/** Overwrites secrets that are not needed any more. Copies that the engine of the browser made are out of reach. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0);
}
