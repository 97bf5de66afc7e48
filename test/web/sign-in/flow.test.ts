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
import { APPLICATION, HANDLE, SCREENS, STEPS, signInState } from './screens.ts';
import { focused, NOTHING } from './watched-page.ts';

servePages();

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
