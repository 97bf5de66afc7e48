import { beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { mintHandle } from '../../../src/crypto/index.ts';
import type { User } from '../../../src/users/index.ts';
import { redeemTicket } from '../../support/image-flows.ts';
import { PasskeyBrowser, withClientData } from '../../support/passkeys.ts';
import { vaultOfSuite } from '../../support/vault.ts';

const OWN = ['read', 'write', 'delete'].map((verb) => `credential:${verb}:self`);
const FORBIDDEN = [403, { detail: 'Not enough permissions' }];
const DISABLED = [403, { detail: 'Passkeys are disabled' }];
const FAILED = [401, { detail: 'Authentication failed' }];
const UNKNOWN = [404, { detail: 'Passkey not found' }];
const APP = 'https://app.example.com';

describe('the passkeys of Secrets Vault', () => {
  const vault = vaultOfSuite();
  let anna: User;
  let token: string;
  let browser: PasskeyBrowser;
  beforeEach(async () => {
    const settings = { isPasskeyEnabled: true, passkeyOrigins: [APP] };
    await vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), settings);
    anna = await vault.world.newUser(vault.acme, { email: 'anna@example.com' });
    token = vault.userToken(vault.acme, anna.id, ...OWN);
    browser = new PasskeyBrowser();
  });

  const registerOptions = async (as = token) => {
    const [status, options] = await vault.ask('POST', '/api/passkey/register/options', { token: as });
    expect(status).toBe(200);
    return options;
  };
  const sent = (options: object) => {
    const { id, rawId, clientDataJson, attestationObject, ...more } = browser.create(options);
    return {
      id,
      raw_id: rawId,
      client_data_json: clientDataJson,
      attestation_object: attestationObject,
      transports: more.transports,
      authenticator_attachment: more.attachment,
      name: more.name,
    };
  };
  const verify = (body: object, as = token) => vault.ask('POST', '/api/passkey/register/verify', { token: as, body });
  const register = async () => {
    const [status, passkey] = await verify(sent(await registerOptions()));
    expect(status).toBe(200);
    return passkey;
  };
  const authOptions = (body: object, query = '?tenant_id=acme') =>
    vault.ask('POST', `/api/passkey/auth/options${query}`, { body });
  const used = async (username = anna.username) => {
    const [, options] = await authOptions({ username, tenant_id: 'acme' });
    const given = browser.get(options);
    return {
      id: given.id,
      raw_id: given.rawId,
      client_data_json: given.clientDataJson,
      authenticator_data: given.authenticatorData,
      signature: given.signature,
      user_handle: given.userHandle,
      username: anna.username,
      tenant_id: 'acme',
    };
  };
  const authenticate = (body: object, query = '') => vault.ask('POST', `/api/passkey/auth/verify${query}`, { body });
  const list = async (as = token) => vault.ask('GET', '/api/user/passkeys', { token: as });
  const change = (method: string, keyId: string, request: object = {}) =>
    vault.ask(method, `/api/user/passkeys/${keyId}`, { token, ...request });

  it('PK-1: 200 with options that WebAuthn has', async () => {
    expect(await registerOptions()).toEqual({
      rp: { id: expect.any(String), name: expect.any(String) },
      user: { id: expect.stringMatching(/^[\w-]{86}$/), name: anna.username, displayName: anna.username },
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 300_000,
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'preferred', requireResidentKey: false, userVerification: 'required' },
      attestation: 'none',
    });
  });

  it('PK-2: 200 with the passkey, without its public key; USER-14 lists it', async () => {
    const passkey = await register();
    expect(passkey).toEqual({
      key_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Phone',
      created_at: vault.world.clock.now().toISOString(),
      last_used_at: null,
      transports: ['usb'],
      authenticator_attachment: 'platform',
      backed_up: false,
    });
    expect(await list()).toEqual([200, { passkeys: [passkey] }]);
    const { api_key: key } = await keyOf('USER:READ');
    expect(await list(key)).toEqual([200, { passkeys: [passkey] }]);
  });
  const keyOf = async (...scopes: string[]) => {
    const { secret } = await vault.world.newApiKey(vault.acme, anna.id, ...scopes);
    return { api_key: secret };
  };

  it('USER-14 to USER-16: a security key is no passkey', async () => {
    const passkey = await register();
    const { acme, world } = vault;
    const authority = new Authority(world.userOfTwoFactors(acme, anna.id), acme, 'self');
    const { registration } = world.services.passkeys;
    const kind = 'security-key';
    const made = browser.create(await registration.begin(authority, { kind }));
    const key = await registration.add(authority, { ...made, kind });
    expect(await list()).toEqual([200, { passkeys: [passkey] }]);
    expect(await change('DELETE', key.id)).toEqual(UNKNOWN);
    expect(await change('PATCH', key.id, { body: { name: 'Key' } })).toEqual(UNKNOWN);
    expect(await registration.listOwn(authority, kind)).toEqual([
      expect.objectContaining({ id: key.id, label: 'Phone' }),
    ]);
  });

  it('PK-2: 200 without what a browser may leave out', async () => {
    const { name: _, transports: __, authenticator_attachment: ___, ...body } = sent(await registerOptions());
    const [status, passkey] = await verify(body);
    expect([status, passkey.name, passkey.transports, passkey.authenticator_attachment]).toEqual([200, '', [], null]);
  });

  it('PK-2: 400 for one that is not valid, 409 for a known one', async () => {
    const first = sent(await registerOptions());
    expect(await verify({ ...first, client_data_json: 'AAAA' })).toEqual([400, { detail: expect.any(String) }]);
    expect((await verify(first))[0]).toBe(200);
    expect((await verify(first))[0]).toBe(400);
    const { attestation_object, id, raw_id } = first;
    const copy = { ...sent(await registerOptions()), attestation_object, id, raw_id };
    expect((await verify(copy))[0]).toBe(409);
  });

  it('PK-2: 422 names each faulty member', async () => {
    const body = { ...sent(await registerOptions()), id: undefined, name: 'x'.repeat(65), transports: [1] };
    const [status, { detail }] = await verify({ ...body, authenticator_attachment: 'nearby' });
    expect(status).toBe(422);
    expect(detail.map(({ loc, type }: { loc: unknown; type: string }) => [loc, type])).toEqual([
      [['body', 'id'], 'missing'],
      [['body', 'transports', 0], 'string_type'],
      [['body', 'authenticator_attachment'], 'enum'],
      [['body', 'name'], 'string_too_long'],
    ]);
  });

  it('PK-2: 400 for the twenty-first', async () => {
    for (let i = 0; i < 20; i++) await register();
    expect((await verify(sent(await registerOptions())))[0]).toBe(400);
  });

  it('PK-3 and PK-4: 200 with a nonce for the request', async () => {
    const { key_id: keyId } = await register();
    const [status, options] = await authOptions({ username: anna.username, tenant_id: 'acme' });
    expect([status, options]).toEqual([
      200,
      {
        challenge: expect.stringMatching(/^[\w-]{43}$/),
        timeout: 300_000,
        rpId: expect.any(String),
        allowCredentials: [{ type: 'public-key', id: expect.any(String), transports: ['usb'] }],
        userVerification: 'required',
      },
    ]);
    const requestId = mintHandle(vault.acme.route);
    const proved = await authenticate(await used(), `?auth_req_id=${requestId}`);
    expect(proved).toEqual([200, { nonce: expect.stringMatching(/^[\w-]{43}$/), need_verify: true }]);
    const { userId } = await redeemTicket(vault.world, vault.acme, proved[1].nonce, requestId);
    expect(userId).toBe(anna.id);
    const [, { passkeys }] = await list();
    expect(passkeys).toMatchObject([{ key_id: keyId, last_used_at: vault.world.clock.now().toISOString() }]);
  });

  it('PK-3: the same kind of answer for a name that nobody has', async () => {
    const shown = async (username: string) => (await authOptions({ username, tenant_id: 'acme' }))[1].allowCredentials;
    expect(await shown('nobody')).toEqual(await shown('nobody'));
    expect(await shown('nobody')).toHaveLength(1);
  });

  it('PK-3: 400 for two tenants, 422 without one', async () => {
    const body = { username: anna.username, tenant_id: 'acme' };
    expect(await authOptions(body, '?tenant_id=master')).toEqual([400, { detail: 'Tenant mismatch' }]);
    expect((await authOptions(body, ''))[0]).toBe(422);
    expect((await authOptions({ username: anna.username }))[0]).toBe(422);
    expect((await authOptions({ tenant_id: 'acme' }))[0]).toBe(422);
  });

  it('PK-4: 401 with the same bytes for every fault', async () => {
    await register();
    const fault = async (over: object, query = '') => authenticate({ ...(await used()), ...over }, query);
    const { client_data_json: clientDataJson } = await used();
    const elsewhere = withClientData({ clientDataJson }, { origin: 'https://evil.example' }).clientDataJson;
    expect(await fault({ signature: 'AAAA' })).toEqual(FAILED);
    expect(await fault({ client_data_json: elsewhere })).toEqual(FAILED);
    vault.world.clock.advance(1000);
    expect(await fault({ username: 'nobody' })).toEqual(FAILED);
    expect(await fault({}, `?auth_req_id=${mintHandle(vault.master.route)}`)).toEqual(FAILED);
    expect(await fault({}, '?auth_req_id=x')).toEqual(FAILED);
  });

  it('PK-4: 429 with the end of the block after too many faults', async () => {
    await register();
    const right = await used();
    for (let i = 0; i < 5; i++) {
      expect(await authenticate({ ...right, signature: 'AAAA' })).toEqual(FAILED);
      vault.world.clock.advance(1);
    }
    const { status, json, headers } = await vault.rest.ask('POST', '/api/passkey/auth/verify', { body: right });
    expect([status, json]).toEqual([429, { detail: 'Too Many Requests' }]);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect((await authOptions({ username: anna.username, tenant_id: 'acme' }))[0]).toBe(429);
  });

  it('PK-4: 403 after a right response where the account is disabled', async () => {
    await register();
    await vault.world.services.endAccess.setEnabled(vault.world.system(vault.acme), anna.id, false);
    expect(await authenticate(await used())).toEqual([403, { detail: 'Account is disabled' }]);
  });

  it('403 where the tenant has none', async () => {
    await register();
    const [body, made] = [await used(), sent(await registerOptions())];
    const settings = { isPasskeyEnabled: false };
    await vault.world.services.tenants.updateSettings(vault.world.system(vault.acme), settings);
    expect(await vault.ask('POST', '/api/passkey/register/options', { token })).toEqual(DISABLED);
    expect(await verify(made)).toEqual(DISABLED);
    expect(await authOptions({ username: anna.username, tenant_id: 'acme' })).toEqual(DISABLED);
    expect(await authenticate(body)).toEqual(DISABLED);
    expect((await list())[1].passkeys).toHaveLength(1);
  });

  it('USER-15 and USER-16: 204 and 200; 404 for those of others and other credentials', async () => {
    const { key_id: keyId } = await register();
    expect(await change('PATCH', keyId, { body: { name: 'Key' } })).toMatchObject([
      200,
      { key_id: keyId, name: 'Key' },
    ]);
    expect((await change('PATCH', keyId, { body: { name: '' } }))[0]).toBe(422);
    expect((await change('PATCH', keyId, { body: {} }))[0]).toBe(422);
    const bea = await vault.world.newUser(vault.acme);
    const foreign = { token: vault.userToken(vault.acme, bea.id, ...OWN) };
    expect(await change('DELETE', keyId, foreign)).toEqual(UNKNOWN);
    expect(await change('PATCH', keyId, { ...foreign, body: { name: 'Mine' } })).toEqual(UNKNOWN);
    const { id: other } = await vault.world.giveTotp(vault.acme, anna.id);
    expect(await change('DELETE', other)).toEqual(UNKNOWN);
    expect(await change('DELETE', 'x')).toEqual(UNKNOWN);
    expect(await change('DELETE', keyId.toUpperCase())).toEqual([204, undefined]);
    expect(await change('DELETE', keyId)).toEqual(UNKNOWN);
  });

  it('refuses keys and applications where a person is meant', async () => {
    const { key_id: keyId } = await register();
    const { api_key: key } = await keyOf('USER');
    const app = vault.token(vault.acme, 'credential:read', 'credential:write', 'credential:delete');
    for (const as of [key, app]) {
      expect(await vault.ask('POST', '/api/passkey/register/options', { token: as })).toEqual(FORBIDDEN);
      expect(await verify(sent(await registerOptions()), as)).toEqual(FORBIDDEN);
      expect(await change('DELETE', keyId, { token: as })).toEqual(FORBIDDEN);
      expect(await change('PATCH', keyId, { token: as, body: { name: 'Key' } })).toEqual(FORBIDDEN);
    }
    expect(await list(app)).toEqual(FORBIDDEN);
    expect((await vault.ask('GET', '/api/user/passkeys'))[0]).toBe(401);
  });

  it('WELL-1: 200 with the origins of the tenant of the host', async () => {
    const read = async (host?: string) => {
      const { status, json, headers } = await vault.rest.ask('GET', '/.well-known/webauthn', {
        headers: host === undefined ? {} : { host },
      });
      expect(headers['content-type']).toMatch(/^application\/json/);
      return [status, json];
    };
    expect(await read()).toEqual([200, { origins: [] }]);
    await vault.world.services.tenants.bindHost(vault.world.system(vault.acme), 'keys.acme.example');
    expect(await read('keys.acme.example')).toEqual([200, { origins: [APP] }]);
    expect((await vault.ask('POST', '/.well-known/webauthn'))[0]).toBe(405);
  });
});
