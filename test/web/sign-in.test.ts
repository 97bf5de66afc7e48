import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { PASSWORD, type RedeemedTokens, SignInService, type SignInTenant } from '../support/sign-in-service.ts';
import { ROOT } from '../support/started.ts';
import { findViolations, focused, NOTHING, openWatched, type WatchedPage } from './sign-in/watched-page.ts';

/** For people to look at. */
const PICTURES = join(ROOT, 'test-results/sign-in-real');
const IDENTIFIER = 'User name or e-mail';

let browser: Browser;
let service: SignInService;
let opened: WatchedPage;
let page: Page;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await openBrowser();
  service = await SignInService.start();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});
beforeEach(async () => {
  service.application.asked.length = 0;
  await openAnother();
});
afterEach(async () => {
  await opened.context.close();
  const { reports, foreign } = opened.watch;
  expect({ reports, foreign, logged: service.logged }).toEqual({ reports: [], foreign: [], logged: [] });
});

/** Goes on in another browser. */
async function openAnother(): Promise<void> {
  opened = await openWatched(browser, service.origin, service.application.origin);
  page = opened.page;
}

const title = (text: string, on = page) => on.getByRole('heading', { name: text, exact: true });
const button = (name: string, on = page) => on.getByRole('button', { name, exact: true });
const field = (name: string, on = page) => on.getByLabel(name, { exact: true });

async function picture(name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true, caret: 'initial' });
}

/** Sends the browser to the service, as the application does, and waits for the page. */
async function begin(world: SignInTenant, asked: Readonly<Record<string, string>> = {}, heading = 'Sign in') {
  await page.goto(service.authorizeUrl(world, asked));
  await title(heading).waitFor();
}

async function typePassword(password = PASSWORD, username = 'alice', on = page): Promise<void> {
  await field(IDENTIFIER, on).fill(username);
  await field('Password', on).fill(password);
  await button('Sign in', on).click();
}

/** Waits until the browser is at the application. @returns What it brings. */
async function comeBack(on = page): Promise<Readonly<Record<string, string>>> {
  await on.waitForURL(`${service.callback}?*`);
  return Object.fromEntries(new URL(on.url()).searchParams);
}

/** Waits until the browser is at the application, and exchanges its code. */
async function finish(world: SignInTenant, on = page): Promise<RedeemedTokens> {
  expect(await comeBack(on)).toMatchObject({ code: expect.any(String), state: 'st' });
  return service.redeem(world, on.url());
}

async function signIn(world: SignInTenant, asked: Readonly<Record<string, string>> = {}): Promise<RedeemedTokens> {
  await begin(world, asked);
  await typePassword();
  return finish(world);
}

/** The texts of the mails to an address, once a further one came. */
async function mailTo(address: string): Promise<string> {
  const find = () => service.mails.filter(({ to }) => to.includes(address)).at(-1)?.raw ?? '';
  await expect.poll(find, { timeout: 20_000 }).not.toBe('');
  return find();
}

describe('a sign-in at the started service', () => {
  it('takes a password, after it refused a wrong one', async () => {
    const world = await service.tenant();
    const user = await service.user(world.tenant);
    await begin(world);
    await picture('password');
    await typePassword('two-wombats-at-dusk');
    await page.getByRole('alert').filter({ hasText: 'The user name or the password is not right.' }).waitFor();
    await picture('password-refused');
    await typePassword();
    const { claims } = await finish(world);
    expect(claims).toMatchObject({ sub: user.id, acr: '1fa', amr: ['pwd'] });
    expect(opened.watch).toEqual(NOTHING);
  });

  it('stops a stranger after ten guesses, not the owner, and then the device of the owner after ten there (check 44)', async () => {
    const world = await service.tenant();
    await service.user(world.tenant);
    await signIn(world);
    const owner = opened;
    await openAnother();
    const stranger = page;
    const isRefused = async (password: string, on: Page) => {
      // Faster tries wait for each other.
      service.time.forward(1);
      const answered = on.waitForResponse((response) => new URL(response.url()).pathname === '/graphql');
      await typePassword(password, 'alice', on);
      await answered;
      await on.getByRole('alert').filter({ hasText: 'The user name or the password is not right.' }).waitFor();
    };
    const guess = async (on: Page) => {
      for (let tries = 0; tries < 10; tries += 1) await isRefused(`guess-${tries}`, on);
      await isRefused(PASSWORD, on);
    };
    await begin(world);
    await guess(stranger);
    page = owner.page;
    await begin(world, { prompt: 'login' });
    await typePassword();
    await finish(world);
    await begin(world, { prompt: 'login' });
    await guess(page);
    service.time.forward(30);
    await typePassword();
    await finish(world);
    await stranger.context().close();
    opened = owner;
  });

  it('asks nothing more of somebody who is signed in', async () => {
    const world = await service.tenant();
    await service.user(world.tenant);
    const first = await signIn(world);
    await page.goto(service.authorizeUrl(world));
    const second = await finish(world);
    expect(second.claims['sid']).toBe(first.claims['sid']);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('takes the code of an app as the second factor', async () => {
    const world = await service.tenant();
    const { user, nextCode } = await service.totpUser(world.tenant);
    await begin(world);
    await typePassword();
    await title('Enter your code').waitFor();
    await picture('factor');
    await field('Code from the app').fill('000000');
    await button('Continue').click();
    await page.getByRole('alert').filter({ hasText: 'The code is not right' }).waitFor();
    await field('Code from the app').fill(nextCode());
    await button('Continue').click();
    const { claims } = await finish(world);
    expect(claims).toMatchObject({ sub: user.id, acr: '2fa', amr: ['pwd', 'otp', 'mfa'] });
    expect(opened.watch).toEqual(NOTHING);
  });

  it('sets up a demanded second factor, and takes one of its recovery codes in another browser', async () => {
    const world = await service.tenant();
    await service.factorlessUser(world.tenant);
    await begin(world);
    await typePassword();
    await title('Add a second step').waitFor();
    await button('Set up the app').click();
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    await picture('enrolment');
    const secret = (await page.locator('.secret').textContent())!.replaceAll(' ', '');
    await field('Code from the app').fill(service.codeOf(secret));
    await button('Continue').click();
    await title('Save your recovery codes').waitFor();
    const codes = await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allTextContents();
    expect(new Set(codes).size).toBe(10);
    await picture('recovery-codes');
    await button('I have saved them, continue').click();
    expect((await finish(world)).claims).toMatchObject({ acr: '2fa', amr: ['pwd', 'otp', 'mfa'] });
    expect(opened.watch).toEqual(NOTHING);
    await opened.context.close();

    await openAnother();
    await begin(world);
    await typePassword();
    // Who has the app at hand is asked for its code first.
    await field('Code from the app').waitFor();
    await button('Use a recovery code instead').click();
    await field('Recovery code').fill(codes[3]!);
    await picture('recovery-code');
    await button('Continue').click();
    expect((await finish(world)).claims).toMatchObject({ acr: '2fa' });
    expect(opened.watch).toEqual(NOTHING);
  });

  it('has a password changed that somebody else set', async () => {
    const world = await service.tenant();
    await service.user(world.tenant, {}, { isTemporary: true });
    await begin(world);
    await typePassword();
    await title('Choose a new password').waitFor();
    await picture('new-password');
    await field('New password').fill('short');
    await button('Change password').click();
    await page.getByText('The password is too short.').waitFor();
    await picture('new-password-refused');
    await field('New password').fill('four-herons-at-noon');
    await button('Change password').click();
    await finish(world);
    await opened.context.clearCookies();
    await begin(world);
    await typePassword();
    await page.getByRole('alert').waitFor();
    await typePassword('four-herons-at-noon');
    await finish(world);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('has an address confirmed by the code of a mail', async () => {
    const world = await service.tenant({ verifyEmail: true });
    const email = 'unverified@example.com';
    const { id } = await service.user(world.tenant, { email, emailVerified: false });
    await begin(world, { scope: 'openid email' });
    await typePassword();
    await title('Confirm your e-mail address').waitFor();
    await button('Send the code').click();
    await field('Code from the e-mail').waitFor();
    await picture('email-code');
    const [, code] = /Your confirmation code: (\d{6})/.exec(await mailTo(email))!;
    await field('Code from the e-mail').fill(code!);
    await button('Confirm').click();
    await finish(world);
    expect(await service.services.users.find(service.system(world.tenant), id)).toMatchObject({ emailVerified: true });
    expect(opened.watch).toEqual(NOTHING);
  });

  it('asks for consent, and gives nothing that was denied', async () => {
    const world = await service.tenant({}, { consent: 'required' });
    await service.user(world.tenant);
    const asked = { scope: 'openid email offline_access' };
    await begin(world, asked);
    await typePassword();
    await title('Allow access?').waitFor();
    await picture('consent');
    await button('Do not allow').click();
    expect(await comeBack()).toMatchObject({ error: 'access_denied', state: 'st' });
    await begin(world, asked, 'Allow access?');
    await button('Allow').click();
    await finish(world);
    await page.goto(service.authorizeUrl(world, asked));
    await finish(world);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('lets a person choose an account', async () => {
    const world = await service.tenant();
    const alice = await service.user(world.tenant);
    const bob = await service.user(world.tenant, { username: 'bob', email: 'bob@example.com', givenName: 'Bob' });
    await signIn(world);
    await begin(world, { prompt: 'select_account' }, 'Choose an account');
    await picture('accounts');
    await page.getByRole('button', { name: 'Alice Example' }).click();
    expect((await finish(world)).claims['sub']).toBe(alice.id);
    await begin(world, { prompt: 'select_account' }, 'Choose an account');
    await button('Use another account').click();
    await title('Sign in').waitFor();
    await typePassword(PASSWORD, 'bob');
    expect((await finish(world)).claims['sub']).toBe(bob.id);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('tells the application when a person gives up', async () => {
    const world = await service.tenant();
    await begin(world);
    await button('Cancel').click();
    expect(await comeBack()).toMatchObject({ error: 'access_denied', state: 'st' });
    expect(opened.watch).toEqual(NOTHING);
  });
});

describe('a sign-in that goes on elsewhere', () => {
  it('is at its present step in each of two tabs', async () => {
    const world = await service.tenant();
    const { nextCode } = await service.totpUser(world.tenant);
    await begin(world);
    const other = await opened.context.newPage();
    await other.goto(page.url());
    await title('Sign in', other).waitFor();
    await typePassword();
    await title('Enter your code').waitFor();
    await typePassword(PASSWORD, 'alice', other);
    await title('Enter your code', other).waitFor();
    await other.getByText('This step was completed already').waitFor();
    await field('Code from the app', other).fill(nextCode());
    await button('Continue', other).click();
    await finish(world, other);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('is at its present step after a reload, and after the way back through the history', async () => {
    const world = await service.tenant();
    const { nextCode } = await service.totpUser(world.tenant);
    await begin(world);
    await typePassword();
    await title('Enter your code').waitFor();
    await page.reload();
    await title('Enter your code').waitFor();
    await page.goto(`${service.application.origin}/`);
    await page.goBack();
    await title('Enter your code').waitFor();
    await field('Code from the app').fill(nextCode());
    await button('Continue').click();
    await finish(world);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('is not on the way back once it is over, and says so at its address', async () => {
    const world = await service.tenant();
    await service.user(world.tenant);
    await page.goto(`${service.application.origin}/`);
    await begin(world);
    const address = page.url();
    await typePassword();
    await finish(world);
    await page.goBack();
    expect(page.url()).toBe(`${service.application.origin}/`);
    await page.goto(address);
    await title('This did not work').waitFor();
    await page.getByText('This sign-in is over, has expired, or began in another browser.').waitFor();
    await picture('over');
  });

  it('says how to go on when it has expired', async () => {
    const world = await service.tenant();
    await service.user(world.tenant);
    await begin(world);
    service.time.forward(1801);
    await typePassword();
    await title('This did not work').waitFor();
    await page.getByText('This sign-in is over, has expired, or began in another browser.').waitFor();
    await picture('expired');
    expect(service.application.asked).toEqual([]);
    await signIn(world);
  });

  it('is unknown in another browser', async () => {
    const world = await service.tenant();
    await begin(world);
    const address = page.url();
    await opened.context.close();
    await openAnother();
    await page.goto(address);
    await title('This did not work').waitFor();
  });
});

describe('a sign-out at the started service', () => {
  const endSession = ({ tenant }: SignInTenant, asked: Readonly<Record<string, string>> = {}) =>
    page.goto(`${service.origin}/t/${tenant.name}/oauth/logout?${new URLSearchParams(asked)}`);

  it('asks nobody whose ID token the application shows', async () => {
    const world = await service.tenant();
    await service.user(world.tenant);
    const { idToken } = await signIn(world);
    const returnTo = `${service.application.origin}/signed-out`;
    await endSession(world, { id_token_hint: idToken, post_logout_redirect_uri: returnTo, state: 'bye' });
    await page.waitForURL(`${returnTo}?state=bye`);
    await begin(world);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('asks first when nobody shows who asks', async () => {
    const world = await service.tenant();
    await service.user(world.tenant);
    const { claims } = await signIn(world);
    await endSession(world, { client_id: world.client.clientId });
    await title('Sign out?').waitFor();
    await picture('sign-out');
    await button('Stay signed in').click();
    await title('You are still signed in').waitFor();
    await page.goto(service.authorizeUrl(world));
    expect((await finish(world)).claims['sid']).toBe(claims['sid']);
    await endSession(world, { client_id: world.client.clientId });
    await button('Sign out').click();
    await title('You are signed out').waitFor();
    await picture('signed-out');
    await begin(world);
    expect(opened.watch).toEqual(NOTHING);
  });
});

describe('the whole way at 320 px, in the dark, with the keyboard alone', () => {
  const NARROW: BrowserContextOptions = { viewport: { width: 320, height: 640 }, colorScheme: 'dark' };

  /** Looks at the present page. */
  async function look(name: string, heading: string): Promise<void> {
    await title(heading).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(NARROW.viewport!.width);
    expect(await findViolations(page)).toEqual([]);
    await picture(`narrow-${name}`);
  }

  /** Goes to an element with the key that everybody has for it. */
  async function tabTo(name: string): Promise<void> {
    for (let tabs = 0; tabs < 20 && (await focused(page)) !== name; tabs += 1) await page.keyboard.press('Tab');
    expect(await focused(page)).toBe(name);
  }

  it('leads through every step', async () => {
    const world = await service.tenant({ verifyEmail: true, rememberMe: true }, { consent: 'required' });
    const email = 'narrow@example.com';
    const user = await service.factorlessUser(world.tenant);
    const system = service.system(world.tenant);
    await service.services.users.update(system, user.id, { email, emailVerified: false });
    const temporary = { userId: user.id, password: PASSWORD, isTemporary: true } as const;
    await service.services.passwordFlow.set(system, temporary);
    await page.setViewportSize(NARROW.viewport!);
    await page.emulateMedia({ colorScheme: NARROW.colorScheme! });
    await page.goto(service.authorizeUrl(world, { scope: 'openid profile email offline_access' }));

    await look('password', 'Sign in');
    await tabTo(IDENTIFIER);
    await page.keyboard.type('alice');
    await tabTo('Password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');

    await look('enrolment-begin', 'Add a second step');
    await tabTo('Set up the app');
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: 'QR code' }).waitFor();
    await look('enrolment', 'Add a second step');
    const secret = (await page.locator('.secret').textContent())!.replaceAll(' ', '');
    await tabTo('Code from the app');
    await page.keyboard.type(service.codeOf(secret));
    await page.keyboard.press('Enter');
    await look('recovery-codes', 'Save your recovery codes');
    await tabTo('I have saved them, continue');
    await page.keyboard.press('Enter');

    await look('new-password', 'Choose a new password');
    await tabTo('New password');
    await page.keyboard.type('four-herons-at-noon');
    await page.keyboard.press('Enter');

    await look('email', 'Confirm your e-mail address');
    await tabTo('Send the code');
    await page.keyboard.press('Enter');
    await field('Code from the e-mail').waitFor();
    await look('email-code', 'Confirm your e-mail address');
    const [, code] = /Your confirmation code: (\d{6})/.exec(await mailTo(email))!;
    await tabTo('Code from the e-mail');
    await page.keyboard.type(code!);
    await page.keyboard.press('Enter');

    await look('consent', 'Allow access?');
    await tabTo('Allow');
    await page.keyboard.press('Enter');
    expect((await finish(world)).claims).toMatchObject({ sub: user.id, acr: '2fa' });
    expect(opened.watch).toEqual(NOTHING);
  });
});
