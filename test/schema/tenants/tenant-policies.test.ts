import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const CONFIGURE = `mutation ($input: ConfigureTenantInput!) {
  configureTenant(input: $input) { tenant { displayName isEnabled extraSettings settings {
    registration resetPassword changeUsername locales
    requiredActions { alias name providerId isEnabled isDefault priority config }
    mailServer { host port isTls isStartTls user hasPassword from fromName replyTo replyToName envelopeFrom }
    tokens { codeSeconds deviceCodeSeconds recoveryLinkSeconds }
    otp { type algorithm digits lookAhead canBeReused }
    otpResend { isEnabled limit }
    securityKeys { rpName algorithms userVerification isResident }
    passkeys { rpName aaguids }
    browserHeaders { frameOptions referrerPolicy }
  } } }
}`;

const ACTION = {
  alias: 'sign-terms',
  name: 'Sign the terms',
  providerId: 'harbour-terms',
  isEnabled: true,
  isDefault: false,
  priority: 75,
  config: { version: '4' },
};

describe('policies of tenants over GraphQL', () => {
  let world: World;
  let master: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
  });
  afterAll(() => world.close());

  const configure = (tenant: TenantRef, input: object, scopes = ['tenant:write', 'setting:write']) =>
    world.graphql(world.app(tenant, ...scopes), CONFIGURE, { input });

  it('are changed with the tenant and its other settings at once; what is absent stays', async () => {
    const tenant = await world.tenant();
    const { data, errors } = await configure(tenant, {
      displayName: 'Harbour',
      settings: {
        registration: true,
        resetPassword: true,
        locales: ['de', 'pt-BR'],
        requiredActions: [ACTION],
        tokens: { codeSeconds: 30, recoveryLinkSeconds: 900 },
        otp: { digits: 8, algorithm: 'SHA512', canBeReused: true },
        otpResend: { isEnabled: true, limit: 4 },
        securityKeys: { userVerification: 'required', isResident: true },
        passkeys: { aaguids: ['6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11'] },
        browserHeaders: { frameOptions: 'DENY' },
      },
      extraSettings: { set: { berths: 14 } },
    });
    expect(errors).toEqual([]);
    expect(data.configureTenant.tenant).toEqual({
      displayName: 'Harbour',
      isEnabled: true,
      extraSettings: { berths: 14 },
      settings: {
        registration: true,
        resetPassword: true,
        changeUsername: false,
        locales: ['de', 'pt-BR'],
        requiredActions: [ACTION],
        mailServer: null,
        tokens: { codeSeconds: 30, deviceCodeSeconds: 600, recoveryLinkSeconds: 900 },
        otp: { type: 'totp', algorithm: 'SHA512', digits: 8, lookAhead: 1, canBeReused: true },
        otpResend: { isEnabled: true, limit: 4 },
        securityKeys: {
          rpName: null,
          algorithms: ['EdDSA', 'ES256', 'RS256'],
          userVerification: 'required',
          isResident: true,
        },
        passkeys: { rpName: null, aaguids: ['6f1d5c1e-6a52-4b52-9d8e-0d2a2f5f7b11'] },
        browserHeaders: { frameOptions: 'DENY', referrerPolicy: null },
      },
    });
    const again = await configure(tenant, { settings: { otp: { lookAhead: 3 }, requiredActions: null } });
    expect(again.data.configureTenant.tenant.settings).toMatchObject({
      requiredActions: null,
      otp: { digits: 8, lookAhead: 3 },
      tokens: { codeSeconds: 30 },
    });
  });

  it.each<[string, object]>([
    ['tokens.codeSeconds', { tokens: { codeSeconds: 0 } }],
    ['otp.digits', { otp: { digits: 7 } }],
    ['otp.type', { otp: { type: 'sms' } }],
    ['otp.lookAhead', { otp: { lookAhead: null } }],
    ['otpResend.limit', { otpResend: { limit: 0 } }],
    ['securityKeys.attestation', { securityKeys: { attestation: 'maybe' } }],
    ['passwordRules.patterns.1', { passwordRules: { patterns: ['[a-z]+', '(?=.*[A-Z]).*'] } }],
    ['passwordRules.patterns.0', { passwordRules: { patterns: [' '] } }],
    ['passwordRules.patterns.0', { passwordRules: { patterns: ['\u0007'] } }],
    ['passwordRules.patterns.0', { passwordRules: { patterns: ['a'.repeat(2_049)] } }],
    ['passwordRules.patterns', { passwordRules: { patterns: Array.from({ length: 11 }, () => 'a') } }],
    ['passwordRules.patterns', { passwordRules: { patterns: Array.from({ length: 500 }, () => '(a') } }],
    ['passkeys.aaguids.0', { passkeys: { aaguids: ['x'] } }],
    ['browserHeaders.robotsTag', { browserHeaders: { robotsTag: 'r'.repeat(2001) } }],
    ['locales.0', { locales: ['de de'] }],
    ['requiredActions', { requiredActions: [ACTION, ACTION] }],
    ['requiredActions.0.config', { requiredActions: [{ ...ACTION, config: many(21) }] }],
    ['requiredActions', { requiredActions: large(20) }],
    ['requiredActions', { requiredActionChanges: { set: large(20) } }],
    ['requiredActions.0.alias', { requiredActionChanges: { set: [{ alias: '', name: 'A', providerId: 'p' }] } }],
    ['mailServer.host', { mailServer: { host: 'a b', from: 'x@y.example' } }],
    ['mailServer.port', { mailServer: { host: 'a.example', from: 'x@y.example', port: 65_536 } }],
  ])('refuse %s that is out of range, and then nothing changes', async (path, settings) => {
    const tenant = await world.tenant();
    const { errors } = await configure(tenant, { displayName: 'No', settings, extraSettings: { set: { no: 1 } } });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'TENANT_SETTING_INVALID',
      fields: [{ path: `input.settings.${path}` }],
    });
    expect(await world.services.tenants.find(tenant.id)).toMatchObject({ displayName: null, settings: {}, extra: {} });
  });

  it('are changed one by one in the list of required actions', async () => {
    const tenant = await world.tenant();
    const change = async (requiredActionChanges: object | null, rest: object = {}) => {
      const { data, errors } = await configure(tenant, { settings: { requiredActionChanges, ...rest } });
      expect(errors).toEqual([]);
      return data.configureTenant.tenant.settings.requiredActions;
    };
    const added = {
      alias: 'berth',
      name: 'berth',
      providerId: 'berth',
      isEnabled: true,
      isDefault: false,
      priority: 0,
    };
    const berth = { ...added, config: {} };
    expect(await change({ set: [{ alias: 'berth' }], initial: [ACTION] })).toEqual([ACTION, berth]);
    const terms = { alias: ACTION.alias, name: null, isEnabled: false, config: { version: '5' } };
    const changed = { ...ACTION, isEnabled: false, config: { version: '5' } };
    expect(await change({ set: [terms], initial: null })).toEqual([changed, berth]);
    expect(await change(null)).toEqual([changed, berth]);
    expect(await change({ set: [{ alias: 'berth', isDefault: true }] }, { requiredActions: [ACTION] })).toEqual([
      ACTION,
      { ...berth, isDefault: true },
    ]);
    expect(await change({ set: [{ alias: 'berth', priority: 3 }] }, { requiredActions: null })).toEqual([
      { ...berth, priority: 3 },
    ]);
  });

  it('have at most 64 KiB together, beside the definitions of attributes', async () => {
    const tenant = await world.tenant();
    const header = '\u00e4'.repeat(2000);
    const browserHeaders = {
      contentSecurityPolicy: header,
      frameOptions: header,
      robotsTag: header,
      xssProtection: header,
    };
    const settings = { browserHeaders, requiredActions: large(8), passwordForbiddenWords: words(80) };
    expect((await configure(tenant, { settings })).errors).toEqual([]);
    const before = await world.services.tenants.find(tenant.id);
    const { errors } = await configure(tenant, { settings: { passwordForbiddenWords: words(200) } });
    expect(errors[0]?.extensions).toMatchObject({
      code: 'TENANT_SETTING_INVALID',
      fields: [{ path: 'input.settings' }],
    });
    expect(await world.services.tenants.find(tenant.id)).toEqual(before);
    const attributes = Array.from({ length: 100 }, (_, at) => ({
      name: `${at}`.padStart(200, 'a'),
      isList: false,
      isUnmodifiable: false,
      validators: [],
    }));
    expect((await configure(tenant, { settings: { attributes } })).errors).toEqual([]);
  });

  it('are the same, and have no event, when members of their objects come in another order', async () => {
    const tenant = await world.tenant();
    const config = { version: '4', of: 'harbour' };
    const change = (again: object) => configure(tenant, { settings: { requiredActions: [{ ...ACTION, ...again }] } });
    await change({ config });
    const reversed = Object.fromEntries(Object.entries({ ...ACTION, config }).reverse());
    await configure(tenant, { settings: { requiredActions: [reversed] } });
    await change({ config: { of: 'harbour', version: '4' } });
    expect((await world.events(tenant)).filter(({ type }) => type === 'setting.changed')).toHaveLength(1);
  });

  it('change nothing when another part of the change is refused', async () => {
    const tenant = await world.tenant();
    const refused = { settings: { registration: true }, extraSettings: { remove: ['none'] } };
    expect((await configure(tenant, refused)).code).toBe('TENANT_SETTING_NOT_FOUND');
    expect(await world.services.tenants.find(tenant.id)).toMatchObject({ settings: {} });
    expect((await configure(master, { settings: { registration: true }, isEnabled: false })).code).toBe(
      'TENANT_PROTECTED',
    );
    expect(await world.services.tenants.find(master.id)).toMatchObject({ settings: {} });
  });

  it('need both permissions', async () => {
    const tenant = await world.tenant();
    for (const scope of ['tenant:write', 'setting:write'])
      expect((await configure(tenant, {}, [scope])).code).toBe('FORBIDDEN');
  });

  it('never show the password of a server for mails, nor store it in plain', async () => {
    const tenant = await world.tenant();
    const mailServer = {
      host: 'mail.harbour.example',
      port: 587,
      user: 'post',
      password: 'Low tide 7',
      from: 'a@b.example',
    };
    const { data } = await configure(tenant, { settings: { mailServer } });
    expect(data.configureTenant.tenant.settings.mailServer).toEqual({
      host: 'mail.harbour.example',
      port: 587,
      isTls: false,
      isStartTls: false,
      user: 'post',
      hasPassword: true,
      from: 'a@b.example',
      fromName: null,
      replyTo: null,
      replyToName: null,
      envelopeFrom: null,
    });
    const { password, ...again } = mailServer;
    for (const unchanged of [again, { ...again, password: '**********' }])
      expect((await configure(tenant, { settings: { mailServer: unchanged } })).errors).toEqual([]);
    expect((await configure(tenant, { settings: { mailServer: { ...again, host: 'x.example' } } })).code).toBe(
      'INVALID_INPUT',
    );
    const stored = await world.services.tenants.find(tenant.id);
    const events = await world.events(tenant);
    expect(JSON.stringify([stored, events])).not.toContain(password);
    expect(events.filter(({ type }) => type === 'setting.changed').map(({ params }) => params)).toEqual([
      { changed: ['mailServer'] },
    ]);
  });

  it('are those of each tenant in a list', async () => {
    const acme = await world.tenant({ name: 'acme' });
    await world.services.tenants.updateSettings(world.system(acme), { registration: true });
    const LIST = 'query { tenants(first: 1) { nodes { name settings { registration } } } }';
    const { data } = await world.graphql(world.app(master, 'tenant:read:all', 'setting:read:all'), LIST);
    expect(data.tenants.nodes).toEqual([{ name: 'acme', settings: { registration: true } }]);
  });
});

function many(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`key-${at}`, 'x']));
}

/** Actions of 3 KB each. */
function large(count: number): object[] {
  const config = Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`key-${at}`, 'x'.repeat(190)]));
  return Array.from({ length: count }, (_, at) => ({ ...ACTION, alias: `action-${at}`, config }));
}

/** Words of 128 bytes. */
function words(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${at}`.padStart(64, '\u00e4'));
}
