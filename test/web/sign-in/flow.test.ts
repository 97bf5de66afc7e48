import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { build } from '../../support/started.ts';
import { type Answers, PageServer } from './page-server.ts';
import {
  ALICE,
  APPLICATION,
  HANDLE,
  linkAccountState,
  RECOVERY_CODES,
  SCREENS,
  STEPS,
  signInState,
  signOutState,
} from './screens.ts';
import { focused, NOTHING, openWatched, type WatchedPage } from './watched-page.ts';

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

async function openAt(state: object, answers: Answers = {}): Promise<void> {
  server.reset(state, answers);
  opened = await openWatched(browser, server.url);
  page = opened.page;
  await page.goto(server.pageUrl);
  await title().waitFor();
}

const title = (text?: string) => page.getByRole('heading', text === undefined ? {} : { name: text }).last();
const button = (name: string) => page.getByRole('button', { name, exact: true });
const field = (name: string) => page.getByLabel(name, { exact: true });
const IDENTIFIER = 'User name or e-mail';

const step = (name: keyof typeof STEPS) => () => ({ step: STEPS[name] });
const finish = step('finished');
const openPassword = (answers: Answers = {}) => openAt(signInState(STEPS.password), answers);

async function signIn(identifier = 'alice', password = 'secret'): Promise<void> {
  await field(IDENTIFIER).fill(identifier);
  await field('Password').fill(password);
  await button('Sign in').click();
}

/** The variables of the only request that was sent. */
function sentInput(): unknown {
  expect(server.sent).toHaveLength(1);
  return server.sent[0]!.variables['input'];
}

/** As a browser does that shows a page which it kept for the history. */
const returnByHistory = () =>
  page.evaluate("void dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");

const atApplication = () => page.waitForURL(`${server.url}/application?finished`);
const PLACE = { tenant: 'acme', handle: HANDLE };

describe('the sign-in page', () => {
  it('signs in with the keyboard alone, and leads to where the interaction ends', async () => {
    await openPassword({ submitPassword: step('factor'), submitFactor: finish });
    expect(await focused(page)).toBe(IDENTIFIER);
    await page.keyboard.type('alice');
    await page.keyboard.press('Tab');
    await page.keyboard.type('secret');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Show password');
    await page.keyboard.press('Space');
    expect(await field('Password').getAttribute('type')).toBe('text');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Sign in');
    await page.keyboard.press('Enter');
    await title('Enter your code').waitFor();
    expect(await focused(page)).toBe('Code from the app');
    expect(await page.title()).toBe('Enter your code - Acme Industries');
    await page.keyboard.type('123456');
    await page.keyboard.press('Enter');
    await atApplication();
    expect(server.sent.map(({ variables }) => variables['input'])).toEqual([
      { ...PLACE, identifier: 'alice', password: 'secret', isRemembered: true },
      { ...PLACE, method: 'TOTP', code: '123456' },
    ]);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('makes an account for somebody who has none, says which names are taken, and leads back to the password', async () => {
    await openPassword({
      beginRegistration: step('registration'),
      leaveRegistration: step('password'),
      submitRegistration: () =>
        server.refuse('USER_EMAIL_TAKEN', { fields: [{ path: 'input.email', code: 'USER_EMAIL_TAKEN' }] }),
    });
    await button('Create an account').click();
    await title('Create an account').waitFor();
    await button('Sign in instead').click();
    await title('Sign in').waitFor();
    await button('Create an account').click();
    await title('Create an account').waitFor();
    expect(await focused(page)).toBe('E-mail');
    await button('Create the account').click();
    await page.getByText('Type a user name.').waitFor();
    server.sent.length = 0;
    await field('E-mail').fill('alice@example.com');
    await field('User name').fill('alice');
    await field('First name (optional)').fill('Alice');
    await field('Password').fill('some-words');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'Email already exists.' }).waitFor();
    expect(await focused(page)).toBe('E-mail');
    expect(sentInput()).toEqual({
      ...PLACE,
      email: 'alice@example.com',
      username: 'alice',
      givenName: 'Alice',
      familyName: '',
      password: 'some-words',
    });
    server.answers = { submitRegistration: finish };
    await button('Create the account').click();
    await atApplication();
    expect(opened.watch).toEqual(NOTHING);
  });

  it('gives a new password to somebody who has forgotten it, by the code from the mail', async () => {
    await openPassword({
      beginPasswordReset: step('passwordReset'),
      leavePasswordReset: step('password'),
      requestPasswordReset: step('passwordResetCode'),
      submitPasswordResetCode: () => server.refuse('EMAIL_CODE_WRONG'),
      submitNewPassword: finish,
    });
    await button('Forgot your password?').click();
    await title('Get a new password').waitFor();
    expect(await focused(page)).toBe(IDENTIFIER);
    expect(await field(IDENTIFIER).inputValue()).toBe('alice');
    await button('Back to sign-in').click();
    await title('Sign in').waitFor();
    await button('Forgot your password?').click();
    await title('Get a new password').waitFor();
    await field(IDENTIFIER).fill('');
    await button('Send the code').click();
    await page.getByText('Type your user name or e-mail address.', { exact: true }).waitFor();
    server.sent.length = 0;
    await field(IDENTIFIER).fill('alice@example.com');
    await page.keyboard.press('Enter');
    await title('Check your e-mail').waitFor();
    expect(sentInput()).toEqual({ ...PLACE, identifier: 'alice@example.com' });
    await button('Ask for another code').click();
    await title('Get a new password').waitFor();
    await button('Send the code').click();
    await title('Check your e-mail').waitFor();
    expect(await focused(page)).toBe('Code from the e-mail');
    expect(await field('Code from the e-mail').getAttribute('autocomplete')).toBe('one-time-code');
    await page.keyboard.type('1234 5678');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'The code is not right' }).waitFor();
    server.answers = { ...server.answers, submitPasswordResetCode: step('forgottenPassword') };
    await button('Continue').click();
    await title('Choose a new password').waitFor();
    await page.getByText('You are signed out everywhere else.').waitFor();
    expect(await page.locator('input[name="username"]').inputValue()).toBe('alice');
    await page.keyboard.type('some-words');
    await page.keyboard.press('Enter');
    await atApplication();
    expect(opened.watch).toEqual(NOTHING);
  });

  it('takes the code from the address of the link in the mail, which nothing sends, and removes it there', async () => {
    await openAt(signInState(STEPS.passwordResetCode), { submitPasswordResetCode: finish });
    await page.goto('about:blank');
    await page.goto(`${server.pageUrl}#code=12345678`);
    await title('Check your e-mail').waitFor();
    expect(await field('Code from the e-mail').inputValue()).toBe('12345678');
    expect(page.url()).toBe(server.pageUrl);
    expect(server.sent).toEqual([]);
    await button('Continue').click();
    await page.waitForURL(`${server.url}/application?finished`);
    expect(sentInput()).toEqual({ ...PLACE, code: '12345678' });
  });

  it('shows the code of a link that was opened in another browser than the one that goes on', async () => {
    await openAt(SCREENS['error']!);
    await page.goto('about:blank');
    await page.goto(`${server.pageUrl}#code=12345678`);
    await title('Go back to the other browser').waitFor();
    await page.getByText('12345678', { exact: true }).waitFor();
    for (const hash of ['#code=1234567x', '#code=<b>12345678</b>', '']) {
      await page.goto('about:blank');
      await page.goto(server.pageUrl + hash);
      await title('This did not work').waitFor();
    }
    expect(opened.watch).toEqual(NOTHING);
  });

  it('offers no new password where nobody gets one, and names the only account that may sign in', async () => {
    await openAt(signInState(STEPS.passwordOfOne));
    expect(await button('Forgot your password?').count()).toBe(0);
    await opened.context.close();
    await openAt(signInState(STEPS.passwordResetOfOne), { requestPasswordReset: finish });
    expect(await field(IDENTIFIER).isEditable()).toBe(false);
    await button('Send the code').click();
    await atApplication();
  });

  it('shows the terms of the tenant, else leads to those of the application, and takes the answer', async () => {
    await openAt(signInState(STEPS.terms), { submitTerms: step('termsOfApplication') });
    const terms = page.getByRole('region', { name: 'Terms of service' });
    expect(await terms.textContent()).toContain('Second part.');
    await button('Accept').click();
    const link = page.locator('.intro').getByRole('link', { name: 'Terms of service' });
    expect(await link.getAttribute('href')).toBe('https://travel.example/terms');
    expect(sentInput()).toEqual({ ...PLACE, isAccepted: true });
    server.sent.length = 0;
    server.answers = { submitTerms: finish };
    await button('Do not accept').click();
    await atApplication();
    expect(sentInput()).toEqual({ ...PLACE, isAccepted: false });
    expect(opened.watch).toEqual(NOTHING);
  });

  it('offers no account where nobody can make one, and asks for the address alone where it is the username', async () => {
    await openAt(signInState(STEPS.passwordOfOne));
    expect(await button('Create an account').count()).toBe(0);
    await opened.context.close();
    await openAt(signInState(STEPS.registrationByEmail), { submitRegistration: finish });
    expect(await field('E-mail').inputValue()).toBe('alice@example.com');
    expect(await field('User name').count()).toBe(0);
    await field('Password').fill('some-words');
    await page.keyboard.press('Enter');
    await atApplication();
  });

  it('is not where the back button leads once it is over', async () => {
    await openPassword({ submitPassword: finish });
    await signIn();
    await atApplication();
    await page.goBack();
    expect(page.url()).toBe('about:blank');
  });

  it('names its fields for password managers and keyboards of phones', async () => {
    await openPassword();
    expect(await page.title()).toBe('Sign in - Acme Industries');
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await field(IDENTIFIER).getAttribute('autocomplete')).toBe('username');
    expect(await field(IDENTIFIER).getAttribute('autocapitalize')).toBe('none');
    expect(await field('Password').getAttribute('autocomplete')).toBe('current-password');
    expect(await field('Password').getAttribute('type')).toBe('password');
  });

  it('fills in the known account, and lets nobody change a fixed one', async () => {
    await openAt(signInState(STEPS.passwordOfOne), { submitPassword: finish });
    expect(await focused(page)).toBe('Password');
    expect(await field(IDENTIFIER).inputValue()).toBe('alice');
    expect(await field(IDENTIFIER).isEditable()).toBe(false);
    await page.keyboard.type('secret');
    await page.keyboard.press('Enter');
    await atApplication();
    expect(sentInput()).toEqual({ ...PLACE, identifier: 'alice', password: 'secret', isRemembered: false });
  });

  it('asks for missing values without a request, and focuses the first', async () => {
    await openPassword();
    await field(IDENTIFIER).fill('alice');
    await button('Sign in').click();
    await page.getByText('Type your password.').waitFor();
    expect(await focused(page)).toBe('Password');
    expect(await field('Password').getAttribute('aria-invalid')).toBe('true');
    expect(await field(IDENTIFIER).getAttribute('aria-invalid')).toBeNull();
    await field(IDENTIFIER).fill('');
    await button('Sign in').click();
    await page.getByText('Type your user name').waitFor();
    expect(await focused(page)).toBe(IDENTIFIER);
    expect(server.sent).toEqual([]);
  });

  it('reads a refusal out, keeps what was typed, and focuses the field that it is about', async () => {
    await openPassword({ submitPassword: () => server.refuse('SIGN_IN_REFUSED') });
    await signIn();
    await page.getByRole('alert').filter({ hasText: 'The user name or the password is not right.' }).waitFor();
    expect(await focused(page)).toBe('Password');
    expect(await field('Password').inputValue()).toBe('secret');
    expect(await field(IDENTIFIER).inputValue()).toBe('alice');
    const described = await field('Password').getAttribute('aria-describedby');
    expect(described?.split(' ')).toContain(await page.getByRole('alert').getAttribute('id'));
  });

  it('says how long a limit on tries lasts', async () => {
    await openPassword({ submitPassword: () => server.refuse('TOO_MANY_REQUESTS', { retryAfterSeconds: 290 }) });
    await signIn();
    await page.getByText('Too many tries. Try again in 5 minutes.').waitFor();
    expect(await field('Password').getAttribute('aria-invalid')).toBeNull();
  });

  it.each([
    ['the network fails', () => page.route('**/graphql', (route) => route.abort())],
    [
      'another server answers',
      () => page.route('**/graphql', (route) => route.fulfill({ status: 502, body: '<html>' })),
    ],
  ])('keeps what was typed and says so when %s', async (_, fail) => {
    await openPassword({ submitPassword: finish });
    await fail();
    await signIn();
    await page.getByRole('alert').filter({ hasText: 'The service cannot be reached.' }).waitFor();
    expect(await field('Password').inputValue()).toBe('secret');
    await page.unroute('**/graphql');
    await button('Sign in').click();
    await atApplication();
    expect(server.sent).toHaveLength(1);
  });

  it('shows a text without details for a code that it does not know', async () => {
    await openPassword({ submitPassword: () => server.refuse('SOMETHING_NEW') });
    await signIn();
    await page.getByRole('alert').filter({ hasText: 'This did not work.' }).waitFor();
  });

  it('sends one request, however often a person clicks', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    await openPassword({ submitPassword: () => promise.then(finish) });
    await field(IDENTIFIER).fill('alice');
    await field('Password').fill('secret');
    await page.evaluate(`{
      const submit = document.querySelector('button[type=submit]');
      submit.click();
      submit.click();
    }`);
    await expect.poll(() => server.sent.length).toBe(1);
    await field('Password').press('Enter');
    await page.locator('.button.primary').click({ force: true });
    await button('Cancel').click();
    resolve();
    await atApplication();
    expect(server.sent).toHaveLength(1);
  });

  it('cancels', async () => {
    await openPassword({ cancelInteraction: finish });
    await button('Cancel').click();
    await atApplication();
    expect(sentInput()).toEqual(PLACE);
  });

  it('links to the policy and the terms of the application, loads nothing from them, and links to no script', async () => {
    await openPassword();
    const link = page.getByRole('link', { name: 'Privacy policy' });
    expect(await link.getAttribute('href')).toBe('https://travel.example/privacy');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
    expect(opened.watch).toEqual(NOTHING);
    await opened.context.close();
    await openAt(signInState(STEPS.password, { ...APPLICATION, policyUri: 'javascript:alert(1)', tosUri: null }));
    expect(await page.getByRole('link').count()).toBe(0);
  });

  it('leads to no script', async () => {
    await openAt(signInState({ ...STEPS.finished, continueAt: 'javascript:document.title="run"' }));
    expect(await page.getByRole('link', { name: 'Continue' }).count()).toBe(0);
    expect(await page.title()).toBe('One moment - Acme Industries');
    expect(opened.watch).toEqual(NOTHING);
  });

  it('shows markup in names as text', async () => {
    await openAt(
      signInState(STEPS.password, { ...APPLICATION, name: '<img src=x onerror=alert(1)>{{step}}</script>' }),
    );
    await page.getByText('<img src=x onerror=alert(1)>{{step}}</script>').waitFor();
    expect(opened.watch).toEqual(NOTHING);
  });
});

describe('the page of an interaction that went on elsewhere', () => {
  const stepOther = { submitPassword: () => server.refuse('INTERACTION_STEP_OTHER') };

  it('shows the present step when another tab took the one that it shows', async () => {
    await openPassword({ ...stepOther, interaction: () => ({ handle: HANDLE, step: STEPS.factor }) });
    await signIn();
    await title('Enter your code').waitFor();
    await page.getByText('This step was completed already').waitFor();
    expect(await focused(page)).toBe('Code from the app');
  });

  it.each(['INTERACTION_STEP_OTHER', 'INTERACTION_NOT_FOUND'])(
    'is loaded again when the interaction is over, because the server knows where to start again: %s',
    async (code) => {
      await openPassword({
        submitPassword: () => server.refuse(code),
        interaction: () => server.refuse('INTERACTION_NOT_FOUND'),
      });
      server.state = SCREENS['error']!;
      await signIn();
      await title('This did not work').waitFor();
      const start = page.getByRole('link', { name: 'Start again' });
      expect(await start.getAttribute('href')).toBe('https://travel.example/sign-in');
      expect(server.loads).toBe(2);
    },
  );

  it('says that cookies are needed when the browser sends none', async () => {
    await openPassword({ ...stepOther, interaction: () => server.refuse('BROWSER_REQUIRED') });
    await signIn();
    await page.getByText('Allow cookies for this site').waitFor();
    expect(server.loads).toBe(1);
  });

  it('asks for the present step when the browser shows a page that it kept', async () => {
    await openPassword({ interaction: () => ({ handle: HANDLE, step: STEPS.consent }) });
    await returnByHistory();
    await title('Allow access?').waitFor();
    expect(await focused(page)).toBe('Allow access?');
  });

  it('keeps what was typed when the step is the same', async () => {
    await openPassword({ interaction: () => ({ handle: HANDLE, step: STEPS.password }) });
    await field(IDENTIFIER).fill('alice');
    // The page sends nothing while a request runs, so the first answer is dealt with when a second request comes.
    await expect
      .poll(async () => {
        await returnByHistory();
        return server.sent.length;
      })
      .toBeGreaterThan(1);
    expect(await field(IDENTIFIER).inputValue()).toBe('alice');
  });

  it('says that the service cannot be reached when it cannot ask', async () => {
    await openPassword();
    await page.route('**/graphql', (route) => route.abort());
    await returnByHistory();
    await page.getByRole('alert').filter({ hasText: 'The service cannot be reached.' }).waitFor();
  });

  it('shows the present step after a reload', async () => {
    await openPassword({ submitPassword: step('factor') });
    await signIn();
    await title('Enter your code').waitFor();
    server.state = signInState(STEPS.factor);
    await page.reload();
    await title('Enter your code').waitFor();
    expect(await focused(page)).toBe('Code from the app');
  });
});

describe('the page of the second factor', () => {
  it('takes a recovery code instead, and says nothing more about the refused code', async () => {
    await openAt(signInState(STEPS.factor), {
      submitFactor: ({ input }: { input: { method: string } }) =>
        input.method === 'TOTP' ? server.refuse('FACTOR_CODE_WRONG') : finish(),
    });
    expect(await field('Code from the app').getAttribute('autocomplete')).toBe('one-time-code');
    expect(await field('Code from the app').getAttribute('inputmode')).toBe('numeric');
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await page.getByText('The code is not right').waitFor();
    await button('Use a recovery code instead').click();
    expect(await focused(page)).toBe('Recovery code');
    expect(await page.getByText('The code is not right').count()).toBe(0);
    await page.keyboard.type(` ${RECOVERY_CODES[0]} `);
    await page.keyboard.press('Enter');
    await atApplication();
    expect(server.sent[1]!.variables['input']).toEqual({ ...PLACE, method: 'RECOVERY_CODE', code: RECOVERY_CODES[0] });
  });

  it('offers no method that the account does not have', async () => {
    await openAt(signInState({ ...STEPS.factor, methods: ['RECOVERY_CODE'] }));
    await field('Recovery code').waitFor();
    expect(await page.getByRole('button').allTextContents()).toEqual(['Continue', 'Cancel']);
  });
});

describe('the pages of a new second factor', () => {
  async function enrol(): Promise<void> {
    await openAt(signInState(STEPS.enrolmentOpen), {
      beginFactorEnrolment: step('enrolment'),
      submitFactorEnrolment: () => ({ step: STEPS.finished, recoveryCodes: RECOVERY_CODES }),
    });
    await opened.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await button('Set up the app').click();
    await page.getByRole('img', { name: 'QR code' }).waitFor();
  }

  it('show the picture and the key, and take a code of the app', async () => {
    await enrol();
    const { uri, secret, qrImage } = STEPS.enrolment.enrolment;
    expect(await focused(page)).toBe('Add a second step');
    expect(await page.getByRole('img', { name: 'QR code' }).getAttribute('src')).toBe(qrImage);
    expect((await page.locator('.secret').textContent())!.replaceAll(' ', '')).toBe(secret);
    expect(await page.getByRole('link', { name: 'Open an authenticator app' }).getAttribute('href')).toBe(uri);
    await field('Code from the app').fill('123456');
    await button('Continue').click();
    await title('Save your recovery codes').waitFor();
    expect(server.sent[1]!.variables['input']).toEqual({ ...PLACE, code: '123456' });
    expect(opened.watch).toEqual(NOTHING);
  });

  it('show the recovery codes once, to copy and to save, and go on after them', async () => {
    await enrol();
    await field('Code from the app').fill('123456');
    await page.keyboard.press('Enter');
    await title('Save your recovery codes').waitFor();
    expect(await focused(page)).toBe('Save your recovery codes');
    expect(await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allTextContents()).toEqual(
      RECOVERY_CODES,
    );
    await button('Copy').click();
    await page.getByRole('status').filter({ hasText: 'The codes are copied.' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(RECOVERY_CODES.join('\n'));
    const [download] = await Promise.all([page.waitForEvent('download'), button('Save as a file').click()]);
    expect(download.suggestedFilename()).toBe('recovery-codes.txt');
    const saved = readFileSync(await download.path(), 'utf8');
    expect(saved).toBe(`Recovery codes for Acme Industries\n\n${RECOVERY_CODES.join('\n')}\n`);
    expect(opened.watch).toEqual(NOTHING);
    await button('I have saved them, continue').click();
    await atApplication();
  });

  it('ask before the codes are lost', async () => {
    await enrol();
    await field('Code from the app').fill('123456');
    await page.keyboard.press('Enter');
    await title('Save your recovery codes').waitFor();
    const [dialog] = await Promise.all([page.waitForEvent('dialog'), page.close({ runBeforeUnload: true })]);
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    expect(await title().textContent()).toBe('Save your recovery codes');
  });

  it('keep the codes when the browser shows a page that it kept', async () => {
    await enrol();
    await field('Code from the app').fill('123456');
    await page.keyboard.press('Enter');
    await title('Save your recovery codes').waitFor();
    server.answers = { interaction: () => ({ handle: HANDLE, step: STEPS.finished }) };
    const before = server.sent.length;
    // The page sends nothing while a request runs, so the first answer is dealt with when a second request comes.
    await expect
      .poll(async () => {
        await returnByHistory();
        return server.sent.length - before;
      })
      .toBeGreaterThan(1);
    expect(await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').count()).toBe(10);
    await button('I have saved them, continue').click();
    await atApplication();
  });

  it('say that the browser does not allow copying', async () => {
    await enrol();
    await opened.context.clearPermissions();
    await page.evaluate('navigator.clipboard.writeText = () => Promise.reject(new Error("denied"))');
    await field('Code from the app').fill('123456');
    await page.keyboard.press('Enter');
    await button('Copy').click();
    await page.getByText('The browser did not allow copying.').waitFor();
  });
});

describe('the page of a new password', () => {
  it('says beside the field what is wrong with the password, and names the account for password managers', async () => {
    const fields = [
      { path: 'input.newPassword', code: 'PASSWORD_TOO_SHORT', message: 'A password has at least 12 characters.' },
      { path: 'input.newPassword', code: 'PASSWORD_COMMON', message: 'Common.' },
    ];
    let isFirst = true;
    await openPassword({
      submitPassword: step('newPassword'),
      submitNewPassword: () => {
        if (isFirst) {
          isFirst = false;
          server.refuse('PASSWORD_POLICY', { fields });
        }
        return finish();
      },
    });
    await signIn();
    await title('Choose a new password').waitFor();
    expect(await focused(page)).toBe('New password');
    expect(await field('New password').getAttribute('autocomplete')).toBe('new-password');
    expect(await page.locator('input[autocomplete=username]').inputValue()).toBe('alice');
    await page.getByText('At least 12 characters.').waitFor();
    await page.keyboard.type('short');
    await page.keyboard.press('Enter');
    await page.getByText('The password is too short. This password, or one like it').waitFor();
    expect(await focused(page)).toBe('New password');
    await page.keyboard.type('correct horse battery');
    await page.keyboard.press('Enter');
    await atApplication();
    expect(server.sent[2]!.variables['input']).toEqual({ ...PLACE, newPassword: 'correct horse battery' });
  });
});

describe('the page of an e-mail address', () => {
  it('sends a code, takes it, and sends another when asked', async () => {
    await openAt(signInState(STEPS.emailCodeUnsent), { sendEmailCode: step('emailCode'), submitEmailCode: finish });
    await page.getByText('a***@example.com').waitFor();
    await button('Send the code').click();
    await field('Code from the e-mail').waitFor();
    await button('Send a new code').click();
    await page.getByRole('status').filter({ hasText: 'A new code is on its way.' }).waitFor();
    await field('Code from the e-mail').fill('AB12CD');
    await button('Confirm').click();
    await atApplication();
    expect(server.sent.map(({ variables }) => variables['input'])).toEqual([
      PLACE,
      PLACE,
      { ...PLACE, code: 'AB12CD' },
    ]);
  });
});

describe('the page of accounts', () => {
  it('goes on with the chosen account', async () => {
    await openAt(signInState(STEPS.account), { chooseAccount: finish });
    await page.getByRole('button', { name: 'Alice Example' }).click();
    await atApplication();
    expect(sentInput()).toEqual({ ...PLACE, userId: 'u1' });
  });

  it('goes on with another account', async () => {
    await openAt(signInState(STEPS.account), { chooseAccount: step('password') });
    await button('Use another account').click();
    await title('Sign in').waitFor();
    expect(sentInput()).toEqual({ ...PLACE, userId: null });
  });

  it('says why an account cannot be chosen', async () => {
    await openAt(signInState(STEPS.account), { chooseAccount: () => server.refuse('SERVICE_UNAVAILABLE') });
    await page.getByRole('button', { name: 'Alice Example' }).click();
    await page.getByRole('alert').filter({ hasText: 'The service is busy.' }).waitFor();
  });
});

describe('the page of consent', () => {
  it.each([
    ['Allow', true],
    ['Do not allow', false],
  ])('names what is asked for, and sends the decision: %s', async (name, isGranted) => {
    await openAt(signInState(STEPS.consent), { submitConsent: finish });
    expect(
      await page.getByRole('list', { name: 'It would be able to:' }).getByRole('listitem').allTextContents(),
    ).toEqual([
      'See your name and picture',
      'See your e-mail address',
      'Keep access to your dataUntil you take it back',
    ]);
    await button(name).click();
    await atApplication();
    expect(sentInput()).toEqual({ ...PLACE, isGranted });
  });
});

describe('the page that asks before an account is linked', () => {
  const answer = () => ({ decideAccountLinking: () => ({ redirectTo: `${server.url}/application?finished` }) });

  it.each([
    ['Link', true],
    ['Do not link', false],
  ])('sends the answer of the button %s, and leads on', async (name, isConfirmed) => {
    await openAt(linkAccountState(), answer());
    await page.getByText('You signed in at Example Mail as alice@mail.example.').waitFor();
    await page.getByText('Here you are signed in as Alice Example.').waitFor();
    await button(name).click();
    await atApplication();
    expect(sentInput()).toEqual({ ...PLACE, userId: ALICE.userId, isConfirmed });
  });

  it.each(['ACCOUNT_LINK_STATE_INVALID', 'ACCOUNT_LINK_SESSION_REQUIRED'])(
    'is loaded again after the refusal %s',
    async (code) => {
      await openAt(linkAccountState(null), { decideAccountLinking: () => server.refuse(code) });
      server.state = SCREENS['error']!;
      await button('Link').click();
      await title('This did not work').waitFor();
      expect(server.loads).toBe(2);
    },
  );
});

describe('the sign-out page', () => {
  const answer = (data: object) => ({ confirmSignOut: () => ({ answer: data }) });

  it('signs out when the person confirms', async () => {
    await openAt(signOutState(), answer({ __typename: 'SignedOut' }));
    await page.getByText('Alice Example').waitFor();
    await button('Sign out').click();
    await title('You are signed out').waitFor();
    expect(await focused(page)).toBe('You are signed out');
    expect(sentInput()).toEqual({ ...PLACE, isConfirmed: true });
  });

  it('shows the way back to the application, where the application names a page', async () => {
    const application = { ...APPLICATION, clientUri: 'https://travel.example/' };
    await openAt(signOutState(application), answer({ __typename: 'SignedOut' }));
    await button('Sign out').click();
    const link = page.getByRole('link', { name: 'Back to Travel Desk' });
    expect(await link.getAttribute('href')).toBe('https://travel.example/');
  });

  it('leads back to the application', async () => {
    const redirectTo = `${server.url}/application?finished`;
    await openAt(signOutState(), answer({ __typename: 'SignOutRedirect', redirectTo }));
    await button('Sign out').click();
    await atApplication();
  });

  it('changes nothing when the person stays', async () => {
    await openAt(signOutState(null), answer({ __typename: 'SignOutDeclined' }));
    await button('Stay signed in').click();
    await title('You are still signed in').waitFor();
    expect(sentInput()).toEqual({ ...PLACE, isConfirmed: false });
  });

  it('asks again when another account has signed in meanwhile', async () => {
    const pageUrl = `${server.url}/application?finished`;
    await openAt(signOutState(), answer({ __typename: 'SignOutConfirmation', handle: 'other', pageUrl }));
    await button('Sign out').click();
    await atApplication();
  });

  it('is loaded again when the question is over', async () => {
    await openAt(signOutState(), { confirmSignOut: () => server.refuse('SIGN_OUT_NOT_FOUND') });
    server.state = SCREENS['error']!;
    await button('Sign out').click();
    await title('This did not work').waitFor();
    expect(server.loads).toBe(2);
  });

  it('says that the service cannot be reached, and tries again', async () => {
    await openAt(signOutState(), answer({ __typename: 'SignedOut' }));
    await page.route('**/graphql', (route) => route.abort());
    await button('Sign out').click();
    await page.getByRole('alert').filter({ hasText: 'The service cannot be reached.' }).waitFor();
    await page.unroute('**/graphql');
    await button('Sign out').click();
    await title('You are signed out').waitFor();
  });

  it('is loaded again when the browser shows a page that it kept', async () => {
    await openAt(signOutState());
    server.state = SCREENS['signed-out']!;
    await returnByHistory();
    await title('You are signed out').waitFor();
  });
});

describe('the pages that end something', () => {
  it('link back to the application after a sign-out', async () => {
    await openAt(SCREENS['signed-out']!);
    const link = page.getByRole('link', { name: 'Back to Travel Desk' });
    expect(await link.getAttribute('href')).toBe('https://travel.example/bye');
    expect(await link.getAttribute('rel')).toBe('noreferrer');
  });

  it('show an error in the language of the page, with its code', async () => {
    await openAt(SCREENS['error']!);
    await page.getByText('This sign-in is over, has expired, or began in another browser.').waitFor();
    await page.getByText('Error code: INTERACTION_NOT_FOUND').waitFor();
  });

  it('show the message of the server for an error without a text, and say where to start again', async () => {
    await openAt(SCREENS['error-without-tenant']!);
    await page.getByText('The address to which the application wants to return is not registered.').waitFor();
    await page.getByText('Go back to the application and start again there.').waitFor();
    expect(await page.title()).toBe('This did not work');
    expect(await page.getByRole('link').count()).toBe(0);
  });
});
