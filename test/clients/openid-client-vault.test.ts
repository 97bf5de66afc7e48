import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endStarted } from '../support/frontend.ts';
import { IdentityProvider } from '../support/relying-parties.ts';

const CALLBACK = 'https://app.example.com/callback';
const SIGNED_OUT = 'https://app.example.com/signed-out';
const SCOPES = ['openid', 'profile', 'email'];

let provider: IdentityProvider;
beforeAll(async () => {
  provider = await IdentityProvider.start({ template: 'IMAGE', settings: { verifyEmail: false } });
});
afterAll(() => endStarted());

describe.each(['/api/oidc/', '/'])('openid-client at the issuer of Secrets Vault below %j', (base) => {
  let issuer: string;
  beforeAll(() => {
    issuer = provider.issuer.replace('/t/', base);
  });

  const newApplication = async (input: object = {}, alg = 'EdDSA') => {
    const scopes = SCOPES.map((name) => ({ name }));
    const client = await provider.newClient(CALLBACK, SIGNED_OUT, { consent: 'TRUSTED', scopes, ...input });
    const auth = client.secret === null ? oidc.None() : oidc.ClientSecretPost(client.secret);
    const metadata = { id_token_signed_response_alg: alg };
    const config = await oidc.discovery(new URL(issuer), client.clientId, metadata, auth, {
      execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
    });
    const signIn = async (user: Awaited<ReturnType<IdentityProvider['newUser']>>['user']) => {
      const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
      const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: CALLBACK,
        scope: SCOPES.join(' '),
        code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      const visit = await user.visit(url);
      const checks = { pkceCodeVerifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      return { visit, tokens: await oidc.authorizationCodeGrant(config, visit.url, checks) };
    };
    return { config, signIn };
  };

  it.each([
    ['a public client', 'EdDSA', { type: 'PUBLIC' }],
    ['a confidential client', 'EdDSA', {}],
    ['a client of RS256', 'RS256', { idTokenAlg: 'RS256', accessTokenAlg: 'RS256' }],
  ])('signs users in for %s with %s, reads userinfo and rotates the refresh token', async (_, alg, input) => {
    const { config, signIn } = await newApplication(input, alg);
    expect(config.serverMetadata().issuer).toBe(issuer);
    const { userId, user, email } = await provider.newUser();
    const { visit, tokens } = await signIn(user);
    expect([visit.asked, visit.url.searchParams.get('iss')]).toEqual([['PasswordStep'], issuer]);
    const about = { sub: userId, name: 'Anna Archer', email };
    expect(tokens.claims()).toMatchObject({ ...about, iss: issuer, tenant_id: 'acme' });
    expect(await oidc.fetchUserInfo(config, tokens.access_token, userId)).toMatchObject(about);
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    expect(refreshed.claims()).toMatchObject({ sub: userId, iss: issuer, sid: tokens.claims()!['sid'] });
    await oidc.fetchUserInfo(config, refreshed.access_token, userId);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(oidc.fetchUserInfo(config, refreshed.access_token, userId)).rejects.toThrow();
  });

  it('revokes tokens', async () => {
    const { config, signIn } = await newApplication();
    const { tokens } = await signIn((await provider.newUser()).user);
    await oidc.tokenRevocation(config, tokens.refresh_token!);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('signs a user out with the ID token, which ends the session and its tokens', async () => {
    const { config, signIn } = await newApplication({ type: 'PUBLIC' });
    const { user } = await provider.newUser();
    const { tokens } = await signIn(user);
    const asked = { id_token_hint: tokens.id_token!, post_logout_redirect_uri: SIGNED_OUT, state: 's' };
    const visit = await user.visit(oidc.buildEndSessionUrl(config, asked));
    expect([visit.url.href, visit.asked]).toEqual([`${SIGNED_OUT}?state=s`, []]);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect((await signIn(user)).visit.asked).toEqual(['PasswordStep']);
  });
});
