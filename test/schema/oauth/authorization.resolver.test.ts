import { describe, expect, it } from 'vitest';
import { anonymousCaller } from '../../../src/access/index.ts';
import { type Asked, authorizingOfSuite, CALLBACK } from '../../support/authorization.ts';
import { CookieJar } from '../../support/cookie-jar.ts';
import { asParameters } from '../../support/oauth.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const ANSWER = `answer {
  __typename
  ... on AuthorizationRedirect { redirectTo }
  ... on AuthorizationPost { action fields { name value } }
  ... on AuthorizationInteraction { handle pageUrl }
}`;
const AUTHORIZE = `mutation ($input: AuthorizeInput!) { authorize(input: $input) { ${ANSWER} } }`;
const REGISTER = `mutation ($input: AuthorizeRegistrationInput!) { authorizeRegistration(input: $input) { ${ANSWER} } }`;
const RESUME = `mutation ($input: ResumeAuthorizationInput!) { resumeAuthorization(input: $input) { ${ANSWER} } }`;

describe('Mutation.authorize', () => {
  const suite = authorizingOfSuite();
  const caller = anonymousCaller(TEST_ORIGIN);
  const REQUEST = {
    client_id: 'app',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid',
    state: 'st',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  };
  const inputOf = (asked: Asked = {}, more: object = {}) => {
    const all = Object.entries({ ...REQUEST, ...asked }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    );
    return { tenant: 'acme', parameters: asParameters(Object.fromEntries(all)), ...more };
  };
  const run = (jar: CookieJar, document: string, input: object) =>
    jar.use((browser) => suite.world.graphql(caller, document, { input }, browser));
  const authorize = (jar: CookieJar, asked: Asked = {}, more: object = {}) => run(jar, AUTHORIZE, inputOf(asked, more));

  it('answers a signed-in browser with a redirect, or with a form', async () => {
    const { jar } = await suite.signedIn();
    const { data, errors } = await authorize(jar);
    expect(errors).toEqual([]);
    expect(data.authorize.answer).toEqual({
      __typename: 'AuthorizationRedirect',
      redirectTo: expect.stringMatching(/^https:\/\/app\.example\/cb\?code=[\w-]{43}&state=st&iss=/),
    });
    const form = await authorize(jar, { response_mode: 'form_post' });
    expect(form.data.authorize.answer).toMatchObject({
      __typename: 'AuthorizationPost',
      action: CALLBACK,
      fields: [{ name: 'code' }, { name: 'state', value: 'st' }, { name: 'iss' }],
    });
  });

  it('answers a refusal as data, which goes to the application', async () => {
    const { data } = await authorize(new CookieJar(), { prompt: 'none' });
    expect(data.authorize.answer.redirectTo).toMatch(/^https:\/\/app\.example\/cb\?error=login_required&/);
  });

  it('begins an interaction in a browser where nobody is signed in, and resumes it', async () => {
    const { user } = await suite.signedIn();
    const jar = new CookieJar();
    const { data } = await authorize(jar);
    const { handle, ...answer } = data.authorize.answer;
    expect(answer).toEqual({
      __typename: 'AuthorizationInteraction',
      pageUrl: `https://id.example.com/t/acme/sign-in/${handle}`,
    });
    const resume = () => run(jar, RESUME, { tenant: 'acme', handle });
    expect((await resume()).data.resumeAuthorization.answer).toEqual({ ...answer, handle });
    await suite.typePassword(jar, handle, user);
    expect((await resume()).data.resumeAuthorization.answer.redirectTo).toMatch(/\?code=/);
    expect((await resume()).code).toBe('AUTHORIZATION_ENDED');
  });

  it.each([
    ['TENANT_REQUIRED', {}, { tenant: 'nowhere' }],
    ['AUTHORIZATION_CLIENT_INVALID', { client_id: 'x' }, {}],
    ['AUTHORIZATION_REDIRECT_INVALID', { redirect_uri: 'https://evil.example/' }, {}],
    ['POSTED_REQUEST_NOT_FOUND', { posted_request: 'x' }, {}],
  ])('gives %s', async (code, asked, more) => {
    expect((await authorize(new CookieJar(), asked, more)).code).toBe(code);
  });

  it('gives AUTHORIZATION_PARAMETER_REPEATED, also for two entries of one name', async () => {
    const { parameters } = inputOf();
    const twice = { tenant: 'acme', parameters: [...parameters, { name: 'client_id', values: ['app'] }] };
    expect((await run(new CookieJar(), AUTHORIZE, twice)).code).toBe('AUTHORIZATION_PARAMETER_REPEATED');
  });

  it('begins with the registration where the tenant lets people register, and is refused as a sign-in is', async () => {
    const { world, tenant } = suite;
    const register = (asked: Asked = {}, more: object = {}) =>
      run(new CookieJar(), REGISTER, { ...inputOf(asked), ...more });
    expect((await register()).code).toBe('REGISTRATION_CLOSED');
    await world.services.tenants.updateSettings(world.system(tenant), { registration: true });
    expect((await register()).data.authorizeRegistration.answer).toMatchObject({
      __typename: 'AuthorizationInteraction',
    });
    await suite.newClient({ clientId: 'closed', isRegistrationEnabled: false });
    expect((await register({ client_id: 'closed' })).code).toBe('REGISTRATION_CLOSED');
    expect((await world.events(tenant)).findLast(({ type }) => type === 'authorization.refused')).toMatchObject({
      client_id: 'closed',
      reason: 'REGISTRATION_CLOSED',
    });
    const { parameters } = inputOf();
    const twice = { parameters: [...parameters, { name: 'client_id', values: ['app'] }] };
    for (const [code, asked, more] of [
      ['TENANT_REQUIRED', {}, { tenant: 'nowhere' }],
      ['AUTHORIZATION_CLIENT_INVALID', { client_id: 'x' }, {}],
      ['AUTHORIZATION_REDIRECT_INVALID', { redirect_uri: 'https://evil.example/' }, {}],
      ['AUTHORIZATION_PARAMETER_REPEATED', {}, twice],
      ['POSTED_REQUEST_NOT_FOUND', { posted_request: 'x' }, {}],
    ] as const)
      expect((await register(asked, more)).code).toBe(code);
    await world.services.tenants.updateSettings(world.system(tenant), { registration: false });
  });

  it('gives BROWSER_REQUIRED to callers without a browser, and sets nothing', async () => {
    for (const [document, input] of [
      [AUTHORIZE, inputOf()],
      [REGISTER, inputOf()],
      [RESUME, { tenant: 'acme', handle: 'x' }],
    ] as const)
      expect((await suite.world.graphql(caller, document, { input })).code).toBe('BROWSER_REQUIRED');
  });

  it.each([
    ['TENANT_REQUIRED', { tenant: 'nowhere' }],
    ['INTERACTION_NOT_FOUND', { issuerKind: 'SUITE' }],
    ['INTERACTION_NOT_FOUND', {}],
  ])('gives %s where nothing can be resumed', async (code, more) => {
    expect((await run(new CookieJar(), RESUME, { tenant: 'acme', handle: 'x', ...more })).code).toBe(code);
  });

  it.each([
    ['AUTHORIZATION_CLIENT_INVALID', { enabled: false }],
    ['AUTHORIZATION_REDIRECT_INVALID', { redirects: [{ uri: 'https://app.example/other' }] }],
  ])('gives %s where the client has changed since', async (code, change) => {
    const { user } = await suite.signedIn();
    const client = await suite.newClient({ consent: 'trusted' });
    const jar = new CookieJar();
    const { data } = await authorize(jar, { client_id: client.clientId });
    const { handle } = data.authorize.answer;
    await suite.typePassword(jar, handle, user);
    await suite.world.services.clients.update(suite.world.system(suite.tenant), client.uuid, change);
    expect((await run(jar, RESUME, { tenant: 'acme', handle })).code).toBe(code);
  });
});
