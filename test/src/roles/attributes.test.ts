import { describe, expect, it } from 'vitest';
import { mergedAttributes } from '../../../src/roles/attributes.ts';
import { faultsOf } from '../../support/refusal.ts';

const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, at]));
const faults = (stored: object, given: object) =>
  faultsOf(() => mergedAttributes({ ...stored }, given as Record<string, unknown>, 'input.attributes'));

describe('the attributes of roles and groups', () => {
  it('change by name: null removes one, the others stay', () => {
    const stored = { a: 1, b: { c: [true] }, d: 'x' };
    expect(mergedAttributes(stored, { a: null, d: 'y', e: false, never: null }, 'p')).toEqual({
      b: { c: [true] },
      d: 'y',
      e: false,
    });
    expect(stored).toEqual({ a: 1, b: { c: [true] }, d: 'x' });
  });

  it('are at most 200 after the change', async () => {
    expect(await faults(names(199), { new: 1 })).toBeNull();
    expect(await faults(names(200), { new: 1 })).toEqual(['INVALID_INPUT', 'input.attributes ATTRIBUTES_TOO_MANY']);
    expect(await faults(names(200), { n0: null, new: 1 })).toBeNull();
  });

  it('have at most 64 KiB of JSON after the change', async () => {
    const left = 65_536 - JSON.stringify({ a: '', b: '' }).length - 40_000;
    const big = 'x'.repeat(40_000);
    expect(await faults({ a: big }, { b: 'x'.repeat(left) })).toBeNull();
    expect(await faults({ a: big }, { b: 'x'.repeat(left + 1) })).toEqual([
      'INVALID_INPUT',
      'input.attributes OBJECT_TOO_LARGE',
    ]);
  });

  it.each(['', 'x'.repeat(256), 'a\nb'])('are not called %j', async (name) => {
    expect(await faults({}, { [name]: 1 })).toEqual(['INVALID_INPUT', 'input.attributes ATTRIBUTE_NAME']);
  });

  it('may have names of 255 characters', async () => expect(await faults({}, { ['x'.repeat(255)]: 1 })).toBeNull());

  it('hold nothing that cannot be stored, and no name that an object cannot hold', async () => {
    for (const value of ['a\0', '\ud800', 2 ** 53, { b: ['\0'] }])
      expect(await faults({}, { a: value })).toEqual(['INVALID_INPUT', 'input.attributes OBJECT_NOT_STORABLE']);
    expect(await faults({}, JSON.parse('{"__proto__": 1}') as object)).toEqual([
      'INVALID_INPUT',
      'input.attributes OBJECT_NOT_STORABLE',
    ]);
  });
});
