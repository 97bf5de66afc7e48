import { beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { kobilOfSuite } from '../../support/kobil.ts';

const UNKNOWN = [404, { error: 'Could not find client' }];
const PERMISSIONS = ['client:read', 'client:write', 'client:delete', 'role:read', 'role:create'];

describe('clients of master that stand for realms', () => {
  const realm = kobilOfSuite();
  let all: string;
  let bay: TenantRef;
  beforeAll(async () => {
    bay = await realm.world.tenant({ name: 'Bay' });
    for (const clientId of ['alpha', 'zulu']) await realm.world.newClient(realm.master, { clientId });
    all = realm.token(realm.master, ...PERMISSIONS.map((permission) => `${permission}:all`));
  });
  const ask = (path: string, token = all, method = 'GET', body?: unknown) =>
    realm.ask(method, `/admin/realms/master/clients${path}`, { token, ...(body === undefined ? {} : { body }) });
  const names = async (path = '', token = all): Promise<string[]> => {
    const [status, shown] = await ask(path, token);
    expect([path, status]).toEqual([path, 200]);
    return shown.map(({ clientId }: { clientId: string }) => clientId);
  };
  const MADE_UP = ['acme-realm', 'Bay-realm', 'master-realm'];

  it('follow the others in lists, by name', async () => {
    expect(await names()).toEqual(['alpha', 'zulu', ...MADE_UP]);
    expect(await names('?first=0&max=3')).toEqual(['alpha', 'zulu', 'acme-realm']);
    expect(await names('?first=1&max=2')).toEqual(['zulu', 'acme-realm']);
    expect(await names('?first=3&max=1')).toEqual(['Bay-realm']);
    expect(await names('?first=2')).toEqual(MADE_UP);
    expect(await names('?first=0&max=2')).toEqual(['alpha', 'zulu']);
    expect(await names('?first=9')).toEqual([]);
  });

  it('are found by name, and by a part of it', async () => {
    expect(await names('?clientId=Bay-realm')).toEqual(['Bay-realm']);
    for (const none of ['bay-realm', 'Bay', '-realm', 'nobody-realm'])
      expect(await names(`?clientId=${none}`)).toEqual([]);
    expect(await names('?clientId=AY-RE&search=true')).toEqual(['Bay-realm']);
    expect(await names('?clientId=a&search=true&max=3')).toEqual(['alpha', 'acme-realm', 'Bay-realm']);
    expect(await names('?clientId=')).toHaveLength(5);
  });

  it('are shown by their ids, with the roles of the administration of a realm', async () => {
    const [, [listed]] = await ask('?clientId=Bay-realm');
    expect(listed).toMatchObject({ id: bay.id, clientId: 'Bay-realm', bearerOnly: true, publicClient: false });
    expect(await ask(`/${bay.id}`)).toEqual([200, listed]);
    const [, roles] = await ask(`/${bay.id}/roles`);
    const role = (name: string) => ({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      name,
      composite: false,
      clientRole: true,
      containerId: bay.id,
    });
    expect(roles).toHaveLength(19);
    expect(roles).toContainEqual(role('manage-users'));
    expect(await ask(`/${bay.id}/roles`)).toEqual([200, roles]);
    expect(await ask(`/${bay.id}/roles?search=VIEW-U&first=0&max=5`)).toEqual([200, [role('view-users')]]);
    const [, others] = await ask(`/${realm.acme.id}/roles`);
    expect(others[0].id).not.toBe(roles[0].id);
  });

  it('are not changed, and get no roles', async () => {
    for (const [path, method, body] of [
      [`/${bay.id}`, 'PUT', { name: 'x' }],
      [`/${bay.id}`, 'DELETE', undefined],
      [`/${bay.id}/roles`, 'POST', { name: 'x' }],
    ] as const)
      expect([method, ...(await ask(path, all, method, body))]).toEqual([method, ...UNKNOWN]);
  });

  it('are there for callers whose permission reaches all realms, and in master alone', async () => {
    const own = realm.token(realm.master, ...PERMISSIONS);
    expect(await names('', own)).toEqual(['alpha', 'zulu']);
    expect(await ask(`/${bay.id}`, own)).toEqual(UNKNOWN);
    expect(await ask(`/${bay.id}/roles`, own)).toEqual(UNKNOWN);
    for (const path of [`/clients/${bay.id}`, `/clients/${bay.id}/roles`])
      expect(await realm.ask('GET', `/admin/realms/acme${path}`, { token: all })).toEqual(UNKNOWN);
    expect(await realm.ask('GET', '/admin/realms/acme/clients', { token: all })).toEqual([200, []]);
    expect(await ask('/none')).toEqual(UNKNOWN);
  });

  it('are asked for in pages that the service shows', async () => {
    expect(await ask('?max=10001')).toEqual([400, { errorMessage: 'max must not exceed 10000' }]);
  });
});
