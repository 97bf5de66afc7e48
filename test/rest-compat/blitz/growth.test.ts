import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { totpCode } from '../../support/totp.ts';

describe('Blitz: nothing grows without bound', () => {
  const blitz = blitzOfSuite();
  let system: string;
  let anna: User;
  beforeAll(async () => {
    system = await (await blitz.allPowerful()).app();
  });
  beforeEach(async () => {
    anna = await blitz.account();
  });

  const path = (rest: string) => `/blitz/api/v3/users/${anna.id}${rest}`;
  const ask = (method: string, at: string, body?: unknown, headers = {}) =>
    blitz.rest.ask(method, at, { token: system, headers, ...(body === undefined ? {} : { body }) });
  const names = (size: number, value: unknown = 1) =>
    Object.fromEntries(Array.from({ length: size }, (_, at) => [`name${at}`, value]));
  const list = (size: number) => Object.keys(names(size));

  it('has at most 200 attributes and 200 properties on an account, 200 attributes on a group', async () => {
    const group = { profile: 'orgs', name: 'Group' };
    for (const [at, bodyOf] of [
      [path(''), (size: number) => names(size)],
      [path('/props'), (size: number) => ({ add: names(size) })],
      ['/blitz/api/v2/grps', (size: number) => ({ ...names(size), ...group })],
    ] as const) {
      const tooMany = await ask('POST', at, bodyOf(201));
      expect([tooMany.status, tooMany.json.error]).toEqual([400, 'wrong_values']);
      expect((await ask('POST', at, bodyOf(200))).status).toBe(200);
    }
    for (const [at, body] of [
      [path(''), { another: 1 }],
      [path('/props'), { add: { another: 1 } }],
    ] as const)
      expect((await ask('POST', at, body)).status).toBe(400);
  });

  it('changes at most 50 rights of 50 pairs in a request, and gives no subject more than 1,000', async () => {
    const right = { subject: anna.id, object: 'its|portal' };
    for (const body of [{ ...right, rights: list(51) }, Array(51).fill({ ...right, rights: ['r'] })]) {
      for (const method of ['PUT', 'DELETE'])
        expect((await ask(method, '/blitz/api/v3/rights', body)).status).toBe(400);
    }
    const many = (from: number) => list(from + 50).slice(from);
    const twenty = Array.from({ length: 20 }, (_, at) => ({ ...right, rights: many(at * 50) }));
    expect((await ask('PUT', '/blitz/api/v3/rights', twenty)).status).toBe(204);
    const more = await ask('PUT', '/blitz/api/v3/rights', { ...right, rights: ['more'] });
    expect([more.status, more.json.type]).toEqual([400, 'process_error']);
    const held = (await ask('GET', `/blitz/api/v3/rights/of/${anna.id}`)).json;
    expect(Object.keys(held['its|portal'])).toHaveLength(1000);
  });

  it('binds at most 16 apps in a registration, wherever they are listed', async () => {
    const actions = (from: number) =>
      list(from + 9)
        .slice(from)
        .map((client_id) => ({ type: 'bindDynClient', client_id }));
    const user = { attrs: {}, actions: actions(0) };
    const answer = await ask('PUT', '/blitz/reg/api/v3/users', { user, actions: actions(9) });
    expect([answer.status, answer.json.errors[0].pos]).toEqual([400, 'actions']);
  });

  it('refuses code apps and external accounts beyond their limits', async () => {
    await blitz.world.newProvider(blitz.tenant, { type: 'tcs', name: 'tcs_1' });
    const linking = (at: number) => ask('POST', path(`/fa/tcs/tcs_1/${anna.id}-${at}`));
    for (let at = 0; at < 100; at++) expect((await linking(at)).status).toBe(204);
    const more = await linking(100);
    expect([more.status, more.json.type]).toEqual([400, 'process_error']);
    expect((await ask('GET', path('/fa'))).json).toHaveLength(100);

    const attaching = async () => {
      const { base32Secret } = (await ask('GET', path('/totps/attach/qr'))).json;
      const otpCode = totpCode(base32Secret, blitz.world.clock.now());
      return ask('POST', path('/totps/attach/qr'), { base32Secret, otpCode });
    };
    let attached = 0;
    let answer = await attaching();
    for (; answer.status === 204 && attached < 100; attached++) answer = await attaching();
    expect([answer.status, answer.json.type]).toEqual([400, 'process_error']);
    expect((await ask('GET', path('/totps'))).json).toHaveLength(attached);
  });

  it('stores values 16 levels deep, and refuses deeper ones', async () => {
    const headers = { 'content-type': 'application/json' };
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    for (const [at, rest] of [
      [path(''), ''],
      ['/blitz/api/v2/grps', ',"profile":"orgs","name":"Deep"'],
    ] as const) {
      expect((await ask('POST', at, `{"a":${nested(15)}${rest}}`, headers)).status).toBe(200);
      for (const depth of [100, 400_000])
        expect((await ask('POST', at, `{"a":${nested(depth)}${rest}}`, headers)).status).toBe(400);
    }
    expect((await ask('PUT', '/blitz/api/v3/rights', nested(400_000), headers)).status).toBe(400);
  });

  it('stores 512 characters of a User-Agent, and accepts one of 12,000', async () => {
    const token = await (await blitz.allPowerful()).user(anna);
    const userAgent = `Mozilla/5.0 (${'a;('.repeat(4_000)}`;
    const headers = { ...END_USER, 'user-agent': userAgent };
    const body = { needPasswordChange: true };
    expect((await blitz.rest.ask('POST', path('/auth'), { token, headers, body })).status).toBe(200);
    const event = (await blitz.world.events(blitz.tenant)).at(-1)!;
    expect([event.type, event.user_agent]).toEqual(['auth_mode.password_change_required', userAgent.slice(0, 512)]);
    const [shown] = (await ask('GET', path('/audit?rql=limit(1)&ua=parsed'))).json;
    expect(shown.ua).toEqual({ browser: {}, os: {} });
  });
});
