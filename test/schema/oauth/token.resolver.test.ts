import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anonymousCaller } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { OAuthParameter } from '../../../src/oauth/index.ts';
import { HOSTILE_TEXTS } from '../../support/hostile-texts.ts';
import { asParameters, callerOf, scopeLinks, TestClient, TestUser } from '../../support/oauth.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const ISSUE =
  'mutation ($input: IssueTokensInput!) { issueTokens(input: $input) { accessToken tokenType expiresIn scope refreshToken idToken } }';
const INTROSPECT =
  'query ($token: String!, $tenant: String) { introspectToken(token: $token, tenant: $tenant) { active scope clientId sub aud holder tokenType exp } }';

describe('tokens over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  let client: TestClient;
  const anonymous = anonymousCaller(TEST_ORIGIN);
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
    client = await TestClient.create(world, acme, {
      permissions: ['user:read'],
      grantTypes: ['client_credentials', 'password'],
      scopes: scopeLinks(['openid', 'profile']),
    });
  });
  afterAll(() => world.close());

  const CLIENT_CREDENTIALS = { grant_type: 'client_credentials' };
  const issue = async (parameters: Readonly<Record<string, string>> = {}, over: object = {}) =>
    issueRaw(asParameters({ ...CLIENT_CREDENTIALS, ...parameters }), over);
  const issueRaw = async (parameters: readonly OAuthParameter[], over: object = {}) =>
    world.graphql(await client.caller(), ISSUE, { input: { parameters, ...over } });

  it('issues tokens to the calling client, and introspects them', async () => {
    const { data, errors } = await issue({ scope: 'user:read' });
    expect(errors).toEqual([]);
    expect(data.issueTokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 900, scope: 'user:read', idToken: null });
    const input = { token: data.issueTokens.accessToken };
    const told = await world.graphql(await client.caller(), INTROSPECT, input);
    expect(told.data.introspectToken).toMatchObject({
      active: true,
      scope: 'user:read',
      clientId: client.clientId,
      aud: ['https://id.example.com/t/acme'],
      holder: 'APPLICATION',
    });
    expect((await world.graphql(world.app(acme), INTROSPECT, input)).data.introspectToken).toEqual({
      active: false,
      scope: null,
      clientId: null,
      sub: null,
      aud: null,
      holder: null,
      tokenType: null,
      exp: null,
    });
  });

  it('issues tokens of the requested issuer kind', async () => {
    expect((await issue({}, { issuerKind: 'SUITE' })).data.issueTokens).toMatchObject({ expiresIn: 3600 });
  });

  it.each([
    [{ scope: 'user:write' }, 'SCOPE_INVALID'],
    [{ grant_type: 'refresh_token' }, 'GRANT_TYPE_NOT_ALLOWED'],
    [{ grant_type: 'implicit' }, 'GRANT_TYPE_UNSUPPORTED'],
    [{ grant_type: '' }, 'GRANT_TYPE_REQUIRED'],
    [{ grant_type: 'password' }, 'TOKEN_PARAMETER_INVALID'],
    [{ scope: 'x '.repeat(10_000) }, 'TOKEN_PARAMETER_INVALID'],
    [{ grant_type: 'password', username: 'nobody', password: 'wrong' }, 'SIGN_IN_REFUSED'],
  ])('refuses %o with %s', async (parameters, code) => {
    expect((await issue(parameters)).code).toBe(code);
  });

  it('refuses a password while a step of the sign-in is missing, and names the step', async () => {
    const tenant = await world.tenant({ settings: { verifyEmail: true } });
    const own = await TestClient.create(world, tenant, { grantTypes: ['password'], scopes: scopeLinks(['openid']) });
    const { id, username, password } = await TestUser.create(world, own);
    const signIn = async () => {
      const parameters = asParameters({ grant_type: 'password', username, password });
      return (await world.graphql(await own.caller(), ISSUE, { input: { parameters } })).code;
    };
    const change = (input: object) => world.services.authModes.update(world.system(tenant), id, input);
    expect(await signIn()).toBe('SIGN_IN_EMAIL_UNVERIFIED');
    await change({ needPasswordChange: true });
    expect(await signIn()).toBe('SIGN_IN_PASSWORD_CHANGE_REQUIRED');
    await world.giveTotp(tenant, id);
    await change({ requiredFactor: 2 });
    expect(await signIn()).toBe('SIGN_IN_FACTOR_REQUIRED');
  });

  it('refuses a request without parameters, and one to a tenant that does not exist', async () => {
    expect((await issueRaw([])).code).toBe('GRANT_TYPE_REQUIRED');
    expect((await issue({}, { tenant: 'no-such-tenant' })).code).toBe('TENANT_REQUIRED');
  });

  it('names the faulty parameter by its position among those sent', async () => {
    const [grantType] = asParameters(CLIENT_CREDENTIALS) as [OAuthParameter];
    const repeated = await issueRaw([grantType, { name: 'scope', values: ['user:read', 'user:read'] }]);
    expect(repeated.errors).toMatchObject([
      {
        message: 'scope: The parameter is repeated.',
        extensions: {
          code: 'TOKEN_PARAMETER_INVALID',
          fields: [{ path: 'input.parameters.1', code: 'PARAMETER_REPEATED' }],
        },
      },
    ]);
    const missing = await issue({ grant_type: 'password', username: 'anna' });
    expect(missing.errors[0]!.extensions).toMatchObject({
      fields: [{ path: 'input.parameters', code: 'PARAMETER_MISSING', message: 'password: The parameter is missing.' }],
    });
  });

  it.each(Object.entries(HOSTILE_TEXTS))('ignores an unknown parameter, whatever its value: %s', async (_, text) => {
    const [grantType] = asParameters(CLIENT_CREDENTIALS) as [OAuthParameter];
    const { data } = await issueRaw([
      { name: text, values: [text, text] },
      { name: 'resource', values: [text] },
      grantType,
    ]);
    expect(data.issueTokens).toMatchObject({ tokenType: 'Bearer' });
  });

  it.each(['grant_type', 'scope', 'username', 'password', 'refresh_token'])(
    'refuses characters that cannot be stored in %s, and records that without them',
    async (name) => {
      for (const text of ['a\0b', 'a\uD800b']) {
        expect((await issue({ [name]: text })).code).toBe('TOKEN_PARAMETER_INVALID');
        expect((await world.events(acme)).at(-1)).toMatchObject({
          type: 'token.refused',
          reason: 'TOKEN_PARAMETER_INVALID',
          params: { grantType: name === 'grant_type' ? null : 'client_credentials', issuerKind: 'native' },
        });
      }
    },
  );

  it('refuses parameters of another form than the schema has', async () => {
    for (const parameters of [null, 'scope', { scope: 'x' }, [{ name: 'scope' }], [{ name: 'scope', values: [1] }]])
      expect((await issueRaw(parameters as never)).code).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('issues no token to callers other than an authenticated client of the tenant', async () => {
    const input = { parameters: asParameters(CLIENT_CREDENTIALS), tenant: 'acme' };
    const neighbour = await TestClient.create(world, await world.tenant(), { clientId: client.clientId });
    const bearer = await callerOf(world, await client.token());
    for (const caller of [anonymous, bearer, await neighbour.caller(), world.user(acme, 'anna')]) {
      expect((await world.graphql(caller, ISSUE, { input })).code).toBe('CLIENT_UNAUTHENTICATED');
    }
  });

  it('issues tokens once in an operation, however it is written (check 58)', async () => {
    const field =
      'issueTokens(input: { parameters: [{ name: "grant_type", values: ["client_credentials"] }] }) { accessToken }';
    const caller = await client.caller();
    for (const document of [
      `mutation { a: ${field} b: ${field} }`,
      `mutation { ...F b: ${field} } fragment F on Mutation { ${field} }`,
      `mutation { a: ${field} ... on Mutation { b: ${field} } }`,
    ]) {
      const result = await world.graphql(caller, document);
      expect(result.data).toBeNull();
      expect(new Set(result.errors.map(({ extensions }) => extensions['code']))).toEqual(
        new Set(['TOKEN_REQUEST_REPEATED']),
      );
    }
  });

  it('revokes', async () => {
    const token = await client.token();
    const REVOKE = 'mutation ($input: RevokeTokenInput!) { revokeToken(input: $input) { isRevoked } }';
    const revoke = async () => world.graphql(await client.caller(), REVOKE, { input: { token } });
    expect((await revoke()).data.revokeToken).toEqual({ isRevoked: true });
    expect((await revoke()).data.revokeToken).toEqual({ isRevoked: false });
    expect((await world.graphql(anonymous, REVOKE, { input: { token, tenant: 'acme' } })).code).toBe(
      'CLIENT_UNAUTHENTICATED',
    );
  });

  it('shows the user of a token', async () => {
    const user = await TestUser.create(world, client, { givenName: 'Anna' });
    const { accessToken } = await user.signIn('openid profile');
    const USERINFO = 'query ($kind: IssuerKind) { userinfo(issuerKind: $kind) }';
    const caller = await callerOf(world, accessToken);
    expect((await world.graphql(caller, USERINFO)).data.userinfo).toMatchObject({ sub: user.id, given_name: 'Anna' });
    expect((await world.graphql(caller, USERINFO, { kind: 'SUITE' })).code).toBe('TOKEN_INVALID');
    expect((await world.graphql(world.app(acme), USERINFO)).code).toBe('TOKEN_INVALID');
  });

  it('shows every caller the keys and metadata of an issuer, for a named tenant', async () => {
    const DOCUMENTS =
      'query ($tenant: String, $kind: IssuerKind) { jwks(tenant: $tenant, issuerKind: $kind) openidConfiguration(tenant: $tenant, issuerKind: $kind) }';
    const native = await world.graphql(anonymous, DOCUMENTS, { tenant: 'acme' });
    expect(native.data.openidConfiguration).toMatchObject({
      issuer: 'https://id.example.com/t/acme',
      token_endpoint: 'https://id.example.com/t/acme/oauth/token',
      jwks_uri: 'https://id.example.com/t/acme/oauth/jwks',
      revocation_endpoint: 'https://id.example.com/t/acme/oauth/revoke',
      grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    });
    const suite = await world.graphql(anonymous, DOCUMENTS, { tenant: 'acme', kind: 'SUITE' });
    expect(suite.data.jwks.keys).toMatchObject([{ alg: 'RS256', x5c: [expect.any(String)] }]);
    expect(suite.data.openidConfiguration).toMatchObject({
      issuer: 'https://id.example.com/t/acme/blitz',
      token_endpoint: 'https://id.example.com/t/acme/blitz/oauth/te',
      grant_types_supported: ['authorization_code', 'client_credentials', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    });
    expect(Object.keys(suite.data.openidConfiguration)).not.toContain('revocation_endpoint');
    expect((await world.graphql(anonymous, DOCUMENTS)).code).toBe('TENANT_REQUIRED');
  });
});

describe('signing keys over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const LIST =
    'query ($tenant: String) { signingKeys(tenant: $tenant) { id kid alg status publicJwk activeFrom retiredAt expiresAt } }';
  const ROTATE =
    'mutation ($input: RotateSigningKeyInput!) { rotateSigningKey(input: $input) { signingKey { id kid } } }';

  it('are listed and replaced with the permissions, found by id, and an event is recorded', async () => {
    const caller = world.app(acme, 'key:read', 'key:rotate');
    const { data } = await world.graphql(caller, ROTATE, { input: { alg: 'EdDSA' } });
    const { id, kid } = data.rotateSigningKey.signingKey;
    const keys = (await world.graphql(caller, LIST)).data.signingKeys;
    expect(keys.map(({ status }: { status: string }) => status).sort()).toEqual(['ACTIVE', 'NEXT']);
    const [next, active] = keys;
    expect(next.activeFrom).toBe(new Date(world.clock.now().getTime() + 600_000).toISOString());
    expect(active).toMatchObject({ status: 'ACTIVE', retiredAt: next.activeFrom });
    expect(keys.find((key: { kid: string }) => key.kid === kid)).toMatchObject({ id, alg: 'EdDSA', expiresAt: null });
    expect(JSON.stringify(keys)).not.toContain('"d"');
    const NODE = 'query ($id: ID!) { node(id: $id) { id ... on SigningKey { kid } } }';
    expect((await world.graphql(caller, NODE, { id })).data.node).toEqual({ id, kid });
    expect((await world.events(acme)).at(-1)).toMatchObject({ type: 'key.rotated', params: { kid, alg: 'EdDSA' } });
  });

  it('have a key for messages beside them, which callers with the permission replace in their tenant', async () => {
    const REPLACE = 'mutation ($tenant: String) { rotateAgreementKey(input: { tenant: $tenant }) { kid activeFrom } }';
    const caller = world.app(acme, 'key:rotate');
    const { data } = await world.graphql(caller, REPLACE);
    const { publicJwk } = await world.services.oauth.keys.agreementKey(acme);
    expect(data.rotateAgreementKey).toEqual({ kid: publicJwk['kid'], activeFrom: world.clock.now().toISOString() });
    const { name } = await world.tenant();
    expect((await world.graphql(caller, REPLACE, { tenant: name })).code).toBe('FORBIDDEN');
    expect((await world.graphql(world.app(acme, 'key:read'), REPLACE)).code).toBe('FORBIDDEN');
  });

  it('are neither shown nor replaced without the permission, or in another tenant', async () => {
    const input = { alg: 'EdDSA' };
    expect((await world.graphql(world.app(acme, 'user:read'), LIST)).code).toBe('FORBIDDEN');
    expect((await world.graphql(world.app(acme, 'key:read'), ROTATE, { input })).code).toBe('FORBIDDEN');
    const foreign = world.app(await world.tenant(), 'key:read', 'key:rotate');
    expect((await world.graphql(foreign, LIST, { tenant: 'acme' })).code).toBe('FORBIDDEN');
    expect((await world.graphql(foreign, ROTATE, { input: { ...input, tenant: 'acme' } })).code).toBe('FORBIDDEN');
  });
});
