import { randomInt } from 'node:crypto';

/** Six digits: short enough to be typed. The code that checks them bounds the tries. */
const DIGITS = 6;

/** A random code of digits, which is sent to somebody who types it. @param digits How many, at most 14. Default 6. */
export const newDigitCode = (digits = DIGITS): string => String(randomInt(10 ** digits)).padStart(digits, '0');
