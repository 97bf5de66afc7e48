import { pbkdf2Sync } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const error = (status: number, text: string) => [status, { error: text }];
const message = (status: number, text: string) => [status, { errorMessage: text }];
const NO_USER = error(404, 'User not found');
const FORBIDDEN = error(403, 'HTTP 403 Forbidden');
const WRONG_SHAPE = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
const NO_JSON = [400, { error: 'invalid_request', error_description: 'Cannot parse the JSON' }];
const PASSWORD = 'five-lanterns-by-midnight';

const SALT = Buffer.from('sixteen bytes of');
const HASH = {
  type: 'password',
  credentialData: JSON.stringify({ hashIterations: 1_000, algorithm: 'pbkdf2-sha256', additionalParameters: {} }),
  secretData: JSON.stringify({
    value: pbkdf2Sync(PASSWORD, SALT, 1_000, 64, 'sha256').toString('base64'),
    salt: SALT.toString('base64'),
  }),
};
const APP = {
  type: 'otp',
  userLabel: 'Phone',
  credentialData: JSON.stringify({ subType: 'totp', digits: 6, period: 30, algorithm: 'HmacSHA1' }),
  secretData: JSON.stringify({ value: 'Dj9ZlpLxQ0vZcYbXrT2k' }),
};

describe('single users', () => {
  const realm = kobilOfSuite();
  const reading = ['user:read', 'credential:read', 'role-grant:read', 'federation-link:read'];
  let reader: string;
  let writer: string;
  beforeAll(async () => {
    reader = realm.token(realm.acme, ...reading);
    const changing = [
      'user:create',
      'user:write',
      'user:delete',
      'auth-mode:write',
      'password:set',
      'group-member:write',
    ];
    writer = realm.token(realm.acme, ...reading, ...changing);
    const rank = { name: 'rank', type: 'text' as const, isList: false, isUnmodifiable: false };
    await realm.world.services.tenants.updateSettings(realm.world.system(realm.acme), {
      passwordMinLength: 8,
      attributes: [{ ...rank, validators: [{ code: 'long', message: 'Three letters.', max: 3 }] }],
    });
    await realm.world.newGroup(realm.acme, { name: 'deck' });
  });
  const get = (path: string, token = reader) => realm.ask('GET', `/admin/realms/acme/${path}`, { token });
  const send = (method: string, path: string, body?: unknown, token = writer) =>
    realm.ask(method, `/admin/realms/acme/${path}`, { token, ...(body === undefined ? {} : { body }) });

  let user: User;
  let count = 0;
  const stored = (id = user.id) => realm.world.services.users.find(realm.world.system(realm.acme), id);
  const verifies = (password: string, id = user.id) =>
    realm.world.services.passwords.verify(realm.acme.id, id, password);
  beforeEach(async () => {
    user = await realm.world.newUser(realm.acme, {
      username: `hand${++count}`,
      email: `hand${count}@quay.example`,
      emailVerified: true,
      givenName: 'Liv',
      attributes: { berth: '3', shifts: ['late'] },
    });
  });

  it('are not found below another realm, nor by their name', async () => {
    const neighbour = await realm.world.newUser(realm.master);
    for (const id of [neighbour.id, user.username, 'none', '%00', 'x'.repeat(300), `grp~${realm.acme.route}~x`]) {
      expect(await get(`users/${id}`)).toEqual(NO_USER);
      expect(await send('PUT', `users/${id}`, { firstName: 'X' })).toEqual(NO_USER);
      expect(await send('DELETE', `users/${id}`)).toEqual(NO_USER);
      expect(await send('PUT', `users/${id}/reset-password`, { value: PASSWORD })).toEqual(NO_USER);
    }
    expect((await realm.world.services.users.find(realm.world.system(realm.master), neighbour.id))?.id).toBe(
      neighbour.id,
    );
  });

  it('are made with everything that is sent, at an address in the spelling of the request', async () => {
    const body = {
      username: `boy${count}`,
      email: `boy${count}@quay.example`,
      firstName: 'Sven',
      lastName: 'Holt',
      enabled: true,
      emailVerified: true,
      attributes: { berth: ['12'], shifts: ['early', 'late'], NUMBER_OF_FAILED_ATTEMPTS: ['4'] },
      credentials: [{ type: 'password', value: PASSWORD }],
      groups: ['/deck'],
      requiredActions: ['UPDATE_PASSWORD'],
      realmRoles: ['nothing'],
      unheardOf: true,
    };
    const { status, text, headers } = await realm.rest.ask('POST', '/auth/admin/realms/acme/users/', {
      token: writer,
      body,
    });
    expect([status, text]).toEqual([201, '']);
    const [, id] = /^https:\/\/id\.example\.com\/auth\/admin\/realms\/acme\/users\/([^/]+)$/.exec(headers.location!)!;
    expect(await stored(id)).toMatchObject({
      username: `boy${count}`,
      email: `boy${count}@quay.example`,
      emailVerified: true,
      givenName: 'Sven',
      familyName: 'Holt',
      enabled: true,
      attributes: { berth: ['12'], shifts: ['early', 'late'] },
      requiredActions: ['UPDATE_PASSWORD'],
    });
    expect(await verifies(PASSWORD, id)).toBe(true);
    const reading = realm.world.app(realm.acme, 'user:read', 'group:read');
    const document = 'query ($id: ID!) { user(userId: $id) { groups { path } } }';
    const { data } = await realm.world.graphql(reading, document, { id });
    expect(data.user.groups).toEqual([{ path: '/deck' }]);
  });

  it('are disabled unless they are enabled, and have to change a temporary password', async () => {
    const credentials = [{ type: 'password', value: PASSWORD, temporary: true }];
    const { headers } = await realm.rest.ask('POST', '/admin/realms/acme/users', {
      token: writer,
      body: { username: `mute${count}`, credentials, email: null },
    });
    expect(headers.location).toMatch(/^https:\/\/id\.example\.com\/admin\/realms\/acme\/users\//);
    const made = await stored(headers.location!.split('/').at(-1));
    expect(made).toMatchObject({
      enabled: false,
      emailVerified: false,
      email: null,
      requiredActions: ['UPDATE_PASSWORD'],
    });
  });

  describe('with hashes of another service', () => {
    const importer = () =>
      realm.token(realm.acme, 'user:create', 'tenant:import', 'auth-mode:write', 'credential:write', 'password:set');
    const make = (credentials: readonly object[], token = importer()) =>
      realm.rest.ask('POST', '/admin/realms/acme/users', {
        token,
        body: { username: `hashed${count}`, enabled: true, credentials },
      });

    it('are made with what they sign in with there', async () => {
      const made = await make([APP, HASH]);
      expect([made.status, made.text]).toEqual([201, '']);
      const id = made.headers.location!.split('/').at(-1)!;
      expect(await verifies(PASSWORD, id)).toBe(true);
      const credentials = (await realm.world.stores.credentials.ofUsers(realm.acme.id, [id])).get(id) ?? [];
      expect(credentials.map(({ type }) => type).toSorted()).toEqual(['password', 'totp']);
      expect((await stored(id))!.requiredActions).toEqual([]);
    });

    it('have to change a password that is temporary', async () => {
      const { headers } = await make([{ ...HASH, temporary: true }]);
      expect((await stored(headers.location!.split('/').at(-1)))!.requiredActions).toEqual(['UPDATE_PASSWORD']);
    });

    it('are refused where one cannot be used here, or two are passwords', async () => {
      const unknown = { ...HASH, credentialData: '{"algorithm":"md5","hashIterations":1}' };
      const refused = { errorMessage: 'Could not create user' };
      for (const credentials of [
        [unknown],
        [HASH, unknown],
        [HASH, HASH],
        [HASH, { value: PASSWORD }],
        [{ ...APP, secretData: '[]' }],
        Array.from({ length: 101 }, () => APP),
      ]) {
        const { status, text } = await make(credentials);
        expect([status, JSON.parse(text)]).toEqual([400, refused]);
      }
    });

    it('take the rights of an import', async () => {
      const scopes = ['user:create', 'tenant:import', 'auth-mode:write', 'credential:write', 'password:set'];
      for (const without of scopes.slice(1)) {
        const poor = realm.token(realm.acme, ...scopes.filter((scope) => scope !== without));
        expect((await make([APP], poor)).status).toBe(403);
      }
      expect((await make([APP], writer)).status).toBe(403);
    });
  });

  it('are changed: what is not sent stays, attributes are replaced, names stay', async () => {
    const body = {
      firstName: null,
      lastName: 'Roe',
      username: 'other',
      enabled: false,
      attributes: { berth: ['9'] },
    };
    expect(await send('PUT', `users/${user.id}`, body)).toEqual([204, undefined]);
    expect(await stored()).toMatchObject({
      username: user.username,
      givenName: 'Liv',
      familyName: 'Roe',
      enabled: false,
      email: user.email,
      emailVerified: true,
      attributes: { berth: ['9'] },
    });
    expect(Object.keys((await stored())!.attributes)).toEqual(['berth']);
    expect(await send('PUT', `users/${user.id}`, {})).toEqual([204, undefined]);
    expect(await send('PUT', `users/${user.id}`, { attributes: {} })).toEqual([204, undefined]);
    expect((await stored())!.attributes).toEqual({});
  });

  it('are deleted, once', async () => {
    expect(await send('DELETE', `users/${user.id}`, {})).toEqual([204, undefined]);
    expect(await send('DELETE', `users/${user.id}`)).toEqual(NO_USER);
    expect(await get(`users/${user.id}`)).toEqual(NO_USER);
  });

  it('are not made twice, nor with the address or the id of another', async () => {
    const taken = (what: string) => message(409, `User exists with same ${what}`);
    const other = { username: `fresh${count}` };
    expect(await send('POST', 'users', { username: user.username.toUpperCase() })).toEqual(taken('username'));
    const named = await realm.world.newUser(realm.acme, { id: `own-${count}` });
    expect(await send('POST', 'users', { username: named.id.toUpperCase() })).toEqual(taken('username'));
    expect(await send('POST', 'users', { username: user.email })).toEqual(taken('username or email'));
    expect(await send('POST', 'users', { ...other, email: user.email })).toEqual(taken('email'));
    const [one, two] = await Promise.all([send('POST', 'users', other), send('POST', 'users', other)]);
    expect([one, two].sort(([a], [b]) => a - b)).toEqual([[201, undefined], taken('username')]);
    const second = await realm.world.newUser(realm.acme, { email: `second${count}@quay.example` });
    expect(await send('PUT', `users/${second.id}`, { email: user.email })).toEqual(taken('email'));
  });

  it('have passwords that the tenant allows', async () => {
    const short = {
      error: 'invalidPasswordMinLengthMessage',
      error_description: 'Invalid password: A password has at least 8 characters.',
    };
    const reset = (body: unknown) => send('PUT', `users/${user.id}/reset-password`, body);
    expect(await reset({ type: 'password', value: PASSWORD, temporary: false })).toEqual([204, undefined]);
    expect(await verifies(PASSWORD)).toBe(true);
    expect((await stored())!.requiredActions).toEqual([]);
    expect(await reset({ value: 'short' })).toEqual([400, short]);
    expect(await send('PUT', `users/${user.id}`, { credentials: [{ value: 'short' }] })).toEqual([400, short]);
    const body = { username: `fresh${count}`, credentials: [{ value: 'short' }] };
    expect(await send('POST', 'users', body)).toEqual([400, short]);
    expect((await reset({ value: 'password1' }))[1].error).toBe('invalidPasswordBlacklistedMessage');
    expect((await reset({ value: `${user.username}-quay-hand` }))[1].error).toBe('invalidPasswordNotUsernameMessage');
    expect((await reset({ value: 'x'.repeat(1025) }))[1].error).toBe('invalidPasswordMaxLengthMessage');
    for (const value of [undefined, null, ''])
      expect(await reset({ type: 'password', value })).toEqual(error(400, 'No password provided'));
    expect(await reset({ value: 'a\u0000bcdefghi' })).toEqual(message(400, 'Could not update user!'));
    for (const wrong of [{ value: 1 }, { value: PASSWORD, type: 'otp' }, { value: PASSWORD, temporary: 'x' }, [], null])
      expect(await reset(wrong)).toEqual(WRONG_SHAPE);
    expect(await verifies(PASSWORD)).toBe(true);
  });

  it.each([
    [{ username: 'two/words' }],
    [{ username: 'x'.repeat(256) }],
    [{ email: 'nonsense' }],
    [{ firstName: 'x'.repeat(256) }],
    [{ attributes: { '': 'x' } }],
    [{ attributes: { rank: 'captain' } }],
    [{ attributes: { phoneNumber: 'x' } }],
    [{ groups: ['none'] }],
    [{ requiredActions: ['a b'] }],
  ])('refuse values that the service cannot store: %j', async (body) => {
    const fresh = { username: `fresh${count}`, ...body };
    expect(await send('POST', 'users', fresh)).toEqual(message(400, 'Could not create user'));
    if ('username' in body) return;
    expect(await send('PUT', `users/${user.id}`, body)).toEqual(message(400, 'Could not update user!'));
    expect(await stored()).toMatchObject({ givenName: 'Liv', email: user.email, attributes: user.attributes });
  });

  it.each([
    [{ email: 1 }],
    [{ enabled: 'true' }],
    [{ attributes: { berth: 1 } }],
    [{ attributes: ['x'] }],
    [{ groups: 'deck' }],
    [{ credentials: PASSWORD }],
    [{ credentials: [{ type: 'otp', value: 'x' }] }],
    [{ credentials: [{ type: 'password', credentialData: '{"algorithm":"bcrypt"}' }] }],
    [{ credentials: [{ type: 'webauthn', credentialData: '{}', secretData: '{}' }] }],
    [{ username: 7 }],
  ])('refuse members of another type: %j', async (body) => {
    expect(await send('POST', 'users', { username: 'x', ...body })).toEqual(WRONG_SHAPE);
    expect(await send('PUT', `users/${user.id}`, body)).toEqual(WRONG_SHAPE);
  });

  it.each(['[]', '1', 'null', '"x"'])('refuse %s in place of an object', async (body) => {
    const headers = { 'content-type': 'application/json' };
    for (const [method, path] of [
      ['POST', 'users'],
      ['PUT', `users/${user.id}`],
    ] as const)
      expect(await realm.ask(method, `/admin/realms/acme/${path}`, { token: writer, body, headers })).toEqual(
        WRONG_SHAPE,
      );
  });

  it.each(['{', '', '{"__proto__": {}, "username": "x"}', '\ufffe{}'])('refuse %j, which is no JSON', async (body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await realm.ask('POST', '/admin/realms/acme/users', { token: writer, body, headers });
    expect(answer).toEqual(body === '' ? WRONG_SHAPE : NO_JSON);
  });

  it('need a name', async () => {
    for (const username of [undefined, null, ''])
      expect(await send('POST', 'users', { username, firstName: 'X' })).toEqual(message(400, 'User name is missing'));
    expect(await send('POST', 'users', {})).toEqual(message(400, 'User name is missing'));
  });

  it('take further rights for actions and groups, and for passwords of existing users', async () => {
    const poor = realm.token(realm.acme, 'user:create', 'user:write');
    const body = { username: `fresh${count}` };
    expect(await send('POST', 'users', { ...body, groups: ['deck'] }, poor)).toEqual(FORBIDDEN);
    expect(await send('PUT', `users/${user.id}`, { requiredActions: ['VERIFY_EMAIL'] }, poor)).toEqual(FORBIDDEN);
    const credentials = [{ value: PASSWORD }];
    expect(await send('PUT', `users/${user.id}`, { credentials }, poor)).toEqual(FORBIDDEN);
  });
});
