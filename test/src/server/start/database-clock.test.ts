import { sql } from 'kysely';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../../../src/persistence/index.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { ClockWatch, DatabaseClock, type TimeSource } from '../../../../src/server/start/database-clock.ts';
import { ENGINES } from '../../../support/postgres.ts';

/** A machine whose clocks the test sets. */
class Machine implements TimeSource {
  wallMs = Date.UTC(2026, 10, 26);
  monotonicMs = 5_000;
  readonly wall = () => this.wallMs;
  readonly monotonic = () => this.monotonicMs;

  pass(ms: number): void {
    this.wallMs += ms;
    this.monotonicMs += ms;
  }

  /** A sample of a database whose clock is ahead, after a round trip. */
  ask(aheadMs: number, roundTripMs: number) {
    const sentAt = this.monotonicMs;
    this.pass(roundTripMs);
    return { sentAt, receivedAt: this.monotonicMs, databaseMs: this.wallMs - roundTripMs / 2 + aheadMs };
  }
}

const deviation = (clock: DatabaseClock, machine: Machine) => clock.now().getTime() - machine.wallMs;

describe('the clock of a node', () => {
  it('has the time of the database from the first measurement on, in either direction', () => {
    for (const aheadMs of [3_000, -3_000]) {
      const machine = new Machine();
      const clock = new DatabaseClock(machine);
      expect(clock.learn([machine.ask(aheadMs, 4)], true)).toBe(aheadMs);
      expect(deviation(clock, machine)).toBe(aheadMs);
    }
  });

  it('ignores a deviation within half of the round trip', () => {
    const machine = new Machine();
    const clock = new DatabaseClock(machine);
    expect(clock.learn([machine.ask(40, 100)], true)).toBe(0);
    expect(deviation(clock, machine)).toBe(0);
  });

  it('uses the fastest answer', () => {
    const machine = new Machine();
    const clock = new DatabaseClock(machine);
    clock.learn([machine.ask(900, 600), machine.ask(20, 2), machine.ask(-700, 400)], true);
    expect(deviation(clock, machine)).toBe(20);
  });

  it('is corrected gradually and never runs backwards, however the database jumps', () => {
    const machine = new Machine();
    const clock = new DatabaseClock(machine);
    let before = clock.now().getTime();
    const passAndLook = (ms: number) => {
      machine.pass(ms);
      const now = clock.now().getTime();
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now - before).toBeLessThanOrEqual(ms * 1.1 + 1);
      before = now;
    };
    for (const aheadMs of [-3_000, 2_000, -10_000]) {
      clock.learn([machine.ask(aheadMs, 0)]);
      passAndLook(1_000);
      expect(deviation(clock, machine)).not.toBe(aheadMs);
      for (let passed = 0; passed < 200_000; passed += 500) passAndLook(500);
      expect(deviation(clock, machine)).toBe(aheadMs);
    }
  });

  it('does not follow changes of the wall clock, and is corrected after the machine slept', () => {
    const machine = new Machine();
    const clock = new DatabaseClock(machine);
    const before = clock.now().getTime();
    machine.wallMs -= 3_600_000;
    expect(clock.now().getTime()).toBe(before);
    machine.wallMs += 12 * 3_600_000;
    clock.learn([machine.ask(0, 2)]);
    expect(deviation(clock, machine)).toBe(0);
  });
});

describe.each(ENGINES)('the measurement on $name', ({ name, open }) => {
  let db: Database;
  let watch: ClockWatch;
  const logger = createLogger('silent');
  afterEach(async () => {
    await watch.stop();
    await db.close();
  });

  /** This machine, with a deviation that a test may change. */
  function machineOff(byMs: number) {
    const machine = {
      offMs: byMs,
      wall: () => Date.now() + byMs,
      // Time passes fast, so that gradual corrections take little real time.
      monotonic: () => performance.now() + machine.offMs,
    };
    return machine;
  }

  it.runIf(name === 'PostgreSQL')('corrects a node that is 3 s off before any time is used', async () => {
    db = await open();
    const clock = new DatabaseClock(machineOff(-3_000));
    watch = new ClockWatch(db, clock, logger);
    expect(Date.now() - clock.now().getTime()).toBeGreaterThan(2_900);
    await watch.start();
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(500);
  });

  it.runIf(name === 'PostgreSQL')('is repeated on new connections, as after a failover', async () => {
    db = await open();
    const machine = machineOff(0);
    const clock = new DatabaseClock(machine);
    watch = new ClockWatch(db, clock, logger);
    await watch.start();
    // For this node the new server is 90 s ahead.
    machine.offMs = -90_000;
    const learn = vi.spyOn(clock, 'learn');
    await Promise.all(Array.from({ length: 4 }, () => sql`select pg_sleep(0.05)`.execute(db.read())));
    await vi.waitFor(() => expect(learn).toHaveBeenCalled(), { timeout: 3_000 });
    await vi.waitFor(() => expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(500), { timeout: 20_000 });
  });

  it.runIf(name === 'PostgreSQL').each([
    ['is one statement while the database answers fast', 1, 1],
    ['is four statements while the database answers slowly', 6, 4],
  ])('%s', async (_, roundTripMs, statements) => {
    db = await open();
    const clock = new DatabaseClock();
    watch = new ClockWatch(db, clock, logger);
    let ms = 0;
    const stepping = new DatabaseClock({
      wall: () => Date.now(),
      monotonic: () => {
        ms += roundTripMs;
        return ms;
      },
    });
    expect(await stepping.sample(db)).toHaveLength(statements);
  });

  it.runIf(name === 'PGlite')('uses the clock of this machine', async () => {
    db = await open();
    const clock = new DatabaseClock();
    watch = new ClockWatch(db, clock, logger);
    await watch.start();
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(100);
  });
});
