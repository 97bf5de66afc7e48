import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import * as argon2 from '@node-rs/argon2';
import * as bcrypt from '@node-rs/bcrypt';

/**
 * Hashes that other services made, as `$raw$` and a PHC string: `$raw$pbkdf2-sha256$i=27500$<salt>$<key>`,
 * `$raw$argon2id$v=19$m=7168,t=5,p=1$<salt>$<key>`, `$raw$2b$10$<salt and key>`. They are of the password as it was typed, unlike ours,
 * which are of its NFKC form.
 */
const MARK = '$raw';

/**
 * Bounds of what a stranger's hash may cost: about a second of one core, and 256 MiB. OWASP recommends 1,300,000
 * iterations with SHA-1, which other services follow, and fewer with SHA-256 and SHA-512.
 */
const MAX_ITERATIONS = 1_300_000;
const MAX_MEMORY_KIB = 262_144;
const MAX_PASSES = 16;
/** Of Argon2, memory times passes. */
const MAX_WORK_KIB = 524_288;
const MAX_LANES = 16;
const MIN_BCRYPT_COST = 4;
const MAX_BCRYPT_COST = 14;
const MIN_SALT_BYTES = 8;
const MIN_KEY_BYTES = 16;
const MAX_BYTES = 128;

const BASE64 = /^[A-Za-z0-9+/]+$/;
const PBKDF2 = /^\$raw\$pbkdf2-(sha1|sha256|sha512)\$i=(\d+)\$([^$]+)\$([^$]+)$/;
const ARGON2 = /^\$raw(\$(argon2(?:id|i|d))\$v=(?:16|19)\$m=\d+,t=\d+,p=\d+\$[^$]+\$[^$]+)$/;
/** The version that is called 2x was made by a faulty program, whose hashes differ. */
const BCRYPT = /^\$raw(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53})$/;

/** Parameters of a stored hash. */
export interface PasswordHashing {
  /** `argon2id`, `argon2i`, `argon2d`, `pbkdf2-sha1`, `pbkdf2-sha256`, `pbkdf2-sha512` or `bcrypt`. */
  readonly algorithm: string;
  /** Passes over the memory, rounds of PBKDF2, or 2 to the power of the cost of bcrypt. */
  readonly iterations: number;
  /** Null: the algorithm takes none. */
  readonly memoryKib: number | null;
  readonly parallelism: number | null;
  readonly hashBytes: number;
}

interface ForeignHash {
  readonly hashing: PasswordHashing;
  readonly verify: (password: string) => Promise<boolean>;
}

const derive = promisify(pbkdf2);

/** The bytes of base64 with or without padding; null: not base64, or not of a length that is accepted. */
function bytesOf(text: string, least: number): Buffer | null {
  const unpadded = text.replace(/={0,2}$/, '');
  if (!BASE64.test(unpadded)) return null;
  const bytes = Buffer.from(unpadded, 'base64');
  return bytes.length >= least && bytes.length <= MAX_BYTES ? bytes : null;
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

const isBetween = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

function readPbkdf2(text: string): ForeignHash | null {
  const [, digest, rounds, saltText = '', keyText = ''] = PBKDF2.exec(text) ?? [];
  if (digest === undefined) return null;
  const iterations = Number(rounds);
  const salt = bytesOf(saltText, MIN_SALT_BYTES);
  const key = bytesOf(keyText, MIN_KEY_BYTES);
  if (salt === null || key === null || !isBetween(iterations, 1, MAX_ITERATIONS)) return null;
  return {
    hashing: {
      algorithm: `pbkdf2-${digest}`,
      iterations,
      memoryKib: null,
      parallelism: null,
      hashBytes: key.length,
    },
    verify: async (password) => timingSafeEqual(await derive(password, salt, iterations, key.length, digest), key),
  };
}

function parseArgon2(phc: string): argon2.ParsedHashOptions | null {
  try {
    return argon2.parseOptions(phc);
  } catch {
    // The library's message may quote the hash.
    return null;
  }
}

function readArgon2(text: string): ForeignHash | null {
  const [, phc, algorithm] = ARGON2.exec(text) ?? [];
  if (phc === undefined) return null;
  const parsed = parseArgon2(phc);
  if (parsed === null) return null;
  const { memoryCost, timeCost, parallelism, outputLen, saltLen } = parsed;
  const isAccepted =
    isBetween(memoryCost, 8 * parallelism, MAX_MEMORY_KIB) &&
    isBetween(timeCost, 1, MAX_PASSES) &&
    memoryCost * timeCost <= MAX_WORK_KIB &&
    isBetween(parallelism, 1, MAX_LANES) &&
    isBetween(outputLen, MIN_KEY_BYTES, MAX_BYTES) &&
    isBetween(saltLen, MIN_SALT_BYTES, MAX_BYTES);
  if (!isAccepted) return null;
  return {
    hashing: {
      algorithm: algorithm!,
      iterations: timeCost,
      memoryKib: memoryCost,
      parallelism,
      hashBytes: outputLen,
    },
    verify: (password) => argon2.verify(phc, password),
  };
}

function readBcrypt(text: string): ForeignHash | null {
  const [, hash, cost = ''] = BCRYPT.exec(text) ?? [];
  if (hash === undefined || !isBetween(Number(cost), MIN_BCRYPT_COST, MAX_BCRYPT_COST)) return null;
  return {
    hashing: {
      algorithm: 'bcrypt',
      iterations: 2 ** Number(cost),
      memoryKib: null,
      parallelism: null,
      hashBytes: 23,
    },
    // It reads the first 72 bytes of a password, as the program that made the hash did.
    verify: (password) => bcrypt.verify(password, hash),
  };
}

const readAny = (text: string): ForeignHash | null => readPbkdf2(text) ?? readArgon2(text) ?? readBcrypt(text);

/** Whether a stored hash is one that another service made. */
export const isForeignHash = (text: string): boolean => text.startsWith(`${MARK}$`);

/** A stored hash of another service. @throws Error It is none that was accepted: a fault of the service, not of the caller. */
export function readForeignHash(text: string): ForeignHash {
  const found = readAny(text);
  if (found === null) throw new Error('A stored password hash of another service cannot be read.');
  return found;
}

/** What another service knows of a hash. Salt and key are the bytes, not their spelling. */
export type ForeignHashParts =
  | {
      readonly kind: 'pbkdf2';
      readonly digest: 'sha1' | 'sha256' | 'sha512';
      readonly iterations: number;
      readonly salt: Buffer;
      readonly key: Buffer;
    }
  | {
      readonly kind: 'argon2';
      readonly type: 'id' | 'i' | 'd';
      readonly version: 16 | 19;
      readonly memoryKib: number;
      readonly iterations: number;
      readonly parallelism: number;
      readonly salt: Buffer;
      readonly key: Buffer;
    }
  /** `$2a$`, `$2b$` or `$2y$`, cost, salt and key in one text. */
  | { readonly kind: 'bcrypt'; readonly text: string };

function write(parts: ForeignHashParts): string {
  if (parts.kind === 'bcrypt') return `${MARK}${parts.text}`;
  const { iterations } = parts;
  const bytes = `${unpadded(parts.salt)}$${unpadded(parts.key)}`;
  if (parts.kind === 'pbkdf2') return `${MARK}$pbkdf2-${parts.digest}$i=${iterations}$${bytes}`;
  const { type, version, memoryKib, parallelism } = parts;
  return `${MARK}$argon2${type}$v=${version}$m=${memoryKib},t=${iterations},p=${parallelism}$${bytes}`;
}

/**
 * A hash of another service in the form in which it is stored.
 * @returns Null when it cannot be verified here: malformed, too short, or so costly that it would burden the service.
 */
export function writeForeignHash(parts: ForeignHashParts): string | null {
  const text = write(parts);
  return readAny(text) === null ? null : text;
}
