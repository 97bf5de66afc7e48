import { describe, expect, it } from 'vitest';
import { generatePassword } from '../../../../src/auth-modes/password/generated-password.ts';
import { type PasswordRules, passwordFaults } from '../../../../src/auth-modes/password/password.policy.ts';
import { TEMPLATE_SETTINGS } from '../../../../src/tenants/index.ts';

const rulesOf = (minLength: number, rules: Partial<PasswordRules['rules']> = {}, over = {}): PasswordRules => ({
  minLength,
  rules: { ...TEMPLATE_SETTINGS.realm.passwordRules, ...rules },
  username: null,
  email: null,
  forbiddenWords: [],
  tenantTexts: [],
  userTexts: [],
  ...over,
});

/** A password that follows the rules. */
function generate(rules: PasswordRules): string {
  const password = generatePassword(rules);
  expect(password).not.toBeNull();
  expect([password, passwordFaults(password!, rules, 'x')]).toEqual([password, []]);
  return password!;
}

describe('a generated password', () => {
  it('holds at least 128 bits, however short the tenant takes passwords (check 32)', () => {
    const made = Array.from({ length: 200 }, () => generate(rulesOf(0)));
    // Of 28 characters each is missing among 5,000 once in 10^78.
    const alphabet = new Set(made.join(''));
    for (const password of made) expect(password.length * Math.log2(alphabet.size)).toBeGreaterThanOrEqual(128);
    expect(new Set(made).size).toBe(made.length);
  });

  it('is as long as the tenant demands', () => {
    expect(generate(rulesOf(40))).toHaveLength(40);
  });

  it('follows the rules for the kinds of characters, and is no longer than is allowed', () => {
    const counts = { digits: 4, lowerCaseLetters: 5, upperCaseLetters: 6, specialCharacters: 7 };
    expect(generate(rulesOf(40, counts))).toHaveLength(40);
    expect(generate(rulesOf(8, { maxLength: 12, digits: 2 }))).toMatch(/^.{10}\d\d$/);
    expect(generate(rulesOf(8, { digits: 30 }))).toMatch(/^\d{30}$/);
  });

  it('is another one where the first holds a word or a name that is not allowed', () => {
    const others = { forbiddenWords: ['2', '3', 'b'], username: 'c', userTexts: [] };
    for (let count = 0; count < 20; count++)
      expect(generate(rulesOf(8, { maxLength: 8, isWithoutUsername: true }, others))).toMatch(/^[^23bc]{8}$/);
  });

  it.each([
    ['.{8,12}', /^.{12}$/],
    ['[a-z]+', /^[a-z]{27}$/],
    ['\\d{6}', /^\d{6}$/],
    ['(?:[A-Z][a-z]{3}-){3}\\d{4}', /^(?:[A-Z][a-z]{3}-){3}\d{4}$/],
    ['^Sea [aeiou]+ \\(\\d+\\)$', /^Sea [aeiou]+ \(\d+\)$/],
    ['[a-z]*Z', /^[a-z]{26}Z$/],
    ['(?:x|[a-z]{9})', /^[a-z]{9}$/],
    ['.*-2026', /^.{21,24}-2026$/],
    ['\\p{Lu}.*[!?]', /^\p{Lu}.{25,}[!?]$/u],
  ])('matches the expression %s, and is as long as it allows', (pattern, expected) => {
    for (let count = 0; count < 20; count++) expect(generate(rulesOf(6, { patterns: [pattern] }))).toMatch(expected);
  });

  it('matches all expressions, and follows the other rules as well', () => {
    const patterns = ['.*[0-9].*[0-9].*', '[A-Z].*', '[^lIO01]*'];
    const counts = { digits: 3, upperCaseLetters: 5, specialCharacters: 6, maxLength: 20 };
    for (let count = 0; count < 20; count++)
      expect(generate(rulesOf(16, { ...counts, patterns }))).toMatch(/^[A-Z].{19}$/);
  });

  it.each([
    [{ patterns: ['[a-z]+', '[0-9]+'] }],
    [{ patterns: ['[a-z]{4}'] }],
    [{ patterns: ['.{20,}'], maxLength: 10 }],
    [{ patterns: ['[a-z]+'], digits: 1 }],
    [{ patterns: ['\u00fc+'] }],
    [{ maxLength: 8, digits: 9 }],
  ])('is none where nothing that is tried follows %j', (rules) => {
    expect(generatePassword(rulesOf(8, rules))).toBeNull();
  });

  it('is none where large expressions take more steps than a request may', () => {
    const patterns = Array.from({ length: 9 }, (_, at) => `(?:[a-z0-9]?){${100 + at}}Z`);
    expect(generate(rulesOf(8, { patterns }))).toMatch(/^[a-z0-9]{26}Z$/);
    expect(generatePassword(rulesOf(8, { patterns: [...patterns, '.*[A-Y]'] }))).toBeNull();
  });
});
