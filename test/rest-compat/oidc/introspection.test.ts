import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { TestClient } from '../../support/oauth.ts';
import { type Answer, type RestClient, serveWorld } from '../../support/rest.ts';
import { World } from '../../support/world.ts';

describe('introspection of a token that the node knows (RFC 7662)', () => {
  let world: World;
  let acme: TenantRef;
  let rest: RestClient;
  let statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((statement) => statements.push(statement)));
    vi.spyOn(world.services.eventEngine.follower, 'isFresh').mockReturnValue(true);
    acme = await world.tenant({ name: 'acme' });
    rest = await serveWorld(world);
  });
  afterAll(async () => {
    expect(rest.faults).toEqual([]);
    await rest.close();
    await world.close();
  });

  const post = (path: string, { clientId, secret }: TestClient, token: string): Promise<Answer> =>
    rest.ask('POST', `/t/acme/oauth/${path}`, {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ token }).toString(),
    });
  const introspect = (client: TestClient, token: string) => post('introspect', client, token);
  const newClient = () => TestClient.create(world, acme, { permissions: ['user:read'] });

  it('sends no statement, and gives the very answer of the first time', async () => {
    const client = await newClient();
    const token = await client.token();
    const first = await introspect(client, token);
    statements = [];
    const again = await introspect(client, token);
    expect(statements).toEqual([]);
    expect(first.json.active).toBe(true);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect({ ...again.headers, date: '' }).toEqual({ ...first.headers, date: '' });
  });

  it('gives an inactive answer to a client that may not ask, also after another client was shown the token', async () => {
    const [owner, other] = [await newClient(), await newClient()];
    const token = await owner.token();
    for (let i = 0; i < 2; i++) {
      expect((await introspect(owner, token)).json.client_id).toBe(owner.clientId);
      expect((await introspect(other, token)).text).toBe('{"active":false}');
    }
  });

  it('is not active once the token is revoked, or has expired', async () => {
    const client = await newClient();
    const [revoked, expired] = [await client.token(), await client.token()];
    for (const token of [revoked, expired]) expect((await introspect(client, token)).json.active).toBe(true);
    expect((await post('revoke', client, revoked)).status).toBe(200);
    expect((await introspect(client, revoked)).text).toBe('{"active":false}');
    expect((await introspect(client, expired)).json.active).toBe(true);
    world.clock.advance(900);
    expect((await introspect(client, expired)).text).toBe('{"active":false}');
  });
});
