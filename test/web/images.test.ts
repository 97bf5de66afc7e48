import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audienceOf, ImageProofClient } from '../../web/zero-knowledge/client.ts';
import type { ProofFactor } from '../../web/zero-knowledge/factor.ts';
import { FetchTransport } from '../../web/zero-knowledge/fetch-transport.ts';
import { type DeriveSecret, deriveSecret, type ImageChoice } from '../../web/zero-knowledge/secret.ts';
import { openBrowser } from '../support/browser.ts';
import { textOf } from '../support/mailed-links.ts';
import { makeRandomPicture } from '../support/random-picture.ts';
import { findSecretBytes, findSecrets } from '../support/secret-search.ts';
import { type RedeemedTokens, SignInService, type SignInTenant } from '../support/sign-in-service.ts';
import { ROOT } from '../support/started.ts';
import { NOTHING, openWatched, type WatchedPage } from './sign-in/watched-page.ts';

/** For people to look at. */
const PICTURES = join(ROOT, 'test-results/images');
const EMAIL = 'ada@example.com';
const NEW_EMAIL = 'ada@example.org';
/** An application to which people make accounts. */
const OPEN = { isRegistrationEnabled: true } as const;
const SETTINGS = { registration: true, offersImageSignIn: true } as const;

const [cat, dog, bird] = [makeRandomPicture(40), makeRandomPicture(40), makeRandomPicture(40)] as const;
const PIN: ProofFactor = { kind: 'pin', digits: '271828' };
const NEW_PIN: ProofFactor = { kind: 'pin', digits: '314159' };
const PATTERN: ProofFactor = { kind: 'pattern', side: 3, points: [0, 4, 8, 5] };

const folder = mkdtempSync(join(tmpdir(), 'idgraph-images-'));
/** All that browsers and the service sent each other. */
const traffic: string[] = [];
let browser: Browser;
let service: SignInService;
let world: SignInTenant;
let opened: WatchedPage;
let isStopped = false;

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await openBrowser();
  service = await SignInService.start({}, { DATA_DIR: folder, RATE_LIMITS: 'off' }, 'trace');
  world = await service.tenant(SETTINGS, OPEN, 'realm');
});
afterAll(async () => {
  await browser?.close();
  if (!isStopped) await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Keeps what a browser sends and gets. */
function listen(context: BrowserContext): void {
  context.on('request', (request) => {
    traffic.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? '');
  });
  context.on('response', async (response) => {
    traffic.push(JSON.stringify(response.headers()), await response.text().catch(() => ''));
  });
}

async function openAnother(): Promise<void> {
  opened = await openWatched(browser, service.origin, service.application.origin);
  listen(opened.context);
}

const title = (text: string) =>
  opened.page.getByRole('heading', { name: text, exact: true }).waitFor({ timeout: 30_000 });
const press = (name: string) => opened.page.getByRole('button', { name, exact: true }).click();
const type = (label: string, text: string) => opened.page.getByLabel(label, { exact: true }).fill(text);

/** Pictures of a page, narrow and wide. */
async function picture(name: string): Promise<void> {
  for (const width of [320, 1280]) {
    await opened.page.setViewportSize({ width, height: 800 });
    expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await opened.page.screenshot({ path: join(PICTURES, `${name}-${width}.png`), fullPage: true, caret: 'initial' });
  }
}

/** Chooses an image in the first fields of a page or of a part of it. */
async function choose(image: Buffer, factor: ProofFactor, place = '', isTwice = false): Promise<void> {
  const { page } = opened;
  const part = place === '' ? page.locator('main') : page.getByRole('group', { name: place, exact: true });
  const file = { name: 'image.png', mimeType: 'image/png', buffer: image };
  await part.getByLabel('Your image', { exact: true }).setInputFiles(file);
  const again = isTwice ? [' again'] : [];
  if (factor.kind === 'pin')
    for (const which of ['', ...again]) await part.getByLabel(`PIN${which}`, { exact: true }).fill(factor.digits);
  if (factor.kind !== 'pattern') return;
  await part.getByRole('button', { name: 'Use a pattern instead' }).click();
  for (const which of ['', ...again]) {
    const grid = part.getByRole('group', { name: `Your pattern${which}`, exact: true });
    for (const point of factor.points) await grid.locator(`[data-point="${point}"]`).click();
  }
}

async function begin(tenant: SignInTenant, heading = 'Sign in'): Promise<void> {
  await opened.page.goto(service.authorizeUrl(tenant));
  await title(heading);
  await press('Sign in with an image');
  await title('Sign in with an image');
}

async function signIn(image: Buffer, factor: ProofFactor): Promise<void> {
  await type('User name', 'ada');
  await choose(image, factor);
  await press('Sign in');
}

/** Waits until the browser is at the application, which exchanges its code. */
async function finish(tenant: SignInTenant): Promise<RedeemedTokens> {
  await opened.page.waitForURL(`${service.callback}?*`, { timeout: 30_000 });
  return service.redeem(tenant, opened.page.url());
}

/** The link of the last mail to an address. @param path What it leads to. */
async function linkTo(email: string, path: string): Promise<string> {
  const find = () => {
    const mail = service.mails.findLast((one) => one.to.includes(email) && textOf(one).includes(path));
    return mail === undefined ? '' : new RegExp(`http://\\S*${path}\\S*`).exec(textOf(mail))![0];
  };
  await expect.poll(find, { timeout: 20_000 }).not.toBe('');
  return find();
}

async function confirm(email: string): Promise<void> {
  await opened.page.goto(await linkTo(email, '/oauth/confirm-email'));
  await press('Confirm');
  await title('Your e-mail address is confirmed');
}

const userOf = ({ tenant }: SignInTenant) => service.services.users.find(service.system(tenant), userId);
let userId = '';

describe('images at the started service', { timeout: 240_000 }, () => {
  it('register, sign in, are reset, are changed, and change the address', async () => {
    const { tenant } = world;
    await openAnother();
    await begin(world);
    await press('Create an account');
    await title('Create an account');
    await type('E-mail', EMAIL);
    await type('User name', 'Ada');
    await choose(cat, PIN, '', true);
    await picture('1-register');
    await press('Create the account');
    const registered = await finish(world);
    userId = registered.claims['sub'] as string;
    expect(registered.claims).toMatchObject({ acr: '1fa', amr: ['pop', 'pin'] });
    expect(await userOf(world)).toMatchObject({ username: 'Ada', email: EMAIL, emailVerified: false });
    await opened.context.clearCookies();

    await begin(world);
    await signIn(cat, NEW_PIN);
    await opened.page
      .getByRole('alert')
      .filter({ hasText: 'The image, the PIN or pattern' })
      .waitFor({ timeout: 30_000 });
    await picture('2-sign-in-refused');
    await type('PIN', PIN.digits);
    await press('Sign in');
    expect((await finish(world)).claims).toMatchObject({ sub: userId, acr: '1fa', amr: ['pop', 'pin'] });
    expect(opened.watch).toEqual(NOTHING);
    await opened.context.close();

    await openAnother();
    await begin(world);
    await press('Lost your image?');
    await title('Choose another image');
    await type('User name', 'ada');
    await type('E-mail', EMAIL);
    await picture('3-lost');
    await press('Send the link');
    await title('Check your e-mail');
    await opened.page.goto(await linkTo(EMAIL, '/oauth/image-reset'));
    await title('Choose a new image');
    await type('User name', 'ada');
    await choose(dog, PATTERN, '', true);
    await picture('3-reset');
    await press('Use this image');
    await title('Your new image is set');
    await begin(world);
    await signIn(dog, PATTERN);
    expect((await finish(world)).claims['sub']).toBe(userId);
    await opened.context.clearCookies();

    await opened.page.goto(`${service.origin}/realms/${tenant.name}/account/page`);
    await title('Sign in');
    await press('Sign in with an image');
    await signIn(dog, PATTERN);
    await title('Your account');
    await press('Change your image');
    await title('Change your image');
    await choose(dog, PATTERN, 'Present image');
    await choose(bird, NEW_PIN, 'New image', true);
    await picture('4-change');
    await press('Use this image');
    await opened.page.getByText('Your change is saved.').waitFor({ timeout: 30_000 });

    await press('Change your e-mail address');
    await title('Change your e-mail address');
    await type('New e-mail', NEW_EMAIL);
    await choose(bird, NEW_PIN);
    await picture('5-address');
    await press('Send the link');
    await opened.page.getByText(`We sent a mail with a link to ${NEW_EMAIL}.`).waitFor({ timeout: 30_000 });
    await picture('5-account');
    expect(await userOf(world)).toMatchObject({ email: EMAIL });
    await confirm(NEW_EMAIL);
    expect(await userOf(world)).toMatchObject({ email: NEW_EMAIL, emailVerified: true });
    expect(opened.watch).toEqual(NOTHING);
    await opened.context.close();
  });

  it('sign in once the address is confirmed, where the tenant demands that', async () => {
    const strict = await service.tenant({ ...SETTINGS, verifyEmail: true }, OPEN);
    await openAnother();
    await begin(strict);
    await press('Create an account');
    await type('E-mail', 'eve@example.com');
    await type('User name', 'ada');
    await choose(cat, PIN, '', true);
    await press('Create the account');
    await title('Confirm your e-mail address');
    await picture('1-confirm');
    const other = await opened.context.newPage();
    await other.goto(await linkTo('eve@example.com', '/oauth/confirm-email'));
    await other.getByRole('button', { name: 'Confirm' }).click();
    await other.getByText('Your e-mail address is confirmed').waitFor();
    await other.close();
    await press('Sign in with an image');
    await choose(cat, PIN);
    await press('Sign in');
    expect((await finish(strict)).claims).toMatchObject({ amr: ['pop', 'pin'] });
    expect(opened.watch).toEqual(NOTHING);
    await opened.context.close();
  });

  it('leave nothing of image, PIN, pattern or secret in traffic, mails, logs, rows and files (negative 53)', async () => {
    const secrets = { images: [cat, dog, bird], factors: FACTORS, numbers: await deriveAll() };
    await service.stop();
    isStopped = true;
    const rows = await readRows();
    const texts = { traffic, mails: service.mails.map(({ raw }) => raw), log: service.logged, rows };
    for (const [name, lines] of Object.entries(texts)) {
      expect(lines).not.toEqual([]);
      expect([name, findSecrets(lines.join('\n'), secrets)]).toEqual([name, []]);
    }
    for (const known of ['sign_in.failed', 'image_proof.changed', NEW_EMAIL]) expect(rows.join('\n')).toContain(known);
    expect(traffic.join('\n')).toContain('encryptedCommitment');
    for (const file of listFiles(folder))
      expect([file, findSecretBytes(readFileSync(file), secrets)]).toEqual([file, []]);
    // The search finds what it looks for.
    for (const secret of [...secrets.images, ...secrets.numbers.map((number) => Buffer.from(number))])
      for (const form of ['hex', 'base64', 'base64url'] as const)
        expect(findSecrets(`"${secret.toString(form)}"`, secrets)).not.toEqual([]);
    for (const factor of FACTORS) expect(findSecrets(`{"pin":"${factor}"}`, secrets)).toEqual([factor]);
  });
});

/** PINs and patterns as the form of a page and the secret have them. */
const FACTORS = ['271828', '314159', '0-4-8-5', '00-04-08-05'];

/**
 * The secrets of all images. What they are derived from comes from a sign-in by the REST paths, in which the service takes what a client
 * measured beside the proof.
 */
async function deriveAll(): Promise<readonly Uint8Array[]> {
  const { tenant } = world;
  const choices: readonly ImageChoice[] = [
    { image: new Blob([cat]), factor: PIN },
    { image: new Blob([dog]), factor: PATTERN },
    { image: new Blob([bird]), factor: NEW_PIN },
  ];
  const numbers: Uint8Array[] = [];
  const derive: DeriveSecret = async (request) => {
    for (const choice of choices) numbers.push((await deriveSecret({ ...request, ...choice })).x);
    return deriveSecret(request);
  };
  const begun = await fetch(service.authorizeUrl(world), { redirect: 'manual' });
  const requestId = new URL(begun.headers.get('location')!, service.origin).pathname.split('/').at(-1)!;
  const transport = new FetchTransport({ baseUrl: service.origin, tenant: tenant.name });
  const audience = audienceOf(service.origin, tenant.name);
  const client = new ImageProofClient({ transport, tenant: tenant.name, audience, derive });
  const bitErrors = {
    countBits: 8,
    errorBits: 1,
    errorPercent: '12.50',
    imageSize: [40, 40],
    algorithmVersion: '1',
  } as const;
  const logData = { userAgent: 'test', method: 'PIN', durationMilliseconds: 5 } as const;
  const ticket = await client.signIn({ username: 'ADA', requestId, choice: choices[2]!, bitErrors, logData });
  expect(ticket).toEqual({ nonce: expect.any(String), mustVerifyEmail: false });
  return numbers;
}

/** All rows of the database that the service left, as JSON. */
async function readRows(): Promise<readonly string[]> {
  const db = await PGlite.create(join(folder, 'pg'));
  const { rows: tables } = await db.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const rows: string[] = [];
  for (const { name } of tables)
    rows.push(
      ...(await db.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`)).rows.map(({ row }) => row),
    );
  await db.close();
  return rows;
}

const listFiles = (at: string): readonly string[] =>
  readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
