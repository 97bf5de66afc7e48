import { describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { openSignIn, signInsOfSuite, stepOf, TestBrowser } from '../../support/sign-in.ts';
import type { World } from '../../support/world.ts';

const SETTINGS = { verifyEmail: true, lockout: { accountLimit: 20, quickMilliseconds: 0 } };
const AT_ONCE = 10;

describe.each(ENGINES)('verifying an e-mail address during a sign-in, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: TestBrowser;
  signInsOfSuite(open, SETTINGS, (made) => {
    ({ world, tenant, user, browser } = made);
  });

  const reached = async (of = browser, locales: string | null = null): Promise<string> => {
    const handle = await of.begin({ mustAuthenticate: true, locales });
    expect(stepOf(await of.password(handle, user))).toMatchObject({ __typename: 'EmailCodeStep', isSent: false });
    return handle;
  };
  const mails = async () => (await world.outbox()).mails.filter(({ behalf }) => behalf.subjectId === user.id);
  const lastCode = async () => /\d{6}/.exec((await mails()).at(-1)!.text)![0];
  const send = (handle: string, of = browser) => of.submit('sendEmailCode', handle);
  /** Sends a code. @returns What the mail shows. */
  const sent = async (handle: string, of = browser): Promise<string> => {
    expect(stepOf(await send(handle, of))).toMatchObject({ isSent: true });
    return lastCode();
  };
  const submit = (handle: string, code: string, of = browser) => of.submit('submitEmailCode', handle, { code });
  const wrongOf = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  const isVerified = async () => (await world.services.users.findIn(tenant.id, user.id))!.emailVerified;
  const eventsOf = async (type: string) => (await world.events(tenant)).filter((event) => event.type === type);

  it('mails a code of six digits, verifies the address by it and signs the user in', async () => {
    const handle = await reached();
    const code = await sent(handle);
    expect(stepOf(await browser.load(handle))).toEqual({
      __typename: 'EmailCodeStep',
      email: 'a***@example.com',
      isSent: true,
    });
    expect(await mails()).toMatchObject([{ to: 'ann@example.com', purpose: 'verify-email', locale: 'en' }]);
    expect(stepOf(await submit(handle, ` ${code.slice(0, 3)} ${code.slice(3)} `))).toMatchObject({
      __typename: 'Finished',
    });
    expect(await isVerified()).toBe(true);
    expect(await browser.session()).toMatchObject({ userId: user.id, amr: ['pwd'] });
    expect(await eventsOf('user.email_verified')).toMatchObject([
      { actor_id: user.id, subject_id: user.id, params: { email: 'ann@example.com' } },
    ]);
  });

  it('mails in the language of the application, else in that of the user', async () => {
    await sent(await reached(browser, 'fr ru'));
    await world.services.users.update(world.system(tenant), user.id, { locale: 'ru' });
    await sent(await reached());
    await sent(await reached(browser, 'en'));
    expect((await mails()).map(({ locale }) => locale)).toEqual(['ru', 'ru', 'en']);
  });

  it('stores and records no code', async () => {
    const handle = await reached();
    const code = await sent(handle);
    await submit(handle, wrongOf(code));
    const connection = world.db.orm.em.fork().getConnection();
    const rows = [
      await connection.execute('select payload, user_id from one_time_codes where tenant_id = ?', [tenant.id]),
      await connection.execute('select state from interactions where tenant_id = ?', [tenant.id]),
      (await world.events(tenant)).map(({ params, reason }) => [params, reason]),
    ];
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`(?<!\\d)${code}(?!\\d)`));
  });

  it('sends nothing before the first factor, and takes no code', async () => {
    const handle = await browser.begin();
    expect((await send(handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect((await submit(handle, '000000')).code).toBe('INTERACTION_STEP_OTHER');
    expect(await mails()).toEqual([]);
  });

  it('takes a code in the sign-in alone for which it was sent (check 45)', async () => {
    const other = new TestBrowser(world, tenant);
    const [handle, theirs] = [await reached(), await reached(other)];
    const code = await sent(handle);
    expect((await submit(theirs, code, other)).code).toBe('EMAIL_CODE_WRONG');
    const second = await sent(theirs, other);
    if (second !== code) expect((await submit(theirs, code, other)).code).toBe('EMAIL_CODE_WRONG');
    expect(stepOf(await submit(handle, code))).toMatchObject({ __typename: 'Finished' });
  });

  it('takes a code for ten minutes, and then a new one', async () => {
    const handle = await reached();
    const code = await sent(handle);
    world.clock.advance(600);
    expect((await submit(handle, code)).code).toBe('EMAIL_CODE_WRONG');
    expect(stepOf(await browser.load(handle))).toMatchObject({ isSent: false });
    expect(stepOf(await submit(handle, await sent(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it('takes the newest code alone', async () => {
    const handle = await reached();
    const first = await sent(handle);
    let second = await sent(handle);
    if (second === first) second = await sent(handle);
    expect((await submit(handle, first)).code).toBe('EMAIL_CODE_WRONG');
    expect(stepOf(await submit(handle, second))).toMatchObject({ __typename: 'Finished' });
  });

  it('takes five tries at a code, with an event each, and then needs a new one (check 46)', async () => {
    const handle = await reached();
    const code = await sent(handle);
    for (let i = 0; i < 5; i++) expect((await submit(handle, wrongOf(code))).code).toBe('EMAIL_CODE_WRONG');
    expect((await submit(handle, code)).code).toBe('EMAIL_CODE_WRONG');
    expect(stepOf(await browser.load(handle))).toMatchObject({ isSent: false });
    expect(await isVerified()).toBe(false);
    const failed = await eventsOf('sign_in.failed');
    expect(failed).toHaveLength(6);
    expect(failed[0]).toMatchObject({ reason: 'wrong_code', subject_id: user.id, params: { method: 'email-code' } });
    expect(stepOf(await submit(handle, await sent(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it('sends four codes in a sign-in, also over more than ten minutes', async () => {
    const handle = await reached();
    for (let i = 0; i < 4; i++) {
      await sent(handle);
      world.clock.advance(300);
    }
    expect((await send(handle)).code).toBe('TOO_MANY_REQUESTS');
    expect(await mails()).toHaveLength(4);
  });

  it('sends a code again only after a wait, where the tenant counts such requests; the first is none', async () => {
    const otpResend = { isEnabled: true, limit: 1, waitSeconds: 40, windowSeconds: 600 };
    ({ tenant, user } = await openSignIn(world, { ...SETTINGS, otpResend }));
    browser = new TestBrowser(world, tenant);
    const handle = await reached();
    for (let i = 0; i < 2; i++) await sent(handle);
    expect((await send(handle)).code).toBe('TOO_MANY_REQUESTS');
    world.clock.advance(40);
    await sent(handle);
    expect(await mails()).toHaveLength(3);
  });

  it('sends the first code of another sign-in after the wait of the account as well, and does not count it', async () => {
    const otpResend = { isEnabled: true, limit: 1, waitSeconds: 40, windowSeconds: 600 };
    ({ tenant, user } = await openSignIn(world, { ...SETTINGS, otpResend }));
    browser = new TestBrowser(world, tenant);
    const handle = await reached();
    for (let i = 0; i < 2; i++) await sent(handle);
    const other = new TestBrowser(world, tenant);
    const theirs = await reached(other);
    expect((await send(theirs, other)).code).toBe('TOO_MANY_REQUESTS');
    expect(stepOf(await other.load(theirs))).toMatchObject({ __typename: 'EmailCodeStep', isSent: false });
    expect(await mails()).toHaveLength(2);
    world.clock.advance(40);
    await sent(theirs, other);
    const { requests } = (await world.services.codeResends.ofUsers(tenant.id, [user.id])).get(user.id)!;
    expect(requests).toBe(1);
  });

  it('sends eight codes to an account in ten minutes, however many sign-ins ask', async () => {
    for (const _ of [1, 2]) {
      const handle = await reached();
      for (let i = 0; i < 4; i++) await sent(handle);
    }
    const handle = await reached();
    expect((await send(handle)).code).toBe('TOO_MANY_REQUESTS');
    expect(await mails()).toHaveLength(8);
    world.clock.advance(600);
    await sent(handle);
  });

  it('blocks the codes of an account after too many wrong ones, for the announced time (check 46)', async () => {
    const strict = await openSignIn(world, { ...SETTINGS, lockout: { accountLimit: 3, quickMilliseconds: 0 } });
    ({ tenant, user } = strict);
    browser = new TestBrowser(world, tenant);
    const handle = await reached();
    const code = await sent(handle);
    for (let i = 0; i < 3; i++) expect((await submit(handle, wrongOf(code))).code).toBe('EMAIL_CODE_WRONG');
    expect((await submit(handle, code)).code).toBe('EMAIL_CODE_WRONG');
    expect((await eventsOf('sign_in.failed')).at(-1)?.reason).toBe('locked_out');
    expect(await eventsOf('lockout.started')).toMatchObject([{ params: { factor: 'second' } }]);
    world.clock.advance(31);
    expect(stepOf(await submit(handle, code))).toMatchObject({ __typename: 'Finished' });
  });

  it('verifies no other address than that to which the code went', async () => {
    const handle = await reached();
    const code = await sent(handle);
    await world.services.users.update(world.system(tenant), user.id, { email: 'somebody@example.org' });
    expect(stepOf(await browser.load(handle))).toMatchObject({ email: 's***@example.org', isSent: false });
    expect((await submit(handle, code)).code).toBe('EMAIL_CODE_WRONG');
    expect(await isVerified()).toBe(false);
    await sent(handle);
    expect((await mails()).at(-1)?.to).toBe('somebody@example.org');
  });

  it('sends nothing to an account without an address', async () => {
    await world.services.users.update(world.system(tenant), user.id, { email: null });
    const handle = await reached();
    expect((await send(handle)).code).toBe('EMAIL_ADDRESS_MISSING');
    expect((await submit(handle, '000000')).code).toBe('EMAIL_CODE_WRONG');
  });

  it.each([
    ['no code at all', ''],
    ['letters', 'abcdef'],
    ['a very long code', '1'.repeat(10_000)],
    ['a hostile code', '\u202e 1 or 1=1'],
  ])('refuses %s', async (_, code) => {
    const handle = await reached();
    await sent(handle);
    expect((await submit(handle, code)).code).toBe('EMAIL_CODE_WRONG');
    expect(await isVerified()).toBe(false);
  });

  it(`verifies once for ${AT_ONCE} equal codes of one moment`, async () => {
    const handle = await reached();
    const code = await sent(handle);
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => submit(handle, code)));
    expect(answers.filter((answer) => answer.code === undefined)).toHaveLength(1);
    for (const { code: refusal } of answers)
      expect([undefined, 'INTERACTION_STEP_OTHER', 'EMAIL_CODE_WRONG']).toContain(refusal);
    expect(await eventsOf('user.email_verified')).toHaveLength(1);
    expect(await eventsOf('session.started')).toHaveLength(1);
  });

  it(`takes at most five of ${AT_ONCE} different codes of one moment`, async () => {
    const handle = await reached();
    const code = await sent(handle);
    const guesses = Array.from({ length: AT_ONCE }, (_, i) =>
      String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0'),
    );
    const answers = await Promise.all(guesses.map((guess) => submit(handle, guess)));
    expect(answers.every((answer) => answer.code === 'EMAIL_CODE_WRONG')).toBe(true);
    expect((await submit(handle, code)).code).toBe('EMAIL_CODE_WRONG');
  });

  it('sends one mail for two requests of one moment', async () => {
    const handle = await reached();
    const answers = await Promise.all([send(handle), send(handle)]);
    expect(answers.map((answer) => answer.code ?? 'sent').sort()).toEqual(['INTERACTION_STEP_OTHER', 'sent']);
    expect(await mails()).toHaveLength(1);
  });

  it('comes after a new password', async () => {
    await world.services.authModes.update(world.system(tenant), user.id, { needPasswordChange: true });
    const handle = await browser.begin();
    expect(stepOf(await browser.password(handle, user))).toMatchObject({ __typename: 'NewPasswordStep' });
    const newPassword = 'four-lanterns-by-noon';
    expect(stepOf(await browser.submit('submitNewPassword', handle, { newPassword }))).toMatchObject({
      __typename: 'EmailCodeStep',
    });
    expect(await browser.session()).toBeNull();
    expect(stepOf(await submit(handle, await sent(handle)))).toMatchObject({ __typename: 'Finished' });
  });

  it('changes nothing after the interaction has ended, in another browser, or twice in a request', async () => {
    const handle = await reached();
    const code = await sent(handle);
    const other = new TestBrowser(world, tenant);
    await other.begin();
    expect((await submit(handle, code, other)).code).toBe('INTERACTION_NOT_FOUND');
    expect((await send(handle, other)).code).toBe('INTERACTION_NOT_FOUND');
    const one = `submitEmailCode(input: { handle: "${handle}", code: "${code}" }) { step { __typename } }`;
    const another = `sendEmailCode(input: { handle: "${handle}" }) { step { __typename } }`;
    for (const field of [one, another]) {
      const { code: refusal } = await browser.graphql(`mutation { a: ${field} b: ${field} }`);
      expect(refusal).toBe('INTERACTION_REQUEST_REPEATED');
      expect((await world.graphql(world.app(tenant), `mutation { ${field} }`)).code).toBe('BROWSER_REQUIRED');
    }
    world.clock.advance(1800);
    expect((await submit(handle, code)).code).toBe('INTERACTION_NOT_FOUND');
    expect((await send(handle)).code).toBe('INTERACTION_NOT_FOUND');
    expect(await isVerified()).toBe(false);
  });
});
