import { decodeJwt } from 'jose';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import { openTestDatabase } from '../../../support/database.ts';
import {
  type BearerTokens,
  refusalOf,
  scopeLinks,
  TEST_REDIRECT,
  TestBrowserUser,
  TestClient,
} from '../../../support/oauth.ts';
import { openPostgresDatabase } from '../../../support/postgres.ts';
import { World } from '../../../support/world.ts';

describe.each([
  ['PGlite', openTestDatabase],
  ['PostgreSQL', openPostgresDatabase],
] as const)('the redemption of authorization codes, on %s', (_, open) => {
  let world: World;
  let acme: TenantRef;
  let client: TestClient;
  beforeAll(async () => {
    world = await World.open(await open());
    // On a server the log writes refusals over its own connection.
    await world.services.eventEngine.start();
    acme = await world.tenant();
    client = await TestClient.create(world, acme, {
      grantTypes: ['authorization_code', 'refresh_token'],
      redirects: [{ uri: TEST_REDIRECT }],
      scopes: scopeLinks(['openid', 'offline_access']),
    });
  });
  afterAll(async () => {
    await world.services.eventEngine.stop();
    await world.close();
  });

  const newUser = () => TestBrowserUser.create(world, client);
  const refresh = ({ refreshToken }: BearerTokens): Promise<BearerTokens> =>
    client.request('refresh_token', { refresh_token: refreshToken! });
  const codeOf = (one: PromiseSettledResult<unknown>): string =>
    one.status === 'fulfilled' ? 'issued' : (one.reason as { code: string }).code;
  const familiesOf = async ({ user }: TestBrowserUser) => {
    const { rows } = await sql<{ isRevoked: boolean }>`
      select revoked_at is not null as "isRevoked" from grants
      where tenant_id = ${acme.id}::uuid and user_id = ${user.id}`.execute(world.db.read());
    return rows;
  };

  it('lets one of fifty simultaneous redemptions pass, and revokes its family for the others (check 4)', async () => {
    const user = await newUser();
    const code = await user.code();
    const before = (await world.events(acme)).length;
    const sent = await Promise.allSettled(Array.from({ length: 50 }, () => user.redeem(code)));
    const codes = sent.map(codeOf);
    expect(codes.filter((one) => one === 'issued')).toHaveLength(1);
    expect(codes.filter((one) => one === 'CODE_REPLAYED')).toHaveLength(1);
    expect(codes.filter((one) => one === 'GRANT_INVALID')).toHaveLength(48);
    const winner = sent.find((one) => one.status === 'fulfilled')!.value;
    expect(await refusalOf(world, winner.accessToken)).toBe('grant-revoked');
    await expect(refresh(winner)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    expect(await familiesOf(user)).toEqual([{ isRevoked: true }]);
    const types = (await world.events(acme)).slice(before).map(({ type }) => type);
    expect(types.filter((type) => type === 'token.issued')).toHaveLength(1);
    expect(types.filter((type) => type === 'code.replayed')).toHaveLength(1);
  });

  it('gives each of many codes that are redeemed at once its own family, and one event each', async () => {
    const users = await Promise.all(Array.from({ length: 12 }, newUser));
    const codes = await Promise.all(users.map((user) => user.code()));
    const before = (await world.events(acme)).length;
    const issued = await Promise.all(users.map((user, n) => user.redeem(codes[n]!)));
    expect(issued.map(({ accessToken }) => decodeJwt(accessToken).sub)).toEqual(users.map(({ user }) => user.id));
    const types = (await world.events(acme)).slice(before).map(({ type }) => type);
    expect(types).toEqual(Array.from({ length: 12 }, () => 'token.issued'));
    const again = await Promise.all(issued.map(refresh));
    expect(await Promise.all(again.map(({ accessToken }) => refusalOf(world, accessToken)))).toEqual(
      Array.from({ length: 12 }, () => null),
    );
  });

  it('gives several codes of one session their own families', async () => {
    const user = await newUser();
    const codes = await Promise.all(Array.from({ length: 6 }, () => user.code()));
    const issued = await Promise.all(codes.map((code) => user.redeem(code)));
    expect(new Set(issued.map(({ accessToken }) => decodeJwt(accessToken)['gid'])).size).toBe(6);
    expect(await familiesOf(user)).toEqual(Array.from({ length: 6 }, () => ({ isRevoked: false })));
  });

  it('leaves no valid token when the session ends at the same moment', async () => {
    const users = await Promise.all(Array.from({ length: 8 }, newUser));
    const codes = await Promise.all(users.map((user) => user.code({ isOffline: false })));
    const sent = await Promise.allSettled(users.map((user, n) => user.redeem(codes[n]!)));
    const ends = await Promise.allSettled([
      ...users.map(({ session }) => world.services.sessions.revoke(world.system(acme), session.id)),
      ...users.map(async (user) => user.redeem(await user.code())),
    ]);
    expect(ends.slice(0, 8).map(codeOf)).toEqual(Array.from({ length: 8 }, () => 'issued'));
    const issued = [...sent, ...ends.slice(8)].flatMap((one) =>
      one.status === 'fulfilled' && 'accessToken' in one.value ? [one.value] : [],
    );
    for (const tokens of issued) {
      expect(await refusalOf(world, tokens.accessToken)).not.toBeNull();
      await expect(refresh(tokens)).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    }
  });

  /** Redeems a code while another transaction has changed rows that it commits only once the redemption waits for them. */
  const redeemDuring = async (user: TestBrowserUser, code: string, change: () => Promise<unknown>) => {
    const [changed, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const other = world.db.transaction(async () => {
      await change();
      changed.resolve();
      await ended.promise;
    });
    await changed.promise;
    const outcome = Promise.allSettled([user.redeem(code)]).then(([one]) => codeOf(one!));
    // The embedded database has one connection, which the transaction holds.
    if (!world.db.isEmbedded) await vi.waitUntil(isWaitingForLock, { timeout: 60_000 });
    ended.resolve();
    await other;
    return outcome;
  };
  const isWaitingForLock = async (): Promise<boolean> => {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(world.db.read());
    return rows.length > 0;
  };

  it('waits for a change of the session, and then judges what it left', async () => {
    const user = await newUser();
    const code = await user.code();
    const end = () => world.services.sessions.revoke(world.system(acme), user.session.id);
    expect(await redeemDuring(user, code, end)).toBe('GRANT_INVALID');
    expect(await familiesOf(user)).toEqual([]);
  });

  it('issues the tokens once the other transaction gives the session back unchanged', async () => {
    const user = await newUser();
    const code = await user.code();
    const lock = () => world.stores.sessionStore.lock(acme.id, user.session.id);
    expect(await redeemDuring(user, code, lock)).toBe('issued');
    expect(await familiesOf(user)).toEqual([{ isRevoked: false }]);
    await expect(user.redeem(code)).rejects.toMatchObject({ code: 'CODE_REPLAYED' });
  });

  it('issues nothing for a code that another transaction withdrew after it was read', async () => {
    const user = await newUser();
    const code = await user.code();
    const withdraw = () => world.stores.oneTimeCodes.deleteOfUser(acme.id, user.user.id);
    expect(await redeemDuring(user, code, withdraw)).toBe('GRANT_INVALID');
    expect(await familiesOf(user)).toEqual([]);
  });

  it('keeps a code whose tokens could not be stored', async () => {
    const user = await newUser();
    const code = await user.code();
    await sql`alter table security_events add constraint refuses check (type <> 'token.issued') not valid`.execute(
      world.db.read(),
    );
    await expect(user.redeem(code)).rejects.toThrow();
    await sql`alter table security_events drop constraint refuses`.execute(world.db.read());
    expect(await familiesOf(user)).toEqual([]);
    expect((await user.redeem(code)).accessToken).toBeTruthy();
  });
});
