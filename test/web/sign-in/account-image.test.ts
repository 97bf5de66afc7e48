import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ImageProofClient } from '../../../web/zero-knowledge/client.ts';
import { deriveSecret } from '../../../web/zero-knowledge/secret.ts';
import { ROOT } from '../../support/started.ts';
import { ImageService } from './image-answers.ts';
import { button, field, openAt, opened, page, servePages, server, title } from './open-page.ts';
import type { Answers } from './page-server.ts';
import { ACCOUNT_STATE, DEMANDS, OVERVIEW } from './screens.ts';
import { findViolations, focused, NOTHING } from './watched-page.ts';

const PICTURES = join(ROOT, 'test-results/sign-in');
const PICTURE = join(ROOT, 'docs/images/graphiql.png');
const OTHER_PICTURE = join(ROOT, 'docs/images/docs.png');
const EMAIL = 'new@example.com';
const IMAGE = { id: 'i1', type: 'IMAGE_PROOF', label: null, createdAt: '2026-11-04T02:00:00Z' };
const WITH_IMAGE = { ...OVERVIEW, credentials: [IMAGE, null] };

servePages();

let service: ImageService;
beforeEach(() => {
  service = new ImageService(server);
  service.pure.session = { username: 'alice', userId: 'u1', sessionId: 'session-1' };
});

async function open(over: Answers = {}): Promise<void> {
  const read = {
    issueAccountToken: () => ({ accessToken: 'token', expiresInSeconds: 300, userId: 'u1' }),
    account: () => WITH_IMAGE,
    ownPasskeys: () => [],
  };
  await openAt(ACCOUNT_STATE, service.answers({ ...read, ...over }));
  await page.getByText('This browser').waitFor();
}

async function openForm(action: string, over: Answers = {}): Promise<void> {
  await open(over);
  await button(action).click();
  await page.getByLabel('Your image').first().waitFor();
}

const part = (name: string) => page.getByRole('group', { name, exact: true });
const isSaid = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor({ timeout: 60_000 });
const isRefused = (text: string) => page.getByRole('alert').filter({ hasText: text }).waitFor({ timeout: 60_000 });
const sentTo = (name: string) =>
  server.sent.filter(({ query }) => query.includes(`mutation ${name}(`)).map(({ variables }) => variables['input']);

async function fillNew(): Promise<void> {
  const next = part('New image');
  await next.getByLabel('Your image').setInputFiles(OTHER_PICTURE);
  await next.getByLabel('PIN', { exact: true }).fill('3141');
  await next.getByLabel('PIN again').fill('3141');
}

/** The image of the account, chosen elsewhere. */
async function register(): Promise<void> {
  const { pure } = service;
  const audience = `${server.url}/t/acme`;
  const client = new ImageProofClient({ transport: pure, tenant: 'acme', audience, derive: deriveSecret });
  const choice = { image: new Blob([readFileSync(PICTURE)]), factor: { kind: 'pin', digits: '2718' } } as const;
  await client.register({ username: 'alice', email: 'alice@example.com', choice, rules: { pinSize: 4, gridSide: 3 } });
  pure.users.get('alice')!.email = 'alice@example.com';
}

describe('the image on the page of an account', { timeout: 120_000 }, () => {
  it('is changed by a proof of the present one, and shown for another address', async () => {
    await register();
    const former = service.pure.users.get('alice')!.commitment;
    await openForm('Change your image');
    expect(await focused(page)).toBe('Your image');
    await button('Use this image').click();
    expect(await page.locator('.fault').count()).toBe(5);
    const present = part('Present image');
    await present.getByLabel('Your image').setInputFiles(PICTURE);
    await present.getByLabel('PIN', { exact: true }).fill('0000');
    await fillNew();
    await button('Use this image').click();
    await isRefused('The image, the PIN or pattern, or the user name is not right.');
    expect(await page.evaluate('document.activeElement.name')).toBe('formerPin');
    expect(service.pure.users.get('alice')!.commitment).toBe(former);
    await present.getByLabel('PIN', { exact: true }).fill('2718');
    await button('Use this image').click();
    await isSaid('Your change is saved.');
    expect(service.pure.users.get('alice')!.commitment).not.toBe(former);

    await button('Change your e-mail address').click();
    await button('Send the link').click();
    await page.getByText('Type your e-mail address.').waitFor();
    await field('New e-mail').fill(EMAIL);
    await field('Your image').setInputFiles(PICTURE);
    await field('PIN').fill('2718');
    await button('Send the link').click();
    await isRefused('The image, the PIN or pattern, or the user name is not right.');
    expect(await focused(page)).toBe('PIN');
    await field('Your image').setInputFiles(OTHER_PICTURE);
    await field('PIN').fill('3141');
    await button('Send the link').click();
    await isSaid(`We sent a mail with a link to ${EMAIL}.`);
    expect(sentTo('RequestEmailChange')).toMatchObject([{}, { tenant: 'acme', userId: 'u1', email: EMAIL }]);
    expect(service.pure.users.get('alice')!.email).toBe(EMAIL);
    expect(JSON.stringify(server.sent)).not.toMatch(/2718|3141|graphiql\.png|docs\.png/);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('is the first one after a recent sign-in alone', async () => {
    let overview: object = OVERVIEW;
    const changeOwnImage = () => server.refuse('IMAGE_PROOF_REFUSED');
    await openForm('Sign in with an image', { account: () => overview, changeOwnImage });
    expect(await part('Present image').count()).toBe(0);
    await fillNew();
    await button('Use this image').click();
    await isRefused('Your sign-in is too old for this change');
    const again = page.getByRole('link', { name: 'Sign in again', exact: true });
    expect(await again.getAttribute('href')).toBe('/application?again=1');
    server.answers = {
      ...server.answers,
      changeOwnImage: () => {
        overview = WITH_IMAGE;
        return { isChanged: true };
      },
    };
    await button('Use this image').click();
    await isSaid('Your change is saved.');
    expect(await button('Sign in with an image').count()).toBe(0);
    expect(await button('Change your image').count()).toBe(1);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('is not offered to accounts without one where the tenant does not offer it', async () => {
    const demands = { ...DEMANDS, isOffered: false };
    await open({ account: () => OVERVIEW, imageProofDemands: () => demands });
    for (const name of ['Sign in with an image', 'Change your image', 'Change your e-mail address'])
      expect(await button(name).count()).toBe(0);
    await opened.context.close();
    await open({ imageProofDemands: () => demands });
    expect(await button('Change your image').count()).toBe(1);
  });

  it('is needed for another address, so that the profile has none', async () => {
    await open({ updateUser: () => ({ user: null }) });
    await button('Change your profile').click();
    expect(await field('E-mail').count()).toBe(0);
    await field('First name (optional)').fill('Bea');
    await button('Save').click();
    await isSaid('Your change is saved.');
    expect(sentTo('UpdateUser')).toEqual([{ tenant: 'acme', userId: 'u1', givenName: 'Bea' }]);
  });

  it('stays at the lists where a form cannot be loaded', async () => {
    await open();
    await page.route('**/image-parts-*.js', (route) => route.abort());
    await button('Change your image').click();
    await isRefused('The service cannot be reached.');
    await title('Your account').waitFor();
  });

  it.each([
    ['account-image', 'Change your image'],
    ['account-first-image', 'Sign in with an image'],
    ['account-email', 'Change your e-mail address'],
  ])('fits at 320 and 1280 px, light and dark, and breaks no rule of WCAG 2.2 AA: %s', async (name, action) => {
    mkdirSync(PICTURES, { recursive: true });
    await openForm(action, name === 'account-first-image' ? { account: () => OVERVIEW } : {});
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await findViolations(page)).toEqual([]);
        await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
    }
    expect(opened.watch).toEqual(NOTHING);
  });
});
