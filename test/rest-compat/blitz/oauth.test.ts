import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../rest-compat/index.ts';
import { blitzOfSuite } from '../../support/blitz.ts';
import { serveDialects } from '../../support/rest.ts';

const FORM = 'application/x-www-form-urlencoded';

describe('Blitz 2.20: OAuth 2.0', () => {
  const blitz = blitzOfSuite();

  const te = (body: string, headers: Record<string, string> = { authorization: blitz.basic }, query = '') =>
    blitz.rest.ask('POST', `/blitz/oauth/te${query}`, { headers: { 'content-type': FORM, ...headers }, body });
  const introspect = (token: string, headers: Record<string, string> = { authorization: blitz.basic }) =>
    blitz.rest.ask('POST', '/blitz/oauth/introspect', {
      headers: { 'content-type': FORM, ...headers },
      body: new URLSearchParams({ token }).toString(),
    });

  it('T17, sample: issues an application token for Basic and a form body', async () => {
    const answer = await te('grant_type=client_credentials&scope=blitz_api_sys_users%20blitz_api_sys_usec_chg');
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'blitz_api_sys_users blitz_api_sys_usec_chg',
    });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    const claims = decodeJwt(answer.json.access_token);
    expect(claims).toMatchObject({ iss: 'https://id.example.com/blitz', aud: ['https://id.example.com/blitz'] });
    expect(decodeProtectedHeader(answer.json.access_token).alg).toBe('RS256');
  });

  it('accepts credentials in the form and parameters in the query string', async () => {
    const inForm = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: blitz.clientId,
      client_secret: blitz.secret,
      scope: 'blitz_api_sys_users',
    }).toString();
    expect((await te(inForm, {})).status).toBe(200);
    const inQuery = await blitz.rest.ask(
      'POST',
      '/blitz/oauth/te?grant_type=client_credentials&scope=blitz_api_sys_ufa',
      {
        headers: { authorization: blitz.basic },
      },
    );
    expect([inQuery.status, inQuery.json.scope]).toEqual([200, 'blitz_api_sys_ufa']);
  });

  it('T18: answers invalid_client, invalid_scope and invalid_request', async () => {
    const good = 'grant_type=client_credentials';
    for (const headers of [
      { authorization: 'Basic cG9ydGFsOndyb25n' },
      {},
      { authorization: 'Basic !' },
      { authorization: 'Bearer x' },
    ] as Record<string, string>[]) {
      const answer = await te(good, headers);
      expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client']);
      expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="blitz"/);
    }
    for (const [body, error] of [
      [`${good}&scope=no_such_scope`, 'invalid_scope'],
      [`${good}&scope=blitz_api_sys_app_chg`, 'invalid_scope'],
      ['', 'invalid_request'],
      ['scope=blitz_api_sys_users', 'invalid_request'],
      ['grant_type=', 'invalid_request'],
      [`${good}&grant_type=password`, 'invalid_request'],
      [`${good}&client_id=portal&client_secret=x`, 'invalid_request'],
      [`${good}&client_id=other`, 'invalid_request'],
      ['grant_type=password&username=a&password=b', 'unsupported_grant_type'],
      ['grant_type=urn:made-up', 'unsupported_grant_type'],
    ] as const) {
      const answer = await te(body);
      expect([body, answer.status, answer.json]).toEqual([body, 400, { error, error_description: expect.any(String) }]);
    }
  });

  it('answers unauthorized_client to a client that may not use the grant', async () => {
    const { client, secret } = await blitz.world.newClient(blitz.tenant, { grantTypes: ['password'] });
    const basic = Buffer.from(`${client.clientId}:${secret}`).toString('base64');
    const answer = await te('grant_type=client_credentials', { authorization: `Basic ${basic}` });
    expect([answer.status, answer.json.error]).toEqual([400, 'unauthorized_client']);
  });

  it('answers 415 to a body that is not a form, and 405 to GET', async () => {
    const answer = await te('{}', { authorization: blitz.basic, 'content-type': 'application/json' });
    expect([answer.status, answer.json.error]).toEqual([415, 'invalid_request']);
    expect((await blitz.rest.ask('GET', '/blitz/oauth/te')).status).toBe(405);
  });

  it('writes one event per token and per refusal, with the transport address', async () => {
    const before = (await blitz.world.events(blitz.tenant)).length;
    await te('grant_type=client_credentials&scope=blitz_api_sys_ufa', {
      authorization: blitz.basic,
      'x-forwarded-for': '203.0.113.9',
      'user-agent': 'Portal/1',
    });
    await te('grant_type=client_credentials&scope=nope');
    expect((await blitz.world.events(blitz.tenant)).slice(before)).toMatchObject([
      { type: 'token.issued', client_id: 'portal', ip: '127.0.0.1', peer_ip: '127.0.0.1', user_agent: 'Portal/1' },
      { type: 'token.refused', client_id: 'portal', reason: 'SCOPE_INVALID', outcome: 'failure' },
    ]);
  });

  it('introspects a token of an application, without sub', async () => {
    const answer = await introspect(await blitz.appToken('blitz_api_sys_usec'));
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      active: true,
      scope: 'blitz_api_sys_usec',
      client_id: 'portal',
      token_type: 'Bearer',
      exp: expect.any(Number),
      iat: expect.any(Number),
      jti: expect.any(String),
    });
  });

  it('introspects a token of a user, with sub; expired, unknown and foreign ones are inactive', async () => {
    const anna = await blitz.account();
    const token = await blitz.userToken(anna, 'blitz_api_usec');
    expect((await introspect(token)).json).toMatchObject({ active: true, sub: anna.id, scope: 'blitz_api_usec' });
    expect((await introspect('nothing')).json).toEqual({ active: false });
    const { client, secret } = await blitz.world.newClient(blitz.tenant, { grantTypes: ['client_credentials'] });
    const basic = Buffer.from(`${client.clientId}:${secret}`).toString('base64');
    expect((await introspect(token, { authorization: `Basic ${basic}` })).json).toEqual({ active: false });
    blitz.world.clock.advance(901);
    expect((await introspect(token)).json).toEqual({ active: false });
  });

  it('introspects only for clients, and requires a token', async () => {
    for (const headers of [{}, { authorization: 'Basic eDp5' }] as Record<string, string>[]) {
      const answer = await introspect('x', headers);
      expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client']);
    }
    expect((await introspect('')).json.error).toBe('invalid_request');
  });

  it('answers the attributes at /me only for tokens of this issuer kind, 401 for any other', async () => {
    const anna = await blitz.account();
    const native = await blitz.userToken(anna, 'openid');
    for (const token of [native, await blitz.appToken('blitz_api_sys_users'), 'nothing']) {
      const answer = await blitz.rest.ask('GET', '/blitz/oauth/me', { token });
      expect([answer.status, answer.json.error]).toEqual([401, 'invalid_token']);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="blitz", error="invalid_token"/);
    }
    expect((await blitz.rest.ask('GET', '/blitz/oauth/me')).headers['www-authenticate']).toBe('Bearer realm="blitz"');
  });

  it('answers the attributes that the scopes of the token allow (sample of /me)', async () => {
    const { world, tenant } = blitz;
    const user = await world.newUser(tenant, {
      givenName: 'Anna',
      familyName: 'Petrova',
      email: 'anna@example.com',
      phone: '79990001122',
    });
    // Tokens of users come from flows in a browser; here the authenticator accepts the scopes in place of a token.
    const callerOf = (scopes: string) => ({
      ...world.user(tenant, user.id),
      issuerKind: 'suite',
      scopes: scopes.split('+'),
    });
    const nobody = () => expect.unreachable('no client, no browser');
    const client = await serveDialects(DIALECTS, world, { bearer: callerOf, apiKey: nobody, client: nobody });
    const me = async (scopes: string) => {
      const answer = await client.ask('GET', '/blitz/oauth/me', { token: scopes });
      expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
      return answer.json;
    };
    expect(await me('openid+profile+email+phone')).toMatchObject({
      sub: user.id,
      family_name: 'Petrova',
      given_name: 'Anna',
      email: 'anna@example.com',
      phone_number: '79990001122',
    });
    expect(await me('email')).toEqual({ sub: user.id, email: 'anna@example.com', email_verified: false });
    expect(await me('openid+usr_grps')).toEqual({ sub: user.id, groups: [] });
    await client.close();
  });

  it('advertises its endpoints, and no revocation endpoint', async () => {
    const answer = await blitz.rest.ask('GET', '/blitz/.well-known/openid-configuration');
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.json).toMatchObject({
      issuer: 'https://id.example.com/blitz',
      token_endpoint: 'https://id.example.com/blitz/oauth/te',
      userinfo_endpoint: 'https://id.example.com/blitz/oauth/me',
      introspection_endpoint: 'https://id.example.com/blitz/oauth/introspect',
      jwks_uri: 'https://id.example.com/blitz/oauth/.well-known/jwks',
      subject_types_supported: ['public'],
    });
    expect(answer.json.id_token_signing_alg_values_supported).toContain('RS256');
    expect(answer.json.revocation_endpoint).toBeUndefined();
    const rfc8414 = await blitz.rest.ask('GET', '/.well-known/oauth-authorization-server/blitz');
    expect(rfc8414.json).toEqual(answer.json);
    const { name } = await blitz.world.tenant();
    const other = await blitz.rest.ask('GET', `/t/${name}/blitz/.well-known/openid-configuration`);
    expect(other.json.issuer).toBe(`https://id.example.com/t/${name}/blitz`);
    expect((await blitz.rest.ask('GET', `/.well-known/oauth-authorization-server/t/${name}/blitz`)).json.issuer).toBe(
      other.json.issuer,
    );
    expect((await blitz.rest.ask('GET', '/t/nobody/blitz/.well-known/openid-configuration')).status).toBe(404);
  });

  it('publishes the keys that verify its tokens, with certificates', async () => {
    const token = await blitz.appToken('blitz_api_sys_users');
    const { json, headers } = await blitz.rest.ask('GET', '/blitz/oauth/.well-known/jwks');
    expect(headers['cache-control']).toBe('public, max-age=300');
    const key = json.keys.find(({ kid }: { kid: string }) => kid === decodeProtectedHeader(token).kid);
    expect(key).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256', e: 'AQAB', x5c: [expect.any(String)] });
    expect(key.d).toBeUndefined();
  });

  it('describes itself at /openapi/blitz.json', async () => {
    const answer = await blitz.rest.ask('GET', '/openapi/blitz.json');
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'https://id.example.com' }] });
    expect(answer.json.paths['/blitz/oauth/te'].post.requestBody.content).toHaveProperty([FORM]);
    expect(answer.json.paths['/blitz/api/v3/users/{subjectId}/auth'].post).toMatchObject({
      'x-graphql': { operation: 'UpdateAuthModes' },
      security: [{ userToken: ['blitz_api_usec_chg'] }, { applicationToken: ['blitz_api_sys_usec_chg'] }],
    });
    expect((await blitz.rest.ask('GET', '/openapi/oidc.json')).json.paths).toHaveProperty(['/t/{tenant}/oauth/token']);
    expect((await blitz.rest.ask('GET', '/openapi/none.json')).status).toBe(404);
  });

  it("answers unknown paths in OAuth's envelope", async () => {
    const answer = await blitz.rest.ask('GET', '/blitz/oauth/nothing');
    expect([answer.status, Object.keys(answer.json)]).toEqual([404, ['error', 'error_description']]);
  });
});
