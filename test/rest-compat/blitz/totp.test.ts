import { describe, expect, it } from 'vitest';
import { eventName } from '../../../rest-compat/blitz/events.ts';
import { blitzOfSuite, callersOfSuite, END_USER } from '../../support/blitz.ts';
import { NO_SUBJECT, NOT_FOUND, wrongValue } from '../../support/blitz-refusals.ts';
import { totpCode, wrongTotpCode } from '../../support/totp.ts';

/** The secret of the manual's sample. */
const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

describe('Blitz 2.8: code apps', () => {
  const blitz = blitzOfSuite();
  const who = callersOfSuite(blitz);

  const totps = (id = who.anna.id) => `/blitz/api/v3/users/${id}/totps`;
  const asAnna = () => ({ token: who.annasToken, headers: END_USER });
  const asSystem = () => ({ token: who.system });
  type As = ReturnType<typeof asAnna> | ReturnType<typeof asSystem>;
  const list = (as: As = asSystem()) => blitz.rest.ask('GET', totps(), as);
  const codeOf = (secret = SECRET) => totpCode(secret, blitz.world.clock.now());
  const attach = (over: object = {}, as: As = asAnna()) =>
    blitz.rest.ask('POST', `${totps()}/attach/qr`, {
      ...as,
      body: { base32Secret: SECRET, otpCode: codeOf(), name: 'My phone', ...over },
    });
  const idOf = (ordinal: number, id = who.anna.id) => `SW_TOTP_${ordinal}_${id}`;
  const detach = (id: string, as: As = asAnna()) => blitz.rest.ask('DELETE', `${totps()}/${id}`, as);
  const WRONG_CODE = { type: 'process_error', error: 'wrong_otp_code', desc: 'otp code not match' };

  it('lists none as an empty array', async () => {
    const answer = await list();
    expect([answer.status, answer.json]).toEqual([200, []]);
  });

  it('stage 1 shows a new secret and its QR image, and attaches nothing', async () => {
    for (const as of [asAnna(), asSystem()]) {
      const { status, json, headers } = await blitz.rest.ask('GET', `${totps()}/attach/qr`, as);
      expect([status, Object.keys(json).sort()]).toEqual([200, ['base32Secret', 'base64QRCode']]);
      expect(json.base32Secret).toMatch(/^[A-Z2-7]{32}$/);
      expect(Buffer.from(json.base64QRCode, 'base64').subarray(1, 4).toString()).toBe('PNG');
      expect(headers['cache-control']).toBe('no-store');
      const again = await blitz.rest.ask('GET', `${totps()}/attach/qr`, as);
      expect(again.json.base32Secret).not.toBe(json.base32Secret);
    }
    expect((await list()).json).toEqual([]);
  });

  it('sample: stage 2 attaches with the secret of stage 1, or any other, and the list shows it', async () => {
    const stage1 = await blitz.rest.ask('GET', `${totps()}/attach/qr`, asAnna());
    const { base32Secret } = stage1.json;
    const answer = await attach({ base32Secret, otpCode: codeOf(base32Secret) });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await attach({ name: undefined }, asSystem())).status).toBe(204);
    expect((await list(asAnna())).text).toBe(
      JSON.stringify([
        { id: idOf(1), len: 6, name: 'My phone' },
        { id: idOf(2), len: 6, name: '' },
      ]),
    );
  });

  it('T32: a wrong code is 400 wrong_otp_code and attaches nothing', async () => {
    const answer = await attach({ otpCode: wrongTotpCode(SECRET, blitz.world.clock.now()) });
    expect([answer.status, answer.json]).toEqual([400, WRONG_CODE]);
    for (const otpCode of ['', 'abcdef', '1'.repeat(10_000)]) {
      who.anna = await blitz.account();
      const refused = await attach({ otpCode }, asSystem());
      expect([refused.status, refused.json]).toEqual([400, WRONG_CODE]);
    }
    for (const otpCode of ['1'.repeat(50_000), '\u0000']) {
      const refused = await attach({ otpCode }, asSystem());
      expect([refused.status, refused.json]).toEqual([400, wrongValue('otpCode')]);
    }
    expect((await list()).json).toEqual([]);
  });

  it('T32: a deleted app is no longer listed, and deleting the last one does not change requiredFactor', async () => {
    await attach();
    const auth = `/blitz/api/v3/users/${who.anna.id}/auth`;
    expect((await blitz.rest.ask('POST', auth, { ...asAnna(), body: { requiredFactor: 2 } })).status).toBe(200);
    const answer = await detach(idOf(1));
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await list()).json).toEqual([]);
    expect((await blitz.rest.ask('GET', auth, asSystem())).json.requiredFactor).toBe(2);
    const again = await detach(idOf(1));
    expect([again.status, again.json]).toEqual([404, NOT_FOUND]);
  });

  it('T3: an attached app makes requiredFactor 2 possible', async () => {
    await attach();
    const auth = `/blitz/api/v3/users/${who.anna.id}/auth`;
    const answer = await blitz.rest.ask('POST', auth, { ...asAnna(), body: { requiredFactor: 2 } });
    expect([answer.status, answer.json.requiredFactor]).toEqual([200, 2]);
  });

  it('refuses a bad secret and missing or mistyped members with their fields', async () => {
    for (const base32Secret of ['', '!!!!', 'JBSWY3DP', 'A'.repeat(5000)]) {
      const answer = await attach({ base32Secret });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('base32Secret', 'wrong_format')]);
    }
    for (const [body, pos] of [
      [{ base32Secret: undefined }, 'base32Secret'],
      [{ otpCode: undefined }, 'otpCode'],
      [{ otpCode: 492039 }, 'otpCode'],
      [{ base32Secret: null }, 'base32Secret'],
      [{ name: 5 }, 'name'],
      [{ name: 'x'.repeat(256) }, 'name'],
      [{ name: 'nul\u0000' }, 'name'],
    ] as const) {
      const answer = await attach(body);
      expect([answer.status, answer.json]).toEqual([400, wrongValue(pos)]);
    }
  });

  it('refuses a secret that is attached already', async () => {
    await attach();
    const answer = await attach();
    expect([answer.status, answer.json]).toEqual([400, wrongValue('base32Secret', 'already_exists')]);
  });

  it('answers 404 to ids that no app of the account has', async () => {
    await attach();
    const boris = await blitz.account();
    for (const id of [
      idOf(2),
      idOf(0),
      idOf(1, boris.id),
      'SW_TOTP_1',
      'x',
      `SW_TOTP_${'9'.repeat(40)}_${who.anna.id}`,
    ]) {
      const answer = await detach(id, asSystem());
      expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
    }
    for (const id of ['%00', '%F0%9F%98%80', 'x'.repeat(3000)]) expect((await detach(id)).status).toBe(404);
    expect((await list()).json).toHaveLength(1);
  });

  it('finds account and app by either form of id', async () => {
    const instanceId = Buffer.from(`usr:${who.anna.id}`).toString('base64url');
    await attach();
    expect((await blitz.rest.ask('GET', totps(instanceId), asSystem())).json).toHaveLength(1);
    const path = `${totps(instanceId)}/${idOf(1, who.anna.id.toUpperCase())}`;
    expect((await blitz.rest.ask('DELETE', path, asSystem())).status).toBe(204);
  });

  it('answers no_subject_found for an unknown account', async () => {
    const body = { base32Secret: SECRET, otpCode: codeOf() };
    for (const [method, path] of [
      ['GET', totps('nobody')],
      ['GET', `${totps('nobody')}/attach/qr`],
      ['POST', `${totps('nobody')}/attach/qr`],
      ['DELETE', `${totps('nobody')}/${idOf(1, 'nobody')}`],
    ] as const) {
      const answer = await blitz.rest.ask(method, path, { ...asSystem(), ...(method === 'POST' ? { body } : {}) });
      expect([answer.status, answer.json]).toEqual([404, NO_SUBJECT]);
    }
  });

  it('T13: refuses other users and tokens without the scope', async () => {
    const boris = await blitz.account();
    const foreign = await blitz.rest.ask('GET', totps(boris.id), asAnna());
    expect([foreign.status, foreign.json.error]).toEqual([403, 'access_denied']);
    const reader = { token: await blitz.userToken(who.anna, 'blitz_api_usec'), headers: END_USER };
    expect((await list(reader)).status).toBe(200);
    for (const refused of [
      await blitz.rest.ask('GET', `${totps()}/attach/qr`, reader),
      await attach({}, reader),
      await detach(idOf(1), reader),
    ]) {
      expect([refused.status, refused.json.error]).toEqual([403, 'insufficient_scope']);
    }
  });

  it("T8, T9: records totp_attached and totp_detached with the user's address, which is required for changes", async () => {
    expect((await attach({}, asSystem())).status).toBe(204);
    const bare = await blitz.rest.ask('DELETE', `${totps()}/${idOf(1)}`, { token: who.annasToken });
    expect([bare.status, bare.json]).toEqual([400, wrongValue('X-Forwarded-For')]);
    const before = (await blitz.world.events(blitz.tenant)).length;
    await detach(idOf(1));
    await attach();
    const events = (await blitz.world.events(blitz.tenant)).slice(before);
    expect(events.map(({ type, params }) => eventName(type, params))).toEqual(['totp_detached', 'totp_attached']);
    for (const event of events) {
      expect(event).toMatchObject({ actor_id: who.anna.id, subject_id: who.anna.id, ip: END_USER['x-forwarded-for'] });
    }
    expect(events.map(({ params }) => params['ordinal'])).toEqual([1, 2]);
  });

  it('requires no recent sign-in of a user, because callers could not act on that', async () => {
    const { reauthSeconds, nativeAccessTokenSeconds } = (await blitz.world.services.directory.byId(blitz.tenant.id))!
      .settings as unknown as Record<string, number>;
    expect(reauthSeconds).toBeGreaterThan(0);
    blitz.world.clock.advance(Math.min(reauthSeconds! + 1, (nativeAccessTokenSeconds ?? 900) - 1));
    expect((await attach()).status).toBe(204);
    who.system = await blitz.appToken('blitz_api_sys_usec', 'blitz_api_sys_usec_chg');
  });
});
