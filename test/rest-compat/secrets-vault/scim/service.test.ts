import { describe, expect, it } from 'vitest';
import { GROUP_KIND } from '../../../../rest-compat/secrets-vault/scim/group-schema.ts';
import { USER_KIND } from '../../../../rest-compat/secrets-vault/scim/user-schema.ts';
import { vaultOfSuite } from '../../../support/vault.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const refusal = (status: number, detail: string) => ({
  status,
  json: { schemas: [ERROR], status: String(status), detail },
});

describe('the service provider of SCIM', () => {
  const vault = vaultOfSuite({});
  const ask = (method: string, path: string, request = {}) => vault.rest.ask(method, `/scim/v2/acme${path}`, request);

  it('SCIM-1: says what it supports, with its own addresses', async () => {
    const { status, headers, json } = await ask('GET', '/ServiceProviderConfig');
    expect([status, headers['content-type']]).toEqual([200, 'application/scim+json']);
    expect(json).toMatchObject({
      documentationUri: 'https://id.example.com/docs/secrets-vault',
      filter: { supported: true, maxResults: 100 },
      meta: { location: 'https://id.example.com/scim/v2/acme/ServiceProviderConfig' },
    });
  });

  it('SCIM-2, SCIM-3: lists the schemas and the kinds of resources, whole', async () => {
    const schemas = await ask('GET', '/Schemas?count=1&startIndex=2&sortBy=id');
    expect(schemas).toMatchObject({ status: 200, json: { totalResults: 3, startIndex: 1, itemsPerPage: 3 } });
    expect(schemas.json.Resources.map(({ name }: { name: string }) => name)).toEqual([
      'User',
      'EnterpriseUser',
      'Group',
    ]);
    const { json } = await ask('GET', '/ResourceTypes');
    expect(json.Resources.map(({ id }: { id: string }) => id)).toEqual(['User', 'Group']);
  });

  it('SCIM-4, SCIM-5: shows one, by its name or URN in any case', async () => {
    const urn = GROUP_KIND.schema.toUpperCase().replaceAll(':', '%3A');
    expect(await ask('GET', `/Schemas/${urn}`)).toMatchObject({ status: 200, json: { id: GROUP_KIND.schema } });
    expect(await ask('GET', '/ResourceTypes/user')).toMatchObject({ status: 200, json: { schema: USER_KIND.schema } });
    for (const path of ['/Schemas/urn:nothing', '/ResourceTypes/Robot'])
      expect(await ask('GET', path)).toMatchObject(refusal(404, 'Not Found'));
  });

  it('403: its lists are not filtered (RFC 7644 section 4)', async () => {
    for (const path of ['/Schemas', '/ResourceTypes'])
      expect(await ask('GET', `${path}?filter=id%20pr`)).toMatchObject(refusal(403, 'Not enough permissions'));
  });

  it('404: a tenant that is not there', async () => {
    for (const path of ['/ServiceProviderConfig', '/Schemas', '/ResourceTypes'])
      expect(await vault.rest.ask('GET', `/scim/v2/nobody${path}`)).toMatchObject(refusal(404, 'Not Found'));
  });

  it('answers application/json where that alone is accepted, also for refusals', async () => {
    const headers = { accept: 'application/json' };
    for (const path of ['/ServiceProviderConfig', '/Nothing'])
      expect((await ask('GET', path, { headers })).headers['content-type']).toBe('application/json');
  });

  /** A key of a user who may read users. */
  const keyWith = async (scope: string): Promise<string> => {
    const { id } = await vault.world.newUser(vault.acme);
    const { id: roleId } = await vault.world.newRole(vault.acme, { permissions: ['user:read', 'client:read'] });
    await vault.world.grantRole(vault.acme, { roleId, holderKind: 'user', holderId: id });
    return (await vault.world.newApiKey(vault.acme, id, scope)).secret;
  };

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])(
    'SCIM-20 to SCIM-24: %s /Me is not implemented',
    async (method) => {
      expect(await ask(method, '/Me', { token: await keyWith('SCIM2') })).toMatchObject(
        refusal(501, 'Not implemented'),
      );
      const other = await ask(method, '/Me', { token: await keyWith('CLIENT:READ') });
      expect(other).toMatchObject(refusal(403, 'Not enough permissions'));
      const without = await ask(method, '/Me');
      expect(without).toMatchObject(refusal(401, 'Not authenticated'));
      expect(without.headers['www-authenticate']).toBe('Bearer');
    },
  );

  it('405: a known path with another method, which Allow lists', async () => {
    const answer = await ask('DELETE', '/Schemas');
    expect(answer).toMatchObject(refusal(405, 'Method Not Allowed'));
    expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS');
    expect((await ask('OPTIONS', '/Me')).headers.allow).toBe('GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS');
  });

  it('429: a credential that asked 200 times in a minute', async () => {
    const [token, other] = [await keyWith('SCIM2'), await keyWith('SCIM2')];
    for (let asked = 0; asked < 200; asked++) expect((await ask('GET', '/Me', { token })).status).toBe(501);
    const limited = await ask('GET', '/Me', { token });
    expect(limited).toMatchObject(refusal(429, 'Too Many Requests'));
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask('GET', '/Me', { token: other })).status).toBe(501);
    expect((await ask('GET', '/Schemas')).status).toBe(200);
  });
});
