import { describe, expect, it, vi } from 'vitest';
import { isUuid, newId, newIdAt } from '../../../src/kernel/index.ts';

describe('new ids', () => {
  const ids = Array.from({ length: 5000 }, newId);

  it('are UUIDs of version 7, all different', () => {
    expect(ids.every((id) => isUuid(id) && id[14] === '7')).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('sort in the order they were made, within a millisecond too (RFC 9562 section 6.2)', () => {
    expect([...ids].sort()).toEqual(ids);
  });

  it('begin with the time', () => {
    expect(Math.abs(Number.parseInt(newId().replace('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(5000);
  });

  it('sort on when the clock of the machine goes back (RFC 9562 section 6.2)', () => {
    const before = newId();
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 60_000);
    try {
      const after = [newId(), newId()];
      expect([before, ...after].sort()).toEqual([before, ...after]);
    } finally {
      now.mockRestore();
    }
  });
});

describe('ids of a given moment', () => {
  const moment = new Date('2026-11-22T12:00:00.123Z');
  const msecsOf = (id: string) => Number.parseInt(id.replace('-', '').slice(0, 12), 16);

  it('begin with exactly that moment, also when it is long past', () => {
    expect(msecsOf(newIdAt(moment))).toBe(moment.getTime());
    expect(msecsOf(newIdAt(new Date(1)))).toBe(1);
    expect(msecsOf(newIdAt(moment))).toBe(moment.getTime());
  });

  it('are UUIDs of version 7, all different, in the order in which they were made', () => {
    const ids = Array.from({ length: 2000 }, () => newIdAt(moment));
    expect(ids.every((id) => isUuid(id) && id[14] === '7')).toBe(true);
    expect(new Set(ids).size).toBe(2000);
    expect([...ids].sort()).toEqual(ids);
  });

  it('lie between those of the millisecond before and of the one after', () => {
    const [after, before, at] = [1, -1, 0].map((step) => newIdAt(new Date(moment.getTime() + step)));
    expect([after, before, at].sort()).toEqual([before, at, after]);
  });
});

describe('the text form of a UUID', () => {
  const uuid = '019abcde-f012-7345-8678-9abcdef01234';

  it('is one in letters of any case', () => expect([uuid, uuid.toUpperCase()].map(isUuid)).toEqual([true, true]));

  it.each([
    '',
    uuid.slice(1),
    `${uuid}0`,
    `${uuid}\n`,
    ` ${uuid}`,
    `{${uuid}}`,
    `urn:uuid:${uuid}`,
    uuid.replaceAll('-', ''),
    uuid.replace('a', 'g'),
    uuid.replace('0', '\uff10'),
    "' or true --",
  ])('is not %j', (text) => expect(isUuid(text)).toBe(false));
});
