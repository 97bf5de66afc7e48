import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuthModeStore, PasswordMode } from '../../../../src/auth-modes/index.ts';
import { passwordEvents } from '../../../../src/auth-modes/password/password.events.ts';
import { PasswordHistoryStore } from '../../../../src/auth-modes/password/password-history.store.ts';
import { PasswordHasher } from '../../../../src/crypto/index.ts';
import type { TenantRef } from '../../../../src/kernel/index.ts';
import type { User } from '../../../../src/users/index.ts';
import { World } from '../../../support/world.ts';

describe('the password mode', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  beforeAll(async () => {
    // With the cost that the service has.
    world = await World.open(undefined, undefined, undefined, {});
    tenant = await world.tenant();
  });
  beforeEach(async () => {
    user = await world.newUser(tenant);
  });
  afterAll(() => world.close());

  const mode = () => world.services.passwords;
  const set = (password: string, isTemporary = false) =>
    world.services.passwordFlow.set(world.system(tenant), { userId: user.id, password, isTemporary });
  const hashOf = async () => (await world.stores.credentials.findPassword(tenant.id, user.id))!.hash;

  it('verifies the password that was set, and no other', async () => {
    const password = await world.givePassword(tenant, user.id);
    expect(await mode().isSetUp(tenant.id, user.id)).toBe(true);
    expect(await mode().verify(tenant.id, user.id, password)).toBe(true);
    expect(await mode().verify(tenant.id, user.id, `${password} `)).toBe(false);
    expect(await mode().verify(tenant.id, user.id, '')).toBe(false);
  });

  it('verifies nothing for an unknown user, for an account without a password, and in another tenant', async () => {
    const password = await world.givePassword(tenant, user.id);
    const other = await world.tenant();
    const bare = await world.newUser(tenant);
    expect(await mode().verify(tenant.id, null, password)).toBe(false);
    expect(await mode().verify(tenant.id, bare.id, password)).toBe(false);
    expect(await mode().isSetUp(tenant.id, bare.id)).toBe(false);
    expect(await mode().verify(other.id, user.id, password)).toBe(false);
  });

  it('hashes once for an account, for one without a password, and for an unknown user (check 43)', async () => {
    const password = await world.givePassword(tenant, user.id);
    const bare = await world.newUser(tenant);
    const hashing = vi.spyOn(PasswordHasher.prototype, 'verify');
    const work = async (userId: string | null, text: string) => {
      hashing.mockClear();
      await mode().verify(tenant.id, userId, text);
      return hashing.mock.calls.length;
    };
    try {
      expect(await work(user.id, password)).toBe(1);
      expect(await work(user.id, 'wrong')).toBe(1);
      expect(await work(bare.id, 'wrong')).toBe(1);
      expect(await work(null, 'wrong')).toBe(1);
      expect(await work('nobody-here', 'wrong')).toBe(1);
    } finally {
      hashing.mockRestore();
    }
  });

  it('verifies no password longer than one can be, whatever it begins with', async () => {
    await world.givePassword(tenant, user.id);
    expect(await mode().verify(tenant.id, user.id, 'x'.repeat(2_000_000))).toBe(false);
  });

  it('keeps an Argon2id hash, one credential however often it is set', async () => {
    await set('first-of-many-lamps');
    await set('second-of-many-lamps');
    expect(await hashOf()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const credentials = await world.services.authModes.credentials(world.system(tenant), user.id);
    expect(credentials).toMatchObject([{ type: 'password', ordinal: 1 }]);
    expect(JSON.stringify(credentials)).not.toContain('argon2');
  });

  it('replaces a hash weaker than today’s when its password is shown, and only then (check 49)', async () => {
    const password = 'an-older-hash-of-mine';
    const weak = await new PasswordHasher({ memoryKiB: 1024, timeCost: 1 }).hash(password);
    await world.db.transaction(() =>
      world.stores.credentials.add(tenant.id, { userId: user.id, type: 'password', secret: weak }),
    );
    expect(await mode().verify(tenant.id, user.id, 'a-wrong-one')).toBe(false);
    expect(await hashOf()).toBe(weak);
    expect(await mode().verify(tenant.id, user.id, password)).toBe(true);
    expect(await hashOf()).toMatch(/m=19456,t=2/);
    expect(await mode().verify(tenant.id, user.id, password)).toBe(true);
    expect(await world.eventTypes(tenant)).not.toContain('password.changed');
  });

  it('lets a change that came between the check and the upgrade win', async () => {
    const password = 'an-older-hash-of-mine';
    const weak = await new PasswordHasher({ memoryKiB: 1024, timeCost: 1 }).hash(password);
    await world.db.transaction(() =>
      world.stores.credentials.add(tenant.id, { userId: user.id, type: 'password', secret: weak }),
    );
    const hasher = new PasswordHasher();
    const { services } = world;
    const racing = new PasswordMode({
      db: world.db,
      credentials: world.stores.credentials,
      history: new PasswordHistoryStore(world.db, world.clock),
      columns: new AuthModeStore(world.db),
      users: world.stores.userStore,
      hasher: {
        verify: hasher.verify.bind(hasher),
        verifyNothing: hasher.verifyNothing.bind(hasher),
        hash: async (text: string) => {
          await set('somebody-else-was-here');
          return hasher.hash(text);
        },
      } as unknown as PasswordHasher,
      directory: services.directory,
      guard: services.guarded,
      events: services.events,
      clock: world.clock,
    });
    await racing.verify(tenant.id, user.id, password);
    expect(await mode().verify(tenant.id, user.id, 'somebody-else-was-here')).toBe(true);
    expect(await mode().verify(tenant.id, user.id, password)).toBe(false);
  });

  it('asks for 15 characters, or 8 where there is a second factor (check 41)', async () => {
    await expect(set('eight-ch')).rejects.toMatchObject({
      code: 'PASSWORD_POLICY',
      fields: [{ path: 'input.password', code: 'PASSWORD_TOO_SHORT' }],
    });
    await world.giveTotp(tenant, user.id);
    await set('eight-ch');
    await expect(set('seven-c')).rejects.toMatchObject({ code: 'PASSWORD_POLICY' });
    const { settings } = (await world.services.directory.byId(tenant.id))!;
    const bare = await world.newUser(tenant);
    const required = await world.newUser(tenant);
    expect(await mode().leastLength(user, settings)).toBe(8);
    expect(await mode().leastLength(bare, settings)).toBe(15);
    expect(await mode().leastLength({ ...required, requiredFactor: 2 }, settings)).toBe(8);
  });

  it('takes the rules of the tenant: none in a realm until it sets one, its own words always', async () => {
    const realm = await world.tenant({ template: 'realm', settings: { passwordForbiddenWords: ['acme'] } });
    const someone = await world.newUser(realm);
    const flow = world.services.passwordFlow;
    await flow.set(world.system(realm), { userId: someone.id, password: '1234' });
    await expect(flow.set(world.system(realm), { userId: someone.id, password: 'acme' })).rejects.toMatchObject({
      fields: [{ code: 'PASSWORD_TENANT_WORD' }],
    });
  });

  it('refuses what is no text that can be typed, and what is longer than 1024 bytes', async () => {
    for (const password of ['nine-lamps-and-\0-nul', 'nine-lamps-and-\ud800-half', 'nine-lamps-and-a\nline']) {
      await expect(set(password)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        fields: [{ path: 'input.password' }],
      });
    }
    await expect(set('é'.repeat(513))).rejects.toMatchObject({ code: 'PASSWORD_TOO_LONG' });
    await set('nine-lamps-and-é-'.padEnd(1023, 'xyz-'));
  });

  it('judges the expressions that came while a password was hashed, and the others once', async () => {
    const [first, second] = ['.*'.repeat(200), '[a-z-]*'.repeat(200)];
    const realm = await world.tenant({ template: 'realm', settings: { passwordRules: { patterns: [first] } } });
    const someone = await world.newUser(realm);
    const by = world.system(realm);
    const password = 'lamp-'.repeat(60);
    const write = async (patterns: readonly string[]) => {
      const prepared = await mode().prepare(by, someone.id, password, 'input.password');
      await world.services.tenants.updateSettings(by, { passwordRules: { patterns: [...patterns] } });
      return world.db.transaction(() => mode().write(by, prepared, { event: passwordEvents['password.changed'] }));
    };
    // Each takes more than half of the steps, so both together would be refused.
    await write([first, second]);
    await world.services.tenants.updateSettings(by, { passwordRules: { patterns: [] } });
    await expect(write(['[0-9]+'])).rejects.toMatchObject({ fields: [{ code: 'PASSWORD_PATTERN' }] });
  });
});
