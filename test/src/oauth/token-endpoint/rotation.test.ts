import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { IssuedTokens } from '../../../../src/oauth/index.ts';
import { openTestDatabase } from '../../../support/database.ts';
import { refusalOf, scopeLinks, TestClient, TestUser } from '../../../support/oauth.ts';
import { openPostgresDatabase } from '../../../support/postgres.ts';
import { World } from '../../../support/world.ts';

describe.each([
  ['PGlite', openTestDatabase],
  ['PostgreSQL', openPostgresDatabase],
] as const)('the rotation of refresh tokens, on %s', (_, open) => {
  let world: World;
  let acme: TenantRef;
  let client: TestClient;
  beforeAll(async () => {
    world = await World.open(await open());
    // On a server the log writes refusals over its own connection.
    await world.services.eventEngine.start();
    acme = await world.tenant();
    client = await TestClient.create(world, acme, {
      grantTypes: ['password', 'refresh_token'],
      scopes: scopeLinks(['openid', 'user:read:self']),
    });
  });
  afterAll(async () => {
    await world.services.eventEngine.stop();
    await world.close();
  });

  const signIn = async (): Promise<IssuedTokens> => (await TestUser.create(world, client)).signIn('openid');
  const refresh = (tokens: IssuedTokens): Promise<IssuedTokens> =>
    client.request('refresh_token', { refresh_token: tokens.refreshToken! });
  const codesOf = (sent: readonly PromiseSettledResult<unknown>[]): string[] =>
    sent.map((one) => (one.status === 'fulfilled' ? 'issued' : (one.reason as { code: string }).code)).sort();

  it('gives each of many families that refresh at once its own tokens, and one event each', async () => {
    const families = await Promise.all(Array.from({ length: 12 }, signIn));
    const before = (await world.events(acme)).length;
    const rotated = await Promise.all(families.map(refresh));
    expect(new Set(rotated.map(({ refreshToken }) => refreshToken)).size).toBe(12);
    const events = (await world.events(acme)).slice(before);
    expect(events.map(({ type }) => type)).toEqual(Array.from({ length: 12 }, () => 'token.issued'));
    const again = await Promise.all(rotated.map(refresh));
    expect(await Promise.all(again.map(({ accessToken }) => refusalOf(world, accessToken)))).toEqual(
      Array.from({ length: 12 }, () => null),
    );
  });

  it('lets one of twenty simultaneous uses of a token pass, and revokes the family for the others (check 15)', async () => {
    const first = await signIn();
    const sent = await Promise.allSettled(Array.from({ length: 20 }, () => refresh(first)));
    const codes = codesOf(sent);
    expect(codes.filter((code) => code === 'issued')).toHaveLength(1);
    expect(codes.filter((code) => code === 'REFRESH_TOKEN_REUSED')).toHaveLength(1);
    expect(codes.filter((code) => code === 'GRANT_INVALID')).toHaveLength(18);
    const winner = sent.find((one) => one.status === 'fulfilled')!.value;
    expect(await refusalOf(world, winner.accessToken)).toBe('grant-revoked');
    await expect(refresh(winner)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
  });

  it('counts each rotation, and keeps the spent token until the family ends', async () => {
    const first = await signIn();
    await refresh(await refresh(first));
    const { rows } = await sql<{ generation: number; tokens: number; spent: number }>`
      select g.generation, count(*)::int as tokens, count(t.spent_at)::int as spent from grants g
      join refresh_tokens t on t.tenant_id = g.tenant_id and t.grant_id = g.id
      where g.tenant_id = ${acme.id}::uuid group by g.id, g.generation, g.created_at
      order by g.created_at desc, g.id desc limit 1`.execute(world.db.read());
    expect(rows).toEqual([{ generation: 2, tokens: 3, spent: 2 }]);
  });

  it('waits for a request that holds the family, and then judges what that request left', async () => {
    const first = await signIn();
    const gid = JSON.parse(Buffer.from(first.accessToken.split('.')[1]!, 'base64url').toString()).gid as string;
    const held = world.db.transaction(async () => {
      await sql`update grants set revoked_at = now() where tenant_id = ${acme.id}::uuid and id = ${gid}::uuid`.execute(
        world.db.read(),
      );
    });
    const refused = refresh(first);
    await expect(refused).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    await held;
  });
});
