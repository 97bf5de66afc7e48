import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { processError, wrongValue } from '../../support/blitz-refusals.ts';

const OLD = 'three-wombats-at-dawn';
const NEW = 'New_pass_2';
const DEVICE = 'SHA256_7m4x';

const blitz = blitzOfSuite();
let system: string;
let anna: User;
let token: string;
beforeAll(async () => {
  const { world, tenant } = blitz;
  await world.services.tenants.updateSettings(world.system(tenant), {
    passwordMinLength: 8,
    passwordMinLengthWithFactor: 8,
  });
  system = await blitz.appToken('blitz_api_sys_usec_chg', 'blitz_api_sys_uapps');
});
beforeEach(async () => {
  anna = await blitz.account({ attributes: { mobile: '+7 916 123-45-67', note: 'hello' } });
  token = await blitz.userToken(anna, 'blitz_api_usec_chg', 'blitz_change_password');
});

const opens = (password: string, user = anna) =>
  blitz.world.services.passwords.verify(blitz.tenant.id, user.id, password);
const isActive = async (one: string) => (await blitz.introspect(one)).active;
const devices = async () =>
  (await blitz.rest.ask('GET', `/blitz/api/v3/users/${anna.id}/uas`, { token: system })).json as { id: string }[];
const seen = (deviceId: string) =>
  blitz.world.services.devices.seen(blitz.world.system(blitz.tenant), { userId: anna.id, deviceId });
/** Assigns the session of a user's token to a device, as a sign-in in a browser does. */
const putOnDevice = async (user: User, deviceId: string) =>
  blitz.world.db.orm.em
    .fork()
    .getConnection()
    .execute('update sessions set device_id = ? where user_id = ?', [deviceId, user.id]);

describe('Blitz 2.11: password', () => {
  const path = (user: Pick<User, 'id'> = anna) => `/blitz/api/v3/users/${user.id}/pswd`;
  const asUser = (body: unknown, headers: Record<string, string> = {}) =>
    blitz.rest.ask('POST', path(), { body, token, headers: { ...END_USER, ...headers } });
  const asApp = (body: unknown, headers: Record<string, string> = {}) =>
    blitz.rest.ask('POST', path(), { body, token: system, headers });

  it('T20: user mode requires the current password', async () => {
    const missing = await asUser({ password: NEW });
    expect([missing.status, missing.json]).toEqual([400, wrongValue('current')]);
    const wrong = await asUser({ current: 'wrong', password: NEW });
    expect([wrong.status, wrong.json]).toEqual([400, processError('wrong_password')]);
    expect(await opens(OLD)).toBe(true);
    const right = await asUser({ current: OLD, password: NEW, resetSessions: true });
    expect([right.status, right.text]).toEqual([204, '']);
    expect(await opens(NEW)).toBe(true);
  });

  it('T20: system mode does not', async () => {
    const answer = await asApp({ password: NEW });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await opens(NEW)).toBe(true);
  });

  it('T21: the default empties /uas and ends old tokens; resetSessions false keeps them', async () => {
    await seen(DEVICE);
    expect((await asUser({ current: OLD, password: NEW, resetSessions: false })).status).toBe(204);
    expect((await devices()).map(({ id }) => id)).toEqual([DEVICE]);
    expect(await isActive(token)).toBe(true);
    expect((await asApp({ password: OLD })).status).toBe(204);
    expect(await devices()).toEqual([]);
    expect(await isActive(token)).toBe(false);
  });

  it('T22: IB-CI-UA-ID keeps the named device and its session', async () => {
    await seen(DEVICE);
    await seen('SHA256_other');
    await putOnDevice(anna, DEVICE);
    const other = await blitz.userToken(anna, 'blitz_api_usec');
    const answer = await asUser({ current: OLD, password: NEW }, { 'ib-ci-ua-id': DEVICE });
    expect(answer.status).toBe(204);
    expect((await devices()).map(({ id }) => id)).toEqual([DEVICE]);
    expect([await isActive(token), await isActive(other)]).toEqual([true, false]);
  });

  it('an unknown device keeps nothing', async () => {
    await seen(DEVICE);
    expect((await asApp({ password: NEW }, { 'ib-ci-ua-id': `SHA256_${'x'.repeat(500)}` })).status).toBe(204);
    expect(await devices()).toEqual([]);
    expect(await isActive(token)).toBe(false);
  });

  it('a generated password is answered only in this response', async () => {
    const answer = await asApp({});
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json).toEqual({ password: expect.stringMatching(/^[2-9b-z]{27}$/) });
    expect(await opens(answer.json.password)).toBe(true);
    const [event] = (await blitz.world.events(blitz.tenant)).filter(({ subject_id: id }) => id === anna.id).slice(-1);
    expect(JSON.stringify(event)).not.toContain(answer.json.password);
  });

  it('sendPswdToAttr sends it to the phone instead, in the requested language', async () => {
    const answer = await asApp({ sendPswdToAttr: 'mobile' }, { 'accept-language': 'ru-RU, en;q=0.5' });
    expect([answer.status, answer.text]).toEqual([204, '']);
    const { texts } = await blitz.world.outbox();
    const { to, text } = texts.at(-1)!;
    expect([to, text]).toEqual(['+7 916 123-45-67', expect.stringMatching(/^Ваш новый пароль: \S{27}$/)]);
    expect(await opens(text.slice(-27))).toBe(true);
  });

  it('sendPswdToAttr sends a given one, too', async () => {
    expect((await asApp({ password: NEW, sendPswdToAttr: 'mobile' })).status).toBe(204);
    expect((await blitz.world.outbox()).texts.at(-1)!.text).toBe(`Your new password: ${NEW}`);
  });

  it.each(['unknown', 'note', 'phone_number', '__proto__', '', 'a\u0000'])(
    'an attribute without a phone number is refused and changes nothing: %j',
    async (sendPswdToAttr) => {
      const answer = await asApp({ sendPswdToAttr });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('sendPswdToAttr')]);
      expect(await opens(OLD)).toBe(true);
    },
  );

  it.each([
    ['short', 'Ab1'],
    ['common', 'password1'],
    ['too long', 'ж'.repeat(600)],
    ['empty', ''],
  ])('a password that is %s breaks the policy', async (_, password) => {
    const answer = await asApp({ password });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ type: 'input_error', error: 'wrong_values' });
    for (const item of answer.json.errors) expect(item).toMatchObject({ error: 'password_policy', pos: 'password' });
    expect(await opens(OLD)).toBe(true);
  });

  it.each([
    [{ password: 1 }, 'password'],
    [{ password: null }, 'password'],
    [{ password: 'a\u0000bcdefgh' }, 'password'],
    [{ password: NEW, resetSessions: 'no' }, 'resetSessions'],
    [{ password: NEW, current: [] }, 'current'],
    [{ password: NEW, sendPswdToAttr: {} }, 'sendPswdToAttr'],
  ])('values of another shape are refused: %j', async (body, pos) => {
    const answer = await asApp(body);
    expect([answer.status, answer.json]).toEqual([400, wrongValue(pos)]);
  });

  it('clears needPasswordChange and informs the owner by mail', async () => {
    const { world, tenant } = blitz;
    const bert = await blitz.account({ email: 'bert@example.com', emailVerified: true });
    await world.services.authModes.update(world.system(tenant), bert.id, { needPasswordChange: true });
    const headers = { 'accept-language': 'ru' };
    expect((await blitz.rest.ask('POST', path(bert), { body: { password: NEW }, token: system, headers })).status).toBe(
      204,
    );
    expect((await world.services.authModes.get(world.system(tenant), bert.id)).needPasswordChange).toBe(false);
    const { mails } = await world.outbox();
    expect(mails.at(-1)).toMatchObject({ to: 'bert@example.com', subject: 'Пароль изменён', locale: 'ru' });
    expect(JSON.stringify(mails.at(-1))).not.toContain(NEW);
  });

  it('T27: accepts the instanceId', async () => {
    const id = Buffer.from(`usr:${anna.id}`).toString('base64url');
    expect((await blitz.rest.ask('POST', path({ id }), { body: { password: NEW }, token: system })).status).toBe(204);
  });

  it('T13: is refused on another account and without the scope; an unknown account is 404', async () => {
    const bert = await blitz.account();
    const other = await blitz.rest.ask('POST', path(bert), {
      body: { current: OLD, password: NEW },
      token,
      headers: END_USER,
    });
    expect([other.status, other.json.error]).toEqual([403, 'access_denied']);
    const reader = await blitz.userToken(anna, 'blitz_api_usec');
    const scope = await blitz.rest.ask('POST', path(), { body: { password: NEW }, token: reader, headers: END_USER });
    expect([scope.status, scope.json.error]).toEqual([403, 'insufficient_scope']);
    const nobody = await blitz.rest.ask('POST', path({ id: 'nobody' }), { body: { password: NEW }, token: system });
    expect([nobody.status, nobody.json]).toMatchObject([404, { type: 'process_error', error: 'no_subject_found' }]);
  });

  it('T8: records one event of the user, with address and browser', async () => {
    await asUser({ current: OLD, password: NEW, resetSessions: false });
    const events = (await blitz.world.events(blitz.tenant)).filter(({ subject_id: id }) => id === anna.id);
    expect(events.at(-1)).toMatchObject({
      type: 'password.changed',
      ip: '200.200.100.100',
      user_agent: END_USER['user-agent'],
    });
  });

  it('shows in the audit whether sessions were reset', async () => {
    const reader = await blitz.appToken('blitz_api_sys_uaud');
    const last = async () => {
      const audit = `/blitz/api/v3/users/${anna.id}/audit`;
      const events = (await blitz.rest.ask('GET', audit, { token: reader })).json as { type: string; prms: object }[];
      return events.find(({ type }) => type === 'password_changed')?.prms;
    };
    expect((await asUser({ current: OLD, password: NEW, resetSessions: false })).status).toBe(204);
    expect(await last()).toEqual({ reset_sessions: 'false' });
    expect((await asApp({ password: OLD })).status).toBe(204);
    expect(await last()).toEqual({ reset_sessions: 'true' });
  });
});

describe('Blitz 2.11: password of a dependent account', () => {
  let child: User;
  beforeEach(async () => {
    child = await blitz.account();
  });
  const change = (user: Pick<User, 'id'>, body: unknown, with_ = token) =>
    blitz.rest.ask('POST', `/blitz/api/v2/users/${user.id}/password`, { body, token: with_, headers: END_USER });
  const mayChange = (name = 'change_password') =>
    blitz.world.services.rights.grant(blitz.world.system(blitz.tenant), [
      { subject: { kind: 'user', id: anna.id }, object: { kind: 'user', id: child.id }, names: [name] },
    ]);

  it('is changed by a holder of the right, and its sessions end', async () => {
    const childs = await blitz.userToken(child, 'blitz_api_usec');
    await mayChange();
    const answer = await change(child, { password: 'Child_pass_3' });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await opens('Child_pass_3', child)).toBe(true);
    expect([await isActive(childs), await isActive(token)]).toEqual([false, true]);
  });

  it('keeps its sessions if resetSessions is false', async () => {
    const childs = await blitz.userToken(child, 'blitz_api_usec');
    await mayChange();
    expect((await change(child, { password: 'Child_pass_3', resetSessions: false })).status).toBe(204);
    expect(await isActive(childs)).toBe(true);
  });

  it('is refused without the right, whether or not the account exists', async () => {
    await mayChange('some_other_right');
    for (const user of [child, { id: 'nobody' }]) {
      const answer = await change(user, { password: 'Child_pass_3' });
      expect([answer.status, answer.json]).toMatchObject([403, { error: 'access_denied' }]);
    }
    expect(await opens(OLD, child)).toBe(true);
  });

  it("may be the user's own account, with the current password", async () => {
    const missing = await change(anna, { password: NEW });
    expect([missing.status, missing.json]).toEqual([400, wrongValue('current')]);
    const wrong = await change(anna, { password: NEW, current: 'wrong' });
    expect([wrong.status, wrong.json.error]).toEqual([400, 'wrong_password']);
    expect((await change(anna, { password: NEW, current: OLD })).status).toBe(204);
    expect(await opens(NEW)).toBe(true);
  });

  it('follows the policy, and the password is required', async () => {
    await mayChange();
    expect((await change(child, { password: 'short' })).json).toEqual(wrongValue('password', 'password_policy'));
    expect((await change(child, {})).json).toEqual(wrongValue('password'));
  });

  it('is only for users with the scope', async () => {
    await mayChange();
    const other = await blitz.userToken(anna, 'blitz_api_usec_chg');
    expect((await change(child, { password: NEW }, other)).status).toBe(403);
    expect((await change(child, { password: NEW }, system)).status).toBe(403);
  });
});
