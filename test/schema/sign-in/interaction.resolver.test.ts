import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mintHandle } from '../../../src/crypto/index.ts';
import { openSignIn, PASSWORD, type SignInWorld, TestBrowser } from '../../support/sign-in.ts';
import { World } from '../../support/world.ts';

describe('signing in in a browser', () => {
  let world: World;
  let setting: SignInWorld;
  let browser: TestBrowser;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    setting = await openSignIn(world);
    browser = new TestBrowser(world, setting.tenant);
  });

  const step = ({ data }: { data: { step?: unknown; interaction?: { step: unknown } } }) =>
    data?.step ?? data?.interaction?.step;

  it('asks for name and password, starts a session and says where to go on', async () => {
    const handle = await browser.begin({ loginHint: 'ann' }, { clientId: 'shop' });
    const { data } = await browser.load(handle);
    expect(data.interaction).toEqual({
      handle,
      application: { clientId: 'shop', name: 'The Shop', clientUri: null, policyUri: null, tosUri: null },
      step: { __typename: 'PasswordStep', identifier: 'ann', isIdentifierFixed: false, canRemember: false },
    });
    const done = await browser.password(handle, setting.user);
    expect(step(done)).toEqual({ __typename: 'Finished', continueAt: `https://id.example.com/resume/${handle}` });
    const session = await browser.session();
    expect(session).toMatchObject({ userId: setting.user.id, amr: ['pwd'], acr: '1fa', remember: false });
    expect(await browser.resume(handle)).toMatchObject({
      kind: 'done',
      purpose: { wanted: 'a sign-in' },
      session: { id: session!.id },
      consented: null,
    });
    await expect(browser.resume(handle)).rejects.toMatchObject({ code: 'INTERACTION_NOT_FOUND' });
  });

  it('shows the same step again after a reload, and leads back to it when it is resumed too early', async () => {
    const handle = await browser.begin();
    expect(await browser.load(handle)).toEqual(await browser.load(handle));
    expect(await browser.resume(handle)).toEqual({ kind: 'open' });
    await browser.password(handle, setting.user);
    expect(step(await browser.load(handle))).toMatchObject({ __typename: 'Finished' });
  });

  it('refuses a wrong password, and goes on at the same step', async () => {
    const handle = await browser.begin();
    expect((await browser.password(handle, setting.user, 'wrong')).code).toBe('SIGN_IN_REFUSED');
    expect(step(await browser.load(handle))).toMatchObject({ __typename: 'PasswordStep' });
    expect(step(await browser.password(handle, setting.user))).toMatchObject({ __typename: 'Finished' });
    const events = await world.events(setting.tenant);
    expect(events.find(({ type }) => type === 'sign_in.failed')).toMatchObject({
      reason: 'wrong_password',
      subject_id: setting.user.id,
    });
  });

  it('does not serve another browser, and changes nothing there', async () => {
    const handle = await browser.begin();
    const other = new TestBrowser(world, setting.tenant);
    await other.begin();
    expect((await other.load(handle)).code).toBe('INTERACTION_NOT_FOUND');
    expect((await other.password(handle, setting.user)).code).toBe('INTERACTION_NOT_FOUND');
    await expect(other.resume(handle)).rejects.toMatchObject({ code: 'INTERACTION_NOT_FOUND' });
    expect(other.setCookies).toEqual([]);
    expect(await other.session()).toBeNull();
    expect(step(await browser.password(handle, setting.user))).toMatchObject({ __typename: 'Finished' });
  });

  it('records each refusal of another browser, with the account that is proved by then, and no guessed handle', async () => {
    const { client } = await world.newClient(setting.tenant);
    const handle = await browser.begin({}, { clientId: client.clientId });
    const other = new TestBrowser(world, setting.tenant);
    await other.load(handle);
    await browser.password(handle, setting.user);
    await expect(other.resume(handle)).rejects.toMatchObject({ code: 'INTERACTION_NOT_FOUND' });
    const guesses = [mintHandle(setting.tenant.route), `${handle.slice(0, -4)}AAAA`, 'x', ''];
    for (const guess of guesses) expect((await other.load(guess)).code).toBe('INTERACTION_NOT_FOUND');
    const refusals = (await world.events(setting.tenant)).filter(({ type }) => type === 'sign_in.failed');
    const refusal = { reason: 'other_browser', client_id: client.clientId, params: { purpose: 'test' } };
    expect(refusals).toEqual([
      expect.objectContaining({ ...refusal, subject_id: null, actor_kind: 'anonymous' }),
      expect.objectContaining({ ...refusal, subject_id: setting.user.id, actor_kind: 'anonymous' }),
    ]);
  });

  it('does not serve another tenant, nor handles that are none', async () => {
    const handle = await browser.begin();
    const other = new TestBrowser(world, await world.tenant());
    await other.begin();
    const document =
      'query ($tenant: String, $handle: String!) { interaction(tenant: $tenant, handle: $handle) { handle } }';
    expect((await browser.graphql(document, { handle, tenant: other.tenant.name })).code).toBe('INTERACTION_NOT_FOUND');
    for (const wrong of ['', 'x', `${handle}x`, handle.slice(1), `A${handle.slice(1)}`])
      expect((await browser.load(wrong)).code, wrong).toBe('INTERACTION_NOT_FOUND');
  });

  it('needs the browser, and sets nothing for a page of another origin', async () => {
    const handle = await browser.begin();
    const input = { handle, identifier: setting.user.username, password: PASSWORD };
    const document =
      'mutation ($input: SubmitPasswordInput!) { submitPassword(input: $input) { step { __typename } } }';
    const anonymous = world.app(setting.tenant);
    expect((await world.graphql(anonymous, document, { input })).code).toBe('BROWSER_REQUIRED');
    const query = 'query ($handle: String!) { interaction(handle: $handle) { handle } }';
    expect((await world.graphql(anonymous, query, { handle })).code).toBe('BROWSER_REQUIRED');
  });

  it('ends after half an hour, and then changes nothing', async () => {
    const handle = await browser.begin();
    world.clock.advance(1799);
    expect((await browser.load(handle)).code).toBeUndefined();
    world.clock.advance(1);
    expect((await browser.load(handle)).code).toBe('INTERACTION_NOT_FOUND');
    expect((await browser.password(handle, setting.user)).code).toBe('INTERACTION_NOT_FOUND');
    world.clock.advance(1801);
    expect(await world.sweep(100)).toBeGreaterThan(0);
  });

  it('tells its browser where to start again after it has expired, until it is swept', async () => {
    const { tenant } = setting;
    const { client } = await world.newClient(tenant, { initiateLoginUri: 'https://shop.example/start' });
    const handle = await browser.begin({}, { clientId: client.clientId });
    world.clock.advance(3600);
    await world.sweep(100);
    const { code, errors } = await browser.load(handle);
    expect(code).toBe('INTERACTION_NOT_FOUND');
    expect(errors[0]?.extensions['startAgainAt']).toBe('https://shop.example/start');
    const other = new TestBrowser(world, tenant);
    await other.begin();
    expect((await other.load(handle)).errors[0]?.extensions).not.toHaveProperty('startAgainAt');
    await world.services.clients.update(world.system(tenant), client.id, { enabled: false });
    expect((await browser.load(handle)).errors[0]?.extensions).not.toHaveProperty('startAgainAt');
    world.clock.advance(1);
    await world.sweep(100);
    expect((await browser.load(handle)).errors[0]?.extensions).not.toHaveProperty('startAgainAt');
  });

  it('can be given up at a step, and not twice', async () => {
    const handle = await browser.begin();
    expect(step(await browser.submit('cancelInteraction', handle))).toMatchObject({ __typename: 'Finished' });
    expect((await browser.submit('cancelInteraction', handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect((await browser.password(handle, setting.user)).code).toBe('INTERACTION_STEP_OTHER');
    expect(await browser.resume(handle)).toEqual({ kind: 'cancelled', purpose: { wanted: 'a sign-in' } });
  });

  it('takes a step once per request (check 58)', async () => {
    const handle = await browser.begin();
    const input = { handle, identifier: setting.user.username, password: 'wrong' };
    const document = `mutation ($input: SubmitPasswordInput!) {
      a: submitPassword(input: $input) { step { __typename } } b: submitPassword(input: $input) { step { __typename } } }`;
    const { errors } = await browser.graphql(document, { input });
    expect(errors.map(({ extensions }) => extensions['code'])).toContain('INTERACTION_REQUEST_REPEATED');
    expect(await world.eventTypes(setting.tenant)).not.toContain('sign_in.failed');
  });
});
