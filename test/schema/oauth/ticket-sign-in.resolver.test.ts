import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantSettingsPatch } from '../../../src/tenants/index.ts';
import { chooseImage, proveImage } from '../../support/image-flows.ts';
import type { ImageOwner } from '../../support/image-proof.ts';
import { asParameters, scopeLinks } from '../../support/oauth.ts';
import { openSignIn, type SignInWorld, TestBrowser } from '../../support/sign-in.ts';
import { type GraphResult, World } from '../../support/world.ts';

const ANSWER = `answer {
  __typename
  ... on AuthorizationRedirect { redirectTo }
  ... on AuthorizationInteraction { pageUrl }
}`;
const FIELD = `redeemSignInTicket(input: $input) { ${ANSWER} }`;
const REDEEM = `mutation ($input: RedeemSignInTicketInput!) { ${FIELD} }`;
const AUTHORIZE = `mutation ($parameters: [OAuthParameterInput!]!, $tenant: String!) {
  authorize(input: { tenant: $tenant, parameters: $parameters }) { answer { ... on AuthorizationInteraction { handle } } }
}`;
const CALLBACK = 'https://shop.example/callback';

describe('redeemSignInTicket', () => {
  let world: World;
  let setting: SignInWorld;
  let ann: ImageOwner;
  let browser: TestBrowser;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    setting = await openSignIn(world);
    const { client } = await world.newClient(setting.tenant, {
      type: 'public',
      redirects: [{ uri: CALLBACK }],
      grantTypes: ['authorization_code'],
      scopes: scopeLinks(['openid']),
      consent: 'trusted',
    });
    setting = { ...setting, client };
    ann = await chooseImage(world, setting.tenant, setting.user);
    browser = new TestBrowser(world, setting.tenant);
  });

  /** Lets an application begin a sign-in. @returns Its handle. */
  async function begin(): Promise<string> {
    const parameters = asParameters({
      client_id: setting.client.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const { data } = await browser.graphql(AUTHORIZE, { parameters, tenant: setting.tenant.name });
    return data.authorize.answer.handle;
  }
  const redeem = (handle: string, ticket: string, of = browser): Promise<GraphResult> =>
    of.graphql(REDEEM, { input: { handle, ticket } });
  const answerOf = ({ data, errors }: GraphResult) => {
    expect(errors).toEqual([]);
    return data.redeemSignInTicket.answer;
  };
  const system = () => world.system(setting.tenant);

  it('answers the application at once, once', async () => {
    const handle = await begin();
    const ticket = await proveImage(world, ann, handle);
    const { redirectTo } = answerOf(await redeem(handle, ticket));
    expect(redirectTo).toMatch(new RegExp(`^${CALLBACK}\\?code=`));
    expect(await browser.session()).toMatchObject({ userId: setting.user.id, amr: ['pop', 'pin'], acr: '1fa' });
    expect((await redeem(handle, ticket)).code).toBe('AUTHORIZATION_ENDED');
  });

  it('leads to the page where a step is left, which another ticket does not skip', async () => {
    const handle = await begin();
    await world.giveTotp(setting.tenant, setting.user.id);
    await world.services.authModes.update(system(), setting.user.id, { requiredFactor: 2 });
    const pageUrl = `https://id.example.com/t/${setting.tenant.name}/sign-in/${handle}`;
    const answer = answerOf(await redeem(handle, await proveImage(world, ann, handle)));
    expect(answer).toEqual({ __typename: 'AuthorizationInteraction', pageUrl });
    const again = await proveImage(world, ann, handle);
    expect((await redeem(handle, again)).code).toBe('INTERACTION_STEP_OTHER');
  });

  it('leads to the flow that began the sign-in, where that is none of an application', async () => {
    const handle = await browser.begin();
    const { redirectTo } = answerOf(await redeem(handle, await proveImage(world, ann, handle)));
    expect(redirectTo).toBe(`https://id.example.com/resume/${handle}`);
    expect(await browser.resume(handle)).toMatchObject({ kind: 'done' });
  });

  it('is refused in another browser, without one, and twice in a request', async () => {
    const handle = await begin();
    const ticket = await proveImage(world, ann, handle);
    expect((await redeem(handle, ticket, new TestBrowser(world, setting.tenant))).code).toBe('INTERACTION_NOT_FOUND');
    const input = { handle, ticket };
    expect((await world.graphql(world.app(setting.tenant), REDEEM, { input })).code).toBe('BROWSER_REQUIRED');
    const twice = `mutation ($input: RedeemSignInTicketInput!) { a: ${FIELD} b: ${FIELD} }`;
    const { errors } = await browser.graphql(twice, { input });
    expect(errors.map(({ extensions }) => extensions['code'])).toContain('INTERACTION_REQUEST_REPEATED');
    expect(answerOf(await redeem(handle, ticket))).toHaveProperty('redirectTo');
  });

  it.each<[code: string, change: (handle: string) => Promise<unknown>]>([
    ['SIGN_IN_TICKET_INVALID', () => world.services.endAccess.resetSessions(system(), setting.user.id)],
    ['SIGN_IN_REFUSED', () => world.services.endAccess.setEnabled(system(), setting.user.id, false)],
    ['SIGN_IN_EMAIL_UNVERIFIED', () => set({ verifyEmail: true })],
    ['AUTHORIZATION_CLIENT_INVALID', () => changeClient({ enabled: false })],
    ['AUTHORIZATION_REDIRECT_INVALID', () => changeClient({ redirects: [{ uri: `${CALLBACK}/2` }] })],
  ])('gives %s where something has changed since the proof', async (code, change) => {
    const handle = await begin();
    const ticket = await proveImage(world, ann, handle);
    await change(handle);
    expect((await redeem(handle, ticket)).code).toBe(code);
  });
  const set = (settings: TenantSettingsPatch) => world.services.tenants.updateSettings(system(), settings);
  const changeClient = (change: object) => world.services.clients.update(system(), setting.client.id, change as never);
});
