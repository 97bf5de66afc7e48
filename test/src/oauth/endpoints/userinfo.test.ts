import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CreateClient } from '../../../../src/clients/index.ts';
import type { RequestedClaims } from '../../../../src/oauth/grants/authorization-code.ts';
import { CLAIMS_OF_GROUP } from '../../../../src/oauth/tokens/user-claims.ts';
import type { KnownTenant } from '../../../../src/tenants/index.ts';
import type { CreateUser } from '../../../../src/users/index.ts';
import { openTestDatabase } from '../../../support/database.ts';
import { callerOf, scopeLinks, TEST_REDIRECT, TestBrowserUser, TestClient } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

const ALL_SCOPES = ['openid', 'profile', 'email', 'address', 'phone'];
const NO_ID_TOKEN = { idToken: {} };

let world: World;
let acme: KnownTenant;
let statements: string[] = [];
beforeAll(async () => {
  world = await World.open(await openTestDatabase((statement) => statements.push(statement)));
  // The node has read all events of others, so what it remembers counts.
  vi.spyOn(world.services.eventEngine.follower, 'isFresh').mockReturnValue(true);
  acme = await world.tenant({ name: 'acme' });
});
afterAll(() => world.close());

const newUser = async (person: CreateUser, client: CreateClient = {}): Promise<TestBrowserUser> => {
  const made = await TestClient.create(world, acme, {
    grantTypes: ['authorization_code', 'refresh_token'],
    redirects: [{ uri: TEST_REDIRECT }],
    scopes: scopeLinks([...ALL_SCOPES, 'groups', 'offline_access']),
    ...client,
  });
  return TestBrowserUser.create(world, made, person);
};
const claimsAt = async (accessToken: string, kind = 'native') =>
  world.services.oauth.userinfo.claims(await callerOf(world, accessToken), acme, kind);
const claimsFor = async (user: TestBrowserUser, scopes: readonly string[], claims: RequestedClaims | null = null) =>
  claimsAt((await user.tokens({ scopes, claims })).accessToken);

const ANNA: CreateUser = {
  username: 'anna',
  givenName: 'Anna',
  familyName: 'Berg',
  middleName: 'Maria',
  locale: 'de',
  email: 'anna@example.com',
  emailVerified: true,
  phone: '+4930123456',
  attributes: {
    nickname: 'Annie',
    profile: 'https://anna.example/about',
    picture: ['https://anna.example/me.png'],
    website: 'https://anna.example',
    gender: 'female',
    birthdate: '1990-02-03',
    zoneinfo: 'Europe/Berlin',
    address: {
      street_address: 'Hauptstr. 1',
      locality: 'Berlin',
      postal_code: '10115',
      country: 'DE',
      letter_box: '3',
    },
    department: 'd1',
  },
};

describe('userinfo', () => {
  it('has the claims of OpenID Connect Core 5.1 that the scopes allow', async () => {
    const anna = await newUser(ANNA);
    expect(await claimsFor(anna, ALL_SCOPES)).toEqual({
      sub: anna.user.id,
      name: 'Anna Berg',
      given_name: 'Anna',
      family_name: 'Berg',
      middle_name: 'Maria',
      nickname: 'Annie',
      preferred_username: 'anna',
      profile: 'https://anna.example/about',
      picture: 'https://anna.example/me.png',
      website: 'https://anna.example',
      gender: 'female',
      birthdate: '1990-02-03',
      zoneinfo: 'Europe/Berlin',
      locale: 'de',
      updated_at: anna.user.updatedAt.getTime() / 1000,
      email: 'anna@example.com',
      email_verified: true,
      phone_number: '+4930123456',
      phone_number_verified: false,
      address: { street_address: 'Hauptstr. 1', locality: 'Berlin', postal_code: '10115', country: 'DE' },
    });
  });

  it.each([
    ['profile', CLAIMS_OF_GROUP.profile],
    ['email', CLAIMS_OF_GROUP.email],
    ['address', CLAIMS_OF_GROUP.address],
    ['phone', CLAIMS_OF_GROUP.phone],
  ] as const)('gives for the scope %s its claims and no others (OIDC Core 5.4)', async (scope, names) => {
    const user = await newUser({ ...ANNA, username: `anna-${scope}`, email: `${scope}@example.com` });
    expect(Object.keys(await claimsFor(user, ['openid', scope])).sort()).toEqual(['sub', ...names].sort());
  });

  it('leaves out what the user has not, and attributes that are no text', async () => {
    const attributes = { nickname: 7, website: '', picture: [], gender: { a: 1 }, birthdate: null, address: ['', 1] };
    const plain = await newUser({ username: 'plain', attributes });
    expect(await claimsFor(plain, ALL_SCOPES)).toEqual({
      sub: plain.user.id,
      preferred_username: 'plain',
      updated_at: expect.any(Number),
    });
  });

  it.each([
    ['one text', 'Hauptstr. 1\n10115 Berlin', { formatted: 'Hauptstr. 1\n10115 Berlin' }],
    ['the first of a list', [{ locality: 'Berlin' }, { locality: 'Bonn' }], { locality: 'Berlin' }],
    ['members of another type', { locality: 7, country: 'DE', region: null }, { country: 'DE' }],
    ['no member of the claim', { town: 'Berlin' }, undefined],
  ])('reads an address from the attribute: %s (OIDC Core 5.1.1)', async (what, address, shown) => {
    const user = await newUser({ username: `address-${what.replaceAll(' ', '-')}`, attributes: { address } });
    expect((await claimsFor(user, ['openid', 'address']))['address']).toEqual(shown);
  });

  it('has the claims that the request asked for by name, within the granted scopes (OIDC Core 5.5)', async () => {
    const user = await newUser({ ...ANNA, username: 'asks', email: 'asks@example.com' });
    const asked = { ...NO_ID_TOKEN, userinfo: { email: { essential: true }, nickname: null, unheard_of: null } };
    // The scope of the access token is narrowed at a refresh; the family still has the wider one.
    const issued = await user.tokens({ scopes: ['openid', 'email'], claims: asked });
    expect(await claimsAt(issued.accessToken)).toMatchObject({ email: 'asks@example.com' });
    expect(await claimsFor(user, ['openid'], asked)).toEqual({ sub: user.user.id });
  });

  it('gives a trusted client the claims that it asked for and may ask for, also after a refresh', async () => {
    const scopes = scopeLinks(['openid', 'email', 'offline_access']);
    const user = await newUser(
      { ...ANNA, username: 'trusts', email: 'trusts@example.com' },
      { consent: 'trusted', scopes },
    );
    const claims = { ...NO_ID_TOKEN, userinfo: { email: null, nickname: null, phone_number: null } };
    for (const isOffline of [false, true]) {
      const first = await user.tokens({ claims, isOffline });
      const next = await user.client.request('refresh_token', { refresh_token: first.refreshToken! });
      for (const { accessToken } of [first, next])
        expect(await claimsAt(accessToken)).toEqual({ sub: user.user.id, email: 'trusts@example.com' });
    }
  });

  it('does not show there what was asked for in the ID token', async () => {
    const user = await newUser({ ...ANNA, username: 'apart', email: 'apart@example.com' }, { consent: 'trusted' });
    const claims = { idToken: { email: null }, userinfo: {} };
    expect(await claimsFor(user, ['openid'], claims)).toEqual({ sub: user.user.id });
  });

  it('forgets what was asked for once the client may not ask for it any more', async () => {
    const user = await newUser({ ...ANNA, username: 'loses', email: 'loses@example.com' }, { consent: 'trusted' });
    const { accessToken } = await user.tokens({ claims: { ...NO_ID_TOKEN, userinfo: { email: null } } });
    expect(await claimsAt(accessToken)).toHaveProperty('email');
    await world.services.clients.update(world.system(acme), user.client.uuid, { scopes: scopeLinks(['openid']) });
    expect(await claimsAt(accessToken)).not.toHaveProperty('email');
  });

  it('reads one row for a token that was seen before, whatever was asked for', async () => {
    const user = await newUser({ ...ANNA, username: 'fast', email: 'fast@example.com' }, { consent: 'trusted' });
    const claims = { idToken: { name: null }, userinfo: { email: null, address: null } };
    const { accessToken } = await user.tokens({ scopes: ['openid', 'profile'], claims });
    await claimsAt(accessToken);
    statements = [];
    expect(Object.keys(await claimsAt(accessToken))).toContain('address');
    expect(statements.filter((statement) => /^(with|select|insert|update|delete)/i.test(statement))).toHaveLength(1);
  });

  it('refuses a token without openid where the kind of issuer demands it (OIDC Core 5.3)', async () => {
    const user = await newUser({ username: 'closed' });
    const { accessToken } = await user.tokens({ scopes: ['profile'] });
    await expect(claimsAt(accessToken)).rejects.toMatchObject({ code: 'SCOPE_INSUFFICIENT' });
    const suite = await user.tokens({ scopes: ['profile'], issuerKind: 'suite' });
    expect(await claimsAt(suite.accessToken, 'suite')).toMatchObject({ preferred_username: 'closed' });
    await expect(claimsAt(suite.accessToken)).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
  });

  it('shows every scope and claim that discovery names, and no others', async () => {
    const { scopes_supported, claims_supported } = await world.services.oauth.discovery.document(acme, 'native', {});
    expect(scopes_supported).toEqual(['openid', 'profile', 'email', 'address', 'phone', 'groups', 'offline_access']);
    const suite = await world.services.oauth.discovery.document(acme, 'suite', {});
    // It is asked for lasting access by a parameter.
    expect(suite['scopes_supported']).not.toContain('offline_access');
    const user = await newUser({ ...ANNA, username: 'shown', email: 'shown@example.com' });
    const shown = await claimsFor(user, [...ALL_SCOPES, 'groups']);
    expect([...(claims_supported as string[])].sort()).toEqual(Object.keys(shown).sort());
  });
});
