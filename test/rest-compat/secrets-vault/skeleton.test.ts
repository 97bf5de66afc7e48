import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RestClient, serveWorld } from '../../support/rest.ts';
import { World } from '../../support/world.ts';

describe('the paths of Secrets Vault', () => {
  let world: World;
  let rest: RestClient;
  beforeAll(async () => {
    world = await World.open();
    await world.tenant({ name: 'vault' });
    rest = await serveWorld(world);
  });
  afterAll(async () => {
    await rest.close();
    await world.close();
  });

  it('HEALTH-1: the service answers, with its version and its environment', async () => {
    const answer = await rest.ask('GET', '/health');
    expect(answer).toMatchObject({ status: 200, json: { status: 'ok', version: '0.1.0', env: 'production' } });
    expect((await rest.ask('HEAD', '/health')).status).toBe(200);
  });

  it.each([
    ['GET', '/api/nothing', 404, { detail: 'Not Found' }],
    ['GET', '/api', 404, { detail: 'Not Found' }],
    ['GET', '/health/nothing', 404, { detail: 'Not Found' }],
    ['POST', '/health', 405, { detail: 'Method Not Allowed' }],
  ])('%s %s is refused in the form of the service', async (method, path, status, json) => {
    expect(await rest.ask(method, path)).toMatchObject({ status, json });
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s of an unknown path is refused in the form of SCIM',
    async (method) => {
      for (const path of ['/scim', '/scim/v1/x', '/scim/v2/vault/Nothing', '/scim/v2/nobody/Users/1/2'])
        expect(await rest.ask(method, path)).toMatchObject({
          status: 404,
          json: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404', detail: 'Not Found' },
        });
    },
  );

  it.each([
    ['GET', '/.well-known/jwks.json'],
    ['GET', '/.well-known/openid-configuration'],
    ['GET', '/authorize'],
    ['POST', '/token'],
  ])('%s /{tenant_id}%s is there, and no path beside it', async (method, path) => {
    expect((await rest.ask('PATCH', `/vault${path}`)).json).toEqual({ detail: 'Method Not Allowed' });
    const others = await Promise.all([`${path}/x`, '', '/x'].map((other) => rest.ask(method, `/vault${other}`)));
    expect(others.map(({ status, json }) => [status, json])).toEqual([
      [404, undefined],
      [404, undefined],
      [404, undefined],
    ]);
  });
});
