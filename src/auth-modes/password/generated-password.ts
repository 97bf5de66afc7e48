import { randomInt } from 'node:crypto';
import { type PatternPlace, startPattern } from '../../kernel/index.ts';
import { randomReadableText } from '../readable-text.ts';
import { type PasswordRules, passwordFaults } from './password.policy.ts';
import { drawPassword } from './pattern-password.ts';

/** 129 bits. */
const LENGTH = 27;
/** Characters that people can read and type, by the rules that ask for them. */
const KINDS = {
  digits: '23456789',
  lowerCaseLetters: 'bcdfghjkmnpqrstvwxyz',
  upperCaseLetters: 'BCDFGHJKMNPQRSTVWXYZ',
  specialCharacters: '-+=_.,:',
} as const;
const KIND_NAMES = Object.keys(KINDS) as readonly (keyof typeof KINDS)[];

/** What a password with another length than is asked for may have at most. */
const MOST = 256;
/** Most passwords that are tried. Each but the rarest follows the rules, unless expressions contradict each other or another rule. */
const MAX_TRIES = 50;
/** What all tries may take to follow expressions: some 50 ms. */
const MAX_STEPS = 1_000_000;

const randomOf = (alphabet: string, count: number): string =>
  Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('');

/**
 * A new random password that follows the rules of a tenant. It is shorter than 27 characters only where longer ones are not allowed, and has
 * characters that people mistake for others only where an expression asks for them.
 * @returns Null: none of 50 does, because the rules contradict each other or leave too few passwords.
 */
export function generatePassword(rules: PasswordRules): string | null {
  const steps = { left: MAX_STEPS };
  const starts = rules.rules.patterns.map((source) => startPattern(source, steps));
  for (let tries = 0; tries < MAX_TRIES && steps.left > 0; tries++) {
    const made = makePassword(rules, starts);
    if (made !== null && passwordFaults(made, rules, '').length === 0) return made;
  }
  return null;
}

function makePassword({ minLength, rules }: PasswordRules, starts: readonly PatternPlace[]): string | null {
  const most = rules.maxLength === 0 ? MOST : rules.maxLength;
  const length = Math.min(Math.max(LENGTH, minLength), most);
  if (starts.length > 0) {
    const kinds = KIND_NAMES.map((name) => ({ characters: KINDS[name], least: rules[name] }));
    return drawPassword({ starts, kinds, length, most });
  }
  const asked = KIND_NAMES.map((name) => randomOf(KINDS[name], rules[name])).join('');
  return randomReadableText(Math.max(length - asked.length, 0)) + asked;
}
