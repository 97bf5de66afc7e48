import { describe, expect, it } from 'vitest';
import type { ClientRecord } from '../../../../src/clients/index.ts';
import type { IssuerKind } from '../../../../src/oauth/issuers/issuers.ts';
import {
  codeSecondsOf,
  lifetimesOf,
  MAX_TOKEN_SECONDS,
  refreshLifetimesOf,
} from '../../../../src/oauth/issuers/lifetimes.ts';
import { TEMPLATE_SETTINGS } from '../../../../src/tenants/index.ts';

const KIND = { accessTokenSeconds: 300, refreshIdleSeconds: 1000, refreshSeconds: 5000 } as IssuerKind;
const of = (settings: object, client: object = {}) =>
  lifetimesOf(KIND, { ...TEMPLATE_SETTINGS.native, ...settings }, { client } as ClientRecord);

describe('how long the tokens of a client are valid', () => {
  it('is set by the issuer kind, before it by the tenant, and before both by the client', () => {
    expect(of({})).toEqual({ accessTokenSeconds: 300, refreshIdleSeconds: 1000, refreshSeconds: 5000 });
    const settings = { accessTokenSeconds: 60, refreshIdleSeconds: 2000, refreshSeconds: 4000 };
    expect(of(settings)).toEqual(settings);
    expect(of(settings, { accessTokenSeconds: 30, refreshTokenSeconds: 3000 })).toEqual({
      accessTokenSeconds: 30,
      refreshIdleSeconds: 2000,
      refreshSeconds: 3000,
    });
    expect(of(settings, { accessTokenSeconds: null, refreshTokenSeconds: null })).toEqual(settings);
  });

  it('is never longer for access tokens than retired keys are published', () => {
    expect(of({}, { accessTokenSeconds: MAX_TOKEN_SECONDS + 1 }).accessTokenSeconds).toBe(MAX_TOKEN_SECONDS);
    expect(of({}, { accessTokenSeconds: MAX_TOKEN_SECONDS }).accessTokenSeconds).toBe(MAX_TOKEN_SECONDS);
  });

  it('is that of sessions at role-based issuers, and that of lasting access beyond them', () => {
    const kind = { ...KIND, isRoleBased: true };
    const realm = TEMPLATE_SETTINGS.realm;
    const ofRealm = (tokens: object, client: object = {}) =>
      lifetimesOf(kind, { ...realm, refreshSeconds: 7, tokens: { ...realm.tokens, ...tokens } }, {
        client,
      } as ClientRecord);
    const lifetimes = ofRealm({ offlineIdleSeconds: 500 });
    expect(lifetimes).toMatchObject({ refreshIdleSeconds: 1800, refreshSeconds: 36_000 });
    expect(refreshLifetimesOf(lifetimes, false)).toBe(lifetimes);
    expect(refreshLifetimesOf(lifetimes, true)).toEqual({ refreshIdleSeconds: 500, refreshSeconds: null });
    const limited = ofRealm({ isOfflineLimited: true, offlineSeconds: 600, offlineIdleSeconds: 900 });
    expect(refreshLifetimesOf(limited, true)).toEqual({ refreshIdleSeconds: 600, refreshSeconds: 600 });
    expect(ofRealm({}, { refreshTokenSeconds: 60 })).toMatchObject({
      refreshIdleSeconds: 60,
      refreshSeconds: 60,
      offline: { refreshSeconds: 60 },
    });
    expect(refreshLifetimesOf(of({}), true)).toEqual(of({}));
    expect(ofRealm({ clientSessionIdleSeconds: 60, clientSessionSeconds: 90 })).toMatchObject({
      refreshIdleSeconds: 60,
      refreshSeconds: 90,
      offline: { refreshIdleSeconds: 2_592_000 },
    });
    expect(ofRealm({ clientOfflineIdleSeconds: 70, clientOfflineSeconds: 80 })).toMatchObject({
      refreshIdleSeconds: 1800,
      refreshSeconds: 36_000,
      offline: { refreshIdleSeconds: 70, refreshSeconds: 80 },
    });
    expect(ofRealm({ clientSessionIdleSeconds: 9000, clientSessionSeconds: 90_000 })).toMatchObject({
      refreshIdleSeconds: 1800,
      refreshSeconds: 36_000,
    });
  });

  it('is at most ten minutes for authorization codes (RFC 6749 section 4.1.2)', () => {
    const { tokens } = TEMPLATE_SETTINGS.realm;
    const codes = (codeSeconds: number) => codeSecondsOf({ tokens: { ...tokens, codeSeconds } } as never);
    expect([codes(60), codes(600), codes(601)]).toEqual([60, 600, 600]);
  });

  it('is never longer unused than used', () => {
    expect(of({}, { refreshTokenSeconds: 100 })).toMatchObject({ refreshIdleSeconds: 100, refreshSeconds: 100 });
    expect(of({ refreshIdleSeconds: 9000 })).toMatchObject({ refreshIdleSeconds: 5000, refreshSeconds: 5000 });
  });
});
