import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { IdentityError, TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

const ATTEMPTS = 500;
/** One core runs the event loop; on each of the others one password is hashed and 32 wait. */
const CAPACITY = Math.max(1, availableParallelism() - 1) * 33;

describe('too many sign-ins at the same time on the embedded database', () => {
  const statements: string[] = [];
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    const database = await openTestDatabase((statement) => statements.push(statement));
    world = await World.open(database, undefined, undefined, {});
    tenant = await world.tenant();
    await world.services.directory.byId(tenant.id);
  });
  afterAll(() => world.close());

  it('are refused beyond the bound before their first statement, and other requests are answered meanwhile', async () => {
    const { id } = await world.newUser(tenant);
    const authority = new Authority(world.app(tenant), tenant, 'tenant');
    statements.length = 0;
    let ended = 0;
    const tries = Array.from({ length: ATTEMPTS }, (_, at) =>
      world.services.signIn.signInWithPassword(authority, { username: `nobody-${at}`, password: 'wrong' }).then(
        () => expect.unreachable('nobody has this name'),
        ({ code, retryAfterSeconds }: IdentityError) => {
          ended += 1;
          return { code, retryAfterSeconds, at };
        },
      ),
    );
    // The excess attempts are refused at once.
    await new Promise(setImmediate);
    expect(ended).toBe(ATTEMPTS - CAPACITY);
    expect((await world.stores.userStore.findById(tenant.id, id))?.id).toBe(id);
    expect(ended).toBeLessThan(ATTEMPTS);
    const outcomes = await Promise.all(tries);
    const refused = outcomes.filter(({ code }) => code === 'SERVICE_UNAVAILABLE');
    expect(refused.map(({ at }) => at)).toEqual(Array.from({ length: ATTEMPTS - CAPACITY }, (_, at) => CAPACITY + at));
    expect(new Set(refused.map(({ retryAfterSeconds }) => retryAfterSeconds))).toEqual(new Set([1]));
    expect(outcomes.filter(({ code }) => code === 'SIGN_IN_REFUSED')).toHaveLength(CAPACITY);
    // An attempt takes some statements on the only connection; refused ones take none.
    expect(statements.length).toBeLessThan(CAPACITY * 16);
    // The capacity is free again.
    const again = world.services.signIn.signInWithPassword(authority, { username: 'nobody', password: 'wrong' });
    await expect(again).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED' });
  });
});
