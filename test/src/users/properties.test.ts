import { describe, expect, it } from 'vitest';
import {
  patchedProperties,
  propertyChanges,
  propertyFaults,
  propertyMapFaults,
} from '../../../src/users/properties.ts';

const paths = (faults: readonly { readonly path: string; readonly code: string }[]) =>
  faults.map(({ path, code }) => `${path} ${code}`);

describe('properties that are set', () => {
  it('are texts, exact numbers, true or false', () => {
    const add = { a: 'x', b: '', c: 0, d: -1.5, e: 2 ** 53 - 1, f: true, g: false };
    expect(propertyFaults({ add })).toEqual([]);
  });

  it.each([null, {}, [], ['x'], 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, 'a\0', '\ud800', undefined])(
    'are no %j',
    (value) => expect(paths(propertyFaults({ add: { a: value } }))).toEqual(['input.add.a USER_PROPERTY_INVALID']),
  );

  it.each(['', ' a', 'a\n', 'x'.repeat(256)])('are not called %j', (name) => {
    expect(paths(propertyFaults({ add: { [name]: 1 } }))).toEqual(['input.add USER_PROPERTY_INVALID']);
  });

  it('are not called __proto__, which would set the prototype of the map', () => {
    const add = JSON.parse('{"__proto__": 1}') as Record<string, unknown>;
    expect(paths(propertyFaults({ add }))).toEqual(['input.add USER_PROPERTY_INVALID']);
  });

  it('are at most 200 on one account, with at most 64 KiB', () => {
    const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, 1]));
    expect(propertyMapFaults(names(200))).toEqual([]);
    expect(paths(propertyMapFaults(names(201)))).toEqual(['input.add USER_PROPERTY_INVALID']);
    expect(propertyMapFaults({ a: 'x'.repeat(65_528) })).toEqual([]);
    expect(paths(propertyMapFaults({ a: 'x'.repeat(65_529) }))).toEqual(['input.add USER_PROPERTY_INVALID']);
  });
});

describe('properties that are removed', () => {
  it('are at most 1,000 names at once, whatever the names are', () => {
    const remove = (count: number) => Array.from({ length: count }, (_, at) => `\0${at}`);
    expect(propertyFaults({ remove: remove(1000) })).toEqual([]);
    expect(paths(propertyFaults({ remove: remove(1001) }))).toEqual(['input.remove USER_PROPERTY_INVALID']);
    expect(paths(propertyFaults({ add: { a: null }, remove: remove(1001) }))).toEqual([
      'input.add.a USER_PROPERTY_INVALID',
      'input.remove USER_PROPERTY_INVALID',
    ]);
  });

  it('go before others come, so a name in both lists is set', () => {
    const stored = { a: 1, b: 2 };
    expect(patchedProperties(stored, { remove: ['a', 'b', 'never'], add: { a: 'new' } })).toEqual({ a: 'new' });
    expect(stored).toEqual({ a: 1, b: 2 });
    expect(patchedProperties(stored, { remove: null, add: undefined })).toEqual(stored);
  });
});

describe('what a change of properties did', () => {
  it('lists the names that were added, changed or removed, but none that did not change', () => {
    expect(propertyChanges({ a: 1, b: 2, c: 3 }, { b: 2, c: '3', d: false })).toEqual({
      added: ['c', 'd'],
      removed: ['a'],
    });
    expect(propertyChanges({ a: 1 }, { a: 1 })).toEqual({ added: [], removed: [] });
  });
});
