import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endStarted } from '../support/frontend.ts';
import { IdentityProvider } from '../support/relying-parties.ts';
import { fetchHere, type Visit, type WebUser } from '../support/web-user.ts';

const CALLBACK = 'https://app.example.com/callback';
const SIGNED_OUT = 'https://app.example.com/signed-out';

const fetchNamedHost: oidc.CustomFetch = (url, { method, headers, body }) =>
  fetchHere(url, { method, headers, body: body == null ? null : String(body) });

type Parameters = Readonly<Record<string, string>>;

/** An application as the documentation of openid-client shows one. */
class Application {
  readonly config: oidc.Configuration;
  #checks: oidc.AuthorizationCodeGrantChecks = {};

  constructor(config: oidc.Configuration) {
    this.config = config;
    oidc.enableNonRepudiationChecks(config);
  }

  /** The address to which it sends a browser. */
  async begin(parameters: Parameters = {}): Promise<URL> {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
    const { max_age } = parameters;
    this.#checks = {
      pkceCodeVerifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
      ...(max_age === undefined ? {} : { maxAge: Number(max_age) }),
    };
    return oidc.buildAuthorizationUrl(this.config, {
      redirect_uri: CALLBACK,
      scope: 'openid profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...parameters,
    });
  }

  /** Takes the browser back and exchanges its code. */
  finish({ url, form }: Visit, checks: oidc.AuthorizationCodeGrantChecks = {}) {
    const returned = form === null ? url : new Request(url, { method: 'POST', body: form });
    return oidc.authorizationCodeGrant(this.config, returned, { ...this.#checks, ...checks });
  }

  /** Signs a user in. */
  async signIn(user: WebUser, parameters: Parameters = {}) {
    const visit = await user.visit(await this.begin(parameters));
    return { visit, tokens: await this.finish(visit) };
  }
}

describe('openid-client', () => {
  let provider: IdentityProvider;
  beforeAll(async () => {
    provider = await IdentityProvider.start();
  });
  afterAll(() => endStarted());

  const newUser: IdentityProvider['newUser'] = (options) => provider.newUser(options);
  const newApplication = async (
    input: object = {},
    authentication?: (secret: string) => oidc.ClientAuth,
    issuer = provider.issuer,
  ) => {
    const { clientId, secret } = await provider.newClient(CALLBACK, SIGNED_OUT, input);
    const auth = secret === null ? oidc.None() : authentication?.(secret);
    const config = await oidc.discovery(new URL(issuer), clientId, secret ?? undefined, auth, {
      execute: [oidc.allowInsecureRequests],
      // Instead of DNS, which does not know the bound host.
      ...(issuer === provider.issuer ? {} : { [oidc.customFetch]: fetchNamedHost }),
    });
    return new Application(config);
  };
  /** An application that the operator trusts, so that nobody is asked for consent. */
  const trusted = (input: object = {}) => newApplication({ type: 'PUBLIC', consent: 'TRUSTED', ...input });
  const errorIn = ({ url }: Visit) => url.searchParams.get('error');

  it('discovers the issuer, with PKCE, and everything that it needs', async () => {
    const { config } = await trusted();
    const metadata = config.serverMetadata();
    expect(metadata.supportsPKCE()).toBe(true);
    expect(metadata).toMatchObject({
      issuer: provider.issuer,
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: expect.arrayContaining([
        'none',
        'client_secret_basic',
        'client_secret_post',
      ]),
    });
  });

  it.each([
    ['public', { type: 'PUBLIC' }, undefined],
    ['confidential (client_secret_basic)', {}, oidc.ClientSecretBasic],
    ['confidential (client_secret_post)', { tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' }, oidc.ClientSecretPost],
  ])('signs users in as a %s client by code and PKCE, reads userinfo and refreshes', async (_type, input, auth) => {
    const application = await newApplication(input, auth);
    const { userId, user, email } = await newUser();
    const { visit, tokens } = await application.signIn(user);
    expect(visit.asked).toEqual(['PasswordStep', 'ConsentStep']);
    const claims = tokens.claims()!;
    expect(claims).toMatchObject({ iss: provider.issuer, sub: userId, acr: '1fa', amr: ['pwd'] });
    expect(claims['at_hash']).toBe(
      createHash('sha512').update(tokens.access_token).digest().subarray(0, 32).toString('base64url'),
    );
    const profile = { sub: userId, given_name: 'Anna', family_name: 'Archer', email, email_verified: false };
    expect(await oidc.fetchUserInfo(application.config, tokens.access_token, userId)).toMatchObject(profile);
    const refreshed = await oidc.refreshTokenGrant(application.config, tokens.refresh_token!);
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
    expect(refreshed.claims()).toMatchObject({ sub: userId, auth_time: claims.auth_time, sid: claims['sid'] });
    expect(await oidc.fetchUserInfo(application.config, refreshed.access_token, userId)).toMatchObject(profile);
  });

  it('refuses an answer with another state, nonce or issuer than it expects', async () => {
    const application = await trusted();
    const { user } = await newUser();
    const fault = (member: string) => ({ cause: { message: expect.stringContaining(member) } });
    const visit = () => application.begin().then((url) => user.visit(url));
    await expect(application.finish(await visit(), { expectedState: 'other' })).rejects.toMatchObject(fault('"state"'));
    await expect(application.finish(await visit(), { expectedNonce: 'other' })).rejects.toMatchObject(fault('"nonce"'));
    const answer = await visit();
    answer.url.searchParams.set('iss', provider.issuer.replace(/[^/]*$/, 'master'));
    await expect(application.finish(answer)).rejects.toMatchObject(fault('"iss"'));
  });

  it('gets no tokens with a wrong verifier, without one, or with a code again, which ends the first tokens', async () => {
    const application = await trusted();
    const { userId, user } = await newUser();
    const visit = await user.visit(await application.begin());
    const refusal = { error: 'invalid_grant', status: 400 };
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    await expect(application.finish(visit, { pkceCodeVerifier })).rejects.toMatchObject(refusal);
    await expect(application.finish(visit, { pkceCodeVerifier: undefined as never })).rejects.toMatchObject(refusal);
    const { access_token } = await application.finish(visit);
    await oidc.fetchUserInfo(application.config, access_token, userId);
    await expect(application.finish(visit)).rejects.toMatchObject(refusal);
    await expect(oidc.fetchUserInfo(application.config, access_token, userId)).rejects.toMatchObject({ status: 401 });
  });

  it('gets the answer by form_post', async () => {
    const application = await trusted();
    const { userId, user } = await newUser();
    const { visit, tokens } = await application.signIn(user, { response_mode: 'form_post' });
    expect([visit.url.href, [...visit.form!.keys()].sort()]).toEqual([CALLBACK, ['code', 'iss', 'state']]);
    expect(tokens.claims()!.sub).toBe(userId);
  });

  it('gets claims that it asks for by name, in the ID token and from userinfo', async () => {
    const application = await newApplication({ type: 'PUBLIC' });
    const { userId, user, email } = await newUser();
    const claims = JSON.stringify({ id_token: { email: null }, userinfo: { given_name: { essential: true } } });
    const { tokens } = await application.signIn(user, { claims });
    expect(tokens.claims()).toMatchObject({ email });
    expect(tokens.claims()).not.toHaveProperty('given_name');
    const userinfo = await oidc.fetchUserInfo(application.config, tokens.access_token, userId);
    expect(userinfo).toMatchObject({ given_name: 'Anna' });
    const refreshed = await oidc.refreshTokenGrant(application.config, tokens.refresh_token!);
    expect(refreshed.claims()).toMatchObject({ email });
  });

  it('has a user authenticated again by max_age and by prompt=login, in the same session', async () => {
    const application = await trusted();
    const { user } = await newUser();
    const first = await application.signIn(user, { max_age: '3600' });
    const { sid } = first.tokens.claims()!;
    expect(first.visit.asked).toEqual(['PasswordStep']);
    for (const [parameters, asked] of [
      [{ max_age: '3600' }, []],
      [{ max_age: '0' }, ['PasswordStep']],
      [{ prompt: 'login' }, ['PasswordStep']],
    ] as [Parameters, string[]][]) {
      const { visit, tokens } = await application.signIn(user, parameters);
      expect([parameters, visit.asked]).toEqual([parameters, asked]);
      expect(tokens.claims()).toMatchObject({ sid, auth_time: expect.any(Number) });
    }
  });

  it('learns by prompt=none whether a user is signed in, and nobody is asked', async () => {
    const application = await trusted();
    const { userId, user } = await newUser();
    const nobody = await user.visit(await application.begin({ prompt: 'none' }));
    expect([nobody.asked, errorIn(nobody)]).toEqual([[], 'login_required']);
    await expect(application.finish(nobody)).rejects.toMatchObject({ error: 'login_required' });
    await application.signIn(user);
    const { visit, tokens } = await application.signIn(user, { prompt: 'none' });
    expect([visit.asked, tokens.claims()!.sub]).toEqual([[], userId]);
  });

  it('asks for consent once, again by prompt=consent, and gets access_denied from a user who denies', async () => {
    const application = await newApplication({ type: 'PUBLIC' });
    const { user } = await newUser();
    user.grantsConsent = false;
    const denied = await user.visit(await application.begin());
    expect(denied.asked).toEqual(['PasswordStep', 'ConsentStep']);
    await expect(application.finish(denied)).rejects.toMatchObject({ error: 'access_denied' });
    const silent = await user.visit(await application.begin({ prompt: 'none' }));
    expect(errorIn(silent)).toBe('consent_required');
    user.grantsConsent = true;
    expect((await application.signIn(user)).visit.asked).toEqual(['ConsentStep']);
    expect((await application.signIn(user)).visit.asked).toEqual([]);
    expect((await application.signIn(user, { prompt: 'consent' })).visit.asked).toEqual(['ConsentStep']);
  });

  it('demands a second factor by acr, of a user who is signed in with one', async () => {
    const application = await trusted();
    const { user } = await newUser({ hasTotp: true });
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: '2fa' } } });
    const { visit, tokens } = await application.signIn(user, { claims });
    expect(visit.asked).toEqual(['PasswordStep', 'FactorStep']);
    expect(tokens.claims()).toMatchObject({ acr: '2fa', amr: ['pwd', 'otp', 'mfa'] });
    expect((await application.signIn(user, { acr_values: '2fa' })).visit.asked).toEqual([]);
  });

  it('asks for a second factor alone, and shows the answer, which it does not take for want of an access token', async () => {
    const scopes = [{ name: 'openid' }, { name: '2fa' }];
    const input = { consent: 'TRUSTED', tokenEndpointAuthMethod: 'CLIENT_SECRET_POST', scopes };
    const application = await newApplication(input, oidc.ClientSecretPost, provider.apiIssuer);
    const { issuer, jwks_uri: keys, scopes_supported: supported } = application.config.serverMetadata();
    expect([issuer, supported]).toEqual([provider.apiIssuer, expect.arrayContaining(['2fa', '2fa_link'])]);
    const { userId, username, user } = await newUser({ hasTotp: true });
    const visit = await user.visit(await application.begin({ scope: 'openid 2fa', login_hint: username }));
    expect(visit.asked).toEqual(['PasswordStep', 'FactorStep']);
    // RFC 6749 section 5.1 knows no answer without an access token, and neither does the library.
    const fault = await application.finish(visit).catch((error: Error) => error.cause);
    const { body } = (fault as Error).cause as { body: { id_token: string } };
    expect([(fault as Error).message, Object.keys(body)]).toEqual([
      expect.stringContaining('access_token'),
      ['id_token'],
    ]);
    const options = { issuer, audience: application.config.clientMetadata().client_id };
    const { payload } = await jwtVerify(body.id_token, createRemoteJWKSet(new URL(keys!)), options);
    expect(payload).toMatchObject({ sub: userId, acr: '2fa', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('introspects tokens and revokes them', async () => {
    const application = await newApplication({ consent: 'TRUSTED' }, oidc.ClientSecretBasic);
    const { config } = application;
    const { userId, user } = await newUser();
    const { access_token, refresh_token } = (await application.signIn(user)).tokens;
    expect(await oidc.tokenIntrospection(config, access_token)).toMatchObject({
      active: true,
      sub: userId,
      client_id: config.clientMetadata().client_id,
    });
    await oidc.tokenRevocation(config, refresh_token!);
    for (const token of [access_token, refresh_token!])
      expect(await oidc.tokenIntrospection(config, token)).toEqual({ active: false });
    await expect(oidc.refreshTokenGrant(config, refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('keeps a refresh token that outlives the session by offline_access', async () => {
    const application = await newApplication({ type: 'PUBLIC' });
    const { userId, user } = await newUser();
    const asked = { scope: 'openid offline_access', prompt: 'consent' };
    const { tokens } = await application.signIn(user, asked);
    const hint = { id_token_hint: tokens.id_token! };
    const { state } = await user.visit(oidc.buildEndSessionUrl(application.config, hint));
    expect(state?.page).toBe('signed-out');
    const refreshed = await oidc.refreshTokenGrant(application.config, tokens.refresh_token!);
    expect(refreshed.claims()!.sub).toBe(userId);
  });

  it('signs a user out with the ID token, which ends the session and its tokens', async () => {
    const application = await trusted();
    const { userId, user } = await newUser();
    const { tokens } = await application.signIn(user);
    const asked = { id_token_hint: tokens.id_token!, post_logout_redirect_uri: SIGNED_OUT, state: 'a b' };
    const visit = await user.visit(oidc.buildEndSessionUrl(application.config, asked));
    expect([visit.url.href, visit.asked]).toEqual([`${SIGNED_OUT}?state=a%20b`, []]);
    const { config } = application;
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(oidc.fetchUserInfo(config, tokens.access_token, userId)).rejects.toMatchObject({ status: 401 });
    expect(errorIn(await user.visit(await application.begin({ prompt: 'none' })))).toBe('login_required');
  });

  it('signs a user out after a page has asked, without an ID token', async () => {
    const application = await trusted();
    const { user } = await newUser();
    await application.signIn(user);
    const asked = { post_logout_redirect_uri: SIGNED_OUT };
    const visit = await user.visit(oidc.buildEndSessionUrl(application.config, asked));
    expect([visit.url.href, visit.asked]).toEqual([SIGNED_OUT, ['sign-out']]);
    expect(errorIn(await user.visit(await application.begin({ prompt: 'none' })))).toBe('login_required');
  });

  it('has the issuer of a bound host, with its endpoints, pages and tokens', async () => {
    const issuer = await provider.bindHost('login.acme.example');
    const application = await newApplication({ type: 'PUBLIC' }, undefined, issuer);
    const { userId, user } = await newUser();
    const metadata = application.config.serverMetadata();
    for (const address of [metadata.authorization_endpoint, metadata.token_endpoint, metadata.end_session_endpoint])
      expect(new URL(address!).origin).toBe(new URL(issuer).origin);
    const { visit, tokens } = await application.signIn(user);
    expect(visit.asked).toEqual(['PasswordStep', 'ConsentStep']);
    expect([visit.url.searchParams.get('iss'), tokens.claims()!.iss]).toEqual([issuer, issuer]);
    expect(await oidc.fetchUserInfo(application.config, tokens.access_token, userId)).toMatchObject({ sub: userId });
    const refreshed = await oidc.refreshTokenGrant(application.config, tokens.refresh_token!);
    expect(refreshed.claims()!.iss).toBe(issuer);
    const asked = { id_token_hint: tokens.id_token!, post_logout_redirect_uri: SIGNED_OUT };
    expect((await user.visit(oidc.buildEndSessionUrl(application.config, asked))).url.href).toBe(SIGNED_OUT);
  });
});
