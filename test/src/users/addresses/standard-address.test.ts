import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '../../../../src/kernel/index.ts';
import type { UserAddress } from '../../../../src/users/addresses/address.entity.ts';
import { addressValues } from '../../../../src/users/addresses/address-input.ts';
import { addressChanges, type StandardAddress } from '../../../../src/users/addresses/standard-address.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const KEYS = { tenantId: newId(), userId: 'ann', createdAt: NOW, updatedAt: NOW };
const stored = (values: Parameters<typeof addressValues>[1]): UserAddress => ({
  ...KEYS,
  id: newId(),
  ...addressValues(null, values),
});

/** The rows after the changes, in the order of their ids. */
function changed(rows: readonly UserAddress[], given: readonly StandardAddress[]): UserAddress[] {
  const changes = addressChanges(rows, given);
  const values = new Map(changes.changed.map(({ row, values }) => [row, values]));
  const left = rows.filter((row) => !changes.removed.includes(row)).map((row) => ({ ...row, ...values.get(row) }));
  return [...left, ...changes.added.map((added) => ({ ...KEYS, id: newId(), ...added }))];
}

const NONE = { added: [], changed: [], removed: [] };
const invalid = (path: string) =>
  expect.objectContaining({ code: 'INVALID_INPUT', fields: [expect.objectContaining({ path })] });

describe('the addresses of a user become those of a standard profile', () => {
  it('stay as they are where they say the same, in any order', () => {
    const [mill, barn] = [stored({ title: 'Mill', city: 'Ghent', isDefault: true }), stored({ type: 'work' })];
    const given = [
      { type: 'work', city: '' },
      { city: 'Ghent', region: null, isDefault: true },
    ];
    expect(addressChanges([mill!, barn!], given)).toEqual(NONE);
  });

  it('change in what is given, and keep what only other members say', () => {
    const mill = stored({ title: 'Mill', townCode: '9', city: 'Ghent', country: 'BE', isDefault: true });
    const [row, ...others] = changed([mill], [{ city: 'Bruges' }]);
    expect(others).toEqual([]);
    expect(row).toEqual({ ...mill, city: 'Bruges', country: null, isDefault: false });
  });

  it('take the place of the address of the same type first, and of the next one then', () => {
    const home = stored({ title: 'A', type: 'home', city: 'Ghent' });
    const work = stored({ title: 'B', type: 'work', city: 'Ghent' });
    expect(changed([home, work], [{ type: 'work', city: 'Lier' }])).toMatchObject([{ title: 'B', city: 'Lier' }]);
    expect(changed([home, work], [{ type: 'other', city: 'Lier' }])).toMatchObject([{ title: 'A', type: 'other' }]);
  });

  it('are the same address when only the default changes', () => {
    const [one, two] = [stored({ title: 'A', city: 'Ghent' }), stored({ title: 'B', city: 'Lier', isDefault: true })];
    const rows = changed([one!, two!], [{ city: 'Lier' }, { city: 'Ghent', isDefault: true }]);
    expect(rows).toMatchObject([
      { title: 'A', city: 'Ghent', isDefault: true },
      { title: 'B', city: 'Lier', isDefault: false },
    ]);
    const twin = stored({ title: 'C', city: 'Ghent', isDefault: true });
    expect(changed([one!, twin], [{ city: 'Ghent', isDefault: true }])).toMatchObject([{ title: 'C' }]);
  });

  it('leave alone those without such a text, except that another one may become the default', () => {
    const gate = stored({ title: 'Gate', directions: 'Left', isDefault: true });
    expect(addressChanges([gate], [])).toEqual(NONE);
    expect(changed([gate], [{ city: 'Ghent' }])).toMatchObject([{ isDefault: true }, { city: 'Ghent' }]);
    expect(changed([gate], [{ city: 'Ghent', isDefault: true }])).toMatchObject([
      { title: 'Gate', directions: 'Left', isDefault: false },
      { city: 'Ghent', isDefault: true },
    ]);
  });

  it('are none where they have no text', () => {
    expect(addressChanges([], [{}, { isDefault: true }, { city: '', region: null }])).toEqual(NONE);
  });

  it('are at most 50, with those that are left alone, and one of them is the default', () => {
    const given = Array.from({ length: 50 }, (_, at) => ({ city: `${at}` }));
    expect(addressChanges([], given).added).toHaveLength(50);
    expect(() => addressChanges([stored({ title: 'Gate' })], given)).toThrow(invalid('input.addresses'));
    expect(() => addressChanges([], [...given, {}])).toThrow(invalid('input.addresses'));
    const defaults = [1, 2].map((at) => ({ city: `${at}`, isDefault: true }));
    expect(() => addressChanges([], defaults)).toThrow(invalid('input.addresses'));
  });

  it('have texts that can be stored', () => {
    for (const text of ['x'.repeat(256), 'a\nb', 'a\0b', 'a\ud800'])
      expect(() => addressChanges([], [{ city: 'Ghent' }, { city: text }])).toThrow(invalid('input.addresses.1.city'));
    expect(() => addressChanges([], [{ details: 'x'.repeat(1001) }])).toThrow(invalid('input.addresses.0.details'));
  });

  it('say what was given, whatever there was; given again they do not change', () => {
    const text = fc.constantFrom(null, '', 'a', 'b');
    const standard = { type: text, city: text, details: text, isDefault: fc.boolean() };
    /** With at most one default. */
    const list = <T extends { isDefault: boolean }>(of: fc.Arbitrary<T>, maxLength: number) =>
      fc.array(of, { maxLength }).map((all) => {
        const first = all.findIndex(({ isDefault }) => isDefault);
        return all.map((one, at) => ({ ...one, isDefault: at === first }));
      });
    const shown = ({ type, city, details, isDefault }: StandardAddress) =>
      JSON.stringify([type || null, city || null, details || null, isDefault]);
    const isText = ({ type, city, details }: StandardAddress) => Boolean(type || city || details);
    const rest = ({ id, title }: UserAddress) => ({ id, title });
    const property = fc.property(
      list(fc.record({ ...standard, title: fc.constantFrom('x', 'y') }), 5).map((all) => all.map(stored)),
      list(fc.record(standard), 5),
      (rows, given) => {
        const after = changed(rows, given);
        expect(after.filter(isText).map(shown).sort()).toEqual(given.filter(isText).map(shown).sort());
        expect(after.filter((row) => !isText(row)).map(rest)).toEqual(rows.filter((row) => !isText(row)).map(rest));
        const titles = new Map(rows.map(({ id, title }) => [id, title]));
        for (const { id, title } of after) expect(title).toBe(titles.get(id) ?? null);
        expect(after.filter(({ isDefault }) => isDefault).length).toBeLessThan(2);
        expect(addressChanges(after, given)).toEqual(NONE);
      },
    );
    fc.assert(property, { numRuns: 500, seed: 7643 });
  });
});
