import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { build } from '../../support/started.ts';
import { type Answers, PageServer } from './page-server.ts';
import { HANDLE, STEPS, signInState } from './screens.ts';
import { openWatched, type WatchedPage } from './watched-page.ts';

let browser: Browser;
export let server: PageServer;
export let opened: WatchedPage;
export let page: Page;

/** Opens a browser and a server of pages for the tests of a file; each test opens its page. */
export function servePages(): void {
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
}

/** @param script Runs in the page before its own scripts. */
export async function openAt(state: object, answers: Answers = {}, script = ''): Promise<void> {
  server.reset(state, answers);
  opened = await openWatched(browser, server.url);
  await opened.context.addInitScript({ content: script });
  page = opened.page;
  await page.goto(server.pageUrl);
  await title().waitFor();
}

export const title = (text?: string) => page.getByRole('heading', text === undefined ? {} : { name: text }).last();
export const button = (name: string) => page.getByRole('button', { name, exact: true });
export const field = (name: string) => page.getByLabel(name, { exact: true });
export const IDENTIFIER = 'User name or e-mail';

export const step = (name: keyof typeof STEPS) => () => ({ step: STEPS[name] });
export const finish = step('finished');
export const openPassword = (answers: Answers = {}) => openAt(signInState(STEPS.password), answers);

export async function signIn(identifier = 'alice', password = 'secret'): Promise<void> {
  await field(IDENTIFIER).fill(identifier);
  await field('Password').fill(password);
  await button('Sign in').click();
}

/** The variables of the only request that was sent. */
export function sentInput(): unknown {
  expect(server.sent).toHaveLength(1);
  return server.sent[0]!.variables['input'];
}

/** As a browser does that shows a page which it kept for the history. */
export const returnByHistory = () =>
  page.evaluate("void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");

export const atApplication = () => page.waitForURL(`${server.url}/application?finished`);
export const PLACE = { tenant: 'acme', handle: HANDLE };
