import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { NO_SUBJECT, NOT_FOUND, wrongValue } from '../../support/blitz-refusals.ts';

const RIGHTS = '/blitz/api/v3/rights';
const CHANGE = '/blitz/api/v2/users/rights/change';
const KEY = '114';

describe('Blitz 2.18: access rights', () => {
  const blitz = blitzOfSuite();
  let system: string;
  let revoker: string;
  let anna: User;
  let ben: User;
  let annasToken: string;
  let bensToken: string;
  beforeAll(async () => {
    system = await blitz.appToken('blitz_rights_full_access');
    revoker = await blitz.appToken('blitz_rm_rights');
    await blitz.world.newGroup(blitz.tenant, { profile: 'orgs', key: KEY });
  });
  beforeEach(async () => {
    [anna, ben] = [await blitz.account(), await blitz.account()];
    annasToken = await blitz.userToken(anna, 'blitz_user_rights');
    bensToken = await blitz.userToken(ben, 'blitz_user_rights');
  });

  const { ask } = blitz;
  const put = (body: unknown, token = system) => ask('PUT', RIGHTS, { token, body });
  const remove = (body: unknown, token = system) => ask('DELETE', RIGHTS, { token, body });
  const change = (token: string, body: object, headers = {}) => ask('POST', CHANGE, { token, body, headers });
  const of = async (who: string) => (await ask('GET', `${RIGHTS}/of/${who}`, { token: system })).json;
  const on = async (what: string) => (await ask('GET', `${RIGHTS}/on/${what}`, { token: system })).json;
  const parent = () => ({ subject: anna.id, object: ben.id, rights: ['change_password'], tags: ['parent'] });

  it('T29: shows object, right and tags of a subject, and subject and rights on an object', async () => {
    const given = await put([
      { subject: anna.id, object: `grps|${KEY}|orgs`, rights: ['ORG_ADMIN'] },
      { subject: anna.id, object: 'its|portal', rights: ['APP_ADMIN'], tags: ['set_from_api', 'audit'] },
      parent(),
      { subject: 'its|portal', object: ben.id, rights: ['change_password'] },
    ]);
    expect([given.status, given.text]).toEqual([204, '']);
    expect(await of(anna.id)).toEqual({
      [`grps|${KEY}|orgs`]: { ORG_ADMIN: ['set_from_api'] },
      'its|portal': { APP_ADMIN: ['audit', 'set_from_api'] },
      [ben.id]: { change_password: ['parent'] },
    });
    expect(await of('its/portal')).toEqual({ [ben.id]: { change_password: ['set_from_api'] } });
    expect(await on(ben.id)).toEqual({ [anna.id]: ['change_password'], 'its|portal': ['change_password'] });
    expect(await on(`grps/${KEY}?objectExt=orgs`)).toEqual({ [anna.id]: ['ORG_ADMIN'] });
    expect(await on('its/portal')).toEqual({ [anna.id]: ['APP_ADMIN'] });
    await remove({ subject: 'its|portal', object: ben.id, rights: ['change_password'] });
  });

  it('answers an empty object if there are no rights', async () => {
    expect(await of(anna.id)).toEqual({});
    expect(await of('its/portal')).toEqual({});
    expect(await on(anna.id)).toEqual({});
  });

  it('accepts plain ids with their types, and instance ids', async () => {
    const typed = { subject: 'portal', subjectType: 'its', rights: ['typed'] };
    const instance = Buffer.from(`usr:${anna.id}`).toString('base64url');
    const given = await put([
      { ...typed, object: KEY, objectType: 'grps', objectExt: 'orgs' },
      { ...typed, object: 'portal', objectType: 'its' },
      { subject: instance, object: ben.id, rights: ['by-instance'] },
    ]);
    expect(given.status).toBe(204);
    expect(await of('its/portal')).toEqual({
      [`grps|${KEY}|orgs`]: { typed: ['set_from_api'] },
      'its|portal': { typed: ['set_from_api'] },
    });
    expect(await of(instance)).toEqual({ [ben.id]: { 'by-instance': ['set_from_api'] } });
    await remove([
      { ...typed, object: `grps|${KEY}|orgs` },
      { ...typed, object: 'its|portal' },
    ]);
  });

  it('adds tags when a right is granted again, and ends it when a deletion leaves none', async () => {
    await put(parent());
    await put({ ...parent(), tags: ['audit'] });
    expect(await of(anna.id)).toEqual({ [ben.id]: { change_password: ['audit', 'parent'] } });
    expect((await remove(parent())).status).toBe(204);
    expect(await of(anna.id)).toEqual({ [ben.id]: { change_password: ['audit'] } });
    await remove({ ...parent(), tags: ['audit'] });
    expect(await of(anna.id)).toEqual({});
  });

  it('revokes a right completely without tags; an absent one is also answered with 204', async () => {
    await put({ ...parent(), tags: ['a', 'b'] });
    const { tags: _, ...whole } = parent();
    for (let i = 0; i < 2; i++) expect((await remove(whole)).status).toBe(204);
    expect(await of(anna.id)).toEqual({});
  });

  it('records an event for each right, named right_granted and right_revoked', async () => {
    await put({ ...parent(), rights: ['a', 'b'] });
    await put({ ...parent(), rights: ['a', 'b'] });
    await remove({ ...parent(), rights: ['a'] });
    const events = (await blitz.world.events(blitz.tenant)).filter(({ subject_id: id }) => id === anna.id);
    expect(events.filter(({ type }) => type.startsWith('right.'))).toMatchObject([
      { type: 'right.granted', client_id: 'portal', params: { object: ben.id, right: 'a' } },
      { type: 'right.granted', params: { object: ben.id, right: 'b' } },
      { type: 'right.revoked', params: { object: ben.id, right: 'a' } },
    ]);
  });

  it('are shown in the audit of their holder, with the added, removed and remaining tags', async () => {
    const reader = await blitz.appToken('blitz_api_sys_uaud');
    await put({ ...parent(), tags: ['a', 'b'] });
    await remove({ ...parent(), tags: ['a'] });
    await remove({ ...parent(), tags: ['b'] });
    const audit = await ask('GET', `/blitz/api/v3/users/${anna.id}/audit?rql=limit(3)`, { token: reader });
    const held = { subject: anna.id, object: ben.id, rights: 'change_password' };
    expect(audit.json.map(({ type, prms }: { type: string; prms: object }) => [type, prms])).toEqual([
      ['right_revoked', { ...held, tags: 'b' }],
      ['right_revoked', { ...held, tags: 'a', tags_left: 'b' }],
      ['right_granted', { ...held, tags: 'a,b' }],
    ]);
  });

  describe('refused values', () => {
    it.each<[string, object]>([
      ['subject', { subject: 'nobody' }],
      ['subject', { subject: 'its|none' }],
      ['subject', { subject: `grps|${KEY}|orgs` }],
      ['subject', { subject: '' }],
      ['subject', { subject: 'usr~aaaaaaaa~x' }],
      ['subject', { subject: 'a b' }],
      ['subject', { subject: 'x'.repeat(600) }],
      ['subject', { subject: 7 }],
      ['subject', { subject: undefined }],
      ['subjectType', { subjectType: 'grps' }],
      ['object', { object: 'nobody' }],
      ['object', { object: 'its|no\0ne' }],
      ['object', { object: `grps|${KEY}` }],
      ['object', { object: `grps|${KEY}|other` }],
      ['object', { object: 'grps|' }],
      ['object', { object: KEY, objectType: 'grps' }],
      ['object', { object: undefined }],
      ['objectType', { objectType: 'user' }],
      ['rights', { rights: undefined }],
      ['rights', { rights: [] }],
      ['rights', { rights: 'ORG_ADMIN' }],
      ['rights', { rights: ['a\0b'] }],
      ['rights', { rights: ['\ud800'] }],
      ['rights', { rights: [' '] }],
      ['rights', { rights: ['x'.repeat(129)] }],
      ['tags', { tags: [''] }],
      ['tags', { tags: ['x'.repeat(65)] }],
    ])('name the field %s', async (pos, over) => {
      const body = { ...parent(), ...over };
      for (const answer of [await put(body), await put([parent(), body]), await remove(body)]) {
        expect([answer.status, answer.json]).toEqual([400, wrongValue(pos)]);
      }
      expect(await of(anna.id)).toEqual({});
    });

    it('are bodies that are neither an object nor a list', async () => {
      for (const body of ['7', '"x"', 'null', '{', ''])
        expect(
          (await ask('PUT', RIGHTS, { token: system, body, headers: { 'content-type': 'application/json' } })).json,
        ).toEqual(wrongValue('', 'wrong_json'));
    });

    it('are groups without their profile in a path', async () => {
      const answer = await ask('GET', `${RIGHTS}/on/grps/${KEY}`, { token: system });
      expect([answer.status, answer.json]).toEqual([400, wrongValue('objectExt')]);
    });
  });

  it('answers 404 for subjects and objects in a path that do not exist', async () => {
    for (const path of ['of/nobody', 'on/nobody'])
      expect(await ask('GET', `${RIGHTS}/${path}`, { token: system })).toMatchObject({
        status: 404,
        json: NO_SUBJECT,
      });
    for (const path of ['of/its/none', 'on/its/none', 'on/grps/none?objectExt=orgs', `on/grps/${KEY}?objectExt=no`])
      expect(await ask('GET', `${RIGHTS}/${path}`, { token: system })).toMatchObject({
        status: 404,
        json: NOT_FOUND,
      });
  });

  it('shows users only their own rights', async () => {
    await put(parent());
    const own = await ask('GET', `${RIGHTS}/of/${anna.id}`, { token: annasToken, headers: END_USER });
    expect([own.status, own.json]).toEqual([200, { [ben.id]: { change_password: ['parent'] } }]);
    const closed = [`of/${ben.id}`, 'of/its/portal', `on/${anna.id}`, `on/grps/${KEY}?objectExt=orgs`, 'on/its/portal'];
    for (const path of closed)
      expect((await ask('GET', `${RIGHTS}/${path}`, { token: annasToken, headers: END_USER })).status).toBe(403);
    expect((await put(parent(), annasToken)).status).toBe(403);
    expect((await remove(parent(), annasToken)).status).toBe(403);
  });

  it('requires a token with its scope', async () => {
    for (const [method, path] of [
      ['GET', `${RIGHTS}/of/${anna.id}`],
      ['GET', `${RIGHTS}/on/${anna.id}`],
      ['PUT', RIGHTS],
      ['DELETE', RIGHTS],
    ] as const) {
      const body = method === 'GET' ? undefined : parent();
      const without = await ask(method, path, { token: revoker, body });
      expect([without.status, without.json.error]).toEqual([403, 'insufficient_scope']);
      const none = await ask(method, path, { body });
      expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer error="invalid_token"']);
    }
    expect((await change(system, { subject: anna.id, object: ben.id, remove: ['r'] })).json.error).toBe(
      'insufficient_scope',
    );
  });

  describe('changed under v2', () => {
    const pair = () => ({ subject: anna.id, object: ben.id });

    it('lets users grant and revoke rights on their own account', async () => {
      const given = await change(bensToken, { ...pair(), add: ['change_password', 'view'] }, END_USER);
      expect([given.status, given.text]).toEqual([204, '']);
      expect((await change(bensToken, { ...pair(), remove: ['view'] }, END_USER)).status).toBe(204);
      expect(await of(anna.id)).toEqual({ [ben.id]: { change_password: ['set_from_api'] } });
    });

    it('lets users give up their rights, but not grant themselves any', async () => {
      await put(parent());
      const more = await change(annasToken, { ...pair(), add: ['more'] });
      expect([more.status, more.json.error]).toEqual([403, 'access_denied']);
      expect((await change(annasToken, { ...pair(), remove: ['change_password'] })).status).toBe(204);
      expect(await of(anna.id)).toEqual({});
    });

    it('lets users change no rights of others on others', async () => {
      const carl = await blitz.account();
      const foreign = await change(bensToken, { subject: anna.id, object: carl.id, remove: ['r'] });
      expect([foreign.status, foreign.json.error]).toEqual([403, 'access_denied']);
    });

    it('lets applications revoke rights, but not grant any', async () => {
      await put(parent());
      const adding = await change(revoker, { ...pair(), add: ['x'], remove: ['change_password'] });
      expect([adding.status, adding.json.error]).toEqual([403, 'access_denied']);
      expect(await of(anna.id)).not.toEqual({});
      const taken = await change(revoker, { ...pair(), remove: ['change_password'] });
      expect([taken.status, taken.text]).toEqual([204, '']);
      expect(await of(anna.id)).toEqual({});
    });

    it('refuses bad values with their field', async () => {
      const refused: [string, object][] = [
        ['subject', { ...pair(), subject: 'nobody' }],
        ['object', { ...pair(), object: 'its|none' }],
        ['object', { subject: anna.id }],
        ['add', { ...pair(), add: 'x' }],
        ['remove', { ...pair(), remove: [7] }],
        ['remove', { ...pair(), remove: ['\0'] }],
      ];
      for (const [pos, body] of refused) {
        const answer = await change(revoker, body);
        expect([answer.status, answer.json]).toEqual([400, wrongValue(pos)]);
      }
    });
  });
});
