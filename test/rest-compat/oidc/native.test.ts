import { decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { blitzOfSuite } from '../../support/blitz.ts';

const FORM = 'application/x-www-form-urlencoded';

describe('the native issuer', () => {
  const blitz = blitzOfSuite();

  const post = (
    path: string,
    form: Record<string, string>,
    headers: Record<string, string> = { authorization: blitz.basic },
  ) =>
    blitz.rest.ask('POST', `/t/master/oauth/${path}`, {
      headers: { 'content-type': FORM, ...headers },
      body: new URLSearchParams(form).toString(),
    });
  const signIn = async (scope: string) => {
    const user = await blitz.account();
    const answer = await post('token', {
      grant_type: 'password',
      username: user.username,
      password: 'three-wombats-at-dawn',
      scope,
    });
    return { user, answer };
  };

  it('issues tokens for client credentials (RFC 6749 section 4.4)', async () => {
    const answer = await post('token', { grant_type: 'client_credentials', scope: 'user:read' });
    expect([answer.status, answer.json]).toEqual([
      200,
      { access_token: expect.any(String), token_type: 'Bearer', expires_in: 900, scope: 'user:read' },
    ]);
    expect(decodeProtectedHeader(answer.json.access_token)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('refuses a client id or a secret that is sent twice as invalid_request (RFC 6749 sections 3.2 and 5.2)', async () => {
    const own = { id: `client_id=${blitz.clientId}`, secret: `client_secret=${encodeURIComponent(blitz.secret)}` };
    const ask = (form: string) =>
      blitz.rest.ask('POST', '/t/master/oauth/token', {
        headers: { 'content-type': FORM },
        body: `grant_type=client_credentials&${form}`,
      });
    expect((await ask(`${own.id}&${own.secret}`)).status).toBe(200);
    for (const form of [`${own.id}&${own.secret}&${own.secret}`, `${own.id}&${own.id}&${own.secret}`]) {
      const { status, json } = await ask(form);
      expect([status, json.error]).toEqual([400, 'invalid_request']);
    }
  });

  it('issues and rotates refresh tokens, and revokes the family when a spent one returns (RFC 9700 section 4.14.2)', async () => {
    const { answer } = await signIn('blitz_api_usec');
    expect(answer.status).toBe(200);
    const first = answer.json.refresh_token;
    const refreshed = await post('token', { grant_type: 'refresh_token', refresh_token: first });
    expect(refreshed.status).toBe(200);
    expect(refreshed.json.refresh_token).not.toBe(first);
    const reused = await post('token', { grant_type: 'refresh_token', refresh_token: first });
    expect([reused.status, reused.json.error]).toEqual([400, 'invalid_grant']);
    const dead = await post('token', { grant_type: 'refresh_token', refresh_token: refreshed.json.refresh_token });
    expect([dead.status, dead.json.error]).toEqual([400, 'invalid_grant']);
  });

  it('answers a failed sign-in with invalid_grant, whatever failed', async () => {
    const user = await blitz.account();
    for (const username of [user.username, 'nobody-at-all']) {
      const answer = await post('token', { grant_type: 'password', username, password: 'wrong', scope: 'openid' });
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_grant']);
    }
  });

  it('introspects for its clients, and by bearer for holders of token:introspect', async () => {
    const token = (await post('token', { grant_type: 'client_credentials', scope: 'user:read' })).json.access_token;
    expect((await post('introspect', { token })).json).toMatchObject({
      active: true,
      iss: 'https://id.example.com/t/master',
      aud: ['https://id.example.com/t/master'],
      sub: 'client:portal',
      client_id: 'portal',
    });
    expect((await post('introspect', { token: 'nothing' })).json).toEqual({ active: false });
    const { client, secret } = await blitz.world.newClient(blitz.tenant, {
      grantTypes: ['client_credentials'],
      permissions: ['token:introspect'],
    });
    const basic = `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`;
    const bearer = (await post('token', { grant_type: 'client_credentials' }, { authorization: basic })).json
      .access_token;
    expect((await post('introspect', { token }, { authorization: `Bearer ${bearer}` })).json.active).toBe(true);
    const bad = await post('introspect', { token }, { authorization: 'Bearer x' });
    expect([bad.status, bad.json.error]).toEqual([401, 'invalid_client']);
  });

  it('revokes a token at once, and answers 200 for an invalid one (RFC 7009 section 2.2)', async () => {
    const token = (await post('token', { grant_type: 'client_credentials', scope: 'user:read' })).json.access_token;
    const answer = await post('revoke', { token });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await post('introspect', { token })).json).toEqual({ active: false });
    expect((await post('revoke', { token: 'nothing' })).status).toBe(200);
    expect((await post('revoke', { token }, {})).json.error).toBe('invalid_client');
  });

  it('answers claims at userinfo, by GET and POST, and requires openid (OpenID Connect Core section 5.3)', async () => {
    const { user, answer } = await signIn('openid blitz_api_usec');
    expect(answer.json.id_token).toEqual(expect.any(String));
    for (const method of ['GET', 'POST']) {
      const info = await blitz.rest.ask(method, '/t/master/oauth/userinfo', { token: answer.json.access_token });
      expect([info.status, info.json]).toEqual([200, { sub: user.id }]);
    }
    const poor = (await signIn('blitz_api_usec')).answer.json.access_token;
    const refused = await blitz.rest.ask('GET', '/t/master/oauth/userinfo', { token: poor });
    expect([refused.status, refused.json.error]).toEqual([403, 'insufficient_scope']);
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="idgraph", error="insufficient_scope"');
    const none = await blitz.rest.ask('GET', '/t/master/oauth/userinfo');
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer realm="idgraph"']);
  });

  it('serves keys and metadata, the latter also at the path of RFC 8414 section 3.1', async () => {
    const keys = await blitz.rest.ask('GET', '/t/master/oauth/jwks');
    expect(keys.json.keys[0]).toMatchObject({ kty: 'OKP', crv: 'Ed25519' });
    // A verifier that caches the set as long as allowed reads a new key twice before it signs.
    const keptSeconds = Number(/max-age=(\d+)/.exec(keys.headers['cache-control']!)![1]);
    expect(keptSeconds * 2).toBeLessThanOrEqual(blitz.world.services.oauth.issuers.keyPublishSeconds('EdDSA'));
    const metadata = await blitz.rest.ask('GET', '/t/master/.well-known/openid-configuration');
    expect(metadata.json).toMatchObject({
      issuer: 'https://id.example.com/t/master',
      token_endpoint: 'https://id.example.com/t/master/oauth/token',
      jwks_uri: 'https://id.example.com/t/master/oauth/jwks',
    });
    const other = await blitz.rest.ask('GET', '/.well-known/oauth-authorization-server/t/master');
    expect(other.json).toEqual(metadata.json);
    expect((await blitz.rest.ask('GET', '/t/nobody/oauth/jwks')).status).toBe(404);
  });

  it.each([
    '/t',
    '/t/',
    '/t/master',
    '/t/master/',
    '/t/master/nothing',
    '/.well-known/nothing',
    '/.well-known/oauth-authorization-server',
  ])('answers %s, where nothing is, in its envelope', async (path) => {
    const answer = await blitz.rest.ask('GET', path);
    expect([answer.status, answer.json]).toEqual([
      404,
      { error: 'invalid_request', error_description: 'This path does not exist.' },
    ]);
  });

  it('restricts error descriptions to the characters of RFC 6749 section 5.2', async () => {
    const answer = await post('introspect', {}, { authorization: blitz.basic });
    expect(answer.status).toBe(400);
    expect(answer.json.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
  });
});
