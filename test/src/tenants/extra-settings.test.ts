import { describe, expect, it } from 'vitest';
import { IdentityError } from '../../../src/kernel/index.ts';
import { changedExtra, type ExtraSettingsChange } from '../../../src/tenants/extra-settings.ts';

const many = (count: number, from = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`key-${from + at}`, at]));

/** 32 KiB of JSON: a text and its quotes. */
const LARGEST = 'x'.repeat(32_766);
/** A value from the time before values had a bound. */
const OLD = 'x'.repeat(33_000);

function refusal(stored: object, change: ExtraSettingsChange): string[] | null {
  try {
    changedExtra({ ...stored }, change);
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    return [error.code, ...(error.fields ?? []).flatMap(({ path, code }) => [path, code])];
  }
  return null;
}

describe('settings that are kept and not used', () => {
  it.each<[string, object, ExtraSettingsChange, object, string[]]>([
    ['are added beside the others', { a: 1 }, { set: { b: ['x'] } }, { a: 1, b: ['x'] }, ['b']],
    ['are replaced', { a: 1 }, { set: { a: null } }, { a: null }, ['a']],
    ['are removed', { a: 1, b: 2 }, { remove: ['a'] }, { b: 2 }, ['a']],
    ['are removed before others are set', { a: 1 }, { remove: ['a'], set: { a: 2 } }, { a: 2 }, ['a']],
    ['stay when they are set to what they are', { a: { b: 1 } }, { set: { a: { b: 1 } } }, { a: { b: 1 } }, []],
    [
      'stay when their members come in another order, as the database returns them',
      { a: { b: 1, cc: [2] } },
      { set: { a: { cc: [2], b: 1 } } },
      { a: { cc: [2], b: 1 } },
      [],
    ],
    ['stay when nothing is named', { a: 1 }, {}, { a: 1 }, []],
    ['have at most 32 KiB each', {}, { set: { a: LARGEST } }, { a: LARGEST }, ['a']],
    ['may be removed and kept whatever their size', { a: OLD, b: OLD }, { remove: ['a'] }, { b: OLD }, ['a']],
    [
      'may be missing when they are removed',
      { a: 1 },
      { remove: ['a', 'b', 'toString'], canBeMissing: true },
      {},
      ['a'],
    ],
    ['have any name', {}, { set: { constructor: 'x' } }, { constructor: 'x' }, ['constructor']],
    ['are at most 200', many(199), { set: { last: 1 } }, { ...many(199), last: 1 }, ['last']],
  ])('%s', (_, stored, change, next, changed) => {
    expect(changedExtra({ ...stored }, change)).toEqual({ next, changed });
  });

  it.each<[string, object, ExtraSettingsChange, string[]]>([
    [
      'a removed name is not stored',
      { a: 1 },
      { remove: ['a', 'toString'] },
      ['TENANT_SETTING_NOT_FOUND', 'input.remove.1', 'TENANT_SETTING_NOT_FOUND'],
    ],
    ['there are too many', many(200), { set: { last: 1 } }, ['INVALID_INPUT', 'input.set', 'LIST_TOO_LONG']],
    [
      'too many are removed',
      {},
      { remove: Object.keys(many(201)) },
      ['INVALID_INPUT', 'input.remove', 'LIST_TOO_LONG'],
    ],
    [
      'they are too large together',
      { a: 'x'.repeat(40_000) },
      { set: { b: 'y'.repeat(30_000) } },
      ['INVALID_INPUT', 'input.set', 'OBJECT_TOO_LARGE'],
    ],
    [
      'a value has more than 32 KiB',
      {},
      { set: { a: `${LARGEST}x` } },
      ['INVALID_INPUT', 'input.set', 'VALUE_TOO_LARGE'],
    ],
    [
      'a value has more than 32 KiB in UTF-8',
      {},
      { set: { a: ['\u00e4'.repeat(16_400)] } },
      ['INVALID_INPUT', 'input.set', 'VALUE_TOO_LARGE'],
    ],
    ['a value cannot be stored', {}, { set: { a: 'x\u0000' } }, ['INVALID_INPUT', 'input.set', 'OBJECT_NOT_STORABLE']],
  ])('are refused when %s', (_, stored, change, fault) => {
    expect(refusal(stored, change)).toEqual(fault);
  });

  it.each(['', 'n'.repeat(101), 'a\u0000'])('are refused under the name %j', (name) => {
    expect(refusal({}, { set: { [name]: 1 } })?.slice(0, 2)).toEqual(['INVALID_INPUT', 'input.set']);
  });
});
