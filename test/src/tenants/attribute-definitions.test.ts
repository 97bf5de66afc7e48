import { describe, expect, it } from 'vitest';
import { attributeDefinitions } from '../../../src/tenants/attribute-definitions.ts';

const definition = { name: 'INN', isList: false, isUnmodifiable: false, validators: [] };
const validator = { code: 'bad_inn', message: 'No.' };

const pathsOf = (all: unknown): string[] =>
  attributeDefinitions.safeParse(all).error?.issues.map(({ path }) => path.join('.')) ?? [];
const ofDefinition = (over: object) => pathsOf([{ ...definition, ...over }]);
const ofValidator = (over: object) => ofDefinition({ validators: [{ ...validator, ...over }] });

describe('the definition of an attribute', () => {
  it('has a name of 1 to 255 storable characters', () => {
    for (const name of ['a', 'x'.repeat(255), 'Фамилия']) expect(ofDefinition({ name })).toEqual([]);
    for (const name of ['', 'x'.repeat(256), 'a\0', 'a\nb', 'a\ud800', null, 7])
      expect([name, ofDefinition({ name })]).toEqual([name, ['0.name']]);
  });

  it('has one of the types, or none for any value', () => {
    for (const type of ['text', 'number', 'boolean', 'object', null, undefined])
      expect(ofDefinition({ type })).toEqual([]);
    for (const type of ['array', 'Text', '']) expect(ofDefinition({ type })).toEqual(['0.type']);
  });

  it('says whether it is a list and whether it stays: nothing is assumed', () => {
    const { isList: _list, ...withoutList } = definition;
    const { isUnmodifiable: _stays, ...withoutStays } = definition;
    expect(pathsOf([withoutList])).toEqual(['0.isList']);
    expect(pathsOf([withoutStays])).toEqual(['0.isUnmodifiable']);
    expect(ofDefinition({ isRequired: true })).toEqual(['0']);
  });

  it('has at most 8 validators', () => {
    const validators = (length: number) => ({ validators: Array.from({ length }, () => validator) });
    expect(ofDefinition(validators(8))).toEqual([]);
    expect(ofDefinition(validators(9))).toEqual(['0.validators']);
  });
});

describe('the definitions of a tenant', () => {
  const named = (length: number) => Array.from({ length }, (_, at) => ({ ...definition, name: `a${at}` }));

  it('are at most 100, each name once', () => {
    expect(pathsOf(named(100))).toEqual([]);
    expect(pathsOf(named(101))).toEqual(['']);
    expect(pathsOf([definition, { ...definition, name: 'inn' }])).toEqual([]);
    expect(pathsOf([definition, { ...definition, isList: true }])).toEqual(['']);
  });

  it('have at most 65,536 characters of JSON', () => {
    const filled = (characters: number) => {
      const validators = () => Array.from({ length: 4 }, () => ({ ...validator, message: 'x' }));
      const all = named(100).map((each) => ({ ...each, validators: validators() }));
      let missing = characters - JSON.stringify(all).length;
      for (const each of all.flatMap((one) => one.validators)) {
        const more = Math.min(254, missing);
        each.message += 'x'.repeat(more);
        missing -= more;
      }
      return all;
    };
    expect(JSON.stringify(filled(65_536))).toHaveLength(65_536);
    expect(pathsOf(filled(65_536))).toEqual([]);
    expect(pathsOf(filled(65_537))).toEqual(['']);
  });
});

describe('a validator', () => {
  it('has a code of the tenant that is a name, and a message', () => {
    for (const code of ['a', 'Bad_inn.2-x', 'x'.repeat(64)]) expect(ofValidator({ code })).toEqual([]);
    for (const code of ['', '1a', '_a', 'two words', 'x'.repeat(65), 'ä', 'a\n'])
      expect(ofValidator({ code })).toEqual(['0.validators.0.code']);
    for (const message of ['', 'x'.repeat(256), 'a\0'])
      expect(ofValidator({ message })).toEqual(['0.validators.0.message']);
    expect(ofValidator({ message: 'x'.repeat(255) })).toEqual([]);
  });

  it.each(['0-9', "\\p{L} '-", '\\[\\]\\\\', '^0-9', '.*+?(){}|$', '\\u{1F600}', 'x'.repeat(255)])(
    'takes the characters %j',
    (characters) => expect(ofValidator({ characters })).toEqual([]),
  );

  it.each([']', 'a]|(a+)+$|[b', 'a][b', '\\', 'z-a', '\\p{Nothing}', '\\q', '', '\0', 'x'.repeat(256)])(
    'refuses the characters %j, which would close their class or make no expression',
    (characters) => expect(ofValidator({ characters })).toContain('0.validators.0.characters'),
  );

  it('names 1 to 200 allowed texts', () => {
    const texts = (length: number) => Array.from({ length }, (_, at) => `t${at}`);
    expect([
      ofValidator({ oneOf: texts(1) }),
      ofValidator({ oneOf: texts(200) }),
      ofValidator({ oneOf: null }),
    ]).toEqual([[], [], []]);
    expect(ofValidator({ oneOf: [] })).toEqual(['0.validators.0.oneOf']);
    expect(ofValidator({ oneOf: texts(201) })).toEqual(['0.validators.0.oneOf']);
    expect(ofValidator({ oneOf: ['a', 'a\0'] })).toEqual(['0.validators.0.oneOf.1']);
  });

  it('has bounds that are numbers', () => {
    for (const bound of ['min', 'max']) {
      for (const value of [0, -1, 1.5, null]) expect(ofValidator({ [bound]: value })).toEqual([]);
      for (const value of ['1', Number.NaN, true])
        expect(ofValidator({ [bound]: value })).toEqual([`0.validators.0.${bound}`]);
    }
    expect(ofValidator({ least: 1 })).toEqual(['0.validators.0']);
  });
});
