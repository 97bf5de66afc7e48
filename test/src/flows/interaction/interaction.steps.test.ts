import { describe, expect, it } from 'vitest';
import { INITIAL_STATE } from '../../../../src/flows/interaction/interaction.state.ts';
import { presentStep, type StepFacts } from '../../../../src/flows/interaction/interaction.steps.ts';
import type { AccountFacts } from '../../../../src/flows/sign-in.steps.ts';
import { NO_DEMANDS } from '../../../support/sign-in.ts';

const ACCOUNT: AccountFacts = {
  user: { requiredFactor: null, requiredActions: [], emailVerified: true },
  settings: { verifyEmail: true, isPasskeyEnabled: true },
  isStrict: false,
  isResetting: false,
  isPasswordExpired: false,
  factors: 1,
  amr: ['pwd'],
  methods: [],
  lacksOwnFactor: false,
};
const CONSENT = { ...NO_DEMANDS, consent: { scopes: ['openid'], isForced: false } };

const at = (facts: Partial<StepFacts>, account: Partial<AccountFacts> | null = {}) =>
  presentStep({
    state: INITIAL_STATE,
    demands: NO_DEMANDS,
    isSignedIn: false,
    isConsentCovered: false,
    canRegister: true,
    canResetPassword: true,
    account: account === null ? null : { ...ACCOUNT, ...account },
    ...facts,
  });

describe('the present step of an interaction', () => {
  const choosing = { ...NO_DEMANDS, mustChoose: true };

  it('is the choice of an account, if it is demanded and one is signed in', () => {
    expect(at({ demands: choosing, isSignedIn: true }, null)).toBe('account');
    expect(at({ demands: choosing }, null)).toBe('password');
    expect(at({ demands: choosing, isSignedIn: true, state: { ...INITIAL_STATE, isAccountChosen: true } }, null)).toBe(
      'password',
    );
  });

  it('is the password, until an account is proved', () => {
    expect(at({}, null)).toBe('password');
    expect(at({})).toBe('finished');
  });

  it('is the registration, if the user wants to make an account and may', () => {
    const state = { ...INITIAL_STATE, isRegistering: true };
    expect(at({ state }, null)).toBe('registration');
    expect(at({ state, canRegister: false }, null)).toBe('password');
    expect(at({ state })).toBe('finished');
  });

  it('is the reset of a forgotten password, if the user wants one and may', () => {
    const passwordReset = { isOpen: true, isAsked: false, asked: 0, askedAt: null, provedEmail: null };
    const state = { ...INITIAL_STATE, passwordReset };
    const asked = { ...INITIAL_STATE, passwordReset: { ...passwordReset, isAsked: true } };
    expect(at({ state }, null)).toBe('password-reset');
    expect(at({ state: asked }, null)).toBe('password-reset-code');
    expect(at({ state: { ...asked, passwordReset: { ...asked.passwordReset, isOpen: false } } }, null)).toBe(
      'password',
    );
    expect(at({ state, canResetPassword: false }, null)).toBe('password');
    expect(at({ state: asked, canResetPassword: false }, null)).toBe('password');
  });

  it('is a new password for somebody whose password is too old, after the second factor', () => {
    expect(at({}, { isPasswordExpired: true })).toBe('new-password');
    expect(at({}, { isPasswordExpired: true, isStrict: true, methods: ['totp'] })).toBe('factor');
  });

  it('is a new password for somebody who resets it, after a second factor that the account has (check 47)', () => {
    const methods = ['totp'] as const;
    const amr = ['email', 'otp', 'mfa'];
    expect(at({}, { isResetting: true, amr: ['email'] })).toBe('new-password');
    expect(at({}, { isResetting: true, amr: ['email'], methods })).toBe('factor');
    expect(at({}, { isResetting: true, amr, methods })).toBe('new-password');
  });

  it('is the terms before anything else that changes the account, if they are demanded', () => {
    const user = { ...ACCOUNT.user, requiredActions: ['UPDATE_PASSWORD', 'TERMS_AND_CONDITIONS'] };
    expect(at({}, { user, isStrict: true })).toBe('terms');
    expect(at({}, { user })).toBe('new-password');
  });

  it('is the second factor, if the request or the account demands one', () => {
    const methods = ['totp'] as const;
    expect(at({}, { factors: 2, methods })).toBe('factor');
    expect(at({}, { user: { ...ACCOUNT.user, requiredFactor: 2 }, methods })).toBe('factor');
    expect(at({}, { factors: 2, methods, amr: ['pwd', 'otp', 'mfa'] })).toBe('finished');
    expect(at({}, { factors: 1, methods })).toBe('finished');
  });

  it('is no second factor where the request takes what was shown alone, unless the account demands one', () => {
    const methods = ['totp'] as const;
    const alone = { factors: 2, factorsAlone: ['pop', 'hwk'], methods } as const;
    expect(at({}, { ...alone, amr: ['pop'] })).toBe('finished');
    expect(at({}, { ...alone, amr: ['pwd'] })).toBe('factor');
    expect(at({}, { ...alone, amr: ['pop'], user: { ...ACCOUNT.user, requiredFactor: 2 } })).toBe('factor');
  });

  it('is a method that resists phishing, if the request demands one and the account has it', () => {
    const demanded = { isPhishingResistant: true, methods: ['totp', 'passkey'] } as const;
    expect(at({}, demanded)).toBe('factor');
    expect(at({}, { ...demanded, amr: ['pwd', 'otp', 'mfa'] })).toBe('factor');
    expect(at({}, { ...demanded, amr: ['pwd', 'hwk', 'mfa'] })).toBe('finished');
    expect(at({}, { ...demanded, methods: ['security-key'] })).toBe('factor');
    expect(at({}, { ...demanded, methods: ['totp'] })).toBe('finished');
    expect(at({}, { ...demanded, isPhishingResistant: false })).toBe('finished');
    const settings = { ...ACCOUNT.settings, isPasskeyEnabled: false };
    expect(at({}, { ...demanded, settings })).toBe('finished');
  });

  it('is the first factor again, if the account has to be proved by another method', () => {
    const state = { ...INITIAL_STATE, isRegistering: true };
    expect(at({ state }, { factors: 2, lacksOwnFactor: true })).toBe('password');
  });

  it('is an enrolment, if a second factor is demanded and there is none', () => {
    expect(at({}, { factors: 2 })).toBe('enrolment');
  });

  it('is, where the sign-in is strict, each factor and action of the account', () => {
    const requiredActions = ['TERMS', 'VERIFY_EMAIL', 'UPDATE_PASSWORD', 'CONFIGURE_TOTP'];
    const user = { ...ACCOUNT.user, requiredActions };
    const at2 = (actions: string[], over: Partial<AccountFacts> = {}) =>
      at({}, { isStrict: true, amr: ['pwd', 'otp', 'mfa'], user: { ...user, requiredActions: actions }, ...over });
    expect(at({}, { isStrict: true, methods: ['totp'] })).toBe('factor');
    expect(at({}, { isStrict: true, methods: ['recovery-code'], user })).toBe('factor');
    expect(at({}, { isStrict: true, user })).toBe('enrolment');
    expect(at2(requiredActions)).toBe('enrolment');
    expect(at2(['TERMS', 'VERIFY_EMAIL', 'UPDATE_PASSWORD'])).toBe('new-password');
    expect(at2(['TERMS', 'VERIFY_EMAIL'])).toBe('email-code');
    expect(at2(['TERMS'])).toBe('other-actions');
    expect(at2([])).toBe('finished');
    expect(at2(['TERMS', 'VERIFY_EMAIL', 'CONFIGURE_TOTP'], { isStrict: false })).toBe('finished');
  });

  it('is a passkey that the account has to make, as the last thing that can be done', () => {
    const requiredActions = ['webauthn-register-passwordless', 'VERIFY_EMAIL'];
    const user = { ...ACCOUNT.user, requiredActions };
    const made = { ...user, requiredActions: ['webauthn-register-passwordless', 'TERMS'] };
    expect(at({}, { isStrict: true, user })).toBe('email-code');
    expect(at({}, { isStrict: true, user: made })).toBe('key-enrolment');
    expect(at({}, { isStrict: true, user: made, methods: ['totp'] })).toBe('factor');
    const settings = { ...ACCOUNT.settings, isPasskeyEnabled: false };
    expect(at({}, { isStrict: true, user: made, settings })).toBe('other-actions');
    expect(at({}, { user: made })).toBe('finished');
  });

  it('is a security key, as a passkey is', () => {
    const user = { ...ACCOUNT.user, requiredActions: ['webauthn-register'] };
    expect(at({}, { isStrict: true, user })).toBe('key-enrolment');
    const settings = { ...ACCOUNT.settings, isPasskeyEnabled: false };
    expect(at({}, { isStrict: true, user, settings })).toBe('other-actions');
  });

  it('is that passkey in place of an app, where a second factor is demanded and there is none', () => {
    const action = 'webauthn-register-passwordless';
    const demanded = (requiredActions: string[], over: Partial<AccountFacts> = {}) =>
      at({}, { factors: 2, isStrict: true, user: { ...ACCOUNT.user, requiredActions }, ...over });
    expect(demanded([action])).toBe('key-enrolment');
    expect(demanded([action, 'UPDATE_PASSWORD'])).toBe('new-password');
    expect(demanded([action, 'CONFIGURE_TOTP'])).toBe('enrolment');
    expect(demanded([action], { isStrict: false })).toBe('enrolment');
    expect(demanded([action], { settings: { verifyEmail: false, isPasskeyEnabled: false } })).toBe('enrolment');
    expect(demanded([action], { amr: ['pwd', 'hwk', 'mfa'] })).toBe('key-enrolment');
    expect(demanded([], { amr: ['pwd', 'hwk', 'mfa'] })).toBe('finished');
  });

  it('changes the account only after the second factor', () => {
    const user = { requiredFactor: 2, requiredActions: ['UPDATE_PASSWORD'], emailVerified: false };
    expect(at({}, { user, methods: ['totp'] })).toBe('factor');
    const amr = ['pwd', 'otp', 'mfa'];
    expect(at({}, { user, amr })).toBe('new-password');
    expect(at({}, { user: { ...user, requiredActions: [] }, amr })).toBe('email-code');
    const settings = { ...ACCOUNT.settings, verifyEmail: false };
    expect(at({}, { user: { ...user, requiredActions: [] }, amr, settings })).toBe('finished');
  });

  it('is the consent at last, unless it was given before and is not asked again', () => {
    expect(at({ demands: CONSENT })).toBe('consent');
    expect(at({ demands: CONSENT, isConsentCovered: true })).toBe('finished');
    const forced = { ...NO_DEMANDS, consent: { scopes: ['openid'], isForced: true } };
    expect(at({ demands: forced, isConsentCovered: true })).toBe('consent');
    expect(at({ demands: forced, state: { ...INITIAL_STATE, consented: ['openid'] } })).toBe('finished');
  });

  it.each(['denied', 'cancelled'] as const)('is finished, when it was %s', (refusal) => {
    expect(at({ demands: CONSENT, state: { ...INITIAL_STATE, refusal } }, null)).toBe('finished');
  });
});
