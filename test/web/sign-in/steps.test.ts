import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  atApplication,
  button,
  field,
  finish,
  IDENTIFIER,
  openAt,
  opened,
  openPassword,
  PLACE,
  page,
  returnByHistory,
  sentInput,
  servePages,
  server,
  signIn,
  step,
  title,
} from './open-page.ts';
import { HANDLE, RECOVERY_CODES, SCREENS, STEPS, signInState } from './screens.ts';
import { focused, NOTHING } from './watched-page.ts';

servePages();

describe('the pages of a forgotten password', () => {
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

describe('the page of the second factor of an account that has none which the tenant takes', () => {
  it('says so, and asks for no code', async () => {
    await openAt(signInState(STEPS.factorNone), { cancelInteraction: finish });
    await page.getByText('has none that works here at present').waitFor();
    await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);
    expect(await page.getByRole('button').allTextContents()).toEqual(['Cancel']);
    await button('Cancel').click();
    await atApplication();
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

describe('the page of the terms', () => {
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
