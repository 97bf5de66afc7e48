import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { toGlobalId } from '../../../schema/global-id.ts';
import { anonymousCaller } from '../../../src/access/index.ts';
import { InteractionStore } from '../../../src/flows/interaction/interaction.store.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { linkIn } from '../../support/mailed-links.ts';
import { TEST_REDIRECT } from '../../support/oauth.ts';
import { TestSmtpServer } from '../../support/smtp-server.ts';
import { TEST_ORIGIN, World } from '../../support/world.ts';

const SIGN_IN = 'mutation ($input: SendSignInLinkInput!) { sendSignInLink(input: $input) { expiresAt } }';
const ACTIONS = 'mutation ($input: SendActionsLinkInput!) { sendActionsLink(input: $input) { expiresAt } }';
const IMPERSONATE = 'mutation ($input: ImpersonateUserInput!) { impersonateUser(input: $input) { isSameTenant } }';
const SHOW = `query ($tenant: String, $key: String!, $clientId: String, $issuerKind: IssuerKind) {
  mailedLink(tenant: $tenant, key: $key, clientId: $clientId, issuerKind: $issuerKind) {
    purpose actions returnsTo account { username } application { clientId }
  }
}`;
const ANSWER = `answer {
  ... on AuthorizationRedirect { redirectTo } ... on AuthorizationPost { action }
  ... on AuthorizationInteraction { handle pageUrl } ... on MailedLinkEnd { isCompleted }
}`;
const USE = `mutation ($input: UseMailedLinkInput!) { useMailedLink(input: $input) { ${ANSWER} } }`;
const RESUME = `mutation ($input: ResumeMailedLinkInput!) { resumeMailedLink(input: $input) { ${ANSWER} } }`;
const SCOPES = ['sign-in-link:send', 'mail:send', 'user:read', 'auth-mode:write', 'user:impersonate'];

describe('links in mails, in the graph', () => {
  let world: World;
  let tenant: TenantRef;
  let server: TestSmtpServer;
  let clientId: string;
  let user: User;
  let count = 0;
  beforeAll(async () => {
    world = await World.open();
    server = await TestSmtpServer.start();
    const mailServer = { host: '127.0.0.1', port: server.port, from: 'id@harbour.example' };
    tenant = await world.tenant({ displayName: 'The harbour', settings: { mailServer } as never });
    ({ clientId } = (await newClient()).client);
  });
  afterAll(async () => {
    await world.close();
    await server.close();
  });
  beforeEach(async () => {
    user = await world.newUser(tenant, { email: `mia${++count}@sea.example` });
  });

  const newClient = (more: object = {}, of = tenant) =>
    world.newClient(of, {
      grantTypes: ['authorization_code'],
      redirects: [{ uri: TEST_REDIRECT, match: 'exact' }],
      consent: 'trusted',
      pkce: 'optional',
      ...more,
    });
  const app = (...scopes: string[]) => world.app(tenant, ...(scopes.length === 0 ? SCOPES : scopes));
  const signIn = (more: object = {}, caller = app()) =>
    world.graphql(caller, SIGN_IN, {
      input: {
        email: user.email,
        clientId,
        redirectUri: TEST_REDIRECT,
        scope: 'openid',
        responseMode: 'query',
        issuerKind: 'REALM',
        ...more,
      },
    });
  const act = (more: object = {}, caller = app()) =>
    world.graphql(caller, ACTIONS, {
      input: { userId: toGlobalId('User', tenant, user.id), actions: ['UPDATE_PASSWORD'], ...more },
    });
  const visitor = () => anonymousCaller(TEST_ORIGIN);
  const key = () => linkIn(server.mails.at(-1)!).searchParams.get('key')!;
  const show = (more: object = {}) => world.graphql(visitor(), SHOW, { tenant: tenant.name, key: key(), ...more });
  const use = (jar: CookieJar | null, more: object = {}) => {
    const input = { tenant: tenant.name, key: key(), ...more };
    if (jar === null) return world.graphql(visitor(), USE, { input });
    return jar.use((browser) => world.graphql(visitor(), USE, { input }, browser));
  };
  const resume = (jar: CookieJar | null, handle: string) => {
    const input = { tenant: tenant.name, handle };
    if (jar === null) return world.graphql(visitor(), RESUME, { input });
    return jar.use((browser) => world.graphql(visitor(), RESUME, { input }, browser));
  };

  it('are shown to who has their secret, and used by a browser alone', async () => {
    const { data } = await signIn();
    expect(Date.parse(data.sendSignInLink.expiresAt) - world.clock.now().getTime()).toBe(300_000);
    const link = { purpose: 'SIGN_IN', actions: [], returnsTo: TEST_REDIRECT };
    expect((await show({ issuerKind: 'REALM' })).data.mailedLink).toMatchObject({
      ...link,
      account: { username: user.username },
      application: { clientId },
    });
    expect((await show()).code).toBe('MAILED_LINK_UNUSABLE');
    expect((await show({ issuerKind: 'REALM', clientId: 'other' })).code).toBe('MAILED_LINK_UNUSABLE');
    expect((await use(null, { issuerKind: 'REALM' })).code).toBe('BROWSER_REQUIRED');
    expect((await use(new CookieJar())).code).toBe('MAILED_LINK_UNUSABLE');
    const jar = new CookieJar();
    const { answer } = (await use(jar, { issuerKind: 'REALM', clientId })).data.useMailedLink;
    expect(answer.redirectTo).toMatch(/^https:\/\/app\.example\.com\/cb\?code=/);
    expect(await world.services.sessions.find(world.system(tenant), 'x')).toBeNull();
  });

  it('go on working when too many sign-ins are under way, and are used up by the next click', async () => {
    for (const [send, more] of [
      [signIn, { issuerKind: 'REALM' }],
      [act, {}],
    ] as const) {
      expect((await send()).errors).toEqual([]);
      const full = vi.spyOn(InteractionStore.prototype, 'insert').mockResolvedValueOnce(false);
      expect((await use(new CookieJar(), more)).code).toBe('TOO_MANY_REQUESTS');
      full.mockRestore();
      const used = (await world.events(tenant)).filter(
        ({ type, subject_id: id }) => type === 'mailed_link.used' && id === user.id,
      );
      expect(used).toHaveLength(send === signIn ? 0 : 1);
      expect((await use(new CookieJar(), more)).errors).toEqual([]);
      expect((await use(new CookieJar(), more)).code).toBe('MAILED_LINK_UNUSABLE');
    }
  });

  it('go on working while the application is disabled, which is recorded', async () => {
    const { client } = await newClient();
    expect((await signIn({ clientId: client.clientId })).errors).toEqual([]);
    const setEnabled = (enabled: boolean) =>
      world.services.clients.update(world.system(tenant), client.id, { enabled });
    await setEnabled(false);
    expect((await use(new CookieJar(), { issuerKind: 'REALM' })).code).toBe('AUTHORIZATION_CLIENT_INVALID');
    expect((await world.events(tenant)).at(-1)).toMatchObject({
      type: 'authorization.refused',
      client_id: client.clientId,
      reason: 'AUTHORIZATION_CLIENT_INVALID',
    });
    await setEnabled(true);
    expect((await use(new CookieJar(), { issuerKind: 'REALM' })).errors).toEqual([]);
  });

  describe('for a sign-in, where somebody else may have made the account', () => {
    const setUp = async () => {
      const { services } = world;
      await world.givePassword(tenant, user.id);
      await world.giveTotp(tenant, user.id);
      await services.securityQuestions.set(world.system(tenant), {
        userId: user.id,
        question: 'Which harbour?',
        answer: 'The grey one',
      });
      const provider = await world.newProvider(tenant);
      await world.link(tenant, user.id, { type: provider.type, name: provider.name }, '4711');
      const { session } = await world.signedIn(tenant, user.id);
      const left = async () => {
        const authority = world.system(tenant);
        return {
          credentials: (await services.authModes.credentials(authority, user.id)).map(({ type }) => type),
          questions: (await services.securityQuestions.ofUsers(tenant.id, [user.id])).size,
          links: (await services.federationLinks.list(authority, user.id)).length,
          isSignedIn: (await services.sessions.find(authority, session.id)) !== null,
        };
      };
      return left;
    };

    it('end what gave access before the address was confirmed, and nothing after that', async () => {
      const left = await setUp();
      expect(await left()).toMatchObject({ questions: 1, links: 1, isSignedIn: true });
      await signIn();
      await use(new CookieJar(), { issuerKind: 'REALM' });
      expect(await left()).toEqual({ credentials: [], questions: 0, links: 0, isSignedIn: false });
      const types = (await world.events(tenant)).filter(({ subject_id: id }) => id === user.id).map(({ type }) => type);
      expect(types).toEqual(
        expect.arrayContaining([
          'credential.removed',
          'security_question.removed',
          'federation_link.removed',
          'session.revoked',
          'user.sessions_reset',
          'mailed_link.used',
        ]),
      );
      await world.givePassword(tenant, user.id);
      await signIn();
      await use(new CookieJar(), { issuerKind: 'REALM' });
      expect((await left()).credentials).toEqual(['password']);
    });

    it('leave everything where the address was confirmed, and so do links for actions', async () => {
      const left = await setUp();
      const before = await left();
      await act({ actions: ['VERIFY_EMAIL'] });
      await use(new CookieJar());
      expect(await left()).toEqual(before);
      await signIn();
      await use(new CookieJar(), { issuerKind: 'REALM' });
      expect(await left()).toEqual(before);
    });
  });

  it('open at the native issuer, and lead to pages', async () => {
    expect((await act()).errors).toEqual([]);
    expect(linkIn(server.mails.at(-1)!).pathname).toBe(`/t/${tenant.name}/oauth/link`);
    const shown = (await show()).data.mailedLink;
    expect(shown).toMatchObject({ purpose: 'REQUIRED_ACTIONS', application: null, returnsTo: null });
    const jar = new CookieJar();
    const used = await use(jar);
    expect(used.errors).toEqual([]);
    const { answer } = used.data.useMailedLink;
    expect((await resume(jar, answer.handle)).data.resumeMailedLink.answer).toEqual(answer);
    expect((await resume(null, answer.handle)).code).toBe('BROWSER_REQUIRED');
    expect((await resume(new CookieJar(), answer.handle)).code).toBe('INTERACTION_NOT_FOUND');
    expect((await resume(jar, 'x')).code).toBe('INTERACTION_NOT_FOUND');
  });

  it('are not sent for an issuer that has none, nor with values that cannot be used', async () => {
    expect((await signIn({ issuerKind: 'SUITE' })).code).toBe('INVALID_INPUT');
    expect((await act({ issuerKind: 'SUITE' })).code).toBe('INVALID_INPUT');
    expect((await signIn({ email: 'none' })).code).toBe('INVALID_INPUT');
    expect((await act({ lifeSeconds: 0 })).code).toBe('INVALID_INPUT');
    expect((await act({ redirectUri: TEST_REDIRECT })).code).toBe('INVALID_INPUT');
    expect((await act({ actions: ['FLY'] })).code).toBe('MAILED_LINK_ACTION_UNKNOWN');
    expect((await signIn({ email: 'nobody-has@sea.example' })).code).toBe('USER_NOT_FOUND');
    expect((await act({ userId: toGlobalId('User', tenant, 'nobody') })).code).toBe('USER_NOT_FOUND');
    expect((await signIn({ responseMode: 'jwt' })).code).toBe('MAILED_LINK_REQUEST_INVALID');
    for (const send of [signIn, act]) {
      expect((await send({ clientId: 'none', redirectUri: TEST_REDIRECT })).code).toBe('MAILED_LINK_CLIENT_UNKNOWN');
      expect((await send({ clientId, redirectUri: 'https://evil.example' })).code).toBe('MAILED_LINK_REDIRECT_INVALID');
    }
    await world.newUser(tenant, { username: `taken${count}@sea.example`, email: `other${count}@sea.example` });
    const maker = app(...SCOPES, 'user:create');
    const taken = { email: `taken${count}@sea.example`, isUserCreated: true };
    expect((await signIn(taken, maker)).code).toBe('MAILED_LINK_ACCOUNT_REFUSED');
    expect((await signIn({ email: 'new@sea.example', isUserCreated: true })).code).toBe('FORBIDDEN');
  });

  it('are not sent to accounts that may do more, without an address, or disabled, nor past the mail server', async () => {
    const role = await world.newRole(tenant, { permissions: ['key:rotate'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: user.id });
    for (const send of [signIn, act]) expect((await send()).code).toBe('FORBIDDEN');
    user = await world.newUser(tenant, { email: null });
    expect((await act()).code).toBe('MAIL_RECIPIENT_MISSING');
    user = await world.newUser(tenant, { email: `nobody@sea${count}.example` });
    for (const send of [signIn, act]) expect((await send()).code).toBe('MAIL_NOT_SENT');
    await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
    expect((await act()).code).toBe('MAILED_LINK_USER_DISABLED');
    for (const send of [signIn, act])
      expect((await send({}, app('mail:send', 'sign-in-link:send'))).code).toBe('FORBIDDEN');
  });

  it('need a mail server of the tenant, and guard accounts with permissions in all tenants', async () => {
    const master = await world.tenant({ name: 'master' });
    const client = (await newClient({}, master)).client.clientId;
    const ada = await world.newUser(master, { email: 'ada@sea.example' });
    const caller = world.app(master, ...SCOPES);
    const asked = { email: ada.email, clientId: client, userId: toGlobalId('User', master, ada.id) };
    const both = async () => [
      (
        await world.graphql(caller, SIGN_IN, {
          input: {
            email: asked.email,
            clientId: client,
            redirectUri: TEST_REDIRECT,
            scope: 'openid',
            responseMode: 'query',
            issuerKind: 'REALM',
          },
        })
      ).code,
      (await world.graphql(caller, ACTIONS, { input: { userId: asked.userId, actions: ['VERIFY_EMAIL'] } })).code,
    ];
    expect(await both()).toEqual(['MAIL_SERVER_MISSING', 'MAIL_SERVER_MISSING']);
    const role = await world.newRole(master, { permissions: ['user:read:all'] });
    await world.grantRole(master, { roleId: role.id, holderKind: 'user', holderId: ada.id });
    expect(await both()).toEqual(['ACCOUNT_GUARDED', 'ACCOUNT_GUARDED']);
    const input = { userId: asked.userId };
    expect((await world.graphql(caller, IMPERSONATE, { input })).code).toBe('ACCOUNT_GUARDED');
  });

  it('do not sign in to an application that was disabled or lost the address meanwhile', async () => {
    const { client } = await newClient();
    const system = world.system(tenant);
    const send = async () => expect((await signIn({ clientId: client.clientId })).errors).toEqual([]);
    await send();
    await world.services.clients.update(system, client.id, {
      redirects: [{ uri: 'https://app.example.com/other', match: 'exact' }],
    });
    expect((await use(new CookieJar(), { issuerKind: 'REALM' })).code).toBe('AUTHORIZATION_REDIRECT_INVALID');
    await world.services.clients.update(system, client.id, { redirects: [{ uri: TEST_REDIRECT, match: 'exact' }] });
    await send();
    await world.services.clients.update(system, client.id, { enabled: false });
    expect((await use(new CookieJar(), { issuerKind: 'REALM' })).code).toBe('AUTHORIZATION_CLIENT_INVALID');
  });

  it('acting as a user needs a browser, a user who is enabled and a person', async () => {
    const impersonate = (id = user.id) =>
      world.graphql(app(), IMPERSONATE, { input: { userId: toGlobalId('User', tenant, id) } });
    expect((await impersonate()).code).toBe('BROWSER_REQUIRED');
    expect((await impersonate('nobody')).code).toBe('USER_NOT_FOUND');
    await world.services.endAccess.setEnabled(world.system(tenant), user.id, false);
    expect((await impersonate()).code).toBe('IMPERSONATION_USER_DISABLED');
    const { client } = await world.services.serviceAccounts.createClient(world.system(tenant), {
      clientId: `robot-${count}`,
      grantTypes: ['client_credentials'],
      hasServiceAccount: true,
    });
    expect((await impersonate(client.id)).code).toBe('IMPERSONATION_SERVICE_ACCOUNT');
  });
});
