import {
  createHmac,
  createSecretKey,
  hash,
  type KeyObject,
  randomBytes,
  randomUUID,
  timingSafeEqual,
} from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { MasterKey } from './master-key.ts';

/** SHA-256 of the UTF-8 form of a text, or of bytes. */
export function sha256(value: string | Uint8Array): Buffer {
  return hash('sha256', value, 'buffer');
}

/** SHA-256 as unpadded base64url, 43 characters: the form of a PKCE S256 challenge (RFC 7636 section 4.2). */
export function sha256Base64Url(value: string | Uint8Array): string {
  return hash('sha256', value, 'base64url');
}

/**
 * Whether two values are equal, in a time that does not depend on where they differ. Texts, and bytes of unequal lengths,
 * are hashed first, so unequal lengths take the same path as unequal bytes.
 */
export function constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const areDigests = typeof a !== 'string' && typeof b !== 'string' && a.length === b.length;
  if (areDigests) return timingSafeEqual(a, b);
  return timingSafeEqual(sha256(a), sha256(b));
}

/** Most secrets whose hashes are remembered: about 200 bytes each, so 2 MB. */
const REMEMBERED = 10_000;

/**
 * Hashes client secrets with HMAC-SHA-256 under a derived key. A slow hash would add cost but no strength, because secrets
 * are 256 random bits; the key makes a stolen table useless even for short imported ones.
 */
export class SecretHasher {
  readonly #key: KeyObject;
  /**
   * Hashes of right secrets, by a salted digest of the secret, which takes a quarter of the time of the HMAC. Nothing has to
   * drop an entry, because the hash of a secret never changes; a rotated one is refused by comparison with what is stored.
   */
  readonly #remembered = new LRUCache<string, Buffer>({ max: REMEMBERED });
  /** The values of `#remembered`, past ones included: to remember a hash that comes from there takes no second digest. */
  readonly #kept = new WeakSet<Buffer>();
  readonly #salt = randomBytes(32).toString('base64url');

  constructor(masterKey: MasterKey) {
    this.#key = createSecretKey(masterKey.derive('client-secret'));
  }

  /** A new client secret: 256 random bits as 43 characters of base64url. */
  mint(): string {
    return randomBytes(32).toString('base64url');
  }

  /** A new client secret in the form of a UUID: 122 random bits, enough that no guess finds it (RFC 6749 section 10.10). */
  mintUuid(): string {
    return randomUUID();
  }

  /** 32 bytes, the same for the same secret, so that rows can be found by it. */
  hash(secret: string): Buffer {
    return this.#remembered.get(this.#digest(secret)) ?? createHmac('sha256', this.#key).update(secret).digest();
  }

  /** Keeps the hash of a secret that was right. Never call it for a wrong one, so that guesses push out nothing. */
  remember(secret: string, hashed: Buffer): void {
    if (this.#kept.has(hashed)) return;
    this.#kept.add(hashed);
    this.#remembered.set(this.#digest(secret), hashed);
  }

  /** Whether `stored` is the hash of `secret`, compared in constant time. */
  matches(secret: string, stored: Uint8Array): boolean {
    return constantTimeEqual(this.hash(secret), stored);
  }

  #digest(secret: string): string {
    return hash('sha256', this.#salt + secret, 'base64');
  }
}
