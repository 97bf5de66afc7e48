import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';
import { refusalOf } from '../../support/refusal.ts';

const BOTH = { view: ['admin', 'user'], edit: ['admin', 'user'] };
const PROFILE = {
  attributes: [
    { name: 'username', validations: { length: { min: 3 } } },
    { name: 'email', required: { roles: ['user'] }, validations: { email: {} } },
    { name: 'firstName', permissions: BOTH, validations: { 'person-name-prohibited-characters': {} } },
    { name: 'lastName', permissions: BOTH },
    {
      name: 'badge',
      displayName: 'Badge',
      group: 'harbour',
      permissions: { view: ['admin', 'user'], edit: ['admin'] },
      required: { roles: ['admin'] },
      validations: { length: { min: 2, max: 4 } },
    },
  ],
  groups: [{ name: 'harbour', displayHeader: 'Harbour' }],
};

describe('the profile of the users of a realm', () => {
  const realm = kobilOfSuite();
  let token: string;
  let tenant: TenantRef;
  let admin: KeycloakAdminClient;
  let count = 0;
  beforeAll(() => {
    const scopes = ['tenant:read', 'setting:write', 'user:read', 'user:create', 'user:write', 'credential:read'];
    token = realm.token(realm.master, ...scopes.map((scope) => `${scope}:all`));
  });
  beforeEach(async () => {
    tenant = await realm.world.tenant({ name: `Profile-${++count}`, template: 'realm' });
    admin = new KeycloakAdminClient({ baseUrl: `http://127.0.0.1:${realm.rest.port}`, realmName: tenant.name });
    admin.setAccessToken(token);
  });
  const ask = (method: string, path: string, body?: unknown, as = token) =>
    realm.ask(method, `/admin/realms/${tenant.name}/users${path}`, {
      token: as,
      ...(body === undefined ? {} : { body }),
    });
  const newUser = async (attributes: object = { badge: ['4711'] }) =>
    (await admin.users.create({ username: 'ada', attributes: attributes as never })).id;

  it('by the stock client: is that of Keycloak until it is replaced', async () => {
    const before = await admin.users.getProfile();
    expect(before.attributes?.map(({ name }) => name)).toEqual(['username', 'email', 'firstName', 'lastName']);
    expect([before.attributes?.[0]?.displayName, before.unmanagedAttributePolicy]).toEqual([
      `$${'{username}'}`,
      'ENABLED',
    ]);
    const { attributes } = await admin.users.getProfileMetadata();
    expect(attributes?.map(({ required, readOnly }) => [required, readOnly])).toEqual(Array(4).fill([false, false]));
    // Other attributes stay free, and names of any form.
    expect(await ask('POST', '', { username: 'ada', firstName: '<b>', attributes: { tide: ['1'] } })).toEqual([
      201,
      undefined,
    ]);
    expect(await admin.users.updateProfile(PROFILE as never)).toEqual(PROFILE);
    expect(await admin.users.getProfile()).toEqual(PROFILE);
    const changes = (await realm.world.events(tenant)).filter(({ type }) => type === 'setting.changed');
    expect(changes.map(({ params }) => params)).toEqual([{ changed: ['userProfile'] }]);
    expect(await admin.users.updateProfile(before)).toEqual(before);
  });

  it('is shown as forms need it, alone and with a user', async () => {
    await admin.users.updateProfile(PROFILE as never);
    const id = await newUser();
    const metadata = await admin.users.getProfileMetadata();
    expect(metadata.attributes?.at(-1)).toEqual({
      name: 'badge',
      displayName: 'Badge',
      required: true,
      readOnly: false,
      group: 'harbour',
      validators: { length: { min: 2, max: 4 } },
      multivalued: false,
    });
    expect(metadata.groups).toEqual([{ name: 'harbour', displayHeader: 'Harbour' }]);
    expect((await admin.users.findOne({ id, userProfileMetadata: true }))?.userProfileMetadata).toEqual(metadata);
    expect((await admin.users.findOne({ id }))?.userProfileMetadata).toBeUndefined();
    expect((await ask('GET', `/${id}/unmanagedAttributes`))[1]).toEqual({});
  });

  it('refuses new and changed users, with each refusal and its field', async () => {
    await admin.users.updateProfile(PROFILE as never);
    const refusal = { field: 'badge', errorMessage: 'error-invalid-length', params: ['badge', 2, 4] };
    const required = { field: 'badge', errorMessage: 'error-user-attribute-required', params: ['badge'] };
    expect(await ask('POST', '', { username: 'ada', attributes: { badge: ['12345'] } })).toEqual([400, refusal]);
    expect(await ask('POST', '', { username: 'ada' })).toEqual([400, required]);
    const id = await newUser();
    const both = { firstName: 'A<b>', attributes: { badge: ['x'.repeat(5)] } };
    const name = { field: 'firstName', errorMessage: 'error-person-name-invalid-character', params: ['firstName'] };
    expect(await ask('PUT', `/${id}`, both)).toEqual([400, { errors: [name, refusal] }]);
    expect(await ask('PUT', `/${id}`, { attributes: {} })).toEqual([400, required]);
    expect(await ask('PUT', `/${id}`, { enabled: true })).toEqual([204, undefined]);
    expect((await admin.users.findOne({ id }))?.attributes).toEqual({ badge: ['4711'] });
    // The username breaks a rule of the service, which has another body.
    expect(await ask('POST', '', { username: 'ada b\u0007', attributes: { badge: ['12'] } })).toEqual([
      400,
      { errorMessage: 'Could not create user' },
    ]);
  });

  it('ignores attributes that it does not have, and keeps those of before', async () => {
    const id = await newUser({ badge: ['4711'], tide: ['low'] });
    await admin.users.updateProfile(PROFILE as never);
    await admin.users.update({ id }, { attributes: { badge: ['12'], tide: ['high'], berth: ['7'] } });
    const { attributes } = (await realm.world.services.users.findIn(tenant.id, id))!;
    expect(attributes).toEqual({ badge: ['12'], tide: ['low'] });
  });

  it('holds for users who change their own account', async () => {
    await admin.users.updateProfile(PROFILE as never);
    const id = await newUser();
    const self = new Authority(realm.world.user(tenant, id, 'user:write:self'), tenant, 'self');
    const change = (input: object) => realm.world.services.users.update(self, id, input);
    const refused = await change({ attributes: { badge: '12' } }).catch((error) => error.fields);
    expect(refused).toMatchObject([
      { path: 'input.email', code: 'error-user-attribute-required' },
      { path: 'input.attributes.badge', code: 'error-user-attribute-read-only' },
    ]);
    expect(await refusalOf(change({ givenName: 'Ada' }))).toBe('USER_ATTRIBUTE_REFUSED');
  });

  it('holds for columns: what it does not have is ignored, and what is read-only is not even spelled otherwise', async () => {
    const readOnly = { view: ['admin', 'user'], edit: ['admin'] };
    const [username, email, firstName] = PROFILE.attributes;
    const attributes = [
      username,
      { ...email, permissions: readOnly },
      firstName,
      { name: 'phone', permissions: readOnly },
    ];
    const user = { email: 'ada@fen.example', phone: '+49 30 1', familyName: 'Fern', locale: 'de' };
    const { id } = await realm.world.newUser(tenant, user);
    await admin.users.updateProfile({ attributes } as never);
    const { users } = realm.world.services;
    const self = new Authority(realm.world.user(tenant, id, 'user:write:self'), tenant, 'self');
    const whole = { givenName: 'Ada', familyName: 'Moor', locale: null, displayName: 'Ada M.', middleName: 'B.' };
    for (const authority of [self, realm.world.system(tenant)]) await users.update(authority, id, whole);
    expect(await users.findIn(tenant.id, id)).toMatchObject({
      ...user,
      givenName: 'Ada',
      displayName: null,
      middleName: null,
    });
    for (const [change, path] of [
      [{ email: 'ADA@fen.example' }, 'input.email'],
      [{ phone: '+49301' }, 'input.phone'],
      [{ attributes: { phone: '110' } }, 'input.phone'],
    ] as const)
      expect(await users.update(self, id, change).catch(({ fields }) => fields)).toMatchObject([
        { path, code: 'error-user-attribute-read-only' },
      ]);
    const made = await realm.world.newUser(tenant, { ...user, email: 'bo@fen.example', givenName: 'Bo' });
    expect(made).toMatchObject({ phone: '+49 30 1', givenName: 'Bo', familyName: null, locale: null });
  });

  it('does not hold for the accounts of applications', async () => {
    const { users } = realm.world.services;
    await admin.users.updateProfile(PROFILE as never);
    const account = await users.insertServiceAccount(realm.world.system(tenant), newId(), 'service-account-app');
    const change = { phone: '+49 30 1', attributes: { tide: 'low' } };
    expect(await users.update(realm.world.system(tenant), account.id, change)).toMatchObject(change);
  });

  it('counts who registers as the user, whatever the application may do', async () => {
    await admin.users.updateProfile(PROFILE as never);
    const caller = realm.world.app(tenant, 'user:create');
    const signUp = (input: object) =>
      realm.world.services.signUp.signUp(new Authority(caller, tenant, 'tenant'), input as never);
    // The badge is required of administrators and not open to users; the address is required of users.
    const { user } = await signUp({ username: 'ada', email: 'ada@fen.example' });
    expect(user.attributes).toEqual({});
    expect(await signUp({ username: 'bob' }).catch(({ fields }) => fields)).toMatchObject([{ path: 'input.email' }]);
    const badge = { username: 'cyd', email: 'cyd@fen.example', attributes: { badge: '12' } };
    expect(await signUp(badge).catch(({ fields }) => fields)).toMatchObject([
      { path: 'input.attributes.badge', code: 'error-user-attribute-read-only' },
    ]);
  });

  it('is refused where it cannot be one, and for callers with too few rights', async () => {
    expect(await ask('PUT', '/profile', { attributes: [{ name: 'username' }, { name: 'a b' }] })).toEqual([
      400,
      {
        errorMessage:
          "[Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): a b', The attribute 'email' can not be removed]",
      },
    ]);
    const wrongShape = [400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' }];
    for (const body of [[], null, {}, { attributes: 'x' }])
      expect(await ask('PUT', '/profile', body)).toEqual(wrongShape);
    const reader = realm.token(realm.master, 'user:read:all');
    expect((await ask('GET', '/profile', undefined, reader))[0]).toBe(200);
    expect((await ask('PUT', '/profile', PROFILE, reader))[0]).toBe(403);
  });
});
