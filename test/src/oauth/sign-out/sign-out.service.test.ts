import { decodeJwt } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { refusalOf as refusalOfToken } from '../../../support/oauth.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { RETURN, RETURN_WITH_QUERY, type SignedIn, signingOutOfSuite } from '../../../support/signing-out.ts';

describe('sign-out that an application asks for (OpenID Connect RP-Initiated Logout 1.0)', () => {
  const suite = signingOutOfSuite();
  let anna: SignedIn;
  beforeEach(async () => {
    anna = await suite.signIn();
  });

  const redirect = { kind: 'redirect', redirectTo: RETURN };
  const lastEvent = async () => (await suite.world.events(suite.tenant)).at(-1)!;

  it('ends the session at once for its ID token, and returns with the state (oidcc-rp-initiated-logout)', async () => {
    const state = 'a b&c=d/é';
    const answer = await suite.begin(anna.jar, {
      id_token_hint: anna.idToken,
      post_logout_redirect_uri: RETURN,
      state,
    });
    expect(answer).toEqual({ kind: 'redirect', redirectTo: `${RETURN}?state=a%20b%26c%3Dd%2F%C3%A9` });
    expect(new URL((answer as typeof redirect).redirectTo).searchParams.get('state')).toBe(state);
    expect(await suite.isAlive(anna.sessionId)).toBe(false);
  });

  it('ends the tokens of the session with it, and records who signed out of which application (check 52)', async () => {
    await suite.begin(anna.jar, { id_token_hint: anna.idToken });
    expect(await refusalOfToken(suite.world, anna.issued.accessToken)).not.toBeNull();
    const refreshed = suite.client.request('refresh_token', { refresh_token: anna.issued.refreshToken! });
    expect(await refusalOf(refreshed)).toBe('GRANT_INVALID');
    const events = await suite.world.events(suite.tenant);
    expect(events.findLast(({ type }) => type === 'session.ended')).toMatchObject({
      actor_id: anna.user.id,
      subject_id: anna.user.id,
      client_id: suite.client.clientId,
    });
  });

  it('deletes the session cookie; the device and what the browser began stay', async () => {
    await anna.jar.set('device', suite.tenant, 'mine');
    await anna.jar.set('binding', suite.tenant, 'x'.repeat(43));
    await suite.begin(anna.jar, { id_token_hint: anna.idToken });
    expect(await anna.jar.get('session', suite.tenant)).toBeNull();
    expect(await anna.jar.get('device', suite.tenant)).toBe('mine');
    expect(await anna.jar.get('binding', suite.tenant)).toBe('x'.repeat(43));
  });

  it('leaves other sessions of the user and of the browser alone', async () => {
    const elsewhere = await suite.signIn({ user: anna.user });
    const other = await suite.world.tenant();
    await anna.jar.set('session', other, 'theirs');
    await suite.begin(anna.jar, { id_token_hint: anna.idToken });
    expect(await suite.isAlive(elsewhere.sessionId)).toBe(true);
    expect(await refusalOfToken(suite.world, elsewhere.issued.accessToken)).toBeNull();
    expect(await anna.jar.get('session', other)).toBe('theirs');
  });

  describe('where the user is asked first (section 2)', () => {
    const expectAsked = async (parameters: Readonly<Record<string, string>>) => {
      expect(await suite.begin(anna.jar, parameters)).toEqual({
        kind: 'confirmation',
        handle: expect.stringMatching(/^[\w-]{43}$/),
        pageUrl: expect.stringMatching(/^https:\/\/id\.example\.com\/t\/acme\/sign-out\/[\w-]{43}$/),
      });
      expect(await suite.isAlive(anna.sessionId)).toBe(true);
      expect(await anna.jar.get('session', suite.tenant)).not.toBeNull();
    };

    it('without parameters (oidcc-rp-initiated-logout-no-params)', () => expectAsked({}));

    it('without a hint (oidcc-rp-initiated-logout-no-id-token-hint)', async () => {
      await expectAsked({ post_logout_redirect_uri: RETURN, state: 's' });
      await expectAsked({ post_logout_redirect_uri: RETURN, client_id: suite.client.clientId });
    });

    it('with a state alone (oidcc-rp-initiated-logout-only-state)', () => expectAsked({ state: 's' }));

    it('with parameters that have no value or are unknown', () =>
      expectAsked({
        id_token_hint: '',
        client_id: '',
        post_logout_redirect_uri: '',
        state: '',
        prompt: 'x'.repeat(20_000),
      }));

    it('with the ID token of another session, of the same user too', async () => {
      await expectAsked({ id_token_hint: (await suite.signIn()).idToken });
      await expectAsked({ id_token_hint: (await suite.signIn({ user: anna.user })).idToken });
    });

    it('with an ID token of a session that names another user', async () => {
      const claims = { ...decodeJwt(anna.idToken), sub: (await suite.signIn()).user.id };
      const signer = await suite.world.services.oauth.keys.signer(suite.tenant, 'EdDSA');
      await expectAsked({ id_token_hint: await signer.sign(claims, { typ: 'JWT' }) });
    });

    it('with an ID token without a session', async () => {
      const { sid: _none, ...claims } = decodeJwt(anna.idToken);
      const signer = await suite.world.services.oauth.keys.signer(suite.tenant, 'EdDSA');
      await expectAsked({ id_token_hint: await signer.sign(claims, { typ: 'JWT' }) });
    });

    it('with an ID token whose key is no longer kept', async () => {
      const [, payload, signature] = anna.idToken.split('.');
      const header = Buffer.from(JSON.stringify({ alg: 'EdDSA', kid: 'gone', typ: 'JWT' })).toString('base64url');
      await expectAsked({ id_token_hint: `${header}.${payload}.${signature}` });
    });
  });

  describe('returns', () => {
    it('with an ID token that has expired', async () => {
      const bert = await suite.signIn();
      suite.world.clock.advance(3600);
      expect(decodeJwt(bert.idToken).exp! * 1000).toBeLessThan(suite.world.clock.now().getTime());
      const parameters = { id_token_hint: bert.idToken, post_logout_redirect_uri: RETURN };
      expect(await suite.begin(bert.jar, parameters)).toEqual(redirect);
    });

    it('without a state when none was sent (oidcc-rp-initiated-logout-no-state)', async () => {
      const parameters = { id_token_hint: anna.idToken, post_logout_redirect_uri: RETURN };
      expect(await suite.begin(anna.jar, parameters)).toEqual(redirect);
    });

    it('to an address with a query, which stays as it was registered', async () => {
      const parameters = { id_token_hint: anna.idToken, post_logout_redirect_uri: RETURN_WITH_QUERY, state: 's' };
      const redirectTo = `${RETURN_WITH_QUERY}&state=s`;
      expect(await suite.begin(anna.jar, parameters)).toEqual({ kind: 'redirect', redirectTo });
    });

    it('nowhere without an address (oidcc-rp-initiated-logout-no-post-logout-redirect-uri)', async () => {
      const answer = await suite.begin(anna.jar, { id_token_hint: anna.idToken, state: 's' });
      expect(answer).toMatchObject({ kind: 'signed-out', client: { client: { clientId: suite.client.clientId } } });
    });

    it('nowhere with the ID token of an application that is disabled', async () => {
      const client = await suite.newClient();
      const bert = await suite.signIn({}, client);
      const { clients } = suite.world.services;
      await clients.update(suite.world.system(suite.tenant), client.uuid, { enabled: false });
      expect(await suite.begin(bert.jar, { id_token_hint: bert.idToken, post_logout_redirect_uri: RETURN })).toEqual({
        kind: 'signed-out',
        client: null,
      });
    });

    it('when nobody is signed in any more, if the application is known', async () => {
      await suite.begin(anna.jar, { id_token_hint: anna.idToken });
      const asked = { id_token_hint: anna.idToken, post_logout_redirect_uri: RETURN };
      expect(await suite.begin(anna.jar, asked)).toEqual(redirect);
      const named = { client_id: suite.client.clientId, post_logout_redirect_uri: RETURN };
      expect(await suite.begin(anna.jar, named)).toEqual(redirect);
      const signedOut = { kind: 'signed-out', client: null };
      expect(await suite.begin(anna.jar, { post_logout_redirect_uri: RETURN })).toEqual(signedOut);
      expect(await suite.begin(anna.jar, {})).toEqual(signedOut);
    });

    it('when the session has ended in another way, whose cookie is deleted', async () => {
      await suite.world.services.sessions.revoke(suite.world.system(suite.tenant), anna.sessionId);
      const asked = { id_token_hint: anna.idToken, post_logout_redirect_uri: RETURN };
      expect(await suite.begin(anna.jar, asked)).toEqual(redirect);
      expect(await anna.jar.get('session', suite.tenant)).toBeNull();
    });

    it('from both of two requests at the same moment', async () => {
      const asked = { id_token_hint: anna.idToken, post_logout_redirect_uri: RETURN };
      const answers = await Promise.all([suite.begin(anna.jar, asked), suite.begin(anna.jar, asked)]);
      expect(answers).toEqual([redirect, redirect]);
      const ended = (await suite.world.events(suite.tenant)).filter(
        ({ type, subject_id }) => type === 'session.ended' && subject_id === anna.user.id,
      );
      expect(ended).toHaveLength(1);
    });
  });

  describe('is refused, leaves the user signed in and redirects nowhere (check 35)', () => {
    const expectRefused = async (parameters: Parameters<typeof suite.begin>[1], code: string) => {
      expect(await refusalOf(suite.begin(anna.jar, parameters))).toBe(code);
      expect(await suite.isAlive(anna.sessionId)).toBe(true);
      const event = await lastEvent();
      expect(event).toMatchObject({ type: 'sign_out.refused', outcome: 'failure', reason: code });
      expect(event.params).toEqual({ issuerKind: 'native' });
    };
    const sign = async (claims: object, typ = 'JWT') =>
      (await suite.world.services.oauth.keys.signer(suite.tenant, 'EdDSA')).sign(claims as never, { typ });

    it.each([
      ['no token', 'x'],
      ['three parts without content', '..'],
      ['three parts that are no JSON', 'a.b.c'],
      ['a long text', 'x'.repeat(16_000)],
    ])('with a hint that is %s (oidcc-rp-initiated-logout-bad-id-token-hint)', (_case, hint) =>
      expectRefused({ id_token_hint: hint, post_logout_redirect_uri: RETURN, state: 's' }, 'SIGN_OUT_HINT_INVALID'),
    );

    it('with a hint that was changed (oidcc-rp-initiated-logout-modified-id-token-hint)', async () => {
      const [header, payload, signature] = anna.idToken.split('.');
      const other = Buffer.from(JSON.stringify({ ...decodeJwt(anna.idToken), aud: 'other' })).toString('base64url');
      for (const hint of [`${header}.${other}.${signature}`, `${header}.${payload}.${'A'.repeat(86)}`])
        await expectRefused({ id_token_hint: hint, post_logout_redirect_uri: RETURN }, 'SIGN_OUT_HINT_INVALID');
    });

    it('with a token that is no ID token (check 27)', async () => {
      const hints = [anna.issued.accessToken, await sign(decodeJwt(anna.idToken), 'logout+jwt')];
      for (const hint of hints) await expectRefused({ id_token_hint: hint }, 'SIGN_OUT_HINT_INVALID');
    });

    it('with the ID token of another kind of issuer, or of an issuer that names another tenant', async () => {
      const globex = await suite.world.tenant();
      const claims = decodeJwt(anna.idToken);
      for (const iss of [`${claims.iss}/blitz`, `https://id.example.com/t/${globex.name}`, 'https://evil.example/'])
        await expectRefused({ id_token_hint: await sign({ ...claims, iss }) }, 'SIGN_OUT_HINT_INVALID');
    });

    it('with a client_id that is not that of the hint (section 2)', async () => {
      const { clientId } = await suite.newClient();
      await expectRefused({ id_token_hint: anna.idToken, client_id: clientId }, 'SIGN_OUT_CLIENT_CONFLICT');
    });

    it('with an unknown client, one of another tenant, and a disabled one', async () => {
      const disabled = await suite.newClient();
      const { clients } = suite.world.services;
      await clients.update(suite.world.system(suite.tenant), disabled.uuid, { enabled: false });
      const foreign = await suite.newClient({}, await suite.world.tenant());
      for (const clientId of ['nobody', '\u0001', foreign.clientId, disabled.clientId])
        await expectRefused({ client_id: clientId, post_logout_redirect_uri: RETURN }, 'SIGN_OUT_CLIENT_UNKNOWN');
    });

    it.each([
      `${RETURN}/`,
      `${RETURN}?foo=bar`,
      `${RETURN}#x`,
      RETURN.replace('app', 'App'),
      RETURN.replace('signed', 'Signed'),
      RETURN.replace('.com', '.com:443'),
      RETURN.replace('https', 'http'),
      RETURN.replace('//', '//me@'),
      `${RETURN.slice(0, -1)}`,
      'https://evil.example/',
      'javascript:alert(1)',
      '//app.example.com/signed-out',
    ])(
      'with the unregistered address %s (oidcc-rp-initiated-logout-bad-post-logout-redirect-uri, -query-added-to-post-logout-redirect-uri)',
      async (uri) => {
        const asked = { post_logout_redirect_uri: uri, state: 's' };
        await expectRefused({ ...asked, id_token_hint: anna.idToken }, 'SIGN_OUT_REDIRECT_UNREGISTERED');
        await expectRefused({ ...asked, client_id: suite.client.clientId }, 'SIGN_OUT_REDIRECT_UNREGISTERED');
      },
    );

    it('with an address that only another client registered', async () => {
      const { clientId } = await suite.newClient({ postLogoutRedirects: [] });
      const asked = { client_id: clientId, post_logout_redirect_uri: RETURN };
      await expectRefused(asked, 'SIGN_OUT_REDIRECT_UNREGISTERED');
    });

    it.each(['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state', 'logout_hint', 'ui_locales'])(
      'with %s twice',
      async (name) => {
        await expectRefused([{ name, values: ['a', 'a'] }], 'SIGN_OUT_PARAMETER_INVALID');
        const apart = [name, name].map((each) => ({ name: each, values: ['a'] }));
        await expectRefused(apart, 'SIGN_OUT_PARAMETER_INVALID');
      },
    );

    it('with values that are too long or cannot be stored', async () => {
      for (const state of ['x'.repeat(4097), 'x'.repeat(20_000), 'a\0', '\ud800'])
        await expectRefused({ state }, 'SIGN_OUT_PARAMETER_INVALID');
    });
  });

  it('accepts a state of 4,096 characters', async () => {
    const state = 'x'.repeat(4096);
    const asked = { id_token_hint: anna.idToken, post_logout_redirect_uri: RETURN, state };
    expect(await suite.begin(anna.jar, asked)).toEqual({ kind: 'redirect', redirectTo: `${RETURN}?state=${state}` });
  });

  it('demands a browser, with every operation', async () => {
    const { signOut } = suite.world.services.oauth;
    const authority = suite.authority();
    const hint = [{ name: 'id_token_hint', values: [anna.idToken] }];
    const begun = signOut.begin(authority, null, { issuerKind: 'native', parameters: hint });
    expect(await refusalOf(begun)).toBe('BROWSER_REQUIRED');
    const handle = await suite.ask(anna.jar);
    expect(await refusalOf(signOut.find(authority, null, handle))).toBe('BROWSER_REQUIRED');
    const confirmed = signOut.confirm(authority, null, { handle, isConfirmed: true });
    expect(await refusalOf(confirmed)).toBe('BROWSER_REQUIRED');
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
  });
});
