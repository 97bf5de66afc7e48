import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { MasterKey } from './master-key.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^v1\.([A-Za-z0-9_-]+)$/;

/**
 * Encrypts secrets that must be read again: TOTP seeds, provider tokens, private keys (AES-256-GCM, NIST SP 800-38D).
 * Nonces are random, so one key may seal 2^32 values (section 8.3 there). Stored secrets are far fewer; values that are
 * sealed for every event or request need a separate purpose, and so a separate key.
 */
export class Sealer {
  readonly #key: KeyObject;

  /** @param purpose A constant of the code that names the key; values sealed under another purpose cannot be opened. */
  constructor(masterKey: Pick<MasterKey, 'derive'>, purpose = 'seal') {
    this.#key = createSecretKey(masterKey.derive(purpose));
  }

  /** A sealer whose key is not derived from the master key, but stored sealed by it: 32 random bytes. */
  static under(key: Uint8Array): Sealer {
    return new Sealer({ derive: () => Buffer.from(key) });
  }

  /**
   * @param context Where the value belongs, such as table, tenant and row id. It is authenticated, not stored: a sealed
   *   value copied into another row cannot be opened there.
   * @returns Text, `v1.` and base64url of nonce, ciphertext and tag.
   */
  seal(plain: string | Uint8Array, context: string | Uint8Array): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(bytesOf(context));
    const body = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return `v1.${body.toString('base64url')}`;
  }

  /**
   * @throws Error The text is not a sealed value, was changed, belongs to another context or was sealed under another
   *   master key. The message holds neither the value nor the context.
   */
  open(sealed: string, context: string | Uint8Array): Buffer {
    const body = bodyOf(sealed);
    const nonce = body.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(bytesOf(context));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    const start = decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      return Buffer.concat([start, decipher.final()]);
    } catch {
      throw new Error('A sealed value does not open: it was changed, moved, or sealed under another master key.');
    }
  }
}

function bodyOf(sealed: string): Buffer {
  const body = Buffer.from(SEALED.exec(sealed)?.[1] ?? '', 'base64url');
  if (body.length < NONCE_BYTES + TAG_BYTES) {
    throw new Error('A sealed value is not of the form this version reads (v1).');
  }
  return body;
}

const bytesOf = (context: string | Uint8Array): Uint8Array =>
  typeof context === 'string' ? Buffer.from(context) : context;
