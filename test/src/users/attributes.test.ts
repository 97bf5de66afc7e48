import { describe, expect, it } from 'vitest';
import {
  attributeFaults,
  attributeMapFaults,
  changedNames,
  isAttributeName,
  mergeAttributes,
  SEARCHED_COLUMNS,
  searchRowsOf,
} from '../../../src/users/attributes.ts';

const paths = (faults: readonly { readonly path: string; readonly code: string }[]) =>
  faults.map(({ path, code }) => `${path} ${code}`);

describe('the name of an attribute', () => {
  it.each(['a', 'Фамилия', 'a b', 'x'.repeat(255), '\u{1f600}'.repeat(255), 'constructor', 'a.b/c'])(
    'can be %j',
    (name) => expect(isAttributeName(name)).toBe(true),
  );

  it.each(['', ' a', 'a ', '\u00a0a', 'a\0', 'a\nb', '\ud800', '__proto__', 'x'.repeat(256)])('cannot be %j', (name) =>
    expect(isAttributeName(name)).toBe(false),
  );

  it('is never that of a search row of a column', () => {
    expect(Object.values(SEARCHED_COLUMNS).filter(isAttributeName)).toEqual([]);
  });
});

describe('given attributes', () => {
  it('are named with their path, and a faulty name without it', () => {
    const given = { ok: [1, { a: null }], cleared: null, number: 2 ** 53, text: ['a\0'], ' name': 1 };
    expect(paths(attributeFaults(given, 'input.attributes'))).toEqual([
      'input.attributes.number USER_ATTRIBUTE_INVALID',
      'input.attributes.text USER_ATTRIBUTE_INVALID',
      'input.attributes USER_ATTRIBUTE_INVALID',
    ]);
  });

  it('are at most 200 names and 64 KiB of JSON on one account', () => {
    const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, 1]));
    expect(attributeMapFaults(names(200), 'p')).toEqual([]);
    expect(paths(attributeMapFaults(names(201), 'p'))).toEqual(['p USER_ATTRIBUTE_INVALID']);
    // `{"a":"…"}` has 8 bytes beside the text; a letter beyond ASCII has two.
    expect(attributeMapFaults({ a: 'x'.repeat(65_528) }, 'p')).toEqual([]);
    expect(paths(attributeMapFaults({ a: 'x'.repeat(65_529) }, 'p'))).toEqual(['p USER_ATTRIBUTE_INVALID']);
    expect(paths(attributeMapFaults({ a: 'ä'.repeat(32_765) }, 'p'))).toEqual(['p USER_ATTRIBUTE_INVALID']);
  });
});

describe('a change of attributes', () => {
  it('removes names with null, replaces whole values, and keeps the rest and the stored map', () => {
    const stored = { a: 1, b: { c: 1, d: 2 }, e: 'x' };
    expect(mergeAttributes(stored, { a: null, b: { c: 3 }, f: false, g: undefined, never: null })).toEqual({
      b: { c: 3 },
      e: 'x',
      f: false,
    });
    expect(stored).toEqual({ a: 1, b: { c: 1, d: 2 }, e: 'x' });
  });

  it('cannot reach the prototype of the map', () => {
    const merged = mergeAttributes(
      {},
      JSON.parse('{"__proto__": {"admin": true}}') as object as Record<string, unknown>,
    );
    expect((merged as { admin?: unknown }).admin).toBeUndefined();
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it('changes what differs in value, not in the order of keys, which the database does not keep', () => {
    const before = { a: { x: 1, y: [{ p: 1, q: 2 }] }, b: [1, 2], c: 1, d: 0 };
    const after = { d: 0, a: { y: [{ q: 2, p: 1 }], x: 1 }, b: [2, 1], c: '1' };
    expect(changedNames(before, after)).toEqual(['b', 'c']);
    expect(changedNames({ a: 1 }, {})).toEqual(['a']);
    expect(changedNames({}, { a: false })).toEqual(['a']);
    expect(changedNames({ a: null }, { a: {} })).toEqual(['a']);
  });
});

describe('the search rows of a user', () => {
  const nobody = {
    username: 'jane',
    email: null,
    givenName: null,
    middleName: null,
    familyName: undefined,
    displayName: '',
    phone: null,
    locale: null,
    attributes: {},
  };

  it('are those of columns and attributes that hold something', () => {
    const rows = searchRowsOf({
      ...nobody,
      email: 'Jane@Example.com',
      profile: {},
      attributes: { INN: '77', tags: ['A', 'b'], none: null },
    });
    expect(rows.map(([name]) => name)).toEqual([' username', ' email', 'INN', 'tags', 'tags']);
    expect(rows.map(([, key]) => key)).toEqual(['jane', 'jane@example.com', '77', 'a', 'b']);
  });

  it('keep a column and an attribute of the same name apart', () => {
    expect(searchRowsOf({ ...nobody, profile: {}, attributes: { display_name: 'x' } }).map(([name]) => name)).toEqual([
      ' username',
      'display_name',
    ]);
  });
});
