import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { blitzOfSuite } from '../../support/blitz.ts';
import { processError, wrongValue } from '../../support/blitz-refusals.ts';

const PATHS = ['/blitz/api/v3/users', '/blitz/reg/api/v3/users'] as const;

describe('Blitz 2.2: registration', () => {
  const blitz = blitzOfSuite();
  let token: string;
  let count = 0;
  let email: string;
  beforeAll(async () => {
    // The manual's samples use short passwords.
    await blitz.world.services.tenants.updateSettings(blitz.world.system(blitz.tenant), { passwordMinLength: 8 });
    token = await blitz.appToken('blitz_api_sys_users_reg');
  });
  beforeEach(() => {
    count++;
    email = `p.orlov.${count}@example.com`;
  });

  const register = (body: unknown, { path = PATHS[1] as string, headers = {}, with: caller = token } = {}) =>
    blitz.rest.ask('PUT', path, { body, token: caller, headers });
  const proceed = (context: string, body: unknown, caller = token) =>
    blitz.rest.ask('POST', `/blitz/reg/api/v3/users/${context}`, { body, token: caller });
  const read = async (subject: string) =>
    (
      await blitz.rest.ask('GET', `/blitz/api/v3/users/${subject}`, {
        token: await blitz.appToken('blitz_api_sys_users'),
      })
    ).json;
  const attrs = (over: object = {}) => ({
    family_name: 'Orlov',
    given_name: 'Pavel',
    email: { value: email, verified: true },
    phone_number: { value: '79990001122', verified: true },
    ...over,
  });
  /** Codes sent to an address or a phone, oldest first. */
  const codesFor = async (to: string) => {
    const { mails, texts } = await blitz.world.outbox();
    return [...mails, ...texts].filter((one) => one.to === to).map(({ text }) => /\d{6}/.exec(text)![0]);
  };
  const other = (code: string) => (code === '000000' ? '111111' : '000000');

  it.each(PATHS)('T28: sample on %s: makes an account that is complete, readable and signed in', async (path) => {
    const app = await blitz.world.newAppInstance(blitz.tenant);
    const answer = await register(
      {
        user: { attrs: attrs(), credentials: { password: 'Gate_4711x' } },
        actions: [{ type: 'bindDynClient', client_id: app.clientId }],
      },
      { path },
    );
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        instanceId: Buffer.from(`usr:${answer.json.subject}`).toString('base64url'),
        subject: expect.stringMatching(/^[0-9a-f-]{36}$/),
        context: expect.any(String),
        cookies: [{ name: 'css', value: expect.any(String) }],
        instructions: [],
      },
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    const { subject, instanceId, cookies, context } = answer.json;
    const shown = { sub: subject, locked: false, ...attrs(), meta: { instanceId, unmodifiable: ['sub'] } };
    expect([await read(subject), await read(instanceId)]).toEqual([shown, shown]);
    const { services } = blitz.world;
    expect((await services.sessions.findByCookie(blitz.tenant, cookies[0].value))?.userId).toBe(subject);
    expect(await services.passwords.verify(blitz.tenant.id, subject, 'Gate_4711x')).toBe(true);
    expect((await services.clientDirectory.byClientId(blitz.tenant.id, app.clientId))?.client.ownerUserId).toBe(
      subject,
    );
    expect((await proceed(context, { instruction: 'confirm_email', value: '1' })).status).toBe(404);
  });

  it('uses the given subject id, and accepts actions inside the user too', async () => {
    const app = await blitz.world.newAppInstance(blitz.tenant);
    const subject = `BIP-7QK2M1A-${count}`;
    const answer = await register({
      user: { attrs: { sub: subject }, actions: [{ type: 'bindDynClient', client_id: app.clientId }] },
    });
    expect([answer.status, answer.json.subject]).toEqual([200, subject]);
    expect(await read(subject)).toMatchObject({ sub: subject });
    const events = (await blitz.world.events(blitz.tenant)).filter(({ subject_id }) => subject_id === subject);
    expect(events.map(({ type, client_id }) => [type, client_id])).toEqual([
      ['user.created', 'portal'],
      ['linked_app.bound', app.clientId],
      ['session.started', 'portal'],
    ]);
  });

  it('uses the given login', async () => {
    const answer = await register({ user: { attrs: { login: `pavel-${count}`, email: { value: email } } } });
    expect((await read(answer.json.subject)).login).toBe(`pavel-${count}`);
  });

  it('requires the codes that it sends to unverified contacts, one after the other', async () => {
    const phone = `7999${1_000_000 + count}`;
    const answer = await register(
      { user: { attrs: attrs({ email: { value: email }, phone_number: { value: phone, verified: false } }) } },
      { headers: { 'accept-language': 'ru-RU,ru;q=0.9,en;q=0.5' } },
    );
    expect([answer.status, answer.json.instructions]).toEqual([200, ['confirm_email', 'confirm_phone']]);
    const { subject, context, cookies } = answer.json;
    expect(cookies).toHaveLength(1);
    const mail = (await blitz.world.outbox()).mails.find(({ to }) => to === email)!;
    expect([mail.locale, mail.subject]).toEqual(['ru', 'Подтвердите адрес электронной почты']);

    const [mailed] = await codesFor(email);
    const wrong = await proceed(context, { instruction: 'confirm_email', value: other(mailed!) });
    expect([wrong.status, wrong.json]).toEqual([400, processError('wrong_otp_code')]);
    const first = await proceed(context, { instruction: 'confirm_email', value: mailed });
    expect([first.status, first.json]).toEqual([200, { ...answer.json, cookies: [], instructions: ['confirm_phone'] }]);
    const again = await proceed(context, { instruction: 'confirm_email', value: mailed });
    expect([again.status, again.json]).toEqual([400, wrongValue('instruction')]);
    const [texted] = await codesFor(phone);
    const second = await proceed(context, { instruction: 'confirm_phone', value: texted });
    expect([second.status, second.json.instructions]).toEqual([200, []]);
    expect(await read(subject)).toMatchObject({
      email: { value: email, verified: true },
      phone_number: { value: phone, verified: true },
    });
    expect((await proceed(context, { instruction: 'confirm_phone', value: texted })).status).toBe(404);
  });

  it('writes mails in English if the language is not supported', async () => {
    for (const headers of [{}, { 'accept-language': 'en' }, { 'accept-language': 'xx;q=nonsense,,' }]) {
      email = `lang.${count++}@example.com`;
      await register({ user: { attrs: { email: { value: email } } } }, { headers });
      const mail = (await blitz.world.outbox()).mails.find(({ to }) => to === email)!;
      expect(mail.locale).toBe('en');
    }
  });

  it('names the attribute that a validator refused', async () => {
    for (const [over, error, pos] of [
      [{ email: { value: 'no address' } }, 'wrong_format', 'email'],
      [{ email: { verified: true } }, 'wrong_value', 'email'],
      [{ phone_number: { value: 'call me' } }, 'wrong_format', 'phone_number'],
      [{ sub: 'a b' }, 'wrong_format', 'sub'],
      [{ sub: 'current' }, 'wrong_format', 'sub'],
      [{ sub: 5 }, 'wrong_value', 'sub'],
      [{ meta: {} }, 'unmodifiable', 'meta'],
      [{ locked: false }, 'unmodifiable', 'locked'],
      [{ login: 'a/b' }, 'wrong_format', 'login'],
      [{ OGRN: 'a\u0000b' }, 'wrong_format', 'OGRN'],
    ] as const) {
      const answer = await register({ user: { attrs: attrs(over) } });
      expect([answer.status, answer.json]).toEqual([400, wrongValue(pos, error)]);
    }
  });

  it('refuses identifiers of another account', async () => {
    const subject = `taken-${count}`;
    await register({ user: { attrs: { sub: subject, login: `login-${count}`, email: { value: email } } } });
    for (const [over, pos] of [
      [{ sub: subject }, 'sub'],
      [{ login: `LOGIN-${count}` }, 'login'],
      [{ email: { value: email.toUpperCase() } }, 'email'],
    ] as const) {
      const answer = await register({ user: { attrs: over } });
      expect([answer.status, answer.json]).toEqual([400, wrongValue(pos, 'already_exists')]);
    }
  });

  it('refuses a password that breaks the policy, and makes no account', async () => {
    const sub = `no-account-${count}`;
    for (const password of ['short', 'Pavel_Orlov_1', 'x'.repeat(2000)]) {
      const answer = await register({ user: { attrs: attrs({ sub }), credentials: { password } } });
      expect(answer.status).toBe(400);
      for (const item of answer.json.errors) expect([item.error, item.pos]).toEqual(['password_policy', 'password']);
    }
    expect((await read(sub)).error).toBe('no_subject_found');
  });

  it('refuses app instances that are not free, and makes no account', async () => {
    const sub = `no-app-${count}`;
    const app = await blitz.world.newAppInstance(blitz.tenant);
    const bind = (client_id: string, over = {}) =>
      register({ user: { attrs: { sub, ...over } }, actions: [{ type: 'bindDynClient', client_id }] });
    expect((await bind(app.clientId, { sub: `owner-${count}` })).status).toBe(200);
    for (const clientId of [app.clientId, 'portal', 'dyn~shop~nobody', 'a\u0000b', '']) {
      const answer = await bind(clientId);
      expect([answer.status, answer.json]).toEqual([400, wrongValue('client_id')]);
    }
    expect((await read(sub)).error).toBe('no_subject_found');
  });

  it('names members that are missing or of another shape', async () => {
    for (const [body, pos] of [
      [{}, 'user'],
      [{ user: {} }, 'user.attrs'],
      [{ user: { attrs: [] } }, 'user.attrs'],
      [{ user: { attrs: {}, credentials: { password: 5 } } }, 'password'],
      [{ user: { attrs: {} }, actions: [{ type: 'else', client_id: 'x' }] }, 'type'],
      [{ user: { attrs: {} }, actions: [{ type: 'bindDynClient' }] }, 'client_id'],
      [{ user: { attrs: {} }, actions: {} }, 'actions'],
    ] as const) {
      const answer = await register(body);
      expect([answer.status, answer.json]).toEqual([400, wrongValue(pos)]);
    }
    const answer = await register('{', { headers: { 'content-type': 'application/json' } });
    expect([answer.status, answer.json]).toEqual([400, wrongValue('', 'wrong_json')]);
  });

  it('requires an application with the scope of registration', async () => {
    const user = await blitz.account();
    for (const caller of [
      await blitz.appToken('blitz_api_sys_users_chg'),
      await blitz.userToken(user, 'blitz_api_user_chg'),
    ]) {
      for (const answer of [
        await register({ user: { attrs: {} } }, { with: caller }),
        await proceed('x', { instruction: 'confirm_email', value: '1' }, caller),
      ])
        expect([answer.status, answer.json.error]).toEqual([403, 'insufficient_scope']);
    }
    expect((await register({ user: { attrs: {} } }, { with: 'nonsense' })).status).toBe(401);
  });

  describe('continuation', () => {
    let context: string;
    let code: string;
    beforeEach(async () => {
      const answer = await register({ user: { attrs: attrs({ email: { value: email } }) } });
      context = answer.json.context;
      [code] = (await codesFor(email)) as [string];
    });

    it('ends after five wrong codes', async () => {
      for (let i = 0; i < 5; i++)
        expect((await proceed(context, { instruction: 'confirm_email', value: other(code) })).status).toBe(400);
      const late = await proceed(context, { instruction: 'confirm_email', value: code });
      expect([late.status, late.json.error]).toEqual([404, 'not_found']);
    });

    it('is not found for an invalid context', async () => {
      for (const wrong of ['x', `${context}x`, context.split('').reverse().join(''), 'y'.repeat(300), '%00']) {
        const answer = await proceed(wrong, { instruction: 'confirm_email', value: code });
        expect([answer.status, answer.json.error]).toEqual([404, 'not_found']);
      }
    });

    it('names members that are missing or of another shape', async () => {
      for (const [body, pos] of [
        [{ value: code }, 'instruction'],
        [{ instruction: 'else', value: code }, 'instruction'],
        [{ instruction: 'confirm_phone', value: code }, 'instruction'],
        [{ instruction: 'constructor', value: code }, 'instruction'],
        [{ instruction: 'confirm_email' }, 'value'],
        [{ instruction: 'confirm_email', value: 123_456 }, 'value'],
      ] as const) {
        const answer = await proceed(context, body);
        expect([answer.status, answer.json]).toEqual([400, wrongValue(pos)]);
      }
    });
  });
});
