import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attempt, runGuardedTry } from '../../../../src/auth-modes/index.ts';
import { TEST_ORIGIN, World } from '../../../support/world.ts';

const LOCKOUT = { accountLimit: 2, accountWindowSeconds: 900, baseWaitSeconds: 60, quickMilliseconds: 0 } as const;

describe('guarded try', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.open();
  });
  afterAll(() => world.close());

  /** An account of a tenant that blocks after two failures, and attempts at it that prove `proof`. */
  async function scene() {
    const tenant = await world.tenant({ settings: { lockout: LOCKOUT } });
    const { id, username } = await world.newUser(tenant);
    const attempt: Attempt = {
      tenant,
      factor: 'first',
      userId: id,
      name: username,
      peerIp: TEST_ORIGIN.peerIp,
      knownDeviceId: null,
    };
    const { lockouts } = world.services;
    const run = <Proof>(prove: () => Promise<Proof | null>) =>
      runGuardedTry(lockouts, attempt, world.app(tenant), prove);
    const isBlocked = async () => (await lockouts.check(attempt)).isBlocked;
    return { run, isBlocked, wrong: () => run(async () => null) };
  }

  it('returns what was proved, and clears the failures before it', async () => {
    const { run, wrong, isBlocked } = await scene();
    await wrong();
    expect(await run(async () => 'proof')).toEqual({ kind: 'right', proof: 'proof' });
    await wrong();
    expect(await isBlocked()).toBe(false);
  });

  it('counts each wrong proof', async () => {
    const { wrong, isBlocked } = await scene();
    expect(await wrong()).toEqual({ kind: 'wrong' });
    expect(await wrong()).toEqual({ kind: 'wrong' });
    expect(await isBlocked()).toBe(true);
  });

  it('checks the proof during a block as well, and lets even a right one neither pass nor lift the block (check 43)', async () => {
    const { run, wrong, isBlocked } = await scene();
    await wrong();
    await wrong();
    let proofs = 0;
    const right = async () => {
      proofs += 1;
      return 'proof';
    };
    expect(await run(right)).toEqual({ kind: 'blocked' });
    expect(await wrong()).toEqual({ kind: 'blocked' });
    expect(proofs).toBe(1);
    expect(await isBlocked()).toBe(true);
  });

  it('does not count attempts during a block, so that it ends at its announced time', async () => {
    const { run, wrong } = await scene();
    await wrong();
    await wrong();
    world.clock.advance(59);
    await wrong();
    world.clock.advance(1);
    expect(await run(async () => 'proof')).toEqual({ kind: 'right', proof: 'proof' });
  });

  it('decides attempts made at the same time one after the other, so that none passes above the limit', async () => {
    const { run } = await scene();
    const results = await Promise.all(Array.from({ length: 5 }, () => run(async () => null)));
    expect(results.map(({ kind }) => kind)).toEqual(['wrong', 'wrong', 'blocked', 'blocked', 'blocked']);
  });

  it('counts nothing when the check itself fails, and lets the next attempt run', async () => {
    const { run, wrong, isBlocked } = await scene();
    await wrong();
    await expect(run(() => Promise.reject(new Error('no hasher')))).rejects.toThrow('no hasher');
    expect(await isBlocked()).toBe(false);
    expect(await run(async () => 'proof')).toEqual({ kind: 'right', proof: 'proof' });
  });
});
