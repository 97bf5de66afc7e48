import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, anonymousCaller } from '../../../src/access/index.ts';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { LinkBrowser, linkIn, textOf } from '../../support/mailed-links.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const DONE = [204, undefined];
const REDIRECT = 'https://app.example.com/welcome';
const PASSWORD = 'nine-otters-under-birches';
const refused = (errorMessage: string, status = 400) => [status, { errorMessage }];
const FORBIDDEN = [403, { error: 'HTTP 403 Forbidden' }];
const NO_USER = [404, { error: 'User not found' }];

describe('links that the administration mails, and acting as users', () => {
  const realm = kobilOfSuite();
  let server: TestSmtpServer;
  let token: string;
  let clientId: string;
  let user: User;
  let admin: KeycloakAdminClient;
  let count = 0;
  beforeAll(async () => {
    server = await TestSmtpServer.start();
    token = realm.token(realm.acme, 'mail:send', 'user:read', 'auth-mode:write', 'user:impersonate', 'credential:read');
    const { client } = await realm.world.newClient(realm.acme, {
      grantTypes: ['authorization_code'],
      redirects: [{ uri: REDIRECT, match: 'exact' }],
    });
    clientId = client.clientId;
    admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: 'acme' });
    // The client reads the end of the token, which the fake one does not have.
    admin.getAccessToken = async () => token;
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    server.clear();
    user = await realm.world.newUser(realm.acme, { username: `pia${++count}`, email: `pia${count}@reeds.example` });
    await setServer({ host: '127.0.0.1', port: server.port, from: 'id@acme.example' });
  });

  const setServer = (mailServer: object | null) =>
    realm.world.services.tenants.updateSettings(realm.world.system(realm.acme), {
      mailServer: mailServer === null ? null : { password: null, ...mailServer },
    } as never);
  const ask = (method: string, path: string, body?: unknown, as = token) =>
    realm.ask(method, `/admin/realms/acme/users/${path}`, { token: as, ...(body === undefined ? {} : { body }) });
  const actions = (query: string, body: unknown = ['UPDATE_PASSWORD'], id = user.id) =>
    ask('PUT', `${id}/execute-actions-email${query}`, body);
  const verify = (query = '', id = user.id) => ask('PUT', `${id}/send-verify-email${query}`);
  const target = () => `client_id=${clientId}&redirect_uri=${encodeURIComponent(REDIRECT)}`;
  const browser = () => new LinkBrowser(realm.rest);
  const lastLink = () => linkIn(server.mails.at(-1)!);
  const reload = async () => (await realm.world.services.users.findIn(realm.acme.id, user.id))!;
  const sessions = async () =>
    (await realm.world.services.sessions.page(realm.world.system(realm.acme), { userId: user.id }, {})).rows;
  /** The handle of the pages to which a link led. */
  const handleAt = (location: string | undefined) => /\/t\/acme\/sign-in\/([\w-]{43})$/.exec(location ?? '')![1]!;
  const events = async (type: string) => (await realm.world.events(realm.acme)).filter((event) => event.type === type);
  const guard = async () => {
    const role = await realm.world.newRole(realm.acme, { permissions: ['client:write'] });
    await realm.world.grantRole(realm.acme, { holderKind: 'user', holderId: user.id, roleId: role.id });
  };

  describe('execute-actions-email', () => {
    it('leads through a new password, and then to the application', async () => {
      await admin.users.executeActionsEmail({
        id: user.id,
        clientId,
        redirectUri: REDIRECT,
        lifespan: 7200,
        actions: ['UPDATE_PASSWORD', 'VERIFY_EMAIL'],
      });
      expect(server.mails.at(-1)!.raw).toContain('Subject: Update your account at acme');
      expect(textOf(server.mails.at(-1)!)).toContain('within 120 minutes');
      const link = lastLink();
      const tab = browser();
      const page = await tab.ask('GET', link);
      expect([page.status, page.text]).toEqual([200, expect.stringContaining('Choose a new password.')]);
      expect([(await reload()).requiredActions ?? [], (await reload()).emailVerified]).toEqual([[], false]);
      const posted = await tab.ask('POST', link);
      const handle = handleAt(posted.headers.location);
      expect(await reload()).toMatchObject({ requiredActions: ['UPDATE_PASSWORD'], emailVerified: true });
      const back = `/realms/acme/login-actions/action-token/${handle}`;
      expect((await tab.ask('GET', back)).headers.location).toBe(posted.headers.location);
      expect((await browser().ask('GET', back)).status).toBe(404);
      const authority = new Authority(anonymousCaller(TEST_ORIGIN), realm.acme, 'self');
      const { interactionSteps, passwords } = realm.world.services;
      const { step } = await tab.jar.use((port) =>
        interactionSteps.submitNewPassword(authority, port, handle, PASSWORD),
      );
      expect(step).toEqual({ step: 'finished', continueAt: `https://id.example.com${back}` });
      expect(await passwords.verify(realm.acme.id, user.id, PASSWORD)).toBe(true);
      expect((await tab.ask('GET', back)).headers.location).toBe(REDIRECT);
      expect((await tab.ask('GET', back)).status).toBe(404);
      expect((await browser().ask('POST', link)).status).toBe(400);
      expect((await reload()).requiredActions).toEqual([]);
    });

    it('says what the realm says in its place', async () => {
      const writer = realm.token(realm.master, 'tenant:read:all', 'setting:write:all');
      const localization = (method: string, key: string, text?: string) =>
        realm.ask(method, `/admin/realms/acme/localization/en/${key}`, {
          token: writer,
          ...(text === undefined ? {} : { body: text, headers: { 'content-type': 'text/plain' } }),
        });
      const texts = { executeActionsSubject: 'Ahoy from {2}', executeActionsBody: 'Cast off within {4}:\n<b>{0}</b>' };
      for (const [key, text] of Object.entries(texts)) expect(await localization('PUT', key, text)).toEqual(DONE);
      expect(await actions('?lifespan=7200')).toEqual(DONE);
      const mail = server.mails.at(-1)!;
      expect(mail.raw).toContain('Subject: Ahoy from acme');
      expect(mail.raw).not.toContain('text/html');
      expect(textOf(mail)).toMatch(/^Cast off within 120\u00A0min:\r?\n<b>https:\/\/id\.example\.com\/\S+<\/b>/);
      for (const key of Object.keys(texts)) expect(await localization('DELETE', key)).toEqual(DONE);
      expect(await actions('')).toEqual(DONE);
      expect(server.mails.at(-1)!.raw).toContain('Subject: Update your account at acme');
    });

    it('without an application ends on a page, also for a user who gives up', async () => {
      expect(await actions('')).toEqual(DONE);
      const tab = browser();
      const handle = handleAt((await tab.ask('POST', lastLink())).headers.location);
      const authority = new Authority(anonymousCaller(TEST_ORIGIN), realm.acme, 'self');
      await tab.jar.use((port) => realm.world.services.interactionSteps.cancel(authority, port, handle));
      const end = await tab.ask('GET', `/realms/acme/login-actions/action-token/${handle}`);
      expect([end.status, end.text]).toEqual([200, expect.stringContaining('Nothing was changed')]);
    });

    it('leads to the set-up of an app, unless the account has a second factor, which is asked for', async () => {
      const stepAfterLink = async () => {
        expect(await actions('', ['CONFIGURE_TOTP'])).toEqual(DONE);
        const tab = browser();
        const handle = handleAt((await tab.ask('POST', lastLink())).headers.location);
        const authority = new Authority(anonymousCaller(TEST_ORIGIN), realm.acme, 'self');
        return (await tab.jar.use((port) => realm.world.services.interactions.view(authority, port, handle))).step.step;
      };
      expect(await stepAfterLink()).toBe('enrolment');
      await realm.world.giveTotp(realm.acme, user.id);
      expect(await stepAfterLink()).toBe('factor');
    });

    it('refuses what Keycloak refuses, in its words', async () => {
      const lonely = await realm.world.newUser(realm.acme, { email: null });
      expect(await actions('', ['UPDATE_PASSWORD'], lonely.id)).toEqual(refused('User email missing'));
      for (const names of [['FLY'], [], ['UPDATE_PASSWORD', 'UPDATE_PROFILE'], [''], ['update_password']])
        expect([names, ...(await actions('', names))]).toEqual([
          names,
          ...refused('Provided invalid required actions'),
        ]);
      expect(await actions('?client_id=nobody')).toEqual(refused("Client doesn't exist"));
      expect(await actions(`?redirect_uri=${REDIRECT}`)).toEqual(refused('Client id missing'));
      for (const address of ['https://evil.example/', 'javascript:alert(1)', `${REDIRECT}/x`])
        expect(await actions(`?client_id=${clientId}&redirect_uri=${encodeURIComponent(address)}`)).toEqual(
          refused('Invalid redirect uri.'),
        );
      const bad = [400, { error: 'HTTP 400 Bad Request' }];
      for (const lifespan of ['0', '-1', 'x', '31536001', '1.5'])
        expect(await actions(`?lifespan=${lifespan}`)).toEqual(bad);
      for (const body of [{}, 7, [7], null]) expect((await actions('', body))[0]).toBe(400);
      for (const id of ['none', user.username, (await realm.world.newUser(realm.master)).id])
        expect([id, ...(await actions('', ['UPDATE_PASSWORD'], id))]).toEqual([id, ...NO_USER]);
      await realm.world.services.endAccess.setEnabled(realm.world.system(realm.acme), user.id, false);
      expect(await actions('')).toEqual(refused('User is disabled'));
      expect(server.mails).toEqual([]);
    });

    it('says that the mail was not sent, and why', async () => {
      const failed = (reason: string) => refused(`Failed to send execute actions email: ${reason}`, 500);
      await setServer({ host: '127.0.0.1', port: 1, from: 'id@acme.example' });
      expect(await actions('')).toEqual(failed('The mail server did not take the mail, or cannot be reached.'));
      await setServer(null);
      expect(await actions('')).toEqual(failed('The tenant has not set a mail server.'));
    });

    it('is for callers who may do as much as the user', async () => {
      expect(await ask('PUT', `${user.id}/execute-actions-email`, [], realm.token(realm.acme, 'mail:send'))).toEqual(
        FORBIDDEN,
      );
      const few = realm.token(realm.acme, 'mail:send', 'user:read');
      expect(await ask('PUT', `${user.id}/execute-actions-email`, ['CONFIGURE_TOTP'], few)).toEqual(FORBIDDEN);
      await guard();
      expect(await actions('')).toEqual(FORBIDDEN);
      expect(server.mails).toEqual([]);
    });
  });

  describe('send-verify-email', () => {
    it('confirms the address by the button of its page, without a sign-in', async () => {
      await admin.users.sendVerifyEmail({ id: user.id, clientId, redirectUri: REDIRECT });
      expect(server.mails.at(-1)!.raw).toContain('Subject: Confirm your e-mail address for acme');
      expect(textOf(server.mails.at(-1)!)).toContain('within 720 minutes');
      const tab = browser();
      expect((await tab.ask('GET', lastLink())).text).toContain('Confirm your e-mail address.');
      expect((await reload()).emailVerified).toBe(false);
      expect((await tab.ask('POST', lastLink())).headers.location).toBe(REDIRECT);
      expect([(await reload()).emailVerified, await sessions()]).toEqual([true, []]);
      expect(await events('mailed_link.used')).not.toEqual([]);
    });

    it('ends on a page without an address, or where the application has lost it', async () => {
      expect(await verify()).toEqual(DONE);
      const end = await browser().ask('POST', lastLink());
      expect([end.status, end.text]).toEqual([200, expect.stringContaining('Your account is up to date')]);
      const { client } = await realm.world.newClient(realm.acme, {
        grantTypes: ['authorization_code'],
        redirects: [{ uri: REDIRECT, match: 'exact' }],
      });
      expect(await verify(`?${target().replace(clientId, client.clientId)}`)).toEqual(DONE);
      await realm.world.services.clients.update(realm.world.system(realm.acme), client.id, {
        redirects: [{ uri: 'https://app.example.com/other', match: 'exact' }],
      });
      expect((await browser().ask('POST', lastLink())).status).toBe(200);
    });

    it('refuses users without an address, and says that the mail was not sent', async () => {
      const lonely = await realm.world.newUser(realm.acme, { email: null });
      expect(await verify('', lonely.id)).toEqual(refused('User email missing'));
      await setServer({ host: '127.0.0.1', port: 1, from: 'id@acme.example' });
      expect(await verify()).toEqual(refused('Failed to send verify email', 500));
    });
  });

  describe('impersonation', () => {
    const impersonate = (headers: Record<string, string> = {}, as = token, base = '') =>
      realm.rest.ask('POST', `${base}/admin/realms/acme/users/${user.id}/impersonation`, { token: as, headers });

    it('signs the browser in as the user, and shows it in the events', async () => {
      const tab = browser();
      const answer = await impersonate();
      expect([answer.status, answer.json]).toEqual([
        200,
        { sameRealm: true, redirect: 'https://id.example.com/realms/acme/account/' },
      ]);
      tab.jar.keep(answer.headers['set-cookie'] ?? []);
      const [session] = await sessions();
      expect(session).toMatchObject({ authTime: new Date(0), amr: [] });
      const shown = await tab.jar.use((port) => realm.world.services.sessions.ofBrowser(port, realm.acme));
      expect(shown?.id).toBe(session!.id);
      expect((await reload()).lastSignInAt ?? null).toBeNull();
      expect((await events('user.impersonated')).at(-1)).toMatchObject({
        subject_id: user.id,
        session_id: session!.id,
      });
      expect((await events('session.started')).at(-1)).toMatchObject({ actor_kind: 'application' });
      expect(
        (await admin.users.impersonation({ id: user.id }, { user: user.id, realm: 'acme' } as never))['sameRealm'],
      ).toBe(true);
      const base = '/auth';
      expect((await impersonate({}, token, base)).json.redirect).toBe(
        'https://id.example.com/auth/realms/acme/account/',
      );
    });

    it('replaces the session of the browser, and says whether the caller is of the realm', async () => {
      const tab = browser();
      tab.jar.keep((await impersonate()).headers['set-cookie'] ?? []);
      const [before] = await sessions();
      const everywhere = realm.token(realm.master, 'user:impersonate:all');
      const answer = await impersonate({ cookie: tab.jar.header }, everywhere);
      expect(answer.json.sameRealm).toBe(false);
      expect((await sessions()).map(({ id }) => id)).not.toContain(before!.id);
      expect(await sessions()).toHaveLength(1);
    });

    it('is refused for pages of other origins, which would sign the visitor in as somebody', async () => {
      const { status, headers } = await impersonate({ origin: 'https://elsewhere.example' });
      expect([status, headers['set-cookie']]).toEqual([403, undefined]);
      expect((await impersonate({ origin: 'https://id.example.com' })).status).toBe(200);
    });

    it('is refused for accounts that may do more, are disabled or stand for an application, and without the permission', async () => {
      const status = async (as?: string) => {
        const { status, json, headers } = await impersonate({}, as);
        expect(headers['set-cookie']).toBeUndefined();
        return [status, json];
      };
      expect(await status(realm.token(realm.acme, 'user:write', 'user:read'))).toEqual(FORBIDDEN);
      await guard();
      expect(await status()).toEqual(FORBIDDEN);
      user = await realm.world.newUser(realm.acme);
      await realm.world.services.endAccess.setEnabled(realm.world.system(realm.acme), user.id, false);
      expect(await status()).toEqual(refused('User is disabled'));
      const { client } = await realm.world.services.serviceAccounts.createClient(realm.world.system(realm.acme), {
        clientId: `robot${count}`,
        name: 'Robot',
        type: 'confidential',
        grantTypes: ['client_credentials'],
        hasServiceAccount: true,
      } as never);
      user = { id: client.id } as User;
      expect(await status()).toEqual(refused('User is a service account'));
      user = { id: 'none' } as User;
      expect(await status()).toEqual(NO_USER);
    });

    it('is shown by `access`', async () => {
      expect((await ask('GET', user.id))[1].access.impersonate).toBe(true);
    });
  });
});
