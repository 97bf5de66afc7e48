import { describe, expect, it } from 'vitest';
import { TEST_REDIRECT, TestClient } from '../../support/oauth.ts';
import { REALM_PASSWORD, realmOfSuite } from '../../support/realm.ts';
import { WebUser } from '../../support/web-user.ts';
import { networkOf } from '../../support/world-network.ts';

const BASES = ['/realms/acme', '/auth/realms/acme'] as const;
const HOST = 'https://id.example.com';
const HTML = { accept: 'text/html' };

describe('registrations', () => {
  const realm = realmOfSuite();
  const allow = (registration: boolean) =>
    realm.world.services.tenants.updateSettings(realm.world.system(realm.acme), { registration });
  const newClient = () =>
    TestClient.create(realm.world, realm.acme, {
      grantTypes: ['authorization_code'],
      redirects: [{ uri: TEST_REDIRECT, match: 'exact' }],
      scopes: ['openid', 'profile'].map((name) => ({ name, isDefault: false })),
    });
  const pathOf = (base: string, { clientId }: TestClient, more: Record<string, string> = {}) => {
    const asked = { client_id: clientId, redirect_uri: TEST_REDIRECT, response_type: 'code', state: 's-1' };
    const parameters = new URLSearchParams({ ...asked, scope: 'openid profile', ...more });
    return `${base}/protocol/openid-connect/registrations?${parameters}`;
  };
  const personOf = (username: string) =>
    new WebUser({ username, password: REALM_PASSWORD }, networkOf(realm.world, realm.rest));
  const userOf = (username: string) =>
    realm.world.services.users.findByUsername(realm.world.system(realm.acme), username);

  it.each(BASES)('makes an account, asks for the consent and leads back to the application: %s', async (base) => {
    await allow(true);
    const client = await newClient();
    const username = base.startsWith('/auth') ? 'bea' : 'cara';
    const { url, asked } = await personOf(username).visit(`${HOST}${pathOf(base, client)}`);
    expect(asked).toEqual(['RegistrationStep', 'ConsentStep']);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      code: expect.any(String),
      state: 's-1',
      session_state: expect.any(String),
    });
    expect(await userOf(username)).toMatchObject({ email: `${username}@example.org` });
  });

  it('begins with the registration also where somebody is signed in, whom a hint of the application may name', async () => {
    await allow(true);
    const client = await newClient();
    const browser = personOf('dora');
    await browser.visit(`${HOST}${pathOf(BASES[0], client)}`);
    const first = (await userOf('dora'))!;
    const eve = new WebUser({ username: 'eve', password: REALM_PASSWORD }, networkOf(realm.world, realm.rest));
    eve.jarOf('id.example.com').keep(browser.jarOf('id.example.com').header.split('; '));
    const claims = JSON.stringify({ id_token: { sub: { value: first.id } } });
    const { url, asked } = await eve.visit(`${HOST}${pathOf(BASES[0], client, { claims })}`);
    expect(asked).toEqual(['RegistrationStep', 'ConsentStep']);
    expect(url.searchParams.get('error')).toBeNull();
    expect((await userOf('eve'))!.id).not.toBe(first.id);
  });

  it('tells the application that nothing can be shown where it allows no page', async () => {
    await allow(true);
    const { url } = await personOf('none').visit(`${HOST}${pathOf(BASES[0], await newClient(), { prompt: 'none' })}`);
    expect(url.searchParams.get('error')).toBe('login_required');
  });

  it('tells the application that its request is malformed, as the authorization endpoint does', async () => {
    await allow(true);
    const { url } = await personOf('none').visit(`${HOST}${pathOf(BASES[0], await newClient(), { max_age: 'x' })}`);
    expect(url.searchParams.get('error')).toBe('invalid_request');
  });

  it('is a page with an error where nobody may register, and for unknown clients and addresses', async () => {
    await allow(false);
    const client = await newClient();
    const { status, text } = await realm.rest.ask('GET', pathOf(BASES[0], client), { headers: HTML });
    expect([status, text]).toEqual([400, expect.stringContaining('REGISTRATION_CLOSED')]);
    const events = await realm.world.events(realm.acme);
    expect(events.filter(({ type }) => type === 'authorization.refused').at(-1)).toMatchObject({
      client_id: client.clientId,
      reason: 'REGISTRATION_CLOSED',
    });
    await allow(true);
    for (const [more, code] of [
      [{ client_id: 'nobody' }, 'AUTHORIZATION_CLIENT_INVALID'],
      [{ redirect_uri: 'https://evil.example/cb' }, 'AUTHORIZATION_REDIRECT_INVALID'],
    ] as const) {
      const refused = await realm.rest.ask('GET', pathOf(BASES[0], client, more), { headers: HTML });
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(code)]);
    }
    const program = await realm.rest.ask('GET', pathOf(BASES[0], client, { client_id: 'nobody' }));
    expect([program.status, program.json.error]).toEqual([400, 'invalid_request']);
  });

  it('takes a GET alone', async () => {
    const answer = await realm.rest.ask('POST', `${BASES[0]}/protocol/openid-connect/registrations`);
    expect([answer.status, answer.json]).toEqual([405, { error: 'HTTP 405 Method Not Allowed' }]);
  });
});
