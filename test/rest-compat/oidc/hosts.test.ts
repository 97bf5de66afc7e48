import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { scopeLinks, TestClient, TestUser } from '../../support/oauth.ts';
import { type RestClient, serveWorld } from '../../support/rest.ts';
import { World } from '../../support/world.ts';

const PUBLIC = 'id.example.com';
const HOST = 'login.acme.example';

describe('issuers of tenants with a host', () => {
  let world: World;
  let rest: RestClient;
  let acme: TenantRef;
  let other: TenantRef;
  let client: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    world = await World.open();
    await world.tenant({ name: 'master' });
    acme = await world.tenant({ name: 'acme' });
    other = await world.tenant({ name: 'other' });
    rest = await serveWorld(world);
    client = await TestClient.create(world, acme, {
      grantTypes: ['password', 'refresh_token', 'client_credentials'],
      scopes: scopeLinks(['openid']),
    });
    user = await TestUser.create(world, client);
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  const CONFIGURATION = '.well-known/openid-configuration';
  const get = (host: string, path: string, token?: string) =>
    rest.ask('GET', path, { headers: { host }, ...(token === undefined ? {} : { token }) });
  const issuerAt = async (host: string, path: string) => (await get(host, `${path}/${CONFIGURATION}`)).json?.issuer;
  const issue = async (host: string, form: Record<string, string>, by = client) => {
    const credentials = `Basic ${Buffer.from(`${by.clientId}:${by.secret}`).toString('base64')}`;
    const answer = await rest.ask('POST', '/t/acme/oauth/token', {
      headers: { host, authorization: credentials, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    });
    expect([answer.status, answer.json.error]).toEqual([200, undefined]);
    return answer.json;
  };
  const signIn = (host: string, by = client) =>
    issue(host, { grant_type: 'password', username: user.username, password: user.password, scope: 'openid' }, by);
  const userinfoAt = async (host: string, token: string) => (await get(host, '/t/acme/oauth/userinfo', token)).status;
  const bind = () => world.services.tenants.bindHost(world.system(acme), HOST);
  const unbind = () => world.services.tenants.unbindHost(world.system(acme), HOST);

  it('have PUBLIC_URL at every host that is not bound, whatever the Host header says', async () => {
    for (const host of [HOST, 'evil.example', `${PUBLIC}.evil.example`, '127.0.0.1', '[::1]', 'a b', PUBLIC])
      expect([host, await issuerAt(host, '/t/acme')]).toEqual([host, `https://${PUBLIC}/t/acme`]);
    const token = (await signIn('evil.example')).access_token;
    expect(decodeJwt(token).iss).toBe(`https://${PUBLIC}/t/acme`);
  });

  it('have the host that is bound, from the moment it is bound, however the header spells it', async () => {
    await bind();
    for (const host of [HOST, 'Login.ACME.example', `${HOST}:443`, `${HOST}:8443`, `${HOST}.`]) {
      const { json } = await get(host, `/t/acme/${CONFIGURATION}`);
      const urls = Object.entries(json).filter(([name]) => name === 'issuer' || /_(endpoint|uri)$/.test(name));
      expect(urls.length).toBeGreaterThan(3);
      for (const [name, url] of urls)
        expect([host, name, String(url).startsWith(`https://${HOST}/t/acme`)]).toEqual([host, name, true]);
    }
    expect(await issuerAt(PUBLIC, '/t/acme')).toBe(`https://${PUBLIC}/t/acme`);
  });

  it('leave the tenant out of paths where it is the default one, as it is at its own host', async () => {
    expect(await issuerAt(HOST, '/blitz')).toBe(`https://${HOST}/blitz`);
    expect(await issuerAt(HOST, '/t/acme/blitz')).toBe(`https://${HOST}/blitz`);
    expect(await issuerAt(PUBLIC, '/t/acme/blitz')).toBe(`https://${PUBLIC}/t/acme/blitz`);
    expect(await issuerAt(PUBLIC, '/blitz')).toBe(`https://${PUBLIC}/blitz`);
  });

  it('are those of the one tenant that has the host', async () => {
    expect((await get(HOST, `/t/other/${CONFIGURATION}`)).status).toBe(404);
    await world.services.tenants.bindHost(world.system(other), 'login.other.example');
    expect((await get('login.other.example', `/t/acme/${CONFIGURATION}`)).status).toBe(404);
    expect(await issuerAt('login.other.example', '/t/other')).toBe('https://login.other.example/t/other');
  });

  it('give tokens that are accepted at every address of the tenant, and at no other tenant', async () => {
    const tokens = { [HOST]: (await signIn(HOST)).access_token, [PUBLIC]: (await signIn(PUBLIC)).access_token };
    for (const [host, token] of Object.entries(tokens)) {
      expect(decodeJwt(token)).toMatchObject({ iss: `https://${host}/t/acme`, aud: `https://${host}/t/acme` });
      for (const at of [HOST, PUBLIC, 'evil.example']) expect([at, await userinfoAt(at, token)]).toEqual([at, 200]);
      expect((await get(PUBLIC, '/t/other/oauth/userinfo', token)).status).not.toBe(200);
      expect((await get('login.other.example', '/t/other/oauth/userinfo', token)).status).not.toBe(200);
    }
  });

  it('give opaque tokens and ID tokens alike', async () => {
    const opaque = await TestClient.create(world, acme, {
      grantTypes: ['password'],
      scopes: scopeLinks(['openid']),
      tokenFormat: 'opaque',
    });
    const tokens = await signIn(HOST, opaque);
    expect(decodeJwt(tokens.id_token).iss).toBe(`https://${HOST}/t/acme`);
    expect([await userinfoAt(HOST, tokens.access_token), await userinfoAt(PUBLIC, tokens.access_token)]).toEqual([
      200, 200,
    ]);
  });

  it('stay the issuer of a family wherever it is refreshed (OpenID Connect Core section 12.2)', async () => {
    for (const [made, asked] of [
      [HOST, PUBLIC],
      [PUBLIC, HOST],
    ] as const) {
      const { refresh_token } = await signIn(made);
      const tokens = await issue(asked, { grant_type: 'refresh_token', refresh_token });
      for (const token of [tokens.access_token, tokens.id_token])
        expect(decodeJwt(token).iss).toBe(`https://${made}/t/acme`);
    }
  });

  it('end when the host is taken away: their tokens are refused, and families go on below PUBLIC_URL', async () => {
    const opaque = await TestClient.create(world, acme, {
      grantTypes: ['password'],
      scopes: scopeLinks(['openid']),
      tokenFormat: 'opaque',
    });
    const { access_token, refresh_token } = await signIn(HOST);
    const tokens = [access_token, (await signIn(HOST, opaque)).access_token];
    const below = (await signIn(PUBLIC)).access_token;
    for (const token of [...tokens, below]) expect(await userinfoAt(PUBLIC, token)).toBe(200);
    await unbind();
    for (const token of tokens) expect(await userinfoAt(PUBLIC, token)).toBe(401);
    expect(await userinfoAt(PUBLIC, below)).toBe(200);
    expect(await issuerAt(HOST, '/t/acme')).toBe(`https://${PUBLIC}/t/acme`);
    const refreshed = await issue(PUBLIC, { grant_type: 'refresh_token', refresh_token });
    expect(decodeJwt(refreshed.access_token).iss).toBe(`https://${PUBLIC}/t/acme`);
    expect(await userinfoAt(PUBLIC, refreshed.access_token)).toBe(200);
    // Another tenant that gets the host gets none of the tokens.
    await world.services.tenants.bindHost(world.system(other), HOST);
    for (const token of tokens) expect(await userinfoAt(PUBLIC, token)).toBe(401);
    await world.services.tenants.unbindHost(world.system(other), HOST);
  });
});
