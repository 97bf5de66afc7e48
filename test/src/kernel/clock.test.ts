import { describe, expect, it } from 'vitest';
import { addSeconds, epochSeconds } from '../../../src/kernel/index.ts';

describe('seconds since the epoch', () => {
  it('are whole: a begun second does not count (RFC 7519 section 2)', () => {
    expect(epochSeconds(new Date('1970-01-01T00:00:01.999Z'))).toBe(1);
    expect(epochSeconds(new Date('1970-01-01T00:00:02.000Z'))).toBe(2);
    expect(epochSeconds(new Date('1969-12-31T23:59:59.500Z'))).toBe(-1);
  });
});

describe('a moment some seconds later', () => {
  it('is a new date; the one it was counted from stays', () => {
    const start = new Date('2026-11-22T23:59:59.500Z');
    expect(addSeconds(start, 1).toISOString()).toBe('2026-11-23T00:00:00.500Z');
    expect(addSeconds(start, 0.25).toISOString()).toBe('2026-11-22T23:59:59.750Z');
    expect(addSeconds(start, -60).toISOString()).toBe('2026-11-22T23:58:59.500Z');
    expect(addSeconds(start, 0)).not.toBe(start);
    expect(start.toISOString()).toBe('2026-11-22T23:59:59.500Z');
  });
});
