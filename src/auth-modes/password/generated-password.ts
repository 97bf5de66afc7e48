import { randomInt } from 'node:crypto';

/** No vowels, so that no words occur, and no letters and digits that look alike. */
const ALPHABET = '23456789bcdfghjkmnpqrstvwxyz';
/** 27 of 28 characters are 129 bits. */
const LENGTH = 27;

/** A new random password. @param minLength Least length of the tenant's policy. */
export function generatePassword(minLength: number): string {
  return Array.from({ length: Math.max(LENGTH, minLength) }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
