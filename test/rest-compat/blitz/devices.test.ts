import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { User } from '../../../src/users/index.ts';
import { blitzOfSuite, END_USER } from '../../support/blitz.ts';
import { NOT_FOUND } from '../../support/blitz-refusals.ts';
import { TEST_ORIGIN } from '../../support/world.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

const blitz = blitzOfSuite();
let system: string;
let anna: User;
let token: string;
beforeAll(async () => {
  system = await blitz.appToken('blitz_api_sys_usec_chg', 'blitz_api_sys_uapps', 'blitz_api_sys_uapps_chg');
});
beforeEach(async () => {
  anna = await blitz.account();
  token = await blitz.userToken(anna, 'blitz_api_uapps', 'blitz_api_uapps_chg', 'blitz_api_usec_chg');
});

const users = '/blitz/api/v3/users';
const ask = (method: string, path: string, one = token) =>
  blitz.rest.ask(method, `${users}/${anna.id}${path}`, { token: one, headers: END_USER });
const lastEvent = async () =>
  (await blitz.world.events(blitz.tenant)).filter(({ subject_id: id }) => id === anna.id).at(-1);
const isActive = async (one: string) => (await blitz.introspect(one)).active;
const seen = (deviceId: string, userAgent: string, fingerprint: string | null = null) => {
  const { caller, tenant } = blitz.world.system(blitz.tenant);
  const origin = { ...TEST_ORIGIN, userAgent };
  const authority = Authority.system({ ...caller, origin }, tenant);
  return blitz.world.services.devices.seen(authority, { userId: anna.id, deviceId, fingerprint });
};

describe('Blitz 2.12: session reset', () => {
  it('T23: introspection answers that earlier tokens are not active', async () => {
    const other = await blitz.userToken(anna, 'blitz_api_usec');
    expect([await isActive(token), await isActive(other)]).toEqual([true, true]);
    const answer = await ask('POST', '/sessions/reset', system);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect([await isActive(token), await isActive(other)]).toEqual([false, false]);
  });

  it('T22: keeps the device that IB-CI-UA-ID names, with its session', async () => {
    await seen('SHA256_kept', FIREFOX);
    await seen('SHA256_gone', FIREFOX);
    await blitz.world.db.orm.em
      .fork()
      .getConnection()
      .execute('update sessions set device_id = ? where user_id = ?', ['SHA256_kept', anna.id]);
    const other = await blitz.userToken(anna, 'blitz_api_usec');
    const headers = { ...END_USER, 'ib-ci-ua-id': 'SHA256_kept' };
    const answer = await blitz.rest.ask('POST', `${users}/${anna.id}/sessions/reset`, { token, headers });
    expect(answer.status).toBe(204);
    expect([await isActive(token), await isActive(other)]).toEqual([true, false]);
    expect((await ask('GET', '/uas')).json.map(({ id }: { id: string }) => id)).toEqual(['SHA256_kept']);
  });

  it('T27: accepts the instanceId', async () => {
    const id = Buffer.from(`usr:${anna.id}`).toString('base64url');
    expect((await blitz.rest.ask('POST', `${users}/${id}/sessions/reset`, { token: system })).status).toBe(204);
    expect(await isActive(token)).toBe(false);
  });

  it('T13: is refused on another account and without the scope; an unknown account is 404', async () => {
    const bert = await blitz.account();
    const reset = (id: string, one: string) =>
      blitz.rest.ask('POST', `${users}/${id}/sessions/reset`, { token: one, headers: END_USER });
    expect(await reset(bert.id, token)).toMatchObject({ status: 403, json: { error: 'access_denied' } });
    const reader = await blitz.userToken(anna, 'blitz_api_usec');
    expect(await reset(anna.id, reader)).toMatchObject({ status: 403, json: { error: 'insufficient_scope' } });
    expect(await reset('nobody', system)).toMatchObject({ status: 404, json: { error: 'no_subject_found' } });
  });
});

describe('Blitz 2.13: devices', () => {
  it('are listed as the sample shows them', async () => {
    blitz.world.clock.advance(1);
    await seen('SHA256_phone', IPHONE);
    blitz.world.clock.advance(1);
    await seen('SHA256_7m4x', FIREFOX);
    blitz.world.clock.advance(1);
    await seen('SHA256_7m4x', FIREFOX, '0f3a9c');
    const answer = await ask('GET', '/uas');
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual([
      {
        id: 'SHA256_7m4x',
        subjectId: anna.id,
        name: 'Firefox 128',
        os: 'Ubuntu',
        tp: 'Browser',
        deviceType: 'pc',
        device: 'PC',
        deviceId: '0f3a9c',
        latestIp: '203.0.113.7',
        lastUsed: Math.floor(blitz.world.clock.now().getTime() / 1000),
        newlyCreated: false,
        trusted: false,
        cls: true,
      },
      expect.objectContaining({
        id: 'SHA256_phone',
        name: 'Mobile Safari 17',
        os: 'iOS 17.5',
        deviceType: 'mobile',
        device: 'Apple iPhone',
        deviceId: '',
        newlyCreated: true,
      }),
    ]);
    expect((await ask('GET', '/uas', system)).json).toEqual(answer.json);
  });

  it('are none at first, and are listed also if they sent no details', async () => {
    expect((await ask('GET', '/uas')).json).toEqual([]);
    await seen('SHA256_x', '');
    expect((await ask('GET', '/uas')).json).toMatchObject([{ name: '', os: '', deviceType: 'pc' }]);
  });

  it('are removed with an event; the second time they are not found', async () => {
    await seen('SHA256_x', FIREFOX);
    const answer = await ask('DELETE', '/uas/SHA256_x');
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await lastEvent()).toMatchObject({ type: 'device.removed', params: { deviceId: 'SHA256_x' } });
    expect((await ask('GET', '/uas')).json).toEqual([]);
    const again = await ask('DELETE', '/uas/SHA256_x');
    expect([again.status, again.json]).toEqual([404, NOT_FOUND]);
    expect(await isActive(token)).toBe(true);
  });
});

describe('Blitz 2.13: apps', () => {
  it('are listed as the sample shows them', async () => {
    const scopes = ['profile', 'openid'].map((name) => ({ name, isDefault: false }));
    const { client } = await blitz.world.newLinkedApp(blitz.tenant, anna.id, { name: 'Shop app', scopes });
    const answer = await ask('GET', '/apps');
    expect([answer.status, answer.json]).toEqual([
      200,
      [
        {
          id: client.clientId,
          name: { _default_: 'Shop app' },
          availableScopes: ['openid', 'profile'],
          softwareId: 'shop',
        },
      ],
    ]);
    expect((await ask('GET', '/apps', system)).json).toEqual(answer.json);
  });

  it('stop working when they are unlinked, with an event', async () => {
    const { client, secret } = await blitz.world.newLinkedApp(blitz.tenant, anna.id, {
      grantTypes: ['client_credentials'],
    });
    const signIn = () => {
      const basic = Buffer.from(`${encodeURIComponent(client.clientId)}:${secret}`).toString('base64');
      const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' };
      return blitz.rest.ask('POST', '/blitz/oauth/te', { headers, body: 'grant_type=client_credentials' });
    };
    const appsToken = (await signIn()).json.access_token;
    expect((await ask('GET', '/apps', appsToken)).status).toBe(403);
    const answer = await ask('DELETE', `/apps/${client.clientId}`);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await lastEvent()).toMatchObject({ type: 'linked_app.removed', client_id: client.clientId });
    expect((await ask('GET', '/apps')).json).toEqual([]);
    expect(await signIn()).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
    expect((await ask('GET', '/apps', appsToken)).status).toBe(401);
    const again = await ask('DELETE', `/apps/${client.clientId}`);
    expect([again.status, again.json]).toEqual([404, NOT_FOUND]);
  });

  it('of others, and clients that are not apps, are not found', async () => {
    const bert = await blitz.account();
    const { client } = await blitz.world.newLinkedApp(blitz.tenant, bert.id);
    for (const id of [client.clientId, blitz.clientId, '%D0%B6', 'x'.repeat(300)]) {
      const answer = await ask('DELETE', `/apps/${id}`);
      expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
    }
    // A text that no database can store is the id of no object, whatever its kind.
    expect((await ask('DELETE', '/apps/a%00')).status).toBe(404);
    expect((await ask('GET', '/apps')).json).toEqual([]);
    expect(await blitz.world.stores.clientStore.findByClientId(blitz.tenant.id, client.clientId)).not.toBeNull();
  });
});

describe.each(['/apps', '/uas'])('Blitz 2.13: %s', (list) => {
  it('T13: is refused on another account and without the scope; an unknown account is 404', async () => {
    const bert = await blitz.account();
    const reader = await blitz.userToken(anna, 'blitz_api_uapps');
    for (const [method, path] of [
      ['GET', list],
      ['DELETE', `${list}/SHA256_x`],
    ] as const) {
      const other = await blitz.rest.ask(method, `${users}/${bert.id}${path}`, { token, headers: END_USER });
      expect(other).toMatchObject({ status: 403, json: { error: 'access_denied' } });
      const nobody = await blitz.rest.ask(method, `${users}/nobody${path}`, { token: system });
      expect(nobody).toMatchObject({ status: 404, json: { error: 'no_subject_found' } });
    }
    const scope = await ask('DELETE', `${list}/SHA256_x`, reader);
    expect(scope).toMatchObject({ status: 403, json: { error: 'insufficient_scope' } });
  });

  it('T9: deleting in user mode requires the address of the user', async () => {
    const answer = await blitz.rest.ask('DELETE', `${users}/${anna.id}${list}/SHA256_x`, { token });
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ pos: 'X-Forwarded-For' }] } });
    expect((await blitz.rest.ask('GET', `${users}/${anna.id}${list}`, { token })).status).toBe(200);
  });
});
