import { type FieldFault, patternOf } from '../../kernel/index.ts';
import type { TenantSettings } from '../../tenants/index.ts';
import { fold } from '../../users/index.ts';
import { isCommonPassword } from './common-passwords.ts';

/** What a password is checked against (NIST SP 800-63B-4 section 3.1.1.2; checks 41 and 42). */
export interface PasswordRules {
  /** Least number of characters; 0 = the tenant has no policy. */
  readonly minLength: number;
  /** What the tenant asks besides, with or without a policy. */
  readonly rules: TenantSettings['passwordRules'];
  /** Username and e-mail address of the user, for those rules. */
  readonly username: string | null;
  readonly email: string | null;
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

const countOf = (password: string, kind: RegExp): number => password.match(kind)?.length ?? 0;

type CountedKind = 'digits' | 'lowerCaseLetters' | 'upperCaseLetters' | 'specialCharacters';

/** A rule for the least number of characters of one kind. */
const leastOf = (code: string, name: CountedKind, what: string, kind: RegExp): PolicyRow => [
  code,
  ({ rules }) => `A password has at least ${rules[name]} ${what}.`,
  ({ typed }, { rules }) => countOf(typed, kind) < rules[name],
];

const isSame = (folded: string, text: string | null): boolean => text !== null && folded === fold(text);

/** All reasons to refuse a password, without the expressions of the tenant; each that applies is reported. */
const POLICY: readonly PolicyRow[] = [
  [
    'PASSWORD_TOO_SHORT',
    ({ minLength }) => `A password has at least ${Math.max(minLength, 1)} characters.`,
    ({ typed }, { minLength }) => lengthOf(typed) < Math.max(minLength, 1),
  ],
  [
    'PASSWORD_TOO_LONG',
    ({ rules }) => `A password has at most ${rules.maxLength} characters.`,
    ({ typed }, { rules: { maxLength } }) => maxLength > 0 && [...typed].length > maxLength,
  ],
  leastOf('PASSWORD_DIGITS_MISSING', 'digits', 'digits', /\p{Nd}/gu),
  leastOf('PASSWORD_LOWER_CASE_MISSING', 'lowerCaseLetters', 'lower-case letters', /\p{Ll}/gu),
  leastOf('PASSWORD_UPPER_CASE_MISSING', 'upperCaseLetters', 'capital letters', /\p{Lu}/gu),
  leastOf(
    'PASSWORD_SPECIAL_MISSING',
    'specialCharacters',
    'characters that are neither letters nor digits',
    /[^\p{L}\p{Nd}]/gu,
  ),
  [
    'PASSWORD_IS_USERNAME',
    () => 'The password is the username.',
    ({ folded }, { rules, username }) => rules.isNotUsername && isSame(folded, username),
  ],
  [
    'PASSWORD_HOLDS_USERNAME',
    () => 'The password holds the username.',
    ({ folded }, { rules, username }) =>
      rules.isWithoutUsername && username !== null && folded.includes(fold(username)),
  ],
  [
    'PASSWORD_IS_EMAIL',
    () => 'The password is the e-mail address.',
    ({ folded }, { rules, email }) => rules.isNotEmail && isSame(folded, email),
  ],
  [
    'PASSWORD_COMMON',
    () => 'This password, or one like it, is among the first that are guessed.',
    ({ folded }, { minLength, rules }) => (minLength > 0 || rules.isNotCommon) && isCommonPassword(folded),
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

/** What all expressions of a tenant may take for one password: some tens of milliseconds. Usual ones take a few thousand. */
const MAX_STEPS = 500_000;

/** Why the expressions of the tenant refuse a password: one sentence, or none. */
function patternFaults(password: string, patterns: readonly string[]): string[] {
  const steps = { left: MAX_STEPS };
  if (patterns.every((source) => patternOf(source)(password, steps))) return [];
  return [
    steps.left > 0
      ? 'The password does not match an expression that all passwords have to match here.'
      : 'The password is too long for the expressions that all passwords have to match here.',
  ];
}

/**
 * Faults of a new password, one per rule it breaks. Expressions take the most time, so they are judged only where no other rule
 * is broken.
 */
export function passwordFaults(password: string, rules: PasswordRules, path: string): FieldFault[] {
  const candidate = { typed: password, folded: fold(password) };
  const broken = POLICY.filter(([, , isBroken]) => isBroken(candidate, rules));
  if (broken.length > 0) return broken.map(([code, message]) => ({ path, code, message: message(rules) }));
  return patternFaults(password, rules.rules.patterns).map((message) => ({ path, code: 'PASSWORD_PATTERN', message }));
}
