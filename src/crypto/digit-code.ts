import { randomInt } from 'node:crypto';

/** Six digits: short enough to be typed. The code that checks them bounds the tries. */
const DIGITS = 6;

/** A random code of six digits, which is sent to somebody who types it. */
export const newDigitCode = (): string => String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
