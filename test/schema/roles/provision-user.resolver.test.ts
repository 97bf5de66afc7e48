import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

const PASSWORD = 'three-wombats-at-dawn';
const ATTRIBUTES = [
  {
    name: 'dept',
    type: 'text' as const,
    isList: false,
    isUnmodifiable: false,
    validators: [{ code: 'too_long', message: 'At most three letters.', max: 3 }],
  },
  { name: 'badge', type: 'text' as const, isList: false, isUnmodifiable: true, validators: [] },
];

type Refusal = readonly [code: string, values: object];

/** Values that both mutations refuse. */
const VALUES: readonly Refusal[] = [
  ['USER_USERNAME_INVALID', { username: ' ' }],
  ['USER_USERNAME_TAKEN', { username: 'ANNIKA' }],
  ['USER_ID_TAKEN', { username: 'Anna' }],
  ['USER_EMAIL_TAKEN', { username: 'anna@example.com' }],
  ['USER_EMAIL_INVALID', { email: 'nobody' }],
  ['USER_EMAIL_TAKEN', { email: 'anna@example.com' }],
  ['USER_PHONE_INVALID', { phone: 'call me' }],
  ['USER_ATTRIBUTE_INVALID', { attributes: { dept: 7 } }],
  ['USER_ATTRIBUTE_REFUSED', { attributes: { dept: 'sales' } }],
  ['PASSWORD_POLICY', { password: 'short' }],
  ['PASSWORD_TOO_LONG', { password: 'x'.repeat(1025) }],
  ['ROLE_NOT_FOUND', { roles: [{ name: 'reader' }, { name: 'none' }] }],
  ['ROLE_NOT_FOUND', { roles: [{ roleId: newId() }] }],
  ['ROLE_NOT_FOUND', { roles: [{ name: 'reader', clientId: 'shop' }] }],
  ['ROLE_CLIENT_NOT_FOUND', { roles: [{ name: 'reader', clientId: 'none' }] }],
  ['PERMISSION_ESCALATION', { roles: [{ name: 'reader' }, { name: 'strong' }] }],
  ['GROUP_NOT_FOUND', { groups: [{ path: 'crew' }, { path: 'none' }] }],
  ['GROUP_NOT_FOUND', { groups: [{ groupId: newId() }] }],
  ['PERMISSION_ESCALATION', { groups: [{ path: 'bridge' }] }],
  ['INVALID_INPUT', { roles: [{}] }],
  ['INVALID_INPUT', { groups: [{}] }],
  ['INVALID_INPUT', { roles: Array(201).fill({ name: 'reader' }) }],
  ['INVALID_INPUT', { groups: Array(201).fill({ path: 'crew' }) }],
  ['INVALID_INPUT', { requiredActions: ['a b'] }],
  ['INVALID_INPUT', { addresses: Array(51).fill({ city: 'Riga' }) }],
  ['INVALID_INPUT', { addresses: [{ city: 'x'.repeat(256) }] }],
  ['INVALID_INPUT', { addresses: ['Riga', 'Kiel'].map((city) => ({ city, isDefault: true })) }],
];

describe('provisioned users over GraphQL', () => {
  let world: World;
  let master: TenantRef;
  let acme: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
    acme = await world.tenant();
    await world.services.tenants.updateSettings(world.system(acme), {
      uniqueEmail: true,
      changeUsername: true,
      protectLastAdmin: true,
      attributes: ATTRIBUTES,
    });
    await world.newUser(acme, { id: 'anna', username: 'annika', email: 'anna@example.com' });
    await world.newUser(acme, { id: 'ben', attributes: { badge: '1' } });
    await world.newRole(acme, { name: 'reader' });
    const strong = await world.newRole(acme, { name: 'strong', permissions: ['key:rotate'] });
    await world.newGroup(acme, { name: 'crew' });
    const bridge = await world.newGroup(acme, { name: 'bridge' });
    await world.grantRole(acme, { roleId: strong.id, holderKind: 'group', holderId: bridge.id });
    await world.newClient(acme, { clientId: 'shop' });
  });
  afterAll(() => world.close());

  const SCOPES = everyPermission('tenant')
    .map(formatScope)
    .filter((scope) => scope !== 'key:rotate');

  /** Calls a mutation, which must change nothing, and returns the code of its refusal. */
  async function refusalOf(field: string, input: object, caller = world.app(acme, ...SCOPES)) {
    const before = (await world.events(acme)).length;
    const { code } = await callField(world, caller, `Mutation.${field}`, { input });
    expect(await world.events(acme)).toHaveLength(before);
    return code;
  }

  it.each(VALUES)('%s: provisionUser makes no account, configureUser changes nothing (%j)', async (code, values) => {
    expect(await refusalOf('provisionUser', { username: 'new', roles: [{ name: 'reader' }], ...values })).toBe(code);
    expect(await refusalOf('configureUser', { userId: 'ben', givenName: 'Ben', ...values })).toBe(code);
  });

  it.each(['none', 'shop'])(
    'FORBIDDEN: neither tells callers who may grant no roles of a client: %s',
    async (clientId) => {
      const caller = world.app(acme, 'user:create', 'user:write');
      const roles = [{ name: 'reader', clientId }];
      expect(await refusalOf('provisionUser', { username: 'new', roles }, caller)).toBe('FORBIDDEN');
      expect(await refusalOf('configureUser', { userId: 'ben', roles }, caller)).toBe('FORBIDDEN');
    },
  );

  it('FORBIDDEN: a password takes password:set, of a new account as of another', async () => {
    const caller = world.app(acme, 'user:create', 'user:write');
    expect(await refusalOf('provisionUser', { username: 'new', password: PASSWORD }, caller)).toBe('FORBIDDEN');
    expect(await refusalOf('configureUser', { userId: 'ben', password: PASSWORD }, caller)).toBe('FORBIDDEN');
  });

  it('FORBIDDEN: credentials of another service take the rights of an import', async () => {
    const credentials = [{ type: 'password', value: PASSWORD, isTemporary: true }];
    const caller = world.app(acme, 'user:create', 'password:set');
    expect(await refusalOf('provisionUser', { username: 'new', credentials }, caller)).toBe('FORBIDDEN');
    const importer = world.app(
      acme,
      'user:create',
      'password:set',
      'tenant:import',
      'auth-mode:write',
      'credential:write',
    );
    const { code } = await callField(world, importer, 'Mutation.provisionUser', {
      input: { username: 'brought', credentials },
    });
    expect(code).toBeUndefined();
    const { id, requiredActions } = (await world.services.users.findByUsername(world.system(acme), 'brought'))!;
    expect(requiredActions).toEqual(['UPDATE_PASSWORD']);
    expect(await world.services.passwords.verify(acme.id, id, PASSWORD)).toBe(true);
  });

  it.each([
    ['USER_ID_INVALID', { subject: 'a b' }],
    ['USER_ID_TAKEN', { subject: 'anna' }],
  ])('%s: provisionUser makes no account', async (code, values) => {
    expect(await refusalOf('provisionUser', { username: 'new', ...values })).toBe(code);
  });

  it('USER_ATTRIBUTE_UNMODIFIABLE: configureUser changes nothing', async () => {
    const input = { userId: 'ben', attributes: {}, replaceAttributes: true };
    expect(await refusalOf('configureUser', input)).toBe('USER_ATTRIBUTE_UNMODIFIABLE');
  });

  it('ADMINISTRATOR_LAST: configureUser does not disable the last administrator', async () => {
    const { id } = await world.newUser(acme);
    const [role] = await world.stores.roleStore.findBuiltin(acme.id, ['tenant-administrator']);
    await world.grantRole(acme, { roleId: role!.id, holderKind: 'user', holderId: id });
    const input = { userId: id, givenName: 'Last', isEnabled: false };
    expect(await refusalOf('configureUser', input, world.app(acme, ...SCOPES, 'key:rotate'))).toBe(
      'ADMINISTRATOR_LAST',
    );
  });

  it('ACCOUNT_GUARDED: configureUser changes no account with permissions in all tenants for a caller of one', async () => {
    const { id: userId } = await world.newUser(master);
    const role = await world.newRole(master, { permissions: ['user:read:all'] });
    await world.grantRole(master, { roleId: role.id, holderKind: 'user', holderId: userId });
    const caller = world.app(master, ...SCOPES);
    for (const change of [{ givenName: 'Eve' }, { password: PASSWORD }])
      expect(await refusalOf('configureUser', { userId, ...change }, caller)).toBe('ACCOUNT_GUARDED');
  });

  it('are shown with what they were given', async () => {
    const SHOWN = 'user { username givenName isEnabled requiredActions roles { name } groups { path } }';
    const PROVISION = `mutation ($input: ProvisionUserInput!) { provisionUser(input: $input) { subject ${SHOWN} } }`;
    const CONFIGURE = `mutation ($input: ConfigureUserInput!) { configureUser(input: $input) { ${SHOWN} } }`;
    const caller = world.app(acme, ...SCOPES);
    const run = async (document: string, input: object) => {
      const { data, errors } = await world.graphql(caller, document, { input });
      expect(errors).toEqual([]);
      return data;
    };
    const made = await run(PROVISION, {
      username: 'Rigger',
      isEnabled: false,
      password: PASSWORD,
      isPasswordTemporary: true,
      roles: [{ name: 'reader' }],
      groups: null,
    });
    const shown = {
      username: 'Rigger',
      givenName: null,
      isEnabled: false,
      requiredActions: ['UPDATE_PASSWORD'],
      roles: [{ name: 'reader' }],
      groups: [],
    };
    expect(made.provisionUser).toEqual({ subject: expect.any(String), user: shown });
    const changed = await run(CONFIGURE, {
      userId: made.provisionUser.subject,
      username: 'Caulker',
      givenName: 'Ivo',
      isEnabled: true,
      requiredActions: [],
      password: null,
      groups: [{ path: '/crew' }],
    });
    expect(changed.configureUser.user).toEqual({
      ...shown,
      username: 'Caulker',
      givenName: 'Ivo',
      isEnabled: true,
      requiredActions: [],
      groups: [{ path: '/crew' }],
    });
  });

  it('have addresses, which stay where none are given', async () => {
    const ADDRESSES = 'addresses { title details city isDefault }';
    const run = async (field: string, input: object) => {
      const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input!`;
      const document = `mutation ($input: ${type}) { ${field}(input: $input) { user { subject ${ADDRESSES} } } }`;
      const { data, errors } = await world.graphql(world.app(acme, ...SCOPES), document, { input });
      expect(errors).toEqual([]);
      return data[field].user;
    };
    const mill = { details: 'Quay 1\nleft', city: 'Ghent', isDefault: true };
    const { subject: userId, addresses } = await run('provisionUser', {
      username: 'Miller',
      addresses: [mill, { city: 'Lier', isDefault: null }],
    });
    const shown = [
      { title: null, ...mill },
      { title: null, details: null, city: 'Lier', isDefault: false },
    ];
    expect(addresses).toEqual(shown);
    for (const kept of [{}, { addresses: null }])
      expect((await run('configureUser', { userId, ...kept })).addresses).toEqual(shown);
    const changed = await run('configureUser', { userId, addresses: [{ city: 'Lier', isDefault: true }] });
    expect(changed.addresses).toEqual([{ ...shown[1], isDefault: true }]);
    expect((await run('configureUser', { userId, addresses: [] })).addresses).toEqual([]);
  });

  it('need `user:create` and `user:write`, which users do not have for themselves', async () => {
    const own = world.user(acme, 'ben', 'user:write:self', 'user:create:self');
    expect(await refusalOf('configureUser', { userId: 'ben', givenName: 'Ben' }, own)).toBe('FORBIDDEN');
    expect(await refusalOf('provisionUser', { username: 'new' }, own)).toBe('FORBIDDEN');
    const reader = world.app(acme, 'user:read');
    expect(await refusalOf('configureUser', { userId: 'ben', givenName: 'Ben' }, reader)).toBe('FORBIDDEN');
    expect(await refusalOf('provisionUser', { username: 'new' }, reader)).toBe('FORBIDDEN');
  });
});
