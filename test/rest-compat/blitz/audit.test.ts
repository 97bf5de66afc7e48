import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addressNumber } from '../../../rest-compat/blitz/audit-event.ts';
import type { EventDraft } from '../../../src/events/index.ts';
import { EVENT_TYPES, type EventName } from '../../../src/modules.ts';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { wrongValue } from '../../support/blitz-refusals.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0';

describe('Blitz 4: security events', () => {
  const blitz = blitzOfSuite();
  let system: string;
  let anna: User;
  beforeAll(async () => {
    system = await blitz.appToken('blitz_api_sys_uaud', 'blitz_api_sys_usec_chg');
  });
  beforeEach(async () => {
    anna = await blitz.world.newUser(blitz.tenant);
  });

  const { ask } = blitz;
  const path = (query = '', id = anna.id) => `/blitz/api/v3/users/${id}/audit${query}`;
  const audit = async (query = '', token = system) => {
    const answer = await ask('GET', path(query), { token });
    expect(answer.status).toBe(200);
    return answer.json;
  };
  const types = async (query = '') => (await audit(query)).map(({ type }: { type: string }) => type);
  const happen = (draft: EventDraft, origin: object = {}) => {
    const actor = {
      ...blitz.world.user(blitz.tenant, anna.id),
      clientId: 'portal',
      origin: { ...TEST_ORIGIN, api: 'rest', ...origin },
    };
    return blitz.world.services.events.append(actor, blitz.tenant, { subjectId: anna.id, ...draft });
  };

  it('sample: has only the documented members', async () => {
    const { occurredAt, sessionId, processId } = await happen({
      type: EVENT_TYPES['credential.added'],
      params: { type: 'totp', credentialId: 'x', ordinal: 1, label: 'My phone' },
    });
    const [event] = await audit('?rql=limit(1)');
    expect(event).toEqual({
      type: 'totp_attached',
      ts: occurredAt.getTime(),
      sbj: anna.id,
      obj: anna.id,
      ip: 3405803783,
      ua: 'Tests/1.0',
      cId: 'portal',
      cAthM: 'Bearer',
      lpId: 'portal',
      pid: processId,
      proc: 'api',
      sid: sessionId,
      prms: { totp_id: `SW_TOTP_1_${anna.id}` },
    });
  });

  it('gives the last 100 events, newest first, without a filter', async () => {
    for (let i = 0; i < 105; i++) await happen({ type: EVENT_TYPES['device.removed'], params: { deviceId: `d${i}` } });
    const events = await audit();
    expect(events).toHaveLength(100);
    expect(events.map(({ prms }: { prms: { id: string } }) => prms.id)).toEqual(
      Array.from({ length: 100 }, (_, i) => `d${104 - i}`),
    );
    expect(await audit('?rql=limit(500)')).toHaveLength(106);
    expect(await audit('?rql=limit(0)')).toEqual([]);
  });

  it('T26: filters by and(ge(ts,…),le(ts,…),limit(n)), raw and percent-encoded, in seconds and in milliseconds', async () => {
    const at: number[] = [];
    for (const type of ['sec_qsn_changed', 'sec_qsn_removed', 'sec_qsn_check_failed'] as const) {
      blitz.world.clock.advance(10.25);
      at.push(blitz.world.clock.now().getTime());
      const neutral = type.replace('sec_qsn_', 'security_question.') as EventName;
      await happen({ type: EVENT_TYPES[neutral] });
    }
    const second = (i: number) => Math.floor(at[i]! / 1000);
    const filter = `and(ge(ts,${second(1)}),le(ts,${second(2)}),limit(5))`;
    const newest = ['sec_qsn_check_failed', 'sec_qsn_removed'];
    expect(await types(`?rql=${filter}`)).toEqual(newest);
    expect(await types(`?rql=${encodeURIComponent(filter)}`)).toEqual(newest);
    expect(await types(`?rql=and(ge(ts,${at[1]}),le(ts,${at[2]! - 1}))`)).toEqual(['sec_qsn_removed']);
    expect(await types(`?rql=and(ge(ts,${at[1]! + 1}),limit(5))`)).toEqual(['sec_qsn_check_failed']);
    expect(await types(`?rql=ge(ts,number:${second(2)})`)).toEqual(['sec_qsn_check_failed']);
    expect(await types(`?rql=and(ge(ts,${second(0)}),limit(1))`)).toEqual(['sec_qsn_check_failed']);
    expect(await types(`?rql=and(and(ge(ts,0),ge(ts,${second(1)})),le(ts,${second(1)}))`)).toEqual(['sec_qsn_removed']);
    expect(await types(`?rql=ge(ts,${'9'.repeat(30)})`)).toEqual([]);
    expect(await types('?rql=le(ts,0)')).toEqual([]);
  });

  it('T26: ua=none drops the browser, ua=parsed splits it, otherwise it is a text', async () => {
    await happen({ type: EVENT_TYPES['user.state_changed'], params: {} }, { userAgent: FIREFOX });
    const ua = async (query: string) => (await audit(`?rql=limit(1)${query}`))[0].ua;
    expect(await ua('')).toBe(FIREFOX);
    expect(await ua('&ua=none')).toBeUndefined();
    expect(await ua('&ua=parsed')).toEqual({
      browser: { name: 'Firefox', version: '128.0' },
      os: { name: 'Windows', version: '10' },
    });
    await happen({ type: EVENT_TYPES['user.state_changed'], params: {} }, { userAgent: null });
    expect([await ua(''), await ua('&ua=parsed')]).toEqual([undefined, undefined]);
    await happen({ type: EVENT_TYPES['user.state_changed'], params: {} }, { userAgent: 'curl/8.5.0' });
    expect(await ua('&ua=parsed')).toMatchObject({ os: {} });
  });

  it.each([
    ['?rql=', 'rql'],
    ['?rql=nonsense', 'rql'],
    ['?rql=and(ge(ts,1)', 'rql'],
    ['?rql=or(ge(ts,1),le(ts,2))', 'rql'],
    ['?rql=not(ge(ts,1))', 'rql'],
    ['?rql=eq(ts,1)', 'rql'],
    ['?rql=ge(type,login)', 'rql'],
    ['?rql=ge(ts,yesterday)', 'rql'],
    ['?rql=ge(ts,-1)', 'rql'],
    ['?rql=ge(ts,1.5)', 'rql'],
    ['?rql=ge(ts,1,2)', 'rql'],
    ['?rql=limit(-1)', 'rql'],
    ['?rql=and(limit(1),limit(2))', 'rql'],
    [`?rql=${'and('.repeat(300)}`, 'rql'],
    [`?rql=${'x'.repeat(5000)}`, 'rql'],
    ['?rql=limit(1)&rql=limit(2)', 'rql'],
    ['?ua=some', 'ua'],
    ['?ua=', 'ua'],
  ])('answers 400 for %s', async (query, pos) => {
    const answer = await ask('GET', path(query), { token: system });
    expect([answer.status, answer.json]).toEqual([400, wrongValue(pos)]);
  });

  it('T8, T10: shows the first address and the User-Agent of the request in user mode', async () => {
    const boris = await blitz.account();
    const token = await blitz.userToken(boris, 'blitz_api_usec_chg', 'blitz_api_uaud');
    const headers = { ...END_USER, 'x-forwarded-for': '203.0.113.9, 10.0.0.1' };
    const auth = `/blitz/api/v3/users/${boris.id}/auth`;
    expect((await ask('POST', auth, { token, headers, body: { needPasswordChange: true } })).status).toBe(200);
    const answer = await ask('GET', path('?rql=limit(1)', boris.id), { token });
    expect(answer.json).toEqual([
      expect.objectContaining({
        type: 'password_change_required',
        sbj: boris.id,
        obj: boris.id,
        ip: addressNumber('203.0.113.9'),
        ua: END_USER['user-agent'],
        cId: 'portal',
        cAthM: 'Bearer',
        proc: 'api',
        prms: { value: 'true' },
      }),
    ]);
  });

  it('T11: system mode needs no such headers; the event has the address and User-Agent of the application', async () => {
    const auth = `/blitz/api/v3/users/${anna.id}/auth`;
    const headers = { 'user-agent': 'backend/1', 'x-forwarded-for': '203.0.113.9' };
    expect((await ask('POST', auth, { token: system, headers, body: { methodsLocked: ['password'] } })).status).toBe(
      200,
    );
    const [event] = await audit('?rql=limit(1)');
    expect(event).toMatchObject({
      type: 'methods_locked_changed',
      sbj: 'portal',
      obj: anna.id,
      ip: addressNumber('127.0.0.1'),
      ua: 'backend/1',
      prms: { value: 'password' },
    });
    expect(event).not.toHaveProperty('lpId');
  });

  it('shows a sign-in as login, and one that failed as login_failed', async () => {
    await blitz.world.givePassword(blitz.tenant, anna.id);
    await blitz.userToken(anna, 'openid');
    const form = new URLSearchParams({ grant_type: 'password', username: anna.username, password: 'wrong' });
    const headers = { authorization: blitz.basic, 'content-type': 'application/x-www-form-urlencoded' };
    await ask('POST', '/t/master/oauth/token', { headers, body: form.toString() });
    const used = { used_login: anna.username, auth_methods: 'password', id_store: 'internal' };
    const [failed, done] = await audit('?rql=limit(2)');
    const by = { proc: 'login', obj: anna.id, cId: 'portal', cAthM: 'Basic', lpId: 'portal' };
    expect(failed).toMatchObject({ type: 'login_failed', ...by, prms: { ...used, authnDone: 'false' } });
    expect(failed).not.toHaveProperty('sbj');
    expect(done).toMatchObject({ type: 'login', sbj: anna.id, ...by, prms: { ...used, authnDone: 'true' } });
  });

  it.each<[EventName, Record<string, unknown>, string, Record<string, string>]>([
    ['linked_app.removed', { id: 'dyn~shop~1' }, 'app_unlinked', { id: 'dyn~shop~1' }],
    [
      'credential.removed',
      { type: 'security-key', credentialId: 'k1' },
      'security_key_detached',
      { id: 'k1', kind: 'security-key' },
    ],
    [
      'federation_link.added',
      { provider_type: 'vk', provider_name: 'vk_1', external_id: '7' },
      'ext_account_bound',
      { fp_type: 'vk', fp_name: 'vk_1', sid: '7' },
    ],
    [
      'user.state_changed',
      { value: 'untouchable', until: '2026-12-01T00:00:00.000Z' },
      'state_changed',
      { name: 'untouchable', till: '1796083200' },
    ],
    [
      'right.granted',
      {
        subjectKind: 'application',
        subject: 'portal',
        objectKind: 'group',
        object: '114',
        objectProfile: 'orgs',
        right: 'ADMIN',
      },
      'right_granted',
      { subject: 'its|portal', object: 'grps|114|orgs', rights: 'ADMIN' },
    ],
    ['qr_sign_in.confirmed', { appId: 'portal', ip: '::1' }, 'qr_login_confirmed', { app_id: 'portal', ip: '::1' }],
    ['user.email_changed', { from: 'a@b.example', to: 'c@d.example' }, 'user_attrs_changed', { attrs: 'email' }],
    ['auth_mode.required_factor_changed', { value: null }, 'required_factor_changed', { value: 'null' }],
  ])('tells %s with its details, all of them texts', async (type, params, name, prms) => {
    await happen({ type: EVENT_TYPES[type], params });
    expect((await audit('?rql=limit(1)'))[0]).toMatchObject({ type: name, prms });
  });

  it('shows no events for which the dialect has no name', async () => {
    const before = await types();
    await happen({ type: EVENT_TYPES['token.issued'] });
    await happen({ type: EVENT_TYPES['federation_token.read'] });
    expect(await types()).toEqual(before);
    expect(before).toEqual(['user_registered']);
  });

  it('answers as many events as the limit says if there are so many, because none of those read is left out', async () => {
    for (const type of ['password', 'recovery-code', 'image-proof'])
      await happen({ type: EVENT_TYPES['credential.added'], params: { type, credentialId: 'x', ordinal: 1 } });
    expect(await audit('?rql=limit(3)')).toMatchObject(
      ['image-proof', 'recovery-code', 'password'].map((kind) => ({
        type: 'credential_attached',
        prms: { id: 'x', kind },
      })),
    );
  });

  it('writes IPv6 as text, and leaves out unknown members', async () => {
    await happen(
      { type: EVENT_TYPES['user.updated'], params: { changed: ['familyName', 'attributes.badge'] } },
      { ip: '2001:db8::1' },
    );
    expect((await audit('?rql=limit(1)'))[0]).toMatchObject({
      ip: '2001:db8::1',
      prms: { attrs: 'family_name,badge' },
    });
    const origin = { ...TEST_ORIGIN, ip: null, peerIp: null, userAgent: null, processId: null };
    const nobody = { kind: 'anonymous', userId: null, clientId: null, clientAuth: null, sessionId: null, origin };
    const draft = { type: EVENT_TYPES['security_question.check_failed'], subjectId: anna.id };
    const { occurredAt } = await blitz.world.services.events.append(nobody as never, blitz.tenant, draft);
    expect((await audit('?rql=limit(1)'))[0]).toEqual({
      type: 'sec_qsn_check_failed',
      ts: occurredAt.getTime(),
      obj: anna.id,
      proc: 'api',
      prms: {},
    });
  });

  it("T13: shows only the user's own account in user mode, and nothing without the scope", async () => {
    const boris = await blitz.account();
    const token = await blitz.userToken(boris, 'blitz_api_uaud');
    expect((await ask('GET', path('', boris.id), { token })).status).toBe(200);
    const foreign = await ask('GET', path(), { token });
    expect([foreign.status, foreign.json.error]).toEqual([403, 'access_denied']);
    const poor = await ask('GET', path('', boris.id), { token: await blitz.userToken(boris, 'openid') });
    expect([poor.status, poor.json.error]).toEqual([403, 'insufficient_scope']);
    const mistaken = await blitz.userToken(boris, 'blitz_api_sys_uaud');
    expect((await ask('GET', path('', boris.id), { token: mistaken })).status).toBe(403);
    expect((await ask('GET', path())).status).toBe(401);
  });

  it('answers no_subject_found for an account that does not exist, or no longer', async () => {
    const gone = await blitz.world.newUser(blitz.tenant);
    await blitz.world.services.users.delete(blitz.world.system(blitz.tenant), gone.id);
    for (const id of ['nobody', gone.id, '%00', 'x'.repeat(200)]) {
      const answer = await ask('GET', path('', id), { token: system });
      expect([answer.status, answer.json.error]).toEqual([404, 'no_subject_found']);
    }
  });

  it('finds no event of the account with the same id in another tenant', async () => {
    const other = await blitz.world.tenant();
    const twin = await blitz.world.newUser(other, { id: anna.id });
    expect(twin.id).toBe(anna.id);
    expect(await types()).toEqual(['user_registered']);
  });
});
