import { describe, expect, it } from 'vitest';
import { isCommonPassword } from '../../../../src/auth-modes/password/common-passwords.ts';
import { COMMON_WORDS } from '../../../../src/auth-modes/password/common-words.ts';
import { type PasswordRules, passwordFaults } from '../../../../src/auth-modes/password/password.policy.ts';
import { TEMPLATE_SETTINGS } from '../../../../src/tenants/index.ts';

const NONE = TEMPLATE_SETTINGS.realm.passwordRules;
const RULES: PasswordRules = {
  minLength: 15,
  rules: NONE,
  username: null,
  email: null,
  forbiddenWords: [],
  tenantTexts: [],
  userTexts: [],
};
const reasons = (password: string, rules: Partial<PasswordRules> = {}) =>
  passwordFaults(password, { ...RULES, ...rules }, 'input.password').map(({ code }) => code);

describe('the password policy', () => {
  it('asks for the tenant’s least number of characters and says it', () => {
    expect(passwordFaults('nine-lamps', RULES, 'input.password')).toEqual([
      { path: 'input.password', code: 'PASSWORD_TOO_SHORT', message: 'A password has at least 15 characters.' },
    ]);
    expect(reasons('nine-lamps', { minLength: 8 })).toEqual([]);
  });

  it('takes 64 characters and more, blanks, and any script, and asks nothing of the composition (check 41)', () => {
    expect(reasons('all lower case and nothing else at all, for a good many characters')).toEqual([]);
    expect(reasons('девять ламп над старой рекой')).toEqual([]);
    expect(reasons('九つの灯りが古い川の上で静かに揺れている')).toEqual([]);
  });

  it('counts characters, not bytes or halves of surrogate pairs', () => {
    expect(reasons('🦊🐢🦉🐝🦔🐙🦩')).toEqual(['PASSWORD_TOO_SHORT']);
    expect(reasons('e\u0301'.repeat(4).concat('xyzvw'), { minLength: 10 })).toEqual(['PASSWORD_TOO_SHORT']);
    expect(reasons('\ufdfa'.repeat(2).concat('wq'), { minLength: 15 })).toEqual(['PASSWORD_TOO_SHORT']);
  });

  it.each([
    'password',
    'Password123',
    'P@ssw0rd',
    'passwordpassword',
    'qwertyuiopasdfgh',
    'aaaaaaaaaaaaaaaa',
    'abababababababab',
    '1234567890123456',
    '0987654321098765',
    'abcdefghijklmnop',
    'zyxwvutsrqponmlk',
    '1q2w3e4r5t6y7u8i',
    'Summer2024!',
    'correct horse battery staple',
    'letmein123456789',
    '!!!monkey!!!',
    'iloveyouiloveyou',
    '               ',
  ])('refuses %j as one of the first that are guessed (check 42)', (password) => {
    expect(reasons(password, { minLength: 8 })).toContain('PASSWORD_COMMON');
  });

  it.each([
    'q1w2e3r4t5',
    'rush2112',
    'ncc1701d',
    '4815162342',
    'usuckballz1',
    'fktrcfylh',
    '123456789a',
    'qazwsxedcrfvtgb',
    'zqjphsyf6ctifgu',
    '1qazxsw23edcvfr4',
    '12345678987654321',
  ])('refuses %j, which is often found in leaks (check 42)', (password) => {
    expect(reasons(password, { minLength: 8 })).toEqual(['PASSWORD_COMMON']);
    expect(reasons(password.toUpperCase(), { minLength: 8 })).toEqual(['PASSWORD_COMMON']);
    expect(reasons(`${password}-and-nothing-else`, { minLength: 8 })).toEqual([]);
  });

  it.each(['monkey business at nine', 'wq7-summerhouse-41', 'correct zebra battery lamp', 'monkey8402957203957'])(
    'takes %j, which only begins like one',
    (password) => {
      expect(isCommonPassword(password)).toBe(false);
    },
  );

  it('knows every one of its words, and those of letters with digits around them (check 42)', () => {
    const words = COMMON_WORDS.trim().split(/\s+/);
    expect(words.length).toBeGreaterThan(1500);
    expect(words.filter((word) => !isCommonPassword(word))).toEqual([]);
    const letters = words.filter((word) => /^\p{L}{3,}$/u.test(word));
    expect(letters.filter((word) => !isCommonPassword(`1${word}2024!`))).toEqual([]);
  });

  it('refuses the words the tenant forbids and the parts of its names (check 42)', () => {
    const rules = { forbiddenWords: ['Zeppelin-Air'], tenantTexts: ['acme', 'Bluebird & Sons'] };
    expect(reasons('fly-zeppelin-air-now', rules)).toEqual(['PASSWORD_TENANT_WORD']);
    expect(reasons('my-BLUEBIRD-sings-5', rules)).toEqual(['PASSWORD_TENANT_WORD']);
    expect(reasons('all-the-acmes-shine', rules)).toEqual(['PASSWORD_TENANT_WORD']);
    expect(reasons('and-sums-of-nothing', rules)).toEqual([]);
  });

  it('refuses parts of the username, e-mail address and names, but not the shortest', () => {
    const rules = { userTexts: ['jane.wombat', 'jane@sunflower-seeds.example', null, 'Öztürk'] };
    expect(reasons('the-wombat-rises-7', rules)).toEqual(['PASSWORD_OWN_NAME']);
    expect(reasons('a-SUNFLOWER-for-you', rules)).toEqual(['PASSWORD_OWN_NAME']);
    expect(reasons('öztürk-went-to-sea', rules)).toEqual(['PASSWORD_OWN_NAME']);
    expect(reasons('insane-purple-lamps', { userTexts: ['sam'] })).toEqual([]);
  });

  it.each<[string, object, string, string]>([
    ['PASSWORD_TOO_LONG', { maxLength: 5 }, 'six-ab', 'fiveñ'],
    ['PASSWORD_DIGITS_MISSING', { digits: 2 }, 'one-1', 'two-1-٢'],
    ['PASSWORD_LOWER_CASE_MISSING', { lowerCaseLetters: 2 }, 'AbC-1', 'Abß-1'],
    ['PASSWORD_UPPER_CASE_MISSING', { upperCaseLetters: 2 }, 'Abc-1', 'AbÇ-1'],
    ['PASSWORD_SPECIAL_MISSING', { specialCharacters: 2 }, 'one-lamp', 'one lamp-'],
    ['PASSWORD_IS_USERNAME', { isNotUsername: true }, 'JANE.wombat', 'jane.wombat7'],
    ['PASSWORD_HOLDS_USERNAME', { isWithoutUsername: true }, 'my-Jane.Wombat-7', 'jane-wombat'],
    ['PASSWORD_IS_EMAIL', { isNotEmail: true }, 'Jane@Sea.Example', 'jane@sea.example7'],
    ['PASSWORD_PATTERN', { patterns: ['^[a-z-]+$', '.{4,}'] }, 'ebb', 'ebb-tide'],
    ['PASSWORD_PATTERN', { patterns: ['(a+)+b'] }, 'a'.repeat(1_000), 'aab'],
  ])('gives %s where a tenant asks for %o', (code, asked, wrong, right) => {
    const rules = { minLength: 0, username: 'jane.wombat', email: 'jane@sea.example', rules: { ...NONE, ...asked } };
    expect([reasons(wrong, rules), reasons(right, rules)]).toEqual([[code], []]);
    expect(reasons(wrong, { minLength: 0, username: 'jane.wombat', email: 'jane@sea.example' })).toEqual([]);
    if (!('maxLength' in asked) && Object.values(asked)[0] === true)
      expect(reasons(wrong, { ...rules, username: null, email: null })).toEqual([]);
  });

  it('looks at expressions only where no other rule is broken', () => {
    const rules = { minLength: 5, rules: { ...NONE, patterns: ['[a-z]+'] } };
    expect([reasons('SEA', rules), reasons('EBBTIDE', rules), reasons('ebbtide', rules)]).toEqual([
      ['PASSWORD_TOO_SHORT'],
      ['PASSWORD_PATTERN'],
      [],
    ]);
  });

  it('gives all expressions of a tenant the steps of one, and says where they are used up', () => {
    const wide = Array.from({ length: 10 }, (_, index) => '.*'.repeat(100 + index));
    const faults = (password: string, patterns: readonly string[]) =>
      passwordFaults(
        password,
        { ...RULES, minLength: 0, rules: { ...NONE, patterns: [...patterns] } },
        'input.password',
      );
    const long = 'lamp-'.repeat(70);
    expect(faults(long, wide.slice(0, 1))).toEqual([]);
    expect(faults('ebb-tide-7x', wide)).toEqual([]);
    expect(faults(long, wide)).toEqual([
      {
        path: 'input.password',
        code: 'PASSWORD_PATTERN',
        message: 'The password is too long for the expressions that all passwords have to match here.',
      },
    ]);
    expect(faults('EBB', ['[a-z]+'])[0]?.message).toContain('does not match an expression');
  });

  it('refuses common passwords without a least length where a tenant asks for it (check 42)', () => {
    const rules = { minLength: 0, rules: { ...NONE, isNotCommon: true } };
    expect([reasons('P@ssw0rd', rules), reasons('ebb-tide-7x', rules)]).toEqual([['PASSWORD_COMMON'], []]);
    expect(reasons('P@ssw0rd', { minLength: 0 })).toEqual([]);
  });

  it('reports every reason at once', () => {
    const rules = { forbiddenWords: ['summer'], userTexts: ['summer'] };
    expect(reasons('summer1', rules)).toEqual([
      'PASSWORD_TOO_SHORT',
      'PASSWORD_COMMON',
      'PASSWORD_TENANT_WORD',
      'PASSWORD_OWN_NAME',
    ]);
  });

  it('of a tenant without one leaves only the forbidden words, and that there is a password', () => {
    const none = { minLength: 0, forbiddenWords: ['acme'], tenantTexts: ['demo'], userTexts: ['jane'] };
    expect(reasons('jane-demo', none)).toEqual([]);
    expect(reasons('123456', none)).toEqual([]);
    expect(reasons('acme1', none)).toEqual(['PASSWORD_TENANT_WORD']);
    expect(reasons('', none)).toEqual(['PASSWORD_TOO_SHORT']);
  });
});
