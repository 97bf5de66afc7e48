import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authority } from '../../../src/access/index.ts';
import type { IdentityError, TenantRef } from '../../../src/kernel/index.ts';
import { openTestDatabase } from '../../support/database.ts';
import { World } from '../../support/world.ts';

const CROWD = 500;
/** A core is the event loop's; the others hash, and 32 tries wait for each of them. */
const PLACES = Math.max(1, availableParallelism() - 1) * 33;

describe('a crowd that tries passwords on the embedded database', () => {
  const statements: string[] = [];
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open(await openTestDatabase((statement) => statements.push(statement)));
    tenant = await world.tenant();
    await world.services.directory.byId(tenant.id);
  });
  afterAll(() => world.close());

  it('is shed beyond the bound before its first statement, and others are answered meanwhile', async () => {
    const { id } = await world.newUser(tenant);
    const authority = new Authority(world.app(tenant), tenant, 'tenant');
    statements.length = 0;
    let ended = 0;
    const tries = Array.from({ length: CROWD }, (_, at) =>
      world.services.signIn.signInWithPassword(authority, { username: `nobody-${at}`, password: 'wrong' }).then(
        () => expect.unreachable('nobody has this name'),
        ({ code, retryAfterSeconds }: IdentityError) => {
          ended += 1;
          return { code, retryAfterSeconds, at };
        },
      ),
    );
    // Those that are shed are so at once.
    await new Promise(setImmediate);
    expect(ended).toBe(CROWD - PLACES);
    expect((await world.services.userStore.findById(tenant.id, id))?.id).toBe(id);
    expect(ended).toBeLessThan(CROWD);
    const outcomes = await Promise.all(tries);
    const shed = outcomes.filter(({ code }) => code === 'SERVICE_UNAVAILABLE');
    expect(shed.map(({ at }) => at)).toEqual(Array.from({ length: CROWD - PLACES }, (_, at) => PLACES + at));
    expect(new Set(shed.map(({ retryAfterSeconds }) => retryAfterSeconds))).toEqual(new Set([1]));
    expect(outcomes.filter(({ code }) => code === 'SIGN_IN_REFUSED')).toHaveLength(PLACES);
    // What a try costs the one connection; those that were shed cost it nothing.
    expect(statements.length).toBeLessThan(PLACES * 16);
    // The places are free again.
    const again = world.services.signIn.signInWithPassword(authority, { username: 'nobody', password: 'wrong' });
    await expect(again).rejects.toMatchObject({ code: 'SIGN_IN_REFUSED' });
  });
});
