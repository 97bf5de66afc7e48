import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BegunQrSignIn } from '../../../src/flows/index.ts';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { NOT_FOUND, processError } from '../../support/blitz-refusals.ts';

const UNKNOWN = 'b8d1f2c4-0a47-4d0e-9f5b-6f0e1c2d3a4b';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

describe('Blitz 2.17: login by a QR code', () => {
  const blitz = blitzOfSuite();
  let anna: User;
  let token: string;
  let begun: BegunQrSignIn;
  beforeAll(async () => {
    anna = await blitz.account();
    token = await blitz.userToken(anna, 'blitz_qr_auth');
  });
  beforeEach(async () => {
    begun = await begin(CHROME);
  });

  const begin = (userAgent: string | null) =>
    blitz.world.services.qrSignIn.begin(blitz.tenant, {
      clientId: 'portal',
      origin: { ip: '198.51.100.20', userAgent },
    });
  const path = (code: string, decision = '') => `/blitz/api/v3/auth/qr/${code}${decision}`;
  const look = (code = begun.code) => blitz.rest.ask('GET', path(code), { token, headers: END_USER });
  const decide = (decision: 'confirm' | 'refuse', code = begun.code) =>
    blitz.rest.ask('POST', path(code, `/${decision}`), { token, headers: END_USER });
  const result = () => blitz.world.services.qrSignIn.result(blitz.tenant, begun.ticket);

  it('shows the application, address, browser and system that want to sign in', async () => {
    const answer = await look();
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        code: begun.code,
        appId: 'portal',
        appName: 'portal',
        ip: '198.51.100.20',
        browser: 'Chrome 126',
        os: 'Windows 10',
        expiresIn: 120,
      },
    ]);
  });

  it('leaves out what the browser does not send', async () => {
    const { code } = await begin(null);
    expect(Object.keys((await look(code)).json)).toEqual(['code', 'appId', 'appName', 'ip', 'expiresIn']);
  });

  it('confirms with 204 and an empty body; the browser is signed in as the user', async () => {
    const answer = await decide('confirm');
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await result()).toEqual({ outcome: 'confirmed', userId: anna.id });
  });

  it('refuses with 204 and an empty body; the browser is not signed in', async () => {
    const answer = await decide('refuse');
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await result()).toEqual({ outcome: 'refused' });
  });

  it("records the decision with the address of the user, the application and the browser's address", async () => {
    await decide('confirm');
    expect((await blitz.world.events(blitz.tenant)).at(-1)).toMatchObject({
      type: 'qr_sign_in.confirmed',
      subject_id: anna.id,
      ip: END_USER['x-forwarded-for'],
      user_agent: END_USER['user-agent'],
      params: { appId: 'portal', ip: '198.51.100.20' },
    });
  });

  it.each(['confirm', 'refuse'] as const)('answers qr_code_used after a decision: %s', async (decision) => {
    await decide(decision);
    for (const again of [await decide('confirm'), await decide('refuse'), await look()])
      expect([again.status, again.json]).toEqual([400, processError('qr_code_used')]);
  });

  it('answers not_found for codes that are unknown, expired or malformed', async () => {
    for (const code of [UNKNOWN, 'x', '%00', 'x'.repeat(3000)])
      for (const none of [await look(code), await decide('confirm', code), await decide('refuse', code)])
        expect([none.status, none.json]).toEqual([404, NOT_FOUND]);
    blitz.world.clock.advance(120);
    for (const late of [await look(), await decide('confirm')])
      expect([late.status, late.json]).toEqual([404, NOT_FOUND]);
  });

  it('requires the address of the user for a decision', async () => {
    const answer = await blitz.rest.ask('POST', path(begun.code, '/confirm'), { token });
    expect([answer.status, answer.json.errors[0].pos]).toEqual([400, 'X-Forwarded-For']);
    expect(await result()).toEqual({ outcome: 'pending' });
  });

  it('refuses applications, other scopes and callers without a token', async () => {
    const app = await blitz.appToken('blitz_rights_full_access');
    const other = await blitz.userToken(anna, 'blitz_user_rights');
    for (const [method, end] of [
      ['GET', ''],
      ['POST', '/confirm'],
      ['POST', '/refuse'],
    ] as const) {
      for (const wrong of [app, other]) {
        const answer = await blitz.rest.ask(method, path(begun.code, end), { token: wrong, headers: END_USER });
        expect([answer.status, answer.json.error]).toEqual([403, 'insufficient_scope']);
      }
      expect((await blitz.rest.ask(method, path(begun.code, end))).status).toBe(401);
    }
    expect(await result()).toEqual({ outcome: 'pending' });
  });
});
