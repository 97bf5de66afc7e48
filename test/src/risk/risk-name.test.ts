import { describe, expect, it } from 'vitest';
import { matcherOf, riskNames } from '../../../src/risk/risk-name.ts';

describe('names of findings', () => {
  it('are apart at commas outside brackets, without blanks, in lower case', () => {
    expect(riskNames('JBreak[1] (300), Jbreak [400],CodeInjection[6][7]')).toEqual([
      'jbreak[1](300)',
      'jbreak[400]',
      'codeinjection[6][7]',
    ]);
    expect(riskNames('A[1,2],B')).toEqual(['a[1,2]', 'b']);
    expect(riskNames('')).toEqual([]);
    expect(riskNames(' , ')).toEqual([]);
  });

  it.each([
    ['JBreak[1](300)', 'JBreak[1](300)', true],
    ['jbreak[1] (300)', 'JBreak[1](300)', true],
    ['JBreak[1](301)', 'JBreak[1](300)', false],
    ['JBreak[1](300)', 'JBreak', true],
    ['JBreak', 'JBreak[1](300)', false],
    ['JBreak', 'Emulator,Jbreak', true],
    ['JBreak[400]', 'JBreak[1](300),JBreak[400]', true],
    ['Manipulation[2](9', 'Manipulation[2](9', true],
    ['Manipulation[2](9', 'Manipulation', false],
    ['Manipulation[2](9)', 'Manipulation[2](9', false],
    ['JBreak_test', 'JBreak', false],
  ])('%s against the list %s: %s', (asked, list, matches) => {
    expect(matcherOf(asked)(list)).toBe(matches);
  });
});
