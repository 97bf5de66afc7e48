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
  servePages,
  server,
  signIn,
  title,
} from './open-page.ts';
import { HANDLE, STEPS, signInState } from './screens.ts';
import { focused, NOTHING } from './watched-page.ts';

servePages();

const BUTTON = 'Sign in with a passkey';
const REQUEST = { tenant: 'acme', requestId: HANDLE };
const begun = () => ({ options: { challenge: 'AAAA', rpId: 'localhost', allowCredentials: [] } });
const RIGHT = {
  beginPasskeySignIn: begun,
  signInWithPasskey: () => ({ ticket: 'ticket' }),
  submitSignInTicket: finish,
};

/** What a browser says of a passkey that was used. */
const USED = `{ toJSON: () => ({
  id: 'AQID',
  rawId: 'AQID',
  response: { clientDataJSON: 'AQID', authenticatorData: 'BAX_', signature: '__4' },
}) }`;
const SENT = {
  id: 'AQID',
  rawId: 'AQID',
  clientDataJson: 'AQID',
  authenticatorData: 'BAX_',
  signature: '__4',
  userHandle: null,
};
/** A browser whose button answers so; nobody chooses a passkey in the field of the name. */
const answers = (answer: string) =>
  `navigator.credentials.get = ({ mediation }) => mediation === 'conditional' ? new Promise(() => {}) : ${answer};`;
const uses = answers(`Promise.resolve(${USED})`);
const refuses = (name: string) => answers(`Promise.reject(new DOMException('', '${name}'))`);
/** A browser that offers passkeys in the field of the name. It keeps what it was asked, and answers when a test says so. */
const OFFERS = `
  window.asked = [];
  PublicKeyCredential.isConditionalMediationAvailable = async () => true;
  navigator.credentials.get = ({ mediation, signal }) => new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
    asked.push({ mediation, resolve, reject });
  });
  const timeout = AbortSignal.timeout;
  AbortSignal.timeout = (milliseconds) => {
    if (milliseconds < 60_000) return timeout.call(AbortSignal, milliseconds);
    const controller = new AbortController();
    window.expire = () => controller.abort(new DOMException('', 'TimeoutError'));
    window.offeredFor = milliseconds;
    return controller.signal;
  };`;

const openOffered = (more = {}, script = '', step: object = STEPS.passwordOrPasskey) =>
  openAt(signInState(step), { ...RIGHT, ...more }, script);
const inputsOf = (name: string) =>
  server.sent.filter(({ query }) => query.includes(`mutation ${name}(`)).map(({ variables }) => variables['input']);
const alert = (text: string) => page.getByRole('alert').filter({ hasText: text }).waitFor();
const asked = () => page.evaluate('asked.map(({ mediation }) => mediation)');

describe('the button for passkeys', () => {
  it('needs no name, and goes on with what the person chose', async () => {
    await openOffered({}, uses);
    await page.getByText('Keep me signed in').click();
    await button(BUTTON).click();
    await atApplication();
    expect(inputsOf('BeginPasskeySignIn').at(-1)).toEqual({ ...REQUEST, identifier: null });
    expect(inputsOf('SignInWithPasskey')).toEqual([{ ...REQUEST, identifier: null, ...SENT }]);
    expect(inputsOf('SubmitSignInTicket')).toEqual([{ ...PLACE, ticket: 'ticket', isRemembered: true }]);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('asks for the passkeys of a typed name', async () => {
    await openOffered({}, uses);
    await field(IDENTIFIER).fill('alice');
    await button(BUTTON).click();
    await atApplication();
    expect(inputsOf('SignInWithPasskey')).toEqual([{ ...REQUEST, identifier: 'alice', ...SENT }]);
  });

  it('asks for the passkeys of the only account that may sign in, and none are offered in its field', async () => {
    await openOffered({}, `${OFFERS}${uses}`, { ...STEPS.passwordOfOne, offersPasskey: true });
    expect(await field(IDENTIFIER).getAttribute('autocomplete')).toBe('username');
    await button(BUTTON).click();
    await atApplication();
    expect(inputsOf('BeginPasskeySignIn')).toEqual([{ ...REQUEST, identifier: 'alice' }]);
  });

  it('is not there where the tenant or the browser has no passkeys', async () => {
    await openPassword();
    expect(await button(BUTTON).count()).toBe(0);
    expect(await field(IDENTIFIER).getAttribute('autocomplete')).toBe('username');
    await opened.context.close();
    await openOffered({}, 'delete window.PublicKeyCredential;');
    expect(await button(BUTTON).count()).toBe(0);
    expect(server.sent).toEqual([]);
  });

  it.each([
    ['NotAllowedError', 'No passkey was used.'],
    ['SecurityError', 'cannot use passkeys here'],
    ['UnknownError', 'This did not work.'],
  ])('says why the browser gave no passkey, and no field is at fault: %s', async (name, text) => {
    await openOffered({ submitPassword: finish }, refuses(name));
    await button(BUTTON).click();
    await alert(text);
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(0);
    expect(inputsOf('SignInWithPasskey')).toEqual([]);
    await signIn();
    await atApplication();
  });

  it.each([
    ['beginPasskeySignIn', 'TOO_MANY_REQUESTS', 'Too many tries.'],
    ['signInWithPasskey', 'PASSKEY_REFUSED', 'This passkey was not accepted.'],
    ['signInWithPasskey', 'SIGN_IN_ACCOUNT_DISABLED', 'This account is disabled.'],
    ['submitSignInTicket', 'SIGN_IN_TICKET_INVALID', 'This took too long'],
  ])('says why the service refused at %s: %s', async (name, code, text) => {
    await openOffered({ [name]: () => server.refuse(code) }, uses);
    await button(BUTTON).click();
    await alert(text);
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(0);
  });
});

describe('the field of the name', () => {
  it('offers passkeys, and signs in with the one that is chosen there', async () => {
    await openOffered({}, OFFERS);
    expect(await field(IDENTIFIER).getAttribute('autocomplete')).toBe('username webauthn');
    await expect.poll(asked).toEqual(['conditional']);
    await page.evaluate(`asked[0].resolve(${USED})`);
    await atApplication();
    expect(inputsOf('SignInWithPasskey')).toEqual([{ ...REQUEST, identifier: null, ...SENT }]);
    expect(inputsOf('SubmitSignInTicket')).toEqual([{ ...PLACE, ticket: 'ticket', isRemembered: false }]);
  });

  it('offers them with a new challenge before the five minutes of the last one are over', async () => {
    await openOffered({}, OFFERS);
    await expect.poll(asked).toEqual(['conditional']);
    expect(await page.evaluate('offeredFor')).toBeLessThan(300_000);
    await page.evaluate('expire()');
    await expect.poll(asked).toEqual(['conditional', 'conditional']);
    expect(inputsOf('BeginPasskeySignIn')).toHaveLength(2);
  });

  it('offers none while the button asks for one, and offers them again when that was cancelled', async () => {
    await openOffered({}, OFFERS);
    await expect.poll(asked).toEqual(['conditional']);
    await button(BUTTON).click();
    await expect.poll(asked).toEqual(['conditional', 'optional']);
    await page.evaluate("asked[1].reject(new DOMException('', 'NotAllowedError'))");
    await alert('No passkey was used.');
    await expect.poll(asked).toEqual(['conditional', 'optional', 'conditional']);
  });

  it('offers none any more where the browser ended that, or the service refused one', async () => {
    await openOffered({ signInWithPasskey: () => server.refuse('PASSKEY_REFUSED') }, OFFERS);
    await expect.poll(asked).toEqual(['conditional']);
    await page.evaluate(`asked[0].resolve(${USED})`);
    await alert('This passkey was not accepted.');
    await opened.context.close();
    await openOffered({}, OFFERS);
    await expect.poll(asked).toEqual(['conditional']);
    await page.evaluate("asked[0].reject(new DOMException('', 'NotAllowedError'))");
    await button(BUTTON).click();
    await expect.poll(asked).toEqual(['conditional', 'optional']);
    expect(await page.getByRole('alert').textContent()).toBe('');
  });
});

const openFactor = (more = {}, script = uses, methods: readonly string[] = STEPS.factorPasskey.methods) =>
  openAt(
    signInState({ ...STEPS.factorPasskey, methods }),
    { requestFactorPasskey: begun, submitFactorPasskey: finish, ...more },
    script,
  );

describe('a passkey as the second factor', () => {
  it('is asked for first, and shown by a button that has the keyboard', async () => {
    await openFactor();
    await title('Confirm that it is you').waitFor();
    await button('Use your passkey').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Use your passkey');
    await page.keyboard.press('Enter');
    await atApplication();
    const method = 'PASSKEY';
    expect(inputsOf('RequestFactorPasskey')).toEqual([{ ...PLACE, method }]);
    expect(inputsOf('SubmitFactorPasskey')).toEqual([{ ...PLACE, method, credential: SENT }]);
    expect(opened.watch).toEqual(NOTHING);
  });

  it('can be replaced by a code, and a code by it', async () => {
    await openFactor({ submitFactor: () => server.refuse('FACTOR_CODE_WRONG') });
    await button('Use the authenticator app instead').click();
    expect(await focused(page)).toBe('Code from the app');
    await page.keyboard.type('000000');
    await page.keyboard.press('Enter');
    await alert('The code is not right');
    await button('Use your passkey instead').click();
    expect(await page.getByText('The code is not right').count()).toBe(0);
    await expect.poll(() => focused(page)).toBe('Use your passkey');
    await page.keyboard.press('Enter');
    await atApplication();
  });

  it.each([
    [refuses('NotAllowedError'), {}, 'No passkey was used.'],
    [uses, { requestFactorPasskey: () => server.refuse('PASSKEYS_DISABLED') }, 'Passkeys are not used here.'],
    [uses, { submitFactorPasskey: () => server.refuse('PASSKEY_REFUSED') }, 'This passkey was not accepted.'],
  ])('is refused in words', async (script, more, text) => {
    await openFactor(more, script);
    await button('Use your passkey').click();
    await alert(text);
  });

  it('is not asked for where the browser has none, unless the account has nothing else', async () => {
    await openFactor({}, 'delete window.PublicKeyCredential;');
    await title('Enter your code').waitFor();
    await field('Code from the app').waitFor();
    expect(await page.getByRole('button').allTextContents()).toEqual([
      'Continue',
      'Use a recovery code instead',
      'Cancel',
    ]);
    await opened.context.close();
    await openFactor({}, 'delete window.PublicKeyCredential;', ['PASSKEY']);
    await button('Use your passkey').click();
    await alert('cannot use passkeys here');
  });
});

describe('a security key as the second factor', () => {
  it('is shown by a button, and can be replaced by a passkey, and a passkey by it', async () => {
    await openFactor({}, uses, STEPS.factorSecurityKey.methods);
    await title('Confirm that it is you').waitFor();
    await button('Use your passkey instead').click();
    await expect.poll(() => focused(page)).toBe('Use your passkey');
    await button('Use your security key instead').click();
    await expect.poll(() => focused(page)).toBe('Use your security key');
    await page.keyboard.press('Enter');
    await atApplication();
    expect(inputsOf('RequestFactorPasskey')).toEqual([{ ...PLACE, method: 'SECURITY_KEY' }]);
    expect(inputsOf('SubmitFactorPasskey')).toEqual([{ ...PLACE, method: 'SECURITY_KEY', credential: SENT }]);
    expect(opened.watch).toEqual(NOTHING);
  });

  it.each([
    [refuses('NotAllowedError'), {}, 'No security key was used.'],
    [uses, { requestFactorPasskey: () => server.refuse('PASSKEYS_DISABLED') }, 'Security keys are not used here.'],
    [uses, { submitFactorPasskey: () => server.refuse('PASSKEY_REFUSED') }, 'This security key was not accepted.'],
    [uses, { submitFactorPasskey: () => server.refuse('TOO_MANY_REQUESTS') }, 'Too many tries.'],
  ])('is refused in other words than a passkey', async (script, more, text) => {
    await openFactor(more, script, STEPS.factorSecurityKey.methods);
    await button('Use your security key').click();
    await alert(text);
  });

  it('is not asked for where the browser has none, unless the account has nothing else', async () => {
    await openFactor({}, 'delete window.PublicKeyCredential;', STEPS.factorSecurityKey.methods);
    await title('Enter your code').waitFor();
    await field('Recovery code').waitFor();
    await opened.context.close();
    await openFactor({}, 'delete window.PublicKeyCredential;', ['SECURITY_KEY']);
    await button('Use your security key').click();
    await alert('cannot use security keys here');
  });
});

describe('a passkey that the account has to have', () => {
  const OPTIONS = {
    rp: { id: 'localhost', name: 'Acme' },
    user: { id: 'AAAA', name: 'alice', displayName: 'Alice' },
    challenge: 'AAAA',
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  };
  const MADE = { id: 'AQID', rawId: 'AQID', clientDataJson: 'AQID', attestationObject: 'BAX_', transports: ['usb'] };
  const makes = `navigator.credentials.create = async () => ({ toJSON: () => ({
    id: 'AQID',
    rawId: 'AQID',
    response: { clientDataJSON: 'AQID', attestationObject: 'BAX_', transports: ['usb'] },
    authenticatorAttachment: 'cross-platform',
  }) });`;
  const ADD = 'Add a passkey';
  const NAME = 'Name of the passkey (optional)';
  const offered = () => ({ options: OPTIONS, step: STEPS.keyEnrolment });
  const openEnrolment = (more = {}, script = makes, step: object = STEPS.keyEnrolment) =>
    openAt(signInState(step), { requestKeyEnrolment: offered, submitKeyEnrolment: finish, ...more }, script);

  it('is made with a name, or none, and the sign-in goes on', async () => {
    await openEnrolment();
    await page.getByText('Your account needs a passkey').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe(NAME);
    await page.keyboard.type(' Blue key ');
    await page.keyboard.press('Enter');
    await atApplication();
    const credential = { ...MADE, attachment: 'CROSS_PLATFORM' };
    expect(inputsOf('RequestKeyEnrolment')).toEqual([PLACE]);
    expect(inputsOf('SubmitKeyEnrolment')).toEqual([{ ...PLACE, name: 'Blue key', credential }]);
    expect(opened.watch).toEqual(NOTHING);
    await opened.context.close();
    await openEnrolment();
    await button(ADD).click();
    await atApplication();
    expect(inputsOf('SubmitKeyEnrolment')).toEqual([{ ...PLACE, name: null, credential }]);
  });

  it('is asked for after the password where that has to be typed again', async () => {
    await openEnrolment({ requestKeyEnrolment: () => ({ options: null, step: STEPS.password }) });
    await button(ADD).click();
    await title('Sign in').waitFor();
    expect(inputsOf('SubmitKeyEnrolment')).toEqual([]);
  });

  it.each([
    ["navigator.credentials.create = () => Promise.reject(new DOMException('', 'InvalidStateError'));", {}, 'already'],
    ['delete window.PublicKeyCredential;', {}, 'cannot use passkeys here'],
    [makes, { submitKeyEnrolment: () => server.refuse('PASSKEY_INVALID') }, 'This passkey cannot be used here.'],
    [makes, { submitKeyEnrolment: () => server.refuse('PASSKEY_TAKEN') }, 'belongs to an account already'],
    [makes, { submitKeyEnrolment: () => server.refuse('PASSKEY_LIMIT_REACHED') }, 'as many passkeys'],
  ])('is refused in words, with what was typed', async (script, more, text) => {
    await openEnrolment(more, script);
    await field(NAME).fill('Blue key');
    await button(ADD).click();
    await alert(text);
    expect(await field(NAME).inputValue()).toBe('Blue key');
  });

  it('may be a security key, for which the words are others', async () => {
    const refused = { submitKeyEnrolment: () => server.refuse('PASSKEY_INVALID') };
    await openEnrolment(refused, makes, STEPS.keyEnrolmentOfSecurityKey);
    await title('Add a security key').waitFor();
    await page.getByText('Your account needs a security key').waitFor();
    await field('Name of the security key (optional)').fill('Key ring');
    await button('Add a security key').click();
    await alert('This security key cannot be used here.');
    server.answers = { ...server.answers, submitKeyEnrolment: finish };
    await button('Add a security key').click();
    await atApplication();
    expect(opened.watch).toEqual(NOTHING);
  });
});
