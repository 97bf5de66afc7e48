import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import type { CreateClient } from '../../../src/clients/index.ts';
import { callerOf } from '../../support/oauth.ts';
import { type RealmWorld, realmOfSuite } from '../../support/realm.ts';

/** Where claims go, and the switch of a mapper for each place. */
const SWITCHES = {
  access: 'access.token.claim',
  id: 'id.token.claim',
  userinfo: 'userinfo.token.claim',
  introspection: 'introspection.token.claim',
} as const;
type Place = keyof typeof SWITCHES;
const PLACES = Object.keys(SWITCHES) as Place[];

const onlyAt = (...places: readonly Place[]): Record<string, string> =>
  Object.fromEntries(PLACES.map((place) => [SWITCHES[place], String(places.includes(place))]));
const EVERYWHERE = onlyAt(...PLACES);

const mapper = (type: string, config: Record<string, string>, name = 'm') => ({
  name,
  type: `oidc-${type}-mapper`,
  config,
});
const fixed = (claim: string, value: string, config: Record<string, string> = EVERYWHERE, name = claim) =>
  mapper('hardcoded-claim', { 'claim.name': claim, 'claim.value': value, ...config }, name);

/** Scopes of a client, whose mappers are those of every realm. */
const SCOPES = ['openid', 'profile', 'email', 'offline_access'].map((name) => ({
  name,
  isDefault: name === 'profile',
}));

describe('mappers and scope roles at the issuer of a realm', () => {
  const realm = realmOfSuite();

  const client = async (mappers: readonly ReturnType<typeof mapper>[], input: CreateClient = {}) => {
    const made = await realm.client({ scopes: SCOPES, ...input });
    await realm.world.services.mappers.add(realm.world.system(realm.acme), { clientUuid: made.client.id }, mappers);
    return made;
  };
  const verified = async (token: string): Promise<JWTPayload> => {
    const { json } = await realm.rest.ask('GET', '/realms/acme/protocol/openid-connect/certs');
    const now = realm.world.clock.now();
    return (await jwtVerify(token, createLocalJWKSet(json), { currentDate: now })).payload;
  };
  const introspect = async (form: Record<string, string>, token: string) =>
    (await realm.post('token/introspect', { ...form, token })).json;
  /** What each place says about the user of an answer of the token endpoint. */
  const readPlaces = async (
    form: Record<string, string>,
    tokens: { readonly access_token: string; readonly id_token: string },
  ): Promise<Record<Place, Record<string, unknown>>> => {
    const authorization = `Bearer ${tokens.access_token}`;
    const userinfo = '/realms/acme/protocol/openid-connect/userinfo';
    return {
      access: await verified(tokens.access_token),
      id: await verified(tokens.id_token),
      userinfo: (await realm.rest.ask('GET', userinfo, { headers: { authorization } })).json,
      introspection: await introspect(form, tokens.access_token),
    };
  };
  const signIn = async (form: Record<string, string>, user: Parameters<RealmWorld['signIn']>[1], scope = 'openid') => {
    const answer = await realm.signIn(form, user, { scope });
    expect(answer.status).toBe(200);
    return answer.json;
  };
  const freya = () =>
    realm.user({
      givenName: 'Freya',
      familyName: 'Lindqvist',
      attributes: { berth: 'B-7', crew: ['deck', 'engine'], tally: '41', aboard: 'true' },
    });

  it.each<[string, string, Record<string, string>, Record<string, unknown>]>([
    ['an attribute', 'usermodel-attribute', { 'user.attribute': 'berth', 'claim.name': 'berth' }, { berth: 'B-7' }],
    [
      'an attribute below other members',
      'usermodel-attribute',
      { 'user.attribute': 'berth', 'claim.name': 'ship.place.berth' },
      { ship: { place: { berth: 'B-7' } } },
    ],
    [
      'an attribute whose claim has a dot in its name',
      'usermodel-attribute',
      { 'user.attribute': 'berth', 'claim.name': 'ship\\.berth' },
      { 'ship.berth': 'B-7' },
    ],
    [
      'all values of an attribute',
      'usermodel-attribute',
      { 'user.attribute': 'crew', 'claim.name': 'crew', multivalued: 'true' },
      { crew: ['deck', 'engine'] },
    ],
    [
      'a number',
      'usermodel-attribute',
      { 'user.attribute': 'tally', 'claim.name': 'tally', 'jsonType.label': 'long' },
      { tally: 41 },
    ],
    [
      'yes or no',
      'usermodel-attribute',
      { 'user.attribute': 'aboard', 'claim.name': 'aboard', 'jsonType.label': 'boolean' },
      { aboard: true },
    ],
    ['a property', 'usermodel-property', { 'user.attribute': 'lastName', 'claim.name': 'last' }, { last: 'Lindqvist' }],
    ['the full name', 'full-name', {}, { name: 'Freya Lindqvist' }],
    [
      'a fixed object',
      'hardcoded-claim',
      { 'claim.name': 'port', 'claim.value': '{"code":"SKA"}', 'jsonType.label': 'JSON' },
      { port: { code: 'SKA' } },
    ],
    [
      'a note of the session',
      'usersessionmodel-note',
      { 'user.session.note': 'AUTH_TIME', 'claim.name': 'boarded', 'jsonType.label': 'long' },
      { boarded: expect.any(Number) },
    ],
  ])(
    '%s stands in both tokens, at userinfo and at introspection, also after a refresh',
    async (_what, type, config, expected) => {
      const { form } = await client([mapper(type, { ...EVERYWHERE, ...config })]);
      const tokens = await signIn(form, await freya());
      const refreshed = await realm.post('token', {
        ...form,
        grant_type: 'refresh_token',
        refresh_token: tokens.refresh_token,
      });
      for (const answer of [tokens, refreshed.json]) {
        const places = await readPlaces(form, answer);
        for (const place of PLACES) expect([place, places[place]]).toEqual([place, expect.objectContaining(expected)]);
      }
    },
  );

  it('each mapper writes where its switches say and nowhere else', async () => {
    const { form } = await client(PLACES.map((place) => fixed(`only_${place}`, 'x', onlyAt(place))));
    const places = await readPlaces(form, await signIn(form, await freya()));
    const seen = PLACES.map((place) => Object.keys(places[place]).filter((name) => name.startsWith('only_')));
    expect(seen).toEqual(PLACES.map((place) => [`only_${place}`]));
  });

  it('introspection leaves out what mappers write into access tokens alone, and keeps the rest', async () => {
    const hidden = { ...onlyAt('access'), 'included.custom.audience': 'https://quay.example' };
    const shown = { ...onlyAt('introspection'), 'included.custom.audience': 'https://pier.example' };
    const roles = { 'claim.name': 'realm_access.roles', multivalued: 'true', ...onlyAt('access') };
    const { form } = await client([
      fixed('ship.name', 'Skuld', onlyAt('access'), 'a'),
      fixed('ship.length', '40', EVERYWHERE, 'b'),
      mapper('audience', hidden, 'c'),
      mapper('audience', shown, 'd'),
      mapper('usermodel-realm-role', roles, 'e'),
    ]);
    const role = await realm.world.newRole(realm.acme);
    const user = await freya();
    await realm.world.grantRole(realm.acme, { holderKind: 'user', holderId: user.id, roleId: role.id });
    const { access, introspection } = await readPlaces(form, await signIn(form, user));
    expect(access).toMatchObject({
      ship: { name: 'Skuld', length: '40' },
      aud: 'https://quay.example',
      realm_access: { roles: expect.arrayContaining([role.name]) },
    });
    expect(introspection).toMatchObject({ active: true, ship: { length: '40' }, aud: 'https://pier.example' });
    expect(introspection['ship']).not.toHaveProperty('name');
    expect(introspection).not.toHaveProperty('realm_access');
  });

  it('names of roles and audiences come from the roles that the token has', async () => {
    const { world, acme } = realm;
    const harbour = await world.newClient(acme, { clientId: 'harbour' });
    const [mate, pilot] = [
      await world.newRole(acme, { name: 'mate' }),
      await world.newRole(acme, { name: 'pilot', clientUuid: harbour.client.id }),
    ];
    const { form, client: own } = await client([
      mapper('usermodel-realm-role', {
        ...EVERYWHERE,
        'claim.name': 'ranks',
        multivalued: 'true',
        'usermodel.realmRoleMapping.rolePrefix': 'sea:',
      }),
      mapper(
        'usermodel-client-role',
        {
          ...EVERYWHERE,
          'claim.name': 'licences',
          multivalued: 'true',
          'usermodel.clientRoleMapping.clientId': 'harbour',
        },
        'licences',
      ),
      mapper('audience', { ...onlyAt('access', 'id'), 'included.client.audience': 'lighthouse' }, 'aud'),
    ]);
    const user = await freya();
    for (const { id: roleId } of [mate, pilot])
      await world.grantRole(acme, { holderKind: 'user', holderId: user.id, roleId });
    const places = await readPlaces(form, await signIn(form, user));
    for (const place of PLACES)
      expect(places[place]).toMatchObject({ ranks: expect.arrayContaining(['sea:mate']), licences: ['pilot'] });
    expect(places.access['aud']).toEqual(['harbour', 'lighthouse']);
    expect(places.id['aud']).toEqual([own.clientId, 'lighthouse']);
  });

  it('no mapper changes what says who issued a token, to whom and for what', async () => {
    const names = [
      'iss',
      'sub',
      'exp',
      'iat',
      'jti',
      'typ',
      'azp',
      'sid',
      'gid',
      'knd',
      'client_id',
      'scope',
      'acr',
      'aud',
    ];
    const forged = [...names, 'session_state', 'realm_access.roles', 'resource_access.account.roles', 'active'];
    const { form, client: own } = await client([
      ...forged.map((name) => fixed(name, 'forged')),
      mapper('usermodel-attribute', { ...EVERYWHERE, 'user.attribute': 'berth', 'claim.name': 'sub' }, 'attribute'),
    ]);
    const user = await freya();
    const places = await readPlaces(form, await signIn(form, user));
    for (const place of PLACES) expect(JSON.stringify(places[place])).not.toMatch(/forged|B-7/);
    expect(places.access).toMatchObject({ sub: user.id, azp: own.clientId, typ: 'Bearer', knd: 'user' });
    expect(places.introspection).toMatchObject({ active: true, sub: user.id });
  });

  it('mappers of an optional scope act where it was asked for, and those of the client replace theirs', async () => {
    const { world, acme } = realm;
    const mappers = [fixed('tide', 'low'), fixed('moon', 'new')];
    await world.services.clientScopes.create(world.system(acme), { name: 'almanac', mappers });
    const scopes = [...SCOPES, { name: 'almanac', isDefault: false }];
    const { form } = await client([fixed('moon', 'full')], { scopes });
    const user = await freya();
    const without = await verified((await signIn(form, user)).access_token);
    expect([without['tide'], without['moon']]).toEqual([undefined, 'full']);
    const withIt = await verified((await signIn(form, user, 'openid almanac')).access_token);
    expect([withIt['tide'], withIt['moon']]).toEqual(['low', 'full']);
  });

  it('claims that make a token longer than a request carries are left out', async () => {
    const long = 'x'.repeat(4000);
    const { form } = await client(['a', 'b', 'c', 'd', 'e'].map((name) => fixed(name, long)));
    const claims = await verified((await signIn(form, await freya())).access_token);
    expect(['a', 'b', 'c', 'd', 'e'].filter((name) => claims[name] === long)).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each(['jwt', 'opaque'] as const)('%s tokens of a client have the claims of its account', async (tokenFormat) => {
    const { world, acme } = realm;
    const { client: own, secret } = await world.services.serviceAccounts.createClient(world.system(acme), {
      grantTypes: ['client_credentials'],
      hasServiceAccount: true,
      tokenFormat,
    });
    await world.services.mappers.add(world.system(acme), { clientUuid: own.id }, [
      mapper('usermodel-property', { ...EVERYWHERE, 'user.attribute': 'username', 'claim.name': 'login' }, 'login'),
      mapper('usersessionmodel-note', { ...EVERYWHERE, 'user.session.note': 'client_id', 'claim.name': 'by' }, 'by'),
      fixed('quay', 'north', onlyAt('introspection')),
    ]);
    const form = { client_id: own.clientId, client_secret: secret! };
    const { json } = await realm.post('token', { ...form, grant_type: 'client_credentials' });
    expect(await introspect(form, json.access_token)).toMatchObject({
      login: `service-account-${own.clientId.toLowerCase()}`,
      by: own.clientId,
      quay: 'north',
    });
  });

  describe('scope roles', () => {
    it('alone stand in the tokens of a client without the full role scope, and act there', async () => {
      const { world, acme } = realm;
      const { form, client: own } = await client([], { fullRoleScope: false });
      const [allowed, inner, other] = [
        await world.newRole(acme, { permissions: ['user:read'] }),
        await world.newRole(acme, { permissions: ['group:read'] }),
        await world.newRole(acme, { permissions: ['role:read'] }),
      ];
      const outer = await world.newRole(acme, { childIds: [inner.id] });
      const itsOwn = await world.newRole(acme, { name: 'clerk', clientUuid: own.id });
      const user = await freya();
      for (const { id: roleId } of [allowed, outer, other, itsOwn])
        await world.grantRole(acme, { holderKind: 'user', holderId: user.id, roleId });
      const readToken = async () => {
        const token = (await signIn(form, user)).access_token;
        return { claims: await verified(token), caller: await callerOf(world, token) };
      };
      const before = await readToken();
      expect(before.claims).toMatchObject({
        realm_access: { roles: [] },
        resource_access: { [own.clientId]: { roles: ['clerk'] } },
      });
      const authority = world.system(acme);
      await world.services.scopeRoles.add(authority, { clientUuid: own.id }, [{ id: allowed.id }, { id: outer.id }]);
      const { claims, caller } = await readToken();
      expect(claims['realm_access']).toEqual({ roles: [allowed.name, inner.name, outer.name].sort() });
      const holds = (permission: string) => caller.permissions.reachOf(permission as never);
      expect([holds('user:read'), holds('group:read'), holds('role:read')]).toEqual(['tenant', 'tenant', null]);
      expect(before.caller.permissions.reachOf('user:read')).toBeNull();
    });

    it('of an optional scope count for tokens with that scope', async () => {
      const { world, acme } = realm;
      const role = await world.newRole(acme, { permissions: ['user:read'] });
      const authority = world.system(acme);
      const { id: clientScopeId } = await world.services.clientScopes.create(authority, { name: 'watch' });
      await world.services.scopeRoles.add(authority, { clientScopeId }, [{ id: role.id }]);
      const scopes = [...SCOPES, { name: 'watch', isDefault: false }];
      const { form } = await client([], { fullRoleScope: false, scopes });
      const user = await freya();
      await world.grantRole(acme, { holderKind: 'user', holderId: user.id, roleId: role.id });
      for (const [scope, roles] of [
        ['openid', []],
        ['openid watch', [role.name]],
      ] as const)
        expect((await verified((await signIn(form, user, scope)).access_token))['realm_access']).toEqual({ roles });
    });

    it('decide which of the roles of a client stand in its token', async () => {
      const { world, acme } = realm;
      const { form, client: own } = await client([], { fullRoleScope: false });
      const role = await world.newRole(acme, { permissions: ['user:read'] });
      await world.grantRole(acme, { holderKind: 'client', holderId: own.id, roleId: role.id });
      const readRoles = async () => {
        const { json } = await realm.post('token', { ...form, grant_type: 'client_credentials', scope: 'openid' });
        return (await verified(json.access_token))['realm_access'];
      };
      expect(await readRoles()).toEqual({ roles: [] });
      await world.services.scopeRoles.add(world.system(acme), { clientUuid: own.id }, [{ id: role.id }]);
      expect(await readRoles()).toEqual({ roles: [role.name] });
    });
  });
});
