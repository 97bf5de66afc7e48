import { describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 1 });
const UPDATED = [200, answer('Tenant settings updated successfully')];
const REFUSED = [400, answer('Failed to create tenant', 'BAD_REQUEST')];
const DELETED = [200, answer('Tenant setting deleted')];
const UNKNOWN = [404, answer('Tenant setting(s) not found', 'NOT_FOUND')];
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden', ...answer('HTTP 403 Forbidden', 'FORBIDDEN') }];

/** The 60 settings of a new tenant. */
const DEFAULTS = {
  cibaBackchannelTokenDeliveryMode: 'poll',
  webAuthnPolicyAttestationConveyancePreferencePasswordless: 'not specified',
  webAuthnPolicyRequireResidentKeyPasswordless: 'not specified',
  clientOfflineSessionIdleTimeout: 0,
  cibaExpiresIn: 120,
  webAuthnPolicyAuthenticatorAttachmentPasswordless: 'not specified',
  actionTokenGeneratedByUserLifespan: 300,
  'actionTokenGeneratedByUserLifespan-idp-verify-account-via-email': null,
  webAuthnPolicySignatureAlgorithms: 'ES256',
  webAuthnPolicyRpEntityNamePasswordless: 'keycloak',
  offlineSessionMaxLifespan: 5184000,
  shortVerificationUri: null,
  '_browser_header.contentSecurityPolicyReportOnly': null,
  '_browser_header.contentSecurityPolicy': "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
  cibaAuthRequestedUserHint: 'login_hint',
  webAuthnPolicyUserVerificationRequirement: 'not specified',
  clientSessionIdleTimeout: 0,
  quickLoginCheckMilliSeconds: 1000,
  webAuthnPolicyCreateTimeout: 0,
  'actionTokenGeneratedByUserLifespan-reset-credentials': null,
  minimumQuickLoginWaitSeconds: 60,
  realmReusableOtpCode: false,
  defaultSignatureAlgorithm: 'RS256',
  webAuthnPolicyUserVerificationRequirementPasswordless: 'not specified',
  clientSessionMaxLifespan: 0,
  '_browser_header.xContentTypeOptions': 'nosniff',
  waitIncrementSeconds: 60,
  offlineSessionMaxLifespanEnabled: false,
  'client-policies.profiles': 'profiles:[]',
  'actionTokenGeneratedByUserLifespan-execute-actions': null,
  'actionTokenGeneratedByUserLifespan-verify-email': null,
  displayName: 'Keycloak',
  webAuthnPolicyAuthenticatorAttachment: 'not specified',
  '_browser_header.xRobotsTag': 'none',
  webAuthnPolicySignatureAlgorithmsPasswordless: 'ES256',
  displayNameHtml: '<div class=kc-logo-text><span>Keycloak</span></div>',
  webAuthnPolicyRpEntityName: 'keycloak',
  webAuthnPolicyAvoidSameAuthenticatorRegisterPasswordless: false,
  failureFactor: 30,
  maxDeltaTimeSeconds: 43200,
  bruteForceProtected: false,
  webAuthnPolicyRpIdPasswordless: null,
  '_browser_header.xXSSProtection': '1; mode=block',
  '_browser_header.xFrameOptions': 'SAMEORIGIN',
  '_browser_header.strictTransportSecurity': 'max-age=31536000; includeSubDomains',
  oauth2DevicePollingInterval: 5,
  clientOfflineSessionMaxLifespan: 0,
  permanentLockout: false,
  webAuthnPolicyRequireResidentKey: 'not specified',
  webAuthnPolicyRpId: null,
  webAuthnPolicyAttestationConveyancePreference: 'not specified',
  '_browser_header.referrerPolicy': 'no-referrer',
  maxFailureWaitSeconds: 900,
  cibaInterval: 5,
  oauth2DeviceCodeLifespan: 600,
  webAuthnPolicyCreateTimeoutPasswordless: 0,
  webAuthnPolicyAvoidSameAuthenticatorRegister: false,
  parRequestUriLifespan: 60,
  'client-policies.policies': 'policies:[]',
  actionTokenGeneratedByAdminLifespan: 43200,
};

/** Another value for each of them, as it is sent and as it is shown. */
const CHANGED: Readonly<Record<string, readonly [sent: unknown, shown: unknown]>> = {
  cibaBackchannelTokenDeliveryMode: ['ping', 'ping'],
  webAuthnPolicyAttestationConveyancePreferencePasswordless: ['direct', 'direct'],
  webAuthnPolicyRequireResidentKeyPasswordless: ['Yes', 'Yes'],
  clientOfflineSessionIdleTimeout: ['7200', 7200],
  cibaExpiresIn: [45, 45],
  webAuthnPolicyAuthenticatorAttachmentPasswordless: ['cross-platform', 'cross-platform'],
  actionTokenGeneratedByUserLifespan: ['901', 901],
  'actionTokenGeneratedByUserLifespan-idp-verify-account-via-email': [77, 77],
  webAuthnPolicySignatureAlgorithms: ['RS256, ES384', 'RS256,ES384'],
  webAuthnPolicyRpEntityNamePasswordless: ['Harbour', 'Harbour'],
  offlineSessionMaxLifespan: ['86400', 86400],
  shortVerificationUri: ['https://go.example/v', 'https://go.example/v'],
  '_browser_header.contentSecurityPolicyReportOnly': ["default-src 'none'", "default-src 'none'"],
  '_browser_header.contentSecurityPolicy': ["frame-ancestors 'none'", "frame-ancestors 'none'"],
  cibaAuthRequestedUserHint: ['id_token_hint', 'id_token_hint'],
  webAuthnPolicyUserVerificationRequirement: ['discouraged', 'discouraged'],
  clientSessionIdleTimeout: [601, 601],
  quickLoginCheckMilliSeconds: ['450', 450],
  webAuthnPolicyCreateTimeout: [95, 95],
  'actionTokenGeneratedByUserLifespan-reset-credentials': ['1200', 1200],
  minimumQuickLoginWaitSeconds: [17, 17],
  realmReusableOtpCode: ['true', true],
  defaultSignatureAlgorithm: ['ES256', 'ES256'],
  webAuthnPolicyUserVerificationRequirementPasswordless: ['required', 'required'],
  clientSessionMaxLifespan: ['5400', 5400],
  '_browser_header.xContentTypeOptions': ['', ''],
  waitIncrementSeconds: ['42', 42],
  offlineSessionMaxLifespanEnabled: [true, true],
  'client-policies.profiles': ['profiles:[one]', 'profiles:[one]'],
  'actionTokenGeneratedByUserLifespan-execute-actions': ['3601', 3601],
  'actionTokenGeneratedByUserLifespan-verify-email': [3602, 3602],
  displayName: ['Harbour office', 'Harbour office'],
  webAuthnPolicyAuthenticatorAttachment: ['platform', 'platform'],
  '_browser_header.xRobotsTag': ['noindex', 'noindex'],
  webAuthnPolicySignatureAlgorithmsPasswordless: ['EdDSA', 'EdDSA'],
  displayNameHtml: ['<b>Harbour</b>', '<b>Harbour</b>'],
  webAuthnPolicyRpEntityName: ['Harbour keys', 'Harbour keys'],
  webAuthnPolicyAvoidSameAuthenticatorRegisterPasswordless: ['true', true],
  failureFactor: ['12', 12],
  maxDeltaTimeSeconds: [7201, 7201],
  bruteForceProtected: ['true', true],
  webAuthnPolicyRpIdPasswordless: ['harbour.example', 'harbour.example'],
  '_browser_header.xXSSProtection': ['0', '0'],
  '_browser_header.xFrameOptions': ['DENY', 'DENY'],
  '_browser_header.strictTransportSecurity': ['max-age=60', 'max-age=60'],
  oauth2DevicePollingInterval: ['11', 11],
  clientOfflineSessionMaxLifespan: [7203, 7203],
  permanentLockout: [true, true],
  webAuthnPolicyRequireResidentKey: ['No', 'No'],
  webAuthnPolicyRpId: ['keys.harbour.example', 'keys.harbour.example'],
  webAuthnPolicyAttestationConveyancePreference: ['indirect', 'indirect'],
  '_browser_header.referrerPolicy': ['origin', 'origin'],
  maxFailureWaitSeconds: ['333', 333],
  cibaInterval: [9, 9],
  oauth2DeviceCodeLifespan: ['444', 444],
  webAuthnPolicyCreateTimeoutPasswordless: ['96', 96],
  webAuthnPolicyAvoidSameAuthenticatorRegister: [true, true],
  parRequestUriLifespan: ['31', 31],
  'client-policies.policies': ['policies:[two]', 'policies:[two]'],
  actionTokenGeneratedByAdminLifespan: [86401, 86401],
};

describe('KOBIL: settings of tenants', () => {
  const kobil = kobilOfSuite();
  let count = 0;

  /** A tenant with the defaults of this service, and a caller who may do everything there. */
  async function newTenant(): Promise<{ tenant: TenantRef; ask: typeof kobil.ask; path: string }> {
    const tenant = await kobil.world.tenant({ name: `harbour-${++count}`, template: 'realm' });
    const token = kobil.token(tenant, 'tenant:write', 'setting:write');
    const path = `/auth/realms/${tenant.name}/v3_realm/settings`;
    return { tenant, path, ask: (method, at, request = {}) => kobil.ask(method, at, { token, ...request }) };
  }
  const shown = (data: object) => [200, { ...answer('Tenant setting(s) fetched successfully'), data }];

  it('50 shows the 60 settings of a new tenant', async () => {
    const { ask, path } = await newTenant();
    expect(Object.keys(DEFAULTS)).toHaveLength(60);
    expect(await ask('GET', path)).toEqual(shown(DEFAULTS));
    expect(await ask('GET', path.slice(5))).toEqual(shown(DEFAULTS));
  });

  it('51 changes each of them, converted to its type; 52 and null return each to its default', async () => {
    const { ask, path } = await newTenant();
    expect(Object.keys(CHANGED).sort()).toEqual(Object.keys(DEFAULTS).sort());
    const sent = Object.fromEntries(Object.entries(CHANGED).map(([name, [value]]) => [name, value]));
    const after = Object.fromEntries(Object.entries(CHANGED).map(([name, [, value]]) => [name, value]));
    expect(await ask('POST', path, { body: sent })).toEqual(UPDATED);
    expect(await ask('GET', path)).toEqual(shown(after));
    const names = Object.keys(DEFAULTS);
    const half = names.filter((_, at) => at % 2 === 0);
    const none = Object.fromEntries(half.map((name) => [name, null]));
    expect(await ask('POST', path, { body: none })).toEqual(UPDATED);
    for (const name of names.filter((_, at) => at % 2 === 1))
      expect(await ask('DELETE', `${path}?key=${encodeURIComponent(name)}`)).toEqual(DELETED);
    expect(await ask('GET', path)).toEqual(shown(DEFAULTS));
    expect(await ask('DELETE', `${path}?key=failureFactor`)).toEqual(DELETED);
  });

  it('51 keeps settings that programs make up, with their types, beside the others', async () => {
    const { ask, path } = await newTenant();
    await ask('POST', path, { body: { theme: 'dusk', berths: 14, isOpen: true, depth: 7.5, constructor: 'x' } });
    expect(await ask('POST', path, { body: { theme: 'dawn', berths: null, never: null } })).toEqual(UPDATED);
    const own = { theme: 'dawn', isOpen: true, depth: 7.5, constructor: 'x' };
    expect(await ask('GET', path)).toEqual(shown({ ...DEFAULTS, ...own }));
    expect(await ask('DELETE', `${path}?key=theme`)).toEqual(DELETED);
    expect(await ask('DELETE', `${path}?key=theme`)).toEqual(UNKNOWN);
  });

  it('51 changes properties of the realm that are no settings, which are shown among them from then on', async () => {
    const { ask, path, tenant } = await newTenant();
    const sent = {
      rememberMe: 'true',
      duplicateEmailsAllowed: 'true',
      loginWithEmailAllowed: false,
      accessTokenLifespan: '601',
      supportedLocales: 'de,ru',
      otpPolicyAlgorithm: 'HmacSHA512',
      otpBruteForceProtected: true,
      eventsEnabled: 'true',
    };
    expect(await ask('POST', path, { body: sent })).toEqual(UPDATED);
    const properties = {
      ...sent,
      rememberMe: true,
      duplicateEmailsAllowed: true,
      accessTokenLifespan: 601,
      supportedLocales: ['de', 'ru'],
      eventsEnabled: true,
    };
    expect(await ask('GET', path)).toEqual(shown({ ...DEFAULTS, ...properties }));
    const { tenants } = kobil.world.services;
    const settings = async () => tenants.settingsOf((await tenants.find(tenant.id))!);
    expect(await settings()).toMatchObject({
      rememberMe: true,
      uniqueEmail: false,
      signInByEmail: false,
      accessTokenSeconds: 601,
      locales: ['de', 'ru'],
      otp: { algorithm: 'SHA512' },
      otpResend: { isEnabled: true },
    });
    await tenants.updateSettings(kobil.world.system(tenant), { accessTokenSeconds: 77 });
    expect(await ask('GET', path)).toEqual(shown({ ...DEFAULTS, ...properties, accessTokenLifespan: 77 }));
    expect(await ask('DELETE', `${path}?key=accessTokenLifespan`)).toEqual(DELETED);
    expect(await ask('DELETE', `${path}?key=accessTokenLifespan`)).toEqual(UNKNOWN);
    expect((await settings()).accessTokenSeconds).toBeNull();
  });

  it('51 disables the tenant, which answers callers whose rights reach all tenants alone', async () => {
    const { ask, path, tenant } = await newTenant();
    expect(await ask('POST', path, { body: { enabled: 'false' } })).toEqual(UPDATED);
    expect(await ask('GET', path)).toEqual(FORBIDDEN);
    const token = kobil.token(kobil.master, 'tenant:write:all', 'setting:write:all');
    expect(await kobil.ask('DELETE', `${path}?key=enabled`, { token })).toEqual(DELETED);
    expect((await kobil.world.services.tenants.find(tenant.id))!.enabled).toBe(true);
    const master = { token, body: { enabled: false, displayName: 'No' } };
    expect(await kobil.ask('POST', '/realms/master/v3_realm/settings', master)).toEqual(REFUSED);
    expect((await kobil.world.services.tenants.find(kobil.master.id))!.displayName).toBeNull();
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['nothing', undefined],
    ['a list as a value', { theme: ['dusk'] }],
    ['an object as a value', { theme: { name: 'dusk' } }],
    ['a text for a number', { failureFactor: 'many' }],
    ['a fraction for a whole number', { failureFactor: 2.5 }],
    ['a number out of range', { failureFactor: 1001 }],
    ['a number beyond what the graph has', { clientSessionIdleTimeout: 4_294_967_296 }],
    ['a number for yes or no', { bruteForceProtected: 1 }],
    ['an unknown choice', { webAuthnPolicyRequireResidentKey: 'Maybe' }],
    ['the name of a prototype as a choice', { otpPolicyType: 'constructor' }],
    ['an unknown algorithm', { webAuthnPolicySignatureAlgorithms: 'ES256,none' }],
    ['sign-in by e-mail without unique addresses', { duplicateEmailsAllowed: true }],
    ['another name', { realm: 'other' }],
    ['a member that no setting can be', { userCount: 3 }],
    ['a name that is too long', { ['n'.repeat(101)]: 1 }],
    ['a text that cannot be stored', { theme: 'a\u0000' }],
    ['a display name that is too long', { displayName: 'd'.repeat(256) }],
    ['more than 200', Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`key-${at}`, at]))],
    ['more than 32 KiB for one', { theme: 'd'.repeat(32_767) }],
    ['more than 64 KiB', { theme: 'd'.repeat(32_000), shade: 'd'.repeat(32_000), depth: 'd'.repeat(2000) }],
  ])('51 refuses %s, and nothing changes', async (_, body) => {
    const { ask, path } = await newTenant();
    const sent =
      Array.isArray(body) || body === undefined ? body : { waitIncrementSeconds: 5, kept: 'no', ...(body as object) };
    expect(await ask('POST', path, { body: sent })).toEqual(REFUSED);
    expect(await ask('GET', path)).toEqual(shown(DEFAULTS));
  });

  it('51 writes an event for each kind that changed, and none when nothing changes', async () => {
    const { ask, path, tenant } = await newTenant();
    const body = { failureFactor: 3, theme: 'dusk', displayName: 'Harbour' };
    await ask('POST', path, { body });
    await ask('POST', path, { body });
    const events = (await kobil.world.events(tenant)).filter(({ type }) =>
      /^(setting|tenant)\.(changed|updated)/.test(type),
    );
    expect(events.map(({ type, params }) => [type, params])).toEqual([
      ['setting.changed', { changed: ['lockout'] }],
      ['setting.changed', { changed: ['extra'], extra: ['theme'] }],
      ['tenant.updated', { changed: ['displayName'] }],
    ]);
  });

  it('52 refuses a setting that there is not, and a request without one', async () => {
    const { ask, path } = await newTenant();
    for (const query of [
      '',
      '?key=',
      '?key=none',
      '?key=rememberMe',
      '?key=id',
      '?key=%00',
      '?key=a&key=b',
      '?key=constructor',
    ])
      expect([query, await ask('DELETE', `${path}${query}`)]).toEqual([query, UNKNOWN]);
  });

  it('55 says that the tenant is set up and has no certificates', async () => {
    const { ask, tenant } = await newTenant();
    const none = { authentication: 'BLOCKED', encryption: 'BLOCKED', signature: 'BLOCKED' };
    const data = {
      status: 'BLOCKED',
      iamStatus: 'SUCCESS',
      signerCertStatus: 'BLOCKED',
      identityUserCertStatus: { externalIdentityUser: none, internalIdentityUser: none },
    };
    const fetched = [200, { ...answer('Tenant status fetched successfully'), data }];
    expect(await ask('GET', `/auth/realms/${tenant.name}/v4_realm/status`)).toEqual(fetched);
    const headers = { host: `${tenant.name}.id.example.com` };
    expect(await ask('GET', '/digitanium/v4/tenants/status', { headers })).toEqual(fetched);
  });

  it('50, 51 and 52 answer below the host of the tenant as well', async () => {
    const { ask, tenant } = await newTenant();
    const headers = { host: `${tenant.name}.id.example.com` };
    const at = '/digitanium/v4/tenants/settings';
    expect(await ask('POST', at, { headers, body: { tide: 'low' } })).toEqual(UPDATED);
    expect(await ask('POST', at, { headers, body: { failureFactor: 'x' } })).toEqual(REFUSED);
    expect(await ask('GET', at, { headers })).toEqual(shown({ ...DEFAULTS, tide: 'low' }));
    expect(await ask('DELETE', `${at}?key=tide`, { headers })).toEqual(DELETED);
    expect(await ask('DELETE', `${at}?key=tide`, { headers })).toEqual(UNKNOWN);
  });

  it('50 and 51 need the permissions for settings', async () => {
    const { path, tenant } = await newTenant();
    const blind = kobil.token(tenant, 'tenant:write');
    expect(await kobil.ask('GET', path, { token: blind })).toEqual(FORBIDDEN);
    expect(await kobil.ask('POST', path, { token: blind, body: {} })).toEqual(FORBIDDEN);
    const readOnly = kobil.token(tenant, 'tenant:write', 'setting:read');
    expect(await kobil.ask('DELETE', `${path}?key=failureFactor`, { token: readOnly })).toEqual(FORBIDDEN);
  });
});
