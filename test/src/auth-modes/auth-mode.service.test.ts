import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { AuthModePatch } from '../../../src/auth-modes/index.ts';
import type { IdentityError, TenantRef } from '../../../src/kernel/index.ts';
import type { User } from '../../../src/users/index.ts';
import { openPostgresDatabase } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

describe('auth modes', () => {
  let world: World;
  let tenant: TenantRef;
  let user: User;
  let admin: Authority;
  beforeAll(async () => {
    world = await World.open();
  });
  beforeEach(async () => {
    tenant = await world.tenant();
    user = await world.newUser(tenant);
    admin = new Authority(world.app(tenant, 'auth-mode:write'), tenant, 'tenant');
  });
  afterAll(() => world.close());

  const modes = () => world.services.authModes;
  const update = (patch: AuthModePatch, id = user.id) => modes().update(admin, id, patch);
  const own = (id: string) => new Authority(world.user(tenant, id, 'auth-mode:write:self'), tenant, 'self');
  const changes = async () =>
    (await world.events(tenant)).flatMap(({ type, params, subject_id }) =>
      type.startsWith('auth_mode.') ? [[type, params['value'], subject_id]] : [],
    );
  const refusalOf = (work: Promise<unknown>): Promise<IdentityError> =>
    work.then(
      () => expect.unreachable('it was not refused'),
      (error: IdentityError) => error,
    );

  it('show nothing required and nothing locked for an account that was never configured', async () => {
    expect(await modes().get(admin, user.id)).toMatchObject({
      userId: user.id,
      requiredFactor: null,
      needPasswordChange: false,
      methodsLocked: [],
      state: { name: 'initial' },
    });
  });

  it('change all at once with one event per member, in one transaction', async () => {
    await world.giveTotp(tenant, user.id);
    const after = await update({ requiredFactor: 2, needPasswordChange: true, methodsLocked: ['password'] });
    expect(after).toMatchObject({ requiredFactor: 2, needPasswordChange: true, methodsLocked: ['password'] });
    expect(await modes().get(admin, user.id)).toEqual(after);
    expect(await changes()).toEqual([
      ['auth_mode.required_factor_changed', 2, user.id],
      ['auth_mode.password_change_required', true, user.id],
      ['auth_mode.locked_methods_changed', ['password'], user.id],
    ]);
  });

  it('record no event and write nothing when nothing changes', async () => {
    const before = await world.stores.userStore.findById(tenant.id, user.id);
    world.clock.advance(1);
    await update({ requiredFactor: null, methodsLocked: [] });
    await update({});
    expect(await changes()).toEqual([]);
    expect(await world.stores.userStore.findById(tenant.id, user.id)).toEqual(before);
  });

  it('record the demand for a password change once, however often it is made', async () => {
    await update({ needPasswordChange: true });
    await update({ needPasswordChange: true });
    expect(await changes()).toHaveLength(1);
  });

  it('lose required actions by name, ignoring case and the kind of dash, with one event; others are ignored', async () => {
    const requiredActions = ['UPDATE_PASSWORD', 'VERIFY_EMAIL', 'terms-of-port'];
    const { id } = await world.newUser(tenant, { requiredActions, enabled: false });
    const left = await modes().revokeRequiredActions(admin, id, ['update-password', 'Terms_Of_Port', 'CONFIGURE_TOTP']);
    expect(left).toMatchObject({ requiredActions: ['VERIFY_EMAIL'], needPasswordChange: false });
    expect(await modes().revokeRequiredActions(admin, id, ['UPDATE_PASSWORD', 'x\0', ''])).toEqual(left);
    expect(await modes().revokeRequiredActions(admin, id, [])).toEqual(left);
    const events = (await world.events(tenant)).filter(({ type }) => type.startsWith('auth_mode.'));
    expect(events.map(({ type, params, subject_id }) => [type, params, subject_id])).toEqual([
      ['auth_mode.required_actions_changed', { requiredActions: ['VERIFY_EMAIL'] }, id],
    ]);
  });

  it('lose at most 100 required actions at once, and those of their tenant alone', async () => {
    const many = Array.from({ length: 101 }, (_, at) => `a${at}`);
    expect(await refusalOf(modes().revokeRequiredActions(admin, user.id, many))).toMatchObject({
      code: 'INVALID_INPUT',
      fields: [{ path: 'input.actions' }],
    });
    const theirs = await world.newUser(await world.tenant(), { requiredActions: ['VERIFY_EMAIL'] });
    expect(await refusalOf(modes().revokeRequiredActions(admin, theirs.id, ['VERIFY_EMAIL']))).toMatchObject({
      code: 'USER_NOT_FOUND',
    });
  });

  it('refuse a second factor for an account that has none, in the words the older APIs document', async () => {
    const error = await refusalOf(update({ requiredFactor: 2 }));
    expect(error).toMatchObject({ code: 'AUTH_MODE_NO_SECOND_FACTOR', kind: 'refused' });
    expect(error.fields).toEqual([
      {
        path: 'input.requiredFactor',
        code: 'AUTH_MODE_NO_SECOND_FACTOR',
        message: `User '${user.id}' has not any second factor method`,
      },
    ]);
  });

  it('change nothing when one member is refused, not even the others', async () => {
    await refusalOf(update({ requiredFactor: 2, needPasswordChange: true, methodsLocked: ['password'] }));
    await refusalOf(update({ needPasswordChange: true, methodsLocked: ['totp'] }));
    expect(await modes().get(admin, user.id)).toMatchObject({ needPasswordChange: false, methodsLocked: [] });
    expect(await changes()).toEqual([]);
  });

  it.each([0, 1, 3, '2', true, false, [2], {}, 2.5])('refuse %j as the required factor', async (requiredFactor) => {
    const error = await refusalOf(update({ requiredFactor }));
    expect(error.code).toBe('AUTH_MODE_VALUE_INVALID');
    expect(error.fields).toMatchObject([{ path: 'input.requiredFactor', code: 'AUTH_MODE_VALUE_INVALID' }]);
  });

  it.each([false, null, 1, 'true', []])('refuse %j as the demand for a password change', async (needPasswordChange) => {
    const error = await refusalOf(update({ needPasswordChange }));
    expect(error.fields).toMatchObject([{ path: 'input.needPasswordChange', code: 'AUTH_MODE_VALUE_INVALID' }]);
  });

  it.each([null, 'password', ['totp'], ['password', 1], ['Password'], {}, Array(17).fill('password')].map((v) => [v]))(
    'refuse %j as the list of locked methods',
    async (methodsLocked) => {
      const error = await refusalOf(update({ methodsLocked }));
      expect(error.fields).toMatchObject([{ path: 'input.methodsLocked', code: 'AUTH_MODE_VALUE_INVALID' }]);
    },
  );

  it('name every faulty member at once', async () => {
    const error = await refusalOf(update({ requiredFactor: '2', needPasswordChange: false, methodsLocked: 'x' }));
    expect(error.fields?.map(({ path }) => path)).toEqual([
      'input.requiredFactor',
      'input.needPasswordChange',
      'input.methodsLocked',
    ]);
  });

  it('tell null from absent: null switches the second factor off, absent leaves it', async () => {
    await world.giveTotp(tenant, user.id);
    await update({ requiredFactor: 2 });
    expect((await update({ methodsLocked: ['password'] })).requiredFactor).toBe(2);
    expect((await update({ requiredFactor: null })).requiredFactor).toBeNull();
  });

  it('unlock every method with an empty list, and take repetitions for one', async () => {
    expect((await update({ methodsLocked: ['password', 'password'] })).methodsLocked).toEqual(['password']);
    expect((await update({ methodsLocked: [] })).methodsLocked).toEqual([]);
  });

  it('count passkeys and security keys as second factors, passwords and recovery codes not', async () => {
    const { credentials } = world.stores;
    const add = (type: 'passkey' | 'security-key' | 'password' | 'recovery-code', secret?: string) =>
      world.db.transaction(() =>
        credentials.add(tenant.id, { userId: user.id, type, ...(secret === undefined ? {} : { secret }) }),
      );
    await add('password', '$argon2id$x');
    await add('recovery-code', 'y'.repeat(43));
    expect(await credentials.secondFactorMethods(tenant.id, user.id)).toEqual([]);
    await add('security-key');
    await add('passkey');
    await world.giveTotp(tenant, user.id);
    await world.giveTotp(tenant, user.id);
    expect(await credentials.secondFactorMethods(tenant.id, user.id)).toEqual(['passkey', 'security-key', 'totp']);
  });

  it('lose nothing when two changes of different members meet', async () => {
    await world.giveTotp(tenant, user.id);
    await Promise.all([
      update({ requiredFactor: 2 }),
      update({ needPasswordChange: true }),
      update({ methodsLocked: ['password'] }),
    ]);
    expect(await modes().get(admin, user.id)).toMatchObject({
      requiredFactor: 2,
      needPasswordChange: true,
      methodsLocked: ['password'],
    });
    expect(await changes()).toHaveLength(3);
  });

  it('do not exist for unknown users, for ids that cannot be ids, and for users of another tenant', async () => {
    const other = await world.tenant();
    const stranger = await world.newUser(other);
    for (const id of ['nobody', 'no body', 'nul\0', '\ud800', 'x'.repeat(129), stranger.id]) {
      expect((await refusalOf(modes().get(admin, id))).code).toBe('USER_NOT_FOUND');
      expect((await refusalOf(update({ needPasswordChange: true }, id))).code).toBe('USER_NOT_FOUND');
    }
    expect(await modes().get(world.system(other), stranger.id)).toMatchObject({ needPasswordChange: false });
  });

  it("are reached with reach self for the caller's own account only", async () => {
    const neighbour = await world.newUser(tenant);
    expect((await modes().update(own(user.id), user.id, { needPasswordChange: true })).needPasswordChange).toBe(true);
    expect((await refusalOf(modes().get(own(user.id), neighbour.id))).code).toBe('FORBIDDEN');
    expect((await refusalOf(modes().update(own(user.id), neighbour.id, {}))).code).toBe('FORBIDDEN');
    expect((await refusalOf(modes().update(own(user.id), 'nobody', {}))).code).toBe('FORBIDDEN');
  });

  it('take a UUID in either case for the same account', async () => {
    expect((await update({ needPasswordChange: true }, user.id.toUpperCase())).userId).toBe(user.id);
    expect((await modes().get(own(user.id), user.id.toUpperCase())).needPasswordChange).toBe(true);
  });

  it("for the caller's own second factor change only soon after a sign-in (ASVS 7.5.1) (check 54)", async () => {
    await world.giveTotp(tenant, user.id);
    const authority = own(user.id);
    world.clock.advance(301);
    expect((await refusalOf(modes().update(authority, user.id, { requiredFactor: 2 }))).code).toBe(
      'REAUTHENTICATION_REQUIRED',
    );
    expect((await modes().update(authority, user.id, { needPasswordChange: true })).needPasswordChange).toBe(true);
    expect((await modes().update(own(user.id), user.id, { requiredFactor: 2 })).requiredFactor).toBe(2);
  });

  it('of an account that reaches beyond its tenant change only for callers who do', async () => {
    const master = await world.tenant({ name: 'master' });
    const root = await world.newUser(master);
    const scopes = await world.services.roles.create(world.system(master), {
      name: 'far-reaching',
      permissions: ['user:read:all'],
    } as never);
    await world.services.roleGrants.grant(world.system(master), {
      holderKind: 'user',
      holderId: root.id,
      roleId: scopes.id,
    } as never);
    const app = new Authority(world.app(master, 'auth-mode:write'), master, 'tenant');
    expect((await refusalOf(modes().update(app, root.id, { needPasswordChange: true }))).code).toBe('ACCOUNT_GUARDED');
    expect((await modes().update(world.system(master), root.id, { needPasswordChange: true })).userId).toBe(root.id);
  });

  it('cost one statement to read, and two to change: the row, and the change with its events', async () => {
    const { observed, close } = await observedWorld();
    try {
      const { world: counted, statements } = observed;
      const home = await counted.tenant();
      const someone = await counted.newUser(home);
      const authority = counted.system(home);
      statements.length = 0;
      await counted.services.authModes.get(authority, someone.id);
      expect(statements).toHaveLength(1);
      statements.length = 0;
      await counted.services.authModes.update(authority, someone.id, {
        needPasswordChange: true,
        methodsLocked: ['password'],
      });
      expect(statements.map((text) => text.split(/\s/, 1)[0])).toEqual(['select', 'with']);
    } finally {
      await close();
    }
  });

  describe('the inactivity state', () => {
    const exempt = (until: Date | null) => modes().exempt(admin, user.id, until);
    const at = (seconds: number) => new Date(world.clock.now().getTime() + seconds * 1000);
    const set = (columns: { inactiveSince?: Date; stateCheckedAt?: Date }) =>
      world.db.transaction(async () => {
        Object.assign((await world.stores.userStore.lock(tenant.id, user.id))!, columns);
      });
    const stateChanges = async () =>
      (await world.events(tenant)).filter(({ type }) => type === 'user.state_changed').map(({ params }) => params);

    it('is read from what is stored: checked, locked since, exempt until', async () => {
      const checked = at(-10);
      await set({ stateCheckedAt: checked });
      expect((await modes().get(admin, user.id)).state).toMatchObject({ name: 'active', checkedAt: checked });
      await set({ inactiveSince: checked });
      expect((await modes().get(admin, user.id)).state).toMatchObject({ name: 'inactivityLock', lockedAt: checked });
    });

    it('becomes untouchable until a moment or for ever, which ends the lock, and ends with that moment', async () => {
      await set({ inactiveSince: at(-10) });
      const until = at(60);
      expect((await exempt(until)).state).toMatchObject({ name: 'untouchable', exemptUntil: until });
      world.clock.advance(60);
      expect((await modes().get(admin, user.id)).state.name).toBe('initial');
      expect((await exempt(null)).state).toMatchObject({ name: 'untouchable', exemptUntil: null });
      expect(await stateChanges()).toMatchObject([{ value: 'untouchable' }, { value: 'untouchable', until: null }]);
    });

    it('loses the exemption to a moment that is not in the future; repeating it is no event', async () => {
      await exempt(null);
      await exempt(null);
      expect((await exempt(at(0))).state.name).toBe('initial');
      await exempt(at(0));
      expect(await stateChanges()).toHaveLength(2);
    });

    it('refuses moments before 1970 and after 9999', async () => {
      for (const until of [new Date(-1), new Date(Number.NaN), new Date('+010000-01-01T00:00:00Z')]) {
        expect((await refusalOf(exempt(until))).code).toBe('ACCOUNT_STATE_VALUE_INVALID');
      }
    });
  });
});

describe('auth modes of accounts whose row is locked (PostgreSQL)', () => {
  it('wait only for locked rows and change when these are free; other accounts do not wait', async () => {
    const world = await World.open(await openPostgresDatabase(undefined, 8));
    const tenant = await world.tenant();
    const [held, free] = [await world.newUser(tenant), await world.newUser(tenant)];
    const lock = (id: string) =>
      world.services.authModes.update(world.system(tenant), id, { methodsLocked: ['password'] });
    const settled: string[] = [];
    let waiting: Promise<unknown> = Promise.resolve();
    await world.db.transaction(async () => {
      await world.stores.userStore.lock(tenant.id, held.id);
      // Both in one group.
      const both = world.db.detached(() => [lock(held.id).then(() => settled.push('held')), lock(free.id)]);
      waiting = both[0]!;
      expect(await both[1]).toMatchObject({ userId: free.id, methodsLocked: ['password'] });
      expect(settled).toEqual([]);
    });
    await waiting;
    expect(settled).toEqual(['held']);
    const { userId, methodsLocked } = await world.services.authModes.get(world.system(tenant), held.id);
    expect([userId, methodsLocked]).toEqual([held.id, ['password']]);
    const events = (await world.events(tenant)).filter(({ type }) => type === 'auth_mode.locked_methods_changed');
    expect(events.map(({ subject_id: id }) => id)).toEqual([free.id, held.id]);
    await world.close();
  });

  it('are decided about with the second factors that are there once they are free', async () => {
    const world = await World.open(await openPostgresDatabase(undefined, 8));
    const tenant = await world.tenant();
    const { id } = await world.newUser(tenant);
    const change = () =>
      world.services.authModes.update(world.system(tenant), id, { requiredFactor: 2, needPasswordChange: true });
    const isAwaited = async () =>
      (
        await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
          world.db.read(),
        )
      ).rows.length > 0;
    await world.giveTotp(tenant, id);
    let changed: Promise<unknown> = Promise.resolve();
    await world.db.transaction(async () => {
      await world.stores.userStore.lock(tenant.id, id);
      changed = world.db.detached(change);
      changed.catch(() => undefined);
      while (!(await world.db.detached(isAwaited)));
      for (const { id: credential } of (await world.stores.credentials.ofUsers(tenant.id, [id])).get(id) ?? [])
        await world.stores.credentials.remove(tenant.id, credential);
    });
    await expect(changed).rejects.toMatchObject({ code: 'AUTH_MODE_NO_SECOND_FACTOR' });
    expect(await world.services.authModes.get(world.system(tenant), id)).toMatchObject({ needPasswordChange: false });
    await world.close();
  });

  it('that was deleted meanwhile is an account that is not there', async () => {
    const world = await World.open(await openPostgresDatabase(undefined, 8));
    const tenant = await world.tenant();
    const { id } = await world.newUser(tenant);
    let change: Promise<unknown> = Promise.resolve();
    await world.db.transaction(async () => {
      await world.stores.userStore.delete(tenant.id, id);
      change = world.db.detached(() =>
        world.services.authModes.update(world.system(tenant), id, { methodsLocked: ['password'] }),
      );
      change.catch(() => undefined);
    });
    await expect(change).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    await world.close();
  });
});

async function observedWorld() {
  const statements: string[] = [];
  const { openTestDatabase } = await import('../../support/database.ts');
  const world = await World.open(await openTestDatabase((text) => statements.push(text)));
  return { observed: { world, statements }, close: () => world.close() };
}
