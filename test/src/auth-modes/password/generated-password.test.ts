import { describe, expect, it } from 'vitest';
import { generatePassword } from '../../../../src/auth-modes/password/generated-password.ts';

describe('a generated password', () => {
  it('holds at least 128 bits, however short the tenant takes passwords (check 32)', () => {
    const made = Array.from({ length: 200 }, () => generatePassword(0));
    // Of 28 characters each is missing among 5,000 once in 10^78.
    const alphabet = new Set(made.join(''));
    for (const password of made) expect(password.length * Math.log2(alphabet.size)).toBeGreaterThanOrEqual(128);
    expect(new Set(made).size).toBe(made.length);
  });

  it('is as long as the tenant demands', () => {
    expect(generatePassword(40)).toHaveLength(40);
  });
});
