import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AttributeDefinition } from '../../../src/tenants/index.ts';
import type { User } from '../../../src/users/index.ts';
import { attributeRulesOf } from '../../support/attributes.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { NO_SUBJECT, wrongValue } from '../../support/blitz-refusals.ts';

const instanceIdOf = ({ id }: Pick<User, 'id'>): string => Buffer.from(`usr:${id}`).toString('base64url');

describe('Blitz accounts', () => {
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

  describe('2.1: changing attributes', () => {
    const change = (body: unknown, { id = anna.id, token = system, headers = {} } = {}) =>
      blitz.rest.ask('POST', at(id), { body, token, headers });

    it('T27: accepts instanceId and subjectId, changes the given attributes, and answers the whole object', async () => {
      for (const [id, name] of [
        [instanceIdOf(anna), 'Petrova'],
        [anna.id, 'Sidorova'],
      ] as const) {
        const answer = await change({ family_name: name }, { id });
        expect([answer.status, answer.json]).toEqual([
          200,
          {
            sub: anna.id,
            locked: false,
            login: anna.username,
            family_name: name,
            given_name: 'Anna',
            level: 3,
            tags: ['a'],
            meta: { instanceId: instanceIdOf(anna), unmodifiable: ['sub'] },
          },
        ]);
        expect((await blitz.rest.ask('GET', at(anna.id), { token: system })).json).toEqual(answer.json);
      }
    });

    it('clears with null, and keeps any JSON value under any name', async () => {
      const answer = await change({ given_name: null, level: null, 'a.b': { deep: [1, 'x', true] }, isStaff: false });
      expect(answer.json).toMatchObject({ 'a.b': { deep: [1, 'x', true] }, isStaff: false, tags: ['a'] });
      expect(answer.json).not.toHaveProperty('given_name');
      expect(answer.json).not.toHaveProperty('level');
    });

    it('accepts contacts as value and verified, or as a plain unverified value, and clears them', async () => {
      const email = { value: 'anna.new@example.com', verified: true };
      const first = await change({ email, phone_number: { value: '79990001122', verified: true } });
      expect(first.json).toMatchObject({ email, phone_number: { value: '79990001122', verified: true } });
      const second = await change({ email: 'anna.newer@example.com', phone_number: null });
      expect(second.json.email).toEqual({ value: 'anna.newer@example.com', verified: false });
      expect(second.json).not.toHaveProperty('phone_number');
      expect((await change({ email: { value: 'anna.newer@example.com', verified: true } })).json.email.verified).toBe(
        true,
      );
    });

    it('refuses attributes that cannot be changed', async () => {
      for (const [name, value] of [
        ['sub', 'other'],
        ['sub', null],
        ['meta', { instanceId: 'x' }],
        ['meta', null],
        ['locked', true],
      ] as const) {
        const answer = await change({ [name]: value, family_name: 'Never' });
        expect([answer.status, answer.json]).toEqual([400, wrongValue(name, 'unmodifiable')]);
      }
      expect((await blitz.rest.ask('GET', at(anna.id), { token: system })).json.family_name).toBe('Ivanova');
    });

    it('names the attribute that a validator refused', async () => {
      for (const [body, error, pos] of [
        [{ email: { value: 'no address' } }, 'wrong_format', 'email'],
        [{ email: { value: 5 } }, 'wrong_value', 'email'],
        [{ email: 5 }, 'wrong_value', 'email'],
        [{ email: { value: 'a@example.com', verified: 'yes' } }, 'wrong_value', 'email'],
        [{ phone_number: { value: 'call me' } }, 'wrong_format', 'phone_number'],
        [{ login: 'a/b' }, 'wrong_format', 'login'],
        [{ login: null }, 'wrong_value', 'login'],
        [{ family_name: 'a\u0000b' }, 'wrong_value', 'family_name'],
        [{ family_name: { first: 'x' } }, 'wrong_format', 'family_name'],
        [{ 'a.b': 'a\u0000b' }, 'wrong_format', 'a.b'],
      ] as const) {
        const answer = await change(body);
        expect([answer.status, answer.json]).toEqual([400, wrongValue(pos, error)]);
      }
    });

    it("answers the codes and texts of the tenant's validators, and lists the unmodifiable attributes", async () => {
      const { world, tenant } = blitz;
      const rule = { characters: '0-9', min: 10, max: 10, code: 'bad_inn', message: 'An INN has ten digits.' };
      const max = { max: 8, code: 'too_long', message: 'At most eight letters.' };
      const define = (...attributes: AttributeDefinition[]) =>
        world.services.tenants.updateSettings(world.system(tenant), { attributes });
      await define(attributeRulesOf('INN', rule), attributeRulesOf('family_name', max), {
        ...attributeRulesOf('level'),
        isUnmodifiable: true,
      });
      const refused = await change({ INN: '12', family_name: 'Konstantinopolskaya' });
      expect([refused.status, refused.json]).toEqual([
        400,
        {
          type: 'input_error',
          error: 'wrong_values',
          errors: [
            { type: 'input_error', error: 'bad_inn', desc: 'An INN has ten digits.', pos: 'INN' },
            { type: 'input_error', error: 'too_long', desc: 'At most eight letters.', pos: 'family_name' },
          ],
        },
      ]);
      const fixed = await change({ level: 4 });
      expect([fixed.status, fixed.json]).toEqual([400, wrongValue('level', 'unmodifiable')]);
      const good = await change({ INN: '7700000001', level: 3 });
      expect([good.status, good.json.meta.unmodifiable]).toEqual([200, ['sub', 'level']]);
      expect((await blitz.rest.ask('GET', at(anna.id), { token: system })).json).toEqual(good.json);
      const registrar = await blitz.appToken('blitz_api_sys_users_reg');
      const body = { user: { attrs: { INN: 'x' } } };
      const registered = await blitz.rest.ask('PUT', '/blitz/api/v3/users', { token: registrar, body });
      expect([registered.status, registered.json]).toEqual([400, wrongValue('INN', 'bad_inn')]);
      await define();
    });

    it('lists every faulty attribute', async () => {
      const answer = await change({ email: 'no address', phone_number: 'call me' });
      expect(answer.json.errors.map(({ error, pos }: Record<string, string>) => [error, pos])).toEqual([
        ['wrong_format', 'email'],
        ['wrong_format', 'phone_number'],
      ]);
    });

    it('refuses an e-mail address and a login that another account has', async () => {
      const boris = await blitz.account({ email: `boris-${anna.id}@example.com` });
      const email = await change({ email: { value: boris.email, verified: true } });
      expect([email.status, email.json]).toEqual([400, wrongValue('email', 'already_exists')]);
      const login = await change({ login: boris.username });
      expect([login.status, login.json]).toEqual([400, wrongValue('login', 'already_exists')]);
    });

    it('answers wrong_json to a body that is no object', async () => {
      for (const body of ['{', '[]', '"x"', 'null', '']) {
        const answer = await blitz.rest.ask('POST', at(anna.id), {
          body,
          token: system,
          headers: { 'content-type': 'application/json' },
        });
        expect([answer.status, answer.json]).toEqual([400, wrongValue('', 'wrong_json')]);
      }
    });

    it('T8, T9: lets users change their own account, and records the address that they named', async () => {
      const token = await own('blitz_api_user_chg');
      const events = await blitz.eventsOf(async () => {
        const answer = await change({ family_name: 'Petrova' }, { token, headers: END_USER });
        expect([answer.status, answer.json.family_name]).toEqual([200, 'Petrova']);
      });
      expect(events.map(({ type, ip, user_agent }) => [type, ip, user_agent])).toEqual([
        ['user.updated', END_USER['x-forwarded-for'], END_USER['user-agent']],
      ]);
      const silent = await change({ family_name: 'X' }, { token });
      expect([silent.status, silent.json]).toEqual([400, wrongValue('X-Forwarded-For')]);
    });

    it('lets users change their own contacts, which are then unverified', async () => {
      anna = await blitz.account({ email: `old-${anna.id}@example.com`, emailVerified: true });
      const token = await own('blitz_api_user_chg');
      const email = { value: `new-${anna.id}@example.com`, verified: false };
      const phone_number = { value: '79990001122', verified: false };
      const same = await change({ email: { value: anna.email, verified: true } }, { token, headers: END_USER });
      expect([same.status, same.json.email]).toEqual([200, { value: anna.email, verified: true }]);
      const events = await blitz.eventsOf(async () => {
        const answer = await change({ email, phone_number }, { token, headers: END_USER });
        expect([answer.status, answer.json]).toMatchObject([200, { email, phone_number }]);
      });
      expect(events.map(({ type }) => type)).toEqual(['user.email_changed', 'user.updated']);
    });

    it('does not mistake an attribute of another API for the login, whatever its value', async () => {
      const email = `${anna.id}@example.com`;
      const nameless = await blitz.account({ username: email, email, attributes: { login: 5 } });
      const answer = await change({ family_name: 'X' }, { id: nameless.id });
      expect(answer.status).toBe(200);
      expect(answer.json).not.toHaveProperty('login');
    });

    it('names the changed attributes in the audit as the caller does', async () => {
      await change({ family_name: 'Petrova', level: 4, given_name: null });
      const token = await blitz.appToken('blitz_api_sys_uaud');
      const [event] = (await blitz.rest.ask('GET', `${at(anna.id)}/audit?rql=limit(1)`, { token })).json;
      expect([event.type, event.prms]).toEqual(['user_attrs_changed', { attrs: 'given_name,family_name,level' }]);
    });

    it('T13: refuses other accounts, other scopes, and attributes that users may not change', async () => {
      const boris = await blitz.account();
      const token = await own('blitz_api_user_chg');
      const foreign = await change({ family_name: 'X' }, { id: boris.id, token, headers: END_USER });
      expect([foreign.status, foreign.json.error]).toEqual([403, 'access_denied']);
      for (const body of [
        { login: 'somebody-else' },
        { email: { value: 'x@example.com', verified: true } },
        { phone_number: { value: '79990001122', verified: true } },
      ]) {
        const refused = await change(body, { token, headers: END_USER });
        expect([refused.status, refused.json.error]).toEqual([403, 'access_denied']);
      }
      for (const poor of [await own('blitz_api_user'), await blitz.appToken('blitz_api_sys_users')]) {
        const refused = await change({ family_name: 'X' }, { token: poor, headers: END_USER });
        expect([refused.status, refused.json.error]).toEqual([403, 'insufficient_scope']);
      }
      expect((await change({}, { token: 'nonsense' })).status).toBe(401);
    });

    it('answers no_subject_found for an unknown account', async () => {
      for (const id of ['nobody', instanceIdOf({ id: 'nobody' })]) {
        const answer = await change({ family_name: 'X' }, { id });
        expect([answer.status, answer.json]).toEqual([404, NO_SUBJECT]);
      }
    });

    it('writes no event when nothing changes', async () => {
      expect(await blitz.eventsOf(() => change({ family_name: 'Ivanova' }))).toEqual([]);
    });
  });

  describe('2.3: deletion', () => {
    const remove = (id: string, token = system, headers = {}) => blitz.rest.ask('DELETE', at(id), { token, headers });

    it('deletes by either id; afterwards every token is inactive and its sub-resources are gone', async () => {
      for (const idOf of [instanceIdOf, ({ id }: Pick<User, 'id'>) => id]) {
        anna = await blitz.account();
        const token = await own('blitz_api_user');
        const answer = await remove(idOf(anna));
        expect([answer.status, answer.text]).toEqual([204, '']);
        expect((await blitz.rest.ask('GET', at(anna.id), { token })).status).toBe(401);
        for (const path of ['', '/props', '/auth']) {
          const reader = await blitz.appToken('blitz_api_sys_users', 'blitz_api_sys_usec');
          const gone = await blitz.rest.ask('GET', at(anna.id, path), { token: reader });
          expect([gone.status, gone.json]).toEqual([404, NO_SUBJECT]);
        }
        expect([(await remove(anna.id)).status, (await remove(anna.id)).json]).toEqual([404, NO_SUBJECT]);
      }
    });

    it('deletes the apps of the account', async () => {
      const grants = ['client_credentials'] as const;
      const { client, secret } = await blitz.world.newLinkedApp(blitz.tenant, anna.id, { grantTypes: [...grants] });
      const authorization = `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`;
      const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
      const issue = () => blitz.rest.ask('POST', '/blitz/oauth/te', { headers, body: 'grant_type=client_credentials' });
      expect((await issue()).status).toBe(200);
      const events = await blitz.eventsOf(() => remove(anna.id));
      expect(events.map(({ type }) => type)).toEqual(['linked_app.removed', 'user.deleted']);
      expect((await issue()).json.error).toBe('invalid_client');
      const again = await blitz.account({ id: anna.id });
      const reader = await blitz.appToken('blitz_api_sys_uapps');
      expect((await blitz.rest.ask('GET', at(again.id, '/apps'), { token: reader })).json).toEqual([]);
    });

    it('lets users delete only their own account', async () => {
      const boris = await blitz.account();
      const token = await own('blitz_api_user_chg');
      const silent = await remove(anna.id, token);
      expect([silent.status, silent.json]).toEqual([400, wrongValue('X-Forwarded-For')]);
      const foreign = await remove(boris.id, token, END_USER);
      expect([foreign.status, foreign.json.error]).toEqual([403, 'access_denied']);
      const poor = await remove(anna.id, await own('blitz_api_user'), END_USER);
      expect([poor.status, poor.json.error]).toEqual([403, 'insufficient_scope']);
      const events = await blitz.eventsOf(async () =>
        expect((await remove(anna.id, token, END_USER)).status).toBe(204),
      );
      expect(events.at(-1)).toMatchObject({ type: 'user.deleted', subject_id: anna.id, ip: '200.200.100.100' });
    });

    it('v2: deletes with Basic when both ids name the account', async () => {
      const v2 = (query: string, id = anna.id, authorization = blitz.restBasic) =>
        blitz.rest.ask('DELETE', `/blitz/api/v2/users/${id}${query}`, { headers: { authorization } });
      const boris = await blitz.account();
      for (const query of [`?instanceId=${instanceIdOf(boris)}`, '', '?instanceId=', '?instanceId=a~b']) {
        const refused = await v2(query);
        expect([refused.status, refused.json]).toEqual([400, wrongValue('instanceId')]);
      }
      const bad = await v2(`?instanceId=${instanceIdOf(anna)}`, anna.id, 'Basic cG9ydGFsOndyb25n');
      expect([bad.status, bad.headers['www-authenticate']]).toEqual([401, 'Basic realm="blitz"']);
      const bearer = await v2(`?instanceId=${instanceIdOf(anna)}`, anna.id, `Bearer ${system}`);
      expect(bearer.status).toBe(401);
      const unknown = await v2(`?instanceId=${instanceIdOf({ id: 'nobody' })}`, 'nobody');
      expect([unknown.status, unknown.json]).toEqual([404, NO_SUBJECT]);
      const done = await v2(`?instanceId=${instanceIdOf(anna)}`);
      expect([done.status, done.text]).toEqual([204, '']);
      expect((await blitz.rest.ask('GET', at(anna.id), { token: system })).status).toBe(404);
    });
  });
});
