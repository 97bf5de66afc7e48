import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { build, ROOT } from '../../support/started.ts';
import { PageServer } from './page-server.ts';
import { ACCOUNT_STATE, DEMANDS, OVERVIEW, PASSKEYS, RECOVERY_CODES, SCREENS, STEPS, signInState } from './screens.ts';
import { findViolations, NOTHING, openWatched, type WatchedPage } from './watched-page.ts';

/** For people to look at. */
const PICTURES = join(ROOT, 'test-results/sign-in');
const SIZES = [
  { width: 320, height: 640 },
  { width: 1280, height: 800 },
];
const SCHEMES = ['light', 'dark'] as const;

let browser: Browser;
let server: PageServer;
beforeAll(async () => {
  build('sign-in');
  mkdirSync(PICTURES, { recursive: true });
  browser = await openBrowser();
  server = await PageServer.open();
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function openAt(state: object, answers = {}): Promise<WatchedPage> {
  server.reset(state, answers);
  const opened = await openWatched(browser, server.url);
  await opened.page.goto(server.pageUrl);
  await opened.page.locator('.title').waitFor();
  return opened;
}

/** Looks at a page in each size and each colour scheme. */
async function check(name: string, { page, watch, context }: WatchedPage): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      expect(watch).toEqual(NOTHING);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(size.width);
      expect(await findViolations(page)).toEqual([]);
      const path = join(PICTURES, `${name}-${size.width}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage: true, caret: 'initial' });
    }
  }
  await context.close();
}

describe('the pages in the browser, at 320 and 1280 px, light and dark', () => {
  it.each(Object.entries(SCREENS))('fit and break neither WCAG 2.2 AA nor their policy: %s', async (name, state) => {
    await check(name, await openAt(state));
  });

  it.each([
    ['de', 'Anmelden', 'Benutzername oder E-Mail'],
    ['ru', 'Вход', 'Имя пользователя или эл. почта'],
  ])('are in the language that the state names: %s', async (locale, title, label) => {
    const opened = await openAt({ ...signInState(STEPS.password), locale });
    expect(await opened.page.locator('.title').textContent()).toBe(title);
    expect(await opened.page.getByLabel(label).count()).toBe(1);
    expect(await opened.page.evaluate('document.documentElement.lang')).toBe(locale);
    await check(`password-${locale}`, opened);
  });

  it('show a refused password so', async () => {
    const opened = await openAt(signInState(STEPS.password), {
      submitPassword: () => server.refuse('SIGN_IN_REFUSED'),
    });
    await opened.page.getByLabel('User name').fill('alice');
    await opened.page.getByLabel('Password', { exact: true }).fill('wrong');
    await opened.page.keyboard.press('Enter');
    await opened.page.getByRole('alert').filter({ hasText: 'not right' }).waitFor();
    await check('password-refused', opened);
  });

  it('show missing values so', async () => {
    const opened = await openAt(signInState(STEPS.password));
    await opened.page.getByRole('button', { name: 'Sign in' }).click();
    await check('password-missing', opened);
  });

  it('show recovery codes so', async () => {
    const opened = await openAt(signInState(STEPS.enrolment), {
      submitFactorEnrolment: () => ({ step: STEPS.finished, recoveryCodes: RECOVERY_CODES }),
    });
    await opened.page.getByLabel('Code from the app').fill('123456');
    await opened.page.keyboard.press('Enter');
    await opened.page.getByText(RECOVERY_CODES[0]!).waitFor();
    await check('recovery-codes', opened);
  });

  it('show an account and its forms so', async () => {
    const answers = {
      issueAccountToken: () => ({ accessToken: 'token', expiresInSeconds: 300, userId: 'u1' }),
      account: () => OVERVIEW,
      ownPasskeys: () => PASSKEYS,
      imageProofDemands: () => DEMANDS,
    };
    const lists = await openAt(ACCOUNT_STATE, answers);
    await lists.page.getByText('This browser').waitFor();
    await check('account-page', lists);
    for (const [button, field] of [
      ['Change your profile', 'E-mail'],
      ['Change your password', 'Current password'],
      ['Add a passkey', 'Name of the passkey (optional)'],
      ['Add a security key', 'Name of the security key (optional)'],
    ] as const) {
      const form = await openAt(ACCOUNT_STATE, answers);
      await form.page.getByRole('button', { name: button }).click();
      await form.page.getByLabel(field, { exact: true }).waitFor();
      await check(`account-page-${field.toLowerCase().replaceAll(/\W+/g, '-')}`, form);
    }
  });

  it('show that the browser is led on so', async () => {
    const opened = await openAt(signInState({ ...STEPS.finished, continueAt: '/nothing' }));
    await check('finished', opened);
  });
});
