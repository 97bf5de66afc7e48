import { randomReadableText } from '../readable-text.ts';

/** 129 bits. */
const LENGTH = 27;

/** A new random password. @param minLength Least length of the tenant's policy. */
export function generatePassword(minLength: number): string {
  return randomReadableText(Math.max(LENGTH, minLength));
}
