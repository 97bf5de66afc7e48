import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endStarted } from '../support/frontend.ts';
import { IdentityProvider } from '../support/relying-parties.ts';

const CALLBACK = 'https://app.example.com/callback';
const SIGNED_OUT = 'https://app.example.com/signed-out';

describe.each(['', '/auth'])('openid-client at a realm below %j', (base) => {
  let provider: IdentityProvider;
  let issuer: string;
  beforeAll(async () => {
    provider = await IdentityProvider.start();
    issuer = provider.issuer.replace('/t/', `${base}/realms/`);
  });
  afterAll(() => endStarted());

  const newApplication = async (input: object = {}) => {
    const scopes = ['openid', 'profile', 'email', 'offline_access'].map((name) => ({ name }));
    const client = await provider.newClient(CALLBACK, SIGNED_OUT, { consent: 'TRUSTED', scopes, ...input });
    const auth = client.secret === null ? oidc.None() : oidc.ClientSecretBasic(client.secret);
    const config = await oidc.discovery(new URL(issuer), client.clientId, client.secret ?? undefined, auth, {
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
    });
    const signIn = async (user: Awaited<ReturnType<IdentityProvider['newUser']>>['user'], asked: object = {}) => {
      const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
      const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: CALLBACK,
        scope: 'openid profile email',
        code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state,
        nonce,
        ...asked,
      });
      const visit = await user.visit(url);
      const checks = { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      return { visit, tokens: await oidc.authorizationCodeGrant(config, visit.url, checks) };
    };
    return { config, signIn };
  };

  it.each([
    ['public', { type: 'PUBLIC' }],
    ['confidential', {}],
  ])('signs users in as a %s client, reads userinfo and refreshes with one token several times', async (_, input) => {
    const { config, signIn } = await newApplication(input);
    expect(config.serverMetadata().issuer).toBe(issuer);
    const { userId, username, user, email } = await provider.newUser();
    const { visit, tokens } = await signIn(user);
    expect([visit.asked, visit.url.searchParams.get('iss')]).toEqual([['PasswordStep'], issuer]);
    const about = { sub: userId, preferred_username: username, name: 'Anna Archer', email };
    expect(tokens.claims()).toMatchObject({ ...about, iss: issuer, typ: 'ID', acr: '1' });
    expect(await oidc.fetchUserInfo(config, tokens.access_token, userId)).toMatchObject(about);
    for (let times = 0; times < 2; times += 1) {
      const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
      expect(refreshed.claims()).toMatchObject({ ...about, iss: issuer, sid: tokens.claims()!['sid'] });
      await oidc.fetchUserInfo(config, refreshed.access_token, userId);
    }
  });

  it('introspects and revokes tokens, and gets one for the application itself', async () => {
    const grantTypes = ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS', 'PASSWORD'];
    const { config, signIn } = await newApplication({ grantTypes });
    const { userId, username, user } = await provider.newUser();
    const { access_token, refresh_token } = (await signIn(user)).tokens;
    expect(await oidc.tokenIntrospection(config, access_token)).toMatchObject({ active: true, sub: userId, username });
    await oidc.tokenRevocation(config, refresh_token!);
    expect(await oidc.tokenIntrospection(config, access_token)).toEqual({ active: false });
    await expect(oidc.refreshTokenGrant(config, refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
      error_description: 'Session not active',
    });
    const own = await oidc.clientCredentialsGrant(config);
    expect(own).not.toHaveProperty('refresh_token');
    expect(await oidc.tokenIntrospection(config, own.access_token)).toMatchObject({ active: true, knd: 'app' });
    const password = { username, password: 'three-wombats-at-dawn', scope: 'openid' };
    const typed = await oidc.genericGrantRequest(config, 'password', password);
    expect(typed.claims()).toMatchObject({ sub: userId, typ: 'ID' });
  });

  it('signs a user out with the ID token, which ends the session and its tokens', async () => {
    const { config, signIn } = await newApplication({ type: 'PUBLIC' });
    const { user } = await provider.newUser();
    const { tokens } = await signIn(user);
    const asked = { id_token_hint: tokens.id_token!, post_logout_redirect_uri: SIGNED_OUT, state: 's' };
    const visit = await user.visit(oidc.buildEndSessionUrl(config, asked));
    expect([visit.url.href, visit.asked]).toEqual([`${SIGNED_OUT}?state=s`, []]);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error_description: 'Session not active',
    });
  });
});
