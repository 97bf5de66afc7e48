import { describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import type { KnownTenant } from '../../../src/tenants/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 1 });
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden', ...answer('HTTP 403 Forbidden', 'FORBIDDEN') }];
const REFUSED = [400, answer('Failed to create tenant', 'BAD_REQUEST')];
const TAKEN = [409, answer('Tenant already exists', 'CONFLICT')];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const PASSWORD = 'nine-otters-upstream';
const ADMINISTRATOR = { adminUsername: 'Pilot', adminPassword: PASSWORD };

const ALL = everyPermission('all').map(formatScope);

/** Members that cannot be used, beside others that can. */
const UNUSABLE: readonly object[] = [
  { realm: undefined },
  { realm: null },
  { realm: 7 },
  { realm: '' },
  { realm: 'x' },
  { realm: '-fjord' },
  { realm: 'fjord berg' },
  { realm: 'fjörd' },
  { realm: 'x'.repeat(64) },
  { realm: 'realms' },
  { realm: 'AppSettings' },
  { realm: 'settings' },
  { adminUsername: undefined },
  { adminUsername: null },
  { adminUsername: '' },
  { adminUsername: 'a/b' },
  { adminUsername: 'service-account-digitanium-app' },
  { adminPassword: undefined },
  { adminPassword: null },
  { adminPassword: '' },
  { adminPassword: 'x'.repeat(1025) },
  { adminEmail: 'nonsense' },
  { adminFirstName: 'x'.repeat(256) },
  { enabled: 'yes' },
  { bruteForceProtected: 'maybe' },
  { actionTokenGeneratedByAdminLifespan: 'long' },
  { settings: ['x'] },
  { settings: { failureFactor: 'many' } },
  { settings: { failureFactor: 5000 } },
  { settings: { realm: 'x' } },
  { settings: Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`key-${at}`, 'x'])) },
  { requiredActions: [{}] },
  { requiredActions: {} },
];

describe('KOBIL: 47', () => {
  const kobil = kobilOfSuite();
  let count = 0;
  const newName = () => `fjord-${++count}`;
  const master = () => kobil.token(kobil.master, ...ALL);
  const post = (body: unknown, token = master(), path = '/auth/realms/master/v4_realm') =>
    kobil.ask('POST', path, { token, body });
  const find = async (name: string): Promise<KnownTenant | null> => {
    kobil.world.services.directory.invalidate();
    return kobil.world.services.directory.byName(name);
  };
  const info = async (name: string) => {
    const [, json] = await kobil.ask('GET', `/realms/master/v4_realm/${name}`, { token: master() });
    return json.data;
  };

  it('makes a tenant with the user who administers it and an app', async () => {
    const realm = newName();
    const body = {
      realm,
      ...ADMINISTRATOR,
      adminEmail: 'pilot@fjord.example',
      adminFirstName: 'Runa',
      adminLastName: null,
      enabled: false,
      loginTheme: 'driftwood',
      type: 'SSMS',
      tenantid: 'f-1',
      bruteForceProtected: true,
      otpBruteForceProtected: true,
      actionTokenGeneratedByAdminLifespan: 7203,
      settings: { UserProperty: 'berth', failureFactor: '6', displayName: 'The fjord', theme: null },
      requiredActions: [
        { alias: 'fjord-check', name: 'Check of the fjord', providerId: 'fjord', enabled: true, priority: 1001 },
      ],
      unheardOf: 1,
    };
    const [status, json] = await post(body);
    const { data, ...rest } = json;
    expect([status, rest]).toEqual([200, answer('Tenant created successfully')]);
    expect(data).toEqual({
      tenantName: realm,
      emailId: 'pilot@fjord.example',
      tenantUrl: `${realm}.id.example.com`,
      appId: 'digitanium-app',
      appSecret: expect.stringMatching(UUID),
    });
    const shown = await info(realm);
    expect(shown).toMatchObject({
      realm,
      enabled: false,
      bruteForceProtected: true,
      failureFactor: 6,
      actionTokenGeneratedByAdminLifespan: 7203,
      attributes: { otpBruteForceProtected: true },
      settings: { UserProperty: 'berth', loginTheme: 'driftwood', tenantid: 'f-1' },
      userCount: 1,
      adminStatus: true,
      adminUserEnabled: true,
      accessTokenLifespan: 1800,
    });
    expect(shown.requiredActions).toHaveLength(10);
    expect(shown.requiredActions.at(-1)).toMatchObject({ alias: 'fjord-check', defaultAction: false, priority: 1001 });
    const list = await kobil.ask('GET', '/realms/master/v4_realm', { token: master() });
    expect(list[1].data.find(({ name }: { name: string }) => name === realm)).toMatchObject({
      type: 'SSMS',
      enabled: false,
      adminUsername: 'Pilot',
      userCount: 1,
    });
    const at = (path: string) => kobil.ask('GET', `/realms/${realm}/${path}`, { token: master() });
    const [, { data: administrators }] = await at('v3_user/adminusers');
    expect(administrators).toEqual([
      expect.objectContaining({ username: 'Pilot', email: 'pilot@fjord.example', firstName: 'Runa', admin: true }),
    ]);
    for (const role of ['v3_role/admin', 'v3_role/digitanium_admin', 'v3_client/realm-management/realm-admin'])
      expect((await at(`${role}/users`))[1].data.page.totalRecords).toBe(1);
    expect((await at('v3_client/secret/digitanium-app'))[1].data).toBe(data.appSecret);
    expect((await at('v3_client/digitanium-app'))[1].data).toMatchObject({
      enabled: true,
      publicApp: false,
      standardFlowEnabled: false,
      directAccessGrantsEnabled: true,
      serviceAccountsEnabled: true,
      fullScopeAllowed: true,
      redirectUris: [],
    });
    const tenant = (await find(realm))!;
    expect(await kobil.world.services.passwords.verify(tenant.id, administrators[0].id, PASSWORD)).toBe(true);
    expect(await kobil.world.eventTypes(tenant)).toEqual(
      expect.arrayContaining([
        'tenant.created',
        'client.created',
        'user.created',
        'credential.added',
        'role_grant.added',
      ]),
    );
  });

  it('needs a name, a username and a password alone', async () => {
    const realm = newName();
    const [status, { data }] = await post({ realm, ...ADMINISTRATOR }, master(), '/realms/master/v4_realm/');
    expect([status, data.emailId]).toEqual([200, null]);
    expect(await find(realm)).toMatchObject({ enabled: true, template: 'realm' });
    expect(await info(realm)).toMatchObject({ enabled: true, bruteForceProtected: false, adminUserEnabled: true });
  });

  it('answers below the host of master as well, and shows the host of the service where a name has none', async () => {
    const realm = newName();
    const ask = (name: string, host: string) =>
      kobil.ask('POST', '/digitanium/v4/tenants', {
        token: master(),
        headers: { host },
        body: { realm: name, ...ADMINISTRATOR },
      });
    expect((await ask(realm, 'master.id.example.com'))[1].data.tenantUrl).toBe(`${realm}.id.example.com`);
    expect((await ask('Fjord-Mouth', 'master.id.example.com'))[1].data.tenantUrl).toBe('id.example.com');
    expect(await ask(newName(), 'acme.id.example.com')).toEqual(FORBIDDEN);
  });

  it('refuses a name that is taken in any case', async () => {
    const realm = newName();
    expect((await post({ realm, ...ADMINISTRATOR }))[0]).toBe(200);
    for (const name of [realm, realm.toUpperCase(), 'ACME', 'master'])
      expect(await post({ realm: name, ...ADMINISTRATOR })).toEqual(TAKEN);
  });

  it('makes one tenant of two requests at the same moment', async () => {
    const body = { realm: newName(), ...ADMINISTRATOR };
    const answers = await Promise.all([post(body), post({ ...body, realm: body.realm.toUpperCase() })]);
    expect(answers.map(([status]) => status).sort()).toEqual([200, 409]);
  });

  it.each(UNUSABLE.map((body) => [JSON.stringify(body).slice(0, 80), body] as const))(
    'refuses what cannot be used, and makes nothing (%s)',
    async (_, body) => {
      const realm = newName();
      expect(await post({ realm, ...ADMINISTRATOR, ...body })).toEqual(REFUSED);
      expect(await find(realm)).toBeNull();
    },
  );

  it('refuses bodies that are no objects', async () => {
    for (const body of [[], undefined, 7]) expect(await post(body)).toEqual(REFUSED);
    const headers = { 'content-type': 'application/json' };
    const path = '/realms/master/v4_realm';
    expect(await kobil.ask('POST', path, { token: master(), body: '{"realm":', headers })).toEqual(REFUSED);
  });

  it('is refused below another name, and to callers who may not do everything in every tenant', async () => {
    const realm = newName();
    const body = { realm, ...ADMINISTRATOR };
    expect(await post(body, master(), '/realms/acme/v4_realm')).toEqual(FORBIDDEN);
    expect(await post(body, kobil.token(kobil.master, ...ALL.map((scope) => scope.replace(':all', ''))))).toEqual(
      FORBIDDEN,
    );
    const creator = kobil.token(kobil.master, 'tenant:create:all');
    expect(await post(body, creator)).toEqual(FORBIDDEN);
    expect(await post({ ...body, realm: 'acme' }, creator)).toEqual(FORBIDDEN);
    const own = kobil.token(kobil.acme, ...everyPermission('tenant').map(formatScope));
    expect(await post(body, own)).toEqual(FORBIDDEN);
    expect(await post(body, own, '/realms/acme/v4_realm')).toEqual(FORBIDDEN);
    expect(await find(realm)).toBeNull();
  });
});
