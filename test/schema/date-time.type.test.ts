import { describe, expect, it } from 'vitest';
import { DateTime } from '../../schema/date-time.type.ts';

const ANSWER = '2026-03-01T10:20:30.123Z';

describe('DateTime in answers', () => {
  it.each([
    ['a Date', new Date(ANSWER)],
    ['a text in the form of answers', ANSWER],
    ['a text with an offset', '2026-03-01T12:20:30.123+02:00'],
    ['milliseconds since the epoch', Date.parse(ANSWER)],
  ])('is a text in UTC with milliseconds, from %s', (_, value) => {
    expect(DateTime.serialize(value)).toBe(ANSWER);
  });

  it.each([
    ['an invalid Date', new Date(Number.NaN)],
    ['a text that is no moment', 'yesterday'],
    ['a moment as PostgreSQL writes it', '2026-03-01 10:20:30.123+00'],
    ['an object', {}],
  ])('refuses %s', (_, value) => {
    expect(() => DateTime.serialize(value)).toThrow();
  });
});

describe('DateTime in arguments', () => {
  it('is a Date, from a text with or without milliseconds, and refuses other values', () => {
    expect(DateTime.parseValue(ANSWER)).toEqual(new Date(ANSWER));
    expect(DateTime.parseValue('2026-03-01T10:20:30Z')).toEqual(new Date('2026-03-01T10:20:30Z'));
    expect(() => DateTime.parseValue('yesterday')).toThrow();
    expect(() => DateTime.parseValue(1)).toThrow();
  });
});
