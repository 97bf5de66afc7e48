import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, type TenantRef } from '../../../src/kernel/index.ts';
import { GrantStore } from '../../../src/oauth/index.ts';
import { SigningKeyStore } from '../../../src/oauth/keys/signing-key.store.ts';
import { TokenStore } from '../../../src/oauth/tokens/token.store.ts';
import { scopeLinks, TestClient, TestUser } from '../../support/oauth.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

/** What a revocation gives that found nothing. */
const NONE = { count: 0, clientSessions: [] };

describe.each(ENGINES)('the stores of tokens on $name', ({ open }) => {
  let world: World;
  let acme: TenantRef;
  let globex: TenantRef;
  let client: string;
  let user: string;
  beforeAll(async () => {
    world = await World.open(await open());
    acme = await world.tenant({ name: 'acme' });
    globex = await world.tenant({ name: 'globex' });
    client = (await world.newClient(acme)).client.id;
    user = (await world.newUser(acme)).id;
  });
  afterAll(() => world.close());

  const now = () => world.clock.now();
  const later = (seconds: number) => new Date(now().getTime() + seconds * 1000);

  async function newFamily(expiresAt = later(60), sessionId: string | null = null) {
    const grants = new GrantStore(world.db);
    const grant = {
      tenantId: acme.id as string,
      id: newId(),
      userId: user,
      clientUuid: client,
      sessionId,
      scopes: ['openid'],
      issuerKind: 'native',
      issuerHost: null,
      claims: { idToken: ['email'], userinfo: [] },
      authTime: now(),
      acr: '1fa',
      amr: ['pwd'],
      clientSession: 'of-the-client',
      revokedAt: null,
      expiresAt,
      createdAt: now(),
    };
    const [hash, codeHash] = [randomBytes(32), randomBytes(32)];
    await grants.insert(grant, codeHash);
    const token = { tenantId: acme.id, hash, grantId: grant.id, spentAt: null, reuses: 0, expiresAt, createdAt: now() };
    await grants.insertRefreshToken(token);
    return { grants, grant: { ...grant, codeHash }, hash };
  }

  it('return a family as it was stored, but not in another tenant', async () => {
    const { grants, grant, hash } = await newFamily();
    expect(await grants.findById(acme.id, grant.id)).toEqual({
      ...grant,
      codeHash: expect.objectContaining({ length: 32 }),
    });
    expect(await grants.findById(globex.id, grant.id)).toBeNull();
    expect(await grants.findGrantIdOf(acme.id, hash)).toBe(grant.id);
    expect(await grants.findGrantIdOf(globex.id, hash)).toBeNull();
    await world.db.transaction(async () => {
      expect((await grants.lock(acme.id, grant.id))?.id).toBe(grant.id);
      expect(await grants.lock(globex.id, grant.id)).toBeNull();
      expect((await grants.lockByCode(acme.id, grant.codeHash))?.id).toBe(grant.id);
      expect(await grants.lockByCode(globex.id, grant.codeHash)).toBeNull();
      expect((await grants.lockRefreshToken(acme.id, hash))?.grantId).toBe(grant.id);
      expect(await grants.lockRefreshToken(globex.id, hash)).toBeNull();
    });
  });

  it('revoke the families of a user or a session, never those of another tenant', async () => {
    const { session } = await world.signedIn(acme, user);
    const { grants } = await newFamily(later(60), session.id);
    expect(await grants.revokeOfUser(globex.id, user, [], now())).toEqual(NONE);
    expect(await grants.revokeOfSession(globex.id, session.id, now())).toEqual(NONE);
    expect(await grants.revokeOfSession(acme.id, session.id, now())).toEqual({
      count: 1,
      clientSessions: [{ clientUuid: client, sessionId: session.id, clientSession: 'of-the-client' }],
    });
    expect(await grants.revokeOfSession(acme.id, session.id, now())).toEqual(NONE);
    const { grant: kept } = await newFamily(later(60), session.id);
    const { grant: offline } = await newFamily();
    await grants.revokeOfUser(acme.id, user, [session.id], now());
    expect((await grants.findById(acme.id, kept.id))?.revokedAt).toBeNull();
    expect((await grants.findById(acme.id, offline.id))?.revokedAt).toEqual(now());
  });

  it('sweep expired families with their refresh tokens, in batches', async () => {
    const { grants, grant, hash } = await newFamily(later(-1));
    const { grant: alive } = await newFamily();
    const { grant: other } = await newFamily(later(-1));
    expect(await grants.sweepExpired(now(), 1)).toBe(1);
    expect(await grants.sweepExpired(now(), 10)).toBe(1);
    for (const { id } of [grant, other]) expect(await grants.findById(acme.id, id)).toBeNull();
    expect(await grants.findGrantIdOf(acme.id, hash)).toBeNull();
    expect(await grants.findById(acme.id, alive.id)).not.toBeNull();
  });

  it('keep opaque tokens and revoked ones for each tenant until they expire', async () => {
    const tokens = new TokenStore(world.db);
    const hash = randomBytes(32);
    const token = { hash, grantId: null, clientUuid: client, claims: { jti: 'x' }, expiresAt: later(60) };
    await tokens.insertOpaque(acme.id, token, now());
    expect(await tokens.findOpaque(acme.id, hash)).toMatchObject({ clientUuid: client, claims: { jti: 'x' } });
    expect(await tokens.findOpaque(globex.id, hash)).toBeNull();
    expect(await tokens.deleteOpaque(globex.id, hash)).toBe(false);
    expect(await tokens.findOpaque(acme.id, hash)).not.toBeNull();
    expect(await tokens.revoke(acme.id, 'j1', later(60), now())).toBe(true);
    expect(await tokens.revoke(acme.id, 'j1', later(60), now())).toBe(false);
    expect(await tokens.isRevoked(acme.id, 'j1')).toBe(true);
    expect(await tokens.isRevoked(globex.id, 'j1')).toBe(false);
    expect(await tokens.sweepExpired(now(), 10)).toBe(0);
    expect(await tokens.sweepExpired(later(61), 10)).toBe(2);
    expect(await tokens.deleteOpaque(acme.id, hash)).toBe(false);
    await tokens.insertOpaque(acme.id, token, now());
    expect(await tokens.deleteOpaque(acme.id, hash)).toBe(true);
    expect(await tokens.findOpaque(acme.id, hash)).toBeNull();
  });

  it('keep signing keys for each tenant until they expire', async () => {
    const keys = new SigningKeyStore(world.db);
    const [key] = await keys.findPublished(acme.id, now());
    expect(await keys.findByKid(acme.id, key!.kid)).toEqual(key);
    expect(await keys.findByKid(globex.id, key!.kid)).toBeNull();
    await keys.retire(globex.id, 'EdDSA', now(), later(10));
    expect((await keys.findByKid(acme.id, key!.kid))?.retiredAt).toBeNull();
    expect(await keys.hasLast(globex.id, 'EdDSA')).toBe(false);
    expect(await keys.hasLast(acme.id, 'EdDSA')).toBe(true);
    expect(await keys.findPublished(globex.id, later(11))).toEqual([]);
    expect(await keys.sweepExpired(later(11), 10)).toBe(1);
  });

  it('let only one of two concurrent refreshes succeed; the other revokes the family', async () => {
    const grantTypes = ['password', 'refresh_token'];
    const app = await TestClient.create(world, acme, { grantTypes, scopes: scopeLinks(['openid']) });
    const { refreshToken } = await (await TestUser.create(world, app)).signIn('openid');
    const both = await Promise.allSettled(
      [1, 2].map(() => app.request('refresh_token', { refresh_token: refreshToken! })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = both.find((result) => result.status === 'rejected');
    expect(lost?.reason).toMatchObject({ code: 'REFRESH_TOKEN_REUSED' });
  });
});
