import { readMemory } from '../processor.ts';
import type { BenchRow, Burst, Contender } from '../row.ts';
import { type IdgraphOptions, newMasterKey, startIdgraph } from '../servers.ts';
import { subtractTimes, type World } from '../world.ts';

const DATABASE = 'idgraph_bench_start';

const NO_TIME = { server: { main: 0, workers: 0 }, database: new Map() };

/** Starts a service, waits until it is ready, and ends it. */
async function startOnce(world: World, options: IdgraphOptions): Promise<Burst> {
  const subject = await startIdgraph(options);
  try {
    const used = subtractTimes(NO_TIME, await world.readTimes(subject));
    const { peakMb } = await readMemory(subject.pid);
    const milliseconds = subject.startSeconds * 1000;
    return {
      units: 1,
      seconds: subject.startSeconds,
      p50Milliseconds: milliseconds,
      p99Milliseconds: milliseconds,
      generatorSeconds: 0,
      own: { ...used, peakMb },
      verify: async () => undefined,
    };
  } finally {
    await subject.stop();
  }
}

/** Starts of our service on a database, each of which is ended. */
export function starts(world: World, options: IdgraphOptions): Contender {
  return {
    name: 'idgraph',
    subject: null,
    open: async () => ({
      check: async () => undefined,
      // The first start on a new database migrates it.
      warmUp: async () => {
        if (options.database !== null) await startOnce(world, options);
      },
      burst: () => startOnce(world, options),
      close: async () => undefined,
    }),
  };
}

export const MOST_STARTS = 4;

const start: BenchRow = {
  key: 'start',
  title: 'a start on PostgreSQL, until the node is ready',
  unit: 'start',
  servers: [],
  mostRounds: MOST_STARTS,
  async prepare(world) {
    const url = await world.cluster.create(DATABASE);
    return [starts(world, { database: { name: DATABASE, url }, masterKey: newMasterKey() })];
  },
};

const startEmbedded: BenchRow = {
  key: 'start-embedded',
  title: 'the first start on the embedded database, until the node is ready',
  unit: 'start',
  servers: [],
  mostRounds: MOST_STARTS,
  prepare: async (world) => [starts(world, { database: null })],
};

export const START_ROWS = { start, startEmbedded };
