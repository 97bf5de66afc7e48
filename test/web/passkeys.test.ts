import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/users/index.ts';
import { openBrowser } from '../support/browser.ts';
import { PASSWORD, type RedeemedTokens, SignInService, type SignInTenant } from '../support/sign-in-service.ts';
import { ROOT } from '../support/started.ts';
import { VirtualAuthenticator } from '../support/virtual-authenticator.ts';
import { findViolations, focused, openWatched, type WatchedPage } from './sign-in/watched-page.ts';

/** For people to look at. */
const PICTURES = join(ROOT, 'test-results/passkeys');
const SETTINGS = {
  isPasskeyEnabled: true,
  offersPasskeySignIn: true,
  passkeys: { algorithms: ['ES256', 'RS256'], isUniquePerUser: true },
  securityKeys: { algorithms: ['ES256', 'RS256'], isUniquePerUser: true },
} as never;
const BUTTON = 'Sign in with a passkey';

describe('passkeys at the started service in Chromium', { timeout: 120_000 }, () => {
  let browser: Browser;
  let service: SignInService;
  let opened: WatchedPage;
  let page: Page;
  let authenticator: VirtualAuthenticator;
  let world: SignInTenant;
  let user: User;
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
    opened = await openWatched(browser, service.origin, service.application.origin);
    page = opened.page;
    authenticator = await VirtualAuthenticator.addTo(page);
    world = await newTenant();
    user = await service.user(world.tenant);
  });
  afterEach(async () => {
    await opened.context.close();
    const { reports, foreign, errors } = opened.watch;
    expect({ reports, foreign, errors, logged: service.logged }).toEqual({
      reports: [],
      foreign: [],
      errors: [],
      logged: [],
    });
  });

  /** A tenant with the page of accounts, which realms have. */
  const newTenant = () => service.tenant(SETTINGS, {}, 'realm');
  const accountUrl = () => `${service.origin}/realms/${world.tenant.name}/account/page`;
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const field = (name: string) => page.getByLabel(name, { exact: true });
  const title = (text: string) => page.getByRole('heading', { name: text, exact: true }).waitFor();
  const refused = (text: string) => page.getByRole('alert').filter({ hasText: text }).waitFor();

  /** Pictures in both widths and colours, of a page without faults. */
  async function look(name: string): Promise<void> {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [320, 'dark'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      expect(await findViolations(page)).toEqual([]);
      const path = join(PICTURES, `${name}-${width}.png`);
      await page.screenshot({ path, fullPage: true, caret: 'initial' });
    }
  }

  async function typePassword(): Promise<void> {
    await field('User name or e-mail').fill('alice');
    await field('Password').fill(PASSWORD);
    await button('Sign in').click();
  }

  /** The page of the account, of somebody who is not signed in before. */
  async function openAccount(): Promise<void> {
    await authenticator.setPresent(false);
    await opened.context.clearCookies();
    await page.goto(accountUrl());
    await title('Sign in');
    await typePassword();
  }

  async function register(name: string, kind: 'passkey' | 'security key' = 'passkey'): Promise<void> {
    await openAccount();
    await title('Your account');
    await button(`Add a ${kind}`).click();
    await title(`Add a ${kind}`);
    await field(`Name of the ${kind} (optional)`).fill(name);
    await authenticator.setPresent(true);
    await button(`Add a ${kind}`).click();
    await page.getByRole('status').filter({ hasText: 'Your change is saved.' }).waitFor();
  }

  /** From now on the browser has an authenticator that cannot verify its user, and no other. */
  async function plugIn(): Promise<void> {
    await authenticator.remove();
    authenticator = await VirtualAuthenticator.addTo(page, 'security-key');
  }

  /** The page of a sign-in, of somebody who is not signed in before. Its offer in the field of the name waits for an answer. */
  async function begin(asked: Readonly<Record<string, string>> = {}, at = world): Promise<void> {
    await authenticator.setPresent(false);
    await opened.context.clearCookies();
    await page.goto(service.authorizeUrl(at, asked));
    await title('Sign in');
  }

  /** The click ends the offer in the field of the name, which a user who is present before it would answer in place of the button. */
  async function press(name: string): Promise<void> {
    const isPresent = Promise.withResolvers<void>();
    // All requests wait, because the offer may be asked for after the click; a request by a user who is absent waits for ever.
    await page.route('**/graphql', async (route) => {
      await isPresent.promise;
      await route.fallback();
    });
    await button(name).click();
    await authenticator.setPresent(true);
    isPresent.resolve();
  }

  /** Waits until the browser is at the application, and exchanges its code. */
  async function finish(at = world): Promise<RedeemedTokens> {
    await page.waitForURL(`${service.callback}?*`);
    return service.redeem(at, page.url());
  }

  it('are added, used at an application, named, and removed', async () => {
    await register('Laptop');
    expect(await authenticator.count()).toBe(1);

    await begin();
    await look('sign-in');
    await press(BUTTON);
    const { claims } = await finish();
    expect(claims).toMatchObject({ sub: user.id, acr: 'phr', amr: ['hwk', 'mfa'] });

    await page.goto(accountUrl());
    await button('Rename: Laptop').waitFor();
    await look('account');
    await button('Rename: Laptop').click();
    await title('Rename a passkey');
    await field('Name of the passkey (optional)').fill('Work laptop');
    await look('rename');
    await button('Save').click();
    await button('Remove: Work laptop').click();
    await expect.poll(() => page.getByText('Work laptop').count()).toBe(0);

    await begin();
    await press(BUTTON);
    await refused('This passkey was not accepted.');
    await look('refused');
  });

  it('are offered in the field of the name', async () => {
    await register('');
    await opened.context.clearCookies();
    await authenticator.setPresent(true);
    await page.goto(service.authorizeUrl(world));
    const { claims } = await finish();
    expect(claims).toMatchObject({ sub: user.id, acr: 'phr' });
  });

  it('are found by a typed name, and used with the keyboard alone', async () => {
    await register('Laptop');
    await begin();
    expect(await focused(page)).toBe('User name or e-mail');
    await page.keyboard.type('Alice@example.com');
    for (let tabs = 0; tabs < 8 && (await focused(page)) !== BUTTON; tabs += 1) await page.keyboard.press('Tab');
    await authenticator.setPresent(true);
    await page.keyboard.press('Enter');
    expect((await finish()).claims).toMatchObject({ sub: user.id, acr: 'phr' });
  });

  it('sign in the one account that is demanded', async () => {
    await register('Laptop');
    await begin();
    await press(BUTTON);
    await finish();
    await authenticator.setPresent(false);
    await page.goto(`${accountUrl()}?again=1`);
    await title('Sign in');
    expect(await field('User name or e-mail').isEditable()).toBe(false);
    expect(await field('User name or e-mail').getAttribute('autocomplete')).toBe('username');
    await press(BUTTON);
    await title('Your account');
  });

  it('are refused in another tenant, and a password still signs in there', async () => {
    await register('Laptop');
    const other = await newTenant();
    const namesake = await service.user(other.tenant);
    await begin({}, other);
    await press(BUTTON);
    await refused('This passkey was not accepted.');
    await typePassword();
    expect((await finish(other)).claims).toMatchObject({ sub: namesake.id, amr: ['pwd'] });
  });

  it('are missed in words where the device has none, or does not verify its user', async () => {
    await register('Laptop');
    await begin();
    await authenticator.setVerified(false);
    await press(BUTTON);
    await refused('No passkey was used.');
    await authenticator.clear();
    await press(BUTTON);
    await refused('No passkey was used.');
    await look('none');
  });

  it('are not made twice on one device', async () => {
    await register('Laptop');
    await begin();
    await press(BUTTON);
    await finish();
    await page.goto(accountUrl());
    await button('Add a passkey').click();
    await title('Add a passkey');
    await button('Add a passkey').click();
    await refused('has a passkey of your account already');
    await look('present');
    expect(await authenticator.count()).toBe(1);
  });

  it('are made in a sign-in by users whose account has to have one', async () => {
    const requiredActions = ['webauthn-register-passwordless'];
    await service.services.users.update(service.system(world.tenant), user.id, { requiredActions });
    await begin();
    await typePassword();
    await title('Add a passkey');
    await field('Name of the passkey (optional)').fill('Laptop');
    await look('demanded');
    await authenticator.setVerified(false);
    await press('Add a passkey');
    await refused('No passkey was used.');
    await authenticator.setVerified(true);
    await button('Add a passkey').click();
    expect((await finish()).claims).toMatchObject({ sub: user.id, acr: 'phr', amr: ['pwd', 'hwk', 'mfa'] });
    expect(await authenticator.count()).toBe(1);

    await begin();
    await press(BUTTON);
    expect((await finish()).claims).toMatchObject({ sub: user.id, amr: ['hwk', 'mfa'] });
  });

  it('are made after security keys where an account has to have both', async () => {
    const requiredActions = ['webauthn-register-passwordless', 'webauthn-register'];
    await service.services.users.update(service.system(world.tenant), user.id, { requiredActions });
    await plugIn();
    await begin();
    await typePassword();
    await title('Add a security key');
    await field('Name of the security key (optional)').fill('Key ring');
    await look('demanded-security-key');
    await press('Add a security key');
    await title('Add a passkey');
    await authenticator.remove();
    authenticator = await VirtualAuthenticator.addTo(page);
    await button('Add a passkey').click();
    expect((await finish()).claims).toMatchObject({ sub: user.id, acr: 'phr', amr: ['pwd', 'hwk', 'mfa'] });
    expect(await authenticator.count()).toBe(1);
  });

  it('are the second factor after a password', async () => {
    await register('Laptop');
    await begin();
    await typePassword();
    await title('Confirm that it is you');
    await button('Use your passkey').waitFor();
    await look('factor');
    await authenticator.setVerified(false);
    await press('Use your passkey');
    await refused('No passkey was used.');
    await authenticator.setVerified(true);
    await button('Use your passkey').click();
    expect((await finish()).claims).toMatchObject({ sub: user.id, acr: 'phr', amr: ['pwd', 'hwk', 'mfa'] });
  });

  it('are beside security keys, which are a second step after a password', async () => {
    await plugIn();
    await register('Key ring', 'security key');

    await begin();
    await typePassword();
    await title('Confirm that it is you');
    await button('Use your security key').waitFor();
    await look('factor-security-key');
    await press('Use your security key');
    expect((await finish()).claims).toMatchObject({ sub: user.id, amr: ['pwd', 'hwk', 'mfa'] });

    await page.goto(accountUrl());
    await button('Rename: Key ring').waitFor();
    await look('account-security-key');
    await button('Add a security key').click();
    await title('Add a security key');
    await look('security-key');
    await button('Add a security key').click();
    await refused('This security key is one of your account already.');
    await button('Back').click();
    await button('Remove: Key ring').click();
    await expect.poll(() => page.getByText('Key ring').count()).toBe(0);
  });
});
