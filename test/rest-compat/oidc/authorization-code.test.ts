import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { scopeLinks, TEST_REDIRECT, TEST_VERIFIER, TestBrowserUser, TestClient } from '../../support/oauth.ts';
import { type RestClient, serveWorld } from '../../support/rest.ts';
import { World } from '../../support/world.ts';

const FORM = 'application/x-www-form-urlencoded';
const USERINFO = '/t/acme/oauth/userinfo';

describe('tokens of authorization codes over HTTP', () => {
  let world: World;
  let rest: RestClient;
  let acme: TenantRef;
  let user: TestBrowserUser;
  let users = 0;
  beforeAll(async () => {
    world = await World.open();
    await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme' });
    rest = await serveWorld(world);
    user = await newUser('confidential');
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  const newUser = async (type: 'confidential' | 'public') => {
    const client = await TestClient.create(world, acme, {
      type,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirects: [{ uri: TEST_REDIRECT }],
      scopes: scopeLinks(['openid', 'email']),
    });
    return TestBrowserUser.create(world, client, { email: `u${++users}@example.com` });
  };
  const post = (path: string, form: Record<string, string> | string, headers: Record<string, string> = {}) =>
    rest.ask('POST', path, {
      headers: { 'content-type': FORM, ...headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
  const redeem = ({ client }: TestBrowserUser, form: Record<string, string>, path = '/t/acme/oauth/token') => {
    const credentials = `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}`;
    const all = { grant_type: 'authorization_code', redirect_uri: TEST_REDIRECT, ...form };
    return client.secret === null
      ? post(path, { client_id: client.clientId, ...all })
      : post(path, all, { authorization: credentials });
  };

  it.each(['confidential', 'public'] as const)(
    'are issued to a %s client with a verifier (RFC 6749 section 4.1.3, RFC 7636 section 4.5)',
    async (type) => {
      const own = await newUser(type);
      const code = await own.code({ hasChallenge: true, nonce: 'n-1' });
      const answer = await redeem(own, { code, code_verifier: TEST_VERIFIER });
      expect([answer.status, answer.json]).toEqual([
        200,
        {
          access_token: expect.any(String),
          token_type: 'Bearer',
          expires_in: 900,
          scope: 'openid',
          refresh_token: expect.any(String),
          id_token: expect.any(String),
        },
      ]);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(decodeJwt(answer.json.id_token)).toMatchObject({ sub: own.user.id, nonce: 'n-1', sid: own.session.id });
    },
  );

  it('answers every refusal of a code with invalid_grant (RFC 6749 section 5.2)', async () => {
    const code = await user.code();
    const refusals = [
      await redeem(user, { code: 'unknown' }),
      await redeem(user, { code, redirect_uri: `${TEST_REDIRECT}?a=b` }),
      await redeem(user, { code, code_verifier: TEST_VERIFIER }),
      await redeem(user, { code }, '/t/acme/blitz/oauth/te'),
    ];
    expect(refusals.map(({ status, json }) => [status, json.error])).toEqual(
      refusals.map(() => [400, 'invalid_grant']),
    );
    expect((await redeem(user, { code })).status).toBe(200);
    const again = await redeem(user, { code });
    expect([again.status, again.json.error]).toEqual([400, 'invalid_grant']);
  });

  it('answers a code of another client, a wrong or missing verifier and an old code with invalid_grant (checks 5, 6 and 9)', async () => {
    const other = await newUser('confidential');
    const code = await user.code({ hasChallenge: true });
    const refusals = [
      await redeem(other, { code, code_verifier: TEST_VERIFIER }),
      await redeem(user, { code, code_verifier: 'w'.repeat(43) }),
      await redeem(user, { code }),
    ];
    const old = await user.code();
    world.clock.advance(61);
    refusals.push(await redeem(user, { code: old }));
    expect(refusals.map(({ status, json }) => [status, json.error])).toEqual(
      refusals.map(() => [400, 'invalid_grant']),
    );
  });

  it('answers a request without a code, or with two, with invalid_request', async () => {
    const code = await user.code();
    const { client } = user;
    const credentials = `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}`;
    const twice = `grant_type=authorization_code&redirect_uri=${TEST_REDIRECT}&code=${code}&code=${code}`;
    const answers = [await redeem(user, {}), await post('/t/acme/oauth/token', twice, { authorization: credentials })];
    expect(answers.map(({ status, json }) => [status, json.error])).toEqual(
      answers.map(() => [400, 'invalid_request']),
    );
  });

  it('are issued at the suite API, which gives no refresh token without offline access', async () => {
    const path = '/t/acme/blitz/oauth/te';
    const online = await redeem(user, { code: await user.code({ issuerKind: 'suite' }) }, path);
    expect([online.status, online.json.refresh_token]).toEqual([200, undefined]);
    const offline = await redeem(user, { code: await user.code({ issuerKind: 'suite', isOffline: true }) }, path);
    expect([offline.status, offline.json.refresh_token]).toEqual([200, expect.any(String)]);
  });

  describe('at userinfo', () => {
    const token = async () => (await user.tokens({ scopes: ['openid', 'email'] })).accessToken;
    const EMAIL = { email: 'u1@example.com', email_verified: false };

    it('are read from the form of a POST (RFC 6750 section 2.2)', async () => {
      const answer = await post(USERINFO, { access_token: await token() });
      expect([answer.status, answer.json]).toEqual([200, { sub: user.user.id, ...EMAIL }]);
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it('are read from Authorization where the form has none', async () => {
      const authorization = `Bearer ${await token()}`;
      for (const form of ['', 'other=1', 'access_token='])
        expect([form, (await post(USERINFO, form, { authorization })).status]).toEqual([form, 200]);
    });

    it('are refused when they come twice, in the form or beside Authorization (RFC 6750 section 2)', async () => {
      const own = await token();
      const answers = [
        await post(USERINFO, { access_token: own }, { authorization: `Bearer ${own}` }),
        await post(USERINFO, { access_token: own }, { authorization: 'Basic YTpi' }),
        await post(USERINFO, `access_token=${own}&access_token=${own}`),
      ];
      expect(answers.map(({ status, json }) => [status, json.error])).toEqual(
        answers.map(() => [400, 'invalid_request']),
      );
    });

    it('are read from no other body, from no query and from no form of a GET', async () => {
      const own = await token();
      const json = await rest.ask('POST', USERINFO, { body: { access_token: own } });
      expect([json.status, json.json.error]).toEqual([415, 'invalid_request']);
      for (const method of ['GET', 'POST'])
        expect((await rest.ask(method, `${USERINFO}?access_token=${own}`)).status).toBe(401);
      const form = { headers: { 'content-type': FORM }, body: `access_token=${own}` };
      expect((await rest.ask('GET', USERINFO, form)).status).toBe(401);
    });

    it('are challenged when they are wrong or missing (RFC 6750 section 3)', async () => {
      const wrong = await post(USERINFO, { access_token: 'wrong' });
      expect([wrong.status, wrong.headers['www-authenticate']]).toEqual([
        401,
        'Bearer realm="idgraph", error="invalid_token"',
      ]);
      const none = await post(USERINFO, '');
      expect([none.status, none.headers['www-authenticate']]).toEqual([401, 'Bearer realm="idgraph"']);
    });

    it('are refused at other endpoints when they stand in a form', async () => {
      const answer = await post('/t/acme/oauth/introspect', { access_token: await token(), token: 'x' });
      expect(answer.status).toBe(401);
    });
  });
});
