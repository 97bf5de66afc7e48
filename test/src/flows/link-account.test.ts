import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anonymousCaller, type Caller } from '../../../src/access/index.ts';
import type { FederationProvider } from '../../../src/federation/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { TestUpstream } from '../../support/upstream.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const BEGIN = 'mutation ($input: BeginAccountLinkingInput!) { beginAccountLinking(input: $input) { redirectTo } }';
const COMPLETE = `mutation ($input: CompleteAccountLinkingInput!) {
  completeAccountLinking(input: $input) { outcome callback isPopup redirectTo } }`;

const CALLBACK = 'https://app.example.com/linked';
const RETURN = 'https://id.example.com/return/corp/corp_1';

describe('linking an account by a visit to its provider', () => {
  let world: World;
  let upstream: TestUpstream;
  let tenant: TenantRef;
  let provider: FederationProvider;
  let user: User;
  let caller: Caller;
  const anonymous = anonymousCaller(TEST_ORIGIN);

  beforeAll(async () => {
    world = await World.open();
    upstream = await TestUpstream.start({ redirectUris: [RETURN, CALLBACK], claims: { employee: 815 } });
  });
  beforeEach(async () => {
    tenant = await world.tenant();
    await world.newClient(tenant, {
      clientId: 'test-app',
      redirects: [
        { uri: CALLBACK, match: 'exact' },
        { uri: 'https://app.example.com/area', match: 'prefix' },
      ],
    });
    provider = await world.newProvider(tenant, {
      type: 'corp',
      name: 'corp_1',
      issuer: upstream.issuer,
      storeTokens: true,
    });
    user = await world.newUser(tenant);
    caller = world.user(tenant, user.id, 'federation-link:bind:self');
    upstream.seen.length = 0;
  });
  afterAll(async () => {
    await upstream.close();
    await world.close();
  });

  const begin = (over: object = {}, as = caller) =>
    world.graphql(as, BEGIN, { input: { provider: 'corp:corp_1', callback: CALLBACK, redirectUri: RETURN, ...over } });
  const begun = async (over: object = {}, as = caller): Promise<string> => {
    const { data, errors } = await begin(over, as);
    expect(errors).toEqual([]);
    return data.beginAccountLinking.redirectTo;
  };
  const answerIn = (back: URL) => ({
    state: back.searchParams.get('state'),
    code: back.searchParams.get('code'),
    error: back.searchParams.get('error'),
    issuer: back.searchParams.get('iss'),
  });
  const complete = (back: URL, as: Caller = anonymous, over: object = {}) =>
    world.graphql(as, COMPLETE, { input: { tenant: tenant.name, ...answerIn(back), ...over } });
  const linksOf = async ({ id }: User) =>
    (await world.services.federationLinks.list(world.system(tenant), id)).map(({ externalId, externalName }) => ({
      externalId,
      externalName,
    }));
  const eventsOf = async (type: string) => (await world.events(tenant)).filter((event) => event.type === type);
  const change = (input: object) => world.services.federationProviders.update(world.system(tenant), provider.id, input);

  it('sends the browser to the provider, with state, nonce and PKCE; each begin has its own state', async () => {
    await change({ authorizationParameters: { display: 'page', acr_values: 'a b' }, scope: 'openid profile' });
    const [first, second] = [new URL(await begun()), new URL(await begun())];
    expect(first.origin + first.pathname).toBe(`${upstream.issuer}/auth`);
    expect(Object.fromEntries(first.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'idgraph',
      scope: 'openid profile',
      redirect_uri: RETURN,
      display: 'page',
      acr_values: 'a b',
      code_challenge_method: 'S256',
    });
    expect(first.search).toContain(encodeURIComponent(RETURN));
    expect(first.searchParams.get('state')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(first.searchParams.get(name)).not.toBe(second.searchParams.get(name));
  });

  it('links the account that was signed in there, under the id in its ID token, and keeps the tokens sealed', async () => {
    await change({ scope: 'openid profile' });
    const back = await upstream.visit(await begun(), 'ext-ann');
    expect(back.href.startsWith(RETURN)).toBe(true);
    const { data, errors } = await complete(back);
    expect(errors).toEqual([]);
    expect(data.completeAccountLinking).toEqual({
      outcome: 'LINKED',
      callback: CALLBACK,
      isPopup: false,
      redirectTo: CALLBACK,
    });
    expect(await linksOf(user)).toEqual([{ externalId: 'ext-ann', externalName: 'name of ext-ann' }]);
    expect(await eventsOf('federation_link.added')).toMatchObject([
      {
        subject_id: user.id,
        actor_id: user.id,
        client_id: 'test-app',
        params: { provider_type: 'corp', provider_name: 'corp_1', external_id: 'ext-ann' },
      },
    ]);
    const ref = { type: 'corp', name: 'corp_1' };
    const token = await world.services.federationLinks.readToken(world.system(tenant), user.id, ref);
    expect(token).toMatchObject({ tokenType: 'Bearer', expiresInSeconds: 3600 });
  });

  it('keeps no token where the provider is not set up for it', async () => {
    await change({ storeTokens: false });
    await complete(await upstream.visit(await begun(), 'ext-bob'));
    await change({ storeTokens: true });
    const ref = { type: 'corp', name: 'corp_1' };
    await expect(world.services.federationLinks.readToken(world.system(tenant), user.id, ref)).rejects.toMatchObject({
      code: 'FEDERATION_TOKEN_NOT_FOUND',
    });
  });

  it('links the same account again without a second link', async () => {
    for (let round = 0; round < 2; round++) {
      const { data } = await complete(await upstream.visit(await begun(), 'ext-ann'));
      expect(data.completeAccountLinking.outcome).toBe('LINKED');
    }
    expect(await linksOf(user)).toHaveLength(1);
  });

  it('ends with already_bound when the account is another user’s', async () => {
    const other = await world.newUser(tenant);
    await world.link(tenant, other.id, provider, 'ext-eve');
    const { data } = await complete(await upstream.visit(await begun({ isPopup: true }), 'ext-eve'));
    const { outcome, redirectTo, isPopup } = data.completeAccountLinking;
    expect({ outcome, isPopup }).toEqual({ outcome: 'ALREADY_BOUND', isPopup: true });
    expect(redirectTo).toBe(
      `${CALLBACK}?error=already_bound&error_description=The+external+account+is+linked+to+another+user.`,
    );
    expect(await linksOf(user)).toEqual([]);
    expect(await eventsOf('federation_link.refused')).toMatchObject([
      { reason: 'already_bound', outcome: 'failure', params: { fault: 'LINK_ALREADY_BOUND' } },
    ]);
  });

  it('ends with access_denied when the user refuses at the provider, and keeps the query of the callback', async () => {
    const callback = 'https://app.example.com/area/done?from=here';
    const back = await upstream.refuse(await begun({ callback }));
    expect(back.searchParams.get('error')).toBe('access_denied');
    const { data } = await complete(back);
    expect(data.completeAccountLinking).toMatchObject({ outcome: 'ACCESS_DENIED', callback });
    const target = new URL(data.completeAccountLinking.redirectTo);
    expect(target.searchParams.get('from')).toBe('here');
    expect(target.searchParams.get('error')).toBe('access_denied');
    expect(await eventsOf('federation_link.refused')).toMatchObject([{ params: { provider_error: 'access_denied' } }]);
  });

  it('ends with server_error for any other error of the provider', async () => {
    const url = new URL(await begun());
    const back = new URL(`${RETURN}?error=temporarily_unavailable&state=${url.searchParams.get('state')}`);
    expect((await complete(back)).data.completeAccountLinking.outcome).toBe('SERVER_ERROR');
  });

  describe('the state', () => {
    it('works once, also when two bring it at the same time', async () => {
      const back = await upstream.visit(await begun(), 'ext-ann');
      const results = await Promise.all([complete(back), complete(back)]);
      expect(results.map(({ code }) => code ?? 'ok').sort()).toEqual(['ACCOUNT_LINK_STATE_INVALID', 'ok']);
      expect((await complete(back)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
    });

    it('is used up by an error as well', async () => {
      const back = await upstream.refuse(await begun());
      await complete(back);
      expect((await complete(back)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
    });

    it.each(['', 'nonsense', '5c415063-a153-424c-af9c-023a6bbf1892', 'x'.repeat(10_000)])(
      'must be one that was given out: %.20s',
      async (state) => {
        expect((await complete(new URL(`${RETURN}?code=x&state=${state}`))).code).toBe('ACCOUNT_LINK_STATE_INVALID');
      },
    );

    it('ends after 10 minutes', async () => {
      const back = await upstream.visit(await begun(), 'ext-ann');
      world.clock.advance(601);
      expect((await complete(back)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
    });

    it('belongs to its tenant and to its provider', async () => {
      const back = await upstream.visit(await begun(), 'ext-ann');
      const elsewhere = (await world.tenant()).name;
      expect((await complete(back, anonymous, { tenant: elsewhere })).code).toBe('ACCOUNT_LINK_STATE_INVALID');
      expect((await complete(back, anonymous, { provider: 'corp:corp_2' })).code).toBe('ACCOUNT_LINK_STATE_INVALID');
      const right = await complete(back, anonymous, { provider: 'corp:corp_1' });
      expect(right.data.completeAccountLinking.outcome).toBe('LINKED');
    });

    it('stands hashed in the table, and the PKCE verifier sealed', async () => {
      const url = new URL(await begun());
      const rows = await world.db.orm.em.fork().getConnection().execute('select * from one_time_codes');
      expect(JSON.stringify(rows)).not.toContain(url.searchParams.get('state'));
    });

    it('needs a tenant to be looked for in', async () => {
      const back = new URL(`${RETURN}?code=x&state=y`);
      expect((await complete(back, anonymous, { tenant: null })).code).toBe('TENANT_REQUIRED');
      expect((await complete(back, anonymous, { tenant: 'no-such' })).code).toBe('TENANT_REQUIRED');
    });
  });

  describe('begun by an application', () => {
    const app = () => world.app(tenant, 'federation-link:bind');
    const signedIn = (id: string) => world.user(tenant, id);

    it('links to whoever is signed in when the browser is back', async () => {
      const back = await upstream.visit(await begun({}, app()), 'ext-ann');
      const { data } = await complete(back, signedIn(user.id));
      expect(data.completeAccountLinking.outcome).toBe('LINKED');
      expect(await linksOf(user)).toMatchObject([{ externalId: 'ext-ann' }]);
      expect(await eventsOf('federation_link.added')).toMatchObject([{ subject_id: user.id, client_id: 'test-app' }]);
    });

    it('asks for a sign-in when nobody is, and keeps the state for after it', async () => {
      const back = await upstream.visit(await begun({}, app()), 'ext-ann');
      expect((await complete(back)).code).toBe('ACCOUNT_LINK_SESSION_REQUIRED');
      const stranger = world.user(await world.tenant(), user.id);
      expect((await complete(back, stranger)).code).toBe('ACCOUNT_LINK_SESSION_REQUIRED');
      expect((await complete(back, signedIn(user.id))).data.completeAccountLinking.outcome).toBe('LINKED');
    });

    it('needs no sign-in to hear that the user refused', async () => {
      const back = await upstream.refuse(await begun({}, app()));
      expect((await complete(back)).data.completeAccountLinking.outcome).toBe('ACCESS_DENIED');
    });

    it('may name the user', async () => {
      const back = await upstream.visit(await begun({ userId: user.id }, app()), 'ext-ann');
      expect((await complete(back)).data.completeAccountLinking.outcome).toBe('LINKED');
      expect(await linksOf(user)).toHaveLength(1);
      expect((await begin({ userId: 'nobody' }, app())).code).toBe('USER_NOT_FOUND');
    });
  });

  it('refuses a browser in which another user is signed in', async () => {
    const back = await upstream.visit(await begun(), 'ext-ann');
    const other = await world.newUser(tenant);
    const { data } = await complete(back, world.user(tenant, other.id));
    expect(data.completeAccountLinking.outcome).toBe('ACCESS_DENIED');
    expect([...(await linksOf(user)), ...(await linksOf(other))]).toEqual([]);
    expect(await eventsOf('federation_link.refused')).toMatchObject([{ params: { fault: 'OTHER_USER_SIGNED_IN' } }]);
  });

  it('does not link for a user who was disabled meanwhile, nor at a provider that was', async () => {
    const back = await upstream.visit(await begun(), 'ext-ann');
    await change({ enabled: false });
    expect((await complete(back)).data.completeAccountLinking.outcome).toBe('SERVER_ERROR');
    await change({ enabled: true });
    const again = await upstream.visit(await begun(), 'ext-ann');
    await world.services.users.setEnabled(world.system(tenant), user.id, false);
    expect((await complete(again)).data.completeAccountLinking.outcome).toBe('SERVER_ERROR');
    expect(await linksOf(user)).toEqual([]);
  });

  describe('refuses to begin', () => {
    it.each(['corp:corp_2', 'vk:corp_1', 'corp', ':', 'a:b:c', 'corp:a\0'])('at the provider %j', async (key) => {
      const { errors } = await begin({ provider: key });
      expect(errors[0]?.extensions).toMatchObject({
        code: 'BIND_PROVIDER_UNKNOWN',
        fields: [{ path: 'input.provider' }],
      });
    });

    it('at a provider that is disabled', async () => {
      await change({ enabled: false });
      expect((await begin()).code).toBe('BIND_PROVIDER_UNKNOWN');
    });

    it.each([
      'https://evil.example/linked',
      'https://app.example.com/linked/more',
      'https://app.example.com/linked?x=1',
      'https://app.example.com.evil.example/area',
      'https://app.example.com/areas',
      'https://app.example.com/area/../other',
      'https://app.example.com/area/%2e%2e/other',
      'https://app.example.com\\area',
      'https://user@app.example.com/area',
      'https://app.example.com/area#f',
      'http://app.example.com/area',
      '//app.example.com/area',
      '/area',
      '',
      'javascript:alert(1)',
    ])('with the callback %j (check 23)', async (callback) => {
      const { errors } = await begin({ callback });
      expect(errors[0]?.extensions).toMatchObject({
        code: 'BIND_CALLBACK_NOT_REGISTERED',
        fields: [{ path: 'input.callback' }],
      });
    });

    it.each(['https://app.example.com/area', 'https://app.example.com/area/a?b=c', 'https://app.example.com/area?b'])(
      'but not with the callback %j, which is under a registered prefix',
      async (callback) => {
        expect((await begin({ callback })).code).toBeUndefined();
      },
    );

    it.each(['https://evil.example/return', 'https://id.example.com.evil.example/', `${RETURN}?x=1`, 'return', '//x'])(
      'with the return address %j (check 23)',
      async (redirectUri) => {
        expect((await begin({ redirectUri })).code).toBe('BIND_REDIRECT_INVALID');
      },
    );

    it('for a caller without a client, or of a client without that address', async () => {
      expect((await begin({}, { ...caller, clientId: null })).code).toBe('BIND_CALLBACK_NOT_REGISTERED');
      expect((await begin({}, { ...caller, clientId: 'unknown' })).code).toBe('BIND_CALLBACK_NOT_REGISTERED');
    });

    it('for another user than oneself, and without the permission', async () => {
      const other = await world.newUser(tenant);
      expect((await begin({ userId: other.id })).code).toBe('FORBIDDEN');
      expect((await begin({}, world.user(tenant, user.id, 'federation-link:write:self'))).code).toBe('FORBIDDEN');
      expect((await begin({}, anonymous)).code).toBe('UNAUTHENTICATED');
    });

    it('when the provider cannot be reached, and tries again the next time', async () => {
      const restore = upstream.instead((_request, response) => void response.writeHead(500).end());
      const { errors } = await begin();
      expect(errors[0]?.extensions).toMatchObject({ code: 'FEDERATION_PROVIDER_UNREACHABLE', kind: 'unavailable' });
      restore();
      expect((await begin()).errors).toEqual([]);
    });
  });

  it('sends the browser to the callback itself when no other address is named: the application completes it', async () => {
    const redirectTo = await begun({ redirectUri: null });
    const back = await upstream.visit(redirectTo, 'ext-ann');
    expect(back.origin + back.pathname).toBe(CALLBACK);
    expect((await complete(back, caller)).data.completeAccountLinking.outcome).toBe('LINKED');
  });

  it('reads the metadata of a provider once for many visits', async () => {
    await begun();
    await begun();
    const discoveries = upstream.seen.filter(({ path }) => path.startsWith('/.well-known/'));
    expect(discoveries).toHaveLength(1);
  });

  describe('an answer that cannot be trusted', () => {
    const outcomeOf = async (back: URL, over: object = {}) =>
      (await complete(back, anonymous, over)).data.completeAccountLinking.outcome;
    const json = (body: unknown) => (_request: unknown, response: import('node:http').ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };

    it('is a code that the provider does not know', async () => {
      const back = await upstream.visit(await begun(), 'ext-ann');
      back.searchParams.set('code', 'stolen');
      expect(await outcomeOf(back)).toBe('SERVER_ERROR');
      expect(await eventsOf('federation_link.refused')).toMatchObject([{ params: { fault: 'invalid_grant' } }]);
    });

    it('is the code of another visit: PKCE and nonce bind it (RFC 9700 section 2.1.1)', async () => {
      const mine = await upstream.visit(await begun(), 'ext-ann');
      const theirs = await upstream.visit(await begun(), 'ext-eve');
      mine.searchParams.set('code', theirs.searchParams.get('code')!);
      expect(await outcomeOf(mine)).toBe('SERVER_ERROR');
      expect(await linksOf(user)).toEqual([]);
    });

    it('comes from another issuer, or does not say whose it is (RFC 9207)', async () => {
      const back = await upstream.visit(await begun(), 'ext-ann');
      expect(await outcomeOf(back, { issuer: 'https://evil.example' })).toBe('SERVER_ERROR');
      const silent = await upstream.visit(await begun(), 'ext-ann');
      expect(await outcomeOf(silent, { issuer: null })).toBe('SERVER_ERROR');
    });

    it.each([
      ['has no code', { code: null }],
      ['has an endless code', { code: 'x'.repeat(100_000) }],
    ])('%s', async (_what, over) => {
      const back = await upstream.visit(await begun(), 'ext-ann');
      expect(await outcomeOf(back, over)).toBe('SERVER_ERROR');
    });

    it('has no ID token, or one that nobody signed', async () => {
      const answer = { access_token: 'x', token_type: 'bearer', expires_in: 60 };
      const back = await upstream.visit(await begun(), 'ext-ann');
      let restore = upstream.at('/token', json(answer));
      expect(await outcomeOf(back)).toBe('SERVER_ERROR');
      restore();
      const url = new URL(await begun());
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: upstream.issuer, aud: 'idgraph', sub: 'ext-eve', iat: now, exp: now + 60 };
      const forged = `${part({ alg: 'RS256' })}.${part({ ...claims, nonce: url.searchParams.get('nonce') })}.AAAA`;
      restore = upstream.at('/token', json({ ...answer, id_token: forged }));
      const state = url.searchParams.get('state');
      const faked = new URL(`${RETURN}?code=x&state=${state}&iss=${encodeURIComponent(upstream.issuer)}`);
      expect(await outcomeOf(faked)).toBe('SERVER_ERROR');
      restore();
      expect(await linksOf(user)).toEqual([]);
    });

    describe('holds an ID token (OIDC Core section 3.1.3.7)', () => {
      let keys: Awaited<ReturnType<typeof generateKeyPair>>;
      beforeAll(async () => {
        keys = await generateKeyPair('RS256', { extractable: true });
      });

      /** What a visit ends with when the provider, with a key of its own, answers an ID token with these claims. */
      async function outcomeWith(over: Record<string, unknown>, key = keys.privateKey): Promise<string> {
        await change({
          authorizationEndpoint: `${upstream.issuer}/auth`,
          tokenEndpoint: `${upstream.issuer}/signed-token`,
          jwksUri: `${upstream.issuer}/own-keys`,
        });
        const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
        const url = new URL(await begun());
        const now = Math.floor(Date.now() / 1000);
        const nonce = url.searchParams.get('nonce');
        const claims = {
          iss: upstream.issuer,
          aud: 'idgraph',
          sub: 'ext-ann',
          iat: now,
          exp: now + 60,
          nonce,
          ...over,
        };
        const signed = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(key);
        const answer = { access_token: 'x', token_type: 'Bearer', id_token: signed };
        const restore = [upstream.at('/own-keys', json({ keys: [jwk] })), upstream.at('/signed-token', json(answer))];
        const outcome = await outcomeOf(new URL(`${RETURN}?code=x&state=${url.searchParams.get('state')}`));
        for (const undo of restore.reverse()) undo();
        return outcome;
      }

      it('that is taken when everything in it is right', async () => {
        expect(await outcomeWith({})).toBe('LINKED');
      });

      it.each([
        ['another issuer', { iss: 'https://evil.example' }],
        ['another audience', { aud: 'somebody-else' }],
        ['another nonce', { nonce: 'planted' }],
        ['no nonce', { nonce: undefined }],
        ['a time that is over', { exp: 1 }],
        ['no account', { sub: undefined }],
        ['an account id that cannot be stored', { sub: 'a\u0000b' }],
        ['an account id that is too long', { sub: 'x'.repeat(513) }],
      ])('that is refused with %s', async (_what, over) => {
        expect(await outcomeWith(over)).toBe('SERVER_ERROR');
        expect(await linksOf(user)).toEqual([]);
      });

      it('that is refused when another key signed it', async () => {
        const { privateKey } = await generateKeyPair('RS256');
        expect(await outcomeWith({}, privateKey)).toBe('SERVER_ERROR');
      });
    });

    it('is larger than a mebibyte, or sends us elsewhere', async () => {
      const back = await upstream.visit(await begun(), 'ext-ann');
      let restore = upstream.at('/token', json({ access_token: 'x'.repeat(1_100_000), token_type: 'bearer' }));
      expect(await outcomeOf(back)).toBe('SERVER_ERROR');
      restore();
      const again = await upstream.visit(await begun(), 'ext-ann');
      restore = upstream.at('/token', (_request, response) => {
        response.writeHead(307, { location: `${upstream.issuer}/elsewhere` }).end();
      });
      expect(await outcomeOf(again)).toBe('SERVER_ERROR');
      restore();
      expect(upstream.seen.some(({ path }) => path === '/elsewhere')).toBe(false);
    });
  });

  it('reads the account under another claim from userinfo, where the provider is set up so', async () => {
    await change({ subjectClaim: 'employee', scope: 'openid profile', nameClaim: null });
    const { data } = await complete(await upstream.visit(await begun(), 'ext-ann'));
    expect(data.completeAccountLinking.outcome).toBe('LINKED');
    expect(await linksOf(user)).toEqual([{ externalId: '815', externalName: null }]);
  });

  it('ends with server_error when that claim is missing', async () => {
    await change({ subjectClaim: 'badge' });
    const { data } = await complete(await upstream.visit(await begun(), 'ext-ann'));
    expect(data.completeAccountLinking.outcome).toBe('SERVER_ERROR');
  });

  it('works with given endpoints in place of discovery', async () => {
    await change({
      authorizationEndpoint: `${upstream.issuer}/auth`,
      tokenEndpoint: `${upstream.issuer}/token`,
      jwksUri: `${upstream.issuer}/jwks`,
      pkce: true,
      tokenEndpointAuth: 'client_secret_basic',
    });
    const { data } = await complete(await upstream.visit(await begun(), 'ext-ann'));
    expect(data.completeAccountLinking.outcome).toBe('LINKED');
    expect(upstream.seen.some(({ path }) => path.startsWith('/.well-known/'))).toBe(false);
  });

  it('works with a provider that knows OAuth 2 alone: the account is read from its userinfo', async () => {
    await change({
      issuer: null,
      authorizationEndpoint: `${upstream.issuer}/auth`,
      tokenEndpoint: `${upstream.issuer}/oauth-token`,
      userinfoEndpoint: `${upstream.issuer}/users.get`,
      scope: 'email',
      subjectClaim: 'id',
      nameClaim: 'screen_name',
    });
    const url = new URL(await begun());
    expect(url.searchParams.has('nonce')).toBe(false);
    expect(url.searchParams.has('code_challenge')).toBe(false);
    const restore = [
      upstream.at('/oauth-token', (_request, response) => {
        const body = { access_token: 'vk1', token_type: 'Bearer', expires_in: 60 };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      }),
      upstream.at('/users.get', (request, response) => {
        const ok = request.headers.authorization === 'Bearer vk1';
        response.writeHead(ok ? 200 : 401, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ id: 210_700_286, screen_name: 'ann\n' }));
      }),
    ];
    const back = new URL(`${RETURN}?code=x&state=${url.searchParams.get('state')}`);
    expect((await complete(back)).data.completeAccountLinking.outcome).toBe('LINKED');
    for (const undo of restore.reverse()) undo();
    expect(await linksOf(user)).toEqual([{ externalId: '210700286', externalName: null }]);
  });
});
