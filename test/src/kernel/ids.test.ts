import { describe, expect, it } from 'vitest';
import { isUuid, newId } from '../../../src/kernel/index.ts';

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
});
