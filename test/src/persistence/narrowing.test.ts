import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { allOf, finding, notMeeting, oneOf, testing } from '../../../src/persistence/index.ts';

describe('conditions that rows are found by', () => {
  const known = finding({ source: sql`select id from things where kind = 'boat'`, test: sql<boolean>`kind = 'boat'` });

  it('are not looked at again where one of them found the row', () => {
    expect([known, allOf([known]), oneOf([known]), oneOf([known, known])].map((one) => one?.isExact)).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  it('are looked at again where only one of several found the row, or none did', () => {
    const both = allOf([known, known])!;
    const others = [both, allOf([known, testing(sql<boolean>`true`)]), oneOf([known, both]), notMeeting(known)];
    expect(others.map((one) => one?.isExact)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
