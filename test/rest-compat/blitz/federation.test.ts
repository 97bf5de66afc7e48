import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, anonymousCaller } from '../../../src/access/index.ts';
import { cookieName, RequestBrowser } from '../../../src/server/http/browser.ts';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { NO_SUBJECT, NOT_FOUND, processError, wrongValue } from '../../support/blitz-refusals.ts';
import { TestUpstream } from '../../support/upstream.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const PUBLIC_URL = 'https://id.example.com';
const RETURN = `${PUBLIC_URL}/blitz/api/users/current/fps/bind/cb/vk/vk_1`;
const CALLBACK = 'https://app.company.com/callback';

describe('Blitz 2.15: external providers', () => {
  const blitz = blitzOfSuite();
  let upstream: TestUpstream;
  let system: string;
  let anna: User;
  let annasToken: string;
  beforeAll(async () => {
    upstream = await TestUpstream.start({ clientId: '1000001', redirectUris: [RETURN] });
    await blitz.world.newProvider(blitz.tenant, {
      type: 'vk',
      name: 'vk_1',
      clientId: '1000001',
      issuer: upstream.issuer,
      authorizationParameters: { v: '5.52' },
    });
    await blitz.world.newProvider(blitz.tenant, { type: 'tcs', name: 'tcs_1', issuer: upstream.issuer });
    system = await blitz.appToken('blitz_api_sys_ufa', 'blitz_api_sys_ufa_chg');
  });
  afterAll(async () => {
    await upstream.close();
  });
  beforeEach(async () => {
    anna = await blitz.account();
    annasToken = await blitz.userToken(anna, 'blitz_api_ufa', 'blitz_api_ufa_chg');
  });

  const { ask } = blitz;
  const fa = (version = 'v3', user: Pick<User, 'id'> = anna) => `/blitz/api/${version}/users/${user.id}/fa`;
  const list = async (user = anna) => (await ask('GET', fa('v3', user), { token: system })).json;

  it('T14: links by id with 204 and an empty body, lists the link, unlinks it', async () => {
    const answer = await ask('POST', `${fa()}/tcs/tcs_1/4711`, { token: annasToken, headers: END_USER });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await list()).toEqual([{ sid: '4711', fpType: 'tcs', fpName: 'tcs_1' }]);
    const again = await ask('POST', `${fa()}/tcs/tcs_1/4711`, { token: system });
    expect(again.status).toBe(204);
    expect(await list()).toHaveLength(1);
    const gone = await ask('DELETE', `${fa()}/tcs/tcs_1/4711`, { token: annasToken, headers: END_USER });
    expect([gone.status, gone.text]).toEqual([204, '']);
    expect(await list()).toEqual([]);
    const events = (await blitz.world.events(blitz.tenant)).filter(({ subject_id: id }) => id === anna.id);
    expect(events.filter(({ type }) => type.startsWith('federation_link.'))).toMatchObject([
      {
        type: 'federation_link.added',
        ip: '200.200.100.100',
        peer_ip: '127.0.0.1',
        user_agent: END_USER['user-agent'],
      },
      { type: 'federation_link.removed', ip: '200.200.100.100' },
    ]);
  });

  it('keeps a display name until another one is given', async () => {
    const link = `${fa()}/tcs/tcs_1/4712`;
    await ask('POST', link, { token: system, body: { federatedAccountName: 'Anna on TCS' } });
    await ask('POST', link, { token: system, body: {} });
    expect(await list()).toEqual([{ sid: '4712', fpType: 'tcs', fpName: 'tcs_1', userName: 'Anna on TCS' }]);
    const wrong = await ask('POST', link, { token: system, body: { federatedAccountName: 7 } });
    expect([wrong.status, wrong.json]).toEqual([400, wrongValue('federatedAccountName')]);
  });

  it('T15: unlinks under v2 like under v3, under v2 also with Basic', async () => {
    for (const credentials of [
      { token: annasToken, headers: END_USER },
      { headers: { authorization: blitz.restBasic } },
    ]) {
      await ask('POST', `${fa()}/tcs/tcs_1/4713`, { token: system });
      expect((await ask('DELETE', `${fa('v2')}/tcs/tcs_1/4713`, credentials)).status).toBe(204);
      expect(await list()).toEqual([]);
    }
    const bad = await ask('DELETE', `${fa('v2')}/tcs/tcs_1/4713`, { headers: { authorization: 'Basic eDp5' } });
    expect([bad.status, bad.headers['www-authenticate']]).toEqual([401, 'Basic realm="blitz"']);
    const none = await ask('DELETE', `${fa('v2')}/tcs/tcs_1/4713`);
    const both = 'Bearer error="invalid_token", Basic realm="blitz"';
    expect([none.status, none.headers['www-authenticate']]).toEqual([401, both]);
    const v3 = await ask('DELETE', `${fa()}/tcs/tcs_1/4713`, { headers: { authorization: blitz.restBasic } });
    expect([v3.status, v3.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
  });

  it('answers not_found for a provider or link that does not exist, no_subject_found for a user', async () => {
    const long = 'x'.repeat(65);
    for (const path of ['nope/nope_1', 'tcs/nope', 'vk/tcs_1', `tcs/${long}`, `${long}/tcs_1`].map(
      (provider) => `${fa()}/${provider}/1`,
    )) {
      const answer = await ask('POST', path, { token: system });
      expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
    }
    const absent = await ask('DELETE', `${fa()}/tcs/tcs_1/nobody`, { token: system });
    expect([absent.status, absent.json]).toEqual([404, NOT_FOUND]);
    const endless = await ask('DELETE', `${fa()}/tcs/tcs_1/${'x'.repeat(513)}`, { token: system });
    expect([endless.status, endless.json]).toEqual([404, NOT_FOUND]);
    const tooLong = await ask('POST', `${fa()}/tcs/tcs_1/${'x'.repeat(513)}`, { token: system });
    expect([tooLong.status, tooLong.json]).toEqual([400, wrongValue('sid')]);
    for (const answer of [
      await ask('GET', fa('v3', { id: 'nobody' }), { token: system }),
      await ask('POST', `${fa('v3', { id: 'nobody' })}/tcs/tcs_1/1`, { token: system }),
      await ask('DELETE', `${fa('v3', { id: 'nobody' })}/tcs/tcs_1/1`, { token: system }),
    ])
      expect([answer.status, answer.json]).toEqual([404, NO_SUBJECT]);
  });

  it("answers already_bound for another account's link", async () => {
    const boris = await blitz.account();
    await ask('POST', `${fa('v3', boris)}/tcs/tcs_1/4714`, { token: system });
    const answer = await ask('POST', `${fa()}/tcs/tcs_1/4714`, { token: annasToken, headers: END_USER });
    expect([answer.status, answer.json]).toEqual([400, processError('already_bound')]);
    expect(await list()).toEqual([]);
  });

  it('T13: refuses tokens without the scope, of the other mode, and of another account', async () => {
    const poor = await blitz.userToken(anna, 'blitz_api_ufa');
    for (const [method, path] of [
      ['POST', `${fa()}/tcs/tcs_1/1`],
      ['DELETE', `${fa()}/tcs/tcs_1/1`],
    ] as const) {
      const answer = await ask(method, path, { token: poor, headers: END_USER });
      expect([answer.status, answer.json.error]).toEqual([403, 'insufficient_scope']);
    }
    const boris = await blitz.account();
    const foreign = await ask('POST', `${fa('v3', boris)}/tcs/tcs_1/1`, { token: annasToken, headers: END_USER });
    expect([foreign.status, foreign.json.error]).toEqual([403, 'access_denied']);
    expect((await ask('GET', fa('v3', boris), { token: annasToken })).status).toBe(403);
  });

  it('accepts an id with a slash, percent-encoded', async () => {
    expect((await ask('POST', `${fa()}/tcs/tcs_1/a%2Fb%20c`, { token: system })).status).toBe(204);
    expect(await list()).toEqual([{ sid: 'a/b c', fpType: 'tcs', fpName: 'tcs_1' }]);
  });

  describe('bind', () => {
    const bind = (over: object = {}, credentials: object = { headers: { authorization: blitz.restBasic } }) =>
      ask('POST', '/blitz/api/v2/users/current/fa/bind', {
        body: { fp: 'vk:vk_1', callback: CALLBACK, ...over },
        ...credentials,
      });
    const begun = async (over: object = {}, credentials?: object): Promise<string> => {
      const answer = await bind(over, credentials);
      expect(answer.status).toBe(200);
      return answer.json.redirectTo;
    };
    const comeBack = (back: URL, headers: Record<string, string> = {}) =>
      ask('GET', back.href.slice(PUBLIC_URL.length), { headers });

    const DECIDE =
      'mutation ($input: DecideAccountLinkingInput!) { decideAccountLinking(input: $input) { redirectTo } }';
    /** Answers yes on the page to which the browser was sent. @returns The address to which it goes. */
    const confirmed = async (page: string, cookie: string, userId = anna.id): Promise<URL> => {
      const browser = new RequestBrowser({ headers: { cookie } }, PUBLIC_URL);
      const input = { tenant: blitz.tenant.name, handle: page.split('/').at(-1), userId, isConfirmed: true };
      const { data, errors } = await blitz.world.graphql(anonymousCaller(TEST_ORIGIN), DECIDE, { input }, browser);
      expect(errors).toEqual([]);
      return new URL(data.decideAccountLinking.redirectTo);
    };
    const signedIn = async (id = anna.id): Promise<string> => {
      const { cookie } = await blitz.world.signedIn(blitz.tenant, id, { inBrowser: true });
      return `${cookieName('session', blitz.tenant, true)}=${cookie}`;
    };
    /** Comes back from the provider in a browser whose user answers yes on the page. @returns The last answer. */
    const comeBackAsked = async (back: URL, cookie?: string) => {
      const sent = cookie ?? (await signedIn());
      const { status, headers } = await comeBack(back, { cookie: sent });
      expect([status, headers.location]).toEqual([
        302,
        expect.stringMatching(new RegExp(`^${PUBLIC_URL}/t/${blitz.tenant.name}/link-account/[\\w-]{43}$`)),
      ]);
      return comeBack(await confirmed(headers.location!, sent), { cookie: sent });
    };

    it('T16, sample: answers the URL for the browser, with the callback path as redirect_uri and a new state', async () => {
      const [first, second] = [await begun(), await begun()];
      expect(first.startsWith(`${upstream.issuer}/auth?`)).toBe(true);
      expect(first).toContain(`redirect_uri=${encodeURIComponent(RETURN)}`);
      const query = new URL(first).searchParams;
      expect(Object.fromEntries(query)).toMatchObject({ client_id: '1000001', response_type: 'code', v: '5.52' });
      // The order of the sample; parameters that it does not name are at the place of the provider's parameters.
      const names = [...query.keys()];
      expect(names.slice(0, 4)).toEqual(['state', 'scope', 'redirect_uri', 'client_id']);
      expect(names.at(-1)).toBe('response_type');
      expect(query.get('state')).toMatch(/^[0-9a-f-]{36}$/);
      expect(query.get('state')).not.toBe(new URL(second).searchParams.get('state'));
    });

    it("with Bearer links the account of the sign-in at the provider to the token's user, and redirects to the callback", async () => {
      const redirectTo = await begun({}, { token: annasToken });
      const back = await upstream.visit(redirectTo, 'vk-anna');
      const answer = await comeBackAsked(back);
      expect([answer.status, answer.headers.location]).toEqual([302, CALLBACK]);
      expect(await list()).toMatchObject([{ sid: 'vk-anna', fpType: 'vk', fpName: 'vk_1' }]);
      const replay = await comeBack(back);
      expect([replay.status, replay.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
    });

    it('links where a page of the service began it only in the browser of that page', async () => {
      const clients = await blitz.world.newClient(blitz.tenant, { redirects: [{ uri: CALLBACK, match: 'exact' }] });
      const caller = { ...blitz.world.user(blitz.tenant, anna.id), clientId: clients.client.clientId };
      const session = await signedIn();
      const browser = new RequestBrowser({ headers: { cookie: session } }, PUBLIC_URL);
      const input = { provider: 'vk:vk_1', callback: CALLBACK, redirectUri: RETURN };
      const authority = new Authority(caller, blitz.tenant, 'self');
      const { redirectTo } = await blitz.world.services.accountLinking.begin(authority, input, browser);
      const back = await upstream.visit(redirectTo, 'vk-page');
      const other = await comeBack(back, { cookie: session });
      expect([other.status, other.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
      expect(await list()).toEqual([]);
      const answer = await comeBackAsked(back, `${session}; ${browser.setCookies[0]!.split(';')[0]!}`);
      expect([answer.status, answer.headers.location]).toEqual([302, CALLBACK]);
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(await list()).toMatchObject([{ sid: 'vk-page' }]);
    });

    it("with Basic links to the user of the browser's session, once the page has asked", async () => {
      const back = await upstream.visit(await begun(), 'vk-session');
      const cookie = await signedIn();
      expect(cookie).toMatch(/^__Host-s[0-9a-f]{10}=/);
      const answer = await comeBackAsked(back, `other=1; ${cookie}`);
      expect([answer.status, answer.headers.location]).toEqual([302, CALLBACK]);
      expect(await list()).toMatchObject([{ sid: 'vk-session' }]);
    });

    it('links nothing before the page has asked, and shows a page for an answer that is used again', async () => {
      const back = await upstream.visit(await begun({}, { token: annasToken }), 'vk-asked');
      const { headers } = await comeBack(back);
      expect(await list()).toEqual([]);
      const end = await confirmed(headers.location!, await signedIn());
      expect((await comeBack(end)).headers.location).toBe(CALLBACK);
      const again = await comeBack(end);
      expect([again.status, again.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
    });

    it("counts the dialect's cookie of a session once, replaces it by that of the service and deletes it", async () => {
      const { cookie, session } = await blitz.world.signedIn(blitz.tenant, anna.id, { inBrowser: true });
      const name = cookieName('session', blitz.tenant, true);
      const answer = await comeBack(await upstream.visit(await begun(), 'vk-css'), { cookie: `css=${cookie}` });
      const set = answer.headers['set-cookie']!;
      await confirmed(answer.headers.location!, set[0]!.split(';')[0]!);
      expect(await list()).toMatchObject([{ sid: 'vk-css' }]);
      expect(set[0]).toBe(`${name}=${cookie}; Path=/; HttpOnly; Secure; SameSite=Lax`);
      expect(set).toContain('css=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax');
      expect(set).toContain('css=; Max-Age=0; Path=/blitz; HttpOnly; Secure; SameSite=Lax');
      const shown = `${cookieName('sessionId', blitz.tenant, true)}=${session.id}; Path=/; Secure; SameSite=None`;
      expect(set[1]).toBe(shown);
      expect(set.slice(2).every((one) => one.startsWith('css=; Max-Age=0; '))).toBe(true);
    });

    it("prefers the living session of the service to the dialect's cookie, which is deleted", async () => {
      const boris = await blitz.account();
      const cookieFor = async (id: string) =>
        (await blitz.world.signedIn(blitz.tenant, id, { inBrowser: true })).cookie!;
      const [annas, boriss] = [await cookieFor(anna.id), await cookieFor(boris.id)];
      const name = cookieName('session', blitz.tenant, true);
      const back = await upstream.visit(await begun(), 'vk-both');
      const answer = await comeBack(back, { cookie: `${name}=${annas}; css=${boriss}` });
      await confirmed(answer.headers.location!, `${name}=${annas}`);
      expect(await list()).toMatchObject([{ sid: 'vk-both' }]);
      expect(answer.headers['set-cookie']!.every((one) => one.startsWith('css=; Max-Age=0; '))).toBe(true);
      const dead = await comeBack(await upstream.visit(await begun(), 'vk-dead'), {
        cookie: `${name}=${boriss.slice(0, -4)}AAAA; css=${annas}`,
      });
      expect(dead.headers['set-cookie']![0]).toContain(`${name}=${annas}; `);
    });

    it("counts no dialect's cookie of another tenant, nor one of no session", async () => {
      const other = await blitz.world.tenant();
      const stranger = await blitz.world.newUser(other);
      const { cookie } = await blitz.world.signedIn(other, stranger.id, { inBrowser: true });
      for (const css of [cookie!, 'x', '', '%00', cookie!.slice(0, 20)]) {
        const back = await upstream.visit(await begun(), 'vk-none');
        const answer = await comeBack(back, { cookie: `css=${css}` });
        expect(answer.status).toBe(302);
        const [session] = (answer.headers['set-cookie'] ?? []).filter((one) => !one.startsWith('css=; Max-Age=0'));
        expect(session).toBeUndefined();
      }
    });

    it('accepts the OAuth secret of an application without a REST password, and refuses any other secret', async () => {
      const { client, secret } = await blitz.world.newClient(blitz.tenant, {
        clientId: 'modest',
        redirects: [{ uri: CALLBACK, match: 'exact' }],
      });
      const basic = (text: string) => ({ headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` } });
      await begun({}, basic(`${client.clientId}:${secret}`));
      for (const wrong of [blitz.basic, 'Basic eDp5', 'Basic !!', 'Basic']) {
        const answer = await bind({}, { headers: { authorization: wrong } });
        expect(answer.status).toBe(401);
        expect(['invalid_client', 'invalid_token']).toContain(answer.json.error);
      }
    });

    it('redirects to the callback with an error when the user refuses, or the account is linked to another user', async () => {
      const refused = await comeBack(await upstream.refuse(await begun({}, { token: annasToken })));
      expect(refused.headers.location).toMatch(
        /^https:\/\/app\.company\.com\/callback\?error=access_denied&error_description=/,
      );
      const boris = await blitz.account();
      await ask('POST', `${fa('v3', boris)}/vk/vk_1/vk-taken`, { token: system });
      const taken = await comeBackAsked(await upstream.visit(await begun({}, { token: annasToken }), 'vk-taken'));
      expect(taken.headers.location).toMatch(/\?error=already_bound&/);
      expect(await list()).toEqual([]);
    });

    it('answers in popup mode with a page that sends a message to its opener and closes itself', async () => {
      const back = await upstream.visit(await begun({ isPopup: true }, { token: annasToken }), 'vk-popup');
      const answer = await comeBackAsked(back);
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(answer.text).toContain('"outcome":"linked"');
      expect(answer.text).toContain('"https://app.company.com"');
      expect(answer.headers['content-security-policy']).toMatch(/script-src 'sha256-[A-Za-z0-9+/]{43}='/);
      expect(answer.headers['cross-origin-opener-policy']).toBe('unsafe-none');
    });

    it('answers 400 with pos for an unknown provider, a callback that is not registered, and missing members', async () => {
      for (const [over, pos] of [
        [{ fp: 'vk:none' }, 'fp'],
        [{ fp: 'nonsense' }, 'fp'],
        [{ fp: 'vk:\ud800' }, 'fp'],
        [{ fp: 7 }, 'fp'],
        [{ callback: 'https://evil.example.com/callback' }, 'callback'],
        [{ callback: '/callback' }, 'callback'],
        [{ callback: undefined }, 'callback'],
        [{ isPopup: 'yes' }, 'isPopup'],
      ] as const) {
        const answer = await bind(over);
        expect([answer.status, answer.json]).toEqual([400, wrongValue(pos)]);
      }
    });

    it('shows a page for a state that is unknown, missing or of another provider', async () => {
      const cb = '/blitz/api/users/current/fps/bind/cb';
      const state = new URL(await begun({}, { token: annasToken })).searchParams.get('state');
      for (const path of [
        `${cb}/vk/vk_1?state=nope&code=x`,
        `${cb}/vk/vk_1?code=x`,
        `${cb}/tcs/tcs_1?state=${state}&code=x`,
        `${cb}/vk/vk_1?state=${state}&state=2`,
      ]) {
        const answer = await ask('GET', path);
        expect([answer.status, answer.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
      }
    });
  });
});
