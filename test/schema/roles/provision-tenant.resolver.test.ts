import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPermission, formatScope } from '../../../src/access/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { callField } from '../../support/call-field.ts';
import { World } from '../../support/world.ts';

const ADMINISTRATOR = { username: 'keeper', password: 'three-wombats-at-dawn' };
const CLIENT = { clientId: 'beacon' };
const attribute = (name: string, more: object) => ({
  settings: { attributes: [{ name, type: null, isList: false, isUnmodifiable: false, validators: [], ...more }] },
});
const client = (more: object) => ({ client: { ...CLIENT, ...more } });
const administrator = (more: object) => ({ administrator: { ...ADMINISTRATOR, ...more } });

/** Inputs that are refused, with the path of the first faulty value where one is named. */
const REFUSALS: readonly [code: string, input: object, path?: string][] = [
  ['TENANT_NAME_INVALID', { name: '-x' }, 'input.name'],
  ['TENANT_NAME_RESERVED', { name: 'Graphql' }, 'input.name'],
  ['TENANT_NAME_TAKEN', { name: 'ACME' }, 'input.name'],
  ['TENANT_SETTING_INVALID', { settings: { lockout: { accountLimit: 0 } } }, 'input.settings.lockout.accountLimit'],
  ['INVALID_INPUT', { extraSettings: { '': 1 } }],
  ['USER_USERNAME_INVALID', administrator({ username: ' ' }), 'input.administrator.username'],
  ['USER_USERNAME_INVALID', administrator({ username: 'service-account-beacon' }), 'input.administrator.username'],
  ['USER_EMAIL_INVALID', administrator({ email: 'nobody' }), 'input.administrator.email'],
  [
    'USER_ATTRIBUTE_INVALID',
    { ...attribute('email', { type: 'NUMBER' }), ...administrator({ email: 'k@example.com' }) },
    'input.administrator.email',
  ],
  [
    'USER_ATTRIBUTE_REFUSED',
    {
      ...attribute('given_name', { validators: [{ code: 'long', message: 'Three letters.', max: 3 }] }),
      ...administrator({ givenName: 'Signe' }),
    },
    'input.administrator.givenName',
  ],
  ['PASSWORD_POLICY', administrator({ password: 'short' }), 'input.administrator.password'],
  ['PASSWORD_POLICY', administrator({ password: 'keeper of the light' }), 'input.administrator.password'],
  ['PASSWORD_TOO_LONG', administrator({ password: 'x'.repeat(1025) })],
  ['CLIENT_ID_INVALID', client({ clientId: 'ü' }), 'input.client.clientId'],
  ['CLIENT_ID_TAKEN', { template: 'REALM', ...client({ clientId: 'account' }) }, 'input.client.clientId'],
  ['CLIENT_REDIRECT_INVALID', client({ redirects: [{ uri: '*' }] }), 'input.client.redirects.0.uri'],
  ['CLIENT_METADATA_INVALID', client({ rootUrl: 'ftp://beacon.example/' }), 'input.client.rootUrl'],
  ['CLIENT_GRANT_TYPE_INVALID', client({ type: 'PUBLIC', grantTypes: ['CLIENT_CREDENTIALS'] })],
  ['CLIENT_SCOPE_UNKNOWN', client({ scopes: [{ name: 'nothing' }] }), 'input.client.scopes.0.name'],
  ['CLIENT_PUBLIC', client({ type: 'PUBLIC', withRestSecret: true })],
  ['CLIENT_WITHOUT_ACCOUNT', client({ type: 'PUBLIC', hasServiceAccount: true })],
  ['PERMISSION_UNKNOWN', client({ permissions: ['user:fly'] }), 'input.client.permissions.0'],
  ['PERMISSION_MASTER_ONLY', client({ permissions: ['user:read:all'] })],
];

describe('tenants with an administrator and a client, over GraphQL', () => {
  let world: World;
  let master: TenantRef;
  let count = 0;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
    await world.tenant({ name: 'acme' });
  });
  afterAll(() => world.close());

  const ALL = everyPermission('all').map(formatScope);
  const newInput = (more: object = {}) => ({
    name: `light-${++count}`,
    administrator: ADMINISTRATOR,
    client: CLIENT,
    ...more,
  });
  const find = (name: string) => {
    world.services.directory.invalidate();
    return world.services.directory.byName(name);
  };
  const PROVISION = `mutation ($input: ProvisionTenantInput!) { provisionTenant(input: $input) {
    tenant { name displayName isEnabled template userCount administrator { username } settings { passwordMinLength lockout { accountLimit } } extraSettings }
    subject clientId secret restSecret
  } }`;

  it('are made in one transaction and shown', async () => {
    const input = newInput({
      displayName: 'Light',
      template: 'IMAGE',
      isEnabled: false,
      settings: { passwordMinLength: 9, lockout: { accountLimit: 4 } },
      extraSettings: { beam: 'white' },
      administrator: { ...ADMINISTRATOR, email: 'keeper@light.example', givenName: 'Signe', familyName: null },
      client: { ...CLIENT, withRestSecret: true, hasServiceAccount: true, permissions: ['user:read'] },
    });
    const { data, errors } = await world.graphql(world.app(master, ...ALL), PROVISION, { input });
    expect(errors).toEqual([]);
    const { subject, secret, restSecret } = data.provisionTenant;
    expect(data.provisionTenant).toEqual({
      tenant: {
        name: input.name,
        displayName: 'Light',
        isEnabled: false,
        template: 'IMAGE',
        userCount: 1,
        administrator: { username: 'keeper' },
        settings: { passwordMinLength: 9, lockout: { accountLimit: 4 } },
        extraSettings: { beam: 'white' },
      },
      subject: expect.any(String),
      clientId: 'beacon',
      secret: expect.any(String),
      restSecret: expect.any(String),
    });
    expect(secret).not.toBe(restSecret);
    const tenant = (await find(input.name))!;
    const { passwords, rolePermissions, users } = world.services;
    expect(await users.findIn(tenant.id, subject)).toMatchObject({
      username: 'keeper',
      email: 'keeper@light.example',
      emailVerified: false,
      givenName: 'Signe',
      enabled: true,
      requiredActions: [],
    });
    expect(await passwords.verify(tenant.id, subject, ADMINISTRATOR.password)).toBe(true);
    expect(await rolePermissions.administratorsOf(tenant.id)).toEqual([subject]);
    const types = await world.eventTypes(tenant);
    expect(types[0]).toBe('tenant.created');
    expect(types.filter((type) => type === 'user.created')).toHaveLength(2);
    expect(types.filter((type) => type === 'role_grant.added')).toHaveLength(3);
    expect(types).toEqual(expect.arrayContaining(['client.created', 'credential.added']));
  });

  it('have a public client without a secret, and the defaults of the service', async () => {
    const input = newInput({ client: { ...CLIENT, type: 'PUBLIC' }, isEnabled: null, extraSettings: null });
    const { data } = await world.graphql(world.app(master, ...ALL), PROVISION, { input });
    expect(data.provisionTenant).toMatchObject({
      tenant: { template: 'NATIVE', isEnabled: true, displayName: null, extraSettings: {} },
      secret: null,
      restSecret: null,
    });
  });

  it.each(REFUSALS)('%s: none is made (%j)', async (code, over, path) => {
    const input = newInput(over);
    const before = await countTenants();
    const result = await callField(world, world.app(master, ...ALL), 'Mutation.provisionTenant', { input });
    expect(result.code).toBe(code);
    const [first] = (result.errors[0]?.extensions['fields'] ?? []) as { readonly path: string }[];
    if (path !== undefined) expect(first?.path).toBe(path);
    expect(await countTenants()).toBe(before);
  });

  async function countTenants(): Promise<number> {
    const document = '{ tenants(first: 1) { totalCount } }';
    return (await world.graphql(world.app(master, 'tenant:read:all'), document)).data.tenants.totalCount;
  }

  it('are made only by callers who hold in all tenants what administrators hold, whatever the name', async () => {
    const provision = (name: string, ...scopes: string[]) =>
      callField(world, world.app(master, ...scopes), 'Mutation.provisionTenant', { input: newInput({ name }) });
    const own = ALL.map((scope) => scope.replace(':all', ''));
    expect((await provision('lamp', ...own)).code).toBe('FORBIDDEN');
    for (const name of ['lamp', 'acme', '-x'])
      expect((await provision(name, ...own, 'tenant:create:all')).code).toBe('PERMISSION_ESCALATION');
    const needless = ['tenant:delete:all'];
    expect((await provision('lamp', ...ALL.filter((scope) => !needless.includes(scope)))).errors).toEqual([]);
    expect(await find('lamp')).toMatchObject({ enabled: true });
  });
});
