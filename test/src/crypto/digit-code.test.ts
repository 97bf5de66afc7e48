import { describe, expect, it } from 'vitest';
import { newDigitCode } from '../../../src/crypto/index.ts';

describe('a code of digits', () => {
  it('has six digits, leading zeros included, and differs each time', () => {
    const codes = Array.from({ length: 1000 }, newDigitCode);
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    expect(codes.some((code) => code.startsWith('0'))).toBe(true);
    expect(new Set(codes).size).toBeGreaterThan(950);
  });
});
