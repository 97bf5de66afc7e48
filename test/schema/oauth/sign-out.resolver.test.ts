import { beforeEach, describe, expect, it } from 'vitest';
import { anonymousCaller } from '../../../src/access/index.ts';
import type { BrowserPort } from '../../../src/kernel/index.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { asParameters } from '../../support/oauth.ts';
import { RETURN, type SignedIn, signingOutOfSuite } from '../../support/signing-out.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const ANSWER = `answer {
  __typename
  ... on SignOutRedirect { redirectTo }
  ... on SignOutConfirmation { handle pageUrl }
  ... on SignedOut { application { clientId name clientUri } }
  ... on SignOutDeclined { application { clientId name clientUri } }
}`;
const END = `mutation ($input: EndSessionInput!) { endSession(input: $input) { ${ANSWER} } }`;
const CONFIRM = `mutation ($input: ConfirmSignOutInput!) { confirmSignOut(input: $input) { ${ANSWER} } }`;
const SHOW = `query ($tenant: String, $handle: String!) { signOut(tenant: $tenant, handle: $handle) {
  handle account { userId name username } application { clientId name clientUri } } }`;

describe('signing out through the graph', () => {
  const suite = signingOutOfSuite();
  let anna: SignedIn;
  beforeEach(async () => {
    anna = await suite.signIn();
  });

  const run = (jar: CookieJar, document: string, variables: Record<string, unknown>) =>
    jar.use((browser) => suite.world.graphql(anonymousCaller(TEST_ORIGIN), document, variables, browser));
  const end = async (parameters: Readonly<Record<string, string>>, jar = anna.jar, over: object = {}) => {
    const input = { tenant: suite.tenant.name, parameters: asParameters(parameters), ...over };
    const { data, code } = await run(jar, END, { input });
    return code ?? data.endSession.answer;
  };
  const confirm = async (handle: string, isConfirmed: boolean, jar = anna.jar) => {
    const { data, code } = await run(jar, CONFIRM, { input: { tenant: suite.tenant.name, handle, isConfirmed } });
    return code ?? data.confirmSignOut.answer;
  };
  const show = async (handle: string, jar = anna.jar) => {
    const { data, code } = await run(jar, SHOW, { tenant: suite.tenant.name, handle });
    return code ?? data.signOut;
  };

  it('redirects with an ID token of the session', async () => {
    const asked = { id_token_hint: anna.idToken, post_logout_redirect_uri: RETURN, state: 's' };
    expect(await end(asked)).toEqual({ __typename: 'SignOutRedirect', redirectTo: `${RETURN}?state=s` });
    expect(await suite.isAlive(anna.sessionId)).toBe(false);
  });

  it('tells the application when there is no address to return to', async () => {
    const clientUri = 'https://shop.example.com/';
    const client = await suite.newClient({ name: 'Shop', clientUri });
    const bert = await suite.signIn({}, client);
    const application = { clientId: client.clientId, name: 'Shop', clientUri };
    expect(await end({ id_token_hint: bert.idToken }, bert.jar)).toEqual({ __typename: 'SignedOut', application });
    expect(await end({}, bert.jar)).toEqual({ __typename: 'SignedOut', application: null });
  });

  it('shows what a page asks, with the names of account and application', async () => {
    const { handle, ...answer } = await end({ client_id: suite.client.clientId });
    const pageUrl = `https://id.example.com/t/acme/sign-out/${handle}`;
    expect(answer).toEqual({ __typename: 'SignOutConfirmation', pageUrl });
    const { id: userId, username } = anna.user;
    const application = { clientId: suite.client.clientId, name: suite.client.clientId, clientUri: null };
    expect(await show(handle)).toEqual({ handle, account: { userId, name: username, username }, application });
    const { users } = suite.world.services;
    const system = suite.world.system(suite.tenant);
    await users.update(system, anna.user.id, { givenName: 'Anna', familyName: 'Petrova' });
    expect((await show(handle)).account.name).toBe('Anna Petrova');
    await users.update(system, anna.user.id, { displayName: 'A. P.' });
    expect((await show(handle)).account.name).toBe('A. P.');
    await suite.world.services.sessions.revoke(system, anna.sessionId);
    expect((await show(handle)).account).toBeNull();
  });

  it('signs out, or does not, as the user decides', async () => {
    const declined = await end({ client_id: suite.client.clientId });
    expect(await confirm(declined.handle, false)).toMatchObject({
      __typename: 'SignOutDeclined',
      application: { clientId: suite.client.clientId },
    });
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
    expect(await confirm((await end({})).handle, true)).toEqual({ __typename: 'SignedOut', application: null });
    expect(await suite.isAlive(anna.sessionId)).toBe(false);
  });

  it('judges the hint by the kind of issuer', async () => {
    const asked = { id_token_hint: anna.idToken };
    expect(await end(asked, anna.jar, { issuerKind: 'SUITE' })).toBe('SIGN_OUT_HINT_INVALID');
    expect(await end(asked, anna.jar, { issuerKind: 'NATIVE' })).toMatchObject({ __typename: 'SignedOut' });
  });

  it('names the reason of each refusal', async () => {
    const client = await suite.newClient();
    const asked = { id_token_hint: anna.idToken };
    expect(await end({ ...asked, client_id: client.clientId })).toBe('SIGN_OUT_CLIENT_CONFLICT');
    expect(await end({ client_id: 'nobody' })).toBe('SIGN_OUT_CLIENT_UNKNOWN');
    const unregistered = { ...asked, post_logout_redirect_uri: 'https://evil.example/' };
    expect(await end(unregistered)).toBe('SIGN_OUT_REDIRECT_UNREGISTERED');
    const repeated = { parameters: [{ name: 'state', values: ['a', 'b'] }] };
    expect(await end({}, anna.jar, repeated)).toBe('SIGN_OUT_PARAMETER_INVALID');
    expect(await show('x')).toBe('SIGN_OUT_NOT_FOUND');
    expect(await confirm('x', true)).toBe('SIGN_OUT_NOT_FOUND');
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
  });

  it('is refused to other browsers, and to callers without one', async () => {
    const { handle } = await end({});
    expect(await confirm(handle, true, new CookieJar())).toBe('SIGN_OUT_NOT_FOUND');
    const anonymous = anonymousCaller(TEST_ORIGIN);
    const tenant = suite.tenant.name;
    const requests: [string, object][] = [
      [END, { input: { tenant, parameters: asParameters({ id_token_hint: anna.idToken }) } }],
      [CONFIRM, { input: { tenant, handle, isConfirmed: true } }],
      [SHOW, { tenant, handle }],
    ];
    for (const [document, variables] of requests)
      expect((await suite.world.graphql(anonymous, document, { ...variables })).code).toBe('BROWSER_REQUIRED');
    expect(await suite.isAlive(anna.sessionId)).toBe(true);
  });
});

describe('keeping what an application posts through a browser', () => {
  const suite = signingOutOfSuite();
  const KEEP = 'mutation ($input: KeepPostedRequestInput!) { keepPostedRequest(input: $input) { redirectTo } }';

  const keep = (over: object = {}, jar: CookieJar | null = new CookieJar()) => {
    const input = { tenant: suite.tenant.name, endpoint: 'END_SESSION', parameters: [], ...over };
    const run = (browser: BrowserPort | null) =>
      suite.world.graphql(anonymousCaller(TEST_ORIGIN), KEEP, { input }, browser);
    return jar === null ? run(null) : jar.use(run);
  };

  it('goes on with the kept parameters, and with none when they have expired', async () => {
    const { jar, idToken, sessionId } = await suite.signIn();
    const { data } = await keep({ parameters: asParameters({ id_token_hint: idToken }) });
    const parameters = Object.fromEntries(new URL(data.keepPostedRequest.redirectTo).searchParams);
    expect(await suite.begin(jar, parameters)).toMatchObject({ kind: 'signed-out' });
    expect(await suite.isAlive(sessionId)).toBe(false);
    suite.world.clock.advance(60);
    const input = { tenant: suite.tenant.name, parameters: asParameters(parameters) };
    const late = await jar.use((browser) => suite.world.graphql(anonymousCaller(TEST_ORIGIN), END, { input }, browser));
    expect(late.code).toBe('POSTED_REQUEST_NOT_FOUND');
  });

  it('is refused without a browser, and to a request that is too large', async () => {
    expect((await keep({}, null)).code).toBe('BROWSER_REQUIRED');
    const parameters = asParameters({ state: 'x'.repeat(40_000) });
    expect((await keep({ parameters })).code).toBe('REQUEST_TOO_LARGE');
  });
});
