import { createHmac } from 'node:crypto';
import { constantTimeEqual } from '../digest.ts';
import type { MasterKey } from '../master-key.ts';

/** Longest token that is verified: longer parameters are refused before. Those that are made have below 1 KB, with 250 scopes 10 KB. */
const MAX_CHARACTERS = 16_384;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The header is the same for all tokens, and none with another one is read (RFC 8725 section 3.1). */
const HEADER = encode({ alg: 'HS512', typ: 'JWT' });

/**
 * Signs JWTs that the service alone reads again, with HS512 (RFC 7518 section 3.2) under a derived key of each owner. What
 * they prove is only that the service has written them.
 */
export class KeyedSigner {
  readonly #key: Buffer;

  /** @param purpose A constant of the code, as for `MasterKey.derive`. */
  constructor(masterKey: MasterKey, purpose: string) {
    this.#key = masterKey.derive(purpose, 64);
  }

  /** @param owner Whose key signs: the id of a tenant. */
  sign(owner: string, payload: object): string {
    const input = `${HEADER}.${encode(payload)}`;
    return `${input}.${this.#signature(owner, input).toString('base64url')}`;
  }

  /** The payload of a token that was signed for this owner; null for everything else. Checks no claim. */
  read(owner: string, token: string): Readonly<Record<string, unknown>> | null {
    if (token.length > MAX_CHARACTERS) return null;
    const [header, payload = '', signature = '', ...rest] = token.split('.');
    if (header !== HEADER || rest.length > 0) return null;
    const expected = this.#signature(owner, `${HEADER}.${payload}`);
    if (!constantTimeEqual(expected, Buffer.from(signature, 'base64url'))) return null;
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  }

  #signature(owner: string, input: string): Buffer {
    const key = createHmac('sha512', this.#key).update(owner).digest();
    return createHmac('sha512', key).update(input).digest();
  }
}
