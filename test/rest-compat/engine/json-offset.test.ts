import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { offsetOfFault } from '../../../rest-compat/engine/json-offset.ts';

describe('the place where a text stops being JSON', () => {
  it.each([
    ['', 0],
    ['abc', 0],
    ['{a', 1],
    ['{"a"', 4],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['{"a":1 "b"', 7],
    ['{"a":1}}', 7],
    ['[1 2]', 3],
    ['[1,]', 3],
    ['[1}', 2],
    ['[', 1],
    [' [ ] x', 5],
    ['"a\nb"', 0],
    ['"\\x"', 0],
    ['["ok", "\u2028", tru]', 12],
    ['[01]', 2],
    ['[1.]', 2],
    ['nullx', 4],
    ['{"a":[{"b":"', 11],
  ])('%j: %i', (text, offset) => {
    expect(offsetOfFault(text)).toBe(offset);
    expect(() => JSON.parse(text)).toThrow();
  });

  it('is the end of every JSON text', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat({ max: 3 }), (text, spaces) => {
        const spaced = JSON.stringify(JSON.parse(text), null, spaces);
        expect(offsetOfFault(spaced)).toBe(spaced.length);
      }),
    );
  });

  it('is found in texts that are nested deeply', () => {
    expect(offsetOfFault('['.repeat(500_000))).toBe(500_000);
  });
});
