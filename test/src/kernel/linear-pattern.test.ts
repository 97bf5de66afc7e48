import { describe, expect, it } from 'vitest';
import {
  compilePattern,
  PatternError,
  type PatternPlace,
  patternFault,
  patternOf,
  startPattern,
} from '../../../src/kernel/index.ts';

/** What expressions and texts are made of, so that the engine of the language judges them alike. */
const PIECES = [
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '(ab|c)',
  '(?:a|)',
  'a*',
  'b+',
  'c?',
  '[a-c]{2}',
  'a{1,3}',
  'b{2,}',
  '(a+)+',
  '\\.',
  '\\p{L}',
];
const TEXTS = ['', 'a', 'b', 'ab', 'abc', 'aab', 'bbb', 'cc', 'a.b', '7a', 'abab', 'aaaa', 'äb', 'cab', 'a\n'];

describe('expressions of tenants', () => {
  it('match the whole texts that the language matches', () => {
    for (const first of PIECES)
      for (const second of PIECES) {
        const source = `${first}${second}`;
        const matches = compilePattern(source);
        const expression = new RegExp(`^(?:${source})$`, 'u');
        for (const text of TEXTS) expect([source, text, matches(text)]).toEqual([source, text, expression.test(text)]);
      }
  });

  it('may have anchors at the ends, and lazy quantifiers', () => {
    expect(compilePattern('^a+?|b$')('aa')).toBe(true);
    expect(compilePattern('^a$')('ab')).toBe(false);
    expect(compilePattern('a\\$')('a$')).toBe(true);
    expect(compilePattern('a\\\\$')('a\\')).toBe(true);
    expect(compilePattern('\\t\\n\\-}]')('\t\n-}]')).toBe(true);
    expect(compilePattern('')('')).toBe(true);
    expect(compilePattern('.😀')('a😀')).toBe(true);
  });

  it('take no longer than their length says, whatever they are', () => {
    for (const source of ['(a+)+b', '(a|a)*b', '(a*)*b', '(.*)*x', '((a?){20})*b', '()*b'])
      expect(compilePattern(source)('a'.repeat(1_024))).toBe(false);
    expect(compilePattern('a*')('a'.repeat(1_025))).toBe(false);
  });

  it.each([
    'a)',
    '(a',
    '[a',
    '*a',
    'a**',
    '+',
    '{2}',
    'a{3,2}',
    '\\1',
    '(?=a)',
    '(?<n>a)',
    '(?i)a',
    '\\',
    '\\q',
    '\\p{Tide}',
    '[z-a]',
    '[a[b]]',
    '[a&&b]',
    'a^b',
    'a$b',
    'a{600}',
    '(a{99}){99}',
    '(((){9999}){9999}){9999}',
    '(()*){9999}',
    'a{1,9999}',
    `${'('.repeat(40)}a${')'.repeat(40)}`,
  ])('are refused where they are none, or not known: %s', (source) => {
    expect(() => compilePattern(source)).toThrow(PatternError);
  });

  it('match nothing once the steps are used up, which several texts may share', () => {
    const wide = compilePattern(`(?:${Array.from({ length: 100 }, () => '.').join('|')})*`);
    expect(wide('x'.repeat(100))).toBe(true);
    expect(wide('x'.repeat(1_020))).toBe(true);
    const steps = { left: 50_000 };
    expect([wide('x'.repeat(100), steps), wide('x'.repeat(100), steps), wide('x'.repeat(100), steps)]).toContain(false);
    expect(steps.left).toBeLessThanOrEqual(0);
    expect(wide('', steps)).toBe(false);
    expect(compilePattern('a')('a', steps)).toBe(false);
  });

  it('tell how many characters are missing and possible after the beginning of a text, and when no match begins so', () => {
    const steps = { left: 10_000 };
    const after = (source: string, ...texts: string[]) =>
      texts.map((text) => {
        const begun: PatternPlace | null = startPattern(source, steps);
        const place = [...text].reduce((at: PatternPlace | null, one) => at?.after(one) ?? null, begun);
        return place && [place.missing, place.possible];
      });
    expect(after('ab(?:c|de)', '', 'a', 'ab', 'abc', 'x')).toEqual([[3, 4], [2, 3], [1, 2], [0, 0], null]);
    expect(after('.*-2026', '', '2-', '2-x', '-2026')).toEqual([
      [5, Infinity],
      [4, Infinity],
      [5, Infinity],
      [0, Infinity],
    ]);
    expect(after('a{2,}|b*', '', 'a', 'aaa')).toEqual([
      [0, Infinity],
      [1, Infinity],
      [0, Infinity],
    ]);
    expect(after('(?:[a-z]{60}|x){2}', '')).toEqual([[2, Infinity]]);
    expect(startPattern('a*', { left: 3 }).after('a')).toBeNull();
  });

  it('are kept for the next texts, the newest 200 of them', () => {
    const first = patternOf('kept-0');
    expect(patternOf('kept-0')).toBe(first);
    for (let index = 1; index <= 200; index += 1) expect(patternOf(`kept-${index}`)(`kept-${index}`)).toBe(true);
    expect(patternOf('kept-0')).not.toBe(first);
    expect(() => patternOf('(a')).toThrow(PatternError);
  });

  it('have a reason where they are refused', () => {
    expect(patternFault('[a-z]+')).toBeNull();
    expect(patternFault('(a')).toBe('A "(" has no end.');
    // Found while it is read: the end is not looked at.
    expect(patternFault(`${'\\d'.repeat(513)}(`)).toBe('The expression is too large.');
    expect(patternFault(`${'\\d'.repeat(511)}(`)).toBe('A "(" has no end.');
    expect(patternFault('a'.repeat(2_049))).toBe('An expression has at most 2048 characters.');
  });
});
