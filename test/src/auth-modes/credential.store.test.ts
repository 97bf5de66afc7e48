import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AuthModeStore,
  type CredentialInfo,
  CredentialStore,
  LockoutStore,
  type NewCredential,
} from '../../../src/auth-modes/index.ts';
import { Sealer } from '../../../src/crypto/index.ts';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

const SECRET = 'JBSWY3DPEHPK3PXP';
const HASH = '$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA';

describe.each(ENGINES)('the stores of auth modes on $name', ({ open }) => {
  let world: World;
  let store: CredentialStore;
  let own: TenantRef;
  let neighbour: TenantRef;
  let user: User;
  let theirs: User;
  let totp: CredentialInfo;
  const statements: string[] = [];
  beforeAll(async () => {
    world = await World.open(await open((statement) => statements.push(statement)));
    store = new CredentialStore(world.db, new Sealer(world.masterKey, 'credential'), world.clock);
    own = await world.tenant();
    neighbour = await world.tenant();
    user = await world.newUser(own, { id: 'same-id' });
    theirs = await world.newUser(neighbour, { id: 'same-id' });
    totp = await add({ userId: theirs.id, type: 'totp', secret: SECRET }, neighbour);
    await add({ userId: theirs.id, type: 'password', secret: HASH }, neighbour);
  });
  afterAll(() => world.close());

  const add = (credential: NewCredential, tenant = own) => world.db.transaction(() => store.add(tenant.id, credential));

  it('finds, opens and changes nothing by ids of another tenant', async () => {
    expect(await store.findById(own.id, totp.id)).toBeNull();
    expect(await store.openSecret(own.id, totp.id)).toBeNull();
    expect(await store.findPassword(own.id, theirs.id)).toBeNull();
    expect(await store.secondFactorMethods(own.id, theirs.id)).toEqual([]);
    expect((await store.ofUsers(own.id, [theirs.id])).size).toBe(0);
    const { id, hash } = (await store.findPassword(neighbour.id, theirs.id))!;
    expect(await store.passwordHashes(own.id, [id])).toEqual(new Map());
    expect(await store.passwordHashes(neighbour.id, [id, totp.id])).toEqual(new Map([[id, HASH]]));
    expect(await store.replaceHash(own.id, id, hash, '$argon2id$other')).toBe(false);
    await store.changePassword(own.id, id, hash, '$argon2id$other');
    await store.noteUse(own.id, totp.id);
    expect(await store.remove(own.id, totp.id)).toBe(false);
    expect(await store.findById(neighbour.id, totp.id)).toMatchObject({ type: 'totp', lastUsedAt: null });
    expect((await store.findPassword(neighbour.id, theirs.id))!.hash).toBe(HASH);
  });

  it('tells whether an account has had its password for longer, from its last change on', async () => {
    const owner = await world.newUser(neighbour);
    expect(await store.isPasswordOlder(neighbour.id, owner.id, 0)).toBe(false);
    await add({ userId: owner.id, type: 'password', secret: HASH }, neighbour);
    world.clock.advance(2 * 86_400);
    const isOlder = (days: number, tenant = neighbour) => store.isPasswordOlder(tenant.id, owner.id, days);
    expect([await isOlder(1), await isOlder(2), await isOlder(1, own)]).toEqual([true, false, false]);
    const { id, hash } = (await store.findPassword(neighbour.id, owner.id))!;
    await store.changePassword(neighbour.id, id, 'another hash', '$argon2id$other');
    expect([await isOlder(1), (await store.findById(neighbour.id, id))?.changedAt]).toEqual([true, null]);
    await store.changePassword(neighbour.id, id, hash, '$argon2id$other');
    expect([await isOlder(1), (await store.findById(neighbour.id, id))?.changedAt]).toEqual([false, world.clock.now()]);
  });

  it('keeps what a mode sealed under a key of the tenant, as it is', async () => {
    const sealed = 'v1.aGlkZGVu';
    const data = { username: 'ada' };
    const owner = await world.newUser(neighbour);
    const { id } = await add({ userId: owner.id, type: 'image-proof', secret: sealed, data }, neighbour);
    expect(await store.findSealedByTenant(neighbour.id, owner.id, 'image-proof')).toEqual({ id, sealed, data });
    expect(await store.findSealedByTenant(own.id, owner.id, 'image-proof')).toBeNull();
    expect(await store.findSealedByTenant(neighbour.id, owner.id, 'totp')).toBeNull();
    expect(await store.openSecret(neighbour.id, id)).toBeNull();
    const isPlain = add({ userId: owner.id, type: 'image-proof', secret: 'plain' }, neighbour);
    await expect(isPlain).rejects.toThrow('must be sealed before it is stored');
  });

  it('locks and writes no columns of another tenant', async () => {
    const columns = new AuthModeStore(world.db);
    const alone = await world.newUser(neighbour);
    await world.db.transaction(async () => {
      expect(await columns.lock(own.id, alone.id)).toBeNull();
      expect((await columns.lock(own.id, user.id))?.hasSecondFactor).toBe(false);
      await columns.write(own.id, alone.id, { lockedMethods: ['password'] }, world.clock.now());
    });
    expect((await world.stores.userStore.findById(neighbour.id, alone.id))?.lockedMethods).toEqual([]);
  });

  it('counts and clears no failures of another tenant', async () => {
    const lockouts = new LockoutStore(world.db);
    const subject = { kind: 'account', key: theirs.id } as const;
    const now = world.clock.now();
    const until = now.getTime() + 60_000;
    const block = { failures: 3, times: [1, 2, 3], level: 1, lastAt: 0, blockedFrom: 1, blockedUntil: until };
    await world.db.transaction(async () => {
      await lockouts.lock(neighbour.id, 'first', [subject], now);
      await lockouts.write(neighbour.id, 'first', [{ ...subject, ...block }], now, '192.0.2.1');
    });
    const rest = [subject.kind, subject.key, 'first'] as const;
    expect(await lockouts.find(own.id, 'first', [subject])).toEqual([]);
    expect(await lockouts.findOne(own.id, ...rest)).toBeNull();
    expect((await lockouts.page(own.id, {}, {}, now)).rows).toEqual([]);
    await world.db.transaction(async () => {
      expect(await lockouts.lock(own.id, 'first', [subject], now)).toMatchObject([{ failures: 0 }]);
      await lockouts.write(own.id, 'first', [{ ...subject, ...block, failures: 9 }], now, null);
      await lockouts.clear(own.id, 'first', [subject]);
      expect(await lockouts.clearAccount(own.id, theirs.id)).toEqual([]);
      expect(await lockouts.clearSubject(own.id, ...rest)).toEqual([]);
    });
    expect(await lockouts.find(neighbour.id, 'first', [subject])).toMatchObject([
      { failures: 3, times: [1, 2, 3], level: 1, blockedUntil: until },
    ]);
    expect((await lockouts.page(neighbour.id, {}, {}, now)).rows).toMatchObject([{ lastIp: '192.0.2.1' }]);
  });

  it('never gives an ordinal out twice, not even of the last credential that was removed', async () => {
    const someone = await world.newUser(own);
    const key = { userId: someone.id, type: 'totp', secret: SECRET } as const;
    const first = await add(key);
    const second = await add(key);
    expect([first.ordinal, second.ordinal]).toEqual([1, 2]);
    expect(await store.remove(own.id, second.id)).toBe(true);
    expect((await add(key)).ordinal).toBe(3);
    expect((await add({ userId: someone.id, type: 'passkey' })).ordinal).toBe(1);
    const many = await Promise.all(Array.from({ length: 5 }, () => add(key)));
    expect(many.map(({ ordinal }) => ordinal).sort()).toEqual([4, 5, 6, 7, 8]);
  });

  it('reads the credentials of users of any tenants in one statement when they are asked for together', async () => {
    const mine = await world.newUser(own);
    const key = await add({ userId: mine.id, type: 'passkey' });
    const password = await add({ userId: mine.id, type: 'password', secret: HASH });
    statements.length = 0;
    const lists = await Promise.all([
      store.ofUser(own.id, mine.id),
      store.ofUser(neighbour.id, theirs.id),
      store.ofUser(own.id, mine.id),
      store.ofUser(own.id, theirs.id),
      store.ofUsers(own.id, [mine.id, theirs.id]),
    ]);
    expect(statements).toHaveLength(1);
    expect(lists.slice(0, 4)).toEqual([
      [key, password],
      [expect.objectContaining({ tenantId: neighbour.id, type: 'password' }), totp],
      [key, password],
      [],
    ]);
    expect(lists[4]).toEqual(new Map([[mine.id, [key, password]]]));
  });

  it('seals what must be read again, bound to its row, and shows no secret in a list', async () => {
    const someone = await world.newUser(own);
    const one = await add({ userId: someone.id, type: 'totp', secret: SECRET, label: 'Phone', data: { digits: 6 } });
    expect((await store.openSecret(own.id, one.id))?.toString()).toBe(SECRET);
    const listed = (await store.ofUsers(own.id, [someone.id])).get(someone.id);
    expect(listed).toEqual([one]);
    expect(Object.keys(listed![0]!)).not.toContain('secret');
    const [raw] = await world.db.orm.em
      .fork()
      .getConnection()
      .execute('select secret from credentials where id = ?', [one.id]);
    expect((raw as { secret: string }).secret).toMatch(/^v1\./);
  });

  it('keeps no secret in a form that does not fit its type', async () => {
    const { id: userId } = user;
    await expect(add({ userId, type: 'password', secret: 'plain' })).rejects.toThrow('hashed');
    await expect(add({ userId, type: 'totp' })).rejects.toThrow('needs a secret');
    await expect(add({ userId, type: 'recovery-code', secret: 'bcdf-ghjk' })).rejects.toThrow('must be hashed');
    await expect(add({ userId, type: 'passkey', secret: 'x' })).rejects.toThrow('keeps no secret');
    const { id } = (await store.findPassword(neighbour.id, theirs.id))!;
    expect(await store.openSecret(neighbour.id, id)).toBeNull();
  });

  it('takes what is no UUID for unknown, and loses credentials and ordinals with their user', async () => {
    expect(await store.findById(own.id, 'no-uuid')).toBeNull();
    expect(await store.remove(own.id, 'no-uuid')).toBe(false);
    expect(await store.openSecret(own.id, 'no-uuid')).toBeNull();
    const gone = await world.newUser(own);
    const { id } = await add({ userId: gone.id, type: 'totp', secret: SECRET });
    await world.services.endAccess.delete(world.system(own), gone.id);
    expect(await store.findById(own.id, id)).toBeNull();
  });

  it('loses no change when many change the same account at once', async () => {
    const someone = await world.newUser(own);
    await add({ userId: someone.id, type: 'totp', secret: SECRET });
    const { authModes } = world.services;
    const authority = world.system(own);
    await Promise.all([
      authModes.update(authority, someone.id, { requiredFactor: 2 }),
      authModes.update(authority, someone.id, { needPasswordChange: true }),
      authModes.update(authority, someone.id, { methodsLocked: ['password'] }),
      world.services.users.update(authority, someone.id, { givenName: 'Jane' }),
    ]);
    expect(await authModes.get(authority, someone.id)).toMatchObject({
      requiredFactor: 2,
      needPasswordChange: true,
      methodsLocked: ['password'],
    });
    expect((await world.stores.userStore.findById(own.id, someone.id))?.givenName).toBe('Jane');
  });

  it('counts every failure of many at once', async () => {
    const tenant = await world.tenant({ settings: { lockout: { accountLimit: 1000, quickMilliseconds: 0 } } });
    const attempt = {
      tenant,
      factor: 'first',
      userId: null,
      name: 'x',
      peerIp: '192.0.2.7',
      knownDeviceId: null,
    } as const;
    await Promise.all(Array.from({ length: 15 }, () => world.services.lockouts.fail(attempt, world.app(tenant))));
    const rows = await new LockoutStore(world.db).find(tenant.id, 'first', [{ kind: 'ip', key: '192.0.2.7' }]);
    expect(rows).toMatchObject([{ failures: 15 }]);
  });
});
