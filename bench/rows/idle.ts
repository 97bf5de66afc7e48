import type { BenchRow, Burst } from '../row.ts';
import type { World } from '../world.ts';

/** The statistics of PostgreSQL are a second old at most, so a shorter burst would not count right. */
const LEAST_SECONDS = 6;

async function rest(world: World, database: string, seconds: number): Promise<Burst> {
  const before = await world.cluster.countTransactions(database);
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const passed = (performance.now() - begun) / 1000;
  const transactions = (await world.cluster.countTransactions(database)) - before;
  return {
    units: passed,
    seconds: passed,
    p50Milliseconds: Number.NaN,
    p99Milliseconds: Number.NaN,
    generatorSeconds: 0,
    remarks: [`${(transactions / passed).toFixed(1)} statements a second`],
    verify: async () => undefined,
  };
}

/** What a node does while nobody asks it: its cost is that of a second, and each of its transactions is one statement. */
const idle: BenchRow = {
  key: 'idle',
  title: 'a node without requests, for each second',
  unit: 'second',
  servers: ['idgraph'],
  leastSeconds: LEAST_SECONDS,
  mostRounds: 3,
  async prepare(world) {
    const subject = await world.server('idgraph');
    return [
      {
        name: 'idgraph',
        subject,
        open: async () => ({
          check: async () => undefined,
          warmUp: async () => undefined,
          burst: (seconds) => rest(world, subject.backends!.database, seconds),
          close: async () => undefined,
        }),
      },
    ];
  },
};

export const IDLE_ROWS = { idle };
