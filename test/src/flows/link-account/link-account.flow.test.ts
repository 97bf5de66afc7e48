import { describe, expect, it } from 'vitest';
import { RequestBrowser } from '../../../../src/server/http/browser.ts';
import { CALLBACK, linkingOfSuite, RETURN } from '../../../support/linking.ts';
import { PASSWORD, TestBrowser } from '../../../support/sign-in.ts';

describe('linking an account by a visit to its provider', () => {
  const linking = linkingOfSuite();
  const { anonymous, ask, begin, begun, change, complete, completeAsked, decide, eventsOf, linksOf, pageOf, signedIn } =
    linking;

  it('sends the browser to the provider, with state, nonce and PKCE; each begin has its own state', async () => {
    await change({ authorizationParameters: { display: 'page', acr_values: 'a b' }, scope: 'openid profile' });
    const [first, second] = [new URL(await begun()), new URL(await begun())];
    expect(first.origin + first.pathname).toBe(`${linking.upstream.issuer}/auth`);
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
    const back = await linking.upstream.visit(await begun(), 'ext-ann');
    expect(back.href.startsWith(RETURN)).toBe(true);
    const { data, errors } = await completeAsked(back);
    expect(errors).toEqual([]);
    expect(data.completeAccountLinking).toEqual({
      outcome: 'LINKED',
      callback: CALLBACK,
      isPopup: false,
      redirectTo: CALLBACK,
    });
    expect(await linksOf(linking.user)).toEqual([{ externalId: 'ext-ann', externalName: 'name of ext-ann' }]);
    expect(await eventsOf('federation_link.added')).toMatchObject([
      {
        subject_id: linking.user.id,
        actor_id: linking.user.id,
        client_id: 'test-app',
        params: { provider_type: 'corp', provider_name: 'corp_1', external_id: 'ext-ann' },
      },
    ]);
    const ref = { type: 'corp', name: 'corp_1' };
    const token = await linking.world.services.federationLinks.readToken(
      linking.world.system(linking.tenant),
      linking.user.id,
      ref,
    );
    expect(token).toMatchObject({ tokenType: 'Bearer', expiresInSeconds: 3600 });
  });

  it('keeps no token where the provider is not set up for it', async () => {
    await change({ storeTokens: false });
    await completeAsked(await linking.upstream.visit(await begun(), 'ext-bob'));
    await change({ storeTokens: true });
    const ref = { type: 'corp', name: 'corp_1' };
    await expect(
      linking.world.services.federationLinks.readToken(linking.world.system(linking.tenant), linking.user.id, ref),
    ).rejects.toMatchObject({
      code: 'FEDERATION_TOKEN_NOT_FOUND',
    });
  });

  it('links the same account again without a second link', async () => {
    for (let round = 0; round < 2; round++) {
      const { data } = await completeAsked(await linking.upstream.visit(await begun(), 'ext-ann'));
      expect(data.completeAccountLinking.outcome).toBe('LINKED');
    }
    expect(await linksOf(linking.user)).toHaveLength(1);
  });

  it('ends with already_bound when the account is another user’s', async () => {
    const other = await linking.world.newUser(linking.tenant);
    await linking.world.link(linking.tenant, other.id, linking.provider, 'ext-eve');
    const { data } = await completeAsked(await linking.upstream.visit(await begun({ isPopup: true }), 'ext-eve'));
    const { outcome, redirectTo, isPopup } = data.completeAccountLinking;
    expect({ outcome, isPopup }).toEqual({ outcome: 'ALREADY_BOUND', isPopup: true });
    expect(redirectTo).toBe(
      `${CALLBACK}?error=already_bound&error_description=The+external+account+is+linked+to+another+user.`,
    );
    expect(await linksOf(linking.user)).toEqual([]);
    expect(await eventsOf('federation_link.refused')).toMatchObject([
      { reason: 'already_bound', outcome: 'failure', params: { fault: 'LINK_ALREADY_BOUND' } },
    ]);
  });

  it('ends with access_denied when the user refuses at the provider, and keeps the query of the callback', async () => {
    const callback = 'https://app.example.com/area/done?from=here';
    const back = await linking.upstream.refuse(await begun({ callback }));
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
      const back = await linking.upstream.visit(await begun(), 'ext-ann');
      const results = await Promise.all([complete(back), complete(back)]);
      expect(results.map(({ code }) => code ?? 'ok').sort()).toEqual(['ACCOUNT_LINK_STATE_INVALID', 'ok']);
      expect((await complete(back)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
    });

    it('is used up by an error as well', async () => {
      const back = await linking.upstream.refuse(await begun());
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
      const back = await linking.upstream.visit(await begun(), 'ext-ann');
      linking.world.clock.advance(601);
      expect((await complete(back)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
    });

    it('belongs to its tenant and to its provider', async () => {
      const back = await linking.upstream.visit(await begun(), 'ext-ann');
      const elsewhere = (await linking.world.tenant()).name;
      expect((await complete(back, anonymous, { tenant: elsewhere })).code).toBe('ACCOUNT_LINK_STATE_INVALID');
      expect((await complete(back, anonymous, { provider: 'corp:corp_2' })).code).toBe('ACCOUNT_LINK_STATE_INVALID');
      const right = await complete(back, anonymous, { provider: 'corp:corp_1' });
      expect(right.data.completeAccountLinking.outcome).toBe('CONFIRMATION');
    });

    it('is hashed in the table, and the PKCE verifier sealed', async () => {
      const url = new URL(await begun());
      const rows = await linking.world.db.orm.em.fork().getConnection().execute('select * from one_time_codes');
      expect(JSON.stringify(rows)).not.toContain(url.searchParams.get('state'));
    });

    it('needs a tenant to be looked for in', async () => {
      const back = new URL(`${RETURN}?code=x&state=y`);
      expect((await complete(back, anonymous, { tenant: null })).code).toBe('TENANT_REQUIRED');
      expect((await complete(back, anonymous, { tenant: 'no-such' })).code).toBe('TENANT_REQUIRED');
    });
  });

  describe('begun in a browser', () => {
    const browserWith = (cookie = '') => new RequestBrowser({ headers: { cookie } }, 'https://id.example.com');
    const cookieOf = (browser: RequestBrowser) => browser.setCookies.map((one) => one.split(';')[0]).join('; ');
    /** Begins in a browser in which the user is signed in. */
    const beginIn = async () => {
      const browser = (await signedIn(linking.user.id)) as RequestBrowser;
      const back = await linking.upstream.visit(await begun({}, linking.caller, browser), 'ext-ann');
      return { back, cookie: cookieOf(browser) };
    };

    it('ends in that browser', async () => {
      const { back, cookie } = await beginIn();
      const { data } = await completeAsked(back, browserWith(cookie));
      expect(data.completeAccountLinking.outcome).toBe('LINKED');
    });

    it('links nothing in the browser of a victim to whom an attacker sends the address, and stays valid', async () => {
      const { back, cookie } = await beginIn();
      const victim = browserWith();
      await linking.begin({}, linking.caller, victim);
      const victims = browserWith(cookieOf(victim));
      for (const browser of [browserWith(), victims])
        expect((await complete(back, anonymous, {}, browser)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
      expect((await complete(back)).code).toBe('BROWSER_REQUIRED');
      expect(await eventsOf('federation_link.refused')).toMatchObject([
        { reason: 'access_denied', outcome: 'failure', params: { fault: 'OTHER_BROWSER' } },
        { params: { fault: 'OTHER_BROWSER' } },
      ]);
      const page = await pageOf(back, browserWith(cookie));
      for (const browser of [browserWith(), victims, await signedIn(linking.user.id)]) {
        expect((await ask(page, browser)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
        expect((await decide(page, browser)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
      }
      expect(await linksOf(linking.user)).toEqual([]);
      expect((await decide(page, browserWith(cookie))).errors).toEqual([]);
      expect(await linksOf(linking.user)).toMatchObject([{ externalId: 'ext-ann' }]);
    });
  });

  describe('begun by an application', () => {
    const app = () => linking.world.app(linking.tenant, 'federation-link:bind');
    const visited = async (over: object = {}) => linking.upstream.visit(await begun(over, app()), 'ext-ann');

    it('links to the user who is signed in and answers yes', async () => {
      const browser = await signedIn(linking.user.id);
      const page = await pageOf(await visited(), browser);
      expect(page).toMatch(/^https:\/\/id\.example\.com\/t\/[^/]+\/link-account\/[\w-]{43}$/);
      const { data } = await ask(page, browser);
      expect(data.openAccountLinking.answer).toMatchObject({
        __typename: 'AccountLinkingQuestion',
        provider: 'corp_1',
        externalName: 'ext-ann',
        account: { userId: linking.user.id, username: linking.user.username },
        application: { clientId: 'test-app' },
      });
      expect(await linksOf(linking.user)).toEqual([]);
      const decided = await decide(page, browser);
      const back = new URL(decided.data.decideAccountLinking.redirectTo);
      expect(back.origin + back.pathname).toBe(RETURN);
      const ended = await complete(back);
      expect(ended.data.completeAccountLinking).toMatchObject({ outcome: 'LINKED', redirectTo: CALLBACK });
      const [session] = await eventsOf('session.started');
      expect(await eventsOf('federation_link.added')).toMatchObject([
        {
          actor_kind: 'user',
          actor_id: linking.user.id,
          subject_id: linking.user.id,
          client_id: 'test-app',
          session_id: session!.session_id,
        },
      ]);
    });

    it('links nothing when the user answers no, and the application gets access_denied', async () => {
      const browser = await signedIn(linking.user.id);
      const page = await pageOf(await visited(), browser);
      const { data } = await decide(page, browser, false);
      const ended = await complete(new URL(data.decideAccountLinking.redirectTo));
      expect(ended.data.completeAccountLinking).toMatchObject({ outcome: 'ACCESS_DENIED', callback: CALLBACK });
      expect(await linksOf(linking.user)).toEqual([]);
      expect(await eventsOf('federation_link.refused')).toMatchObject([
        { reason: 'access_denied', actor_id: linking.user.id, params: { fault: 'USER_DECLINED' } },
      ]);
      expect((await decide(page, browser)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
    });

    it('asks once, also when two answers come at the same time, and tells the outcome once', async () => {
      const browser = await signedIn(linking.user.id);
      const page = await pageOf(await visited(), browser);
      const answers = await Promise.all([decide(page, browser), decide(page, browser)]);
      expect(answers.map(({ code }) => code ?? 'ok').sort()).toEqual(['ACCOUNT_LINK_STATE_INVALID', 'ok']);
      const { redirectTo } = answers.find(({ code }) => code == null)!.data.decideAccountLinking;
      expect((await complete(new URL(redirectTo))).data.completeAccountLinking.outcome).toBe('LINKED');
      expect((await complete(new URL(redirectTo))).code).toBe('ACCOUNT_LINK_STATE_INVALID');
      expect(await linksOf(linking.user)).toHaveLength(1);
    });

    it('leads to a sign-in when nobody is signed in, and then asks', async () => {
      const { tenant, world } = linking;
      await world.givePassword(tenant, linking.user.id, PASSWORD);
      const browser = new TestBrowser(world, tenant);
      const page = await pageOf(await visited());
      const { data } = await browser.use((port) => ask(page, port));
      const { __typename, pageUrl } = data.openAccountLinking.answer;
      expect(__typename).toBe('AccountLinkingSignIn');
      const interaction = pageUrl.split('/').at(-1);
      expect(pageUrl).toBe(`https://id.example.com/t/${tenant.name}/sign-in/${interaction}`);
      // Reloaded before the sign-in has ended.
      const early = await browser.use((port) => ask(page, port, interaction));
      expect(early.data.openAccountLinking.answer).toMatchObject({ pageUrl });
      const step = (await browser.password(interaction, linking.user)).data.step;
      expect(step).toMatchObject({ __typename: 'Finished', continueAt: `${page}/${interaction}` });
      for (let load = 0; load < 2; load += 1) {
        const asked = await browser.use((port) => ask(page, port, interaction));
        expect(asked.data.openAccountLinking.answer.account.userId).toBe(linking.user.id);
      }
      expect((await browser.use((port) => decide(page, port))).errors).toEqual([]);
      expect(await linksOf(linking.user)).toHaveLength(1);
    });

    it('leads to a new sign-in when the last one is too old, and links nothing before (check 54)', async () => {
      const { tenant, world } = linking;
      await world.givePassword(tenant, linking.user.id, PASSWORD);
      const browser = new TestBrowser(world, tenant);
      await browser.signIn(linking.user);
      world.clock.advance(300);
      const page = await pageOf(await visited());
      const recent = await browser.use((port) => ask(page, port));
      expect(recent.data.openAccountLinking.answer.__typename).toBe('AccountLinkingQuestion');
      world.clock.advance(1);
      expect((await browser.use((port) => decide(page, port))).code).toBe('ACCOUNT_LINK_SESSION_REQUIRED');
      const { data } = await browser.use((port) => ask(page, port));
      const interaction = data.openAccountLinking.answer.pageUrl.split('/').at(-1);
      expect((await browser.load(interaction)).data.interaction.step.__typename).toBe('PasswordStep');
      expect((await browser.use((port) => decide(page, port))).code).toBe('ACCOUNT_LINK_SESSION_REQUIRED');
      expect(await linksOf(linking.user)).toEqual([]);
      await browser.password(interaction, linking.user);
      const asked = await browser.use((port) => ask(page, port, interaction));
      expect(asked.data.openAccountLinking.answer.account.userId).toBe(linking.user.id);
      expect((await browser.use((port) => decide(page, port))).errors).toEqual([]);
      expect(await linksOf(linking.user)).toHaveLength(1);
    });

    it('links to the account that the page named, or to none', async () => {
      const { tenant, world, user } = linking;
      const other = await world.newUser(tenant);
      for (const { id } of [user, other]) await world.givePassword(tenant, id, PASSWORD);
      const browser = new TestBrowser(world, tenant);
      await browser.signIn(user);
      const page = await pageOf(await visited());
      const load = async () =>
        (await browser.use((port) => ask(page, port))).data.openAccountLinking.answer.account.userId;
      expect(await load()).toBe(user.id);
      await browser.signIn(other);
      for (const isConfirmed of [true, false])
        expect((await browser.use((port) => decide(page, port, isConfirmed))).code).toBe(
          'ACCOUNT_LINK_SESSION_REQUIRED',
        );
      // The other account is named in another tab, and the first one answers late.
      expect(await load()).toBe(other.id);
      for (const named of [user.id, '', 'x'.repeat(10_000)])
        expect((await browser.use((port) => decide(page, port, true, named))).code).toBe(
          'ACCOUNT_LINK_SESSION_REQUIRED',
        );
      expect([await linksOf(user), await linksOf(other)]).toEqual([[], []]);
      expect((await browser.use((port) => decide(page, port, true, other.id))).errors).toEqual([]);
      expect([await linksOf(user), await linksOf(other)]).toMatchObject([[], [{ externalId: 'ext-ann' }]]);
    });

    it('ends with access_denied when the user gives the sign-in up', async () => {
      const browser = new TestBrowser(linking.world, linking.tenant);
      const page = await pageOf(await visited());
      const { data } = await browser.use((port) => ask(page, port));
      const interaction = data.openAccountLinking.answer.pageUrl.split('/').at(-1);
      await browser.submit('cancelInteraction', interaction);
      const ended = await browser.use((port) => ask(page, port, interaction));
      const { redirectTo } = ended.data.openAccountLinking.answer;
      expect((await complete(new URL(redirectTo))).data.completeAccountLinking.outcome).toBe('ACCESS_DENIED');
    });

    it('links nothing where nobody is signed in, nor by a token of the user', async () => {
      const page = await pageOf(await visited());
      const other = await linking.world.tenant();
      const stranger = await signedIn((await linking.world.newUser(other)).id, other);
      const nobody = new RequestBrowser({ headers: {} }, 'https://id.example.com');
      for (const browser of [stranger, nobody])
        expect((await decide(page, browser)).code).toBe('ACCOUNT_LINK_SESSION_REQUIRED');
      expect((await decide(page, null)).code).toBe('BROWSER_REQUIRED');
      expect((await ask(page, null)).code).toBe('BROWSER_REQUIRED');
      expect(await linksOf(linking.user)).toEqual([]);
    });

    it('requires no sign-in to report that the user refused at the provider', async () => {
      const back = await linking.upstream.refuse(await begun({}, app()));
      expect((await complete(back)).data.completeAccountLinking.outcome).toBe('ACCESS_DENIED');
    });

    it('may name the user', async () => {
      const { data } = await completeAsked(await visited({ userId: linking.user.id }));
      expect(data.completeAccountLinking.outcome).toBe('LINKED');
      expect(await linksOf(linking.user)).toHaveLength(1);
      expect((await begin({ userId: 'nobody' }, app())).code).toBe('USER_NOT_FOUND');
    });

    it('links neither account when an attacker sends a victim the address of a visit (check 61)', async () => {
      const victim = await linking.world.newUser(linking.tenant);
      const browser = await signedIn(victim.id);
      // Begun for the attacker: the victim's external account would become the attacker's.
      const page = await pageOf(await visited({ userId: linking.user.id }), browser);
      const { data } = await ask(page, browser);
      expect(data.openAccountLinking.answer.__typename).toBe('AccountLinkingSignIn');
      expect((await decide(page, browser)).code).toBe('ACCOUNT_LINK_SESSION_REQUIRED');
      // Begun for nobody: the attacker's external account is named before it becomes the victim's.
      const open = await pageOf(await linking.upstream.visit(await begun({}, app()), 'ext-attacker'), browser);
      expect((await ask(open, browser)).data.openAccountLinking.answer.externalName).toBe('ext-attacker');
      expect([...(await linksOf(linking.user)), ...(await linksOf(victim))]).toEqual([]);
    });
  });

  it('leads a browser in which another user is signed in to the sign-in of the right one', async () => {
    const { tenant, world } = linking;
    await world.givePassword(tenant, linking.user.id, PASSWORD);
    const other = await world.newUser(tenant);
    await world.givePassword(tenant, other.id, PASSWORD);
    const browser = new TestBrowser(world, tenant);
    await browser.signIn(other);
    const page = await pageOf(await linking.upstream.visit(await begun(), 'ext-ann'));
    const { data } = await browser.use((port) => ask(page, port));
    const interaction = data.openAccountLinking.answer.pageUrl.split('/').at(-1);
    expect((await browser.load(interaction)).data.interaction.step).toMatchObject({
      __typename: 'PasswordStep',
      identifier: linking.user.username,
      isIdentifierFixed: true,
    });
    await browser.password(interaction, linking.user);
    expect((await browser.use((port) => decide(page, port))).errors).toEqual([]);
    expect([await linksOf(linking.user), await linksOf(other)]).toMatchObject([[{ externalId: 'ext-ann' }], []]);
  });

  it('keeps a proven account for ten minutes, and its tokens sealed', async () => {
    await change({ scope: 'openid profile' });
    const browser = await signedIn(linking.user.id);
    const page = await pageOf(await linking.upstream.visit(await begun(), 'ext-ann'), browser);
    const rows = await linking.world.db.orm.em.fork().getConnection().execute('select payload from one_time_codes');
    expect(JSON.stringify(rows)).toContain('sealedTokens');
    expect(JSON.stringify(rows)).not.toContain('accessToken');
    linking.world.clock.advance(601);
    expect((await ask(page, browser)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
    expect((await decide(page, browser)).code).toBe('ACCOUNT_LINK_STATE_INVALID');
  });

  it('does not link for a user who was disabled meanwhile, nor at a provider that was', async () => {
    const back = await linking.upstream.visit(await begun(), 'ext-ann');
    await change({ enabled: false });
    expect((await complete(back)).data.completeAccountLinking.outcome).toBe('SERVER_ERROR');
    await change({ enabled: true });
    const browser = await signedIn(linking.user.id);
    const page = await pageOf(await linking.upstream.visit(await begun(), 'ext-ann'), browser);
    await change({ enabled: false });
    const decided = await decide(page, browser);
    const end = await complete(new URL(decided.data.decideAccountLinking.redirectTo));
    expect(end.data.completeAccountLinking.outcome).toBe('SERVER_ERROR');
    await change({ enabled: true });
    const again = await pageOf(await linking.upstream.visit(await begun(), 'ext-ann'), browser);
    await linking.world.services.users.setEnabled(linking.world.system(linking.tenant), linking.user.id, false);
    const late = await decide(again, browser);
    const ended = await complete(new URL(late.data.decideAccountLinking.redirectTo));
    expect(ended.data.completeAccountLinking.outcome).toBe('SERVER_ERROR');
    expect(await linksOf(linking.user)).toEqual([]);
  });

  describe('refuses to begin', () => {
    it.each(['corp:corp_2', 'vk:corp_1', 'corp', ':', 'a:b:c'])('at the provider %j', async (key) => {
      const { errors } = await begin({ provider: key });
      expect(errors[0]?.extensions).toMatchObject({
        code: 'BIND_PROVIDER_UNKNOWN',
        fields: [{ path: 'input.provider' }],
      });
    });

    it('at a provider whose name no column takes', async () => {
      const { errors } = await begin({ provider: 'corp:a\0' });
      expect(errors[0]?.extensions).toMatchObject({
        code: 'INVALID_INPUT',
        fields: [{ path: 'input.provider', code: 'TEXT_NOT_STORABLE' }],
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

    it('with a return address on a host, unless the host is bound to the tenant and the port is that of PUBLIC_URL', async () => {
      const { world, tenant } = linking;
      const other = await world.tenant();
      await world.services.tenants.bindHost(world.system(tenant), 'own.example');
      await world.services.tenants.bindHost(world.system(other), 'foreign.example');
      const codeOf = async (redirectUri: string) => (await begin({ redirectUri })).code;
      expect(await codeOf('https://own.example/return')).toBeUndefined();
      for (const uri of [
        'https://own.example:8443/return',
        'http://own.example/return',
        'https://foreign.example/return',
      ])
        expect([uri, await codeOf(uri)]).toEqual([uri, 'BIND_REDIRECT_INVALID']);
    });

    it('for a caller without a client, or of a client without that address', async () => {
      expect((await begin({}, { ...linking.caller, clientId: null })).code).toBe('BIND_CALLBACK_NOT_REGISTERED');
      expect((await begin({}, { ...linking.caller, clientId: 'unknown' })).code).toBe('BIND_CALLBACK_NOT_REGISTERED');
    });

    it('for another user than oneself, and without the permission', async () => {
      const other = await linking.world.newUser(linking.tenant);
      expect((await begin({ userId: other.id })).code).toBe('FORBIDDEN');
      expect(
        (await begin({}, linking.world.user(linking.tenant, linking.user.id, 'federation-link:write:self'))).code,
      ).toBe('FORBIDDEN');
      expect((await begin({}, anonymous)).code).toBe('UNAUTHENTICATED');
    });

    it('when the provider cannot be reached, and tries again the next time', async () => {
      const restore = linking.upstream.instead((_request, response) => void response.writeHead(500).end());
      const { errors } = await begin();
      expect(errors[0]?.extensions).toMatchObject({ code: 'FEDERATION_PROVIDER_UNREACHABLE', kind: 'unavailable' });
      restore();
      expect((await begin()).errors).toEqual([]);
    });
  });

  it('sends the browser to the callback itself when no other address is named: the application completes it', async () => {
    const redirectTo = await begun({ redirectUri: null });
    const back = await linking.upstream.visit(redirectTo, 'ext-ann');
    expect(back.origin + back.pathname).toBe(CALLBACK);
    const browser = await signedIn(linking.user.id);
    const { redirectTo: page } = (await complete(back, linking.caller)).data.completeAccountLinking;
    const end = new URL((await decide(page, browser)).data.decideAccountLinking.redirectTo);
    expect([end.origin + end.pathname, [...end.searchParams.keys()]]).toEqual([CALLBACK, ['state']]);
    expect((await complete(end, linking.caller)).data.completeAccountLinking.outcome).toBe('LINKED');
  });

  it('reads the metadata of a provider once for many visits', async () => {
    await begun();
    await begun();
    const discoveries = linking.upstream.seen.filter(({ path }) => path.startsWith('/.well-known/'));
    expect(discoveries).toHaveLength(1);
  });
});
