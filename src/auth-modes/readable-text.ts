import { randomInt } from 'node:crypto';

/** No vowels, so that no words occur, and no letters and digits that look alike. */
export const READABLE_ALPHABET = '23456789bcdfghjkmnpqrstvwxyz';

/** Random characters that people can read and type: 4.8 bits each, so 27 of them are 129 bits. */
export function randomReadableText(length: number): string {
  return Array.from({ length }, () => READABLE_ALPHABET[randomInt(READABLE_ALPHABET.length)]).join('');
}
