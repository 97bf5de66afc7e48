import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { newId } from '../../../src/kernel/index.ts';
import { importFiles } from '../../../src/server/import/import-files.ts';
import { jsonProgress } from '../../../src/server/import/progress.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { testGraph } from '../../support/world.ts';

const PROVIDER = {
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
};

describe('an import into a realm', () => {
  const realm = kobilOfSuite();
  let token: string;
  let admin: KeycloakAdminClient;
  beforeAll(() => {
    token = realm.token(realm.master, ...everyPermission('all').map(formatScope));
    admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: 'master' });
    admin.registerTokenProvider({ getAccessToken: async () => token });
  });

  const newRealm = async (): Promise<string> =>
    (await realm.world.tenant({ name: `t${newId().replaceAll('-', '').slice(-16)}`, template: 'realm' })).name;
  const send = (name: string, body: unknown, as = token) =>
    realm.ask('POST', `/admin/realms/${name}/partialImport`, { token: as, body });
  const user = (username: string, more: object = {}) => ({ username, enabled: true, ...more });

  describe('of an export that the stock client read', () => {
    let source: string;
    let exported: Record<string, unknown>;

    /** The users, as exports of whole realms have them. */
    async function readUsers(name: string): Promise<object[]> {
      const found = await admin.users.find({ realm: name });
      return Promise.all(
        found.map(async (one) => {
          const id = one.id!;
          const [groups, roles] = await Promise.all([
            admin.users.listGroups({ realm: name, id }),
            admin.users.listRealmRoleMappings({ realm: name, id }),
          ]);
          return { ...one, groups: groups.map(({ path }) => path), realmRoles: roles.map((role) => role.name) };
        }),
      );
    }

    /** What the other realm must have too. */
    async function readBack(name: string) {
      const inRealm = { realm: name };
      const [oars] = await admin.clients.find({ ...inRealm, clientId: 'oars' });
      const [ola] = await admin.users.find({ ...inRealm, username: 'ola', exact: true });
      const id = ola!.id!;
      const namesOf = (list: readonly { readonly name?: string }[]) => list.map((one) => one.name).sort();
      const own = new RegExp(`^default-roles-${name}$`);
      const captain = await admin.roles.findOneByName({ ...inRealm, name: 'captain' });
      return {
        client: { redirectUris: oars!.redirectUris, mappers: oars!.protocolMappers?.map((mapper) => mapper.name) },
        clientRoles: namesOf(await admin.clients.listRoles({ ...inRealm, id: oars!.id! })),
        inside: namesOf(await admin.roles.getCompositeRoles({ ...inRealm, id: captain!.id! })),
        attributes: captain!.attributes,
        groups: (await admin.groups.find(inRealm)).map(({ path, subGroupCount }) => [path, subGroupCount]),
        user: { email: ola!.email, firstName: ola!.firstName, attributes: ola!.attributes, enabled: ola!.enabled },
        paths: (await admin.users.listGroups({ ...inRealm, id })).map(({ path }) => path),
        roles: namesOf(await admin.users.listRealmRoleMappings({ ...inRealm, id })).map((role) =>
          role!.replace(own, 'default-roles'),
        ),
      };
    }

    beforeAll(async () => {
      source = await newRealm();
      const inRealm = { realm: source };
      const { id: oars } = await admin.clients.create({
        ...inRealm,
        clientId: 'oars',
        redirectUris: ['https://oars.example/*'],
        protocolMappers: [
          {
            name: 'berth',
            protocol: 'openid-connect',
            protocolMapper: 'oidc-hardcoded-claim-mapper',
            config: { 'claim.name': 'berth', 'claim.value': 'B7' },
          },
        ],
      });
      await admin.clients.createRole({ ...inRealm, id: oars, name: 'row' });
      await admin.roles.create({
        ...inRealm,
        name: 'captain',
        attributes: { rank: ['2'] },
        composite: true,
        composites: { client: { oars: ['row'] } },
      });
      const { id: boats } = await admin.groups.create({ ...inRealm, name: 'boats' });
      await admin.groups.createChildGroup({ ...inRealm, id: boats }, { name: 'punts' });
      await admin.users.create({
        ...inRealm,
        ...user('ola', { email: 'ola@reeds.example', firstName: 'Ola', groups: ['/boats/punts'] }),
      });
      const [ola] = await admin.users.find({ ...inRealm, username: 'ola' });
      const captain = await admin.roles.findOneByName({ ...inRealm, name: 'captain' });
      await admin.users.addRealmRoleMappings({
        ...inRealm,
        id: ola!.id!,
        roles: [{ id: captain!.id!, name: 'captain' }],
      });
      const asked = { ...inRealm, exportClients: true, exportGroupsAndRoles: true };
      exported = { ...(await admin.realms.export(asked)), users: await readUsers(source) };
    });

    it('brings it into another realm, once', async () => {
      const name = await newRealm();
      const users = (exported['users'] as { readonly id: string }[]).map(({ id: _id, ...one }) => one);
      const import_ = (ifResourceExists: 'FAIL' | 'SKIP' | 'OVERWRITE') =>
        admin.realms.partialImport({ realm: name, rep: { ...exported, users, ifResourceExists } });
      const first = await import_('FAIL');
      expect(first.results).toEqual(
        expect.arrayContaining([
          { action: 'ADDED', resourceType: 'CLIENT', resourceName: 'oars', id: expect.any(String) },
          { action: 'ADDED', resourceType: 'CLIENT_ROLE', resourceName: 'oars-->row', id: expect.any(String) },
          { action: 'ADDED', resourceType: 'REALM_ROLE', resourceName: 'captain', id: expect.any(String) },
          { action: 'ADDED', resourceType: 'GROUP', resourceName: 'boats', id: expect.any(String) },
          { action: 'ADDED', resourceType: 'GROUP', resourceName: 'boats/punts', id: expect.any(String) },
          { action: 'ADDED', resourceType: 'USER', resourceName: 'ola', id: expect.any(String) },
        ]),
      );
      expect([first.added, first.overwritten]).toEqual([6, 0]);
      expect(await readBack(name)).toEqual(await readBack(source));
      expect(await import_('SKIP')).toMatchObject({ added: 0, overwritten: 0, skipped: first.added + first.skipped });
      expect(await import_('OVERWRITE')).toMatchObject({ added: 0, overwritten: 6, skipped: first.skipped });
      expect(await readBack(name)).toEqual(await readBack(source));
    });

    it('is taken by the command too', async () => {
      const name = `t${newId().replaceAll('-', '').slice(-16)}`;
      const folder = await mkdtemp(join(tmpdir(), 'idgraph-export-'));
      const file = join(folder, 'realm.json');
      await writeFile(file, JSON.stringify(exported));
      const lines: string[] = [];
      const deps = {
        services: realm.world.services,
        schema: await testGraph(),
        progress: jsonProgress((line) => void lines.push(line)),
      };
      const options = {
        files: [file],
        renames: new Map([[source, name]]),
        into: null,
        ifExists: 'SKIP',
        isJson: true,
      } as const;
      const status = await importFiles(deps, options);
      await rm(folder, { recursive: true });
      const { faults } = JSON.parse(lines.at(-1)!);
      // Exports have no secrets, which is reported.
      expect(faults).toContainEqual({ kind: 'client', owner: '', name: 'oars', reason: 'SECRET_HIDDEN', at: 'secret' });
      const others = faults.filter(({ reason }: { reason: string }) => reason !== 'SECRET_HIDDEN');
      expect([status, others]).toEqual([2, []]);
      expect(await readBack(name)).toEqual(await readBack(source));
    });
  });

  it('brings an account with its password, and one of a client with its roles', async () => {
    const name = await newRealm();
    const body = {
      roles: { realm: [{ name: 'crew' }] },
      clients: [
        { clientId: 'oars', secret: 'a-secret-of-the-oars', standardFlowEnabled: false, serviceAccountsEnabled: true },
      ],
      users: [
        user('ola', { credentials: [{ type: 'password', value: 'three-wombats-at-dawn' }] }),
        { username: 'service-account-oars', serviceAccountClientId: 'oars', realmRoles: ['crew'] },
      ],
      identityProviders: [PROVIDER],
      identityProviderMappers: [{ name: 'rank', identityProviderAlias: 'lake' }],
    };
    const [status, { results, ...counts }] = await send(name, body);
    expect([status, counts]).toEqual([200, { overwritten: 0, added: 5, skipped: 0 }]);
    expect(results).toContainEqual(expect.objectContaining({ resourceType: 'IDP', resourceName: 'lake' }));
    expect(results.at(-1)).toMatchObject({ resourceType: 'USER', resourceName: 'service-account-oars' });
    const [ola] = await admin.users.find({ realm: name, username: 'ola' });
    expect(await admin.users.getCredentials({ realm: name, id: ola!.id! })).toMatchObject([{ type: 'password' }]);
    const roles = { realm: [{ name: 'mate' }] };
    const users = [{ username: 'service-account-oars', serviceAccountClientId: 'oars', realmRoles: ['mate'] }];
    expect(await send(name, { roles, users })).toEqual([
      409,
      { errorMessage: 'User with user name service-account-oars already exists.' },
    ]);
    const countsOf = async (ifResourceExists: string) => {
      const [, { overwritten, added, skipped }] = await send(name, { roles, users, ifResourceExists });
      return { overwritten, added, skipped };
    };
    expect(await countsOf('SKIP')).toEqual({ overwritten: 0, added: 1, skipped: 1 });
    expect(await countsOf('OVERWRITE')).toEqual({ overwritten: 2, added: 0, skipped: 0 });
  });

  it('is refused wholly where something is there already', async () => {
    const name = await newRealm();
    const first = {
      roles: { realm: [{ name: 'crew' }], client: { oars: [{ name: 'row' }] } },
      clients: [{ clientId: 'oars', redirectUris: ['https://oars.example/*'] }],
      groups: [{ name: 'boats' }],
      identityProviders: [PROVIDER],
      users: [user('ola', { email: 'ola@reeds.example' })],
    };
    expect((await send(name, first))[0]).toBe(200);
    const { roles, clients, groups, identityProviders, users } = first;
    for (const [body, errorMessage] of [
      [{ users }, 'User with user name ola already exists.'],
      [{ users: [user('kim', { email: 'ola@reeds.example' })] }, 'User with user name kim already exists.'],
      [{ users: [user('kim'), user('kim')] }, 'User with user name kim already exists.'],
      [{ roles: { realm: roles.realm } }, "Realm role 'crew' already exists."],
      [{ roles: { client: roles.client } }, "Client role 'row' for client 'oars' already exists."],
      [{ clients }, "Client id 'oars' already exists."],
      [{ groups }, "Group '/boats' already exists."],
      [{ identityProviders }, "Identity Provider 'lake' already exists."],
    ] as const)
      expect(
        await send(name, {
          ...body,
          ifResourceExists: 'FAIL',
          groups: [{ name: 'new' }, ...('groups' in body ? body.groups : [])],
        }),
      ).toEqual([409, { errorMessage }]);
    expect((await admin.groups.find({ realm: name })).map((group) => group.name)).toEqual(['boats']);
    expect(await admin.users.count({ realm: name })).toBe(1);
  });

  it('skips users whose addresses others have, without the ids of these', async () => {
    const name = await newRealm();
    expect((await send(name, { users: [user('ola', { email: 'ola@reeds.example' })] }))[0]).toBe(200);
    const users = [user('kim', { email: 'OLA@reeds.example' }), user('per', { email: 'per@reeds.example' })];
    const [status, { results }] = await send(name, { users, ifResourceExists: 'SKIP' });
    expect([status, results]).toEqual([
      200,
      [
        { action: 'SKIPPED', resourceType: 'USER', resourceName: 'kim' },
        { action: 'ADDED', resourceType: 'USER', resourceName: 'per', id: expect.any(String) },
      ],
    ]);
    expect(await send(name, { users: [users[0]], ifResourceExists: 'OVERWRITE' })).toEqual([
      409,
      { errorMessage: 'User with user name kim already exists.' },
    ]);
  });

  it('is refused wholly where something cannot be imported, with its name', async () => {
    const name = await newRealm();
    for (const [body, errorMessage] of [
      [
        { users: [user('ola', { groups: ['/nowhere'] })] },
        'User with user name ola cannot be imported: GROUP_NOT_FOUND',
      ],
      [{ users: [user('ola', { enabled: 'yes' })] }, 'User with user name ola cannot be imported: MALFORMED'],
      [
        { roles: { client: { oars: [{ name: 'row' }] } } },
        "Client role 'row' for client 'oars' cannot be imported: NOT_FOUND",
      ],
      [
        { roles: { realm: [{ name: 'crew', composite: true, composites: { realm: ['none'] } }] } },
        "Realm role 'crew' cannot be imported: ROLE_NOT_FOUND",
      ],
    ] as const)
      expect(
        await send(name, { ...body, clients: [{ clientId: 'new', redirectUris: ['https://new.example/*'] }] }),
      ).toEqual([400, { errorMessage }]);
    expect(await admin.clients.find({ realm: name, clientId: 'new' })).toEqual([]);
    for (const body of [{ ifResourceExists: 'PERHAPS' }, { users: 7 }, { roles: { client: { oars: 'row' } } }, []])
      expect(await send(name, body)).toMatchObject([400, { error_description: 'Cannot parse the JSON' }]);
    const [status, { errorMessage }] = await send(name, {
      users: Array.from({ length: 1_001 }, (_, at) => user(`u${at}`)),
    });
    expect([status, errorMessage]).toEqual([400, 'The import has a value that cannot be stored']);
  });

  it('gives nobody what the caller may not grant', async () => {
    const tenant = await realm.world.tenant({ template: 'realm' });
    const body = { users: [user('ola', { clientRoles: { 'realm-management': ['realm-admin'] } })] };
    const needed = ['user:create', 'user:write', 'auth-mode:write', 'password:set', 'credential:write'];
    const rest = ['role-grant:write', 'group-member:write', 'federation-link:write'];
    const forbidden = [403, { error: 'HTTP 403 Forbidden' }];
    expect(await send(tenant.name, body, realm.token(tenant, 'tenant:import', ...needed))).toEqual(forbidden);
    expect(await send(tenant.name, body, realm.token(tenant, 'tenant:import', ...needed, ...rest))).toEqual(forbidden);
    expect(await admin.users.count({ realm: tenant.name })).toBe(0);
  });
});
