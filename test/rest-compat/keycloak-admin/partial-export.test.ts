import { beforeAll, describe, expect, it } from 'vitest';
import { assertExportable, SIZE_FIELD } from '../../../rest-compat/keycloak-admin/export.ts';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const HIDDEN = '**********';
const SECRETS = ['seven-herons', 'nine-otters-at-sea', 'four-lanterns-by-noon'];

interface Named {
  readonly name: string;
}

describe('the export of a realm', () => {
  const realm = kobilOfSuite();
  let token: string;
  let harbour: TenantRef;
  const send = async (method: string, path: string, body?: unknown) => {
    const [status, answer] = await realm.ask(method, `/admin/realms/Harbour${path}`, {
      token,
      ...(body === undefined ? {} : { body }),
    });
    expect([path, answer, status < 300]).toEqual([path, answer, true]);
    return answer;
  };
  const read = (query: string) => send('POST', `/partial-export${query}`);
  const WHOLE = '?exportClients=true&exportGroupsAndRoles=true';

  beforeAll(async () => {
    harbour = await realm.world.tenant({ name: 'Harbour', template: 'realm' });
    token = realm.token(realm.master, ...everyPermission('all').map(formatScope));
    const smtpServer = {
      host: 'mail.example.com',
      from: 'id@example.com',
      auth: true,
      user: 'id',
      password: SECRETS[2],
    };
    await send('PUT', '', { smtpServer, displayName: 'Harbour' });
    await send('POST', '/clients', {
      clientId: 'portal',
      secret: SECRETS[1],
      fullScopeAllowed: false,
      redirectUris: ['https://portal.example/*'],
      protocolMappers: [
        {
          name: 'berth',
          protocol: 'openid-connect',
          protocolMapper: 'oidc-hardcoded-claim-mapper',
          config: { 'claim.name': 'berth', 'claim.value': 'B7' },
        },
      ],
    });
    const [portal] = await send('GET', '/clients?clientId=portal');
    await send('POST', `/clients/${portal.id}/roles`, { name: 'pilot', attributes: { rank: ['2'] } });
    await send('POST', '/roles', {
      name: 'crew',
      composite: true,
      composites: { realm: ['offline_access'], client: { portal: ['pilot'] } },
    });
    await send('POST', '/client-scopes', { name: 'tides', protocol: 'openid-connect' });
    const scopes: readonly (Named & { readonly id: string })[] = await send('GET', '/client-scopes');
    const tides = scopes.find(({ name }) => name === 'tides')!;
    await send('PUT', `/default-default-client-scopes/${tides.id}`);
    await send('POST', `/clients/${portal.id}/scope-mappings/realm`, [{ name: 'crew' }]);
    await send('POST', `/client-scopes/${tides.id}/scope-mappings/clients/${portal.id}`, [{ name: 'pilot' }]);
    await send('POST', '/identity-provider/instances', {
      alias: 'lighthouse',
      providerId: 'oidc',
      config: { clientId: 'idgraph', clientSecret: SECRETS[0], issuer: 'https://id.lighthouse.example' },
    });
    await send('POST', '/groups', { name: 'fleet', attributes: { flag: ['blue'] } });
    const [fleet] = await send('GET', '/groups');
    await send('POST', `/groups/${fleet.id}/children`, { name: 'tugs' });
    const crew = await send('GET', '/roles/crew');
    await send('POST', `/groups/${fleet.id}/role-mappings/realm`, [crew]);
    await send('PUT', `/default-groups/${fleet.id}`);
    await realm.world.newUser(harbour, { username: 'ada' });
  });

  it('has the settings, scopes, providers and actions of the realm, and what is asked for beside them', async () => {
    const plain = await read('');
    expect(plain).toMatchObject({
      realm: 'Harbour',
      displayName: 'Harbour',
      keycloakVersion: '26.7.4',
      defaultRole: { name: 'default-roles-harbour' },
      defaultGroups: ['/fleet'],
      defaultDefaultClientScopes: expect.arrayContaining(['profile', 'tides']),
      defaultOptionalClientScopes: expect.arrayContaining(['offline_access']),
      clientScopes: expect.arrayContaining([expect.objectContaining({ name: 'tides', protocol: 'openid-connect' })]),
      identityProviders: [{ alias: 'lighthouse', providerId: 'oidc', config: { clientSecret: HIDDEN } }],
      identityProviderMappers: [],
      requiredActions: expect.arrayContaining([expect.objectContaining({ alias: 'UPDATE_PASSWORD' })]),
      smtpServer: { host: 'mail.example.com', password: HIDDEN },
    });
    for (const member of ['clients', 'roles', 'groups', 'scopeMappings', 'users'])
      expect(plain).not.toHaveProperty(member);
    const { clients } = await read('?exportClients=true');
    expect(clients).toEqual(await send('GET', '/clients').then((list) => list.map(withoutAccess)));
    const { roles, groups, ...others } = await read('?exportGroupsAndRoles=true');
    expect(others).toEqual(plain);
    expect(roles).not.toHaveProperty('client');
    expect(groups).toHaveLength(1);
  });

  it('has clients, roles with those inside them, the tree of groups and scope mappings, as an import takes them', async () => {
    const { clients, roles, groups, scopeMappings, clientScopeMappings, users } = await read(WHOLE);
    expect(users).toBeUndefined();
    expect(clients.find(({ clientId }: { clientId: string }) => clientId === 'portal')).toMatchObject({
      secret: HIDDEN,
      redirectUris: ['https://portal.example/*'],
      protocolMappers: [{ name: 'berth' }],
      defaultClientScopes: expect.arrayContaining(['profile']),
    });
    const crew = roles.realm.find(({ name }: Named) => name === 'crew');
    expect(crew).toMatchObject({
      composite: true,
      composites: { realm: ['offline_access'], client: { portal: ['pilot'] } },
      clientRole: false,
    });
    const plain = roles.realm.find(({ name }: Named) => name === 'offline_access');
    expect(plain).not.toHaveProperty('composites');
    expect(roles.client.portal).toMatchObject([{ name: 'pilot', clientRole: true, attributes: { rank: ['2'] } }]);
    expect(groups).toMatchObject([
      {
        name: 'fleet',
        path: '/fleet',
        attributes: { flag: ['blue'] },
        realmRoles: ['crew'],
        clientRoles: {},
        subGroups: [{ name: 'tugs', path: '/fleet/tugs', subGroups: [] }],
      },
    ]);
    expect(scopeMappings).toContainEqual({ client: 'portal', roles: ['crew'] });
    expect(scopeMappings).toContainEqual({ clientScope: 'offline_access', roles: ['offline_access'] });
    expect(clientScopeMappings.portal).toEqual([{ clientScope: 'tides', roles: ['pilot'] }]);
  });

  it('has no secrets', async () => {
    const text = JSON.stringify(await read(WHOLE));
    expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('needs the permissions to read all of that', async () => {
    const needed = [
      'tenant:read',
      'setting:read',
      'client:read',
      'role:read',
      'group:read',
      'federation-provider:read',
    ];
    const ask = (scopes: readonly string[]) =>
      realm.ask('POST', '/admin/realms/acme/partial-export', { token: realm.token(realm.acme, ...scopes) });
    expect((await ask(needed))[0]).toBe(200);
    for (const missing of needed) {
      const answer = await ask(needed.filter((scope) => scope !== missing));
      expect([missing, ...answer]).toEqual([missing, 403, { error: 'HTTP 403 Forbidden' }]);
    }
  });

  it('refuses a parameter that is neither true nor false', async () => {
    const answer = await realm.ask('POST', '/admin/realms/acme/partial-export?exportClients=maybe', { token });
    expect(answer).toEqual([400, { error: 'HTTP 400 Bad Request' }]);
  });

  it('of more than an answer has is refused, of what is asked for alone', () => {
    const size = { clients: 1_000, roles: 5_000, groups: 5_000, federationProviders: 1_000 };
    const all = { withClients: true, withGroupsAndRoles: true };
    const none = { withClients: false, withGroupsAndRoles: false };
    const refused = expect.objectContaining({ fields: [expect.objectContaining({ path: SIZE_FIELD })] });
    const check = (more: Partial<typeof size>, asked: typeof all) => () =>
      assertExportable({ ...size, ...more }, asked);
    expect(check({}, all)).not.toThrow();
    for (const list of ['clients', 'roles', 'groups'] as const) {
      expect(check({ [list]: size[list] + 1 }, all)).toThrow(refused);
      expect(check({ [list]: size[list] + 1 }, none)).not.toThrow();
    }
    expect(check({ federationProviders: 1_001 }, none)).toThrow(refused);
    expect(check({ clients: 1_001 }, { ...all, withClients: false })).not.toThrow();
    expect(check({ roles: 5_001 }, { ...all, withGroupsAndRoles: false })).not.toThrow();
  });
});

const withoutAccess = ({ access: _access, ...client }: { readonly access: unknown }) => client;
