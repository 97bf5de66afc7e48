import { describe, expect, it } from 'vitest';
import { positionCursor, positionIn } from '../../../src/kernel/index.ts';

describe('the cursor of a place in a list', () => {
  it('is read as the number it was made of, up to a billion', () => {
    for (const position of [0, 1, 999_999_999]) expect(positionIn(positionCursor(position))).toBe(position);
    expect(positionIn(positionCursor(1e15))).toBe(999_999_999);
  });

  it('is none of the cursors of rows, nor any other text', () => {
    for (const text of [null, undefined, '', 'at:', 'at:-1', 'at:1.5', 'at:1 ', 'WyJhIl0', 'at:9999999999'])
      expect(positionIn(text)).toBeNull();
  });
});
