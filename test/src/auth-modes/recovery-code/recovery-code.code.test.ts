import { describe, expect, it } from 'vitest';
import { READABLE_ALPHABET } from '../../../../src/auth-modes/readable-text.ts';
import {
  hashRecoveryCode,
  newRecoveryCode,
  readRecoveryCode,
} from '../../../../src/auth-modes/recovery-code/recovery-code.code.ts';

const CODE = '2345-6789-bcdf-ghjk-mnpq-rstv-wxyz';
const PLAIN = '23456789bcdfghjkmnpqrstvwxyz';

describe('a recovery code', () => {
  it('holds at least 128 bits in seven groups of four (check 32)', () => {
    const made = Array.from({ length: 100 }, newRecoveryCode);
    const group = `[${READABLE_ALPHABET}]{4}`;
    for (const code of made) {
      expect(code).toMatch(new RegExp(`^${group}(-${group}){6}$`));
      expect(code.replaceAll('-', '').length * Math.log2(READABLE_ALPHABET.length)).toBeGreaterThanOrEqual(128);
    }
    expect(new Set(made).size).toBe(made.length);
  });

  it('is read in any case, with any dashes and blanks or none', () => {
    for (const typed of [
      CODE,
      PLAIN,
      CODE.toUpperCase(),
      ` ${CODE} `,
      CODE.replaceAll('-', ' '),
      CODE.replaceAll('-', '–'),
    ])
      expect(readRecoveryCode(typed)).toBe(PLAIN);
  });

  it('is no text of another length or with other characters', () => {
    for (const typed of ['', '-', '123456', PLAIN.slice(1), `${PLAIN}2`, `${PLAIN.slice(1)}a`, '2'.repeat(100_000)])
      expect(readRecoveryCode(typed)).toBeNull();
  });

  it('has another hash for another account or tenant', () => {
    const hashes = [
      hashRecoveryCode('t', 'u', PLAIN),
      hashRecoveryCode('t', 'v', PLAIN),
      hashRecoveryCode('s', 'u', PLAIN),
    ];
    expect(new Set(hashes).size).toBe(3);
    expect(hashes[0]).toBe(hashRecoveryCode('t', 'u', PLAIN));
  });
});
