import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { Sweeper } from '../../../src/server/start/sweeper.ts';

const lines: string[] = [];
const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });

/** A sweep over so many expired rows; it deletes up to `limit` at once. */
function sweepOf(rows: number) {
  const batches: number[] = [];
  const sweep = async (limit: number): Promise<number> => {
    const deleted = Math.min(limit, rows);
    rows -= deleted;
    batches.push(deleted);
    return deleted;
  };
  return { sweep, batches };
}

describe('the sweeper', () => {
  it.each([
    [true, [100, 100, 50]],
    [false, [250]],
  ])(
    'deletes until nothing is left, in smaller batches on the embedded database (%s)',
    async (isEmbedded, expected) => {
      const { sweep, batches } = sweepOf(250);
      await new Sweeper({ isEmbedded }, [sweep], logger).sweep();
      expect(batches).toEqual(expected);
    },
  );

  it('runs the other sweeps when one fails, and logs the fault', async () => {
    const { sweep, batches } = sweepOf(1);
    const failing = () => Promise.reject(new Error('deadlock detected'));
    await new Sweeper({ isEmbedded: true }, [failing, sweep], logger).sweep();
    expect(batches).toEqual([1]);
    expect(lines.join('')).toContain('deadlock detected');
  });

  it('begins no further batch once it stops', async () => {
    const { sweep, batches } = sweepOf(10_000);
    const sweeper: Sweeper = new Sweeper({ isEmbedded: true }, [(limit) => stopAfter(sweep(limit))], logger);
    const stopAfter = async (deleted: Promise<number>): Promise<number> => {
      await sweeper.stop();
      return deleted;
    };
    await sweeper.sweep();
    expect(batches).toEqual([100]);
  });
});
