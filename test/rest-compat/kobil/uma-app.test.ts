import { beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { Role } from '../../../src/roles/index.ts';
import type { User } from '../../../src/users/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 2 });
const CREATED = [200, answer('Created app and migrated users successfully.')];
const UNAUTHORIZED = [401, { error: 'HTTP 401 Unauthorized', ...answer('HTTP 401 Unauthorized', 'Unauthorized') }];
const PASSWORD = 'three-wombats-at-dawn';

describe('KOBIL 37: an app whose resources can be asked for', () => {
  const kobil = kobilOfSuite();
  let tenant: TenantRef;
  let administrator: User;
  beforeEach(async () => {
    const { world } = kobil;
    tenant = await world.tenant({ template: 'realm' });
    administrator = await newUser();
    await world.services.administration.promote(world.system(tenant), administrator.id);
  });
  const newUser = async (input: object = {}): Promise<User> => {
    const user = await kobil.world.newUser(tenant, input);
    await kobil.world.givePassword(tenant, user.id, PASSWORD);
    return user;
  };
  const create = (
    query: Record<string, string> = {},
    path = `/auth/realms/${tenant.name}/v3_client/uma`,
    headers = {},
  ) => {
    const all = { adminuser: administrator.username, adminpassword: PASSWORD, migrate: 'true', ...query };
    const token = kobil.token(tenant, 'client:create');
    return kobil.ask('POST', `${path}?${new URLSearchParams(all)}`, { token, headers });
  };
  const stored = () => kobil.world.services.clients.find(kobil.world.system(tenant), { clientId: 'uma-app' });
  const insideDefault = async () => {
    const { roles } = kobil.world.services;
    const { id } = (await roles.findByName(tenant.id, `default-roles-${tenant.name}`))!;
    const inside = ((await roles.childrenOf(tenant.id, [id], null)).get(id) ?? []) as readonly Role[];
    return { id, names: inside.map(({ name }) => name).sort(), ids: inside.map((role) => role.id) };
  };

  it('is made once, confidential, with a service account and a secret that 43 shows', async () => {
    expect(await create()).toEqual(CREATED);
    const client = (await stored())!;
    expect(client).toMatchObject({ type: 'confidential', grantTypes: ['client_credentials'] });
    expect(client.metadata).toMatchObject({ is_resource_server: true });
    const account = await kobil.world.services.users.findServiceAccount(tenant.id, client.id);
    expect(account?.username).toBe('service-account-uma-app');
    const token = kobil.token(tenant, 'client:read', 'client-secret:read');
    const [status, body] = await kobil.ask('GET', `/realms/${tenant.name}/v3_client/secret/uma-app`, { token });
    expect([status, body.data]).toEqual([200, expect.stringMatching(/^[\da-f-]{36}$/)]);
    expect(await create()).toEqual([409, answer('App already exists', 'CONFLICT')]);
  });

  it('is made at the gateway as well', async () => {
    const host = `${tenant.name}.id.example.com`;
    expect(await create({}, '/digitanium/v4/apps/uma', { host })).toEqual(CREATED);
  });

  it('puts the role of users of resources into the default one if asked', async () => {
    const { id, ids, names } = await insideDefault();
    expect(names).toEqual(['offline_access', 'uma_authorization']);
    await kobil.world.db.transaction(() => kobil.world.stores.roleStore.removeChildren(tenant.id, id, ids));
    expect(await create({ migrate: 'false' })).toEqual(CREATED);
    expect((await insideDefault()).names).toEqual([]);
    const { world } = kobil;
    await world.services.serviceAccounts.deleteClient(world.system(tenant), (await stored())!.id);
    expect(await create()).toEqual(CREATED);
    expect((await insideDefault()).names).toEqual(['uma_authorization']);
  });

  it('is made in tenants without these roles', async () => {
    tenant = await kobil.world.tenant();
    administrator = await newUser();
    const [role] = await kobil.world.stores.roleStore.findBuiltin(tenant.id, ['tenant-administrator']);
    const holder = { holderKind: 'user', holderId: administrator.id, roleId: role!.id } as const;
    await kobil.world.grantRole(tenant, holder);
    expect(await create()).toEqual(CREATED);
  });

  it('demands the password of an administrator, and tells nothing else about it', async () => {
    const { world } = kobil;
    const plain = await newUser();
    const pending = await newUser({ requiredActions: ['CONFIGURE_TOTP'] });
    const secured = await newUser();
    await world.giveTotp(tenant, secured.id);
    const disabled = await newUser();
    for (const { id } of [pending, secured, disabled])
      await world.services.administration.promote(world.system(tenant), id);
    await world.services.users.setEnabled(world.system(tenant), disabled.id, false);
    expect(await create({ adminpassword: 'wrong' })).toEqual(UNAUTHORIZED);
    for (const adminuser of ['nobody', plain.username, pending.username, secured.username, disabled.username])
      expect([adminuser, await create({ adminuser })]).toEqual([adminuser, UNAUTHORIZED]);
    const failed = (await world.events(tenant)).filter(({ type }) => type === 'sign_in.failed');
    expect(failed.map(({ reason, subject_id: id }) => [reason, id])).toContainEqual([
      'wrong_password',
      administrator.id,
    ]);
    expect(await stored()).toBeNull();
    expect(await create()).toEqual(CREATED);
  });

  it.each([
    ['adminpassword', '', 'Admin password should not be null or empty'],
    ['adminuser', '', 'Mandatory data is missing'],
    ['migrate', '', 'Mandatory data is missing'],
    ['migrate', 'perhaps', 'Mandatory data is missing'],
  ])('is refused with %s "%s"', async (name, value, text) => {
    expect(await create({ [name]: value })).toEqual([400, answer(text, 'BAD_REQUEST')]);
  });

  it('is refused where another app has a service account of the same name', async () => {
    const { world } = kobil;
    await world.services.serviceAccounts.createClient(world.system(tenant), {
      clientId: 'UMA-App',
      hasServiceAccount: true,
    });
    expect(await create()).toEqual([400, answer('User already exists', 'BAD_REQUEST')]);
    expect(await stored()).toBeNull();
  });
});
