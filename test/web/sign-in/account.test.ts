import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { build } from '../../support/started.ts';
import { type Answers, PageServer } from './page-server.ts';
import { ACCOUNT_STATE, DEMANDS, OVERVIEW, PASSKEYS, RECOVERY_CODES } from './screens.ts';
import { NOTHING, openWatched, type WatchedPage } from './watched-page.ts';

let browser: Browser;
let server: PageServer;
let opened: WatchedPage;
let page: Page;

beforeAll(async () => {
  build('sign-in');
  browser = await openBrowser();
  server = await PageServer.open();
});
afterEach(() => opened.context.close());
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(answers: Answers = {}, state: object = ACCOUNT_STATE): Promise<void> {
  const read = {
    issueAccountToken: () => ({ accessToken: 'token', expiresInSeconds: 300, userId: 'u1' }),
    account: () => OVERVIEW,
    ownPasskeys: () => PASSKEYS,
    imageProofDemands: () => ({ ...DEMANDS, isOffered: false }),
  };
  server.reset(state, { ...read, ...answers });
  opened = await openWatched(browser, server.url);
  page = opened.page;
  await page.goto(server.pageUrl);
}

const button = (name: string) => page.getByRole('button', { name, exact: true });
const field = (name: string) => page.getByLabel(name, { exact: true });
const saved = () => page.getByRole('status').filter({ hasText: 'Your change is saved.' }).waitFor();
/** The inputs of a mutation that were sent. */
const sentTo = (name: string) =>
  server.sent.filter(({ query }) => query.includes(`mutation ${name}(`)).map(({ variables }) => variables['input']);
/** Presses a button until its mutation was sent: the page makes one change at a time, and takes no other before it has read the account again. */
async function press(name: string, mutation: string, times = 1): Promise<void> {
  await expect
    .poll(async () => {
      if (sentTo(mutation).length < times) await button(name).click();
      return sentTo(mutation).length;
    })
    .toBe(times);
}
/** Options for a new passkey, as the service gives them. */
const CREATION = {
  rp: { id: 'localhost', name: 'Acme' },
  user: { id: 'AAAA', name: 'alice', displayName: 'Alice' },
  challenge: 'AAAA',
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
};
const OF_USER = { tenant: 'acme', userId: 'u1' };

describe('the page of an account', () => {
  it('changes what was changed of the profile, and shows refusals beside the fields', async () => {
    await open({
      updateUser: () =>
        server.refuse('USER_EMAIL_TAKEN', { fields: [{ path: 'input.email', code: 'USER_EMAIL_TAKEN' }] }),
    });
    await button('Change your profile').click();
    await field('E-mail').fill('bea@example.com');
    await field('First name (optional)').fill('');
    await button('Save').click();
    await page.getByRole('alert').filter({ hasText: 'Email already exists.' }).waitFor();
    server.answers = { ...server.answers, updateUser: () => ({ user: null }) };
    await button('Save').click();
    await saved();
    const input = { ...OF_USER, email: 'bea@example.com', givenName: null };
    expect(sentTo('UpdateUser')).toEqual([input, input]);
    expect(sentTo('IssueAccountToken')).toHaveLength(1);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('changes the password, and leads to a new sign-in where that is too old', async () => {
    await open({ changePassword: () => server.refuse('REAUTHENTICATION_REQUIRED') });
    await button('Change your password').click();
    await button('Change password').click();
    await page.getByText('Type your password.').waitFor();
    await field('Current password').fill('old words here');
    await field('New password').fill('new words here');
    await button('Change password').click();
    const again = page.getByRole('link', { name: 'Sign in again', exact: true });
    expect(await again.getAttribute('href')).toBe('/application?again=1');
    server.answers = { ...server.answers, changePassword: () => ({ userId: 'u1' }) };
    await button('Change password').click();
    await saved();
    expect(sentTo('ChangePassword')).toContainEqual({
      tenant: 'acme',
      currentPassword: 'old words here',
      newPassword: 'new words here',
      sessions: 'END_OTHERS',
    });
  });

  it('adds an authenticator app by its first code, after a recent sign-in', async () => {
    const qrCode = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==';
    await open({
      beginTotpEnrolment: () => server.refuse('REAUTHENTICATION_REQUIRED'),
      attachTotp: () => server.refuse('TOTP_CODE_WRONG'),
    });
    await button('Add an authenticator app').click();
    await button('Set up the app').click();
    await page.getByRole('link', { name: 'Sign in again', exact: true }).waitFor();
    const begun = { secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/a', qrCode };
    server.answers = { ...server.answers, beginTotpEnrolment: () => begun };
    await button('Set up the app').click();
    await page.getByText('JBSW Y3DP EHPK 3PXP').waitFor();
    await button('Continue').click();
    await page.getByText('Type the code.').waitFor();
    await field('Code from the app').fill(' 123456 ');
    await button('Continue').click();
    await page.getByRole('alert').filter({ hasText: 'The code is not right' }).waitFor();
    server.answers = { ...server.answers, attachTotp: () => ({ userId: 'u1' }) };
    await field('Name of the app (optional)').fill('My phone');
    await button('Continue').click();
    await saved();
    const input = { ...OF_USER, secret: 'JBSWY3DPEHPK3PXP', code: '123456' };
    expect(sentTo('AttachTotp')).toEqual([
      { ...input, name: null },
      { ...input, name: 'My phone' },
    ]);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('makes recovery codes and shows them once', async () => {
    await open({ generateRecoveryCodes: () => ({ codes: RECOVERY_CODES }) });
    await button('Make new recovery codes').click();
    await button('Back').click();
    await button('Make new recovery codes').click();
    await button('Make codes').click();
    await page.getByText(RECOVERY_CODES[0]!).waitFor();
    expect(await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').count()).toBe(10);
    await button('I have saved them, continue').click();
    await saved();
    expect(await page.getByText(RECOVERY_CODES[0]!).count()).toBe(0);
    expect(sentTo('GenerateRecoveryCodes')).toEqual([OF_USER]);
  });

  it('ends sessions, factors, consents and links, but not the session of the browser', async () => {
    await open({
      revokeSession: () => ({ revokedSessionId: 's2' }),
      removeCredential: () => ({ userId: 'u1' }),
      revokeConsent: () => ({ revokedConsentId: 'c1' }),
      unlinkExternalAccount: () => ({}),
    });
    await press('Sign out: 192.0.2.2', 'RevokeSession');
    expect(sentTo('RevokeSession')).toEqual([{ tenant: 'acme', sessionId: 's2' }]);
    await press('Remove: My phone', 'RemoveCredential');
    expect(sentTo('RemoveCredential')).toEqual([{ tenant: 'acme', credentialId: 't2' }]);
    await press('Take access back: Travel Desk', 'RevokeConsent');
    expect(sentTo('RevokeConsent')).toEqual([{ ...OF_USER, clientId: 'travel' }]);
    await press('Unlink: Example Mail', 'UnlinkExternalAccount');
    const link = { providerName: 'Example Mail', providerType: 'oidc', externalId: 'x-1' };
    expect(sentTo('UnlinkExternalAccount')).toEqual([{ ...OF_USER, ...link }]);
    expect(await button('Sign out: This browser').count()).toBe(0);
  });

  it('names passkeys and security keys and removes them, where no more can be added too', async () => {
    const answers = { renameCredential: () => ({ userId: 'u1' }), removeCredential: () => ({ userId: 'u1' }) };
    await open(answers, { ...ACCOUNT_STATE, isPasskeyEnabled: false });
    await button('Rename: Laptop').click();
    await button('Back').click();
    for (const [kind, passkey, credentialId, typed, label] of [
      ['passkey', 'Laptop', 'k1', ' Work laptop ', 'Work laptop'],
      ['passkey', 'Laptop', 'k1', ' ', null],
      ['passkey', 'Passkey', 'k2', 'Phone', 'Phone'],
      ['security key', 'Key ring', 'k3', 'Work key', 'Work key'],
      ['security key', 'Security key', 'k4', 'Spare key', 'Spare key'],
    ] as const) {
      await button(`Rename: ${passkey}`).click();
      await page.getByRole('heading', { name: `Rename a ${kind}`, exact: true }).waitFor();
      await field(`Name of the ${kind} (optional)`).fill(typed);
      await button('Save').click();
      await saved();
      expect(sentTo('RenameCredential').at(-1)).toEqual({ tenant: 'acme', credentialId, label });
    }
    await press('Remove: Passkey', 'RemoveCredential');
    await press('Remove: Key ring', 'RemoveCredential', 2);
    const removed = ['k2', 'k3'].map((credentialId) => ({ tenant: 'acme', credentialId }));
    expect(sentTo('RemoveCredential')).toEqual(removed);
    for (const kind of ['passkey', 'security key']) expect(await button(`Add a ${kind}`).count()).toBe(0);
  });

  it('lists security keys among the second steps, and each passkey and security key once', async () => {
    await open();
    const titlesOf = (list: string) =>
      page
        .locator('.section', { has: page.getByRole('heading', { name: list }) })
        .locator('.lead')
        .allTextContents();
    await button('Rename: Laptop').waitFor();
    expect(await titlesOf('Your passkeys')).toEqual(['Laptop', 'Passkey']);
    expect(await titlesOf('Second steps')).toEqual(['Authenticator app', 'My phone', 'Key ring', 'Security key']);
    expect(await page.getByText('Security key, added on', { exact: false }).count()).toBe(2);
  });

  it('breaks no word of a button on narrow screens', async () => {
    await open({}, { ...ACCOUNT_STATE, locale: 'de' });
    await page.setViewportSize({ width: 320, height: 640 });
    const boxes = ['Umbenennen: Laptop', 'Profil ändern'].map((name) => button(name).boundingBox());
    const [narrow, wide] = await Promise.all(boxes);
    expect(narrow!.height).toBe(wide!.height);
  });

  it.each([
    ['passkey', 'NotAllowedError', 'No passkey was used.'],
    ['passkey', 'InvalidStateError', 'has a passkey of your account already'],
    ['passkey', 'NotSupportedError', 'cannot use passkeys here'],
    ['passkey', 'DataError', 'This did not work.'],
    ['security key', 'NotAllowedError', 'No security key was used.'],
    ['security key', 'InvalidStateError', 'This security key is one of your account already.'],
    ['security key', 'NotSupportedError', 'cannot use security keys here'],
    ['security key', 'DataError', 'This did not work.'],
  ])('says why a browser made no %s: %s', async (kind, name, text) => {
    await open({ beginPasskeyRegistration: () => ({ options: CREATION }) });
    await page.evaluate(`navigator.credentials.create = () => Promise.reject(new DOMException('', '${name}'))`);
    await button(`Add a ${kind}`).click();
    await button(`Add a ${kind}`).click();
    await page.getByRole('alert').filter({ hasText: text }).waitFor();
    expect(await button(`Add a ${kind}`).isEnabled()).toBe(true);
    expect(sentTo('AddPasskey')).toEqual([]);
  });

  it('says that a browser has no passkeys', async () => {
    await open({ beginPasskeyRegistration: () => ({ options: CREATION }) });
    await page.evaluate('delete window.PublicKeyCredential');
    await button('Add a passkey').click();
    await button('Add a passkey').click();
    await page.getByRole('alert').filter({ hasText: 'cannot use passkeys here' }).waitFor();
  });

  it.each([
    ['passkey', 'PASSKEY_TAKEN', 'This passkey belongs to an account already.'],
    ['passkey', 'PASSKEY_LIMIT_REACHED', 'as many passkeys as it can have'],
    ['passkey', 'REAUTHENTICATION_REQUIRED', 'Your sign-in is too old'],
    ['security key', 'PASSKEY_INVALID', 'This security key cannot be used here.'],
    ['security key', 'PASSKEY_TAKEN', 'This security key belongs to an account already.'],
    ['security key', 'PASSKEY_LIMIT_REACHED', 'as many security keys as it can have'],
    ['security key', 'REAUTHENTICATION_REQUIRED', 'Your sign-in is too old'],
  ])('says why the service adds no %s: %s', async (kind, code, text) => {
    await open({ beginPasskeyRegistration: () => server.refuse(code) });
    await button(`Add a ${kind}`).click();
    await button(`Add a ${kind}`).click();
    await page.getByRole('alert').filter({ hasText: text }).waitFor();
    const asked = { passkey: 'PASSKEY', 'security key': 'SECURITY_KEY' }[kind];
    expect(sentTo('BeginPasskeyRegistration')).toEqual([{ tenant: 'acme', kind: asked }]);
  });

  it('is loaded again where nobody is signed in any more, because the server leads to the sign-in', async () => {
    await open({ issueAccountToken: () => server.refuse('ACCOUNT_PAGE_SIGN_IN_REQUIRED') });
    await expect.poll(() => server.loads).toBeGreaterThan(1);
  });
});
