import { describe, expect, it } from 'vitest';
import { sumUsed } from '../../bench/database.ts';
import { findBusyShare, parseMachineTime, parseSchedstat } from '../../bench/processor.ts';

describe('processor time', () => {
  it('is the first number of schedstat, in nanoseconds', () => {
    expect(parseSchedstat('1500000000 82719188 17\n')).toBe(1.5);
  });

  it('of the machine counts the time stolen by others as busy, and waiting for disks as idle', () => {
    const text = 'cpu  100 1 20 500 40 3 5 7 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n';
    expect(parseMachineTime(text)).toEqual({ busy: 136, idle: 540 });
  });

  it('is busy by its share of what passed', () => {
    expect(findBusyShare({ busy: 100, idle: 100 }, { busy: 130, idle: 170 })).toBe(0.3);
    expect(findBusyShare({ busy: 100, idle: 100 }, { busy: 100, idle: 100 })).toBe(0);
  });

  it('of backends is counted by application_name, of a new one from its start, without one that has ended', () => {
    const backend = (application: string, seconds: number) => ({ application, seconds });
    const before = new Map([
      [1, backend('pool', 2)],
      [2, backend('pool', 5)],
    ]);
    const after = new Map([
      [1, backend('pool', 3)],
      [3, backend('pool', 0.5)],
      [4, backend('events', 0.25)],
    ]);
    expect([...sumUsed(before, after)]).toEqual([
      ['pool', 1.5],
      ['events', 0.25],
    ]);
  });
});
