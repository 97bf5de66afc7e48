import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, anonymousCaller } from '../../../src/access/index.ts';
import { MAX_TEXT_LENGTH } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { LinkBrowser, linkIn, textOf } from '../../support/mailed-links.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 5 });
const SENT = [200, answer('Mail was sent successfully to provided email id with magic link')];
const MISSING = [400, answer('Mandatory data is missing', 'BAD_REQUEST')];
const NOT_SENT = [500, answer('Internal server error', 'INTERNAL_SERVER_ERROR')];
const REDIRECT = 'https://app.example.com/cb';
const PATH = '/realms/acme/kobil-magic-link/access-link';
const ENDPOINT = 'https://id.example.com/realms/acme/login-actions/action-token';

describe('KOBIL: sign-in links (45)', () => {
  const kobil = kobilOfSuite();
  let server: TestSmtpServer;
  let token: string;
  let clientId: string;
  let user: User;
  let count = 0;
  beforeAll(async () => {
    server = await TestSmtpServer.start();
    token = kobil.token(kobil.acme, 'sign-in-link:send', 'user:read', 'user:create', 'auth-mode:write');
    ({ clientId } = (await newClient()).client);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    server.clear();
    user = await kobil.world.newUser(kobil.acme, { username: `mia${++count}`, email: `mia${count}@sea.example` });
    await setServer({ host: '127.0.0.1', port: server.port, from: 'id@acme.example' });
  });

  const newClient = (input: object = {}) =>
    kobil.world.newClient(kobil.acme, {
      name: 'Pier 9',
      grantTypes: ['authorization_code'],
      redirects: [{ uri: REDIRECT, match: 'exact' }],
      consent: 'trusted',
      ...input,
    });
  const setServer = (mailServer: object | null) =>
    kobil.world.services.tenants.updateSettings(kobil.world.system(kobil.acme), {
      mailServer: mailServer === null ? null : { password: null, ...mailServer },
    } as never);
  const input = (more: object = {}) => ({
    clientId,
    email: user.email,
    redirectUri: REDIRECT,
    scope: 'open_id',
    responseMode: 'query',
    responseType: 'code token',
    ...more,
  });
  const send = (more: object = {}, as = token, base = '') =>
    kobil.ask('POST', base + PATH, { token: as, body: input(more) });
  const sendLink = async (more: object = {}): Promise<URL> => {
    expect(await send(more)).toEqual(SENT);
    return linkIn(server.mails.at(-1)!);
  };
  const browser = () => new LinkBrowser(kobil.rest);
  const sessions = async (id = user.id) =>
    (await kobil.world.services.sessions.page(kobil.world.system(kobil.acme), { userId: id }, {})).rows;
  const stored = () =>
    kobil.world.db.orm.em
      .fork()
      .getConnection()
      .execute("select encode(hash, 'escape') as hash, payload from one_time_codes where user_id = ?", [user.id]);
  const reload = async () => (await kobil.world.services.users.findIn(kobil.acme.id, user.id))!;

  it('mails one link, in the language of the user, that works for the time of the tenant', async () => {
    await kobil.world.services.users.update(kobil.world.system(kobil.acme), user.id, { locale: 'de' });
    const link = await sendLink();
    const mail = server.mails.at(-1)!;
    expect(mail.to).toEqual([user.email]);
    expect(mail.raw).toContain('Subject: Anmeldung bei acme');
    expect(textOf(mail)).toContain('innerhalb von 5 Minuten');
    expect(`${link.origin}${link.pathname}`).toBe(ENDPOINT);
    expect([...link.searchParams.keys()]).toEqual(['key', 'client_id']);
    expect(await send({}, token, '/auth')).toEqual(SENT);
    expect(linkIn(server.mails.at(-1)!).pathname).toBe('/auth/realms/acme/login-actions/action-token');
    const sent = (await kobil.world.events(kobil.acme)).filter(({ type }) => type === 'mailed_link.sent').at(-1);
    expect(sent).toMatchObject({ subject_id: user.id, client_id: clientId, params: { purpose: 'sign-in' } });
    expect(JSON.stringify(sent)).not.toContain(link.searchParams.get('key'));
    expect(JSON.stringify(await stored())).not.toContain(link.searchParams.get('key'));
  });

  it('opening it uses nothing up: its button signs in, once, and confirms the address', async () => {
    const link = await sendLink();
    const tab = browser();
    for (const method of ['GET', 'HEAD', 'GET']) {
      const page = await tab.ask(method, link, { 'sec-purpose': 'prefetch' });
      expect([page.status, page.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(page.headers['content-security-policy']).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' https:$/,
      );
      expect(page.headers['set-cookie']).toBeUndefined();
    }
    const page = await tab.ask('GET', link);
    expect(page.text).toContain('Sign in to Pier 9');
    expect(page.text).toContain(user.username);
    expect(page.text).toContain('<form method="post"><button type="submit">Sign in</button></form>');
    expect(await sessions()).toEqual([]);
    const posted = await tab.ask('POST', link);
    expect(posted.status).toBe(302);
    const target = new URL(posted.headers.location!);
    expect(`${target.origin}${target.pathname}`).toBe(REDIRECT);
    expect(Object.fromEntries(target.searchParams)).toEqual({
      code: expect.any(String),
      iss: 'https://id.example.com/realms/acme',
      session_state: (await sessions())[0]!.id,
    });
    const [session] = await sessions();
    expect(session).toMatchObject({ amr: ['email'], acr: '1fa' });
    expect(await tab.jar.get('session', kobil.acme)).not.toBeNull();
    expect((await reload()).emailVerified).toBe(true);
    for (const method of ['GET', 'POST'])
      expect([(await browser().ask(method, link)).status, (await sessions()).length]).toEqual([400, 1]);
    const types = (await kobil.world.events(kobil.acme)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['mailed_link.used', 'user.email_verified', 'session.started']));
  });

  it('of two clicks at the same moment a single one signs in', async () => {
    const link = await sendLink();
    const answers = await Promise.all([browser().ask('POST', link), browser().ask('POST', link)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([302, 400]);
    expect(await sessions()).toHaveLength(1);
  });

  it('answers in the fragment, and by a form', async () => {
    const inFragment = await browser().ask('POST', await sendLink({ responseMode: 'fragment', responseType: 'code' }));
    expect(inFragment.headers.location).toMatch(/^https:\/\/app\.example\.com\/cb#code=[^&]+&session_state=[^&]+&iss=/);
    const posted = await browser().ask('POST', await sendLink({ responseMode: 'form_post' }));
    expect(posted.status).toBe(200);
    expect(posted.text).toMatch(
      /<form method="post" action="https:\/\/app\.example\.com\/cb">\n<input type="hidden" name="code"/,
    );
  });

  it('with resetPassword, demands a new password before the application gets its answer', async () => {
    const link = await sendLink({ resetPassword: true });
    expect((await reload()).requiredActions ?? []).toEqual([]);
    const tab = browser();
    expect((await tab.ask('GET', link)).text).toContain('Choose a new password.');
    const posted = await tab.ask('POST', link);
    expect(posted.headers.location).toMatch(/^https:\/\/id\.example\.com\/t\/acme\/sign-in\/[\w-]{43}$/);
    expect(await sessions()).toEqual([]);
    const handle = posted.headers.location!.split('/').at(-1)!;
    const { interactionSteps } = kobil.world.services;
    const authority = new Authority(anonymousCaller(TEST_ORIGIN), kobil.acme, 'self');
    await tab.jar.use((port) =>
      interactionSteps.submitNewPassword(authority, port, handle, 'nine-otters-under-birches'),
    );
    const answered = await tab.ask('GET', `/realms/acme/protocol/openid-connect/auth/${handle}`);
    expect(answered.headers.location).toMatch(/^https:\/\/app\.example\.com\/cb\?code=/);
    expect(await kobil.world.services.passwords.verify(kobil.acme.id, user.id, 'nine-otters-under-birches')).toBe(true);
    expect((await reload()).requiredActions).toEqual([]);
  });

  it('asks for the second factor that the account demands', async () => {
    await kobil.world.giveTotp(kobil.acme, user.id);
    await kobil.world.services.authModes.update(kobil.world.system(kobil.acme), user.id, { requiredFactor: 2 });
    const posted = await browser().ask('POST', await sendLink());
    expect(posted.headers.location).toContain('/t/acme/sign-in/');
    expect(await sessions()).toEqual([]);
  });

  it('makes a user where forceCreate says so, and none otherwise', async () => {
    const email = `new${count}@sea.example`;
    expect(await send({ email })).toEqual([404, answer('User does not exist', 'USER_NOT_FOUND')]);
    const link = await sendLink({ email, forceCreate: true });
    const { users } = kobil.world.services;
    const made = (await users.findByUsername(kobil.world.system(kobil.acme), email))!;
    expect(made).toMatchObject({ email, enabled: true, emailVerified: false });
    expect(await send({ email: email.toUpperCase(), forceCreate: true })).toEqual(SENT);
    expect((await browser().ask('POST', link)).status).toBe(302);
    const poor = kobil.token(kobil.acme, 'sign-in-link:send', 'user:read');
    expect((await send({ email: 'another@sea.example', forceCreate: true }, poor))[0]).toBe(403);
    await kobil.world.newUser(kobil.acme, { username: 'taken@sea.example', email: 'other@sea.example' });
    expect(await send({ email: 'taken@sea.example', forceCreate: true })).toEqual([
      400,
      answer('Invalid username', 'BAD_REQUEST'),
    ]);
  });

  it('needs all six members, in their form', async () => {
    for (const name of ['clientId', 'email', 'redirectUri', 'scope', 'responseMode', 'responseType'])
      for (const value of [undefined, null, '', 7, ['x'], 'x'.repeat(MAX_TEXT_LENGTH + 1)])
        expect([name, value, ...(await send({ [name]: value }))]).toEqual([name, value, ...MISSING]);
    for (const more of [
      { email: 'no address' },
      { email: 'a@b.example, c@d.example' },
      { email: 'a@b.example\u0000' },
      { responseMode: 'web_message' },
      { responseType: 'token' },
      { responseType: 'codes' },
      { forceCreate: 'yes' },
      { resetPassword: 1 },
      { scope: '"' },
    ])
      expect([more, ...(await send(more))]).toEqual([more, ...MISSING]);
    expect(server.mails).toEqual([]);
  });

  it('leads to no app that is unknown or disabled, and to no address that the app has not registered', async () => {
    const unknown = [404, answer('App does not exist', 'APP_NOT_FOUND_STATUS')];
    expect(await send({ clientId: 'nobody' })).toEqual(unknown);
    const { client } = await newClient();
    await kobil.world.services.clients.update(kobil.world.system(kobil.acme), client.id, { enabled: false });
    expect(await send({ clientId: client.clientId })).toEqual(unknown);
    const { client: theirs } = await kobil.world.newClient(kobil.master, {
      grantTypes: ['authorization_code'],
      redirects: [{ uri: REDIRECT, match: 'exact' }],
    });
    expect(await send({ clientId: theirs.clientId })).toEqual(unknown);
    const invalid = [400, answer('Invalid redirect uri', 'BAD_REQUEST')];
    for (const redirectUri of [
      'https://evil.example/',
      `${REDIRECT}/x`,
      'javascript:alert(1)',
      'https://app.example.com/cb#x',
    ])
      expect([redirectUri, ...(await send({ redirectUri }))]).toEqual([redirectUri, ...invalid]);
    const { client: tokens } = await newClient({ grantTypes: ['client_credentials'] });
    expect(await send({ clientId: tokens.clientId })).toEqual(MISSING);
    expect(server.mails).toEqual([]);
  });

  it('is not sent to an account that may do more than the caller, nor without the permissions', async () => {
    const role = await kobil.world.newRole(kobil.acme, { permissions: ['client:write'] });
    await kobil.world.grantRole(kobil.acme, { holderKind: 'user', holderId: user.id, roleId: role.id });
    const forbidden = [403, { ...answer('HTTP 403 Forbidden', 'FORBIDDEN'), error: 'HTTP 403 Forbidden' }];
    expect(await send()).toEqual(forbidden);
    for (const scopes of [['user:read'], ['sign-in-link:send'], ['mail:send', 'user:read']])
      expect(await send({}, kobil.token(kobil.acme, ...scopes))).toEqual(forbidden);
    user = await kobil.world.newUser(kobil.acme, { email: `few${count}@sea.example` });
    const few = kobil.token(kobil.acme, 'sign-in-link:send', 'user:read');
    expect(await send({ resetPassword: true }, few)).toEqual(forbidden);
    expect(server.mails).toEqual([]);
  });

  it('answers 500 when the mail cannot be sent, and the link does not work then', async () => {
    await setServer({ host: '127.0.0.1', port: 1, from: 'id@acme.example' });
    expect(await send()).toEqual(NOT_SENT);
    await setServer(null);
    expect(await send()).toEqual(NOT_SENT);
    expect(await stored()).toEqual([]);
  });

  it('works no more for a user who was disabled, has another address or password, and after its time', async () => {
    const { world, acme } = kobil;
    const system = world.system(acme);
    const expectNone = async (change: () => unknown) => {
      const link = await sendLink();
      await change();
      for (const method of ['GET', 'POST']) {
        const page = await browser().ask(method, link);
        expect([page.status, page.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
      }
      expect(await sessions()).toEqual([]);
    };
    await expectNone(() => world.services.users.update(system, user.id, { email: `else${count}@sea.example` }));
    await world.services.users.update(system, user.id, { email: user.email });
    await expectNone(() =>
      world.services.passwordFlow.set(system, { userId: user.id, password: 'nine-otters-at-ebb' }, 'x'),
    );
    user = await reload();
    await expectNone(() => world.services.endAccess.setEnabled(system, user.id, false));
    await world.services.endAccess.setEnabled(system, user.id, true);
    user = await reload();
    await expectNone(() => world.clock.advance(301));
    const reasons = (await world.events(acme))
      .filter(({ type }) => type === 'sign_in.failed')
      .map(({ reason }) => reason);
    expect(reasons.slice(-4)).toEqual(['address_changed', 'proof_outdated', 'account_disabled', 'link_expired']);
  });

  it('works for its app, its issuer and its tenant alone, in pages of the service alone', async () => {
    const link = await sendLink();
    const key = link.searchParams.get('key')!;
    const paths = [
      `/realms/acme/login-actions/action-token?key=${key}&client_id=other`,
      `/realms/acme/login-actions/action-token?key=${key.slice(0, -1)}`,
      `/realms/acme/login-actions/action-token?key=`,
      `/realms/acme/login-actions/action-token`,
      `/realms/acme/login-actions/action-token?key=${key}&key=${key}`,
      `/realms/acme/login-actions/action-token?key=${'x'.repeat(3000)}`,
      `/realms/acme/login-actions/action-token?key=%00`,
      `/realms/master/login-actions/action-token?key=${key}`,
      `/t/acme/oauth/link?key=${key}`,
    ];
    for (const path of paths)
      for (const method of ['GET', 'POST'])
        expect([method, path, (await browser().ask(method, path)).status]).toEqual([method, path, 400]);
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ] as Record<string, string>[])
      expect([headers, (await browser().ask('POST', link, headers)).status]).toEqual([headers, 403]);
    expect(await sessions()).toEqual([]);
    const own = { 'sec-fetch-site': 'same-origin', origin: 'null' };
    expect((await browser().ask('POST', link, own)).status).toBe(302);
  });

  it('replaces the session of another user in the browser', async () => {
    const other = await kobil.world.newUser(kobil.acme, { email: `ole${count}@sea.example` });
    const tab = browser();
    await tab.ask('POST', await sendLink({ email: other.email }));
    await tab.ask('POST', await sendLink());
    expect([(await sessions(other.id)).length, (await sessions()).length]).toEqual([0, 1]);
  });

  it('is mailed at most twenty times in ten minutes to an account', async () => {
    for (let time = 0; time < 20; time++) expect(await send()).toEqual(SENT);
    expect((await send())[0]).toBe(429);
    kobil.world.clock.advance(601);
    expect(await send()).toEqual(SENT);
  });
});
