import { describe, expect, it } from 'vitest';
import {
  hasInexactNumber,
  type IdentityError,
  isSameJson,
  isStorableJson,
  jsonBytes,
  nestsDeeper,
  requireJson,
} from '../../../src/kernel/index.ts';
import { faultsOf } from '../../support/refusal.ts';

/** What the refusal of attributes says about them. */
function fieldsOf(attributes: object): IdentityError['fields'] {
  try {
    requireJson(attributes, 'input.attributes', 100);
  } catch (error) {
    return (error as IdentityError).fields;
  }
  return undefined;
}

/** A value as it comes out of the text of a request. */
const sent = (text: string): unknown => JSON.parse(text);

describe('numbers that are stored as JSON', () => {
  it.each(['9007199254740992', '9007199254740993', '-9007199254740993', '12345678901234567890', '9007199254740993.0'])(
    'refuses the whole number %s, which was rounded when it was read (RFC 8259 section 6)',
    (text) => {
      expect(isStorableJson(sent(text))).toBe(false);
      expect(isStorableJson(sent(`{"a":[{"b":${text}}]}`))).toBe(false);
    },
  );

  it.each(['9007199254740991', '-9007199254740991', '0', '1.5', '-0.25', '1e3', '1e-300'])('takes %s', (text) => {
    expect(isStorableJson(sent(text))).toBe(true);
  });

  it('refuses a number that no double holds', () => expect(isStorableJson(sent('1e400'))).toBe(false));
});

describe('texts that are stored as JSON', () => {
  it.each(['\0', 'a\0b', '\ud800', '\udfff\ud800'])('are refused with what a database refuses: %j', (text) => {
    for (const value of [text, [text], { a: text }, { [text]: 1 }]) expect(isStorableJson(value)).toBe(false);
  });

  it('may hold everything else, line breaks and emoji included', () =>
    expect(isStorableJson({ 'a\nb': '\t\u{1f600}\u007f' })).toBe(true));
});

describe('objects that are stored as JSON', () => {
  it('have no member named __proto__, however deep', () =>
    expect(isStorableJson(sent('{"a":[{"__proto__":1}]}'))).toBe(false));

  it('nest at most 16 levels', () => {
    const nested = (levels: number): unknown => sent(`${'['.repeat(levels)}1${']'.repeat(levels)}`);
    expect([isStorableJson(nested(16)), isStorableJson(nested(17))]).toEqual([true, false]);
  });

  it('are refused by name when they cannot be kept as they are', () => {
    expect(fieldsOf({ a: 2 ** 53 })).toMatchObject([{ path: 'input.attributes', code: 'OBJECT_NOT_STORABLE' }]);
    expect(fieldsOf({ a: 2 ** 53 - 1 })).toBeUndefined();
  });

  it.each([null, undefined, 'text', 7, [], [{}]])('are not %j', async (value) => {
    expect(await faultsOf(() => requireJson(value, 'input.a', 100))).toEqual([
      'INVALID_INPUT',
      'input.a OBJECT_REQUIRED',
    ]);
  });

  it('have at most the given number of bytes in UTF-8', async () => {
    const faults = (text: string) => faultsOf(() => requireJson({ a: text }, 'input.a', 20));
    expect(await faults('x'.repeat(12))).toBeNull();
    expect(await faults('x'.repeat(13))).toEqual(['INVALID_INPUT', 'input.a OBJECT_TOO_LARGE']);
    expect(await faults('\u00e4'.repeat(6))).toBeNull();
    expect(await faults(`${'\u00e4'.repeat(6)}x`)).toEqual(['INVALID_INPUT', 'input.a OBJECT_TOO_LARGE']);
  });

  it('hold no values that JSON does not have', () => {
    for (const value of [undefined, () => 1, Symbol('a'), 1n, Number.NaN, Number.POSITIVE_INFINITY])
      expect(isStorableJson({ a: [value] })).toBe(false);
  });
});

describe('an inexact number', () => {
  it('is found at any depth, also beyond the depth that is stored', () => {
    const nested = (text: string): unknown => sent(`${'[{"a":'.repeat(500)}${text}${'}]'.repeat(500)}`);
    expect(hasInexactNumber(nested('9007199254740993'))).toBe(true);
    expect(hasInexactNumber(nested('9007199254740991'))).toBe(false);
    expect(hasInexactNumber([null, 'a', true, { b: [1.5] }])).toBe(false);
  });
});

describe('levels of a value', () => {
  it('are lists and objects in one another', () => {
    const nested = (levels: number): unknown => sent(`${'['.repeat(levels)}1${']'.repeat(levels)}`);
    expect([0, 1, 3].map((levels) => nestsDeeper(nested(levels), 3))).toEqual([false, false, false]);
    for (const levels of [4, 100_000]) expect(nestsDeeper(nested(levels), 3)).toBe(true);
    expect(nestsDeeper({ a: [null, { b: 'x' }], c: [[[{}]]] }, 3)).toBe(true);
    expect(nestsDeeper({ a: [null, { b: 'x' }], c: null }, 3)).toBe(false);
  });
});

describe('the same JSON', () => {
  it.each<[unknown, unknown]>([
    [
      { a: 1, b: { c: [], d: null } },
      { b: { d: null, c: [] }, a: 1 },
    ],
    [[{ x: 1, y: 2 }], [{ y: 2, x: 1 }]],
    [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [undefined, undefined],
    [0, -0],
  ])('has its members in any order: %j and %j', (one, other) => {
    expect(isSameJson(one, other)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    [{ a: 1 }, { a: '1' }],
    [{ a: 1 }, { a: 1, b: null }],
    [
      [1, 2],
      [2, 1],
    ],
    [[], {}],
    [null, undefined],
    ['', undefined],
    [{ a: { b: 1, c: 2 } }, { a: { b: 2, c: 1 } }],
  ])('has the same values, and lists in the same order: %j is not %j', (one, other) => {
    expect(isSameJson(one, other)).toBe(false);
    expect(isSameJson(other, one)).toBe(false);
  });

  it('has as many bytes as its text in UTF-8', () => {
    expect([jsonBytes({ a: 'x' }), jsonBytes('\u00e4'), jsonBytes(null)]).toEqual([9, 4, 4]);
  });
});
