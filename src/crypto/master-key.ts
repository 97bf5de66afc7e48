import { hkdfSync, randomBytes } from 'node:crypto';

const MIN_BYTES = 32;

const HEX = /^(?:[0-9a-f]{2})+$/i;
/** Base64 and base64url (RFC 4648 sections 4 and 5), padded or not. */
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * The secret `MASTER_KEY`, from which all other keys are derived. Nothing is encrypted or authenticated with it directly;
 * each use gets a separate key by HKDF-SHA-256 (RFC 5869), so a leaked key reveals neither the others nor the master key.
 */
export class MasterKey {
  readonly #bytes: Buffer;
  readonly #derived = new Map<string, Buffer>();

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /**
   * Reads a key of at least 32 bytes, written as hex, base64 or base64url. A text of hex digits only is read as hex; the
   * chance that random base64 of that length looks like hex is 1 in 10^25.
   * @throws Error Not one of the three forms, or too short. The message never repeats the text.
   */
  static fromText(text: string): MasterKey {
    const bytes = decode(text.trim());
    if (bytes === null) {
      throw new Error('The master key must be written as hex, base64 or base64url.');
    }
    if (bytes.length < MIN_BYTES) {
      throw new Error(`The master key must hold at least ${MIN_BYTES} bytes, this one holds ${bytes.length}.`);
    }
    return new MasterKey(bytes);
  }

  /** A new random key, and its text for storage. */
  static generate(): { readonly key: MasterKey; readonly text: string } {
    const text = randomBytes(MIN_BYTES).toString('base64url');
    return { key: MasterKey.fromText(text), text };
  }

  /**
   * The key for one purpose, the same at every start and on every node.
   * @param purpose A constant of the code, never a value of a request, because the cache of derived keys is not bounded.
   *   Renaming a purpose makes everything stored under it unreadable.
   * @param length In bytes, at most 8160 (RFC 5869 section 2.3).
   * @returns A copy, which the caller may overwrite.
   */
  derive(purpose: string, length = 32): Buffer {
    const name = `${purpose}:${length}`;
    let key = this.#derived.get(name);
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', this.#bytes, '', `idgraph/v1/${purpose}`, length));
      this.#derived.set(name, key);
    }
    return Buffer.from(key);
  }
}

function decode(text: string): Buffer | null {
  if (HEX.test(text)) {
    return Buffer.from(text, 'hex');
  }
  return BASE64.test(text) ? Buffer.from(text, 'base64url') : null;
}
