import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../support/started.ts';
import { ImageService } from './image-answers.ts';
import {
  button,
  field,
  finish,
  IDENTIFIER,
  openAt,
  opened,
  PLACE,
  page,
  servePages,
  server,
  title,
} from './open-page.ts';
import type { Answers } from './page-server.ts';
import { DEMANDS, HANDLE, STEPS, signInState } from './screens.ts';
import { findViolations, focused, NOTHING } from './watched-page.ts';

const PICTURES = join(ROOT, 'test-results/sign-in');
const PICTURE = join(ROOT, 'docs/images/graphiql.png');
const OTHER_PICTURE = join(ROOT, 'docs/images/docs.png');
const EMAIL = 'alice@example.com';

servePages();

let service: ImageService;
beforeEach(() => {
  service = new ImageService(server);
});

const openStep = (over: Answers = {}, step: object = STEPS.passwordOrImage) =>
  openAt(signInState(step), service.answers({ submitSignInTicket: finish, ...over }));

async function openImage(over: Answers = {}, step?: object): Promise<void> {
  await openStep(over, step);
  await button('Sign in with an image').click();
  await title('Sign in with an image').waitFor();
}

async function openRegistration(over: Answers = {}, step?: object): Promise<void> {
  await openImage(over, step);
  await button('Create an account').click();
  await title('Create an account').waitFor();
}

const choose = (picture = PICTURE) => page.setInputFiles('#image', picture);
const said = (text: string) => page.getByRole('alert').filter({ hasText: text }).waitFor({ timeout: 60_000 });
const isDone = () => page.waitForURL(`${server.url}/application?finished`, { timeout: 60_000 });
const sentTo = (name: string) =>
  server.sent.filter(({ query }) => query.includes(`mutation ${name}(`)).map(({ variables }) => variables['input']);
/** Mutations that were sent. */
const sentNames = () => server.sent.flatMap(({ query }) => /^mutation (\w+)/.exec(query)?.[1] ?? []);

async function signIn(pin = '2718'): Promise<void> {
  await field('User name').fill('Alice');
  await choose();
  await field('PIN').fill(pin);
  await button('Sign in').click();
}

async function fillRegistration(): Promise<void> {
  await field('E-mail').fill(EMAIL);
  await field('User name').fill('Alice');
  await choose();
  await field('PIN').fill('2718');
  await field('PIN again').fill('2718');
}

/** Draws a pattern in one of two grids. */
async function press(grid: string, ...points: readonly string[]): Promise<void> {
  const group = page.getByRole('group', { name: grid, exact: true });
  for (const place of points) await group.getByRole('button', { name: `Row ${place[0]}, column ${place[1]}` }).click();
}

describe('the sign-in with an image', { timeout: 120_000 }, () => {
  it('is offered where the tenant says so, and leads back to the password', async () => {
    await openStep({}, STEPS.password);
    expect(await button('Sign in with an image').count()).toBe(0);
    await opened.context.close();
    await openImage();
    expect(await focused(page)).toBe('User name');
    expect(await page.title()).toBe('Sign in with an image - Acme Industries');
    await button('Sign in with a password').click();
    await title('Sign in').waitFor();
    expect(await focused(page)).toBe(IDENTIFIER);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('registers somebody who then signs in again, with the keyboard alone, and sends no secret', async () => {
    await openRegistration();
    expect(await focused(page)).toBe('E-mail');
    await fillRegistration();
    await page.keyboard.press('Enter');
    await isDone();
    expect(sentTo('RegisterWithImage')).toMatchObject([
      { tenant: 'acme', requestId: HANDLE, username: 'Alice', email: EMAIL },
    ]);
    expect(sentTo('SubmitSignInTicket')).toEqual([{ ...PLACE, ticket: 'ticket-1' }]);
    expect(JSON.stringify(server.sent)).not.toMatch(/2718|graphiql\.png/);
    expect(opened.watch).toEqual(NOTHING);
    await opened.context.close();

    await openImage();
    await page.keyboard.type('alice');
    await choose();
    await page.locator('#image').focus();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('PIN');
    await page.keyboard.type('2718');
    for (const name of ['Use a pattern instead', 'Keep me signed in on this device']) {
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe(name);
    }
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await isDone();
    expect(sentNames()).toEqual(['RequestImageChallenge', 'SignInWithImage', 'SubmitSignInTicket']);
    expect(sentTo('SubmitSignInTicket')).toEqual([{ ...PLACE, ticket: 'ticket-1', isRemembered: true }]);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('says what is missing, and sends nothing', async () => {
    await openImage();
    server.sent.length = 0;
    await button('Sign in').click();
    const faults = ['Type a user name.', 'Choose your image.', 'Type your PIN.'];
    expect(await page.locator('.fault').allTextContents()).toEqual(faults);
    await field('User name').fill('alice');
    await button('Use a pattern instead').click();
    await choose();
    await button('Sign in').click();
    await page.getByText('Draw your pattern.').waitFor();
    expect(await focused(page)).toBe('Row 1, column 1');
    expect(server.sent).toEqual([]);
  });

  it('is refused with a wrong PIN, and keeps what was chosen', async () => {
    await openImage();
    service.pure.users.set('alice', { userId: 'u1', commitment: new Uint8Array(32), email: EMAIL });
    await signIn('0000');
    await said('The image, the PIN or pattern, or the user name is not right.');
    expect(await focused(page)).toBe('PIN');
    expect(await page.evaluate("new FormData(document.forms[0]).get('image')")).toBe('graphiql.png');
    expect(sentTo('SubmitSignInTicket')).toEqual([]);
  });

  it('says why nobody is signed in', async () => {
    const signInWithImage = () => ({ ticket: 'ticket-1', isEmailConfirmationNeeded: false });
    const refusals = [
      ['requestImageChallenge', 'IMAGE_PROOF_KEY_INVALID', 'Your browser is not supported.'],
      ['requestImageChallenge', 'TOO_MANY_REQUESTS', 'Too many tries. Try again in 60 seconds.'],
      ['signInWithImage', 'SIGN_IN_ACCOUNT_DISABLED', 'This account is disabled.'],
      ['submitSignInTicket', 'SIGN_IN_REFUSED', 'This account cannot sign in here.'],
      ['submitSignInTicket', 'SIGN_IN_TICKET_INVALID', 'This took too long, or the account was changed meanwhile.'],
    ] as const;
    await openImage();
    for (const [name, code, text] of refusals) {
      const refuse = () => server.refuse(code, { retryAfterSeconds: 60 });
      server.answers = service.answers({ signInWithImage, [name]: refuse });
      await signIn();
      await said(text);
    }
  });

  it('lets nobody change a fixed account, and makes no other one', async () => {
    await openImage({}, { ...STEPS.passwordOfOne, offersImage: true });
    expect(await field('User name').inputValue()).toBe('alice');
    expect(await field('User name').isEditable()).toBe(false);
    expect(await button('Create an account').count()).toBe(0);
  });

  it.each([EMAIL, '3f2b8c1e-9d47-4a52-8e6f-0c5d7b1a2e94'])(
    'takes the user name of an account that the application names otherwise: %s',
    async (identifier) => {
      const signInWithImage = () => ({ ticket: 'ticket-1', isEmailConfirmationNeeded: false });
      await openImage({ signInWithImage }, { ...STEPS.passwordOfOne, identifier, offersImage: true });
      expect(await field('User name').inputValue()).toBe(identifier);
      await signIn();
      await isDone();
      expect(sentTo('SignInWithImage')).toMatchObject([{ username: 'Alice' }]);
    },
  );

  it('is loaded again when the sign-in is over', async () => {
    const isOver = (code: string) => () => server.refuse(code);
    await openImage({
      requestImageChallenge: isOver('IMAGE_PROOF_REQUEST_INVALID'),
      interaction: isOver('INTERACTION_NOT_FOUND'),
    });
    const { loads } = server;
    await signIn();
    await expect.poll(() => server.loads).toBeGreaterThan(loads);
  });

  it('stays at the password where it cannot be loaded', async () => {
    await openStep({ imageProofDemands: () => server.refuse('TOO_MANY_REQUESTS') });
    await button('Sign in with an image').click();
    await said('Too many tries.');
    await opened.context.close();
    await openStep();
    await page.route('**/image-parts-*.js', (route) => route.abort());
    await button('Sign in with an image').click();
    await said('The service cannot be reached.');
    await title('Sign in').waitFor();
  });
});

describe('the registration with an image', { timeout: 120_000 }, () => {
  it('takes a pattern that is drawn twice, and no other one', async () => {
    await openRegistration();
    server.sent.length = 0;
    await field('E-mail').fill(EMAIL);
    await field('User name').fill('alice');
    await choose();
    await button('Use a pattern instead').click();
    await press('Your pattern', '11', '22', '33');
    await button('Create the account').click();
    await page.getByText('Draw your pattern once more.').waitFor();
    await press('Your pattern again', '11', '22');
    await button('Create the account').click();
    await page.getByText('The two patterns are not the same.').waitFor();
    expect(await focused(page)).toBe('Row 2, column 2, joined as number 2');
    expect(server.sent).toEqual([]);
    await press('Your pattern again', '33');
    await button('Create the account').click();
    await isDone();
  });

  it('refuses PINs that differ or have another length before it sends anything', async () => {
    await openRegistration();
    server.sent.length = 0;
    await fillRegistration();
    await field('PIN again').fill('2719');
    await page.keyboard.press('Enter');
    await page.getByText('The two PINs are not the same.').waitFor();
    expect(await focused(page)).toBe('PIN again');
    await field('PIN').fill('27181');
    await page.keyboard.press('Enter');
    await page.getByText('The PIN has another number of digits here.').waitFor();
    expect(await focused(page)).toBe('PIN');
    expect(server.sent).toEqual([]);
  });

  it('shows refusals beside the fields', async () => {
    const fields = [{ path: 'input.email', code: 'USER_EMAIL_TAKEN' }];
    await openRegistration({ registerWithImage: () => server.refuse('USER_EMAIL_TAKEN', { fields }) });
    await fillRegistration();
    await page.keyboard.press('Enter');
    await said('Email already exists.');
    expect(await focused(page)).toBe('E-mail');
    await button('Sign in instead').click();
    await title('Sign in with an image').waitFor();
  });

  it('says that the address has to be confirmed first, where the tenant demands that', async () => {
    const signInWithImage = () => ({ ticket: 'ticket-1', isEmailConfirmationNeeded: true });
    await openRegistration({ signInWithImage });
    await fillRegistration();
    await page.keyboard.press('Enter');
    await title('Confirm your e-mail address').waitFor({ timeout: 60_000 });
    await page.getByText(`We sent a mail with a link to ${EMAIL}.`).waitFor();
    expect(await focused(page)).toBe('Confirm your e-mail address');
    expect(sentTo('SubmitSignInTicket')).toEqual([]);
    await button('Sign in with an image').click();
    expect(await field('User name').inputValue()).toBe('Alice');
  });

  it('makes no second account when only the sign-in after it fails', async () => {
    await openRegistration({ signInWithImage: () => server.refuse('SERVICE_UNAVAILABLE') });
    await fillRegistration();
    await page.keyboard.press('Enter');
    await title('Sign in with an image').waitFor({ timeout: 60_000 });
    await page.getByRole('status').filter({ hasText: 'Your account is there.' }).waitFor();
    expect(await field('User name').inputValue()).toBe('Alice');
  });

  it('asks for the address alone where it is the username', async () => {
    await openRegistration({ imageProofDemands: () => ({ ...DEMANDS, isEmailUsername: true, isPatternUsed: false }) });
    expect(await field('User name').count()).toBe(0);
    await field('E-mail').fill(` ${EMAIL} `);
    await choose();
    await field('PIN').fill('2718');
    await field('PIN again').fill('2718');
    await page.keyboard.press('Enter');
    await isDone();
    expect(sentTo('RegisterWithImage')).toMatchObject([{ username: EMAIL, email: EMAIL }]);
  });

  it('says that a file cannot be read any more', async () => {
    await openRegistration();
    await fillRegistration();
    await page.evaluate('Blob.prototype.arrayBuffer = () => Promise.reject(new Error())');
    await page.keyboard.press('Enter');
    await page.getByText('This file cannot be read any more. Choose it again.').waitFor();
    expect(sentTo('RequestImageChallenge')).toEqual([]);
    await choose(OTHER_PICTURE);
  });
});

describe('a lost image', { timeout: 120_000 }, () => {
  it('is replaced by the link of a mail, which the page asks for', async () => {
    await openImage({ requestImageReset: () => ({ isAccepted: true }) });
    await button('Lost your image?').click();
    await title('Choose another image').waitFor();
    await button('Send the link').click();
    await page.getByText('Type your e-mail address.').waitFor();
    await field('User name').fill('alice');
    await field('E-mail').fill(EMAIL);
    await page.keyboard.press('Enter');
    await title('Check your e-mail').waitFor();
    const input = { tenant: 'acme', clientId: 'travel', username: 'alice', email: EMAIL };
    expect(sentTo('RequestImageReset')).toEqual([input]);
    await button('Sign in with an image').click();
    expect(await field('User name').inputValue()).toBe('alice');
    expect(opened.watch).toEqual(NOTHING);
  });

  it('is asked about nowhere without an application, which the mail needs', async () => {
    await openAt(signInState(STEPS.passwordOrImage, null), service.answers());
    await button('Sign in with an image').click();
    await title('Sign in with an image').waitFor();
    expect(await button('Lost your image?').count()).toBe(0);
  });

  it('asks for the address alone where it is the username', async () => {
    await openImage({
      imageProofDemands: () => ({ ...DEMANDS, isEmailUsername: true }),
      requestImageReset: () => server.refuse('IMAGE_PROOF_CLIENT_UNKNOWN'),
    });
    await button('Lost your image?').click();
    await field('E-mail').fill(EMAIL);
    await page.keyboard.press('Enter');
    await said('The application that sent you here is unknown or switched off.');
    expect(sentTo('RequestImageReset')).toMatchObject([{ username: EMAIL, email: EMAIL }]);
    await button('Back to sign-in').click();
    await title('Sign in with an image').waitFor();
  });
});

describe('the pages of images, at 320 and 1280 px, light and dark', { timeout: 120_000 }, () => {
  it.each([
    ['image-sign-in', []],
    ['image-registration', ['Create an account']],
    ['image-registration-pattern', ['Create an account', 'Use a pattern instead']],
    ['image-loss', ['Lost your image?']],
  ])('fit and break neither WCAG 2.2 AA nor the policy of the pages: %s', async (name, buttons) => {
    mkdirSync(PICTURES, { recursive: true });
    await openImage();
    for (const one of buttons) await button(one).click();
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

  it.each([
    ['de', 'Mit einem Bild anmelden', 'PIN-Code'],
    ['ru', 'Войти по изображению', 'ПИН-код'],
  ])('are in the language of the page: %s', async (locale, action, pin) => {
    await openAt({ ...signInState(STEPS.passwordOrImage), locale }, service.answers());
    await button(action).click();
    await field(pin).waitFor();
    expect(await field(pin).count()).toBe(1);
  });
});
