import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { sha256Base64Url } from '../../../src/crypto/index.ts';
import { TEST_REDIRECT, TEST_VERIFIER, TestBrowserUser, TestClient, type TestCodeInput } from '../../support/oauth.ts';
import { RealmWorld, realmOfSuite } from '../../support/realm.ts';

const { refusal } = RealmWorld;
const ENDPOINT = '/realms/acme/protocol/openid-connect/auth';

describe('KOBIL 1: tokens for an authorization code', () => {
  const realm = realmOfSuite();

  const newUser = async () => {
    const client = await TestClient.create(realm.world, realm.acme, {
      grantTypes: ['authorization_code', 'refresh_token'],
      redirects: [{ uri: TEST_REDIRECT, match: 'exact' }],
      scopes: ['openid', 'profile', 'email', 'offline_access'].map((name) => ({ name, isDefault: false })),
    });
    const user = await TestBrowserUser.create(realm.world, client, { givenName: 'Ada', familyName: 'Fern' });
    const form = { client_id: client.clientId, client_secret: client.secret!, grant_type: 'authorization_code' };
    const redeem = (code: string, more: Record<string, string> = {}) =>
      realm.post('token', { ...form, code, redirect_uri: TEST_REDIRECT, ...more });
    const code = (input: TestCodeInput = {}) => user.code({ issuerKind: 'realm', ...input });
    return { client, user, form, redeem, code };
  };

  it('answers three JWTs, whose access token names the person without a demand for claims', async () => {
    const { client, user, redeem, code } = await newUser();
    const challenged = await code({ hasChallenge: true, nonce: 'n-1', scopes: ['openid', 'profile'] });
    const answer = await redeem(challenged, { code_verifier: TEST_VERIFIER });
    expect(answer.status).toBe(200);
    const about = {
      sub: user.user.id,
      azp: client.clientId,
      sid: user.session.id,
      given_name: 'Ada',
      name: 'Ada Fern',
    };
    expect(decodeJwt(answer.json.access_token)).toMatchObject({ ...about, typ: 'Bearer' });
    expect(decodeJwt(answer.json.id_token)).toMatchObject({
      ...about,
      typ: 'ID',
      nonce: 'n-1',
      aud: client.clientId,
      auth_time: expect.any(Number),
      at_hash: expect.any(String),
    });
    expect(decodeJwt(answer.json.refresh_token)).toMatchObject({ typ: 'Refresh', sid: user.session.id });
    const form = { client_id: client.clientId, client_secret: client.secret!, grant_type: 'refresh_token' };
    const again = await realm.post('token', { ...form, refresh_token: answer.json.refresh_token });
    expect(decodeJwt(again.json.access_token)).toMatchObject(about);
  });

  it('says why a code is refused, and leaves it as it is', async () => {
    const { redeem, code } = await newUser();
    const invalid = (text: string) => [400, 'invalid_grant', text];
    const challenged = await code({ hasChallenge: true });
    expect(refusal(await redeem(challenged, { code_verifier: 'w'.repeat(43) }))).toEqual(
      invalid('PKCE verification failed: Code mismatch'),
    );
    expect(refusal(await redeem(challenged))).toEqual(invalid('PKCE code verifier not specified'));
    const elsewhere = { redirect_uri: 'https://evil.example/cb', code_verifier: TEST_VERIFIER };
    expect(refusal(await redeem(challenged, elsewhere))).toEqual(invalid('Incorrect redirect_uri'));
    const another = await newUser();
    expect(refusal(await another.redeem(challenged, { code_verifier: TEST_VERIFIER }))).toEqual(
      invalid('Code not valid'),
    );
    const native = await code({ issuerKind: 'native' });
    expect(refusal(await redeem(native))).toEqual(invalid('Code not valid'));
    expect((await redeem(challenged, { code_verifier: TEST_VERIFIER })).status).toBe(200);
    expect(refusal(await redeem(challenged, { code_verifier: TEST_VERIFIER }))).toEqual(invalid('Code not valid'));
    const late = await code();
    realm.world.clock.advance(61);
    expect(refusal(await redeem(late))).toEqual(invalid('Code not valid'));
  });

  it('is asked for at the authorization endpoint, which answers an application by 302 and everybody else by a page', async () => {
    const { client } = await newUser();
    const ask = (parameters: Record<string, string>, base = '') =>
      realm.rest.ask('GET', `${base}${ENDPOINT}?${new URLSearchParams(parameters)}`, {
        headers: { accept: 'text/html' },
      });
    const request = {
      client_id: client.clientId,
      redirect_uri: TEST_REDIRECT,
      response_type: 'code',
      scope: 'openid',
      state: 's-1',
      code_challenge: sha256Base64Url(TEST_VERIFIER),
      code_challenge_method: 'S256',
    };
    for (const base of ['', '/auth']) {
      const silent = await ask({ ...request, prompt: 'none', response_mode: 'fragment' }, base);
      expect(silent.status).toBe(302);
      const target = new URL(silent.headers.location!);
      expect(`${target.origin}${target.pathname}`).toBe(TEST_REDIRECT);
      expect(Object.fromEntries(new URLSearchParams(target.hash.slice(1)))).toMatchObject({
        error: 'login_required',
        state: 's-1',
        iss: `https://id.example.com${base}/realms/acme`,
      });
      const asked = await ask(request, base);
      expect([asked.status, asked.headers.location]).toEqual([302, expect.stringContaining('/t/acme/sign-in/')]);
    }
    for (const wrong of [{ client_id: 'nobody' }, { redirect_uri: 'https://evil.example/' }]) {
      const page = await ask({ ...request, ...wrong });
      expect([page.status, page.headers['content-type']]).toEqual([400, expect.stringContaining('text/html')]);
    }
  });
});
