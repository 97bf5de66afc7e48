import { beforeAll, describe, expect, it } from 'vitest';
import { kobilOfSuite } from '../../support/kobil.ts';

const answer = (message: string, status = 'OK') => ({ message, status, subSystem: 1 });

describe('KOBIL: roles of the tenant', () => {
  const kobil = kobilOfSuite();
  let token: string;
  beforeAll(() => {
    token = kobil.token(kobil.acme, 'role:create', 'role:delete', 'role:read');
  });
  const ask = (method: string, path: string, as: string | undefined = token) =>
    kobil.ask(method, path, as === '' ? {} : { token: as });
  const exists = async (name: string) => {
    const reader = kobil.world.app(kobil.acme, 'role:read');
    const query = 'query ($name: String!) { role(name: $name) { name } }';
    const { data } = await kobil.world.graphql(reader, query, { name });
    return data?.['role'] !== null;
  };

  it('56 makes one, and refuses a second one of the name', async () => {
    expect(await ask('POST', '/realms/acme/v3_role/night%20shift')).toEqual([200, answer('Role created successfully')]);
    expect(await exists('night shift')).toBe(true);
    expect(await ask('POST', '/auth/realms/acme/v3_role/night%20shift/')).toEqual([
      409,
      answer('Role already exists', 'CONFLICT'),
    ]);
  });

  it('56 refuses a name that no role can have', async () => {
    expect(await ask('POST', '/realms/acme/v3_role/%00')).toEqual([404, answer('HTTP 404 Not Found', 'NOT_FOUND')]);
  });

  it('57 deletes one by its name, in exact case', async () => {
    await ask('POST', '/realms/acme/v3_role/Porter');
    expect(await ask('DELETE', '/realms/acme/v3_role/porter')).toEqual([404, answer('ROLE_NOT_FOUND', 'NOT_FOUND')]);
    expect(await ask('DELETE', '/auth/realms/acme/v3_role/Porter')).toEqual([200, answer('Role deleted successfully')]);
    expect(await exists('Porter')).toBe(false);
    expect(await ask('DELETE', '/realms/acme/v3_role/Porter')).toEqual([404, answer('ROLE_NOT_FOUND', 'NOT_FOUND')]);
  });

  it('57 keeps a role of the service itself', async () => {
    const forbidden = { error: 'HTTP 403 Forbidden', ...answer('HTTP 403 Forbidden', 'FORBIDDEN') };
    expect(await ask('DELETE', '/realms/acme/v3_role/tenant-administrator')).toEqual([403, forbidden]);
  });

  it('57 reads the name with the permissions of the caller alone', async () => {
    const blind = kobil.token(kobil.acme, 'role:delete');
    expect((await ask('DELETE', '/realms/acme/v3_role/nobody-knows', blind))[0]).toBe(403);
  });

  it('answer below the host of the tenant as well', async () => {
    const headers = { host: 'acme.id.example.com' };
    const at = (method: string) => kobil.ask(method, '/digitanium/v4/role/guard', { token, headers });
    expect(await at('POST')).toEqual([200, answer('Role created successfully')]);
    expect(await at('POST')).toEqual([409, answer('Role already exists', 'CONFLICT')]);
    expect(await at('DELETE')).toEqual([200, answer('Role deleted successfully')]);
    expect(await at('DELETE')).toEqual([404, answer('ROLE_NOT_FOUND', 'NOT_FOUND')]);
  });
});
