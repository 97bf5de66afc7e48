import { describe, expect, it } from 'vitest';
import { generatePassword } from '../../../../src/auth-modes/password/generated-password.ts';
import { passwordFaults } from '../../../../src/auth-modes/password/password.policy.ts';
import { TEMPLATE_SETTINGS, type TenantSettings } from '../../../../src/tenants/index.ts';

const settings = (passwordMinLength: number, rules: Partial<TenantSettings['passwordRules']> = {}): TenantSettings => ({
  ...TEMPLATE_SETTINGS.realm,
  passwordMinLength,
  passwordRules: { ...TEMPLATE_SETTINGS.realm.passwordRules, ...rules },
});

describe('a generated password', () => {
  it('holds at least 128 bits, however short the tenant takes passwords (check 32)', () => {
    const made = Array.from({ length: 200 }, () => generatePassword(settings(0)));
    // Of 28 characters each is missing among 5,000 once in 10^78.
    const alphabet = new Set(made.join(''));
    for (const password of made) expect(password.length * Math.log2(alphabet.size)).toBeGreaterThanOrEqual(128);
    expect(new Set(made).size).toBe(made.length);
  });

  it('is as long as the tenant demands', () => {
    expect(generatePassword(settings(40))).toHaveLength(40);
  });

  it('follows the rules for the kinds of characters, and is no longer than is allowed', () => {
    const counts = { digits: 4, lowerCaseLetters: 5, upperCaseLetters: 6, specialCharacters: 7 };
    const rules = settings(40, counts).passwordRules;
    const others = { minLength: 40, username: null, email: null, forbiddenWords: [], tenantTexts: [], userTexts: [] };
    const password = generatePassword(settings(40, counts));
    expect([password.length, passwordFaults(password, { ...others, rules }, 'x')]).toEqual([40, []]);
    expect(generatePassword(settings(8, { maxLength: 12, digits: 2 }))).toMatch(/^.{10}\d\d$/);
    expect(generatePassword(settings(8, { digits: 30 }))).toMatch(/^\d{30}$/);
  });
});
