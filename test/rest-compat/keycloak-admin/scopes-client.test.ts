import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { type RestClient, serveWorld } from '../../support/rest.ts';
import { World } from '../../support/world.ts';

const CLAIM = {
  name: 'berth',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: { 'claim.name': 'berth', 'claim.value': 'B7', 'jsonType.label': 'String', 'access.token.claim': 'true' },
};
const AUDIENCE = {
  name: 'charts',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-audience-mapper',
  config: { 'included.custom.audience': 'charts', 'access.token.claim': 'true' },
};

describe('the stock client of the administration, about scopes and mappers', () => {
  let world: World;
  let rest: RestClient;
  let acme: TenantRef;
  let admin: KeycloakAdminClient;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme', template: 'realm' });
    rest = await serveWorld(world);
    // The client compares the end of the token with the time of its process.
    world.clock.advance((Date.now() - world.clock.now().getTime()) / 1000);
    const permissions = ['client:read', 'client:write', 'client:delete', 'role:read'];
    const { client, secret } = await world.newClient(acme, { grantTypes: ['client_credentials'], permissions });
    const { json } = await rest.ask('POST', '/t/acme/oauth/token', {
      headers: {
        authorization: `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${rest.port}`, realmName: 'acme' });
    admin.setAccessToken(json.access_token);
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  it('makes, finds, changes and deletes client scopes', async () => {
    const { id } = await admin.clientScopes.create({ name: 'tides', protocol: 'openid-connect' });
    const shown = {
      id,
      name: 'tides',
      protocol: 'openid-connect',
      attributes: { 'include.in.token.scope': 'true' },
    };
    expect(await admin.clientScopes.findOne({ id })).toEqual(shown);
    expect(await admin.clientScopes.findOneByName({ name: 'tides' })).toEqual(shown);
    await admin.clientScopes.update({ id }, { ...shown, description: 'Ebb and flood' });
    expect(await admin.clientScopes.findOne({ id })).toEqual({ ...shown, description: 'Ebb and flood' });
    await expect(admin.clientScopes.create({ name: 'tides', protocol: 'openid-connect' })).rejects.toThrow(
      'Client Scope tides already exists',
    );
    await admin.clientScopes.delByName({ name: 'tides' });
    expect(await admin.clientScopes.findOne({ id })).toBeNull();
    const names = (await admin.clientScopes.find()).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['profile', 'email', 'roles', 'offline_access']));
  });

  it('gives scopes to new clients', async () => {
    const { id } = await admin.clientScopes.create({ name: 'winds', protocol: 'openid-connect' });
    const winds = { id, name: 'winds', protocol: 'openid-connect' };
    await admin.clientScopes.addDefaultClientScope({ id });
    expect(await admin.clientScopes.listDefaultClientScopes()).toContainEqual(winds);
    await expect(admin.clientScopes.addDefaultOptionalClientScope({ id })).rejects.toThrow('conflict');
    await admin.clientScopes.delDefaultClientScope({ id });
    await admin.clientScopes.addDefaultOptionalClientScope({ id });
    expect(await admin.clientScopes.listDefaultOptionalClientScopes()).toContainEqual(winds);
    await admin.clientScopes.delDefaultOptionalClientScope({ id });
    expect(await admin.clientScopes.listDefaultOptionalClientScopes()).not.toContainEqual(winds);
  });

  it('gives scopes to a client, whose mappers are then those of its tokens', async () => {
    const { client } = await world.newClient(acme, { scopes: [] });
    const mappers = async (...scopes: string[]) => {
      const record = (await world.services.clientDirectory.byClientId(acme.id, client.clientId))!;
      return (await world.services.scopeMappers.forToken(record, scopes)).map(({ name }) => name);
    };
    const ofClient = { id: client.id };
    const { id: clientScopeId } = await admin.clientScopes.create({ name: 'moor', protocol: 'openid-connect' });
    const moor = { id: clientScopeId, name: 'moor' };
    await admin.clientScopes.addProtocolMapper({ id: clientScopeId }, CLAIM);
    await admin.clients.addOptionalClientScope({ ...ofClient, clientScopeId });
    expect(await admin.clients.listOptionalClientScopes(ofClient)).toEqual([moor]);
    expect([await mappers(), await mappers('moor')]).toEqual([[], ['berth']]);
    await admin.clients.delOptionalClientScope({ ...ofClient, clientScopeId });
    await admin.clients.addDefaultClientScope({ ...ofClient, clientScopeId });
    expect(await admin.clients.listDefaultClientScopes(ofClient)).toEqual([moor]);
    await admin.clients.addProtocolMapper(ofClient, AUDIENCE);
    expect(await mappers()).toEqual(['berth', 'charts']);
    await admin.clients.delDefaultClientScope({ ...ofClient, clientScopeId });
    expect(await mappers()).toEqual(['charts']);
  });

  describe.each(['clients', 'clientScopes'] as const)('for %s', (kind) => {
    let id: string;
    beforeAll(async () => {
      id =
        kind === 'clients'
          ? (await world.newClient(acme)).client.id
          : (await admin.clientScopes.create({ name: 'berths', protocol: 'openid-connect' })).id;
    });

    it('adds, shows, changes and deletes mappers', async () => {
      const resource = admin[kind];
      await resource.addProtocolMapper({ id }, CLAIM);
      await resource.addMultipleProtocolMappers({ id }, [AUDIENCE]);
      const listed = await resource.listProtocolMappers({ id });
      expect(listed).toEqual(
        [CLAIM, AUDIENCE].map((one) => ({ ...one, id: expect.any(String), consentRequired: false })),
      );
      const [first] = listed;
      const mapperId = first!.id!;
      const find = () =>
        kind === 'clients'
          ? admin.clients.findProtocolMapperById({ id, mapperId })
          : admin.clientScopes.findProtocolMapper({ id, mapperId });
      expect(await find()).toEqual(first);
      expect(await resource.findProtocolMapperByName({ id, name: 'charts' })).toEqual(listed[1]);
      expect(await resource.findProtocolMappersByProtocol({ id, protocol: 'openid-connect' })).toEqual(listed);
      await resource.updateProtocolMapper(
        { id, mapperId },
        { ...first, config: { ...CLAIM.config, 'claim.value': 'C8' } },
      );
      expect(await find()).toMatchObject({ name: 'berth', config: { 'claim.value': 'C8' } });
      await resource.delProtocolMapper({ id, mapperId });
      expect(await find()).toBeNull();
      await expect(resource.addProtocolMapper({ id }, AUDIENCE)).rejects.toThrow(
        'Protocol mapper exists with same name',
      );
    });

    it('maps roles of the realm and of a client', async () => {
      const resource = admin[kind];
      const role = await world.newRole(acme);
      const { client } = await world.newClient(acme);
      const own = await world.newRole(acme, { name: 'keeper', clientUuid: client.id });
      const ofClient = { id, client: client.id };
      const has = async (roles: Promise<{ name?: string }[]>, name: string) =>
        (await roles).some((one) => one.name === name);
      expect(await has(resource.listAvailableRealmScopeMappings({ id }), role.name)).toBe(true);
      expect(await has(resource.listAvailableClientScopeMappings(ofClient), 'keeper')).toBe(true);
      const ofRealm = [{ id: role.id, name: role.name }];
      const ofOther = [{ id: own.id, name: own.name }];
      await resource.addRealmScopeMappings({ id }, ofRealm);
      await resource.addClientScopeMappings(ofClient, ofOther);
      expect(await has(resource.listRealmScopeMappings({ id }), role.name)).toBe(true);
      expect(await has(resource.listClientScopeMappings(ofClient), 'keeper')).toBe(true);
      expect(await has(resource.listCompositeRealmScopeMappings({ id }), role.name)).toBe(true);
      expect(await has(resource.listCompositeClientScopeMappings(ofClient), 'keeper')).toBe(true);
      expect(await resource.listScopeMappings({ id })).toMatchObject({
        realmMappings: [{ name: role.name }],
        clientMappings: { [client.clientId]: { mappings: [{ name: 'keeper' }] } },
      });
      await resource.delRealmScopeMappings({ id }, ofRealm);
      await resource.delClientScopeMappings(ofClient, ofOther);
      expect(await resource.listScopeMappings({ id })).toEqual({ realmMappings: [], clientMappings: {} });
    });
  });
});
