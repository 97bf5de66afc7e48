import { describe, expect, it } from 'vitest';
import { joinValues, splitValues } from '../../../../rest-compat/secrets-vault/scim/main-value.ts';

describe('values of which one has a column', () => {
  it.each<[string, readonly Readonly<Record<string, unknown>>[], string | null, readonly object[] | null]>([
    ['none', [], null, null],
    ['one that the column says', [{ value: 'a', primary: true }], 'a', null],
    ['one with a type', [{ value: 'a', type: 'work' }], 'a', [{ type: 'work' }]],
    ['the primary one', [{ value: 'a' }, { value: 'b', primary: true }], 'b', [{ value: 'a' }, { primary: true }]],
    ['the first one', [{ value: 'a', type: 'x' }, { value: 'b' }], 'a', [{ type: 'x' }, { value: 'b' }]],
    ['those with a value', [{ type: 'work' }, { value: '' }, { value: 'b', type: 'x' }], 'b', [{ type: 'x' }]],
  ])('are split: %s', (_, values, main, others) => {
    expect(splitValues(values)).toEqual({ main, others });
    if (main !== null && others !== null) expect(joinValues(main, others)).toEqual(values.filter(({ value }) => value));
  });

  it('follow the column, which another API may have changed', () => {
    const stored = [
      { value: 'a', type: 'home' },
      { type: 'work', primary: true },
    ];
    expect(joinValues('new', stored)).toEqual([stored[0], { type: 'work', primary: true, value: 'new' }]);
    expect(joinValues(null, stored)).toEqual([stored[0]]);
    expect(joinValues('new', null)).toEqual([{ value: 'new', primary: true }]);
    expect(joinValues('new', [{ value: 'a' }])).toEqual([{ value: 'new', primary: true }, { value: 'a' }]);
    expect(joinValues('new', [{ value: 'a', primary: true }])).toEqual([
      { value: 'new' },
      { value: 'a', primary: true },
    ]);
    expect(joinValues('new', 'no list')).toEqual([{ value: 'new', primary: true }]);
  });
});
