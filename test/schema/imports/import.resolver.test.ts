import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRealm } from '../../../rest-compat/keycloak-admin/import/realm.ts';
import type { Row } from '../../../rest-compat/keycloak-admin/import/row.ts';
import { readUsers } from '../../../rest-compat/keycloak-admin/import/users.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const IMPORT = `mutation ($input: ImportRealmInput!) {
  importRealm(input: $input) {
    import { importId state ifExists tallies faultCount faults { kind name reason at } createdAt endedAt }
    rows { kind owner name outcome key faults { reason at } }
  }
}`;
const TOGETHER = `mutation ($input: ImportRowsInput!) {
  importRows(input: $input) { isWritten rows { kind name outcome key faults { reason } } }
}`;
const READ = 'query ($importId: ID!) { import(importId: $importId) { importId state tallies } }';

/** All that an import of every kind takes. */
const SCOPES = [
  'tenant:import',
  'tenant:write',
  'setting:write',
  'role:create',
  'role:write',
  'role-grant:write',
  'client:create',
  'client:write',
  'client-secret:rotate',
  'group:create',
  'group:write',
  'group-member:write',
  'federation-provider:write',
  'federation-link:write',
  'user:create',
  'user:write',
  'auth-mode:write',
  'password:set',
  'credential:write',
];

const EXPORT = {
  realm: 'old-reeds',
  displayName: 'Reeds',
  registrationAllowed: true,
  roles: {
    realm: [{ name: 'captain', composite: true, composites: { client: { oars: ['row'] } } }, { name: 'crew' }],
    client: { oars: [{ name: 'row', composite: true, composites: { realm: ['crew'] } }] },
  },
  clientScopes: [{ name: 'berth', protocol: 'openid-connect' }],
  defaultDefaultClientScopes: ['berth'],
  clients: [
    {
      clientId: 'oars',
      enabled: true,
      secret: 'a-secret-of-the-reeds',
      redirectUris: ['https://oars.example/*'],
      serviceAccountsEnabled: true,
      defaultClientScopes: ['berth'],
    },
  ],
  scopeMappings: [{ clientScope: 'berth', roles: ['crew'] }],
  clientScopeMappings: { oars: [{ client: 'oars', roles: ['row'] }] },
  groups: [{ name: 'boats', realmRoles: ['crew'], subGroups: [{ name: 'punts' }] }],
  defaultGroups: ['/boats'],
  identityProviders: [
    {
      alias: 'lake',
      providerId: 'oauth2',
      config: {
        clientId: 'us',
        clientSecret: 'a-secret-of-the-lake',
        authorizationUrl: 'https://lake.example/authorize',
        tokenUrl: 'https://lake.example/token',
        userInfoUrl: 'https://lake.example/userinfo',
        defaultScope: 'profile',
      },
    },
  ],
};
const USERS = [
  {
    username: 'ola',
    enabled: true,
    email: 'ola@reeds.example',
    createdTimestamp: 1_700_000_000_000,
    notBefore: 1_700_000_100,
    attributes: { berth: ['7'] },
    realmRoles: ['default-roles-old-reeds', 'captain'],
    clientRoles: { oars: ['row'] },
    groups: ['/boats/punts'],
    federatedIdentities: [{ identityProvider: 'lake', userId: '17' }],
    credentials: [{ type: 'password', value: 'three-wombats-at-dawn' }],
  },
  { username: 'service-account-oars', serviceAccountClientId: 'oars', realmRoles: ['crew'] },
];

const toInput = ({ kind, owner, name, input }: Row) => ({ owner, name, [kind]: input });

describe('imports in the graph', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  const send = (tenant: TenantRef, input: object, scopes: readonly string[] = SCOPES) =>
    world.graphql(world.app(tenant, ...scopes), IMPORT, { input });
  const rowsOf = (tenant: TenantRef) => {
    const naming = (name: string) => (name === 'default-roles-old-reeds' ? `default-roles-${tenant.name}` : name);
    return [...readRealm(EXPORT, tenant.name).rows, ...readUsers(USERS, naming).rows].map(toInput);
  };

  it('write an export that was read', async () => {
    const tenant = await world.tenant({ template: 'realm' });
    const { data, errors } = await send(tenant, { rows: rowsOf(tenant), ifExists: 'OVERWRITE' });
    expect(errors).toEqual([]);
    const { import: made, rows } = data.importRealm;
    expect(rows.flatMap(({ faults }: { faults: unknown[] }) => faults)).toEqual([]);
    expect(made).toMatchObject({ state: 'COMPLETE', ifExists: 'OVERWRITE', faultCount: 0, faults: [] });
    expect(rows.at(-2)).toMatchObject({
      kind: 'user',
      owner: '',
      name: 'ola',
      outcome: 'ADDED',
      key: expect.any(String),
    });
    const ola = await world.services.users.findByUsername(world.system(tenant), 'ola');
    expect(ola).toMatchObject({ id: rows.at(-2).key, createdAt: new Date(1_700_000_000_000) });
    expect(ola?.notBefore).toEqual(new Date(1_700_000_100_000));
    const again = (await send(tenant, { rows: rowsOf(tenant), ifExists: 'OVERWRITE' })).data.importRealm;
    expect(new Set(again.rows.map(({ outcome }: { outcome: string }) => outcome))).toEqual(new Set(['SAME']));
    const { data: read } = await world.graphql(world.app(tenant, 'tenant:import'), READ, { importId: made.importId });
    expect(read.import).toMatchObject({ importId: made.importId, tallies: { user: { added: 1 } } });
  });

  it('go on over several requests, with what could not be read', async () => {
    const tenant = await world.tenant({ template: 'realm' });
    const rows = rowsOf(tenant);
    const fault = { kind: 'client', owner: '', name: 'saml', reason: 'PROTOCOL_UNKNOWN', at: 'protocol' };
    const first = (await send(tenant, { rows: rows.slice(0, 3), faults: [fault], isLast: false })).data.importRealm;
    expect(first.import).toMatchObject({ state: 'RUNNING', ifExists: 'SKIP', faultCount: 1, endedAt: null });
    // The tenant was there before the import.
    expect(first.rows[0]).toMatchObject({ kind: 'settings', outcome: 'SKIPPED' });
    const { importId } = first.import;
    const last = (await send(tenant, { importId, rows: rows.slice(3) })).data.importRealm;
    expect(last.import).toMatchObject({ importId, state: 'REPORTED', faults: [{ name: 'saml', at: 'protocol' }] });
    expect((await send(tenant, { importId, rows: [] })).code).toBe('IMPORT_ENDED');
    expect((await send(await world.tenant(), { importId, rows: [] })).code).toBe('IMPORT_NOT_FOUND');
  });

  it('are refused wholly where rows are not one thing each, or too many', async () => {
    const tenant = await world.tenant();
    const role = { name: 'crew' };
    for (const row of [{ name: 'x' }, { name: 'x', role, clientRole: role }])
      expect((await send(tenant, { rows: [row] })).code).toBe('INVALID_INPUT');
    expect((await send(tenant, { rows: Array(1_001).fill({ name: 'x', role }) })).code).toBe('INVALID_INPUT');
    expect(await world.events(tenant)).not.toContainEqual(expect.objectContaining({ type: 'role.created' }));
  });

  it('take the permission to import, and those of every kind', async () => {
    const tenant = await world.tenant();
    const rows = [{ name: 'crew', role: { name: 'crew' } }];
    expect((await send(tenant, { rows }, ['role:create', 'role:write'])).code).toBe('FORBIDDEN');
    expect((await send(tenant, { rows }, ['tenant:import', 'role:create'])).code).toBe('FORBIDDEN');
    expect((await send(tenant, { rows }, ['tenant:import', 'role:create', 'role:write'])).errors).toEqual([]);
  });

  it('give nobody what the caller may not grant', async () => {
    const tenant = await world.tenant();
    const rows = [
      { name: 'ola', user: { username: 'ola', roles: [{ name: 'tenant-administrator' }] } },
      { name: 'crew', role: { name: 'crew' } },
      { name: 'crew', roleChildren: { children: [{ name: 'tenant-administrator' }] } },
    ];
    const { data } = await send(tenant, { rows });
    expect(data.importRealm.rows).toMatchObject([
      { outcome: 'REFUSED', faults: [{ reason: 'PERMISSION_ESCALATION' }] },
      { outcome: 'ADDED' },
      { outcome: 'REFUSED', faults: [{ reason: 'PERMISSION_ESCALATION' }] },
    ]);
  });

  describe('of rows that are written together', () => {
    const crew = { name: 'crew', role: { name: 'crew' } };
    const NEEDED = ['tenant:import', 'role:create', 'role:write'];
    const write = (tenant: TenantRef, input: object, scopes: readonly string[] = NEEDED) =>
      world.graphql(world.app(tenant, ...scopes), TOGETHER, { input });

    it('write all of them, or none where one is there already', async () => {
      const tenant = await world.tenant();
      const first = (await write(tenant, { rows: [crew] })).data.importRows;
      expect(first).toMatchObject({ isWritten: true, rows: [{ outcome: 'ADDED', key: expect.any(String) }] });
      const mate = { name: 'mate', role: { name: 'mate' } };
      const second = (await write(tenant, { rows: [mate, crew] })).data.importRows;
      expect(second).toEqual({
        isWritten: false,
        rows: [{ kind: 'role', name: 'crew', outcome: 'REFUSED', key: null, faults: [{ reason: 'CONFLICT' }] }],
      });
      const third = (await write(tenant, { rows: [mate, crew], ifExists: 'SKIP' })).data.importRows;
      expect(third).toMatchObject({ isWritten: true, rows: [{ outcome: 'ADDED' }, { outcome: 'SKIPPED' }] });
    });

    it('are refused without a permission that they take, and where they are too many', async () => {
      const tenant = await world.tenant();
      expect((await write(tenant, { rows: [crew] }, ['role:create', 'role:write'])).code).toBe('FORBIDDEN');
      expect((await write(tenant, { rows: [crew] }, ['tenant:import', 'role:write'])).code).toBe('FORBIDDEN');
      expect((await write(tenant, { rows: Array(1_001).fill(crew) })).code).toBe('INVALID_INPUT');
      expect((await write(tenant, { rows: [{ name: 'x' }] })).code).toBe('INVALID_INPUT');
    });
  });
});
