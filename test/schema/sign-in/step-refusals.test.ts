import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readDeclared } from '../../support/field-errors/compare.ts';
import { openSignIn, type SignInWorld, TestBrowser } from '../../support/sign-in.ts';
import { World } from '../../support/world.ts';

/** Each step of a sign-in, with what its page sends besides the handle. */
const STEPS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  beginFactorEnrolment: {},
  beginPasswordReset: {},
  beginRegistration: {},
  cancelInteraction: {},
  chooseAccount: {},
  leavePasswordReset: {},
  leaveRegistration: {},
  requestKeyEnrolment: {},
  requestPasswordReset: { identifier: 'nobody' },
  sendEmailCode: {},
  submitConsent: { isGranted: true },
  submitEmailCode: { code: '123456' },
  submitFactor: { method: 'TOTP', code: '123456' },
  submitFactorEnrolment: { code: '123456' },
  submitFactorPasskey: {
    credential: { id: 'AAAA', rawId: 'AAAA', clientDataJson: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
  },
  submitKeyEnrolment: {
    credential: { id: 'AAAA', rawId: 'AAAA', clientDataJson: 'AAAA', attestationObject: 'AAAA' },
  },
  submitNewPassword: { newPassword: 'four-koalas-at-dusk' },
  submitPassword: { identifier: 'nobody', password: 'wrong' },
  submitPasswordResetCode: { code: '12345678' },
  submitRegistration: { email: 'nobody@example.com', password: 'four-koalas-at-dusk' },
  submitSignInTicket: { ticket: 'x' },
  submitTerms: { isAccepted: true },
};

describe('the steps of a sign-in', () => {
  let world: World;
  let setting: SignInWorld;
  let browser: TestBrowser;
  let handle: string;
  beforeAll(async () => {
    world = await World.open();
    setting = await openSignIn(world);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    browser = new TestBrowser(world, setting.tenant);
    handle = await browser.begin();
  });

  it('are all that the graph has', () => {
    const declared = readDeclared(readFileSync('schema/schema.graphql', 'utf8'));
    const steps = declared.filter(({ code }) => code === 'INTERACTION_STEP_OTHER').map(({ field }) => field);
    // These have other payloads: ticket-sign-in.resolver.test.ts and passkey-step.test.ts.
    const others = ['redeemSignInTicket', 'requestFactorPasskey'];
    expect(steps.toSorted()).toEqual([...others, ...Object.keys(STEPS)].map((name) => `Mutation.${name}`).toSorted());
  });

  it('are refused while the tenant is disabled, change nothing, and go on when it is enabled again', async () => {
    const { tenant, user } = await openSignIn(world);
    const there = new TestBrowser(world, tenant);
    const open = await there.begin();
    const enable = (enabled: boolean) => world.services.tenants.update(world.system(tenant), { enabled });
    await enable(false);
    const before = (await world.events(tenant)).length;
    for (const [field, sent] of Object.entries(STEPS))
      expect([field, (await there.submit(field, open, sent)).code]).toEqual([field, 'TENANT_DISABLED']);
    expect((await there.password(open, user)).code).toBe('TENANT_DISABLED');
    expect((await there.load(open)).code).toBe('TENANT_DISABLED');
    expect(there.setCookies).toEqual([]);
    expect(await world.events(tenant)).toHaveLength(before);
    await enable(true);
    expect((await there.password(open, user)).data.step).toMatchObject({ __typename: 'Finished' });
  });

  describe.each(Object.entries(STEPS))('%s', (field, sent) => {
    const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
    const once = `${field}(input: $input) { step { __typename } }`;
    const asDocument = (selection: string) => `mutation ($input: ${type}!) { ${selection} }`;
    const input = () => ({ handle, ...sent });
    const expectUnchanged = async () => {
      const { data } = await browser.load(handle);
      expect(data.interaction.step).toMatchObject({ __typename: 'PasswordStep' });
      expect(await browser.session()).toBeNull();
    };

    it('is refused to a caller that is no browser', async () => {
      const caller = world.app(setting.tenant);
      expect((await world.graphql(caller, asDocument(once), { input: input() })).code).toBe('BROWSER_REQUIRED');
      await expectUnchanged();
    });

    it('finds no sign-in of another browser, and none that does not exist', async () => {
      const other = new TestBrowser(world, setting.tenant);
      await other.begin();
      expect((await other.submit(field, handle, sent)).code).toBe('INTERACTION_NOT_FOUND');
      expect(other.setCookies).toEqual([]);
      expect((await browser.submit(field, 'x', sent)).code).toBe('INTERACTION_NOT_FOUND');
      await expectUnchanged();
    });

    it('is refused twice in a request (check 58)', async () => {
      const { errors } = await browser.graphql(asDocument(`a: ${once} b: ${once}`), { input: input() });
      expect(errors.map(({ extensions }) => extensions['code'])).toContain('INTERACTION_REQUEST_REPEATED');
      await expectUnchanged();
    });

    it('is refused once the sign-in is given up', async () => {
      await browser.submit('cancelInteraction', handle);
      expect((await browser.submit(field, handle, sent)).code).toBe('INTERACTION_STEP_OTHER');
      expect(browser.setCookies).toEqual([]);
      expect(await browser.resume(handle)).toMatchObject({ kind: 'cancelled' });
    });
  });
});
