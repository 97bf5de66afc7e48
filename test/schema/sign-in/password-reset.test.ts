import { describe, expect, it } from 'vitest';
import { addressKey } from '../../../src/auth-modes/index.ts';
import { addSeconds, type TenantRef } from '../../../src/kernel/index.ts';
import type { TenantSettingsPatch } from '../../../src/tenants/settings.ts';
import type { User } from '../../../src/users/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { PASSWORD, signInsOfSuite, stepOf, TestBrowser } from '../../support/sign-in.ts';
import { totpCode } from '../../support/totp.ts';
import { TEST_ORIGIN, type World } from '../../support/world.ts';

const NEW_PASSWORD = 'four-koalas-at-dusk';
const AT_ONCE = 5;

interface Tables {
  readonly users: {
    readonly id: string;
    readonly locked_methods: string[];
    readonly inactive_since: Date;
    readonly service_client_id: string;
  };
}

describe.each(ENGINES)('a forgotten password, on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let browser: TestBrowser;
  signInsOfSuite(open, { resetPassword: true }, (made) => {
    ({ world, tenant, user, browser } = made);
  });

  const set = (settings: TenantSettingsPatch) => world.services.tenants.updateSettings(world.system(tenant), settings);
  const change = (changes: Parameters<World['services']['users']['update']>[2]) =>
    world.services.users.update(world.system(tenant), user.id, changes);
  const verified = () => change({ emailVerified: true });
  const begun = async (of = browser, demands = {}): Promise<string> => {
    const handle = await of.begin({ mustAuthenticate: true, ...demands });
    expect(stepOf(await of.submit('beginPasswordReset', handle))).toMatchObject({ __typename: 'PasswordResetStep' });
    return handle;
  };
  const request = (handle: string, identifier = user.username, of = browser) =>
    of.submit('requestPasswordReset', handle, { identifier });
  const submit = (handle: string, code: string, of = browser) => of.submit('submitPasswordResetCode', handle, { code });
  const choose = (handle: string, newPassword = NEW_PASSWORD, of = browser) =>
    of.submit('submitNewPassword', handle, { newPassword });
  const mails = async (purpose = 'password-reset') =>
    (await world.outbox()).mails.filter(({ behalf, purpose: is }) => behalf.tenant.id === tenant.id && is === purpose);
  const lastCode = async () => /Code: (\d{8})\n/.exec((await mails()).at(-1)!.text)![1]!;
  const wrongOf = (code: string) => String((Number(code) + 1) % 100_000_000).padStart(8, '0');
  /** A sign-in whose user has just asked. @returns The handle, and the code of the mail. */
  const asked = async (of = browser, demands = {}): Promise<[handle: string, code: string]> => {
    const handle = await begun(of, demands);
    expect(stepOf(await request(handle, user.username, of))).toEqual({
      __typename: 'PasswordResetCodeStep',
      digits: 8,
    });
    return [handle, await lastCode()];
  };
  /** A sign-in whose user has shown the code. */
  const proved = async (of = browser): Promise<string> => {
    const [handle, code] = await asked(of);
    expect(stepOf(await submit(handle, code, of))).toMatchObject({ __typename: 'NewPasswordStep', isForgotten: true });
    return handle;
  };
  const eventsOf = async (...types: string[]) =>
    (await world.events(tenant)).filter(({ type }) => types.includes(type));
  const isPassword = (password: string) => world.services.passwords.verify(tenant.id, user.id, password);

  it('is replaced by its owner, who is signed in then, and nobody else is any more (check 47)', async () => {
    await verified();
    const other = new TestBrowser(world, tenant);
    await other.signIn(user);
    const handle = await begun();
    await request(handle, ` ${user.username} `);
    const [mail] = await mails();
    expect(mail).toMatchObject({ to: 'ann@example.com', locale: 'en', behalf: { subjectId: user.id } });
    const code = await lastCode();
    expect(mail!.text).toContain(`https://id.example.com/t/${tenant.name}/sign-in/${handle}#code=${code}\n`);
    expect(await browser.session()).toBeNull();
    expect(stepOf(await submit(handle, ` ${code.slice(0, 4)} ${code.slice(4)} `))).toEqual({
      __typename: 'NewPasswordStep',
      minLength: 15,
      isForgotten: true,
    });
    expect(await browser.session()).toBeNull();
    expect((await choose(handle, 'short')).code).toBe('PASSWORD_POLICY');
    expect(stepOf(await choose(handle))).toMatchObject({ __typename: 'Finished' });
    expect(await browser.session()).toMatchObject({ userId: user.id, amr: ['email'] });
    expect(await browser.resume(handle)).toMatchObject({ kind: 'done', session: { userId: user.id } });
    expect(await other.session()).toBeNull();
    expect([await isPassword(PASSWORD), await isPassword(NEW_PASSWORD)]).toEqual([false, true]);
    expect(await mails('password-changed')).toMatchObject([{ to: 'ann@example.com' }]);
    expect(
      (await eventsOf('password.reset_requested', 'user.recovery_started', 'password.reset', 'password.changed')).slice(
        1,
      ),
    ).toMatchObject([
      { type: 'password.reset_requested', actor_id: null, subject_id: user.id, outcome: 'success' },
      { type: 'user.recovery_started', actor_id: null, subject_id: user.id },
      { type: 'password.reset', actor_id: user.id, subject_id: user.id, params: { sessions: 'end-all' } },
    ]);
  });

  it('is asked for by the address, in the language of the application, else of the user', async () => {
    await change({ locale: 'ru' });
    await request(await begun(), 'ann@example.com');
    world.clock.advance(61);
    await request(await begun(browser, { locales: 'de' }), 'ann@example.com');
    expect((await mails()).map(({ locale }) => locale)).toEqual(['ru', 'de']);
  });

  it('is asked for by any name, and the answer does not show whether an account has it (check 43)', async () => {
    const silent = await world.newUser(tenant, { username: 'silent' });
    const gone = await world.newUser(tenant, { username: 'gone', email: 'gone@example.com' });
    await world.services.endAccess.setEnabled(world.system(tenant), gone.id, false);
    const newWith = async (username: string, columns: object): Promise<User> => {
      const made = await world.newUser(tenant, { username, email: `${username}@example.com` });
      await world.db.read<Tables>().updateTable('users').set(columns).where('id', '=', made.id).execute();
      return made;
    };
    const locked = await newWith('locked', { locked_methods: ['password'] });
    const idle = await newWith('idle', { inactive_since: world.clock.now() });
    const robot = await newWith('robot', { service_client_id: 'a0000000-0000-4000-8000-000000000000' });
    const answers = [];
    for (const name of ['nobody', '', 'silent', 'gone', 'locked', 'idle', 'robot', user.username]) {
      const handle = await begun();
      const answer = await request(handle, name);
      const { code } = await submit(handle, '00000000');
      answers.push([answer.data.step, answer.errors, code]);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveLength(1);
    expect((await mails()).map(({ to }) => to)).toEqual(['ann@example.com']);
    expect(
      (await eventsOf('password.reset_requested')).map(({ subject_id, outcome, reason }) => [
        subject_id,
        outcome,
        reason,
      ]),
    ).toEqual([
      [null, 'failure', 'unknown_user'],
      [null, 'failure', 'unknown_user'],
      [silent.id, 'failure', 'email_missing'],
      [gone.id, 'failure', 'account_disabled'],
      [locked.id, 'failure', 'method_locked'],
      [idle.id, 'failure', 'account_inactive'],
      [robot.id, 'failure', 'service_account'],
      [user.id, 'success', null],
    ]);
  });

  it('asks for the second factor of the account before the new password (check 47)', async () => {
    await world.giveTotp(tenant, user.id);
    const [handle, code] = await asked();
    expect(stepOf(await submit(handle, code))).toMatchObject({ __typename: 'FactorStep', methods: ['TOTP'] });
    expect((await choose(handle)).code).toBe('INTERACTION_STEP_OTHER');
    expect((await browser.submit('submitFactor', handle, { method: 'TOTP', code: '000000' })).code).toBe(
      'FACTOR_CODE_WRONG',
    );
    expect(stepOf(await browser.totp(handle))).toMatchObject({ __typename: 'NewPasswordStep', minLength: 8 });
    expect(stepOf(await choose(handle))).toMatchObject({ __typename: 'Finished' });
    expect((await browser.session())!.amr).toEqual(['email', 'otp', 'mfa']);
  });

  it('needs a code that belongs to the sign-in and its browser, works once and for ten minutes (check 45)', async () => {
    const [handle, code] = await asked();
    const other = new TestBrowser(world, tenant);
    expect((await submit(handle, code, other)).code).toBe('INTERACTION_NOT_FOUND');
    const second = await begun(other);
    await request(second, 'nobody', other);
    expect((await submit(second, code, other)).code).toBe('EMAIL_CODE_WRONG');
    expect((await submit(handle, wrongOf(code))).code).toBe('EMAIL_CODE_WRONG');
    world.clock.advance(599);
    expect(stepOf(await submit(handle, code))).toMatchObject({ __typename: 'NewPasswordStep' });
    expect((await submit(handle, code)).code).toBe('INTERACTION_STEP_OTHER');
    world.clock.advance(61);
    const [late, lateCode] = await asked();
    world.clock.advance(600);
    expect((await submit(late, lateCode)).code).toBe('EMAIL_CODE_WRONG');
    expect(await eventsOf('sign_in.failed')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ subject_id: user.id, reason: 'wrong_code', params: { method: 'password-reset' } }),
      ]),
    );
  });

  it.each([
    [5, 60, '1 minute'],
    [90, 90, '1 minute'],
    [1_200, 600, '10 minutes'],
  ])(
    'is proved for %i seconds where the tenant says so, but for one to ten minutes',
    async (seconds, works, minutes) => {
      await set({ tokens: { recoveryLinkSeconds: seconds } } as never);
      const [handle, code] = await asked();
      expect((await mails()).at(-1)!.text).toContain(minutes);
      world.clock.advance(works - 1);
      expect(stepOf(await submit(handle, code))).toMatchObject({ __typename: 'NewPasswordStep' });
      world.clock.advance(61);
      const [late, lateCode] = await asked();
      world.clock.advance(works);
      expect((await submit(late, lateCode)).code).toBe('EMAIL_CODE_WRONG');
    },
  );

  it('takes five tries at a code, and blocks an address that fails too often', async () => {
    const [handle, code] = await asked();
    for (let tries = 0; tries < 5; tries++) await submit(handle, wrongOf(code));
    expect((await submit(handle, code)).code).toBe('EMAIL_CODE_WRONG');
    await set({ lockout: { ipLimit: 7 } });
    world.clock.advance(61);
    const [again, right] = await asked();
    await submit(again, wrongOf(right));
    expect((await submit(again, right)).code).toBe('EMAIL_CODE_WRONG');
    expect((await eventsOf('sign_in.failed')).at(-1)).toMatchObject({ reason: 'locked_out' });
  });

  it('is proved beside attempts at the account, whose queue would show that there is one (check 43)', async () => {
    const [handle, code] = await asked();
    const { promise, resolve } = Promise.withResolvers<void>();
    const attempt = {
      tenant,
      factor: 'reset-code',
      userId: user.id,
      name: '',
      peerIp: null,
      knownDeviceId: null,
    } as const;
    const held = world.services.lockouts.serially(attempt, () => promise);
    expect((await submit(handle, wrongOf(code))).code).toBe('EMAIL_CODE_WRONG');
    resolve();
    await held;
  });

  it('brings one mail in a minute to an account, whatever asks for it', async () => {
    const handles: string[] = [];
    while (handles.length < AT_ONCE) handles.push(await begun());
    await Promise.all(handles.map((handle) => request(handle)));
    expect(await mails()).toHaveLength(1);
    expect(
      (await eventsOf('password.reset_requested')).filter(({ reason }) => reason === 'mailed_before'),
    ).toHaveLength(AT_ONCE - 1);
    world.clock.advance(61);
    await request(await begun());
    expect(await mails()).toHaveLength(2);
  });

  it('brings five mails in an hour to an account, whatever asks for it', async () => {
    const askElsewhere = async () => request(await begun());
    for (let sent = 0; sent < 6; sent++) {
      await askElsewhere();
      world.clock.advance(61);
    }
    expect(await mails()).toHaveLength(5);
    world.clock.advance(700);
    await world.stores.oneTimeCodes.sweepExpired(1000);
    await askElsewhere();
    expect(await mails()).toHaveLength(5);
    expect(
      (await eventsOf('password.reset_requested')).filter(({ reason }) => reason === 'mailed_before'),
    ).toHaveLength(2);
    world.clock.advance(3600 - 700 - 6 * 61);
    await askElsewhere();
    expect(await mails()).toHaveLength(6);
  });

  it('keeps the code of a sign-in that asks again when somebody else has just asked for the account', async () => {
    const [handle, code] = await asked();
    world.clock.advance(61);
    await request(await begun());
    await browser.submit('beginPasswordReset', handle);
    expect(stepOf(await request(handle))).toMatchObject({ __typename: 'PasswordResetCodeStep' });
    expect(await mails()).toHaveLength(2);
    expect(stepOf(await submit(handle, code))).toMatchObject({ __typename: 'NewPasswordStep' });
  });

  it('ends the code of a sign-in that asks for another name, whether its account has just got a mail or not (check 43)', async () => {
    await world.newUser(tenant, { username: 'bea', email: 'bea@example.com' });
    for (const name of ['bea', 'nobody']) {
      const [handle, code] = await asked();
      world.clock.advance(61);
      await request(await begun(), name);
      await browser.submit('beginPasswordReset', handle);
      await request(handle, name);
      expect((await submit(handle, code)).code).toBe('EMAIL_CODE_WRONG');
    }
    expect((await mails()).map(({ to }) => to)).toEqual(['ann@example.com', 'bea@example.com', 'ann@example.com']);
  });

  it('can be asked for again after a minute, five times in a sign-in, and the last code alone works', async () => {
    const [handle, first] = await asked();
    const again = async (name = user.username) => {
      expect(stepOf(await browser.submit('beginPasswordReset', handle))).toEqual({
        __typename: 'PasswordResetStep',
        identifier: user.username,
        isIdentifierFixed: false,
      });
      return request(handle, name);
    };
    expect((await again()).code).toBe('TOO_MANY_REQUESTS');
    world.clock.advance(61);
    await request(handle);
    const last = await lastCode();
    expect((await submit(handle, first)).code).toBe('EMAIL_CODE_WRONG');
    for (let more = 0; more < 3; more++) {
      world.clock.advance(61);
      await again();
    }
    expect((await submit(handle, last)).code).toBe('EMAIL_CODE_WRONG');
    expect(stepOf(await submit(handle, await lastCode()))).toMatchObject({ __typename: 'NewPasswordStep' });
    const other = await begun();
    for (let more = 0; more < 5; more++) {
      world.clock.advance(61);
      await browser.submit('beginPasswordReset', other);
      await request(other, 'nobody');
    }
    world.clock.advance(61);
    await browser.submit('beginPasswordReset', other);
    expect((await request(other, 'nobody')).code).toBe('TOO_MANY_REQUESTS');
  });

  it('is asked for 100 times in an hour by an address at most, with whatever names (check 66)', async () => {
    const busy = new TestBrowser(world, tenant);
    busy.origin = { ...TEST_ORIGIN, ip: '192.0.2.77', peerIp: '192.0.2.77' };
    const expiresAt = addSeconds(world.clock.now(), 3600);
    const bucket = { key: addressKey('192.0.2.77'), count: 100 };
    for (let tries = 0; tries < 99; tries++)
      await world.stores.oneTimeCodes.putWithin(tenant, { kind: 'password-reset-try', expiresAt }, bucket);
    expect((await request(await begun(busy), 'nobody', busy)).errors).toEqual([]);
    expect((await request(await begun(busy), user.username, busy)).code).toBe('TOO_MANY_REQUESTS');
    expect(await mails()).toEqual([]);
    expect((await request(await begun())).errors).toEqual([]);
  });

  it('gives nobody a new one where the tenant does not offer that', async () => {
    const [handle, code] = await asked();
    await set({ resetPassword: false });
    expect((await submit(handle, code)).code).toBe('INTERACTION_STEP_OTHER');
    expect((await browser.submit('beginPasswordReset', handle)).code).toBe('PASSWORD_RESET_CLOSED');
    expect(stepOf(await browser.password(handle, user))).toMatchObject({ __typename: 'Finished' });
  });

  it('comes back to its owner: the page of the password is where the user left it', async () => {
    const [handle] = await asked();
    expect(stepOf(await browser.submit('leavePasswordReset', handle))).toMatchObject({
      __typename: 'PasswordStep',
      identifier: user.username,
    });
    expect((await browser.submit('leavePasswordReset', handle)).code).toBe('INTERACTION_STEP_OTHER');
    await browser.submit('beginPasswordReset', handle);
    expect((await request(handle)).code).toBe('TOO_MANY_REQUESTS');
    await browser.submit('leavePasswordReset', handle);
    expect(stepOf(await browser.password(handle, user))).toMatchObject({ __typename: 'Finished' });
    expect((await browser.submit('beginPasswordReset', handle)).code).toBe('INTERACTION_STEP_OTHER');
  });

  it('is that of the only account that may finish, whatever name is typed', async () => {
    const other = await world.newUser(tenant, { username: 'bea', email: 'bea@example.com' });
    const handle = await begun(browser, { userId: user.id });
    expect(stepOf(await browser.load(handle))).toMatchObject({ identifier: user.username, isIdentifierFixed: true });
    await request(handle, other.username);
    expect((await mails()).map(({ to }) => to)).toEqual(['ann@example.com']);
    await submit(handle, await lastCode());
    expect(stepOf(await choose(handle))).toMatchObject({ __typename: 'Finished' });
  });

  it('ends a block for wrong passwords, and none of another factor', async () => {
    await set({ lockout: { accountLimit: 2, quickMilliseconds: 0, exemptKnownDevices: false } });
    const blocked = await browser.begin();
    for (let tries = 0; tries < 2; tries++) await browser.password(blocked, user, 'wrong');
    expect((await browser.password(blocked, user)).code).toBe('SIGN_IN_REFUSED');
    await choose(await proved());
    const other = new TestBrowser(world, tenant);
    expect(stepOf(await other.password(await other.begin(), user, NEW_PASSWORD))).toMatchObject({
      __typename: 'Finished',
    });
  });

  it.each([
    ['got a new password', () => world.givePassword(tenant, user.id, 'six-lemurs-before-noon')],
    ['was disabled', () => world.services.endAccess.setEnabled(world.system(tenant), user.id, false)],
    ['got another address', () => change({ email: 'other@example.com' })],
  ])('is not replaced by a code of an account that %s meanwhile', async (_, happen) => {
    const [handle, code] = await asked();
    await happen();
    expect((await submit(handle, code)).code).toBe('EMAIL_CODE_WRONG');
    expect(await isPassword(NEW_PASSWORD)).toBe(false);
  });

  it('stays when the address becomes another one after the code, which proves nothing then', async () => {
    const handle = await proved();
    await change({ email: 'other@example.com' });
    expect(stepOf(await choose(handle))).toMatchObject({ __typename: 'PasswordStep' });
    expect(await isPassword(PASSWORD)).toBe(true);
    expect(await browser.session()).toBeNull();
  });

  it('is demanded again when the proof is too old', async () => {
    const handle = await proved();
    await set({ reauthSeconds: 60 });
    world.clock.advance(61);
    expect(stepOf(await choose(handle))).toMatchObject({ __typename: 'PasswordStep', identifier: user.username });
    expect(await isPassword(PASSWORD)).toBe(true);
  });

  it('confirms the address, and ends what gave access before anybody had confirmed it', async () => {
    await change({ emailVerified: false });
    const provider = await world.newProvider(tenant);
    await world.link(tenant, user.id, provider, 'attacker');
    const { apiKey, secret } = await world.newApiKey(tenant, user.id, 'USER:READ');
    await choose(await proved());
    expect([await world.keyCaller(secret), await world.services.apiKeys.findIn(tenant.id, apiKey.id)]).toEqual([
      null,
      null,
    ]);
    expect(await eventsOf('api_key.deleted')).toMatchObject([{ subject_id: user.id, params: { apiKeyId: apiKey.id } }]);
    expect(await world.services.users.findIn(tenant.id, user.id)).toMatchObject({ emailVerified: true });
    expect(await eventsOf('federation_link.removed', 'user.email_verified')).toHaveLength(2);
    expect(await isPassword(NEW_PASSWORD)).toBe(true);
    expect(await mails('password-changed')).toHaveLength(1);
  });

  it('keeps the second factor that its owner has shown, also where nobody had confirmed the address (check 47)', async () => {
    await change({ emailVerified: false });
    await world.giveTotp(tenant, user.id);
    const [handle, code] = await asked();
    await submit(handle, code);
    await browser.totp(handle);
    await choose(handle);
    expect(await world.services.users.findIn(tenant.id, user.id)).toMatchObject({ emailVerified: true });
    expect(await eventsOf('credential.removed')).toEqual([]);
  });

  it('ends what gave access before also where a second factor is set up on the way, which stays', async () => {
    await change({ emailVerified: false });
    await world.link(tenant, user.id, await world.newProvider(tenant), 'attacker');
    const question = { userId: user.id, question: 'Tree?', answer: 'Elm' };
    await world.services.securityQuestions.set(world.system(tenant), question);
    const [handle, code] = await asked(browser, { factors: 2 });
    expect(stepOf(await submit(handle, code))).toMatchObject({ __typename: 'FactorEnrolmentStep' });
    const { enrolment } = stepOf(await browser.submit('beginFactorEnrolment', handle));
    const shown = totpCode(enrolment.secret, world.clock.now());
    const enrolled = await browser.submit('submitFactorEnrolment', handle, { code: shown });
    expect(stepOf(enrolled)).toMatchObject({ __typename: 'NewPasswordStep' });
    expect(stepOf(await choose(handle))).toMatchObject({ __typename: 'Finished' });
    expect(await eventsOf('federation_link.removed', 'security_question.removed')).toHaveLength(2);
    expect(await world.services.users.findIn(tenant.id, user.id)).toMatchObject({ emailVerified: true });
    expect(await world.stores.credentials.acceptedAsSecond(tenant.id, user.id)).toEqual(['recovery-code', 'totp']);
    expect((await browser.session())!.amr).toEqual(['email', 'otp', 'mfa']);
    expect(await isPassword(NEW_PASSWORD)).toBe(true);
  });

  it('ends nothing of an account with a confirmed address, where a second factor is set up on the way', async () => {
    await verified();
    await world.link(tenant, user.id, await world.newProvider(tenant), 'own');
    const [handle, code] = await asked(browser, { factors: 2 });
    await submit(handle, code);
    const { enrolment } = stepOf(await browser.submit('beginFactorEnrolment', handle));
    await browser.submit('submitFactorEnrolment', handle, { code: totpCode(enrolment.secret, world.clock.now()) });
    expect(stepOf(await choose(handle))).toMatchObject({ __typename: 'Finished' });
    expect(await eventsOf('federation_link.removed')).toEqual([]);
  });

  it('is the first password of an account that had none', async () => {
    const bea = await world.newUser(tenant, { username: 'bea', email: 'bea@example.com' });
    const handle = await begun();
    await request(handle, 'bea');
    await submit(handle, await lastCode());
    expect(stepOf(await choose(handle))).toMatchObject({ __typename: 'Finished' });
    expect(await world.services.passwords.verify(tenant.id, bea.id, NEW_PASSWORD)).toBe(true);
  });

  it('stores and records no code', async () => {
    const [handle, code] = await asked();
    await submit(handle, wrongOf(code));
    const connection = world.db.orm.em.fork().getConnection();
    const rows = [
      await connection.execute('select payload, user_id from one_time_codes where tenant_id = ?', [tenant.id]),
      await connection.execute('select state from interactions where tenant_id = ?', [tenant.id]),
      (await world.events(tenant)).map(({ params, reason }) => [params, reason]),
    ];
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`(?<!\\d)${code}(?!\\d)`));
  });
});
