import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImageProofClient } from '../../../web/zero-knowledge/client.ts';
import type { ProofFactor } from '../../../web/zero-knowledge/factor.ts';
import { deriveSecret } from '../../../web/zero-knowledge/secret.ts';
import { openBrowser } from '../../support/browser.ts';
import { build, ROOT } from '../../support/started.ts';
import { PureService } from '../zero-knowledge/pure-service.ts';
import { PageServer } from './page-server.ts';
import { findViolations, NOTHING, openWatched, type WatchedPage } from './watched-page.ts';

const PICTURE = join(ROOT, 'docs/images/graphiql.png');
const PICTURES = join(ROOT, 'test-results/sign-in');
const LINK = '#code=code-1&auth_req_id=reset-1';
const DEMANDS = {
  isPinUsed: true,
  pinSize: 4,
  isPatternUsed: true,
  gridSize: 3,
  order: ['pin', 'pattern'],
  isPinShown: true,
};

let browser: Browser;
let server: PageServer;
let service: PureService;
let opened: WatchedPage;
let page: Page;
beforeAll(async () => {
  build('sign-in');
  mkdirSync(PICTURES, { recursive: true });
  browser = await openBrowser();
  server = await PageServer.open();
});
beforeEach(() => {
  service = new PureService(`${server.url}/t/acme`);
  service.users.set('alice', { userId: 'user-alice', commitment: new Uint8Array(32), email: 'alice@example.com' });
});
afterEach(() => opened.context.close());
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const challenge = ({ input }: { readonly input: Parameters<PureService['askChallenge']>[0] }) =>
  service.askChallenge(input);
const reset = async ({
  input,
}: {
  readonly input: { username: string; code: string; encryptedCommitment: string };
}) => {
  await service.reset({ ...input, version: 'sv-zkp/1', logData: null });
  return { isChanged: true };
};

async function openPage(demands: object = {}, answers: object = {}, link = LINK): Promise<void> {
  const tenant = { name: 'acme', displayName: 'Acme Industries' };
  const state = { tenant, locale: 'en', page: 'image-reset', demands: { ...DEMANDS, ...demands } };
  server.reset(state, { requestImageChallenge: challenge, resetImage: reset, ...answers });
  opened = await openWatched(browser, server.url);
  page = opened.page;
  await page.goto(`${server.url}/t/acme/oauth/image-reset${link}`);
  await page.locator('.title').waitFor();
}

const field = (name: string) => page.getByLabel(name, { exact: true });
const submit = () => page.getByRole('button', { name: 'Use this image' }).click();
const isDone = () => page.getByRole('heading', { name: 'Your new image is set' }).waitFor({ timeout: 60_000 });

async function choose(): Promise<void> {
  await field('User name').fill('Alice');
  await page.setInputFiles('#image', PICTURE);
}

async function typePin(digits: string): Promise<void> {
  await field('PIN').fill(digits);
  await field('PIN again').fill(digits);
}

/** Whether somebody signs in elsewhere with the same file. */
function signIn(factor: ProofFactor): Promise<unknown> {
  const audience = `${server.url}/t/acme`;
  const client = new ImageProofClient({ transport: service, tenant: 'acme', audience, derive: deriveSecret });
  return client.signIn({ username: 'alice', choice: { image: new Blob([readFileSync(PICTURE)]), factor } });
}

describe('the page of a mail about a lost image', { timeout: 120_000 }, () => {
  it('sets another image with a PIN, with which the user signs in', async () => {
    await openPage();
    await choose();
    await typePin('2718');
    await submit();
    await isDone();
    await expect(signIn({ kind: 'pin', digits: '2718' })).resolves.toMatchObject({ nonce: 'ticket-1' });
    expect(JSON.stringify(server.sent)).not.toContain('2718');
    expect(opened.watch).toEqual(NOTHING);
  });

  it('sets another image with a pattern, where the user prefers that', async () => {
    await openPage({ isPinShown: false });
    await page.getByRole('button', { name: 'Use a pattern instead' }).click();
    await choose();
    for (const grid of ['Your pattern', 'Your pattern again'])
      for (const name of ['Row 1, column 1', 'Row 2, column 2', 'Row 3, column 3'])
        await page.getByRole('group', { name: grid, exact: true }).getByRole('button', { name }).click();
    await submit();
    await isDone();
    const former = service.users.get('alice')!.commitment;
    expect(former).not.toEqual(new Uint8Array(32));
  });

  it('asks for the image alone, where the tenant demands no more', async () => {
    await openPage({ isPinUsed: false, isPatternUsed: false });
    expect(await page.getByRole('group').count()).toBe(0);
    expect(await field('PIN').count()).toBe(0);
  });

  it('says what is missing, and sends nothing', async () => {
    await openPage();
    await submit();
    expect(await page.locator('.fault').allTextContents()).toEqual([
      'Type a user name.',
      'Choose your image.',
      'Type your PIN.',
      'Type your PIN once more.',
    ]);
    expect(server.sent).toEqual([]);
  });

  it('refuses a PIN of another length before it sends anything', async () => {
    await openPage();
    await choose();
    await typePin('27182');
    await submit();
    await page.getByText('The PIN has another number of digits here.').waitFor();
    expect(await field('PIN').inputValue()).toBe('27182');
    expect(server.sent).toEqual([]);
  });

  it('says when the code cannot be used, and keeps what was typed', async () => {
    await openPage({}, { requestImageChallenge: () => server.refuse('IMAGE_PROOF_REQUEST_INVALID') });
    await choose();
    await typePin('2718');
    await submit();
    await page.getByRole('alert').filter({ hasText: 'This link has expired' }).waitFor();
    expect(await field('User name').inputValue()).toBe('Alice');
  });

  it('says that a link is not whole', async () => {
    await openPage({}, {}, '#code=code-1');
    await page.getByText('This link has been used or has expired').waitFor();
  });

  it('fits at 320 and 1280 px, light and dark, and breaks no rule of WCAG 2.2 AA', async () => {
    await openPage({ order: ['pattern', 'pin'], gridSize: 4 });
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await findViolations(page)).toEqual([]);
        await page.screenshot({ path: join(PICTURES, `image-reset-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
    expect(opened.watch).toEqual(NOTHING);
  });
});
