import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storableParams, storableText } from '../../../../src/events/record/event-text.ts';

describe('text of events', () => {
  it('is always accepted by PostgreSQL and of bounded length, and is not changed without need', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const stored = storableText(text, 20);
        expect(stored.isWellFormed()).toBe(true);
        expect(stored).not.toContain('\0');
        expect(stored.length).toBeLessThanOrEqual(20);
        if (text.length <= 20 && text.isWellFormed() && !text.includes('\0')) expect(stored).toBe(text);
      }),
    );
  });

  it('bounds the levels and members of details', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]));
    expect(Object.keys(storableParams(many))).toHaveLength(64);
    expect(storableParams({ a: { b: { c: { d: { e: 1 } } } } })).toEqual({ a: { b: { c: { d: null } } } });
    const odd = {
      at: new Date(0),
      big: 1n,
      call: () => 1,
      bad: new Date(Number.NaN),
      endless: 1 / 0,
      list: [undefined, true],
    };
    expect(storableParams(odd)).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      big: '1',
      call: null,
      bad: null,
      endless: null,
      list: [null, true],
    });
  });
});
