import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import type { LivenessResolution, LivenessResult } from '../../../src/liveness/index.ts';
import { ENGINES } from '../../support/postgres.ts';
import { faultsOf } from '../../support/refusal.ts';
import { World } from '../../support/world.ts';

const DAY_SECONDS = 86_400;
const REFUSED = ['LIVENESS_PERIOD_INVALID', 'end LIVENESS_PERIOD_INVALID'];
const EMPTY = { total: 0, passed: 0, failed: 0, skipped: 0, averageDurationMs: null };

describe.each(ENGINES)('counts of checks of liveness on $name', ({ open }) => {
  let world: World;
  let tenant: TenantRef;
  beforeAll(async () => {
    world = await World.open(await open());
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tenant = await world.tenant();
  });

  const count = (result: LivenessResult, durationMs: number | null = null, where = tenant) =>
    world.services.liveness.count(where.id, result, durationMs);
  const report = (start: Date, end: Date, resolution: LivenessResolution, where = tenant) =>
    world.services.liveness.report(world.system(where), { start, end, resolution });
  /** A moment so many seconds after the beginning of the present minute. */
  const at = (seconds: number) => {
    const minute = Math.floor(world.clock.now().getTime() / 60_000) * 60_000;
    return new Date(minute + seconds * 1000);
  };

  it('are kept by the minute, with the average of those that told how long they took', async () => {
    await count('passed', 1000);
    await count('failed', 2001);
    await count('skipped');
    await count('passed', 0);
    const { buckets, totals } = await report(at(0), at(60), 'minute');
    const all = { total: 4, passed: 2, failed: 1, skipped: 1, averageDurationMs: 1000 };
    expect(buckets).toEqual([{ start: at(0), ...all }]);
    expect(totals).toEqual(all);
  });

  it('count at the same moment', async () => {
    await Promise.all(Array.from({ length: 12 }, () => count('passed', 5)));
    expect((await report(at(0), at(60), 'minute')).totals).toMatchObject({ total: 12, averageDurationMs: 5 });
  });

  it('cut a duration to an hour, and none is negative', async () => {
    await count('passed', 1e15);
    expect((await report(at(0), at(60), 'minute')).totals.averageDurationMs).toBe(3_600_000);
    await count('passed', -5);
    expect((await report(at(0), at(60), 'minute')).totals.averageDurationMs).toBe(1_800_000);
  });

  it.each<LivenessResolution>(['day', 'hour', 'minute'])(
    'are reported by the %s, with what is between, up to the end, which is excluded',
    async (resolution) => {
      const size = { day: DAY_SECONDS, hour: 3600, minute: 60 }[resolution];
      const first = new Date(Math.ceil(world.clock.now().getTime() / (size * 1000)) * size * 1000);
      const begin = (bucket: number) => new Date(first.getTime() + bucket * size * 1000);
      world.clock.advance((first.getTime() - world.clock.now().getTime()) / 1000);
      await count('passed');
      world.clock.advance(2 * size);
      await count('failed');
      world.clock.advance(size);
      await count('failed');
      const { buckets, totals } = await report(first, begin(3), resolution);
      expect(buckets).toEqual([
        { start: begin(0), ...EMPTY, total: 1, passed: 1 },
        { start: begin(1), ...EMPTY },
        { start: begin(2), ...EMPTY, total: 1, failed: 1 },
      ]);
      expect(totals).toEqual({ ...EMPTY, total: 2, passed: 1, failed: 1 });
      const inside = await report(new Date(first.getTime() + 60_000), new Date(begin(3).getTime() + 1), resolution);
      expect(inside.totals.total).toBe(2);
    },
  );

  it('of another tenant are not among them', async () => {
    const other = await world.tenant();
    await count('passed', 1, other);
    expect((await report(at(0), at(60), 'minute')).totals).toEqual(EMPTY);
    expect((await report(at(0), at(60), 'minute', other)).totals.total).toBe(1);
  });

  it('are refused for no time and for more than a thousand buckets', async () => {
    const faults = (start: number, end: number, resolution: LivenessResolution) =>
      faultsOf(() => report(at(start), at(end), resolution));
    expect(await faults(0, 0, 'day')).toEqual(REFUSED);
    expect(await faults(60, 0, 'day')).toEqual(REFUSED);
    expect(await faults(0, 60 * 1000, 'minute')).toBeNull();
    expect(await faults(0, 60 * 1000 + 1, 'minute')).toEqual(REFUSED);
    expect(await faults(0, 1e11, 'day')).toEqual(REFUSED);
  });

  it('are deleted after 400 days, as many as are asked for', async () => {
    const { liveness } = world.services;
    for (let minute = 0; minute < 3; minute++) {
      await count('passed');
      world.clock.advance(60);
    }
    world.clock.advance(400 * DAY_SECONDS - 60);
    await count('passed');
    expect(await liveness.sweepExpired(1)).toBe(1);
    while ((await liveness.sweepExpired(100)) > 0);
    const [start, end] = [at(-401 * DAY_SECONDS), at(60)];
    expect((await report(start, end, 'day')).totals.total).toBe(2);
  });
});
