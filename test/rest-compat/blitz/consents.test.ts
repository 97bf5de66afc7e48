import { describe, expect, it } from 'vitest';
import { blitzOfSuite, callersOfSuite, END_USER } from '../../support/blitz.ts';
import { NO_SUBJECT, NOT_FOUND } from '../../support/blitz-refusals.ts';

describe('Blitz 2.9: permissions granted by the user', () => {
  const blitz = blitzOfSuite();
  const who = callersOfSuite(blitz);

  const { ask } = blitz;
  const acls = (id = who.anna.id) => `/blitz/api/v3/users/${id}/acls`;
  const app = async (clientId: string) => {
    const known = await blitz.world.stores.clientStore.findByClientId(blitz.tenant.id, clientId);
    return known ?? (await blitz.world.newClient(blitz.tenant, { clientId })).client;
  };
  const consent = async (clientId: string, ...scopes: string[]) =>
    blitz.world.consent(blitz.tenant, who.anna.id, await app(clientId), scopes);

  it('lists them by application, times in milliseconds, in user and in system mode', async () => {
    expect((await ask('GET', acls(), { token: who.annasToken })).json).toEqual([]);
    await consent('app1', 'profile', 'openid');
    const listed = [
      {
        id: `${who.anna.id}_app1`,
        updated: blitz.world.clock.now().getTime(),
        client_id: 'app1',
        scopes: ['openid', 'profile'],
      },
    ];
    for (const [token, headers] of [
      [who.annasToken, END_USER],
      [who.system, {}],
    ] as const) {
      const answer = await ask('GET', acls(), { token, headers });
      expect([answer.status, answer.json]).toEqual([200, listed]);
    }
    const instanceId = Buffer.from(`usr:${who.anna.id}`).toString('base64url');
    expect((await ask('GET', acls(instanceId), { token: who.system })).json).toEqual(listed);
  });

  it("T31, the part about data: revokes with 204, ends only that client's tokens, and records scope_revoked", async () => {
    await consent('portal', 'openid');
    await consent('app1', 'openid');
    expect((await blitz.introspect(who.annasToken)).active).toBe(true);
    const boris = await blitz.account();
    const borisToken = await blitz.userToken(boris, 'openid');
    const other = await ask('DELETE', `${acls()}/${who.anna.id}_app1`, { token: who.annasToken, headers: END_USER });
    expect([other.status, other.text]).toEqual([204, '']);
    expect((await blitz.introspect(who.annasToken)).active).toBe(true);
    const own = await ask('DELETE', `${acls()}/${who.anna.id}_portal`, { token: who.annasToken, headers: END_USER });
    expect([own.status, own.text]).toEqual([204, '']);
    expect(await blitz.introspect(who.annasToken)).toEqual({ active: false });
    expect((await blitz.introspect(borisToken)).active).toBe(true);
    expect((await ask('GET', acls(), { token: who.annasToken })).status).toBe(401);
    expect((await ask('GET', acls(), { token: who.system })).json).toEqual([]);
    const reader = await blitz.appToken('blitz_api_sys_uaud');
    const audit = await ask('GET', `/blitz/api/v3/users/${who.anna.id}/audit?rql=limit(2)`, { token: reader });
    expect(audit.json).toMatchObject([
      { type: 'scope_revoked', sbj: who.anna.id, obj: who.anna.id, ip: 3368576100, prms: { client_id: 'portal' } },
      { type: 'scope_revoked', prms: { client_id: 'app1' } },
    ]);
  });

  it('revokes for an application whose id contains the separator', async () => {
    await consent('my_app_1', 'openid');
    const [{ id }] = (await ask('GET', acls(), { token: who.system })).json;
    expect(id).toBe(`${who.anna.id}_my_app_1`);
    expect((await ask('DELETE', `${acls()}/${id}`, { token: who.system })).status).toBe(204);
  });

  it('answers not_found for an id that is not in the list, or of another account', async () => {
    await consent('app1', 'openid');
    const boris = await blitz.account();
    for (const id of [
      `${who.anna.id}_nobody`,
      `${boris.id}_app1`,
      'app1',
      `${who.anna.id}_`,
      who.anna.id,
      'x'.repeat(600),
    ]) {
      const answer = await ask('DELETE', `${acls()}/${id}`, { token: who.system });
      expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
    }
    // A text that no database can store is the id of no object, whatever its kind.
    expect((await ask('DELETE', `${acls()}/%00`, { token: who.system })).status).toBe(404);
    expect((await ask('GET', acls(), { token: who.system })).json).toHaveLength(1);
  });

  it('answers no_subject_found for an account that does not exist', async () => {
    for (const answer of [
      await ask('GET', acls('nobody'), { token: who.system }),
      await ask('DELETE', `${acls('nobody')}/nobody_app1`, { token: who.system }),
    ])
      expect([answer.status, answer.json]).toEqual([404, NO_SUBJECT]);
  });

  it('T9: refuses a change in user mode without the address of the user', async () => {
    await consent('app1', 'openid');
    const answer = await ask('DELETE', `${acls()}/${who.anna.id}_app1`, { token: who.annasToken });
    expect([answer.status, answer.json.errors[0].pos]).toEqual([400, 'X-Forwarded-For']);
  });

  it('T12, T13: refuses no token, tokens without the scope or of the other mode, and another account', async () => {
    const boris = await blitz.account();
    const missing = await ask('GET', acls());
    expect([missing.status, missing.json.error]).toEqual([401, 'invalid_token']);
    const poor = await blitz.userToken(who.anna, 'blitz_api_usec');
    const change = await ask('DELETE', `${acls()}/${who.anna.id}_app1`, { token: poor, headers: END_USER });
    expect([change.status, change.json.error]).toEqual([403, 'insufficient_scope']);
    const foreign = await ask('GET', acls(boris.id), { token: who.annasToken });
    expect([foreign.status, foreign.json.error]).toEqual([403, 'access_denied']);
    const revoke = await ask('DELETE', `${acls(boris.id)}/${boris.id}_app1`, {
      token: who.annasToken,
      headers: END_USER,
    });
    expect([revoke.status, revoke.json.error]).toEqual([403, 'access_denied']);
  });
});
