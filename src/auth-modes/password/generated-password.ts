import { randomInt } from 'node:crypto';
import type { TenantSettings } from '../../tenants/index.ts';
import { randomReadableText } from '../readable-text.ts';

/** 129 bits. */
const LENGTH = 27;
const DIGITS = '23456789';
const LOWER_CASE = 'bcdfghjkmnpqrstvwxyz';
const UPPER_CASE = LOWER_CASE.toUpperCase();
const SPECIAL = '-+=_.,:';

const randomOf = (alphabet: string, count: number): string =>
  Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join('');

/**
 * A new random password that follows the rules of a tenant. It is shorter than 27 characters only where longer ones are not allowed;
 * rules that ask for more characters than they allow can be followed by none.
 */
export function generatePassword({ passwordMinLength, passwordRules: rules }: TenantSettings): string {
  const asked = [
    randomOf(DIGITS, rules.digits),
    randomOf(LOWER_CASE, rules.lowerCaseLetters),
    randomOf(UPPER_CASE, rules.upperCaseLetters),
    randomOf(SPECIAL, rules.specialCharacters),
  ].join('');
  const most = rules.maxLength === 0 ? Number.POSITIVE_INFINITY : rules.maxLength;
  const length = Math.min(Math.max(LENGTH, passwordMinLength), most);
  return randomReadableText(Math.max(length - asked.length, 0)) + asked;
}
