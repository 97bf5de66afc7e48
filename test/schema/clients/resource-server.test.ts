import { beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { twoTenantsOfSuite } from '../../support/two-tenants.ts';

const CREATE = `mutation ($input: CreateResourceServerInput!) {
  createResourceServer(input: $input) { secret client { clientId type isResourceServer serviceAccount { username } } }
}`;
const PASSWORD = 'three-wombats-at-dawn';

describe('createResourceServer', () => {
  const tenants = twoTenantsOfSuite();
  let acme: TenantRef;
  let administrator: User;
  const newAdministrator = async (tenant: TenantRef): Promise<User> => {
    const { world } = tenants;
    const user = await world.newUser(tenant);
    await world.givePassword(tenant, user.id, PASSWORD);
    const [role] = await world.stores.roleStore.findBuiltin(tenant.id, ['tenant-administrator']);
    await world.grantRole(tenant, { holderKind: 'user', holderId: user.id, roleId: role!.id });
    return user;
  };
  beforeAll(async () => {
    acme = tenants.acme;
    administrator = await newAdministrator(acme);
  });
  const create = (input: object, ...scopes: string[]) => {
    const typed = { username: administrator.username, password: PASSWORD };
    const caller = tenants.world.app(acme, ...scopes);
    return tenants.world.graphql(caller, CREATE, { input: { administrator: typed, ...input } });
  };

  it('makes a confidential client with a service account, and shows the secret once', async () => {
    const { data, errors } = await create({ clientId: 'port' }, 'client:create', 'client:read', 'user:read');
    expect(errors).toEqual([]);
    expect(data.createResourceServer).toEqual({
      secret: expect.any(String),
      client: {
        clientId: 'port',
        type: 'CONFIDENTIAL',
        isResourceServer: true,
        serviceAccount: { username: 'service-account-port' },
      },
    });
  });

  it('hides the client from callers who may not read it', async () => {
    const { data } = await create({ clientId: 'quay' }, 'client:create');
    expect(data.createResourceServer).toEqual({ secret: expect.any(String), client: null });
  });

  it('is for callers who may make clients', async () => {
    expect((await create({ clientId: 'pier' }, 'client:write')).code).toBe('FORBIDDEN');
  });

  it('refuses names that are taken or none, and administrators of other tenants', async () => {
    const { world } = tenants;
    await world.services.serviceAccounts.createClient(world.system(acme), {
      clientId: 'Buoy',
      hasServiceAccount: true,
    });
    await create({ clientId: 'mole' }, 'client:create');
    const theirs = await newAdministrator(tenants.master);
    const foreign = { username: theirs.username, password: PASSWORD };
    const codes: unknown[] = [];
    for (const input of [
      { clientId: 'mole' },
      { clientId: 'a\nb' },
      { clientId: 'buoy' },
      { clientId: 'jetty', administrator: foreign },
    ])
      codes.push((await create(input, 'client:create')).code);
    expect(codes).toEqual(['CLIENT_ID_TAKEN', 'CLIENT_ID_INVALID', 'USER_USERNAME_TAKEN', 'ADMINISTRATOR_UNPROVED']);
  });
});
