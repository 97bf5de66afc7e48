import { sha256Base64Url } from '../../crypto/index.ts';
import { readTypedCode } from '../../kernel/index.ts';
import { READABLE_ALPHABET, randomReadableText } from '../readable-text.ts';

/** How many codes an account gets at once. */
export const CODES = 10;

/**
 * 28 characters are 134 bits. With so many, a fast hash is enough: nobody finds a code from its hash (check 32; ASVS 5.0
 * 6.5.2 demands a password hash below 112 bits), and a wrong code costs the service no password hashing.
 */
const GROUPS = 7;
const GROUP_LENGTH = 4;
const CODE = new RegExp(`^[${READABLE_ALPHABET}]{${GROUPS * GROUP_LENGTH}}$`);
/** Every kind of dash, because editors replace the one that was shown. */
const DASHES = /\p{Pd}/gu;

/** A new code in groups: `bcdf-ghjk-...`. */
export const newRecoveryCode = (): string =>
  Array.from({ length: GROUPS }, () => randomReadableText(GROUP_LENGTH)).join('-');

/** A typed code in the form that is hashed: small letters, without dashes and blanks; null when it cannot be a code. */
export function readRecoveryCode(typed: string): string | null {
  const code = readTypedCode(typed).replaceAll(DASHES, '').toLowerCase();
  return CODE.test(code) ? code : null;
}

/** The hash of a code for one account, so that equal codes of different accounts have different hashes. */
export const hashRecoveryCode = (tenantId: string, userId: string, code: string): string =>
  sha256Base64Url(`${tenantId}/${userId}/${code}`);
