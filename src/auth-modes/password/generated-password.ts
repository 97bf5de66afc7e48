import { randomInt } from 'node:crypto';

/** Neither vowels, so that no words come about, nor letters and digits that look alike. */
const ALPHABET = '23456789bcdfghjkmnpqrstvwxyz';
/** 27 of 28 characters are 129 bits. */
const LENGTH = 27;

/** A password that nobody has seen yet. @param minLength The tenant's rule. */
export function generatePassword(minLength: number): string {
  return Array.from({ length: Math.max(LENGTH, minLength) }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
