import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { TenantSettingsPatch } from '../../../src/tenants/index.ts';
import { ENGINES, openPostgresDatabase } from '../../support/postgres.ts';
import { refusalOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

const LAX: TenantSettingsPatch = { uniqueEmail: false, signInByEmail: false };
const UNIQUE: TenantSettingsPatch = { uniqueEmail: true };

const usersWith = async (world: World, tenant: TenantRef, email: string) =>
  (await world.services.users.page(world.system(tenant), { email }, 'createdAt', { first: 100 })).rows;
const change = (world: World, tenant: TenantRef, patch: TenantSettingsPatch) =>
  world.services.tenants.updateSettings(world.system(tenant), patch);
/** Whether a transaction waits for an advisory lock of this database. */
const isWaited = async ({ db }: World): Promise<boolean> => {
  const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`.execute(db.read());
  return rows.length > 0;
};
const tenantAdministrator = async (world: World, tenant: TenantRef): Promise<string> => {
  const [role] = await world.stores.roleStore.findBuiltin(tenant.id, ['tenant-administrator']);
  const { id } = await world.newUser(tenant);
  await world.grantRole(tenant, { roleId: role!.id, holderKind: 'user', holderId: id });
  return id;
};

describe.each(ENGINES)('settings that a node remembers from before they were changed, on $name', ({ open }) => {
  /** Two nodes on one database; the second receives the events of the first later. */
  let here: World;
  let there: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    here = await World.open(await open());
    there = await World.open(here.db);
  });
  afterAll(() => here.close());

  /** A tenant whose settings `there` remembers as they were before the patch. */
  const changed = async (before: TenantSettingsPatch, after: TenantSettingsPatch): Promise<void> => {
    tenant = await here.tenant({ settings: before });
    await there.services.directory.byId(tenant.id);
    await change(here, tenant, after);
  };
  const create = (input: Parameters<World['newUser']>[1], world = there) => refusalOf(world.newUser(tenant, input));

  it('let no account take an address that has become unique', async () => {
    tenant = await here.tenant({ settings: LAX });
    const first = await here.newUser(tenant, { email: 'anna@example.com' });
    const other = await here.newUser(tenant, { email: 'otto@example.com' });
    await there.services.directory.byId(tenant.id);
    await change(here, tenant, UNIQUE);
    expect(await create({ email: 'Anna@example.com' })).toBe('USER_EMAIL_TAKEN');
    const system = there.system(tenant);
    const moved = there.services.users.update(system, other.id, { email: 'anna@example.com' });
    expect(await refusalOf(moved)).toBe('USER_EMAIL_TAKEN');
    expect((await usersWith(here, tenant, 'anna@example.com')).map(({ id }) => id)).toEqual([first.id]);
  });

  it('leave no address reserved that has ceased to be unique', async () => {
    await changed({}, LAX);
    expect(await create({ email: 'anna@example.com' })).toBeNull();
    expect(await create({ email: 'anna@example.com' }, here)).toBeNull();
  });

  it('make no username beside an address that has become the username', async () => {
    await changed({}, { emailIsUsername: true });
    expect(await create({ username: 'anna', email: 'anna@example.com' })).toBe('USER_USERNAME_INVALID');
  });

  it('store no attribute that is no longer allowed', async () => {
    const definition = { name: 'badge', isList: false, isUnmodifiable: false, validators: [] };
    await changed({}, { attributes: [{ ...definition, type: 'number' }] });
    expect(await create({ attributes: { badge: 'seven' } })).toBe('USER_ATTRIBUTE_INVALID');
    const user = await there.newUser(tenant, { attributes: { badge: 7 } });
    await change(here, tenant, { attributes: [{ ...definition, type: 'number', isUnmodifiable: true }] });
    const edit = there.services.users.update(there.system(tenant), user.id, { attributes: { badge: 8 } });
    expect(await refusalOf(edit)).toBe('USER_ATTRIBUTE_UNMODIFIABLE');
  });

  it('store no password that the policy no longer takes', async () => {
    await changed({ passwordMinLength: 8 }, { passwordMinLength: 20 });
    const { id } = await there.newUser(tenant);
    expect(await refusalOf(there.givePassword(tenant, id, 'wombat-at-dawn'))).toBe('PASSWORD_POLICY');
    const { signUp } = there.services;
    const signing = signUp.signUp(there.system(tenant), { id: 'late', password: 'wombat-at-dawn' });
    expect(await refusalOf(signing)).toBe('PASSWORD_POLICY');
    expect(await there.stores.userStore.findById(tenant.id, 'late')).toBeNull();
  });

  it('protect the last administrator as soon as the setting is on', async () => {
    tenant = await here.tenant();
    const id = await tenantAdministrator(here, tenant);
    await there.services.directory.byId(tenant.id);
    await change(here, tenant, { protectLastAdmin: true });
    const { users } = there.services;
    expect(await refusalOf(users.setEnabled(there.system(tenant), id, false))).toBe('ADMINISTRATOR_LAST');
    expect(await refusalOf(users.delete(there.system(tenant), id))).toBe('ADMINISTRATOR_LAST');
  });

  it('do not matter to what was prepared before the change', async () => {
    tenant = await here.tenant({ settings: LAX });
    const { users } = here.services;
    const system = here.system(tenant);
    const prepared = [];
    for (const username of ['one', 'two'])
      prepared.push(await users.prepare(system, { username, email: 'anna@example.com' }));
    await change(here, tenant, UNIQUE);
    expect(await refusalOf(users.insert(system, prepared[0]!))).toBeNull();
    expect(await refusalOf(users.insert(system, prepared[1]!))).toBe('USER_EMAIL_TAKEN');
  });
});

describe('settings that change while accounts are written, on PostgreSQL', { timeout: 120_000 }, () => {
  const AT_ONCE = 8;
  const ROUNDS = 12;
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open(await openPostgresDatabase(undefined, AT_ONCE + 2));
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = await world.tenant({ settings: LAX });
  });

  it('never say yes to unique addresses and leave two accounts with one', async () => {
    const answers: (string | null)[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const email = `race.${round}@example.com`;
      const create = () =>
        Promise.all(Array.from({ length: AT_ONCE }, () => refusalOf(world.newUser(tenant, { email }))));
      const demand = () => refusalOf(change(world, tenant, UNIQUE));
      // Before all accounts, at another moment of their work in each round, and after all of them.
      const refusalBefore = round === 0 ? await demand() : undefined;
      const creating = create();
      for (let turn = 0; turn < round; turn += 1) await new Promise(setImmediate);
      if (round === ROUNDS - 1) await creating;
      const refusal = refusalBefore === undefined ? await demand() : refusalBefore;
      await creating;
      answers.push(refusal);
      const sharing = await usersWith(world, tenant, email);
      if (refusal === null) {
        expect(sharing).toHaveLength(1);
        for (const { id } of sharing) {
          const edit = world.services.users.update(world.system(tenant), id, { email: `Edited.${email}` });
          expect(await refusalOf(edit)).toBeNull();
        }
        await change(world, tenant, LAX);
        continue;
      }
      expect(refusal).toBe('USER_EMAIL_AMBIGUOUS');
      for (const { id } of sharing) await world.services.users.delete(world.system(tenant), id);
    }
    expect([answers[0], answers.at(-1)]).toEqual([null, 'USER_EMAIL_AMBIGUOUS']);
  });

  it('say yes to a protected administrator only after those who were going have gone', async () => {
    const { db, services } = world;
    tenant = await world.tenant();
    const [one, other] = [await tenantAdministrator(world, tenant), await tenantAdministrator(world, tenant)];
    const end = (id: string) => services.users.setEnabled(world.system(tenant), id, false);
    let isProtected = false;
    let protecting: Promise<unknown> = Promise.resolve();
    await db.transaction(async () => {
      await end(one);
      protecting = db
        .detached(() => change(world, tenant, { protectLastAdmin: true }))
        .then(() => {
          isProtected = true;
        });
      await vi.waitFor(async () => expect(isProtected || (await db.detached(() => isWaited(world)))).toBe(true));
      // Otherwise a rule with outdated data could end the other as well.
      expect(isProtected).toBe(false);
    });
    await protecting;
    expect(await refusalOf(end(other))).toBe('ADMINISTRATOR_LAST');
  });

  it('cost two statements: an account is made in ten, one of which counts it and one gives it the defaults, and edited in nine', async () => {
    const statements: string[] = [];
    const observed = await World.open(await openPostgresDatabase((statement) => statements.push(statement)));
    const home = await observed.tenant();
    const system = observed.system(home);
    const { users, directory } = observed.services;
    await directory.byId(home.id);
    const countOf = async (work: () => Promise<unknown>) => {
      statements.length = 0;
      await work();
      return statements.length;
    };
    const { id } = await users.create(system, { username: 'first', email: 'first@example.com' });
    const input = { username: 'counted', email: 'counted@example.com', givenName: 'Count' };
    expect(await countOf(() => users.create(system, input))).toBe(10);
    expect(await countOf(() => users.update(system, id, { givenName: 'Counted' }))).toBe(9);
    await observed.close();
  });

  it('are held before the row of an account is locked, or a change of settings and the writer could wait for each other', async () => {
    const statements: string[] = [];
    const observed = await World.open(await openPostgresDatabase((statement) => statements.push(statement)));
    const home = await observed.tenant();
    const system = observed.system(home);
    const { endAccess, signUp } = observed.services;
    const expectInOrder = async (work: () => Promise<unknown>) => {
      statements.length = 0;
      await work();
      const held = statements.findIndex((statement) => statement.includes('pg_advisory_xact_lock_shared'));
      const locked = statements.findIndex((statement) => /from "users".* for update/s.test(statement));
      expect(held).toBeGreaterThanOrEqual(0);
      expect(locked).toBeGreaterThan(held);
    };
    const account = { username: 'anna', email: 'anna@example.com', password: 'wombat-at-dawn-in-the-fog' };
    const { context } = await signUp.signUp(system, account);
    const code = /[0-9]{6}/.exec((await observed.outbox()).mails.at(-1)!.text)![0];
    await expectInOrder(() => signUp.continue(system, { context: context!, step: 'confirm-email', code }));
    const { id } = await observed.newUser(home);
    await expectInOrder(() => endAccess.setEnabled(system, id, false));
    await expectInOrder(() => endAccess.delete(system, id));
    await observed.close();
  });

  it('do not wait when no setting is changed: accounts are written in parallel', async () => {
    const { db } = world;
    let inside = 0;
    let most = 0;
    let open: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      open = resolve;
    });
    await Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        db.transaction(async () => {
          await world.services.directory.holdSettings(tenant.id);
          inside += 1;
          most = Math.max(most, inside);
          if (inside === AT_ONCE) open();
          await all;
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(AT_ONCE);
  });
});
