import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { Database, StatementObserver } from '../../../src/persistence/index.ts';
import type { UserFilter } from '../../../src/users/index.ts';
import { ENGINES, openPostgresDatabase } from '../../support/postgres.ts';
import { World } from '../../support/world.ts';

const NO_FILTER = {};

/** Contract of the store on both engines: reads share statements, and no method returns or changes rows of a neighbour. */
export function userStoreContract(name: string, open: (observe?: StatementObserver) => Promise<Database>): void {
  describe(`the user store on ${name}`, () => {
    let world: World;
    let mine: TenantRef;
    let theirs: TenantRef;
    const statements: string[] = [];
    beforeAll(async () => {
      world = await World.open(await open((statement) => statements.push(statement)));
      mine = await world.tenant();
      theirs = await world.tenant();
      for (const tenant of [mine, theirs]) {
        await world.newUser(tenant, { id: 'both', username: 'both', attributes: { in: tenant.name } });
      }
      await world.newUser(theirs, {
        id: 'their',
        username: 'their',
        email: 'their@example.com',
        attributes: { a: 'b' },
      });
    });
    afterAll(() => world.close());

    it('reads single users of any tenants in one statement when they are requested together', async () => {
      const { userStore } = world.stores;
      statements.length = 0;
      const found = await Promise.all([
        userStore.findById(mine.id, 'both'),
        userStore.findById(theirs.id, 'both'),
        userStore.findById(mine.id, 'both'),
        userStore.findById(mine.id, 'nobody'),
      ]);
      expect(statements).toHaveLength(1);
      expect(found.map((user) => user?.attributes)).toEqual([
        { in: mine.name },
        { in: theirs.name },
        { in: mine.name },
        undefined,
      ]);
    });

    it('does not let an id that cannot be one spoil the reads of others', async () => {
      const { userStore } = world.stores;
      const found = await Promise.all(
        ['both', 'a\0b', '\ud800', 'x'.repeat(500), "'; --"].map((id) => userStore.findById(mine.id, id)),
      );
      expect(found.map((user) => user?.id)).toEqual(['both', undefined, undefined, undefined, undefined]);
      expect(await userStore.findByIdentifier(mine.id, 'a\0b')).toBeNull();
      expect(await userStore.findByIdentifier(mine.id, 'x'.repeat(5000))).toBeNull();
      expect(await userStore.findByUsername(mine.id, '\ud800')).toBeNull();
    });

    it('reads its own changes inside a unit of work', async () => {
      const { userStore } = world.stores;
      await world.db.transaction(async () => {
        const user = await userStore.lock(mine.id, 'both');
        user!.givenName = 'Changed';
        await world.db.em.flush();
        expect((await userStore.findById(mine.id, 'both'))?.givenName).toBe('Changed');
      });
    });

    it('gives nothing of a neighbour (check 55)', async () => {
      const { userStore } = world.stores;
      expect(await userStore.findById(mine.id, 'their')).toBeNull();
      expect([...(await userStore.findMany(mine.id, ['their', 'both'])).values()].map((user) => user.tenantId)).toEqual(
        [mine.id],
      );
      for (const identifier of ['their', 'their@example.com']) {
        expect(await userStore.findByIdentifier(mine.id, identifier)).toBeNull();
        expect(await userStore.findByUsername(mine.id, identifier)).toBeNull();
      }
      expect((await userStore.page(mine.id, NO_FILTER, 'createdAt', {})).rows.map(({ id }) => id)).toEqual(['both']);
      for (const filter of [
        { search: 'their' },
        { email: 'their@example.com' },
        { attribute: { name: 'a', value: 'b' } },
      ]) {
        expect((await userStore.page(mine.id, filter, 'username', { withTotal: true })).totalCount).toBe(0);
      }
      expect(await userStore.identifiers.kindsOf(mine.id, ['their'])).toEqual(new Map());
    });

    it('gives the same pages of a whole list, by named statements, as of one with a condition that all users meet', async () => {
      const { userStore } = world.stores;
      const tenant = await world.tenant();
      for (const name of ['c', 'a', 'd', 'b', 'e']) {
        world.clock.advance(1000);
        await world.newUser(tenant, { id: `user-${name}`, username: name });
      }
      for (const order of ['createdAt', 'username'] as const) {
        const [from, , , to] = (await userStore.page(tenant.id, {}, order, {})).rows;
        const { cursorOf } = await userStore.page(tenant.id, {}, order, {});
        const [low, high] = [cursorOf(from!), cursorOf(to!)];
        for (const request of [
          { first: 2 },
          { last: 2 },
          { first: 2, after: low },
          { last: 2, after: low },
          { first: 1, before: high },
          { last: 1, before: high },
          { first: 9, after: low, before: high },
          { first: 9, after: high, before: low },
        ]) {
          for (const descending of [false, true]) {
            const asked = { ...request, descending };
            const { cursorOf: _, ...whole } = await userStore.page(tenant.id, {}, order, asked);
            const filter = { createdFrom: new Date(0), enabled: true };
            const { cursorOf: __, ...filtered } = await userStore.page(tenant.id, filter, order, asked);
            expect({ asked, ...whole }).toEqual({ asked, ...filtered });
          }
        }
      }
    });

    it('gives the same pages of the user with a name, by two look-ups, as of one with this and a condition', async () => {
      const { userStore } = world.stores;
      const tenant = await world.tenant();
      await world.newUser(tenant, { id: 'ada', username: 'Ada' });
      const { client } = await world.newClient(tenant);
      const account = await world.db.transaction(() =>
        world.services.users.insertServiceAccount(world.system(tenant), client.id, 'service-account-x'),
      );
      const requests = [{}, { withTotal: true }, { first: 0, withTotal: true }, { last: 1, withTotal: true }];
      const filters = ['ADA', 'ada ', 'nobody', '', account.username, 'x'.repeat(5000)].flatMap((username) =>
        requests.map((request) => ({ username, request })),
      );
      for (const { username, request } of filters) {
        const [alone, among] = [
          await userStore.page(tenant.id, { username }, 'username', request),
          await userStore.page(tenant.id, { and: [{ username }] }, 'username', request),
        ];
        const { rows, cursorOf: _, ...rest } = alone;
        expect(rows).toEqual(among.rows);
        expect(rest).toEqual({ ...among, rows: undefined, cursorOf: undefined });
      }
      statements.length = 0;
      const found = await userStore.page(tenant.id, { username: 'ada' }, 'createdAt', { withTotal: true });
      expect(found).toMatchObject({ rows: [{ id: 'ada' }], totalCount: 1, isTotalCountExact: true });
      expect(statements).toHaveLength(2);
      const after = found.cursorOf(found.rows[0]!);
      expect((await userStore.page(tenant.id, { username: 'ada' }, 'createdAt', { after })).rows).toEqual([]);
    });

    it('counts no list that the first page has as a whole', async () => {
      const { userStore } = world.stores;
      const tenant = await world.tenant();
      for (const name of ['ann', 'anna', 'anne']) await world.newUser(tenant, { id: name, username: name });
      const page = async (request: object) => {
        statements.length = 0;
        const { totalCount, isTotalCountExact } = await userStore.page(
          tenant.id,
          { contains: { username: 'ann' } },
          'username',
          { withTotal: true, ...request },
        );
        return [totalCount, isTotalCountExact, statements.length];
      };
      expect(await page({ first: 3 })).toEqual([3, true, 1]);
      expect(await page({ first: 2 })).toEqual([3, true, 2]);
    });

    it('looks names up in one statement when they are requested together', async () => {
      const { userStore } = world.stores;
      statements.length = 0;
      const asked = [mine, theirs, mine].map(({ id }, at) =>
        userStore.idOfUsername(id, ['BOTH', 'their', 'their'][at]!),
      );
      expect(await Promise.all(asked)).toEqual(['both', 'their', null]);
      expect(statements).toHaveLength(1);
    });

    it('finds texts inside names, whatever characters they have, and none that is longer than a name', async () => {
      const { userStore } = world.stores;
      const tenant = await world.tenant();
      const long = 'x'.repeat(255);
      await world.newUser(tenant, { id: 'long', username: long, familyName: "O'Neil-Øre" });
      await world.newUser(tenant, { id: 'mixed', username: 'mixed', givenName: 'Жан-Поль', familyName: 'Griffin' });
      const found = async (filter: UserFilter) =>
        (await userStore.page(tenant.id, filter, 'username', {})).rows.map(({ id }) => id);
      for (const contains of [
        { username: long },
        { anywhere: long },
        { familyName: "'" },
        { familyName: 'L-ø' },
        { familyName: '-ør' },
      ])
        expect([contains, await found({ contains })]).toEqual([contains, ['long']]);
      for (const contains of [{ givenName: 'ЖАН' }, { givenName: 'н-п' }, { familyName: 'ﬃ' }, { anywhere: 'ixe' }])
        expect([contains, await found({ contains })]).toEqual([contains, ['mixed']]);
      for (const contains of [
        { username: `${long}x` },
        { anywhere: `${long}y` },
        { familyName: 'ﬃ'.repeat(86) },
        { anywhere: '--' },
        { anywhere: '---' },
        { anywhere: '%%%' },
        { familyName: '_re' },
      ])
        expect([contains, await found({ contains })]).toEqual([contains, []]);
      for (const filter of [{ search: long }, { username: long }]) expect(await found(filter)).toEqual(['long']);
      for (const filter of [{ search: `${long}x` }, { username: `${long}y` }, { email: `${long}@example.com` }])
        expect(await found(filter)).toEqual([]);
    });

    it('does not page into a neighbour by its cursor', async () => {
      const { userStore } = world.stores;
      const page = await userStore.page(theirs.id, NO_FILTER, 'createdAt', { first: 1 });
      const after = page.cursorOf(page.rows[0]!);
      const next = await userStore.page(mine.id, NO_FILTER, 'createdAt', { after });
      expect(next.rows.every(({ tenantId }) => tenantId === mine.id)).toBe(true);
    });

    it('changes nothing of a neighbour', async () => {
      const { userStore } = world.stores;
      await world.db.transaction(async () => {
        expect(await userStore.lock(mine.id, 'their')).toBeNull();
        expect(await userStore.delete(mine.id, 'their')).toBe(false);
        await userStore.noteSignIn(mine.id, 'their', world.clock.now());
      });
      const their = await userStore.findById(theirs.id, 'their');
      expect(their).toMatchObject({ lastSignInAt: null });
      await world.services.users.delete(world.system(mine), 'both');
      expect(await userStore.findById(theirs.id, 'both')).not.toBeNull();
      expect((await userStore.findByIdentifier(theirs.id, 'both'))?.id).toBe('both');
    });

    it('leaves no search rows and no names behind', async () => {
      const user = await world.newUser(mine, { username: 'gone', attributes: { x: ['1', '2'] } });
      await world.services.users.delete(world.system(mine), user.id);
      const { rows } =
        await sql`select 1 from user_attribute_keys where tenant_id = ${mine.id}::uuid and user_id = ${user.id}
        union all select 1 from user_identifiers where tenant_id = ${mine.id}::uuid and user_id = ${user.id}`.execute(
          world.db.read(),
        );
      expect(rows).toEqual([]);
    });
  });
}

for (const { name, open } of ENGINES) userStoreContract(name, open);

describe('names that two want at once (PostgreSQL)', () => {
  it('go to one of them, and the other is refused', async () => {
    const world = await World.open(await openPostgresDatabase(undefined, 8));
    const tenant = await world.tenant();
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, i) => world.newUser(tenant, { username: i % 2 ? 'Wanted' : 'wanted' })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = tries.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(new Set(codes)).toEqual(new Set(['USER_USERNAME_TAKEN']));
    await world.close();
  });

  it('can be swapped without waiting in a circle', async () => {
    const world = await World.open(await openPostgresDatabase(undefined, 8));
    const tenant = await world.tenant();
    const [a, b] = [
      await world.newUser(tenant, { username: 'left', email: 'left@example.com' }),
      await world.newUser(tenant, { username: 'right', email: 'right@example.com' }),
    ];
    const { users } = world.services;
    const results = await Promise.allSettled([
      users.update(world.system(tenant), a.id, { username: 'right', email: 'right@example.com' }),
      users.update(world.system(tenant), b.id, { username: 'left', email: 'left@example.com' }),
    ]);
    const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    for (const code of codes) expect(['USER_USERNAME_TAKEN', 'USER_EMAIL_TAKEN', 'CONFLICT']).toContain(code);
    expect(codes.length).toBeGreaterThan(0);
    await world.close();
  });
});
