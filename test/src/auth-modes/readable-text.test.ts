import { describe, expect, it } from 'vitest';
import { READABLE_ALPHABET, randomReadableText } from '../../../src/auth-modes/readable-text.ts';

describe('a random readable text', () => {
  it('has the length that is asked for, and every character of the alphabet occurs', () => {
    const text = randomReadableText(5000);
    expect(text).toHaveLength(5000);
    // Of 28 characters each is missing among 5,000 once in 10^78.
    expect(new Set(text)).toEqual(new Set(READABLE_ALPHABET));
    expect(randomReadableText(0)).toBe('');
  });

  it('has no vowels, and no characters that look alike', () => {
    expect(READABLE_ALPHABET).not.toMatch(/[aeiou01l]/);
    expect(new Set(READABLE_ALPHABET).size).toBe(28);
  });
});
