import { describe, expect, it } from 'vitest';
import { AUTH_MODE_RULES, type AuthModePatch, authModeFaults } from '../../../src/auth-modes/auth-mode.rules.ts';
import type { AuthModeColumns } from '../../../src/auth-modes/auth-mode.store.ts';

const ANNA = {
  id: 'anna',
  requiredFactor: null,
  requiredActions: ['VERIFY_EMAIL'],
  lockedMethods: [],
  hasSecondFactor: true,
} as unknown as AuthModeColumns;

const ruleOf = (member: keyof AuthModePatch) => AUTH_MODE_RULES.find((rule) => rule.member === member)!;
const paths = (patch: AuthModePatch) => authModeFaults(patch).map(({ path, code }) => `${path} ${code}`);

describe('the values of auth modes', () => {
  it.each<AuthModePatch>([
    {},
    { requiredFactor: undefined, needPasswordChange: undefined, methodsLocked: undefined },
    { requiredFactor: 2, needPasswordChange: true, methodsLocked: ['password'] },
    { requiredFactor: null, methodsLocked: [] },
    { methodsLocked: Array.from({ length: 16 }, () => 'password') },
  ])('may be %j', (patch) => expect(paths(patch)).toEqual([]));

  it.each([
    ['requiredFactor', [0, 1, 3, '2', true, [2], {}]],
    ['needPasswordChange', [false, null, 'true', 1]],
    [
      'methodsLocked',
      [null, 'password', {}, ['sms'], ['password', 7], [null], Array.from({ length: 17 }, () => 'password')],
    ],
  ] as const)('of %s are refused when they are others', (member, values) => {
    for (const value of values)
      expect([value, paths({ [member]: value })]).toEqual([value, [`input.${member} AUTH_MODE_VALUE_INVALID`]]);
  });

  it('are refused one by one, each with its path', () => {
    expect(paths({ requiredFactor: 3, needPasswordChange: false, methodsLocked: [] })).toEqual([
      'input.requiredFactor AUTH_MODE_VALUE_INVALID',
      'input.needPasswordChange AUTH_MODE_VALUE_INVALID',
    ]);
  });
});

describe('a second factor', () => {
  const { refusal, change } = ruleOf('requiredFactor');

  it('is required only of an account that has one: another could not sign in any more', () => {
    const without = { ...ANNA, hasSecondFactor: false } as AuthModeColumns;
    expect(refusal?.(without, 2)).toMatchObject({ path: 'input.requiredFactor', code: 'AUTH_MODE_NO_SECOND_FACTOR' });
    expect([refusal?.(ANNA, 2), refusal?.(without, null)]).toEqual([null, null]);
  });

  it('that is required already is no change', () => {
    expect(change(ANNA, 2)).toEqual({ requiredFactor: 2 });
    expect(change(ANNA, null)).toBeNull();
    const required = { ...ANNA, requiredFactor: 2 } as AuthModeColumns;
    expect([change(required, 2), change(required, null)]).toEqual([null, { requiredFactor: null }]);
  });
});

describe('a change of the password at the next sign-in', () => {
  it('is demanded once, beside the other things to do', () => {
    const { change } = ruleOf('needPasswordChange');
    expect(change(ANNA, true)).toEqual({ requiredActions: ['VERIFY_EMAIL', 'UPDATE_PASSWORD'] });
    expect(change({ ...ANNA, requiredActions: ['UPDATE_PASSWORD'] } as AuthModeColumns, true)).toBeNull();
    expect(ANNA.requiredActions).toEqual(['VERIFY_EMAIL']);
  });
});

describe('locked methods', () => {
  it('are stored each once; the same ones are no change', () => {
    const { change } = ruleOf('methodsLocked');
    expect(change(ANNA, ['password', 'password'])).toEqual({ lockedMethods: ['password'] });
    const locked = { ...ANNA, lockedMethods: ['password'] } as AuthModeColumns;
    expect([change(locked, ['password', 'password']), change(locked, []), change(ANNA, [])]).toEqual([
      null,
      { lockedMethods: [] },
      null,
    ]);
  });
});
