import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import * as argon2 from '@node-rs/argon2';
import { isForeignHash, type PasswordHashing, readForeignHash } from './foreign-hash.ts';
import { passwordErrors } from './password.errors.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * Bounds the hashing time, which grows with the password. Allows 256 characters of four bytes; NIST SP 800-63B-4 requires
 * at least 64 characters.
 */
const MAX_BYTES = 1024;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$/;

/** Cost of a hash and bounds of the queue. The defaults are the minimum that OWASP recommends for Argon2id. */
export interface PasswordHasherOptions {
  /**
   * Hashes running at once. Default: the number of cores. Each holds `memoryKiB` (19 MiB) and a thread of the libuv pool,
   * which has 4 unless `UV_THREADPOOL_SIZE` says otherwise; leave threads free for RSA signatures and name look-ups.
   */
  readonly concurrency?: number;
  /** Hashes waiting at once. Default: 64 per running one; at 10 ms each, the last waits 0.64 s. */
  readonly queueLimit?: number;
  /**
   * Whether the database runs in this process. If so, one core is left to the event loop, which the database shares, and
   * half as many tasks may wait, because their statements run there too. Default false.
   */
  readonly isEmbedded?: boolean;
  /** In KiB. Default 19456. */
  readonly memoryKiB?: number;
  /** Passes over the memory. Default 2. */
  readonly timeCost?: number;
  /** Lanes of one hash. Default 1. */
  readonly parallelism?: number;
}

/** Memory and passes of a hash: what each guess costs. */
export type PasswordCost = Pick<PasswordHasherOptions, 'memoryKiB' | 'timeCost'>;

/** `needsRehash` is true only for a right password whose hash is weaker than what is made today. */
export interface PasswordVerdict {
  readonly ok: boolean;
  readonly needsRehash: boolean;
}

/**
 * Argon2id (RFC 9106) behind a bounded queue, because each hash uses a core and 19 MiB and a burst of sign-ins would
 * exhaust both. Passwords are normalised to NFKC, as NIST SP 800-63B-4 section 3.1.1.2 advises, so that composed and
 * decomposed characters from different keyboards are the same password. They are not trimmed, cut or changed otherwise.
 */
export class PasswordHasher {
  readonly #cost: { readonly memoryCost: number; readonly timeCost: number; readonly parallelism: number };
  readonly #queue: WorkQueue;
  readonly #decoyHash: string;

  constructor(options: PasswordHasherOptions = {}) {
    const isEmbedded = options.isEmbedded === true;
    const cores = availableParallelism();
    const concurrency = options.concurrency ?? (isEmbedded ? Math.max(1, cores - 1) : cores);
    this.#queue = new WorkQueue(concurrency, options.queueLimit ?? concurrency * (isEmbedded ? 32 : 64));
    this.#cost = {
      memoryCost: options.memoryKiB ?? 19_456,
      timeCost: options.timeCost ?? 2,
      parallelism: options.parallelism ?? 1,
    };
    this.#decoyHash = hashOfNothing(this.#cost);
  }

  /**
   * Runs a whole sign-in attempt, with its statements before and after the hash, if the queue has a free place for the
   * hash.
   * @throws SERVICE_UNAVAILABLE As many attempts are running as hashes may run and wait.
   */
  admit<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.admit(work);
  }

  /**
   * @returns A PHC string with its parameters and a random salt.
   * @throws PASSWORD_TOO_LONG More than 1024 bytes of UTF-8 as typed; refused before any work is done.
   * @throws SERVICE_UNAVAILABLE Too many hashes are waiting.
   */
  async hash(password: string): Promise<string> {
    const bytes = prepare(password);
    return this.#queue.run(() => argon2.hash(bytes, { ...this.#cost, outputLen: HASH_BYTES }));
  }

  /**
   * @param phc What `hash` or `writeForeignHash` returned; a hash made with other parameters is verified with its own, also
   *   one of another service, which the caller then replaces.
   * @throws PASSWORD_TOO_LONG, SERVICE_UNAVAILABLE As for `hash`.
   * @throws Error The stored text is no such hash: a fault of the service, not of the caller.
   */
  async verify(password: string, phc: string): Promise<PasswordVerdict> {
    const bytes = prepare(password);
    if (isForeignHash(phc)) {
      const ok = await this.#queue.run(() => readForeignHash(phc).verify(password));
      return { ok, needsRehash: ok };
    }
    const stored = parse(phc);
    const ok = await this.#queue.run(() => argon2.verify(phc, bytes));
    return { ok, needsRehash: ok && this.#isWeaker(stored) };
  }

  /** How a hash was made. @param phc As for `verify`. @throws Error As `verify`. */
  describe(phc: string): PasswordHashing {
    if (isForeignHash(phc)) return readForeignHash(phc).hashing;
    const { memoryCost, timeCost, parallelism, outputLen } = parse(phc);
    return {
      algorithm: 'argon2id',
      iterations: timeCost,
      memoryKib: memoryCost,
      parallelism,
      hashBytes: outputLen,
    };
  }

  /**
   * Takes the same time as `verify` and fails in the same ways. For an account that does not exist or has no password, so
   * that the response time does not reveal it.
   */
  async verifyNothing(password: string): Promise<PasswordVerdict> {
    return this.verify(password, this.#decoyHash);
  }

  #isWeaker(stored: argon2.ParsedHashOptions): boolean {
    return (
      stored.memoryCost < this.#cost.memoryCost ||
      stored.timeCost < this.#cost.timeCost ||
      stored.parallelism < this.#cost.parallelism ||
      stored.outputLen < HASH_BYTES ||
      stored.saltLen < SALT_BYTES
    );
  }
}

function prepare(password: string): Buffer {
  // The limit applies to the password as typed, because NFKC may turn one character into eighteen.
  if (Buffer.byteLength(password) > MAX_BYTES) {
    throw passwordErrors.PASSWORD_TOO_LONG();
  }
  return Buffer.from(password.normalize('NFKC'));
}

function parse(phc: string): argon2.ParsedHashOptions {
  try {
    if (PHC.test(phc)) {
      return argon2.parseOptions(phc);
    }
  } catch {
    // The library's message may quote the hash.
  }
  throw new Error('A stored password hash is not an Argon2id PHC string.');
}

/** A well-formed hash of random bytes, which no known password matches. */
function hashOfNothing(cost: { memoryCost: number; timeCost: number; parallelism: number }): string {
  const base64 = (length: number) => randomBytes(length).toString('base64').replaceAll('=', '');
  const parameters = `m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}`;
  return `$argon2id$v=19$${parameters}$${base64(SALT_BYTES)}$${base64(HASH_BYTES)}`;
}
