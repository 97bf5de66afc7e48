import { describe, expect, it } from 'vitest';
import { NEVER_SIGNED_IN } from '../../../../src/access/index.ts';
import type { Client } from '../../../../src/clients/index.ts';
import {
  assertOwnDecision,
  assertSignedIn,
  consentDemand,
  findLack,
  findWishedFactors,
  refuseSilent,
  type SessionFacts,
  statedAcr,
} from '../../../../src/oauth/authorize/decision.ts';
import { AuthorizationRefused } from '../../../../src/oauth/authorize/refusal.ts';
import { type AuthorizationRequest, BLANK_REQUEST, type Prompt } from '../../../../src/oauth/authorize/request.ts';
import { madeUpClient } from '../../../support/authorization.ts';

const NOW = new Date('2026-07-01T12:00:00Z');
const ANNA: SessionFacts = { userId: 'anna', authTime: new Date(NOW.getTime() - 100_000), acr: '1fa', amr: ['pwd'] };
const TWO = { ...ANNA, acr: '2fa' };

const request = (over: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
  ...BLANK_REQUEST,
  client: madeUpClient(),
  redirectUri: 'https://app.example/cb',
  scopes: ['openid'],
  ...over,
});
const prompting = (...prompts: Prompt[]) => request({ prompts: new Set(prompts) });
const essential = (...values: string[]) => request({ acr: { values, isEssential: true } });
const wished = (...values: string[]) => request({ acr: { values, isEssential: false } });

function codeOf(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof AuthorizationRefused) return error.code;
    throw error;
  }
}

const WITH_PASSKEYS = ['1fa', '2fa', 'phr'];
const WITHOUT = ['1fa', '2fa'];
const lackOf = (asked: AuthorizationRequest, session: SessionFacts | null, now: Date, reachable = WITHOUT) =>
  findLack(asked, session, now, reachable);
const wishedFactors = (asked: AuthorizationRequest, session: SessionFacts, reachable = WITHOUT) =>
  findWishedFactors(asked, session, reachable);

describe('what a session lacks for a request', () => {
  const SIGN_IN = { mustAuthenticate: false, mustChoose: false, factors: 1 };
  const AGAIN = { ...SIGN_IN, mustAuthenticate: true };

  it('is nothing for a user who is signed in, and a sign-in for nobody', () => {
    expect(lackOf(request(), ANNA, NOW)).toBeNull();
    expect(lackOf(request(), null, NOW)).toEqual(SIGN_IN);
  });

  it('is what `prompt` asks for', () => {
    expect(lackOf(prompting('login'), ANNA, NOW)).toEqual(AGAIN);
    expect(lackOf(prompting('select_account'), ANNA, NOW)).toEqual({ ...SIGN_IN, mustChoose: true });
    expect(lackOf(prompting('login', 'select_account'), ANNA, NOW)).toEqual({ ...AGAIN, mustChoose: true });
    expect(lackOf(prompting('consent'), ANNA, NOW)).toBeNull();
    expect(lackOf(prompting('none'), ANNA, NOW)).toBeNull();
  });

  it('is another sign-in once `max_age` has passed, and always with 0 seconds (check 37)', () => {
    expect(lackOf(request({ maxAgeSeconds: 100 }), ANNA, NOW)).toBeNull();
    expect(lackOf(request({ maxAgeSeconds: 99 }), ANNA, NOW)).toEqual(AGAIN);
    expect(lackOf(request({ maxAgeSeconds: 1 }), { ...ANNA, authTime: NOW }, NOW)).toBeNull();
    expect(lackOf(request({ maxAgeSeconds: 0 }), { ...ANNA, authTime: NOW }, NOW)).toEqual(AGAIN);
  });

  it('is a sign-in as the user who is asked for', () => {
    expect(lackOf(request({ subject: 'anna' }), ANNA, NOW)).toBeNull();
    expect(lackOf(request({ subject: 'boris' }), ANNA, NOW)).toEqual(AGAIN);
  });

  it('is the factors of an essential class, the fewest that fulfil it', () => {
    expect(lackOf(essential('2fa'), TWO, NOW)).toBeNull();
    expect(lackOf(essential('1fa'), TWO, NOW)).toBeNull();
    expect(lackOf(essential('2fa'), ANNA, NOW)).toEqual({ ...SIGN_IN, factors: 2 });
    expect(lackOf(essential('2fa'), null, NOW)).toEqual({ ...SIGN_IN, factors: 2 });
    expect(lackOf(essential('phr', '2fa'), ANNA, NOW)).toEqual({ ...SIGN_IN, factors: 2 });
    expect(lackOf(essential('2fa', '1fa'), null, NOW)).toEqual({ ...SIGN_IN, factors: 1 });
    expect(lackOf(essential('2fa'), { ...ANNA, acr: null }, NOW)).toEqual({ ...SIGN_IN, factors: 2 });
  });

  it('is a method that resists phishing where nothing else fulfils an essential class', () => {
    const demand = { factors: 1, isPhishingResistant: true };
    const KEY = { ...TWO, acr: 'phr' };
    expect(lackOf(essential('phr'), null, NOW, WITH_PASSKEYS)).toEqual({ ...SIGN_IN, ...demand });
    expect(lackOf(essential('phr'), TWO, NOW, WITH_PASSKEYS)).toEqual({ ...SIGN_IN, ...demand });
    expect(lackOf(essential('phr', 'urn:unknown'), ANNA, NOW, WITH_PASSKEYS)).toEqual({ ...SIGN_IN, ...demand });
    expect(lackOf(essential('phr', '2fa'), ANNA, NOW, WITH_PASSKEYS)).toEqual({ ...SIGN_IN, factors: 2 });
    expect(lackOf(essential('phr'), KEY, NOW, WITH_PASSKEYS)).toBeNull();
    expect(lackOf(request({ ...essential('phr'), maxAgeSeconds: 1 }), KEY, NOW, WITH_PASSKEYS)).toEqual({
      ...AGAIN,
      ...demand,
    });
    // Users had passkeys when the session began.
    expect(lackOf(essential('phr'), KEY, NOW)).toBeNull();
  });

  it('cannot be made up for where no sign-in reaches an essential class', () => {
    for (const session of [ANNA, TWO, null])
      for (const value of ['phr', 'urn:unknown', 'constructor'])
        expect(codeOf(() => lackOf(essential(value), session, NOW))).toBe('unmet_authentication_requirements');
  });

  it('is never a class that is only wished', () => {
    expect(lackOf(wished('2fa'), ANNA, NOW)).toBeNull();
    expect(lackOf(wished('phr', 'urn:unknown'), ANNA, NOW)).toBeNull();
    expect(lackOf(wished('2fa'), null, NOW)).toEqual(SIGN_IN);
  });
});

describe('a request that may not show a page (check 37)', () => {
  const codeFor = (asked: AuthorizationRequest, session: SessionFacts | null) => refuseSilent(asked, session, NOW).code;

  it('is refused with login_required where a sign-in is missing', () => {
    expect(codeFor(prompting('none'), null)).toBe('login_required');
    expect(codeFor(request({ maxAgeSeconds: 1 }), ANNA)).toBe('login_required');
    expect(codeFor(request({ subject: 'boris' }), ANNA)).toBe('login_required');
    expect(codeFor(essential('2fa'), null)).toBe('login_required');
  });

  it('is refused with unmet_authentication_requirements where the sign-in is too weak', () => {
    expect(codeFor(essential('2fa'), ANNA)).toBe('unmet_authentication_requirements');
  });
});

describe('the session in which the pages have ended', () => {
  it('is that of the user who was asked for', () => {
    expect(codeOf(() => assertSignedIn(request({ subject: 'boris' }), ANNA))).toBe('login_required');
    expect(codeOf(() => assertSignedIn(request({ subject: 'anna' }), ANNA))).toBeNull();
  });

  it('is as strong as an essential class demands', () => {
    expect(codeOf(() => assertSignedIn(essential('2fa'), ANNA))).toBe('unmet_authentication_requirements');
    expect(codeOf(() => assertSignedIn(essential('2fa'), TWO))).toBeNull();
    expect(codeOf(() => assertSignedIn(wished('2fa'), ANNA))).toBeNull();
  });
});

describe('a wish for a stronger sign-in', () => {
  it('is for two factors where the session has one and the first class that can be reached needs them', () => {
    expect(wishedFactors(wished('2fa'), ANNA)).toBe(2);
    expect(wishedFactors(wished('phr', 'urn:unknown', '2fa'), ANNA)).toBe(2);
    expect(wishedFactors(essential('2fa', '1fa'), ANNA)).toBe(2);
    expect(wishedFactors(wished('1fa', '2fa'), ANNA)).toBeNull();
    expect(wishedFactors(wished('2fa'), TWO)).toBeNull();
    expect(wishedFactors(wished('phr'), ANNA)).toBeNull();
    expect(wishedFactors(wished('phr'), ANNA, WITH_PASSKEYS)).toBe(2);
    expect(wishedFactors(wished('phr'), TWO, WITH_PASSKEYS)).toBeNull();
    expect(wishedFactors(request(), ANNA)).toBeNull();
  });
});

describe('the class that tokens state', () => {
  it('is that of the session, or the one of the demand that it fulfils', () => {
    expect(statedAcr(request(), TWO)).toBe('2fa');
    expect(statedAcr(essential('1fa'), TWO)).toBe('1fa');
    expect(statedAcr(wished('phr', '2fa', '1fa'), TWO)).toBe('2fa');
    expect(statedAcr(wished('phr'), TWO)).toBe('2fa');
    expect(statedAcr(wished('2fa'), ANNA)).toBe('1fa');
    expect(statedAcr(wished('2fa'), { ...ANNA, acr: null })).toBeNull();
  });
});

describe('what the user is asked to allow', () => {
  const trusted = madeUpClient({ client: { metadata: { consent: 'trusted' } as unknown as Client['metadata'] } });

  it('is the scopes, with lasting access by its name', () => {
    expect(consentDemand(request())).toEqual({ scopes: ['openid'], isForced: false });
    const scopes = ['openid', 'offline_access'];
    expect(consentDemand(request({ isOffline: true }))).toEqual({ scopes, isForced: false });
    expect(consentDemand(request({ isOffline: true, scopes }))).toEqual({ scopes, isForced: false });
  });

  it('is nothing for an application that the operator trusts, unless the request asks for the question', () => {
    expect(consentDemand(request({ client: trusted }))).toBeNull();
    expect(consentDemand({ ...prompting('consent'), client: trusted })).toEqual({ scopes: ['openid'], isForced: true });
    expect(consentDemand(prompting('consent'))).toEqual({ scopes: ['openid'], isForced: true });
  });
});

describe('an administrator who acts as a user', () => {
  const acting = { ...ANNA, authTime: NEVER_SIGNED_IN };

  it('gets no lasting access, and allows nothing in the name of the user', () => {
    const offline = request({ isOffline: true });
    expect(codeOf(() => assertOwnDecision(request(), false, acting))).toBeNull();
    expect(codeOf(() => assertOwnDecision(offline, false, acting))).toBe('access_denied');
    expect(codeOf(() => assertOwnDecision(request(), true, acting))).toBe('access_denied');
    expect(codeOf(() => assertOwnDecision(offline, true, ANNA))).toBeNull();
  });
});
