import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const SIGN_UP = 'mutation ($input: SignUpInput!) { signUp(input: $input) { subject context steps sessionCookie } }';
const CONTINUE =
  'mutation ($input: ContinueSignUpInput!) { continueSignUp(input: $input) { subject context steps sessionCookie user { emailVerified } } }';
const RESEND =
  'mutation ($input: ResendSignUpCodeInput!) { resendSignUpCode(input: $input) { subject context steps sessionCookie } }';

describe('sign-up over GraphQL', () => {
  let world: World;
  let acme: TenantRef;
  let count = 0;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
  });
  afterAll(() => world.close());

  const registrar = (...scopes: string[]) => world.app(acme, 'user:create', ...scopes);
  const signUp = (input: object, caller = registrar()) => world.graphql(caller, SIGN_UP, { input });
  const proceed = (input: object, caller = registrar('user:read')) => world.graphql(caller, CONTINUE, { input });
  const address = () => `new.${++count}@example.com`;
  const resend = (input: object, caller = registrar()) => world.graphql(caller, RESEND, { input });
  /** The latest code that was sent to this address or phone. */
  const codeFor = async (to: string) => {
    const { mails, texts } = await world.outbox();
    return /\d{6}/.exec([...mails, ...texts].findLast((one) => one.to === to)!.text)![0];
  };
  const wrong = (code: string) => (code === '000000' ? '111111' : '000000');
  const pendingOf = async () => {
    const email = address();
    const { data } = await signUp({ email, password: 'three-wombats-at-dawn' });
    return { email, ...data.signUp, code: await codeFor(email) };
  };

  it('makes an account with a password and signs it in, with only `user:create`', async () => {
    const { data, errors } = await signUp({ subject: 'jane', password: 'three-wombats-at-dawn' });
    expect(errors).toEqual([]);
    expect(data.signUp).toEqual({
      subject: 'jane',
      context: expect.any(String),
      steps: [],
      sessionCookie: expect.any(String),
    });
    const session = await world.services.sessions.findByCookie(acme, data.signUp.sessionCookie);
    expect([session?.userId, session?.amr]).toEqual(['jane', ['pwd']]);
    const events = (await world.events(acme)).filter(({ subject_id }) => subject_id === 'jane');
    expect(events.map(({ type }) => type)).toEqual(['user.created', 'credential.added', 'session.started']);
  });

  it('accepts the codes of the remaining steps', async () => {
    const { context, code, steps, subject } = await pendingOf();
    expect(steps).toEqual(['CONFIRM_EMAIL']);
    const { data, errors } = await proceed({ context, step: 'CONFIRM_EMAIL', code });
    expect(errors).toEqual([]);
    expect(data.continueSignUp).toEqual({
      subject,
      context,
      steps: [],
      sessionCookie: null,
      user: { emailVerified: true },
    });
    const types = (await world.events(acme)).filter(({ subject_id }) => subject_id === subject).map(({ type }) => type);
    expect(types).toContain('user.email_verified');
    expect((await proceed({ context, step: 'CONFIRM_EMAIL', code })).code).toBe('SIGN_UP_NOT_FOUND');
  });

  it.each([
    ['a blank before and after it', (code: string) => ` ${code}\n`],
    ['a blank within it', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['blanks that a mail program adds', (code: string) => `\u200b${code.slice(0, 3)}\u00a0${code.slice(3)}\ufeff`],
  ])('takes a code that was copied with %s', async (_how, copied) => {
    const { context, code } = await pendingOf();
    const { data, errors } = await proceed({ context, step: 'CONFIRM_EMAIL', code: copied(code) });
    expect(errors).toEqual([]);
    expect(data.continueSignUp).toMatchObject({ steps: [], user: { emailVerified: true } });
  });

  it('accepts the code of an address whose letter case was changed meanwhile', async () => {
    const { context, code, subject, email } = await pendingOf();
    await world.services.users.update(world.system(acme), subject, { email: email.toUpperCase() });
    const { data } = await proceed({ context, step: 'CONFIRM_EMAIL', code });
    expect(data.continueSignUp).toMatchObject({ steps: [], user: { emailVerified: true } });
  });

  it('signs in once the address is confirmed, if the tenant requires that', async () => {
    const strict = await world.tenant();
    await world.services.tenants.updateSettings(world.system(strict), { verifyEmail: true });
    const caller = world.app(strict, 'user:create', 'user:read');
    const email = address();
    const first = (await signUp({ email }, caller)).data.signUp;
    expect(first.sessionCookie).toBeNull();
    const code = await codeFor(email);
    const second = (await proceed({ context: first.context, step: 'CONFIRM_EMAIL', code }, caller)).data.continueSignUp;
    expect((await world.services.sessions.findByCookie(strict, second.sessionCookie))?.userId).toBe(first.subject);
  });

  it('does not sign in accounts that are disabled or must change the password', async () => {
    for (const input of [{ isEnabled: false }, { requiredActions: ['UPDATE_PASSWORD'] }]) {
      const { data, errors } = await signUp({ ...input, password: 'three-wombats-at-dawn' });
      expect(errors).toEqual([]);
      expect(data.signUp.sessionCookie).toBeNull();
    }
  });

  it('refuses wrong codes, steps that are done, and contexts that are unknown or of another tenant', async () => {
    const { context, code, email } = await pendingOf();
    expect((await proceed({ context, step: 'CONFIRM_EMAIL', code: wrong(code) })).code).toBe('SIGN_UP_CODE_WRONG');
    expect((await proceed({ context, step: 'CONFIRM_PHONE', code })).code).toBe('SIGN_UP_STEP_NOT_OPEN');
    const neighbour = world.app(await world.tenant(), 'user:create', 'user:read');
    const elsewhere = await proceed({ context, step: 'CONFIRM_EMAIL', code }, neighbour);
    expect(elsewhere.code).toBe('SIGN_UP_NOT_FOUND');
    expect((await proceed({ context: 'x', step: 'CONFIRM_EMAIL', code })).code).toBe('SIGN_UP_NOT_FOUND');
    expect((await proceed({ context: 'x\0', step: 'CONFIRM_EMAIL', code })).code).toBe('INVALID_INPUT');
    const user = await world.stores.userStore.findByIdentifier(acme.id, email);
    await world.services.users.update(world.system(acme), user!.id, { email: address() });
    expect((await proceed({ context, step: 'CONFIRM_EMAIL', code })).code).toBe('SIGN_UP_STEP_NOT_OPEN');
  });

  describe('another code', () => {
    it('replaces the former one, with a new count of attempts, in the requested language', async () => {
      const { email, context, code, subject } = await pendingOf();
      for (let i = 0; i < 4; i++)
        expect((await proceed({ context, step: 'CONFIRM_EMAIL', code: wrong(code) })).code).toBe('SIGN_UP_CODE_WRONG');
      const { data, errors } = await resend({ context, step: 'CONFIRM_EMAIL', languages: 'ru' });
      expect(errors).toEqual([]);
      expect(data.resendSignUpCode).toEqual({ subject, context, steps: ['CONFIRM_EMAIL'], sessionCookie: null });
      expect((await world.outbox()).mails.findLast(({ to }) => to === email)?.locale).toBe('ru');
      const newer = await codeFor(email);
      if (newer !== code)
        expect((await proceed({ context, step: 'CONFIRM_EMAIL', code })).code).toBe('SIGN_UP_CODE_WRONG');
      for (let i = 0; i < 3; i++) await proceed({ context, step: 'CONFIRM_EMAIL', code: wrong(newer) });
      expect((await proceed({ context, step: 'CONFIRM_EMAIL', code: newer })).data.continueSignUp.steps).toEqual([]);
    });

    it('is sent three times at most, and the last one still works', async () => {
      const { email, context } = await pendingOf();
      for (let i = 0; i < 3; i++) expect((await resend({ context, step: 'CONFIRM_EMAIL' })).errors).toEqual([]);
      expect((await resend({ context, step: 'CONFIRM_EMAIL' })).code).toBe('TOO_MANY_REQUESTS');
      const sent = (await world.outbox()).mails.filter(({ to }) => to === email);
      expect(sent).toHaveLength(4);
      const last = await proceed({ context, step: 'CONFIRM_EMAIL', code: await codeFor(email) });
      expect(last.data.continueSignUp.steps).toEqual([]);
    });

    it('waits where the tenant counts such requests and there were too many', async () => {
      const strict = await world.tenant({
        settings: { otpResend: { isEnabled: true, limit: 2, waitSeconds: 20, windowSeconds: 600 } },
      });
      const caller = world.app(strict, 'user:create');
      const email = address();
      const { context, subject } = (await signUp({ email }, caller)).data.signUp;
      const again = () => resend({ context, step: 'CONFIRM_EMAIL' }, caller);
      for (let i = 0; i < 2; i++) expect((await again()).errors).toEqual([]);
      expect((await again()).code).toBe('TOO_MANY_REQUESTS');
      expect((await world.outbox()).mails.filter(({ to }) => to === email)).toHaveLength(3);
      await world.services.codeResends.lift(world.system(strict), subject);
      expect((await again()).errors).toEqual([]);
    });

    it('does not change the code of another step', async () => {
      const [email, phone] = [address(), '79990001122'];
      const { context } = (await signUp({ email, phone })).data.signUp;
      const texted = await codeFor(phone);
      await resend({ context, step: 'CONFIRM_EMAIL' });
      const { data } = await proceed({ context, step: 'CONFIRM_PHONE', code: texted });
      expect(data.continueSignUp.steps).toEqual(['CONFIRM_EMAIL']);
    });

    it('is refused for steps that are done, contacts that changed, and contexts that are unknown or of another tenant', async () => {
      const { context, subject } = await pendingOf();
      expect((await resend({ context, step: 'CONFIRM_PHONE' })).code).toBe('SIGN_UP_STEP_NOT_OPEN');
      const neighbour = world.app(await world.tenant(), 'user:create');
      for (const refused of [
        await resend({ context, step: 'CONFIRM_EMAIL' }, neighbour),
        await resend({ context: 'x', step: 'CONFIRM_EMAIL' }),
      ])
        expect(refused.code).toBe('SIGN_UP_NOT_FOUND');
      expect((await resend({ context, step: 'CONFIRM_EMAIL' }, world.app(acme, 'user:write'))).code).toBe('FORBIDDEN');
      await world.services.users.update(world.system(acme), subject, { email: address() });
      expect((await resend({ context, step: 'CONFIRM_EMAIL' })).code).toBe('SIGN_UP_STEP_NOT_OPEN');
    });
  });

  it('expires after a day', async () => {
    const { context, code } = await pendingOf();
    world.clock.advance(86_401);
    expect((await proceed({ context, step: 'CONFIRM_EMAIL', code })).code).toBe('SIGN_UP_NOT_FOUND');
  });

  it('stores nothing that reveals the code', async () => {
    const { code, context } = await pendingOf();
    const rows = await world.db.orm.em
      .fork()
      .getConnection()
      .execute("select payload::text as text from one_time_codes where kind = 'sign-up'");
    const texts = (rows as unknown as { text: string }[]).map(({ text }) => text).join('\n');
    expect([texts.includes(`"${code}"`), texts.includes(context)]).toEqual([false, false]);
  });

  it('binds free app instances for callers with the permission, each once', async () => {
    const app = await world.newAppInstance(acme);
    const linkApps = [app.clientId];
    expect((await signUp({ linkApps })).code).toBe('FORBIDDEN');
    const { data, errors } = await signUp({ linkApps }, registrar('linked-app:create'));
    expect(errors).toEqual([]);
    const owned = await world.stores.clientStore.findByClientId(acme.id, app.clientId);
    expect(owned?.ownerUserId).toBe(data.signUp.subject);
    const again = await signUp({ linkApps }, registrar('linked-app:create'));
    expect([again.code, again.errors[0]?.extensions['fields']]).toEqual([
      'LINKED_APP_NOT_FREE',
      [expect.objectContaining({ path: 'input.linkApps.0' })],
    ]);
    const many = Array.from({ length: 17 }, (_, at) => `dyn~${at}`);
    expect((await signUp({ linkApps: many }, registrar('linked-app:create'))).code).toBe('INVALID_INPUT');
  });

  it('makes no account when anything is refused, and sends nothing', async () => {
    const email = address();
    expect((await signUp({ email, password: 'short' })).code).toBe('PASSWORD_POLICY');
    const refused = await signUp({ email, linkApps: ['dyn~nobody'] }, registrar('linked-app:create'));
    expect(refused.code).toBe('LINKED_APP_NOT_FREE');
    expect((await world.outbox()).mails.some(({ to }) => to === email)).toBe(false);
    expect(await world.stores.userStore.findByIdentifier(acme.id, email)).toBeNull();
  });

  it('compares the password with names that are given as attributes', async () => {
    const refused = await signUp({ password: 'somebody-hieronymus-else', attributes: { given_name: 'Hieronymus' } });
    expect(refused.code).toBe('PASSWORD_POLICY');
  });

  it('requires `user:create`', async () => {
    expect((await signUp({}, world.app(acme, 'user:write'))).code).toBe('FORBIDDEN');
  });
});
