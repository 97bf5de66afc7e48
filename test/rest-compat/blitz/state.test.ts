import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventName } from '../../../rest-compat/blitz/events.ts';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { NO_SUBJECT, wrongValue } from '../../support/blitz-refusals.ts';

describe('Blitz 2.7: account state', () => {
  const blitz = blitzOfSuite();
  let system: string;
  let anna: User;
  beforeAll(async () => {
    system = await blitz.appToken('blitz_api_sys_usec', 'blitz_api_sys_usec_chg');
  });
  beforeEach(async () => {
    anna = await blitz.account();
  });

  const annasToken = () => blitz.userToken(anna, 'blitz_api_usec', 'blitz_api_usec_chg');
  const path = (id = anna.id) => `/blitz/api/v3/users/${id}/state`;
  const now = () => Math.floor(blitz.world.clock.now().getTime() / 1000);
  const get = async (token = system) => (await blitz.rest.ask('GET', path(), { token })).json;
  const set = (body: unknown, token = system) => blitz.rest.ask('POST', path(), { token, headers: END_USER, body });
  const stored = (column: string) =>
    blitz.world.db.orm.em
      .fork()
      .getConnection()
      .execute(`update users set ${column} = ? where tenant_id = ? and id = ?`, [
        new Date(now() * 1000 - 60_000),
        blitz.tenant.id,
        anna.id,
      ]);

  it('is one of four, with its time, for either kind of token', async () => {
    expect(await get()).toEqual({ name: 'initial' });
    const token = await annasToken();
    await stored('state_checked_at');
    for (const each of [system, token]) expect(await get(each)).toEqual({ name: 'active', checkedOn: now() - 60 });
    await stored('inactive_since');
    expect(await get()).toEqual({ name: 'inactivityLock', on: now() - 60 });
    await set({ name: 'untouchable', till: now() + 3600 });
    expect(await get()).toEqual({ name: 'untouchable', till: now() + 3600 });
  });

  it('T24, sample: is untouchable until a moment, or for ever', async () => {
    const answer = await set({ name: 'untouchable', till: 1_789_106_755 });
    expect([answer.status, answer.text]).toEqual([204, '']);
    await set({ name: 'untouchable', till: now() + 60 });
    expect(await get()).toEqual({ name: 'untouchable', till: now() + 60 });
    expect((await set({ name: 'untouchable' })).status).toBe(204);
    expect(await get()).toEqual({ name: 'untouchable' });
    expect((await set({ name: 'untouchable', till: 253_402_214_399 })).status).toBe(204);
    expect(await get()).toEqual({ name: 'untouchable', till: 253_402_214_399 });
  });

  it('T24: till = now cancels the exemption', async () => {
    await set({ name: 'untouchable' });
    expect((await set({ name: 'untouchable', till: now() })).status).toBe(204);
    expect(await get()).toEqual({ name: 'initial' });
  });

  it('T24: only untouchable can be assigned', async () => {
    for (const name of ['active', 'initial', 'inactivityLock', 'Untouchable', '', null, 5, ['untouchable']]) {
      const answer = await set({ name });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('name')]);
    }
    expect((await set({})).json).toEqual(wrongValue('name'));
    for (const till of ['1789106755', 1.5, -1, null, 1e308, 253_402_214_400, true, [1]]) {
      const answer = await set({ name: 'untouchable', till });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('till')]);
    }
    expect(await get()).toEqual({ name: 'initial' });
  });

  it("T24: a user's token may read it but not set it", async () => {
    const token = await annasToken();
    const refused = await set({ name: 'untouchable' }, token);
    expect([refused.status, refused.json.error]).toEqual([403, 'insufficient_scope']);
    const boris = await blitz.account();
    const foreign = await blitz.rest.ask('GET', path(boris.id), { token });
    expect([foreign.status, foreign.json.error]).toEqual([403, 'access_denied']);
  });

  it('T13: accepts each documented scope alone', async () => {
    const reader = await blitz.appToken('blitz_api_sys_usec');
    expect((await blitz.rest.ask('GET', path(), { token: reader })).status).toBe(200);
    expect((await set({ name: 'untouchable' }, reader)).status).toBe(403);
    const writer = await blitz.appToken('blitz_api_sys_usec_chg');
    expect((await set({ name: 'untouchable' }, writer)).status).toBe(204);
    expect(await get(await blitz.userToken(anna, 'blitz_api_usec'))).toEqual({ name: 'untouchable' });
  });

  it('answers no_subject_found for an unknown account', async () => {
    for (const id of ['nobody', '%00']) {
      const read = await blitz.rest.ask('GET', path(id), { token: system });
      const write = await blitz.rest.ask('POST', path(id), { token: system, body: { name: 'untouchable' } });
      expect([read.status, read.json, write.status, write.json]).toEqual([404, NO_SUBJECT, 404, NO_SUBJECT]);
    }
  });

  it('T8: records state_changed once per change', async () => {
    const before = (await blitz.world.events(blitz.tenant)).length;
    await set({ name: 'untouchable' });
    await set({ name: 'untouchable' });
    await get();
    const events = (await blitz.world.events(blitz.tenant)).slice(before);
    expect(events.map(({ type, params }) => eventName(type, params))).toEqual(['state_changed']);
    expect(events[0]).toMatchObject({ subject_id: anna.id, actor_id: 'portal', params: { value: 'untouchable' } });
  });
});
