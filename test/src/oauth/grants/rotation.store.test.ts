import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashHandle } from '../../../../src/crypto/index.ts';
import { addSeconds, type TenantRef } from '../../../../src/kernel/index.ts';
import { type PresentedToken, RotationStore } from '../../../../src/oauth/grants/rotation.store.ts';
import { oauthEvents } from '../../../../src/oauth/oauth.events.ts';
import { TokenStore } from '../../../../src/oauth/tokens/token.store.ts';
import { scopeLinks, TestClient, TestUser } from '../../../support/oauth.ts';
import { World } from '../../../support/world.ts';

describe('the statement that spends a refresh token', () => {
  let world: World;
  let acme: TenantRef;
  let client: TestClient;
  let rotations: RotationStore;
  let hash: Buffer;
  let found: PresentedToken;
  let eventsBefore: number;
  beforeAll(async () => {
    world = await World.open();
    acme = await world.tenant();
    rotations = new RotationStore(world.db, world.services.events);
    client = await TestClient.create(world, acme, {
      grantTypes: ['password', 'refresh_token'],
      scopes: scopeLinks(['openid']),
    });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    const user = await TestUser.create(world, client);
    hash = hashHandle((await user.signIn('openid')).refreshToken!);
    found = (await rotations.find(acme.id, hash))!;
    eventsBefore = (await world.events(acme)).length;
  });

  const spend = (next: string, at: PresentedToken = found) =>
    rotations.spend(
      world.system(acme).caller,
      acme,
      {
        hash,
        grant: at.grant,
        now: world.clock.now(),
        tokens: {
          refresh: { hash: hashHandle(next), expiresAt: addSeconds(world.clock.now(), 60) },
          opaque: null,
        },
      },
      { type: oauthEvents['token.issued'], subjectId: at.grant.userId },
    );
  const newEvents = async () => (await world.events(acme)).slice(eventsBefore).map(({ type }) => type);
  const countRefreshTokens = async () =>
    (await sql<{ n: number }>`select count(*)::int as n from refresh_tokens`.execute(world.db.read())).rows[0]!.n;
  const change = (statement: string) =>
    world.db.orm.em
      .fork()
      .getConnection()
      .execute(`${statement} where tenant_id = ? and id = ?`, [acme.id, found.grant.id]);

  it('reads the token with its family, user and session as the stores of each do', async () => {
    const { grant, session, token, user } = found;
    expect(grant).toEqual(await rotatedGrant());
    expect(user).toMatchObject({ enabled: true, inactiveSince: null, notBefore: null });
    expect(session).toMatchObject({ id: grant.sessionId, lastUsedAt: world.clock.now() });
    expect(token.spentAt).toBeNull();
    expect(await rotations.find(acme.id, hashHandle('unknown'))).toBeNull();
    expect(await rotations.find((await world.tenant()).id, hash)).toBeNull();
  });

  it('reads the tokens of requests of one moment each for its own tenant and hash', async () => {
    const globex = await world.tenant();
    const other = hashHandle((await (await TestUser.create(world, client)).signIn('openid')).refreshToken!);
    const [unknown, foreign, first, second, again] = await Promise.all([
      rotations.find(acme.id, hashHandle('unknown')),
      rotations.find(globex.id, other),
      rotations.find(acme.id, other),
      rotations.find(acme.id, hash),
      rotations.find(acme.id, hash),
    ]);
    expect([unknown, foreign]).toEqual([null, null]);
    expect(first?.grant.id).not.toBe(found.grant.id);
    expect([second, again]).toEqual([found, found]);
  });

  it('reads a family without a session, one whose session ended, and the moments of its user', async () => {
    await world.db.orm.em
      .fork()
      .getConnection()
      .execute('update users set enabled = false, inactive_since = ?, not_before = ? where tenant_id = ? and id = ?', [
        '2026-01-02T03:04:05.678Z',
        '2026-02-03T04:05:06.789Z',
        acme.id,
        found.grant.userId,
      ]);
    await change('update grants set session_id = null');
    const now = await rotations.find(acme.id, hash);
    expect(now?.session).toBeUndefined();
    expect(now?.user).toEqual({
      enabled: false,
      inactiveSince: new Date('2026-01-02T03:04:05.678Z'),
      notBefore: new Date('2026-02-03T04:05:06.789Z'),
    });
  });

  const rotatedGrant = async () => {
    const { rows } = await sql<
      Record<string, unknown>
    >`select * from grants where id = ${found.grant.id}::uuid`.execute(world.db.read());
    const [row] = rows;
    return {
      tenantId: row!['tenant_id'],
      id: row!['id'],
      userId: row!['user_id'],
      clientUuid: row!['client_uuid'],
      sessionId: row!['session_id'],
      scopes: row!['scopes'],
      issuerKind: row!['issuer_kind'],
      issuerHost: row!['issuer_host'],
      revokedAt: row!['revoked_at'],
      expiresAt: row!['expires_at'],
      createdAt: row!['created_at'],
      claims: row!['claims'],
      authTime: row!['auth_time'],
      acr: row!['acr'],
      amr: row!['amr'],
    };
  };

  it('stores the next token for the same family, and writes the event', async () => {
    expect(await spend('next')).toBe(true);
    expect((await rotations.find(acme.id, hash))?.token.spentAt).toEqual(world.clock.now());
    expect(await rotations.find(acme.id, hashHandle('next'))).toMatchObject({
      token: { spentAt: null, expiresAt: addSeconds(world.clock.now(), 60) },
      grant: found.grant,
    });
    expect(await newEvents()).toEqual(['token.issued']);
  });

  it('stores an opaque access token beside, or no refresh token where the client gets none', async () => {
    const opaque = {
      hash: hashHandle('opaque'),
      claims: { jti: 'j1' },
      expiresAt: addSeconds(world.clock.now(), 30),
    };
    const before = await countRefreshTokens();
    const rotation = { hash, grant: found.grant, now: world.clock.now(), tokens: { refresh: null, opaque } };
    const event = { type: oauthEvents['token.issued'], subjectId: found.grant.userId };
    expect(await rotations.spend(world.system(acme).caller, acme, rotation, event)).toBe(true);
    expect(await countRefreshTokens()).toBe(before);
    expect(await new TokenStore(world.db).findOpaque(acme.id, opaque.hash)).toMatchObject({
      grantId: found.grant.id,
      clientUuid: client.uuid,
      claims: { jti: 'j1' },
      expiresAt: opaque.expiresAt,
    });
  });

  it('leaves the row of the family as it was', async () => {
    const version = async () =>
      (
        await sql<{ at: string }>`select ctid::text as at from grants where id = ${found.grant.id}::uuid`.execute(
          world.db.read(),
        )
      ).rows[0]!.at;
    const before = await version();
    await spend('another');
    expect(await version()).toBe(before);
  });

  it.each([
    ['revoked', 'update grants set revoked_at = now()'],
    ['deleted', 'delete from grants'],
  ])('writes nothing when the family was %s since it was read', async (fate, statement) => {
    await change(statement);
    expect(await spend('late')).toBe(false);
    expect(await rotations.find(acme.id, hashHandle('late'))).toBeNull();
    expect((await rotations.find(acme.id, hash))?.token.spentAt).toBe(fate === 'deleted' ? undefined : null);
    expect(await newEvents()).toEqual([]);
  });

  it('writes nothing when the token was spent since it was read', async () => {
    await spend('first');
    const now = (await rotations.find(acme.id, hash))!;
    expect(await spend('second', now)).toBe(false);
    expect(await rotations.find(acme.id, hashHandle('second'))).toBeNull();
    expect(await newEvents()).toEqual(['token.issued']);
  });

  it('spends a token once when two requests share the statement', async () => {
    const spent = await Promise.all([spend('one'), spend('two')]);
    expect(spent.sort()).toEqual([false, true]);
    const next = await Promise.all(['one', 'two'].map((token) => rotations.find(acme.id, hashHandle(token))));
    expect(next.filter((token) => token !== null)).toHaveLength(1);
    expect(await newEvents()).toEqual(['token.issued']);
  });
});
