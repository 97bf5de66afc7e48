import { describe, expect, it } from 'vitest';
import {
  effectiveSettings,
  TEMPLATE_SETTINGS,
  type TenantSettingsPatch,
  type TenantTemplate,
  tenantSettings,
} from '../../../src/tenants/settings.ts';

const YEAR = 31_536_000;

describe('the settings in force', () => {
  it('are those of the template where the tenant stored none', () => {
    expect(effectiveSettings('image', {})).toEqual(TEMPLATE_SETTINGS.image);
    expect(effectiveSettings('realm', {})).not.toEqual(TEMPLATE_SETTINGS.native);
  });

  it('are those the tenant stored before those of the template, false, zero and null included', () => {
    const stored = { verifyEmail: false, accessTokenSeconds: null, lockout: { ipLimit: 0, enabled: false } };
    expect(effectiveSettings('image', stored)).toEqual({
      ...TEMPLATE_SETTINGS.image,
      verifyEmail: false,
      lockout: { ...TEMPLATE_SETTINGS.image.lockout, ipLimit: 0, enabled: false },
    });
  });

  it('are those of `native` under a template that this version does not know', () => {
    expect(effectiveSettings('later', { registration: true })).toEqual({
      ...TEMPLATE_SETTINGS.native,
      registration: true,
    });
    expect(effectiveSettings('', {})).toEqual(TEMPLATE_SETTINGS.native);
  });

  it('of one tenant do not change the template for others', () => {
    effectiveSettings('native', { lockout: { accountLimit: 1 } }).lockout.accountLimit = 2;
    expect(effectiveSettings('native', {}).lockout.accountLimit).toBe(10);
  });

  it.each(Object.keys(TEMPLATE_SETTINGS) as TenantTemplate[])(
    'of the template %s pass the checks themselves',
    (name) => {
      expect(tenantSettings.safeParse(TEMPLATE_SETTINGS[name]).error).toBeUndefined();
      const { signInByEmail, uniqueEmail } = TEMPLATE_SETTINGS[name];
      expect(signInByEmail && !uniqueEmail).toBe(false);
    },
  );
});

describe('a setting', () => {
  /** Paths of the faults of one changed setting. */
  const faultsOf = (patch: object): string[] => {
    const settings = effectiveSettings('native', patch as TenantSettingsPatch);
    return tenantSettings.safeParse(settings).error?.issues.map(({ path }) => path.join('.')) ?? [];
  };

  it.each<[string, number, number]>([
    ['passwordMinLength', 0, 256],
    ['passwordMinLengthWithFactor', 0, 256],
    ['sessionIdleSeconds', 1, YEAR],
    ['sessionSeconds', 1, YEAR],
    ['accessTokenSeconds', 1, 2_592_000],
    ['refreshIdleSeconds', 1, YEAR],
    ['refreshSeconds', 1, YEAR],
    ['reauthSeconds', 1, 86_400],
    ['eventRetentionDays', 1, 3650],
    ['lockout.accountLimit', 1, 1000],
    ['lockout.accountWindowSeconds', 1, YEAR],
    ['lockout.baseWaitSeconds', 1, YEAR],
    ['lockout.maxWaitSeconds', 1, YEAR],
    ['lockout.ipLimit', 0, 1_000_000],
    ['lockout.ipWindowSeconds', 1, YEAR],
    ['lockout.quickMilliseconds', 0, 600_000],
    ['lockout.quickTries', 1, 1000],
    ['lockout.quickWaitSeconds', 0, YEAR],
    ['lockout.tenantBudget', 0, 10_000_000],
  ])('%s is a whole number from %d to %d', (path, min, max) => {
    const [name, inner] = path.split('.') as [string, string?];
    const faults = (value: unknown) => faultsOf({ [name]: inner === undefined ? value : { [inner]: value } });
    for (const value of [min, max]) expect([value, faults(value)]).toEqual([value, []]);
    for (const value of [min - 1, max + 1, min + 0.5, Number.NaN, Number.POSITIVE_INFINITY, `${min}`, [min], true])
      expect([value, faults(value)]).toEqual([value, [path]]);
  });

  it.each(['accessTokenSeconds', 'refreshIdleSeconds', 'refreshSeconds'])(
    '%s may be null, for the default of the issuer',
    (name) => expect(faultsOf({ [name]: null })).toEqual([]),
  );

  it.each([
    'passwordMinLength',
    'sessionSeconds',
    'reauthSeconds',
    'eventRetentionDays',
    'registration',
    'lockout.permanent',
  ])('%s cannot be null', (path) => {
    const [name, inner] = path.split('.') as [string, string?];
    expect(faultsOf({ [name]: inner === undefined ? null : { [inner]: null } })).toEqual([path]);
  });

  it('that does not exist is refused, also among those of the lock-out', () => {
    expect(faultsOf({ registrations: true })).toEqual(['']);
    expect(faultsOf({ lockout: { accountLimits: 3 } })).toEqual(['lockout']);
    expect(faultsOf({ lockout: { growth: 'none' } })).toEqual(['lockout.growth']);
    expect(faultsOf({ registration: 'yes' })).toEqual(['registration']);
  });

  it('passwordForbiddenWords holds at most 200 words of 3 to 64 storable characters', () => {
    const words = (...passwordForbiddenWords: unknown[]) => faultsOf({ passwordForbiddenWords });
    expect(words(...Array.from({ length: 200 }, () => 'abc'))).toEqual([]);
    expect(words(...Array.from({ length: 201 }, () => 'abc'))).toEqual(['passwordForbiddenWords']);
    expect(words('abc', 'x'.repeat(64))).toEqual([]);
    for (const word of ['ab', 'x'.repeat(65), 'ab\0', 'ab\ud800', 7, null])
      expect(words('abc', word)).toEqual(['passwordForbiddenWords.1']);
  });
});
