import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { openTestDatabase } from '../../../support/database.ts';
import { type BearerTokens, refusalOf, scopeLinks, TestClient, TestUser } from '../../../support/oauth.ts';
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

  const signIn = async (): Promise<BearerTokens> => (await TestUser.create(world, client)).signIn('openid');
  const refresh = (tokens: BearerTokens): Promise<BearerTokens> =>
    client.request('refresh_token', { refresh_token: tokens.refreshToken! });
  const familyOf = ({ accessToken }: BearerTokens): string =>
    JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()).gid as string;
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

  it('is undone as a whole where it cannot be stored, so that the client gets tokens when it tries again', async () => {
    const first = await signIn();
    await sql`alter table refresh_tokens add constraint refresh_tokens__test check (spent_at is null) not valid`.execute(
      world.db.read(),
    );
    try {
      await expect(refresh(first)).rejects.toThrow();
    } finally {
      await sql`alter table refresh_tokens drop constraint refresh_tokens__test`.execute(world.db.read());
    }
    const again = await refresh(first);
    expect(await refusalOf(world, again.accessToken)).toBeNull();
  });

  it('keeps each spent token until the family ends', async () => {
    const first = await signIn();
    await refresh(await refresh(first));
    const { rows } = await sql<{ tokens: number; spent: number }>`
      select count(*)::int as tokens, count(spent_at)::int as spent from refresh_tokens
      where tenant_id = ${acme.id}::uuid and grant_id = ${familyOf(first)}::uuid`.execute(world.db.read());
    expect(rows).toEqual([{ tokens: 3, spent: 2 }]);
  });

  it('revokes the family when the first of several spent tokens returns', async () => {
    const first = await signIn();
    const third = await refresh(await refresh(first));
    await expect(refresh(first)).rejects.toMatchObject({ code: 'REFRESH_TOKEN_REUSED' });
    await expect(refresh(third)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    expect(await refusalOf(world, third.accessToken)).toBe('grant-revoked');
  });

  it('leaves no valid token when families are revoked while they rotate', async () => {
    const families = await Promise.all(Array.from({ length: 12 }, signIn));
    const revoke = async (tokens: BearerTokens): Promise<void> => {
      await sql`update grants set revoked_at = now()
        where tenant_id = ${acme.id}::uuid and id = ${familyOf(tokens)}::uuid`.execute(world.db.read());
    };
    const sent = await Promise.allSettled(families.flatMap((tokens) => [refresh(tokens), revoke(tokens)]));
    const codes = codesOf(sent.filter((_, n) => n % 2 === 0));
    expect(codes.filter((code) => code !== 'issued' && code !== 'GRANT_INVALID')).toEqual([]);
    expect(sent.filter((_, n) => n % 2 === 1).every(({ status }) => status === 'fulfilled')).toBe(true);
    const issued = sent.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : []));
    for (const tokens of issued) {
      expect(await refusalOf(world, tokens.accessToken)).toBe('grant-revoked');
      await expect(refresh(tokens)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    }
  });

  /** Refreshes while another transaction has changed rows that it commits only once the refresh waits for them. */
  const refreshDuring = async (tokens: BearerTokens, change: () => Promise<unknown>): Promise<unknown> => {
    const [changed, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const other = world.db.transaction(async () => {
      await change();
      changed.resolve();
      await ended.promise;
    });
    await changed.promise;
    const outcome = refresh(tokens).then(
      () => 'issued',
      ({ code }: { code: string }) => code,
    );
    // The embedded database has one connection, which the transaction holds.
    if (!world.db.isEmbedded) await vi.waitUntil(isWaitingForLock, { timeout: 60_000 });
    ended.resolve();
    await other;
    return outcome;
  };

  it('waits for a request that holds the family, and then judges what that request left', async () => {
    const first = await signIn();
    const revoke = () =>
      sql`update grants set revoked_at = now()
        where tenant_id = ${acme.id}::uuid and id = ${familyOf(first)}::uuid`.execute(world.db.read());
    expect(await refreshDuring(first, revoke)).toBe('GRANT_INVALID');
  });

  it('issues nothing for a token that another transaction spent after it was read', async () => {
    const first = await signIn();
    const tokensOf = () => sql`select from refresh_tokens where grant_id = ${familyOf(first)}::uuid`;
    const spend = () =>
      sql`update refresh_tokens set spent_at = now()
        where tenant_id = ${acme.id}::uuid and grant_id = ${familyOf(first)}::uuid`.execute(world.db.read());
    expect(await refreshDuring(first, spend)).toBe('REFRESH_TOKEN_REUSED');
    expect((await tokensOf().execute(world.db.read())).rows).toHaveLength(1);
  });

  const isWaitingForLock = async (): Promise<boolean> => {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(world.db.read());
    return rows.length > 0;
  };
});
