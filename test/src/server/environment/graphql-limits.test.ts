import { describe, expect, it } from 'vitest';
import {
  DEFAULT_GRAPHQL_LIMITS,
  LIMIT_NAMES,
  parseGraphqlLimits,
} from '../../../../src/server/environment/graphql-limits.ts';

describe('the limits of the graph', () => {
  it('are the default where nothing is named', () => {
    for (const text of ['', ' ', ',', ' , ,']) expect(parseGraphqlLimits(text)).toEqual(DEFAULT_GRAPHQL_LIMITS);
  });

  it('are read by name, blanks ignored; the others keep their default, and of two values the last counts', () => {
    expect(parseGraphqlLimits(' depth = 12 ,cost=5000,,depth=13')).toEqual({
      ...DEFAULT_GRAPHQL_LIMITS,
      depth: 13,
      cost: 5000,
    });
  });

  it.each([
    'depth',
    'depth=',
    '=12',
    'depth=12=13',
    'depths=12',
    'Depth=12',
    'constructor=12',
    '__proto__=12',
    'depth:12',
  ])('are not read from %j', (pair) =>
    expect(() => parseGraphqlLimits(`cost=5000,${pair}`)).toThrow(/is not name=value|must be a whole number/),
  );

  it.each(['1.5', '-1', '1e3', '0x10', ' ', 'ten', '１２', '1000000000', 'Infinity'])('are not %j', (value) => {
    expect(() => parseGraphqlLimits(`depth=${value}`)).toThrow('depth must be a whole number from 3 to 100');
  });

  it.each(LIMIT_NAMES)('%s takes its least and its greatest value, and none beyond', (name) => {
    const bounds = (() => {
      try {
        parseGraphqlLimits(`${name}=x`);
      } catch (error) {
        return /from (\d+) to (\d+)/
          .exec((error as Error).message)!
          .slice(1)
          .map(Number);
      }
      return [];
    })();
    const [least, greatest] = bounds as [number, number];
    expect(parseGraphqlLimits(`${name}=${least}`)[name]).toBe(least);
    expect(parseGraphqlLimits(`${name}=${greatest}`)[name]).toBe(greatest);
    for (const value of [least - 1, greatest + 1]) expect(() => parseGraphqlLimits(`${name}=${value}`)).toThrow(name);
    expect(DEFAULT_GRAPHQL_LIMITS[name]).toBeGreaterThanOrEqual(least);
    expect(DEFAULT_GRAPHQL_LIMITS[name]).toBeLessThanOrEqual(greatest);
  });
});
