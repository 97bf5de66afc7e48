const LENGTH_BYTES = 4;

/** Each part behind its length in 4 bytes, big-endian, so that no two lists of parts are written alike. Texts are UTF-8. */
export function lengthPrefixed(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/**
 * What a text of unpadded base64url stands for (RFC 4648 section 5). Null for padding, other alphabets, blanks and unused bits that
 * are set, each of which would be a second spelling of the same bytes.
 * @param length How many bytes there must be. Default: any number.
 */
export function decodeBase64Url(text: string, length?: number): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.toString('base64url') !== text) return null;
  return length === undefined || bytes.length === length ? bytes : null;
}

/** A username as it is part of a secret: the letters A to Z in lower case, all others as they are. */
export const foldedName = (username: string): string => username.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
