import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { NO_SUBJECT, wrongValue } from '../../support/blitz-refusals.ts';

describe('Blitz 2.5: properties', () => {
  const blitz = blitzOfSuite();
  let system: string;
  let anna: User;
  beforeAll(async () => {
    system = await blitz.appToken('blitz_api_sys_users', 'blitz_api_sys_users_chg');
  });
  beforeEach(async () => {
    anna = await blitz.account({ givenName: 'Anna', familyName: 'Ivanova', attributes: { level: 3, tags: ['a'] } });
  });
  const at = (id: string, rest = '') => `/blitz/api/v3/users/${id}${rest}`;
  const own = (...scopes: string[]) => blitz.userToken(anna, ...scopes);

  const read = (token = system, id = anna.id) => blitz.rest.ask('GET', at(id, '/props'), { token });
  const change = (body: unknown, { token = system, id = anna.id, headers = {} } = {}) =>
    blitz.rest.ask('POST', at(id, '/props'), { body, token, headers });

  it('T25: add replaces, remove deletes and comes first, the answer is the full map', async () => {
    expect([(await read()).status, (await read()).json]).toEqual([200, {}]);
    const first = await change({ add: { last2fa: 1_707_814_000, fcOn: 1_707_814_866, 'pipes.a': 'x' } });
    expect([first.status, first.json]).toEqual([200, { last2fa: 1_707_814_000, fcOn: 1_707_814_866, 'pipes.a': 'x' }]);
    const second = await change({ remove: ['last2fa', 'never.there', 'fcOn'], add: { onboarded: true, fcOn: 2 } });
    expect(second.json).toEqual({ 'pipes.a': 'x', onboarded: true, fcOn: 2 });
    expect((await read()).json).toEqual(second.json);
    expect((await change({})).json).toEqual(second.json);
  });

  it('refuses invalid values and names', async () => {
    for (const [add, pos] of [
      [{ 'a.b': null }, 'add.a.b'],
      [{ a: [1] }, 'add.a'],
      [{ a: {} }, 'add.a'],
      [{ a: 'x\u0000' }, 'add.a'],
      [{ a: 2 ** 53 }, 'add.a'],
      [{ '': 1 }, 'add'],
      [{ 'a\u0007': 1 }, 'add'],
      [{ ['n'.repeat(256)]: 1 }, 'add'],
      [{ big: 'x'.repeat(70_000) }, 'add'],
      ['text', 'add'],
      [null, 'add'],
    ] as const) {
      const answer = await change({ add });
      expect([answer.status, answer.json]).toEqual([400, wrongValue(pos)]);
    }
    for (const remove of ['a', [1], null]) {
      const answer = await change({ remove });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('remove')]);
    }
    expect((await read()).json).toEqual({});
  });

  it('accepts the scopes for reading and for changes, in both modes', async () => {
    for (const scope of ['blitz_api_user', 'blitz_api_user_chg']) {
      const token = await own(scope);
      const changed = await change({ add: { [scope]: 1 } }, { token, headers: END_USER });
      expect([changed.status, changed.json[scope]]).toEqual([200, 1]);
      expect((await read(token)).json[scope]).toBe(1);
    }
    const only = await blitz.appToken('blitz_api_sys_users_chg');
    expect((await change({ add: { x: 1 } }, { token: only })).status).toBe(200);
    expect((await read(only)).status).toBe(200);
  });

  it('T9, T13: refuses users without an address, other accounts and other scopes', async () => {
    const token = await own('blitz_api_user');
    const silent = await change({ add: { x: 1 } }, { token });
    expect([silent.status, silent.json]).toEqual([400, wrongValue('X-Forwarded-For')]);
    const boris = await blitz.account();
    for (const answer of [
      await read(token, boris.id),
      await change({ add: { x: 1 } }, { token, id: boris.id, headers: END_USER }),
    ])
      expect([answer.status, answer.json.error]).toEqual([403, 'access_denied']);
    const poor = await own('blitz_api_usec');
    for (const answer of [await read(poor), await change({}, { token: poor, headers: END_USER })])
      expect([answer.status, answer.json.error]).toEqual([403, 'insufficient_scope']);
  });

  it('answers no_subject_found for an unknown account', async () => {
    for (const answer of [await read(system, 'nobody'), await change({ add: { x: 1 } }, { id: 'nobody' })])
      expect([answer.status, answer.json]).toEqual([404, NO_SUBJECT]);
  });

  it('writes one event that names the changed properties, but none without a change', async () => {
    await change({ add: { a: 1, b: 1 } });
    const events = await blitz.eventsOf(async () => {
      await change({ add: { a: 2, b: 1 }, remove: ['c'] });
      await change({ add: { a: 2 } });
    });
    expect(events.map(({ type, params }) => [type, params])).toEqual([
      ['user.properties_changed', { added: ['a'], removed: [] }],
    ]);
  });
});
