import { describe, expect, it } from 'vitest';
import { WritePace } from '../../../../src/server/graphql/write-pace.ts';

describe('the pace of frames', () => {
  it('lets requests be served after each 1,000 frames of all writers', async () => {
    const pace = new WritePace();
    let turns = 0;
    let written = 0;
    const writtenAtTurn: number[] = [];
    const count = () => {
      turns += 1;
      writtenAtTurn.push(written);
      if (written < 3_500) setImmediate(count);
    };
    setImmediate(count);
    const write = async (frames: number) => {
      for (let i = 0; i < frames; i++) {
        const turn = pace.take();
        if (turn !== undefined) await turn;
        written += 1;
      }
    };
    await Promise.all([write(900), write(1_600), write(1_000)]);
    expect(written).toBe(3_500);
    expect(turns).toBeGreaterThanOrEqual(3);
    for (const [i, before] of [0, ...writtenAtTurn].entries())
      expect((writtenAtTurn[i] ?? written) - before).toBeLessThanOrEqual(1_000);
  });
});
