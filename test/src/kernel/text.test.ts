import { describe, expect, it } from 'vitest';
import { fold, isDatabaseText, isStorableText, readTypedCode, requireText } from '../../../src/kernel/index.ts';
import { removeBlanks } from '../../../src/kernel/text.ts';
import { faultsOf } from '../../support/refusal.ts';

describe('folded names', () => {
  it.each([
    ['Alice@Example.COM', 'alice@example.com'],
    ['Ａlice', 'alice'],
    ['ﬁna', 'fina'],
    ['A\u030aNGSTROM', '\u00e5ngstrom'],
    ['\u212aelvin', 'kelvin'],
  ])('make one name of %j and %j', (one, other) => expect(fold(one)).toBe(other));

  it('keep what differs in more than case and width apart', () => {
    expect(fold('alice')).not.toBe(fold('аlice'));
    expect(fold('strasse')).not.toBe(fold('straße'));
  });
});

describe('a typed code', () => {
  it.each([
    ['123 456', '123456'],
    ['\t123\u00a0456\r\n', '123456'],
    ['\u200b12\u200d34\u206056\ufeff', '123456'],
    ['12-34', '12-34'],
  ])('%j is read as %j', (typed, code) => {
    expect(readTypedCode(typed)).toBe(code);
    expect(removeBlanks(typed)).toBe(code);
  });

  it('has at most 64 characters, its blanks included; a longer one equals no code', () => {
    const typed = (blanks: number) => `${' '.repeat(blanks)}123456`;
    expect(readTypedCode(typed(58))).toBe('123456');
    expect(readTypedCode(typed(59))).toBe('');
  });
});

describe('texts and the database', () => {
  it.each(['\0', 'a\0b', '\ud800', 'a\udfff', '\udfff\ud800'])('cannot hold %j at all', (text) => {
    expect([isDatabaseText(text), isStorableText(text)]).toEqual([false, false]);
  });

  it.each(['a\nb', '\t', '\u0007', '\u007f', '\u0085'])('hold %j, but not where a person has to read it', (text) => {
    expect([isDatabaseText(text), isStorableText(text)]).toEqual([true, false]);
  });

  it.each(['', 'a b', 'Ä', '\u{1f600}', '\u00a0', '\u200b'])('hold %j', (text) => {
    expect([isDatabaseText(text), isStorableText(text)]).toEqual([true, true]);
  });
});

describe('a text that is to be stored', () => {
  const faults = (value: unknown, rule = { max: 4 }) => faultsOf(() => requireText(value, 'input.name', rule));

  it('is returned as it is', () => expect(requireText(' Ä1 ', 'input.name', { max: 4 })).toBe(' Ä1 '));

  it.each([undefined, null, 7, true, ['a'], { toString: () => 'a' }])('is no %j', async (value) => {
    expect(await faults(value)).toEqual(['INVALID_INPUT', 'input.name TEXT_REQUIRED']);
  });

  it('has 1 to the largest number of UTF-16 units, unless it may be empty', async () => {
    expect(await faults('1234')).toBeNull();
    expect(await faults('12345')).toEqual(['INVALID_INPUT', 'input.name TEXT_LENGTH']);
    expect(await faults('\u{1f600}\u{1f600}')).toBeNull();
    expect(await faults('\u{1f600}\u{1f600}1')).toEqual(['INVALID_INPUT', 'input.name TEXT_LENGTH']);
    expect(await faults('')).toEqual(['INVALID_INPUT', 'input.name TEXT_LENGTH']);
    expect(requireText('', 'input.name', { min: 0, max: 4 })).toBe('');
    expect(() => requireText('ab', 'input.name', { min: 3, max: 4 })).toThrow('3 to 4 characters');
  });

  it.each(['\0', 'a\n', '\u0085', '\ud83d'])('is refused with %j', async (text) => {
    expect(await faults(text)).toEqual(['INVALID_INPUT', 'input.name TEXT_NOT_STORABLE']);
  });
});
