import { createPublicKey } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { REALM_PASSWORD, RealmWorld, realmOfSuite } from '../../support/realm.ts';
import type { Answer } from '../../support/rest.ts';
import { totpCode } from '../../support/totp.ts';

const { refusal } = RealmWorld;
const BASES = ['/realms/acme', '/auth/realms/acme'];
const ORIGIN = 'https://id.example.com';

describe('KOBIL 1, 2: tokens and discovery', () => {
  const realm = realmOfSuite();

  const get = (path: string, headers: Record<string, string> = {}) => realm.rest.ask('GET', path, { headers });
  const refresh = (form: Record<string, string>, token: string, base?: string) =>
    realm.post(
      'token',
      { ...form, grant_type: 'refresh_token', refresh_token: token },
      base === undefined ? {} : { base },
    );
  const signedIn = async (input: Parameters<RealmWorld['client']>[0] = {}, more: Record<string, string> = {}) => {
    const { client, form } = await realm.client(input);
    const user = await realm.user();
    const answer = await realm.signIn(form, user, more);
    expect(answer.status).toBe(200);
    return { client, form, user, answer, tokens: answer.json };
  };

  it.each(BASES)('describes the issuer in the spelling of the request: %s', async (base) => {
    const { status, json, headers } = await get(`${base}/.well-known/openid-configuration`);
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('public, max-age=300');
    const url = `${ORIGIN}${base}`;
    expect(json).toMatchObject({
      issuer: url,
      authorization_endpoint: `${url}/protocol/openid-connect/auth`,
      token_endpoint: `${url}/protocol/openid-connect/token`,
      introspection_endpoint: `${url}/protocol/openid-connect/token/introspect`,
      revocation_endpoint: `${url}/protocol/openid-connect/revoke`,
      userinfo_endpoint: `${url}/protocol/openid-connect/userinfo`,
      end_session_endpoint: `${url}/protocol/openid-connect/logout`,
      jwks_uri: `${url}/protocol/openid-connect/certs`,
      grant_types_supported: [
        ...['authorization_code', 'client_credentials', 'password', 'refresh_token'],
        'urn:ietf:params:oauth:grant-type:uma-ticket',
      ],
    });
    expect(json).not.toHaveProperty('acr_values_supported');
    for (const [name, endpoint] of Object.entries(json).filter(([member]) => /_endpoint$|jwks_uri/.test(member))) {
      const path = String(endpoint).slice(ORIGIN.length);
      expect([name, (await realm.rest.ask('OPTIONS', path)).status]).toEqual([name, 204]);
    }
  });

  it.each(BASES)('publishes the key that signs, alone and in a key set: %s', async (base) => {
    const { json } = await get(base);
    const url = `${ORIGIN}${base}`;
    expect(json).toEqual({
      realm: 'acme',
      public_key: expect.any(String),
      'token-service': `${url}/protocol/openid-connect`,
      'account-service': `${url}/account`,
      'tokens-not-before': 0,
    });
    const { form } = await realm.client();
    const token = (await realm.post('token', { ...form, grant_type: 'client_credentials' }, { base })).json
      .access_token;
    const key = createPublicKey({ key: Buffer.from(json.public_key, 'base64'), type: 'spki', format: 'der' });
    const { payload } = await jwtVerify(token, key, { currentDate: realm.world.clock.now() });
    expect(payload.iss).toBe(url);
    const { keys } = (await get(`${base}/protocol/openid-connect/certs`)).json;
    const { kid } = decodeProtectedHeader(token);
    expect(keys).toContainEqual(
      expect.objectContaining({
        kid,
        kty: 'RSA',
        alg: 'RS256',
        use: 'sig',
        x5c: [expect.any(String)],
        x5t: expect.any(String),
        'x5t#S256': expect.any(String),
      }),
    );
    expect(keys.at(-1)).toMatchObject({ kty: 'RSA', alg: 'RSA-OAEP', use: 'enc', x5c: [expect.any(String)] });
    expect(keys.at(-1).kid).not.toBe(kid);
  });

  it.each([
    ['GET', '/realms/nobody'],
    ['GET', '/auth/realms/nobody/'],
    ['GET', '/realms/nobody/.well-known/openid-configuration'],
    ['GET', '/realms/nobody/protocol/openid-connect/certs'],
    ['POST', '/realms/nobody/protocol/openid-connect/token'],
    ['POST', '/auth/realms/ACME/protocol/openid-connect/token'],
  ])('says that a realm does not exist: %s %s', async (method, path) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await realm.rest.ask(method, path, method === 'GET' ? {} : { headers, body: 'client_id=x' });
    expect([answer.status, answer.json]).toEqual([404, { error: 'Realm does not exist' }]);
  });

  it('answers unknown paths, methods and types as the service below the older one', async () => {
    const asked = async (method: string, path: string) => {
      const { status, json } = await realm.rest.ask(method, `/realms/acme/${path}`);
      return [status, json];
    };
    expect(await asked('GET', 'protocol/openid-connect/nothing')).toEqual([404, { error: 'HTTP 404 Not Found' }]);
    expect(await asked('GET', 'protocol/openid-connect/token')).toEqual([
      405,
      { error: 'HTTP 405 Method Not Allowed' },
    ]);
    const answer = await realm.post('token', '<a/>', { headers: { 'content-type': 'text/xml' } });
    expect([answer.status, answer.json]).toEqual([415, { error: 'HTTP 415 Unsupported Media Type' }]);
  });

  it('lets pages of origins that clients list read tokens, keys and metadata, with credentials', async () => {
    const { form } = await realm.client({ webOrigins: ['https://app.example.com'] });
    const origin = { origin: 'https://app.example.com' };
    const paths = ['/.well-known/openid-configuration', '/protocol/openid-connect/certs'];
    for (const path of paths) {
      const { headers } = await get(`/realms/acme${path}`, origin);
      expect(headers).toMatchObject({
        'access-control-allow-origin': 'https://app.example.com',
        'access-control-allow-credentials': 'true',
      });
      const other = await get(`/realms/acme${path}`, { origin: 'https://evil.example' });
      expect(other.headers['access-control-allow-origin']).toBeUndefined();
    }
    const own = await realm.post('token', { ...form, grant_type: 'client_credentials' }, { headers: origin });
    expect(own.headers['access-control-allow-credentials']).toBe('true');
    const another = await realm.client();
    const foreign = await realm.post(
      'token',
      { ...another.form, grant_type: 'client_credentials' },
      { headers: origin },
    );
    expect([foreign.status, foreign.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });

  it('answers preflights with 200, also to origins that no client lists, and other OPTIONS requests with 204', async () => {
    await realm.client({ webOrigins: ['https://asks.example'] });
    const path = '/realms/acme/protocol/openid-connect/token';
    const preflight = (origin: string) =>
      realm.rest.ask('OPTIONS', path, { headers: { origin, 'access-control-request-method': 'POST' } });
    const { status, text, headers } = await preflight('https://asks.example');
    expect([status, text]).toEqual([200, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://asks.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST',
      'access-control-max-age': '600',
    });
    const refused = await preflight('https://evil.example');
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([200, undefined]);
    expect((await realm.rest.ask('OPTIONS', path)).status).toBe(204);
  });

  describe('client_credentials', () => {
    it('answers without refresh token and session', async () => {
      const { client, form } = await realm.client();
      const answer = await realm.post('token', { ...form, grant_type: 'client_credentials' });
      expect([answer.status, Object.keys(answer.json)]).toEqual([
        200,
        ['access_token', 'expires_in', 'refresh_expires_in', 'token_type', 'not-before-policy', 'scope'],
      ]);
      expect(answer.json).toMatchObject({
        expires_in: 1800,
        refresh_expires_in: 0,
        token_type: 'Bearer',
        'not-before-policy': 0,
      });
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
      expect(decodeProtectedHeader(answer.json.access_token)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
      expect(decodeJwt(answer.json.access_token)).toMatchObject({
        iss: `${ORIGIN}/realms/acme`,
        sub: `client:${client.clientId}`,
        aud: 'account',
        typ: 'Bearer',
        azp: client.clientId,
        client_id: client.clientId,
        knd: 'app',
        acr: '1',
        realm_access: { roles: [] },
        resource_access: {},
      });
    });

    it('has the service account as subject, with the roles of both', async () => {
      const { world, acme } = realm;
      const created = await world.services.serviceAccounts.createClient(world.system(acme), {
        grantTypes: ['client_credentials'],
        fullRoleScope: true,
        hasServiceAccount: true,
      });
      const { client, secret } = created;
      const [mine, its] = [await world.newRole(acme), await world.newRole(acme)];
      await world.grantRole(acme, { holderKind: 'client', holderId: client.id, roleId: mine.id });
      await world.grantRole(acme, { holderKind: 'user', holderId: client.id, roleId: its.id });
      const form = { client_id: client.clientId, client_secret: secret!, grant_type: 'client_credentials' };
      const claims = decodeJwt((await realm.post('token', form)).json.access_token);
      expect(claims).toMatchObject({
        sub: client.id,
        preferred_username: `service-account-${client.clientId.toLowerCase()}`,
        realm_access: { roles: [mine.name, its.name].sort() },
      });
    });

    it('is refused while the service account is disabled or blocked', async () => {
      const { world, acme } = realm;
      const newWorker = async (clientId: string) => {
        const { client, secret } = await world.services.serviceAccounts.createClient(world.system(acme), {
          clientId,
          grantTypes: ['client_credentials'],
          hasServiceAccount: true,
        });
        const form = { client_id: clientId, client_secret: secret!, grant_type: 'client_credentials' };
        return { id: client.id, ask: () => realm.post('token', form) };
      };
      const refusedFor = (name: string) => [401, 'invalid_request', `User 'service-account-${name}' disabled`];
      const worker = await newWorker('worker');
      await world.services.endAccess.setEnabled(world.system(acme), worker.id, false);
      expect(refusal(await worker.ask())).toEqual(refusedFor('worker'));
      expect((await world.events(acme)).at(-1)).toMatchObject({
        type: 'token.refused',
        reason: 'SERVICE_ACCOUNT_DISABLED',
        client_id: 'worker',
      });
      await world.services.endAccess.setEnabled(world.system(acme), worker.id, true);
      expect((await worker.ask()).status).toBe(200);
      await world.services.endAccess.setEnabled(world.system(acme), worker.id, false);
      expect(refusal(await worker.ask())).toEqual(refusedFor('worker'));
      const sleeper = await newWorker('sleeper');
      await world.db.transaction(async () => {
        (await world.stores.userStore.lock(acme.id, sleeper.id))!.inactiveSince = world.clock.now();
      });
      expect(refusal(await sleeper.ask())).toEqual(refusedFor('sleeper'));
    });

    it('may ask for openid without having it, and gets no ID token', async () => {
      const { form } = await realm.client({ scopes: [] });
      const { status, json } = await realm.post('token', {
        ...form,
        grant_type: 'client_credentials',
        scope: 'openid',
      });
      expect([status, String(json.scope).split(' ')[0]]).toEqual([200, 'openid']);
      expect(json).not.toHaveProperty('id_token');
    });

    it('counts the latest moment before which tokens are refused', async () => {
      const { client, form } = await realm.client();
      const notBefore = new Date('2026-01-02T03:04:05.000Z');
      await realm.world.services.clients.update(realm.world.system(realm.acme), client.id, { notBefore });
      const { json } = await realm.post('token', { ...form, grant_type: 'client_credentials' });
      expect(json['not-before-policy']).toBe(notBefore.getTime() / 1000);
    });
  });

  describe('password', () => {
    it('answers the tokens of the older service, in its order, also to JSON and to Basic with the same secret', async () => {
      const { client, form } = await realm.client();
      const user = await realm.user({ givenName: 'Ada', familyName: 'Fern', email: 'ada@example.com' });
      const answer = await realm.signIn(form, user, { scope: 'openid' });
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.json)).toEqual([
        'access_token',
        'expires_in',
        'refresh_expires_in',
        'refresh_token',
        'token_type',
        'id_token',
        'not-before-policy',
        'session_state',
        'scope',
      ]);
      expect(answer.json).toMatchObject({ refresh_expires_in: 1800, scope: 'openid email profile' });
      const sid = answer.json.session_state;
      const about = {
        sub: user.id,
        azp: client.clientId,
        sid,
        session_state: sid,
        acr: '1',
        name: 'Ada Fern',
        preferred_username: user.username,
        given_name: 'Ada',
        family_name: 'Fern',
        email: 'ada@example.com',
        email_verified: false,
      };
      expect(decodeJwt(answer.json.access_token)).toMatchObject({
        ...about,
        typ: 'Bearer',
        knd: 'user',
        gid: expect.any(String),
        scope: 'openid email profile',
        'allowed-origins': [],
      });
      expect(decodeJwt(answer.json.id_token)).toMatchObject({
        ...about,
        typ: 'ID',
        aud: client.clientId,
        at_hash: expect.any(String),
      });
      expect(decodeProtectedHeader(answer.json.refresh_token)).toEqual({ alg: 'HS512', typ: 'JWT' });
      expect(decodeJwt(answer.json.refresh_token)).toMatchObject({
        typ: 'Refresh',
        azp: client.clientId,
        sub: user.id,
        iss: `${ORIGIN}/realms/acme`,
        aud: `${ORIGIN}/realms/acme`,
        sid,
      });
      const credentials = { grant_type: 'password', username: user.username, password: REALM_PASSWORD };
      const asJson = await realm.rest.ask('POST', '/realms/acme/protocol/openid-connect/token', {
        body: { ...form, ...credentials },
      });
      expect(asJson.status).toBe(200);
      const authorization = `Basic ${Buffer.from(`${form['client_id']}:${form['client_secret']}`).toString('base64')}`;
      const both = await realm.post('token', { ...form, ...credentials }, { headers: { authorization } });
      expect(both.status).toBe(200);
      const different = await realm.post(
        'token',
        { ...form, ...credentials, client_secret: 'x' },
        { headers: { authorization } },
      );
      expect(refusal(different)).toEqual([401, 'invalid_client', 'Invalid client or Invalid client credentials']);
    });

    it('refuses a wrong password, an unknown and a locked user alike', async () => {
      const { form } = await realm.client();
      const user = await realm.user();
      const wrong = [401, 'invalid_grant', 'Invalid user credentials'];
      expect(refusal(await realm.signIn(form, user, { password: 'wrong' }))).toEqual(wrong);
      expect(refusal(await realm.signIn(form, { ...user, username: 'nobody' }))).toEqual(wrong);
    });

    it('tells after the right password alone that the account is disabled or not complete', async () => {
      const { world, acme } = realm;
      const { form } = await realm.client();
      const disabled = await realm.user();
      await world.services.users.setEnabled(world.system(acme), disabled.id, false);
      expect(refusal(await realm.signIn(form, disabled))).toEqual([400, 'invalid_grant', 'Account disabled']);
      const pending = await realm.user({ requiredActions: ['CONFIGURE_TOTP'] });
      const first = await realm.user({ requiredActions: ['UPDATE_PASSWORD'] });
      await world.services.users.update(world.system(acme), first.id, { requiredActions: ['UPDATE_PASSWORD'] });
      for (const user of [pending, first])
        expect(refusal(await realm.signIn(form, user))).toEqual([400, 'invalid_grant', 'Account is not fully set up']);
      for (const user of [disabled, pending, first])
        expect(refusal(await realm.signIn(form, user, { password: 'wrong' }))).toEqual([
          401,
          'invalid_grant',
          'Invalid user credentials',
        ]);
      expect((await world.events(acme)).filter(({ subject_id }) => subject_id === disabled.id)).toContainEqual(
        expect.objectContaining({ type: 'sign_in.failed', reason: 'account_disabled' }),
      );
    });

    it('demands the code of a second factor that the account has; a missing or wrong one is a wrong password', async () => {
      const { world, acme } = realm;
      const { form } = await realm.client();
      const user = await realm.user();
      await world.giveTotp(acme, user.id);
      const wrong = [401, 'invalid_grant', 'Invalid user credentials'];
      expect(refusal(await realm.signIn(form, user))).toEqual(wrong);
      expect(refusal(await realm.signIn(form, user, { totp: '000000' }))).toEqual(wrong);
      const totp = totpCode('JBSWY3DPEHPK3PXP', world.clock.now());
      const answer = await realm.signIn(form, user, { totp });
      expect(answer.status).toBe(200);
      expect(decodeJwt(answer.json.access_token)['amr']).toEqual(expect.arrayContaining(['pwd', 'otp']));
      expect(refusal(await realm.signIn(form, user, { totp }))).toEqual(wrong);
    });

    it('gives lasting access that no session ends', async () => {
      const { form, user, tokens } = await signedIn({}, { scope: 'offline_access' });
      expect(tokens).toMatchObject({ refresh_expires_in: 0 });
      expect(tokens).not.toHaveProperty('session_state');
      expect(decodeJwt(tokens.refresh_token)).toMatchObject({ typ: 'Offline', sub: user.id });
      realm.world.clock.advance(100_000);
      expect((await refresh(form, tokens.refresh_token)).status).toBe(200);
    });

    it.each([false, true])(
      'gives lasting access until it is unused for too long, single use: %s',
      async (isSingleUse) => {
        const { world } = realm;
        const settings = { tokens: { offlineIdleSeconds: 1000, isRefreshSingleUse: isSingleUse } };
        const tenant = await realm.tenant({ name: `lasting${isSingleUse}`, settings });
        const base = `/realms/${tenant.name}`;
        const { form } = await realm.client({}, tenant);
        const user = await realm.user({}, tenant);
        const families = async () =>
          (
            await world.db.orm.em
              .fork()
              .getConnection()
              .execute('select expires_at as ends from grants where tenant_id = ?', [tenant.id])
          ).map(({ ends }: { ends: string }) => new Date(ends).getTime() - world.clock.now().getTime());
        let { refresh_token: token } = (await realm.signIn(form, user, { scope: 'offline_access' }, base)).json;
        for (let use = 0; use < 3; use++) {
          expect(await families()).toEqual([1_000_000]);
          world.clock.advance(900);
          ({ refresh_token: token } = (await refresh(form, token, base)).json);
        }
        world.clock.advance(999);
        await world.sweep(100);
        expect(await families()).toEqual([1_000]);
        world.clock.advance(2);
        expect(refusal(await refresh(form, token, base))).toEqual([400, 'invalid_grant', 'Token is not active']);
        await world.sweep(100);
        expect(await families()).toEqual([]);
      },
    );

    it('is open to builtin clients without any scope, which get the profile', async () => {
      const user = await realm.user({ email: 'cli@example.com' });
      const answer = await realm.signIn({ client_id: 'admin-cli' }, user, { scope: 'openid' });
      expect([answer.status, answer.json.scope]).toEqual([200, 'openid email profile']);
    });
  });

  it.each<[string, Record<string, string> | string, readonly [number, string, string]]>([
    ['no grant type', {}, [400, 'invalid_request', 'Missing form parameter: grant_type']],
    ['an unknown grant', { grant_type: 'urn:made-up' }, [400, 'unsupported_grant_type', 'Unsupported grant_type']],
    [
      'a doubled grant type',
      'grant_type=password&grant_type=password',
      [400, 'invalid_request', 'duplicated parameter'],
    ],
    [
      'a doubled name',
      'grant_type=password&username=a&username=b&password=c',
      [400, 'invalid_request', 'duplicated parameter'],
    ],
    [
      'no name',
      { grant_type: 'password', password: 'x' },
      [400, 'invalid_request', 'username: The parameter is missing.'],
    ],
    [
      'a scope that it may not have',
      { grant_type: 'password', username: 'a', password: 'b', scope: 'address' },
      [400, 'invalid_scope', 'A scope is unknown, malformed or not allowed for the client.'],
    ],
    [
      'an unknown code',
      { grant_type: 'authorization_code', code: 'x', redirect_uri: 'y' },
      [400, 'invalid_grant', 'Code not valid'],
    ],
    [
      'nonsense to refresh',
      { grant_type: 'refresh_token', refresh_token: 'a.b.c' },
      [400, 'invalid_grant', 'Invalid refresh token'],
    ],
  ])('refuses %s', async (_what, form, expected) => {
    const { client, secret } = await realm.client({
      grantTypes: ['authorization_code', 'client_credentials', 'password', 'refresh_token'],
      redirects: [{ uri: 'https://app.example.com/cb', match: 'exact' }],
    });
    const authorization = `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString('base64')}`;
    expect(refusal(await realm.post('token', form, { headers: { authorization } }))).toEqual(expected);
  });

  it('refuses clients that are unknown or disabled, show a wrong secret, or may not use a grant', async () => {
    const { form, client } = await realm.client({ grantTypes: ['refresh_token'] });
    const invalid = [401, 'invalid_client', 'Invalid client or Invalid client credentials'];
    const ask = (more: Record<string, string>) => realm.post('token', { grant_type: 'client_credentials', ...more });
    expect(refusal(await ask({}))).toEqual(invalid);
    expect(refusal(await ask({ client_id: 'nobody', client_secret: 'x' }))).toEqual(invalid);
    expect(refusal(await ask({ ...form, client_secret: 'wrong' }))).toEqual(invalid);
    const twice = new URLSearchParams([
      ...Object.entries(form),
      ['client_id', client.clientId],
      ['grant_type', 'password'],
    ]);
    expect(refusal(await realm.post('token', twice.toString()))).toEqual([
      400,
      'invalid_request',
      'duplicated parameter',
    ]);
    expect(refusal(await ask(form))).toEqual([
      401,
      'unauthorized_client',
      'Client not enabled to retrieve service account',
    ]);
    expect(refusal(await ask({ ...form, grant_type: 'password', username: 'a', password: 'b' }))).toEqual([
      400,
      'unauthorized_client',
      'Client not allowed for direct access grants',
    ]);
    await realm.world.services.clients.update(realm.world.system(realm.acme), client.id, { enabled: false });
    expect(refusal(await ask(form))).toEqual(invalid);
  });

  describe('refresh_token', () => {
    it('is used again while the session lives, which each use prolongs', async () => {
      const { form, tokens } = await signedIn({}, { scope: 'openid' });
      const { clock } = realm.world;
      const answers: Answer[] = [];
      for (let at = 0; at < 3; at += 1) {
        clock.advance(1200);
        answers.push(await refresh(form, tokens.refresh_token));
      }
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      const { json } = answers[2]!;
      expect(json).toMatchObject({ session_state: tokens.session_state, id_token: expect.any(String) });
      const [first, last] = [decodeJwt(tokens.refresh_token), decodeJwt(json.refresh_token)];
      expect([last.jti, last.exp! - first.exp!]).toEqual([first.jti, 3600]);
      clock.advance(1801);
      expect(refusal(await refresh(form, json.refresh_token))).toEqual([400, 'invalid_grant', 'Token is not active']);
    });

    it('ends with the session', async () => {
      const { form, tokens } = await signedIn();
      const { world, acme } = realm;
      await world.services.sessions.end(world.system(acme), tokens.session_state);
      expect(refusal(await refresh(form, tokens.refresh_token))).toEqual([400, 'invalid_grant', 'Session not active']);
    });

    it('is used once where the realm says so, and its return ends the family', async () => {
      const { world } = realm;
      const once = await realm.tenant({ name: 'once' });
      await world.services.tenants.updateSettings(world.system(once), { tokens: { isRefreshSingleUse: true } });
      const { form } = await realm.client({}, once);
      const user = await realm.user({}, once);
      const base = '/realms/once';
      const first = (await realm.signIn(form, user, {}, base)).json.refresh_token;
      const second = (await refresh(form, first, base)).json.refresh_token;
      expect(decodeJwt(second).jti).not.toBe(decodeJwt(first).jti);
      expect(refusal(await refresh(form, first, base))).toEqual([
        400,
        'invalid_grant',
        'Maximum allowed refresh token reuse exceeded',
      ]);
      expect(refusal(await refresh(form, second, base))).toEqual([400, 'invalid_grant', 'Session not active']);
    });

    it('may be used again as often as the realm says, each time for another token', async () => {
      const { world } = realm;
      const again = await realm.tenant({ name: 'again' });
      const tokens = { isRefreshSingleUse: true, refreshReuses: 2 };
      await world.services.tenants.updateSettings(world.system(again), { tokens });
      const { form } = await realm.client({}, again);
      const base = '/realms/again';
      const first = (await realm.signIn(form, await realm.user({}, again), {}, base)).json.refresh_token;
      const given: string[] = [];
      for (let use = 0; use < 3; use += 1) {
        const { status, json } = await refresh(form, first, base);
        expect([use, status]).toEqual([use, 200]);
        given.push(json.refresh_token);
      }
      const ids = [first, ...given].map((token) => decodeJwt(token).jti);
      expect(new Set(ids).size).toBe(4);
      expect((await refresh(form, given[0]!, base)).status).toBe(200);
      expect(refusal(await refresh(form, first, base))).toEqual([
        400,
        'invalid_grant',
        'Maximum allowed refresh token reuse exceeded',
      ]);
      for (const token of given)
        expect(refusal(await refresh(form, token, base))).toEqual([400, 'invalid_grant', 'Session not active']);
    });

    it('is used as often as allowed and no more by requests of one moment', async () => {
      const { world } = realm;
      const racing = await realm.tenant({ name: 'racing' });
      const tokens = { isRefreshSingleUse: true, refreshReuses: 1 };
      await world.services.tenants.updateSettings(world.system(racing), { tokens });
      const { form } = await realm.client({}, racing);
      const base = '/realms/racing';
      const first = (await realm.signIn(form, await realm.user({}, racing), {}, base)).json.refresh_token;
      const answers = await Promise.all([1, 2, 3, 4].map(() => refresh(form, first, base)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    });

    it('is refused for another client, another tenant and with a changed claim, and opens nothing', async () => {
      const { form, tokens } = await signedIn();
      const token: string = tokens.refresh_token;
      const invalid = [400, 'invalid_grant', 'Invalid refresh token'];
      expect(refusal(await refresh((await realm.client()).form, token))).toEqual(invalid);
      const other = await realm.tenant();
      const foreign = await realm.client({}, other);
      expect(refusal(await refresh(foreign.form, token, `/realms/${other.name}`))).toEqual(invalid);
      const [header, payload, signature] = token.split('.') as [string, string, string];
      const claims = { ...decodeJwt(token), exp: 9_999_999_999 };
      const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
      for (const changed of [
        `${header}.${forged}.${signature}`,
        `${header}.${payload}.`,
        `${header}.${payload}.${signature}.${signature}`,
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.${signature}`,
        `${token}${'x'.repeat(5000)}`,
      ])
        expect(refusal(await refresh(form, changed))).toEqual(invalid);
      for (const bearer of [token, (await realm.signIn(form, await realm.user(), { scope: 'openid' })).json.id_token]) {
        const answer = await get('/realms/acme/protocol/openid-connect/userinfo', {
          authorization: `Bearer ${bearer}`,
        });
        expect([answer.status, answer.json.error]).toEqual([401, 'invalid_token']);
      }
      expect((await refresh(form, token)).status).toBe(200);
    });

    it('may ask for fewer scopes and for no others', async () => {
      const { form, tokens } = await signedIn({}, { scope: 'openid' });
      const ask = (scope: string) =>
        realm.post('token', { ...form, grant_type: 'refresh_token', refresh_token: tokens.refresh_token, scope });
      expect((await ask('email')).json.scope).toBe('email');
      expect((await ask('offline_access')).json.error).toBe('invalid_scope');
    });
  });

  describe('sign-out by a refresh token', () => {
    const signOut = (form: Record<string, string>) => realm.post('logout', form);

    it('ends the session with its tokens, and may be asked again', async () => {
      const { form, user, tokens } = await signedIn({}, { scope: 'openid' });
      const answer = await signOut({ ...form, refresh_token: tokens.refresh_token });
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(refusal(await refresh(form, tokens.refresh_token))).toEqual([400, 'invalid_grant', 'Session not active']);
      const info = await get('/realms/acme/protocol/openid-connect/userinfo', {
        authorization: `Bearer ${tokens.access_token}`,
      });
      expect(info.status).toBe(401);
      expect(await realm.world.events(realm.acme)).toContainEqual(
        expect.objectContaining({ type: 'session.ended', actor_id: user.id, session_id: tokens.session_state }),
      );
      const again = await signOut({ ...form, refresh_token: tokens.refresh_token });
      expect(refusal(again)).toEqual([400, 'invalid_grant', 'Invalid refresh token']);
    });

    it('ends the family of lasting access', async () => {
      const { form, tokens } = await signedIn({}, { scope: 'offline_access' });
      expect((await signOut({ ...form, refresh_token: tokens.refresh_token })).status).toBe(204);
      expect((await refresh(form, tokens.refresh_token)).status).toBe(400);
    });

    it('treats a spent token as the token endpoint does: its family ends, and the request is refused', async () => {
      const { world } = realm;
      const tenant = await realm.tenant({ name: 'single', settings: { tokens: { isRefreshSingleUse: true } } });
      const base = '/realms/single';
      const { form } = await realm.client({}, tenant);
      const user = await realm.user({}, tenant);
      const first = (await realm.signIn(form, user, {}, base)).json.refresh_token;
      const second = (await refresh(form, first, base)).json.refresh_token;
      const reused = [400, 'invalid_grant', 'Maximum allowed refresh token reuse exceeded'];
      const spent = () => realm.post('logout', { ...form, refresh_token: first }, { base });
      expect(refusal(await spent())).toEqual(reused);
      expect(refusal(await refresh(form, second, base))).toEqual([400, 'invalid_grant', 'Session not active']);
      expect(refusal(await spent())).toEqual([400, 'invalid_grant', 'Invalid refresh token']);
      const found = (await world.events(tenant)).filter(({ type }) => /reused|sign_out/.test(type));
      expect(found).toMatchObject([
        { type: 'refresh_token.reused', subject_id: user.id, client_id: form['client_id'] },
        { type: 'sign_out.refused', reason: 'GRANT_INVALID', client_id: form['client_id'] },
      ]);
    });

    it('is recorded when it is refused', async () => {
      const { world, acme } = realm;
      const { form, tokens } = await signedIn();
      const other = await realm.client();
      const recorded = async (sent: Record<string, string>) => {
        const before = (await world.events(acme)).length;
        await signOut({ refresh_token: tokens.refresh_token, ...sent });
        return (await world.events(acme))
          .slice(before)
          .map(({ type, reason, client_id, outcome }) => [type, reason, client_id, outcome]);
      };
      const clientId = form['client_id'];
      expect(await recorded(other.form)).toEqual([
        ['sign_out.refused', 'GRANT_INVALID', other.client.clientId, 'failure'],
      ]);
      expect(await recorded({ ...form, refresh_token: 'none' })).toEqual([
        ['sign_out.refused', 'GRANT_INVALID', clientId, 'failure'],
      ]);
      expect(await recorded({ ...form, client_secret: 'wrong' })).toEqual([
        ['token.refused', 'CLIENT_UNAUTHENTICATED', clientId, 'failure'],
      ]);
      expect(await recorded({})).toEqual([['token.refused', 'CLIENT_UNAUTHENTICATED', null, 'failure']]);
      expect(await recorded({ ...form, refresh_token: 'x'.repeat(20_000) })).toEqual([
        ['sign_out.refused', 'TOKEN_PARAMETER_INVALID', null, 'failure'],
      ]);
    });

    it('is refused without a client, for another one, and for what is no refresh token', async () => {
      const { form, tokens } = await signedIn();
      const invalid = [401, 'invalid_client', 'Invalid client or Invalid client credentials'];
      const { refresh_token } = tokens;
      expect(refusal(await signOut({ refresh_token }))).toEqual(invalid);
      expect(refusal(await signOut({ ...form, client_secret: 'wrong', refresh_token }))).toEqual(invalid);
      expect(refusal(await signOut({ client_id: form['client_id']!, refresh_token }))).toEqual(invalid);
      expect(refusal(await signOut({ ...(await realm.client()).form, refresh_token }))).toEqual([
        400,
        'invalid_grant',
        "Invalid refresh token. Token client and authorized client don't match",
      ]);
      expect(refusal(await signOut({ ...form, refresh_token: tokens.access_token }))).toEqual([
        400,
        'invalid_grant',
        'Invalid refresh token',
      ]);
      const twice = new URLSearchParams([...Object.entries(form), ['refresh_token', 'a'], ['refresh_token', 'b']]);
      expect(refusal(await realm.post('logout', twice.toString()))).toEqual([
        400,
        'invalid_request',
        'duplicated parameter',
      ]);
      expect((await refresh(form, refresh_token)).status).toBe(200);
    });

    it('sends a browser on that shows none, and signs nobody out', async () => {
      const { form, tokens } = await signedIn({}, { scope: 'openid' });
      const answer = await signOut({ client_id: form['client_id']!, id_token_hint: tokens.id_token });
      expect([answer.status, answer.headers.location]).toEqual([
        302,
        expect.stringContaining('https://id.example.com/realms/acme/protocol/openid-connect/logout?'),
      ]);
      const large = await signOut({ state: 'x'.repeat(40_000) });
      expect(large.status).toBe(413);
      expect((await refresh(form, tokens.refresh_token)).status).toBe(200);
    });
  });

  describe('an access token', () => {
    it('is accepted in both spellings, whichever it was issued in', async () => {
      const { form } = await realm.client();
      const user = await realm.user();
      for (const base of BASES) {
        const { access_token: token, refresh_token: again } = (
          await realm.signIn(form, user, { scope: 'openid' }, base)
        ).json;
        expect(decodeJwt(token).iss).toBe(`${ORIGIN}${base}`);
        for (const other of BASES) {
          const info = await get(`${other}/protocol/openid-connect/userinfo`, { authorization: `bearer ${token}` });
          expect([info.status, info.json.sub]).toEqual([200, user.id]);
          expect(decodeJwt((await refresh(form, again, other)).json.access_token).iss).toBe(`${ORIGIN}${other}`);
        }
      }
    });

    it('names the roles of its user, which act without scopes, where the client has all of them in its scope', async () => {
      const { world, acme } = realm;
      const admin = await realm.user();
      await world.services.administration.promote(world.system(acme), admin.id);
      const wide = (await realm.signIn((await realm.client()).form, admin)).json.access_token;
      const claims = decodeJwt(wide);
      expect(claims['resource_access']).toMatchObject({ 'realm-management': { roles: ['realm-admin'] } });
      expect(claims.aud).toBe('realm-management');
      const ask = (token: string) => get('/realms/acme/v4_realm/settings', { authorization: `Bearer ${token}` });
      const users = (token: string) => get('/realms/acme/v3_user/adminusers', { authorization: `Bearer ${token}` });
      expect((await users(wide)).status).toBe(200);
      const narrow = (await realm.signIn((await realm.client({ fullRoleScope: false })).form, admin)).json.access_token;
      expect(decodeJwt(narrow)).toMatchObject({ realm_access: { roles: [] }, resource_access: {}, aud: 'account' });
      expect((await users(narrow)).status).toBe(403);
      const nobody = (await realm.signIn((await realm.client()).form, await realm.user())).json.access_token;
      expect((await users(nobody)).status).toBe(403);
      expect((await ask(wide)).status).not.toBe(401);
    });

    it('is introspected by its client with every claim, and dies when it is revoked', async () => {
      const { form, user, tokens } = await signedIn();
      const inspect = (token: string, by = form) => realm.post('token/introspect', { ...by, token });
      const { json } = await inspect(tokens.access_token);
      expect(json).toMatchObject({
        active: true,
        sub: user.id,
        username: user.username,
        client_id: form['client_id'],
        token_type: 'Bearer',
        typ: 'Bearer',
        realm_access: { roles: expect.any(Array) },
      });
      expect((await inspect(tokens.access_token, (await realm.client()).form)).json).toEqual({ active: false });
      expect((await inspect('nothing')).json).toEqual({ active: false });
      const app = (await realm.post('token', { ...form, grant_type: 'client_credentials' })).json.access_token;
      expect((await inspect(app)).json).not.toHaveProperty('username');
      const invalid = [401, 'invalid_client', 'Invalid client or Invalid client credentials'];
      expect(refusal(await realm.post('token/introspect', { token: app }))).toEqual(invalid);
      expect(refusal(await realm.post('token/introspect', { token: app, client_id: 'admin-cli' }))).toEqual(invalid);
      const revoke = (token: string) => realm.post('revoke', { ...form, token });
      expect((await revoke(tokens.access_token)).status).toBe(200);
      expect((await inspect(tokens.access_token)).json).toEqual({ active: false });
      expect((await revoke('nothing')).status).toBe(200);
      expect((await revoke(tokens.refresh_token)).status).toBe(200);
      expect(refusal(await refresh(form, tokens.refresh_token))).toEqual([400, 'invalid_grant', 'Session not active']);
    });

    it('shows the claims of its user at userinfo, and needs openid', async () => {
      const { form } = await realm.client();
      const user = await realm.user({ givenName: 'Ada', email: 'info@example.com' });
      const { access_token: token } = (await realm.signIn(form, user, { scope: 'openid' })).json;
      const ask = (bearer: string, method = 'GET') =>
        realm.rest.ask(method, '/realms/acme/protocol/openid-connect/userinfo', { token: bearer });
      for (const method of ['GET', 'POST'])
        expect((await ask(token, method)).json).toMatchObject({
          sub: user.id,
          preferred_username: user.username,
          given_name: 'Ada',
          email: 'info@example.com',
          email_verified: false,
        });
      const poor = (await realm.signIn(form, user)).json.access_token;
      expect((await ask(poor)).status).toBe(403);
      const bad = await ask('nothing');
      expect([bad.status, bad.headers['www-authenticate']]).toEqual([
        401,
        expect.stringContaining('error="invalid_token"'),
      ]);
    });
  });
});
