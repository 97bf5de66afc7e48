import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { callerOf, refusalOf } from '../../support/oauth.ts';
import { TestBrowser } from '../../support/sign-in.ts';
import { type GraphResult, World } from '../../support/world.ts';

const PASSWORD = 'three-wombats-at-dawn';
const PAGE = 'https://id.example.com/realms/';
const OPEN = `mutation ($input: OpenAccountPageInput!) {
  openAccountPage(input: $input) { redirectTo isSignedIn pageUrl signOutUrl isPasskeyEnabled }
}`;
const TOKEN = `mutation ($input: IssueAccountTokenInput!) {
  issueAccountToken(input: $input) { accessToken expiresInSeconds userId }
}`;

describe('the page on which users change their accounts', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: TestBrowser;
  beforeAll(async () => {
    world = await World.open();
    await world.services.eventEngine.start();
  });
  afterAll(async () => {
    await world.services.eventEngine.stop();
    await world.close();
  });
  beforeEach(async () => {
    tenant = await world.tenant({ template: 'realm' });
    user = await world.newUser(tenant, { email: 'ann@example.com', givenName: 'Ann' });
    await world.givePassword(tenant, user.id, PASSWORD);
    browser = new TestBrowser(world, tenant);
  });

  const open = (input: object = {}, of = browser) =>
    of.graphql(OPEN, { input: { tenant: tenant.name, issuerKind: 'REALM', ...input } });
  const answerOf = ({ data, errors }: GraphResult) => {
    expect(errors).toEqual([]);
    return data.openAccountPage;
  };
  const token = (of = browser, name = tenant.name) => of.graphql(TOKEN, { input: { tenant: name } });
  const tokenOf = async () => (await token()).data.issueAccountToken.accessToken as string;
  const handleIn = (address: string) => address.split('/').at(-1)!;
  const pageUrl = () => `${PAGE}${tenant.name}/account/page`;

  it('leads to a sign-in, which leads back, and is then shown', async () => {
    const before = answerOf(await open());
    expect(before).toEqual({
      redirectTo: expect.stringMatching(`/t/${tenant.name}/sign-in/`),
      isSignedIn: false,
      pageUrl: pageUrl(),
      signOutUrl: `${PAGE}${tenant.name}/protocol/openid-connect/logout`,
      isPasskeyEnabled: false,
    });
    const handle = handleIn(before.redirectTo);
    expect((await browser.load(handle)).data.interaction.application.clientId).toBe('account-console');
    expect(answerOf(await open({ handle })).redirectTo).toBe(before.redirectTo);
    const { data } = await browser.password(handle, user, PASSWORD);
    expect(data.step).toEqual({ __typename: 'Finished', continueAt: `${pageUrl()}/${handle}` });
    expect(answerOf(await open({ handle }))).toMatchObject({ redirectTo: pageUrl(), isSignedIn: false });
    expect(answerOf(await open())).toMatchObject({ redirectTo: null, isSignedIn: true });
    expect((await open({ handle })).code).toBe('INTERACTION_NOT_FOUND');
  });

  it('stays where a user gives the sign-in up', async () => {
    const handle = handleIn(answerOf(await open()).redirectTo);
    await browser.submit('cancelInteraction', handle);
    expect(answerOf(await open({ handle }))).toMatchObject({ redirectTo: null, isSignedIn: false });
  });

  it('asks the same user to sign in again, and leads back also where that is given up', async () => {
    await browser.signIn(user);
    const handle = handleIn(answerOf(await open({ isAgain: true })).redirectTo);
    expect((await browser.load(handle)).data.interaction.step).toMatchObject({
      __typename: 'PasswordStep',
      identifier: user.username,
      isIdentifierFixed: true,
    });
    await browser.submit('cancelInteraction', handle);
    expect(answerOf(await open({ handle })).redirectTo).toBe(pageUrl());
    const stranger = new TestBrowser(world, tenant);
    const other = handleIn(answerOf(await open({ isAgain: true }, stranger)).redirectTo);
    expect((await stranger.load(other)).data.interaction.step).toMatchObject({ isIdentifierFixed: false });
  });

  it('leads to what the account has to do first, and gives no token before', async () => {
    await browser.signIn(user);
    await world.services.authModes.update(world.system(tenant), user.id, { needPasswordChange: true });
    expect((await token()).code).toBe('ACCOUNT_PAGE_SIGN_IN_REQUIRED');
    const handle = handleIn(answerOf(await open()).redirectTo);
    expect((await browser.load(handle)).data.interaction.step).toMatchObject({ __typename: 'NewPasswordStep' });
  });

  it('gives tokens while a session goes on whose password is too old by now', async () => {
    world.clock.advance(86_401);
    await browser.signIn(user);
    await world.services.tenants.updateSettings(world.system(tenant), { passwordRules: { maxAgeDays: 1 } });
    expect((await token()).errors).toEqual([]);
  });

  it('gets a token for the account alone, which says how the session began, and ends with it', async () => {
    const role = await world.newRole(tenant, { permissions: ['user:read', 'user:write'] });
    await world.grantRole(tenant, { roleId: role.id, holderKind: 'user', holderId: user.id });
    const another = await world.newUser(tenant);
    await browser.signIn(user);
    const session = (await browser.session())!;
    const { accessToken, ...rest } = (await token()).data.issueAccountToken;
    expect(rest).toEqual({ expiresInSeconds: 300, userId: user.id });
    const caller = await callerOf(world, accessToken);
    expect(caller).toMatchObject({
      kind: 'user',
      userId: user.id,
      clientId: 'account-console',
      sessionId: session.id,
      authTime: new Date(Math.floor(session.authTime.getTime() / 1000) * 1000),
    });
    const change = (userId: string) =>
      world.graphql(
        caller,
        'mutation ($id: ID!) { updateUser(input: { userId: $id, givenName: "Anna" }) { user { givenName } } }',
        { id: userId },
      );
    expect((await change(user.id)).data.updateUser.user.givenName).toBe('Anna');
    expect((await change(another.id)).code).toBe('FORBIDDEN');
    const issued = (await world.events(tenant)).filter(({ type }) => type === 'token.issued');
    expect(issued).toMatchObject([
      { actor_id: user.id, subject_id: user.id, client_id: 'account-console', params: { grantType: 'session' } },
    ]);
    expect(JSON.stringify(issued)).not.toContain(accessToken);
    await world.services.sessions.revoke(world.system(tenant), session.id);
    expect(await refusalOf(world, accessToken)).not.toBeNull();
    expect((await token()).code).toBe('ACCOUNT_PAGE_SIGN_IN_REQUIRED');
  });

  it('needs a recent sign-in for what the graph asks one for', async () => {
    await browser.signIn(user);
    world.clock.advance(301);
    const caller = await callerOf(world, await tokenOf());
    const input = { currentPassword: PASSWORD, newPassword: 'four-lanterns-by-noon' };
    const CHANGE = 'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { userId } }';
    expect((await world.graphql(caller, CHANGE, { input })).code).toBe('REAUTHENTICATION_REQUIRED');
    await browser.signIn(user);
    const again = await callerOf(world, await tokenOf());
    expect((await world.graphql(again, CHANGE, { input })).data.changePassword.userId).toBe(user.id);
  });

  it('is closed without the client, with a client of that name that a tenant made, and at issuers without it', async () => {
    await browser.signIn(user);
    expect((await open({ issuerKind: 'NATIVE' })).code).toBe('ACCOUNT_PAGE_CLOSED');
    const page = (await world.services.clientDirectory.byClientId(tenant.id, 'account-console'))!;
    await world.services.clients.update(world.system(tenant), page.client.id, { enabled: false });
    for (const answer of [await open(), await token()]) expect(answer.code).toBe('ACCOUNT_PAGE_CLOSED');
    const native = await world.tenant();
    expect((await token(browser, native.name)).code).toBe('ACCOUNT_PAGE_CLOSED');
    await world.newClient(native, { clientId: 'account-console', type: 'public' });
    expect((await token(browser, native.name)).code).toBe('ACCOUNT_PAGE_CLOSED');
  });

  it('opens for nobody else: no browser, no tenant, no session, the session of another tenant', async () => {
    const program = world.app(tenant);
    for (const [document, input] of [
      [OPEN, { tenant: tenant.name, issuerKind: 'REALM' }],
      [TOKEN, { tenant: tenant.name }],
    ] as const) {
      expect((await world.graphql(program, document, { input })).code).toBe('BROWSER_REQUIRED');
      expect((await browser.graphql(document, { input: { ...input, tenant: 'nowhere' } })).code).toBe(
        'TENANT_REQUIRED',
      );
    }
    await browser.signIn(user);
    const neighbour = await world.tenant({ template: 'realm' });
    expect((await token(browser, neighbour.name)).code).toBe('ACCOUNT_PAGE_SIGN_IN_REQUIRED');
    expect((await token(new TestBrowser(world, tenant))).code).toBe('ACCOUNT_PAGE_SIGN_IN_REQUIRED');
  });
});
