import type { FieldFault } from '../../kernel/index.ts';
import { fold } from '../../users/index.ts';
import { isCommonPassword } from './common-passwords.ts';

/** What a password is checked against (NIST SP 800-63B-4 section 3.1.1.2; checks 41 and 42). */
export interface PasswordRules {
  /** Least number of characters; 0 = the tenant has no policy. */
  readonly minLength: number;
  /** Words the tenant forbids, with or without a policy. */
  readonly forbiddenWords: readonly string[];
  /** Names of the tenant. Their parts are forbidden. */
  readonly tenantTexts: readonly (string | null | undefined)[];
  /** Username, e-mail address and names of the user. Their parts are forbidden. */
  readonly userTexts: readonly (string | null | undefined)[];
}

/** Shortest part of a name that is forbidden; shorter ones occur in too many words. */
const LEAST_PART = 4;

interface Candidate {
  readonly typed: string;
  readonly folded: string;
}

type PolicyRow = readonly [
  code: string,
  message: (rules: PasswordRules) => string,
  isBroken: (password: Candidate, rules: PasswordRules) => boolean,
];

const containsAny = (folded: string, words: readonly string[]): boolean => words.some((word) => folded.includes(word));

const partsOf = (texts: readonly (string | null | undefined)[]): string[] =>
  texts.flatMap((text) => fold(text ?? '').split(/[^\p{L}\p{N}]+/u)).filter((part) => part.length >= LEAST_PART);

/**
 * Length in code points: the smaller of the typed and the NFKC form, so that neither combining nor expanding characters add
 * to it.
 */
const lengthOf = (password: string): number => Math.min([...password].length, [...password.normalize('NFKC')].length);

/** All reasons to refuse a password; each that applies is reported. */
const POLICY: readonly PolicyRow[] = [
  [
    'PASSWORD_TOO_SHORT',
    ({ minLength }) => `A password has at least ${Math.max(minLength, 1)} characters.`,
    ({ typed }, { minLength }) => lengthOf(typed) < Math.max(minLength, 1),
  ],
  [
    'PASSWORD_COMMON',
    () => 'This password, or one like it, is among the first that are guessed.',
    ({ folded }, { minLength }) => minLength > 0 && isCommonPassword(folded),
  ],
  [
    'PASSWORD_TENANT_WORD',
    () => 'The password holds a word that is not allowed here.',
    ({ folded }, { minLength, forbiddenWords, tenantTexts }) =>
      containsAny(folded, forbiddenWords.map(fold)) || (minLength > 0 && containsAny(folded, partsOf(tenantTexts))),
  ],
  [
    'PASSWORD_OWN_NAME',
    () => 'The password holds a part of your name or e-mail address.',
    ({ folded }, { minLength, userTexts }) => minLength > 0 && containsAny(folded, partsOf(userTexts)),
  ],
];

/** Faults of a new password, one per rule it breaks. No rule requires certain kinds of characters. */
export function passwordFaults(password: string, rules: PasswordRules, path: string): FieldFault[] {
  const candidate = { typed: password, folded: fold(password) };
  return POLICY.filter(([, , isBroken]) => isBroken(candidate, rules)).map(([code, message]) => ({
    path,
    code,
    message: message(rules),
  }));
}
