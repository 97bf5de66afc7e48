import { describe, expect, it } from 'vitest';
import { ArgumentError, readArguments } from '../../bench/arguments.ts';

const ROWS = ['token', 'idle'];
const read = (...args: string[]) => readArguments(args, ROWS);

describe('arguments of the bench', () => {
  it('measures every row with eight rounds when nothing is said', () => {
    expect(read()).toEqual({
      command: 'rows',
      rows: null,
      rounds: 8,
      burstSeconds: 2,
      warmUp: null,
      patienceSeconds: 10,
      requests: 1_000_000,
      users: 1_000_000,
      tenants: 10_000,
      events: 1_000_000,
      budget: 'compared',
    });
  });

  it('reads rows, rounds and the other options', () => {
    const args = '--rows token,idle --rounds 2 --seconds 0.5 --warm-up 1,000 --patience 0 --write-budget'.split(' ');
    expect(read(...args)).toMatchObject({
      rows: ['token', 'idle'],
      rounds: 2,
      burstSeconds: 0.5,
      warmUp: 1_000,
      patienceSeconds: 0,
      budget: 'extended',
    });
  });

  it('begins a new budget', () => {
    expect(read('--new-budget').budget).toBe('replaced');
  });

  it('reads the soak and its number of requests', () => {
    expect(read('soak', '--requests', '5000')).toMatchObject({ command: 'soak', requests: 5_000 });
  });

  it('reads the size of the large database of growth', () => {
    expect(read('growth', '--users', '50000', '--tenants', '1,000', '--events', '60000')).toMatchObject({
      command: 'growth',
      users: 50_000,
      tenants: 1_000,
      events: 60_000,
    });
  });

  it('reads the comparison of names', () => {
    expect(read('names', '--rounds', '2')).toMatchObject({ command: 'names', rounds: 2 });
  });

  it('names the rows when one is unknown', () => {
    expect(() => read('--rows', 'tokens')).toThrow('There is no row "tokens". The rows are: token, idle.');
  });

  it.each([
    [['--rounds', '0'], '--rounds must be a whole number from 1 to 100.'],
    [['--rounds', '1.5'], '--rounds must be a whole number'],
    [['--seconds', 'two'], '--seconds must be a number from 0.2 to 60.'],
    [['--warm-up', ''], '--warm-up must be'],
    [['--row', 'token'], "Unknown option '--row'"],
    [['growth', '--users', '100'], '--users must be a whole number from 10000 to 10000000.'],
    [['measure'], 'There is no command "measure".'],
    [['soak', 'twice'], 'There is no command "soak twice".'],
  ])('refuses %j', (args, message) => {
    expect(() => read(...args)).toThrow(ArgumentError);
    expect(() => read(...args)).toThrow(message);
  });
});
