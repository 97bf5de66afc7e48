import { describe, expect, it } from 'vitest';
import { readRealm } from '../../../../rest-compat/keycloak-admin/import/realm.ts';
import type { RowKind } from '../../../../rest-compat/keycloak-admin/import/row.ts';

const TENANT = 'reeds';
const read = (realm: object) => readRealm({ realm: 'old-reeds', ...realm }, TENANT);
const inputsOf = (kind: RowKind, realm: object): Record<string, unknown> =>
  Object.fromEntries(
    read(realm)
      .rows.filter((row) => row.kind === kind)
      .map(({ name, input }) => [name, input]),
  );
const faultsOf = (realm: object) => read(realm).faults.map(({ kind, name, reason, at }) => [kind, name, reason, at]);

describe('an export of a realm', () => {
  it('has rows in an order in which each one follows those that it names', () => {
    const { rows, faults } = read({
      identityProviders: [
        { alias: 'lake', providerId: 'oidc', config: { clientId: 'us', issuer: 'https://lake.example' } },
      ],
      defaultGroups: ['/boats'],
      groups: [{ name: 'boats', subGroups: [{ name: 'punts' }] }],
      clientScopeMappings: { oars: [{ client: 'oars', roles: ['row'] }] },
      roles: {
        client: { oars: [{ name: 'row', composite: true, composites: { realm: ['crew'] } }] },
        realm: [{ name: 'captain', composite: true, composites: { client: { oars: ['row'] } } }, { name: 'crew' }],
      },
      clients: [{ clientId: 'oars', publicClient: true }],
      clientScopes: [{ name: 'berth', protocol: 'openid-connect' }],
    });
    expect(faults).toEqual([]);
    expect(rows.map(({ kind, owner, name }) => [kind, owner, name])).toEqual([
      ['settings', '', ''],
      ['role', '', 'captain'],
      ['role', '', 'crew'],
      ['clientScope', '', 'berth'],
      ['client', '', 'oars'],
      ['clientRole', 'oars', 'row'],
      ['roleChildren', '', 'captain'],
      ['clientRoleChildren', 'oars', 'row'],
      ['clientScopeRoles', '', 'oars'],
      ['group', '', '/boats'],
      ['group', '', '/boats/punts'],
      ['defaultGroup', '', '/boats'],
      ['provider', '', 'lake'],
    ]);
  });

  it('keeps texts, under the names of the service', () => {
    const localizationTexts = { de: { hello: 'Moin', emailTestSubject: 'Von {0}' }, en: ['x'], fr: { hello: 7 } };
    expect(inputsOf('texts', { localizationTexts })).toEqual({
      de: { texts: { hello: 'Moin', 'test-mail.subject': 'Von {app}' } },
    });
    expect(faultsOf({ localizationTexts })).toEqual([
      ['texts', 'en', 'MALFORMED', ''],
      ['texts', 'fr', 'MALFORMED', 'hello'],
    ]);
    expect(faultsOf({ localizationTexts: 'x' })).toEqual([['realm', '', 'MALFORMED', 'localizationTexts']]);
  });

  it('keeps the profile of users, which is a text of a component', () => {
    const profile = { attributes: [{ name: 'username' }] };
    const componentsWith = (config: unknown) => ({
      components: { 'org.keycloak.userprofile.UserProfileProvider': [{ config }] },
    });
    const text = { 'kc.user.profile.config': [JSON.stringify(profile)] };
    expect(inputsOf('userProfile', componentsWith(text))).toEqual({ '': { profile } });
    for (const components of [undefined, {}, 7, { 'org.keycloak.userprofile.UserProfileProvider': 7 }])
      expect(read({ components }).rows.map(({ kind }) => kind)).toEqual(['settings']);
    for (const config of [undefined, {}, { 'kc.user.profile.config': [] }])
      expect(read(componentsWith(config))).toMatchObject({ faults: [], rows: [{ kind: 'settings' }] });
    for (const value of ['{', '[]', 7])
      expect(faultsOf(componentsWith({ 'kc.user.profile.config': [value] }))).toEqual([
        ['userProfile', '', 'MALFORMED', expect.any(String)],
      ]);
  });

  it('keeps the settings, under the name of the tenant', () => {
    const { '': settings } = inputsOf('settings', { displayName: 'Reeds', registrationAllowed: true, enabled: false });
    expect(settings).toMatchObject({ displayName: 'Reeds', isEnabled: false, settings: { registration: true } });
    expect(faultsOf({ enabled: 'perhaps' })).toEqual([['settings', '', 'MALFORMED', expect.any(String)]]);
  });

  it('loses the rules of passwords whose expression the service does not have, which are reported', () => {
    const passwordPolicy = 'regexPattern((?=.*[A-Z]).*) and length(8) and regexPattern([a-z]+) and age(3)';
    const { '': settings } = inputsOf('settings', { passwordPolicy });
    expect(settings).toMatchObject({
      settings: { passwordMinLength: 8, passwordRules: { patterns: ['[a-z]+'] } },
      extraSettings: { set: { passwordPolicy: 'age(3)' } },
    });
    expect(faultsOf({ passwordPolicy })).toEqual([['settings', '', 'WITHOUT_EFFECT', 'passwordPolicy']]);
    expect(faultsOf({ passwordPolicy: 7 })).toEqual([]);
  });

  it('has the same rows without any part, and with null in place of each', () => {
    const parts = ['roles', 'groups', 'clients', 'clientScopes', 'defaultGroups', 'identityProviders', 'scopeMappings'];
    const none = Object.fromEntries(parts.map((part) => [part, null]));
    expect(read(none)).toEqual(read({}));
    expect(read({}).faults).toEqual([]);
  });

  it.each([
    'roles',
    'groups',
    'clients',
    'clientScopes',
    'defaultGroups',
    'identityProviders',
    'identityProviderMappers',
    'scopeMappings',
    'clientScopeMappings',
  ])('reports %s of another shape, and reads the rest', (part) => {
    const others = read({}).rows;
    for (const shape of ['a text', 7, true]) {
      const { rows, faults } = read({ [part]: shape });
      expect(faults).toEqual([{ kind: 'realm', owner: '', name: '', reason: 'MALFORMED', at: part }]);
      expect(rows).toEqual(others);
    }
  });

  it.each([
    ['clients', 'client'],
    ['clientScopes', 'clientScope'],
    ['groups', 'group'],
    ['identityProviders', 'provider'],
    ['defaultGroups', 'defaultGroup'],
  ])('reports items of %s of another shape', (part, kind) => {
    const { faults } = read({ [part]: [7, null, [], { name: 7, alias: 7, clientId: 7 }] });
    expect(new Set(faults.map((fault) => fault.kind))).toEqual(new Set([kind]));
    expect(faults).toHaveLength(4);
  });

  it('takes the first of two rows of a name', () => {
    const roles = {
      realm: [
        { name: 'crew', description: 'first' },
        { name: 'crew', description: 'second' },
      ],
    };
    expect(inputsOf('role', { roles })).toEqual({ crew: { name: 'crew', description: 'first', attributes: {} } });
    expect(faultsOf({ roles })).toEqual([['role', 'crew', 'DUPLICATE', '']]);
  });
});

describe('roles of an export', () => {
  it('call the role that everybody has after the tenant, wherever it stands', () => {
    const realm = {
      roles: {
        realm: [
          { name: 'default-roles-old-reeds', composite: true, composites: { realm: ['crew'] } },
          {
            name: 'crew',
            composite: true,
            composites: { realm: ['default-roles-old-reeds'], client: { oars: ['row'] } },
          },
        ],
      },
      groups: [{ name: 'boats', realmRoles: ['default-roles-old-reeds'], clientRoles: { oars: ['row'] } }],
      scopeMappings: [{ clientScope: 'berth', roles: ['default-roles-old-reeds'] }],
    };
    const everybody = { name: 'default-roles-reeds' };
    expect(Object.keys(inputsOf('role', realm))).toEqual(['default-roles-reeds', 'crew']);
    expect(inputsOf('roleChildren', realm)).toEqual({
      'default-roles-reeds': { children: [{ name: 'crew' }] },
      crew: { children: [everybody, { name: 'row', clientId: 'oars' }] },
    });
    expect(inputsOf('group', realm)['/boats']).toMatchObject({ roles: [everybody, { name: 'row', clientId: 'oars' }] });
    expect(inputsOf('scopeScopeRoles', realm)).toEqual({ berth: { roles: [everybody] } });
    const named = { roles: { realm: [{ name: 'all' }] }, defaultRole: { name: 'all' } };
    expect(Object.keys(inputsOf('role', named))).toEqual(['default-roles-reeds']);
  });

  it('contain nothing unless they say that they are composite', () => {
    const roles = { realm: [{ name: 'crew', composite: false, composites: { realm: ['captain'] } }] };
    expect(inputsOf('roleChildren', { roles })).toEqual({});
  });

  it('are reported once where they have another shape', () => {
    const roles = {
      realm: [{ name: 7 }, { name: 'crew', composite: true, composites: { realm: 'captain' } }],
      client: { oars: 'row' },
    };
    expect(faultsOf({ roles })).toEqual([
      ['role', '', 'MALFORMED', 'name'],
      ['role', 'crew', 'MALFORMED', 'composites.realm'],
      ['realm', '', 'MALFORMED', 'roles.client.oars'],
    ]);
    expect(faultsOf({ roles: { client: ['row'] } })).toEqual([['realm', '', 'MALFORMED', 'roles.client']]);
  });
});

describe('clients of an export', () => {
  it('have mappers, scopes and a secret', () => {
    const mapper = {
      name: 'boat',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-hardcoded-claim-mapper',
      config: { a: 1 },
    };
    const clients = [
      {
        clientId: 'oars',
        secret: 'a-secret-of-the-reeds',
        redirectUris: ['https://oars.example/*'],
        protocolMappers: [mapper],
        defaultClientScopes: ['berth'],
        optionalClientScopes: ['tide'],
        attributes: { 'post.logout.redirect.uris': '+' },
      },
    ];
    expect(inputsOf('client', { clients })['oars']).toMatchObject({
      clientId: 'oars',
      type: 'CONFIDENTIAL',
      secret: 'a-secret-of-the-reeds',
      redirects: [{ uri: 'https://oars.example/*', match: 'WILDCARD' }],
      mappers: [{ name: 'boat', type: 'oidc-hardcoded-claim-mapper', config: { a: '1' } }],
      scopes: [
        { name: 'tide', isDefault: false },
        { name: 'berth', isDefault: true },
      ],
    });
  });

  it('get another secret where the export hides it, which is reported', () => {
    const clients = [{ clientId: 'oars', secret: '**********' }];
    expect(inputsOf('client', { clients })['oars']).toMatchObject({ secretForm: 'UUID' });
    expect(faultsOf({ clients })).toEqual([['client', 'oars', 'SECRET_HIDDEN', 'secret']]);
    // Those that each realm has keep the secrets that they have here.
    expect(faultsOf({ clients: [{ clientId: 'realm-management', secret: '**********' }] })).toEqual([]);
  });

  it('keep their ids, where these are UUIDs', () => {
    const id = '6F1D5C1E-6a52-4b52-9d8e-0d2a2f5f7b11';
    const clients = [
      { clientId: 'oars', id },
      { clientId: 'sails', id: 'sails-id' },
    ];
    const { oars, sails } = inputsOf('client', { clients });
    expect(oars).toMatchObject({ clientUuid: id });
    expect(sails).not.toHaveProperty('clientUuid');
  });

  it('are reported where they have another protocol, no name or a mapper of an unknown type', () => {
    const clients = [
      { clientId: 'saml', protocol: 'saml' },
      { secret: '**********' },
      { clientId: '' },
      { clientId: 'odd', protocolMappers: [{ name: 'm', protocolMapper: 'script-1' }] },
    ];
    expect(faultsOf({ clients })).toEqual([
      ['client', 'saml', 'PROTOCOL_UNKNOWN', 'protocol'],
      ['client', '', 'MALFORMED', 'clientId'],
      ['client', '', 'MALFORMED', 'clientId'],
      ['client', 'odd', 'MAPPER_TYPE_UNKNOWN', 'protocolMapper'],
    ]);
  });

  it('have client scopes, with how later clients get them', () => {
    const scope = (name: string) => ({
      name,
      protocol: 'openid-connect',
      attributes: { 'include.in.token.scope': 'true' },
    });
    const realm = {
      clientScopes: [scope('berth'), scope('tide'), scope('moon')],
      defaultDefaultClientScopes: ['berth'],
      defaultOptionalClientScopes: ['tide'],
    };
    expect(inputsOf('clientScope', realm)).toMatchObject({
      berth: { tenantDefault: 'DEFAULT', isNamedInTokens: true },
      tide: { tenantDefault: 'OPTIONAL' },
      moon: { tenantDefault: null },
    });
  });

  it('have the roles that tokens may have, those of the realm and of clients in one row', () => {
    const realm = {
      scopeMappings: [{ client: 'oars', roles: ['crew'] }],
      clientScopeMappings: {
        boats: [
          { client: 'oars', roles: ['row'] },
          { clientScope: 'berth', roles: ['row'] },
        ],
      },
    };
    const row = { name: 'row', clientId: 'boats' };
    expect(inputsOf('clientScopeRoles', realm)).toEqual({ oars: { roles: [{ name: 'crew' }, row] } });
    expect(inputsOf('scopeScopeRoles', realm)).toEqual({ berth: { roles: [row] } });
    const both = [{ client: 'oars', clientScope: 'berth', roles: [] }, { roles: [] }];
    expect(faultsOf({ scopeMappings: both, clientScopeMappings: { boats: 7 } })).toEqual([
      ['realm', '', 'MALFORMED', 'scopeMappings'],
      ['realm', '', 'MALFORMED', 'scopeMappings'],
      ['realm', '', 'MALFORMED', 'clientScopeMappings'],
    ]);
  });
});

describe('groups of an export', () => {
  it('stand in one another', () => {
    const groups = [
      { name: 'boats', attributes: { hull: ['oak'] }, subGroups: [{ name: 'punts', realmRoles: ['crew'] }] },
    ];
    expect(inputsOf('group', { groups })).toEqual({
      '/boats': { name: 'boats', parentPath: null, attributes: { hull: ['oak'] }, roles: [] },
      '/boats/punts': { name: 'punts', parentPath: '/boats', attributes: {}, roles: [{ name: 'crew' }] },
    });
  });

  it('are reported where they stand on more levels than any tree has', () => {
    let groups: object[] = [];
    for (let level = 0; level < 5_000; level += 1) groups = [{ name: 'g', subGroups: groups }];
    const { rows, faults } = read({ groups });
    expect(rows.filter(({ kind }) => kind === 'group')).toHaveLength(32);
    expect(faults.map(({ kind, reason }) => [kind, reason])).toEqual([['group', 'GROUP_TOO_DEEP']]);
  });
});

describe('identity providers of an export', () => {
  const lake = { alias: 'lake', providerId: 'oidc', config: { clientId: 'us', clientSecret: '**********' } };

  it('lose a secret that the export hides, which is reported', () => {
    expect(inputsOf('provider', { identityProviders: [lake] })['lake']).not.toHaveProperty('clientSecret');
    expect(faultsOf({ identityProviders: [lake] })).toEqual([
      ['provider', 'lake', 'SECRET_HIDDEN', 'config.clientSecret'],
    ]);
  });

  it('are reported where the service has no such kind, and so are all mappers', () => {
    const identityProviderMappers = [{ name: 'hull', identityProviderAlias: 'lake' }];
    expect(faultsOf({ identityProviders: [{ alias: 'pond', providerId: 'saml' }], identityProviderMappers })).toEqual([
      ['provider', 'pond', 'KIND_UNKNOWN', 'providerId'],
      ['providerMapper', 'hull', 'WITHOUT_EFFECT', ''],
    ]);
  });
});

describe('names of an export', () => {
  it('are cut and made storable where they are reported', () => {
    const roles = { realm: [{ name: `\0\ud800${'x'.repeat(10_000)}`, description: 7 }] };
    expect(faultsOf({ roles })).toEqual([['role', `\ufffd\ufffd${'x'.repeat(253)}`, 'MALFORMED', 'description']]);
  });
});
