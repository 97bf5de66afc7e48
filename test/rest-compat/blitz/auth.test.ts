import { describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, callersOfSuite, END_USER } from '../../support/blitz.ts';
import { NO_SUBJECT, NOT_FOUND, wrongValue } from '../../support/blitz-refusals.ts';

describe('Blitz 2.6: authentication modes', () => {
  const blitz = blitzOfSuite();
  const who = callersOfSuite(blitz);

  const path = (user: Pick<User, 'id'> = who.anna) => `/blitz/api/v3/users/${user.id}/auth`;
  const read = (token = who.system, user = who.anna) => blitz.rest.ask('GET', path(user), { token });
  const change = (
    body: unknown,
    over: { token?: string; headers?: Record<string, string>; user?: Pick<User, 'id'> } = {},
  ) =>
    blitz.rest.ask('POST', path(over.user), {
      body,
      token: over.token ?? who.annasToken,
      headers: over.headers ?? END_USER,
    });

  it('T1: answers that a second factor is off for an account that was never configured', async () => {
    const answer = await read();
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
    expect([undefined, 0, 1]).toContain(answer.json.requiredFactor);
    expect(answer.json).toEqual({ needPasswordChange: false, methodsLocked: [] });
  });

  it('T2: refuses requiredFactor 2 without a second factor, word for word', async () => {
    const answer = await change({ requiredFactor: 2 });
    expect(answer.status).toBe(400);
    expect(answer.text).toBe(
      JSON.stringify({
        type: 'input_error',
        error: 'wrong_values',
        errors: [
          {
            type: 'input_error',
            error: 'has_not_sf_methods',
            desc: `User '${who.anna.id}' has not any second factor method`,
            pos: 'requiredFactor',
          },
        ],
      }),
    );
  });

  it('T3, sample: changes all three modes and answers them', async () => {
    await blitz.world.giveTotp(blitz.tenant, who.anna.id);
    const body = { requiredFactor: 2, needPasswordChange: true, methodsLocked: ['password'] };
    const answer = await change(body);
    expect([answer.status, answer.text]).toEqual([200, JSON.stringify(body)]);
    expect((await read()).json).toEqual(body);
  });

  it('T4: null switches a second factor off, an absent member does not change its mode', async () => {
    await blitz.world.giveTotp(blitz.tenant, who.anna.id);
    await change({ requiredFactor: 2, methodsLocked: ['password'] });
    expect((await change({ needPasswordChange: true })).json).toEqual({
      requiredFactor: 2,
      needPasswordChange: true,
      methodsLocked: ['password'],
    });
    expect((await change({ requiredFactor: null })).json).toEqual({
      needPasswordChange: true,
      methodsLocked: ['password'],
    });
    expect((await change({})).json).toEqual({ needPasswordChange: true, methodsLocked: ['password'] });
  });

  it('T5: needPasswordChange can be set, and is cleared only by a change of the password', async () => {
    for (const needPasswordChange of [false, null, 'true', 1]) {
      const answer = await change({ needPasswordChange });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('needPasswordChange')]);
    }
    expect((await change({ needPasswordChange: true })).json.needPasswordChange).toBe(true);
    for (const body of [{}, { requiredFactor: null }, { methodsLocked: ['password'] }, { methodsLocked: [] }])
      expect((await change(body)).json.needPasswordChange).toBe(true);
    const body = { password: 'four-wombats-at-dawn' };
    const changed = await blitz.rest.ask('POST', `/blitz/api/v3/users/${who.anna.id}/pswd`, {
      token: who.system,
      body,
    });
    expect(changed.status).toBe(204);
    expect((await read()).json.needPasswordChange).toBe(false);
  });

  it('T6: a locked password is refused, other methods stay usable', async () => {
    const phone = await blitz.userToken(who.anna, 'blitz_qr_auth');
    await change({ methodsLocked: ['password'] });
    await expect(blitz.userToken(who.anna, 'openid')).rejects.toThrow('invalid_grant');
    const origin = { ip: null, userAgent: null };
    const { code, ticket } = await blitz.world.services.qrSignIn.begin(blitz.tenant, { clientId: 'portal', origin });
    await blitz.rest.ask('POST', `/blitz/api/v3/auth/qr/${code}/confirm`, { token: phone, headers: END_USER });
    const signIn = await blitz.world.services.qrSignIn.result(blitz.tenant, ticket);
    expect(signIn).toEqual({ outcome: 'confirmed', userId: who.anna.id });
    await change({ methodsLocked: [] });
    expect(await blitz.userToken(who.anna, 'openid')).toEqual(expect.any(String));
  });

  it('T6: only the password can be locked; the list replaces the old one', async () => {
    expect((await change({ methodsLocked: ['password'] })).json.methodsLocked).toEqual(['password']);
    for (const methodsLocked of [['sms'], 'password', null, [['password']], { password: true }, [null]]) {
      const answer = await change({ methodsLocked });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('methodsLocked')]);
    }
    expect((await change({ methodsLocked: [] })).json.methodsLocked).toEqual([]);
  });

  it('refuses every other value of requiredFactor', async () => {
    for (const requiredFactor of [0, 1, 3, '2', true, 2.5, [2]]) {
      const answer = await change({ requiredFactor });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('requiredFactor')]);
    }
  });

  it('T7: a refused request changes nothing, not even by its valid members', async () => {
    for (const body of [
      { needPasswordChange: true, requiredFactor: 2 },
      { methodsLocked: ['password'], requiredFactor: 3 },
      { needPasswordChange: true, methodsLocked: ['sms'] },
    ])
      expect((await change(body)).status).toBe(400);
    expect((await read()).json).toEqual({ needPasswordChange: false, methodsLocked: [] });
  });

  it("T8: writes one event per changed member, in one transaction, with the user's address and User-Agent", async () => {
    await blitz.world.giveTotp(blitz.tenant, who.anna.id);
    const before = (await blitz.world.events(blitz.tenant)).length;
    await change({ requiredFactor: 2, needPasswordChange: true, methodsLocked: ['password'] });
    const events = (await blitz.world.events(blitz.tenant)).slice(before);
    expect(events.map(({ type }) => type).sort()).toEqual([
      'auth_mode.locked_methods_changed',
      'auth_mode.password_change_required',
      'auth_mode.required_factor_changed',
    ]);
    for (const event of events) {
      expect(event).toMatchObject({
        actor_id: who.anna.id,
        subject_id: who.anna.id,
        client_id: 'portal',
        ip: '200.200.100.100',
        peer_ip: '127.0.0.1',
        user_agent: END_USER['user-agent'],
      });
    }
    await change({ requiredFactor: 2, needPasswordChange: true, methodsLocked: ['password'] });
    expect((await blitz.world.events(blitz.tenant)).length).toBe(before + 3);
  });

  it("T9: a user's change without X-Forwarded-For is refused, a read is not", async () => {
    const answer = await change({ needPasswordChange: true }, { headers: {} });
    expect([answer.status, answer.json]).toEqual([400, wrongValue('X-Forwarded-For')]);
    expect((await read(who.annasToken)).status).toBe(200);
  });

  it('T9: a tenant may switch this requirement off', async () => {
    const { world, tenant } = blitz;
    await world.services.tenants.updateSettings(world.system(tenant), { requireForwardedAddress: false });
    expect((await change({ needPasswordChange: true }, { headers: {} })).status).toBe(200);
    await world.services.tenants.updateSettings(world.system(tenant), { requireForwardedAddress: true });
    expect((await change({ needPasswordChange: true }, { headers: {} })).status).toBe(400);
  });

  it('T10: of several addresses the first counts', async () => {
    await change({ needPasswordChange: true }, { headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.2' } });
    expect((await blitz.world.events(blitz.tenant)).at(-1)).toMatchObject({ ip: '203.0.113.9', peer_ip: '127.0.0.1' });
  });

  it("T11: an application needs no such header; the event has the application's address and User-Agent", async () => {
    const headers = { 'user-agent': 'Portal/2.0', 'x-forwarded-for': '203.0.113.9' };
    expect((await change({ needPasswordChange: true }, { token: who.system, headers })).status).toBe(200);
    expect((await blitz.world.events(blitz.tenant)).at(-1)).toMatchObject({
      actor_id: 'portal',
      subject_id: who.anna.id,
      ip: '127.0.0.1',
      peer_ip: '127.0.0.1',
      user_agent: 'Portal/2.0',
    });
  });

  it('T12: an expired token is 401', async () => {
    const token = await blitz.userToken(who.anna, 'blitz_api_usec');
    blitz.world.clock.advance(901);
    const answer = await read(token);
    expect([answer.status, answer.json.error]).toEqual([401, 'invalid_token']);
    expect(answer.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
    who.system = await blitz.appToken('blitz_api_sys_usec', 'blitz_api_sys_usec_chg');
  });

  it('answers 401 to a token that is missing, malformed or unknown', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer x' },
      { authorization: 'Bearer' },
      { authorization: blitz.basic },
    ] as Record<string, string>[]) {
      expect((await blitz.rest.ask('GET', path(), { headers })).status).toBe(401);
    }
  });

  it('T13: a token without the scope is 403 insufficient_scope, of another account 403 access_denied', async () => {
    const poor = await blitz.userToken(who.anna, 'blitz_api_ufa');
    const answer = await read(poor);
    expect([answer.status, answer.json.error]).toEqual([403, 'insufficient_scope']);
    const boris = await blitz.account();
    for (const other of [
      await read(who.annasToken, boris),
      await change({ needPasswordChange: true }, { user: boris }),
    ]) {
      expect([other.status, other.json.error]).toEqual([403, 'access_denied']);
    }
    const unknown = await read(who.annasToken, { ...who.anna, id: 'nobody' });
    expect([unknown.status, unknown.json.error]).toEqual([403, 'access_denied']);
  });

  it('accepts each documented scope alone, and none of the other mode', async () => {
    const alone = async (scope: string) =>
      scope.includes('_sys_') ? blitz.appToken(scope) : blitz.userToken(who.anna, scope);
    for (const scope of ['blitz_api_usec', 'blitz_api_sys_usec', 'blitz_api_usec_chg', 'blitz_api_sys_usec_chg']) {
      const token = await alone(scope);
      expect((await read(token)).status).toBe(200);
      expect((await change({}, { token })).status).toBe(scope.endsWith('_chg') ? 200 : 403);
    }
    expect((await read(await blitz.userToken(who.anna, 'blitz_api_sys_usec'))).status).toBe(403);
  });

  it('answers no_subject_found for an unknown account, also where the id cannot be one', async () => {
    for (const id of [
      'd2580c98-e584-4aad-a591-97a8cf45cd2a',
      '%00',
      'a%2Fb',
      'usr~aaaaaaaa~x',
      'x'.repeat(300),
      '%F0%9F%98%80',
    ]) {
      const answer = await blitz.rest.ask('GET', `/blitz/api/v3/users/${id}/auth`, { token: who.system });
      expect([answer.status, answer.json]).toEqual([404, NO_SUBJECT]);
    }
  });

  it('finds an account by subjectId, by instanceId and with typeset hyphens', async () => {
    const instanceId = Buffer.from(`usr:${who.anna.id}`).toString('base64url');
    const typeset = encodeURIComponent(who.anna.id.replaceAll('-', '\u2011'));
    for (const id of [who.anna.id, who.anna.id.toUpperCase(), instanceId, typeset]) {
      expect((await blitz.rest.ask('GET', `/blitz/api/v3/users/${id}/auth`, { token: who.system })).status).toBe(200);
    }
  });

  it('answers wrong_json to a body that is no JSON object', async () => {
    for (const body of ['', '{', '[]', '"x"']) {
      const headers = { ...END_USER, 'content-type': 'application/json' };
      const answer = await blitz.rest.ask('POST', path(), { token: who.annasToken, headers, body });
      expect([answer.status, answer.json]).toEqual([
        400,
        {
          type: 'input_error',
          error: 'wrong_values',
          errors: [{ type: 'input_error', error: 'wrong_json', desc: expect.any(String), pos: '' }],
        },
      ]);
    }
  });

  it('answers 415 and 405 with an empty body', async () => {
    const headers = { ...END_USER, 'content-type': 'text/plain' };
    const wrongType = await blitz.rest.ask('POST', path(), { token: who.annasToken, headers, body: '{}' });
    expect([wrongType.status, wrongType.text]).toEqual([415, '']);
    const wrongMethod = await blitz.rest.ask('DELETE', path(), { token: who.annasToken });
    expect([wrongMethod.status, wrongMethod.text, wrongMethod.headers.allow]).toEqual([
      405,
      '',
      'GET, POST, HEAD, OPTIONS',
    ]);
  });

  it('serves every tenant at /t/{tenant}/blitz', async () => {
    const own = await blitz.rest.ask('GET', `/t/master/blitz/api/v3/users/${who.anna.id}/auth`, { token: who.system });
    expect(own.status).toBe(200);
    const other = await blitz.world.tenant();
    const foreign = await blitz.rest.ask('GET', `/t/${other.name}/blitz/api/v3/users/${who.anna.id}/auth`, {
      token: who.system,
    });
    expect([foreign.status, foreign.json.error]).toEqual([403, 'insufficient_scope']);
  });

  it('answers unknown paths below the prefix in its own envelope', async () => {
    const answer = await blitz.rest.ask('GET', '/blitz/api/v9/users');
    expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
  });
});
