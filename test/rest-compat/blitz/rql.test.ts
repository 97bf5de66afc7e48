import { describe, expect, it } from 'vitest';
import { parseRql, type RqlCall, RqlRefusal, splitLimit } from '../../../rest-compat/blitz/rql.ts';

/** An expression as nested lists, values as `type:text`. */
const shape = (node: RqlCall): unknown[] => [
  node.name,
  ...node.args.map((arg) => (arg.kind === 'call' ? shape(arg) : `${arg.type}:${arg.text}`)),
];
const read = (text: string) => shape(parseRql(text));

function refusal(act: () => unknown): RqlRefusal {
  try {
    act();
  } catch (error) {
    if (error instanceof RqlRefusal) return error;
  }
  throw new Error('Nothing was refused.');
}

describe('RQL', () => {
  it('reads the published samples', () => {
    expect(read('and(eq(family_name,string:Orlov),limit(5))')).toEqual([
      'and',
      ['eq', 'auto:family_name', 'string:Orlov'],
      ['limit', 'auto:5'],
    ]);
    expect(read('or(eq(OGRN,string:1230000000001),eq(INN,string:7700000001))')).toEqual([
      'or',
      ['eq', 'auto:OGRN', 'string:1230000000001'],
      ['eq', 'auto:INN', 'string:7700000001'],
    ]);
    expect(read('and(ge(ts,1700000000),le(ts,1800000000),limit(10))')).toEqual([
      'and',
      ['ge', 'auto:ts', 'auto:1700000000'],
      ['le', 'auto:ts', 'auto:1800000000'],
      ['limit', 'auto:10'],
    ]);
  });

  it('decodes values that were encoded within the expression', () => {
    expect(read('eq(name,string:A%2CB%20%28C%29)')).toEqual(['eq', 'auto:name', 'string:A,B (C)']);
    expect(read('eq(name,string%3Ax)')).toEqual(['eq', 'auto:name', 'auto:string:x']);
    expect(read('eq(rate,100%)')).toEqual(['eq', 'auto:rate', 'auto:100%']);
  });

  it('accepts balanced parentheses, blanks and colons inside values', () => {
    expect(read('eq( name , Example (Moscow) Ltd )')).toEqual(['eq', 'auto:name', 'auto:Example (Moscow) Ltd']);
    expect(read('and(eq(f,string:f(x,y)), eq(g,f(x)))')).toEqual([
      'and',
      ['eq', 'auto:f', 'string:f(x,y)'],
      ['eq', 'auto:g', 'auto:f(x)'],
    ]);
    expect(read('eq(at,2026-01-01T10:00)')).toEqual(['eq', 'auto:at', 'auto:2026-01-01T10:00']);
    expect(read('eq(a,)')).toEqual(['eq', 'auto:a', 'auto:']);
  });

  it('checks values with a type prefix', () => {
    expect(read('eq(a,number:-1.5)')).toEqual(['eq', 'auto:a', 'number:-1.5']);
    expect(read('eq(a,boolean:true)')).toEqual(['eq', 'auto:a', 'boolean:true']);
    expect(refusal(() => parseRql('eq(a,number:x)')).at).toBe(5);
    expect(refusal(() => parseRql('eq(a,boolean:1)')).at).toBe(5);
  });

  it.each([
    ['', 0],
    ['eq', 0],
    ['eq(a,b', 6],
    ['eq(a,b))', 7],
    ['eq(a,(b)', 8],
    ['and(a,b)', 4],
    ['and()', 4],
    ['and(eq(a,b),)', 12],
    ['and(eq(a,b)x)', 11],
    ['eq(a,b)&eq(c,d)', 7],
    ['(eq(a,b))', 0],
    ['\0(a)', 0],
  ])('refuses %j and names the position', (text, at) => {
    expect(refusal(() => parseRql(text)).at).toBe(at);
  });

  it('bounds length, depth and size', () => {
    const nested = (depth: number) => `${'and('.repeat(depth)}eq(a,b)${')'.repeat(depth)}`;
    expect(read(nested(7))).toBeDefined();
    expect(refusal(() => parseRql(nested(8))).message).toContain('8 deep');
    expect(refusal(() => parseRql(nested(400))).message).toContain('8 deep');
    const wide = (size: number) => `or(${Array(size).fill('eq(a,b)').join(',')})`;
    expect(read(wide(33))).toHaveLength(34);
    expect(refusal(() => parseRql(wide(34))).message).toContain('too many parts');
    expect(refusal(() => parseRql(`eq(a,${'b'.repeat(5000)})`)).message).toContain('4096');
  });

  it('removes the limit from the outermost `and`', () => {
    const split = (text: string) => {
      const { condition, limit } = splitLimit(parseRql(text));
      return [condition && shape(condition), limit];
    };
    expect(split('limit(3)')).toEqual([null, 3]);
    expect(split('and(limit(3))')).toEqual([null, 3]);
    expect(split('eq(a,b)')).toEqual([['eq', 'auto:a', 'auto:b'], null]);
    expect(split('and(eq(a,b),limit(0))')).toEqual([['and', ['eq', 'auto:a', 'auto:b']], 0]);
    for (const text of ['limit(x)', 'limit(-1)', 'limit(1,2)', 'and(limit(1),limit(2))', 'limit(99999999999)']) {
      expect(refusal(() => split(text))).toBeInstanceOf(RqlRefusal);
    }
  });
});
