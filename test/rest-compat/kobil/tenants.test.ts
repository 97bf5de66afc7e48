import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type KobilWorld, kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 1 });
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden', ...answer('HTTP 403 Forbidden', 'FORBIDDEN') }];
const NO_TENANT = [404, answer('Tenant does not exist', 'TENANT_NOT_FOUND')];

const webauthn = (prefix: string) => ({
  [`${prefix}RpEntityName`]: 'keycloak',
  [`${prefix}SignatureAlgorithms`]: ['ES256'],
  [`${prefix}RpId`]: null,
  [`${prefix}AttestationConveyancePreference`]: 'not specified',
  [`${prefix}AuthenticatorAttachment`]: 'not specified',
  [`${prefix}RequireResidentKey`]: 'not specified',
  [`${prefix}UserVerificationRequirement`]: 'not specified',
  [`${prefix}CreateTimeout`]: 0,
  [`${prefix}AvoidSameAuthenticatorRegister`]: false,
  [`${prefix}AcceptableAaguids`]: [],
});

/** The members of a new tenant that do not depend on it. */
const REALM = {
  notBefore: 0,
  defaultSignatureAlgorithm: 'RS256',
  revokeRefreshToken: false,
  refreshTokenMaxReuse: 0,
  accessTokenLifespan: 1800,
  accessTokenLifespanForImplicitFlow: 900,
  ssoSessionIdleTimeout: 1800,
  ssoSessionMaxLifespan: 36000,
  ssoSessionIdleTimeoutRememberMe: 0,
  ssoSessionMaxLifespanRememberMe: 0,
  offlineSessionIdleTimeout: 2592000,
  offlineSessionMaxLifespanEnabled: false,
  offlineSessionMaxLifespan: 5184000,
  clientSessionIdleTimeout: 0,
  clientSessionMaxLifespan: 0,
  clientOfflineSessionIdleTimeout: 0,
  clientOfflineSessionMaxLifespan: 0,
  accessCodeLifespan: 60,
  accessCodeLifespanUserAction: 300,
  accessCodeLifespanLogin: 1800,
  actionTokenGeneratedByAdminLifespan: 43200,
  actionTokenGeneratedByUserLifespan: 300,
  oauth2DeviceCodeLifespan: 600,
  oauth2DevicePollingInterval: 5,
  enabled: true,
  sslRequired: 'external',
  registrationAllowed: false,
  registrationEmailAsUsername: false,
  rememberMe: false,
  verifyEmail: false,
  loginWithEmailAllowed: true,
  duplicateEmailsAllowed: false,
  resetPasswordAllowed: false,
  editUsernameAllowed: false,
  bruteForceProtected: false,
  permanentLockout: false,
  maxFailureWaitSeconds: 900,
  minimumQuickLoginWaitSeconds: 60,
  waitIncrementSeconds: 60,
  quickLoginCheckMilliSeconds: 1000,
  maxDeltaTimeSeconds: 43200,
  failureFactor: 30,
  requiredCredentials: ['password'],
  otpPolicyType: 'totp',
  otpPolicyAlgorithm: 'HmacSHA1',
  otpPolicyInitialCounter: 0,
  otpPolicyDigits: 6,
  otpPolicyLookAheadWindow: 1,
  otpPolicyPeriod: 30,
  ...webauthn('webAuthnPolicy'),
  ...webauthn('webAuthnPolicyPasswordless'),
  browserSecurityHeaders: {
    contentSecurityPolicyReportOnly: null,
    xContentTypeOptions: 'nosniff',
    referrerPolicy: 'no-referrer',
    xRobotsTag: 'none',
    xFrameOptions: 'SAMEORIGIN',
    contentSecurityPolicy: "frame-src 'self'; frame-ancestors 'self'; object-src 'none';",
    xXSSProtection: '1; mode=block',
    strictTransportSecurity: 'max-age=31536000; includeSubDomains',
  },
  smtpServer: {},
  eventsEnabled: false,
  eventsListeners: ['jboss-logging'],
  adminEventsEnabled: false,
  adminEventsDetailsEnabled: false,
  identityProviders: [],
  identityProviderMappers: [],
  internationalizationEnabled: false,
  supportedLocales: [],
  browserFlow: 'browser',
  registrationFlow: 'registration',
  directGrantFlow: 'direct grant',
  resetCredentialsFlow: 'reset credentials',
  clientAuthenticationFlow: 'clients',
  dockerAuthenticationFlow: 'docker auth',
  attributes: {
    cibaBackchannelTokenDeliveryMode: 'poll',
    cibaAuthRequestedUserHint: 'login_hint',
    oauth2DevicePollingInterval: 5,
    clientOfflineSessionMaxLifespan: 0,
    clientSessionIdleTimeout: 0,
    'actionTokenGeneratedByUserLifespan-execute-actions': null,
    'actionTokenGeneratedByUserLifespan-verify-email': null,
    clientOfflineSessionIdleTimeout: 0,
    'actionTokenGeneratedByUserLifespan-reset-credentials': null,
    otpMaxDeltaTimeSeconds: 0,
    realmReusableOtpCode: false,
    cibaInterval: 5,
    cibaExpiresIn: 120,
    oauth2DeviceCodeLifespan: 600,
    'actionTokenGeneratedByUserLifespan-idp-verify-account-via-email': null,
    otpFailureFactor: 1,
    otpWaitIncrementSeconds: 0,
    clientSessionMaxLifespan: 0,
    parRequestUriLifespan: 60,
    adminEventsExpiration: null,
    shortVerificationUri: null,
    otpBruteForceProtected: false,
  },
  userManagedAccessAllowed: false,
  enableMtan: false,
  realmCreationStatus: 'BLOCKED',
  disabledComponents: null,
  clientProfiles: { profiles: [] },
  clientPolicies: { policies: [] },
};

describe('KOBIL: tenants', () => {
  const kobil = kobilOfSuite();
  let all: string;
  let count = 0;
  beforeAll(() => {
    all = kobil.token(kobil.master, ...['tenant', 'setting', 'role', 'user'].map((noun) => `${noun}:read:all`));
  });
  const newTenant = () => kobil.world.tenant({ name: `Quay-${++count}`, template: 'realm' });
  const as = (token: string) => (path: string) => kobil.ask('GET', path, { token });
  const dataOf = ([, json]: Awaited<ReturnType<KobilWorld['ask']>>) => json.data;

  describe('48', () => {
    it('shows the 102 members of a new tenant', async () => {
      const { name, id } = await newTenant();
      const [status, json] = await as(all)(`/auth/realms/master/v4_realm/${name}`);
      const { data, ...rest } = json as { data: Record<string, unknown> };
      expect([status, rest]).toEqual([200, answer('Tenant info fetched successfully')]);
      const { settings, defaultRole, requiredActions, ...members } = data;
      expect(Object.keys(data)).toHaveLength(102);
      expect(Object.keys(settings as object)).toHaveLength(41);
      const shown = { description: null, composite: true, clientRole: false, containerId: id };
      expect(defaultRole).toMatchObject({ name: `default-roles-${name.toLowerCase()}`, ...shown });
      expect(dataOf(await as(all)('/realms/master/v4_realm/acme')).defaultRole).toBeNull();
      expect((requiredActions as { alias: string }[]).map(({ alias }) => alias)).toEqual([
        'CONFIGURE_TOTP',
        'TERMS_AND_CONDITIONS',
        'UPDATE_PASSWORD',
        'UPDATE_PROFILE',
        'VERIFY_EMAIL',
        'delete_account',
        'webauthn-register',
        'webauthn-register-passwordless',
        'update_user_locale',
      ]);
      expect((requiredActions as object[])[3]).toEqual({
        alias: 'UPDATE_PROFILE',
        name: 'Update Profile',
        providerId: 'UPDATE_PROFILE',
        enabled: true,
        defaultAction: false,
        priority: 40,
        config: {},
      });
      expect(members).toEqual({
        ...REALM,
        id,
        realm: name,
        adminEmailVerified: false,
        adminStatus: false,
        userCount: 0,
        adminUserCreatedTimestamp: 0,
        adminUserEnabled: false,
      });
    });

    it('shows what was changed, without the password for mails', async () => {
      const tenant = await newTenant();
      const { tenants } = kobil.world.services;
      await tenants.configure(kobil.world.system(tenant), {
        settings: {
          otp: { algorithm: 'SHA256', digits: 8 },
          passkeys: { isResident: true, userVerification: 'preferred' },
          browserHeaders: { frameOptions: 'DENY' },
          otpResend: { isEnabled: true, limit: 6 },
          requiredActions: [
            {
              alias: 'a',
              name: 'A',
              providerId: 'p',
              isEnabled: false,
              isDefault: true,
              priority: 3,
              config: { b: 'c' },
            },
          ],
          mailServer: {
            host: 'mail.quay.example',
            port: 2525,
            from: 'id@quay.example',
            user: 'post',
            password: 'ebb-7',
          },
        },
        extra: { set: { tide: 'low', enableMtan: true } },
      });
      await kobil.world.newRole(tenant, { name: `default-roles-${tenant.name.toLowerCase()}-2` });
      const data = dataOf(await as(all)(`/realms/master/v4_realm/${tenant.name}`));
      expect(data).toMatchObject({
        otpPolicyAlgorithm: 'HmacSHA256',
        otpPolicyDigits: 8,
        webAuthnPolicyPasswordlessRequireResidentKey: 'Yes',
        webAuthnPolicyPasswordlessUserVerificationRequirement: 'preferred',
        webAuthnPolicyRequireResidentKey: 'not specified',
        browserSecurityHeaders: { xFrameOptions: 'DENY' },
        attributes: { otpBruteForceProtected: true, otpFailureFactor: 6 },
        enableMtan: true,
        requiredActions: [
          {
            alias: 'a',
            name: 'A',
            providerId: 'p',
            enabled: false,
            defaultAction: true,
            priority: 3,
            config: { b: 'c' },
          },
        ],
        smtpServer: {
          host: 'mail.quay.example',
          port: 2525,
          from: 'id@quay.example',
          user: 'post',
          auth: true,
          ssl: false,
          starttls: false,
          password: '**********',
        },
        settings: { tide: 'low', webAuthnPolicyRequireResidentKeyPasswordless: 'Yes' },
        defaultRole: { name: `default-roles-${tenant.name.toLowerCase()}`, containerId: tenant.id },
      });
      expect(data.settings).not.toHaveProperty('enableMtan');
      expect(JSON.stringify(data)).not.toContain('ebb-7');
    });

    it('acts on the second name, below the same name or master alone', async () => {
      const tenant = await newTenant();
      const other = await newTenant();
      const own = kobil.token(tenant, 'tenant:read', 'setting:read', 'role:read', 'user:read');
      expect(dataOf(await as(own)(`/realms/${tenant.name}/v4_realm/${tenant.name}`)).realm).toBe(tenant.name);
      for (const path of [
        `/realms/${tenant.name}/v4_realm/${other.name}`,
        `/realms/master/v4_realm/${other.name}`,
        `/realms/${other.name}/v4_realm/${tenant.name}`,
        `/realms/master/v4_realm/there-is-none`,
      ])
        expect([path, await as(own)(path)]).toEqual([path, FORBIDDEN]);
      expect(await as(all)(`/realms/${tenant.name}/v4_realm/${other.name}`)).toEqual(FORBIDDEN);
      expect(await as(all)('/realms/master/v4_realm/there-is-none')).toEqual(NO_TENANT);
      expect(await as(all)(`/realms/master/v4_realm/${tenant.name.toLowerCase()}`)).toEqual(NO_TENANT);
    });

    it('answers below the host of master as well', async () => {
      const { name } = await newTenant();
      const headers = { host: 'master.id.example.com' };
      const at = (path: string) => kobil.ask('GET', `/digitanium/v4/tenants/${path}`, { token: all, headers });
      expect(dataOf(await at(name)).realm).toBe(name);
      expect(await at('there-is-none')).toEqual(NO_TENANT);
    });
  });

  describe('46', () => {
    const PATH = '/auth/realms/master/v4_realm';

    it('lists the tenants by name, with the numbers of their users', async () => {
      const tenant = await newTenant();
      const { tenants, users } = kobil.world.services;
      await tenants.configure(kobil.world.system(tenant), {
        enabled: false,
        settings: { rememberMe: true, resetPassword: true, registration: true },
        extra: { set: { type: 'SSMS' } },
      });
      const made = [];
      for (const _ of ['a', 'b', 'c']) made.push(await kobil.world.newUser(tenant));
      await users.delete(kobil.world.system(tenant), made[1]!.id);
      const [status, json] = await as(all)(`${PATH}/`);
      const { data, ...rest } = json as { data: { name: string }[] };
      expect([status, rest]).toEqual([200, answer('Tenant list fetched successfully')]);
      const names = data.map(({ name }) => name.toLowerCase());
      expect(names).toEqual([...names].sort());
      expect(names).toEqual(expect.arrayContaining(['acme', 'master']));
      expect(data.find(({ name }) => name === tenant.name)).toEqual({
        name: tenant.name,
        type: 'SSMS',
        enabled: false,
        rememberMe: true,
        resetPassword: true,
        registrationAllowed: true,
        adminUsername: null,
        userCount: 2,
        realmCreationStatus: 'BLOCKED',
      });
      expect(data.find(({ name }) => name === 'acme')).toMatchObject({ type: 'AST', enabled: true, rememberMe: false });
    });

    it('lists the tenant of the caller alone where the rights do not reach all', async () => {
      const master = kobil.token(kobil.master, 'tenant:read', 'setting:read', 'user:read');
      const names = dataOf(await as(master)(PATH)).map(({ name }: { name: string }) => name);
      expect(names).toEqual(['master']);
      const acme = kobil.token(kobil.acme, 'tenant:read', 'setting:read', 'user:read');
      expect(dataOf(await as(acme)(PATH)).map(({ name }: { name: string }) => name)).toEqual(['acme']);
    });

    it('is refused below another name, and to callers who may not read settings or users', async () => {
      expect(await as(all)('/realms/acme/v4_realm')).toEqual(FORBIDDEN);
      const headers = { host: 'acme.id.example.com' };
      expect(await kobil.ask('GET', '/digitanium/v4/tenants', { token: all, headers })).toEqual(FORBIDDEN);
      expect(await as(kobil.token(kobil.master, 'tenant:read:all', 'user:read:all'))(PATH)).toEqual(FORBIDDEN);
      expect(await as(kobil.token(kobil.master, 'tenant:read:all', 'setting:read:all'))(PATH)).toEqual(FORBIDDEN);
      expect(await as(kobil.token(kobil.master, 'user:read:all'))(PATH)).toEqual(FORBIDDEN);
    });

    it('answers below the host of master as well', async () => {
      const headers = { host: 'master.id.example.com' };
      expect((await kobil.ask('GET', '/digitanium/v4/tenants', { token: all, headers }))[0]).toBe(200);
    });
  });

  describe('49', () => {
    afterEach(() => vi.restoreAllMocks());
    const UPDATED = [200, answer('Tenant updated successfully')];
    const REFUSED = [400, answer('Failed to create tenant', 'BAD_REQUEST')];
    const WRITES = ['tenant:write:all', 'setting:write:all', 'user:write:all', 'password:set:all', 'role:read:all'];
    const put = (path: string, body: unknown, ...scopes: string[]) =>
      kobil.ask('PUT', path, { token: kobil.token(kobil.master, ...(scopes.length === 0 ? WRITES : scopes)), body });
    const shown = async (name: string) =>
      dataOf(
        await kobil.ask('GET', `/realms/master/v4_realm/${name}`, { token: kobil.token(kobil.master, ...WRITES) }),
      );

    it('changes what is given, in both forms, and leaves the rest; other members are ignored', async () => {
      const { name } = await newTenant();
      const body = {
        enabled: false,
        bruteForceProtected: true,
        otpBruteForceProtected: true,
        actionTokenGeneratedByAdminLifespan: 7201,
        emailTheme: 'tidewater',
        settings: { UserProperty: 'berth', failureFactor: '4' },
        requiredActions: [
          { alias: 'quay-check', name: 'Check of the quay', providerId: 'quay', enabled: true, priority: 1001 },
        ],
        realm: 'other',
        adminEmail: 'nobody@quay.example',
      };
      expect(await put(`/auth/realms/master/v3_realm/${name}`, body)).toEqual(UPDATED);
      expect(await put(`/realms/master/v4_realm/${name}/`, { settings: { tide: 'low' }, enabled: null })).toEqual(
        UPDATED,
      );
      const data = await shown(name);
      expect(data).toMatchObject({
        realm: name,
        enabled: false,
        bruteForceProtected: true,
        failureFactor: 4,
        actionTokenGeneratedByAdminLifespan: 7201,
        attributes: { otpBruteForceProtected: true },
        settings: { UserProperty: 'berth', tide: 'low', emailTheme: 'tidewater' },
      });
      expect(data.settings).not.toHaveProperty('enabled');
      expect(data.requiredActions).toHaveLength(10);
      expect(data.requiredActions.at(-1)).toEqual({
        alias: 'quay-check',
        name: 'Check of the quay',
        providerId: 'quay',
        enabled: true,
        defaultAction: false,
        priority: 1001,
        config: {},
      });
    });

    it('keeps a required action that another request adds before this one writes', async () => {
      const { name } = await newTenant();
      const send = (action: object) => put(`/realms/master/v3_realm/${name}`, { requiredActions: [action] });
      const { configureTenant } = kobil.world.services;
      const write = configureTenant.configure.bind(configureTenant);
      vi.spyOn(configureTenant, 'configure').mockImplementationOnce(async (...args) => {
        expect(await send({ alias: 'flood', enabled: null, priority: 1002 })).toEqual(UPDATED);
        return write(...args);
      });
      expect(await send({ alias: 'ebb', priority: 1003 })).toEqual(UPDATED);
      expect(await send({ alias: 'ebb', enabled: false })).toEqual(UPDATED);
      const { requiredActions } = await shown(name);
      expect(requiredActions).toHaveLength(11);
      const action = { enabled: true, defaultAction: false, config: {} };
      expect(requiredActions.slice(-2)).toEqual([
        { alias: 'flood', name: 'flood', providerId: 'flood', ...action, priority: 1002 },
        { alias: 'ebb', name: 'ebb', providerId: 'ebb', ...action, enabled: false, priority: 1003 },
      ]);
    });

    it('changes the user whom adminUsername names', async () => {
      const tenant = await newTenant();
      const user = await kobil.world.newUser(tenant, { username: 'Harbour.Master', email: 'old@quay.example' });
      const body = {
        adminUsername: 'harbour.master',
        adminPassword: 'a new tide rises',
        adminEmail: 'new@quay.example',
        adminFirstName: 'Ines',
        adminLastName: null,
      };
      expect(await put(`/realms/master/v3_realm/${tenant.name}`, body)).toEqual(UPDATED);
      const { passwords, users } = kobil.world.services;
      expect(await users.findIn(tenant.id, user.id)).toMatchObject({
        username: 'Harbour.Master',
        email: 'new@quay.example',
        givenName: 'Ines',
        familyName: null,
      });
      expect(await passwords.verify(tenant.id, user.id, 'a new tide rises')).toBe(true);
    });

    it('changes nothing when the user is unknown, or a part of the change is refused', async () => {
      const tenant = await newTenant();
      const user = await kobil.world.newUser(tenant, { username: 'ines', email: 'ines@quay.example' });
      await kobil.world.newUser(tenant, { email: 'taken@quay.example' });
      await kobil.world.services.tenants.updateSettings(kobil.world.system(tenant), { passwordMinLength: 12 });
      const at = `/realms/master/v4_realm/${tenant.name}`;
      const change = { bruteForceProtected: true, settings: { tide: 'high' } };
      expect(await put(at, { ...change, adminUsername: 'nobody' })).toEqual([
        404,
        answer('User does not exist', 'USER_NOT_FOUND'),
      ]);
      const named = { ...change, adminUsername: 'ines', adminFirstName: 'No' };
      expect(await put(at, { ...named, adminPassword: 'short' })).toEqual([
        400,
        answer('Invalid password', 'BAD_REQUEST'),
      ]);
      expect(await put(at, { ...named, adminPassword: 'long enough to do', adminEmail: 'taken@quay.example' })).toEqual(
        [400, answer('User already exists', 'BAD_REQUEST')],
      );
      expect(await put(at, { ...named, settings: { failureFactor: 'many' } })).toEqual(REFUSED);
      expect(await put(at, { ...named, settings: { failureFactor: 5000 } })).toEqual(REFUSED);
      expect(
        await put(at, { ...named, adminPassword: 'long enough to do', settings: { failureFactor: 5000 } }),
      ).toEqual(REFUSED);
      const data = await shown(tenant.name);
      expect([data.bruteForceProtected, data.settings.tide]).toEqual([false, undefined]);
      expect(await kobil.world.services.users.findIn(tenant.id, user.id)).toMatchObject({ givenName: null });
      expect(await kobil.world.services.passwords.isSetUp(tenant.id, user.id)).toBe(false);
    });

    it('refuses to disable master, and a body that cannot be used', async () => {
      const { name } = await newTenant();
      expect(await put('/realms/master/v3_realm/master', { enabled: false, emailTheme: 'x' })).toEqual(REFUSED);
      expect((await shown('master')).settings).not.toHaveProperty('emailTheme');
      for (const body of [
        { enabled: 'no' },
        { settings: ['x'] },
        { requiredActions: [{}] },
        { settings: { realm: 'x' } },
      ])
        expect(await put(`/realms/master/v3_realm/${name}`, body)).toEqual(REFUSED);
      for (const body of [[], undefined])
        expect(await put(`/realms/master/v3_realm/${name}`, body)).toEqual([
          400,
          answer('Mandatory data is missing', 'BAD_REQUEST'),
        ]);
    });

    it('needs the permissions for users only where a user is named', async () => {
      const tenant = await newTenant();
      await kobil.world.newUser(tenant, { username: 'ines' });
      const at = `/realms/master/v3_realm/${tenant.name}`;
      const few = ['tenant:write:all', 'setting:write:all'];
      expect(await put(at, { bruteForceProtected: true }, ...few)).toEqual(UPDATED);
      expect(await put(at, { adminUsername: 'ines' }, ...few)).toEqual(FORBIDDEN);
      expect(await put(at, { adminUsername: 'nobody' }, ...few)).toEqual(FORBIDDEN);
      const more = [...few, 'user:write:all'];
      expect(await put(at, { adminUsername: 'ines', adminFirstName: 'I' }, ...more)).toEqual(UPDATED);
      expect(await put(at, { adminUsername: 'ines', adminPassword: 'long enough' }, ...more)).toEqual(FORBIDDEN);
    });

    it('acts on the second name, below the same name or master alone, and below the host of master', async () => {
      const { name } = await newTenant();
      expect(await put(`/realms/acme/v3_realm/${name}`, {})).toEqual(FORBIDDEN);
      expect(await put('/realms/master/v4_realm/there-is-none', {})).toEqual(NO_TENANT);
      const token = kobil.token(kobil.master, ...WRITES);
      const headers = { host: 'master.id.example.com' };
      const body = { settings: { tide: 'ebb' } };
      for (const path of [`tenants/${name}`, `tenants/?tenantname=${name}`])
        expect(await kobil.ask('PUT', `/digitanium/v4/${path}`, { token, headers, body })).toEqual(UPDATED);
      expect((await shown(name)).settings.tide).toBe('ebb');
      expect((await kobil.ask('PUT', '/digitanium/v4/tenants', { token, headers, body }))[0]).toBe(400);
      const other = { host: 'acme.id.example.com' };
      expect(await kobil.ask('PUT', `/digitanium/v4/tenants/${name}`, { token, headers: other, body })).toEqual(
        FORBIDDEN,
      );
    });
  });
});
