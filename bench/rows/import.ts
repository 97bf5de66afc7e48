import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endChild } from '../children.ts';
import { writeExportedRealm } from '../exported-realm.ts';
import { readMemory } from '../processor.ts';
import type { BenchRow, Burst, Contender } from '../row.ts';
import { type IdgraphOptions, startImport } from '../servers.ts';
import { subtractTimes, type World } from '../world.ts';

const DATABASE = 'idgraph_bench_import';
const USERS = 100_000;
const NO_TIME = { server: { main: 0, workers: 0 }, database: new Map() };

type Outcome = 'added' | 'same';

interface Summary {
  readonly tallies?: { readonly user?: Partial<Record<Outcome, number>> };
}

/** What a child has used so far; what it had used before, where it has ended. */
async function readCost(world: World, pid: number, before: Burst['own']): Promise<Burst['own']> {
  const backends = { database: DATABASE, application: 'idgraph' };
  try {
    const times = await world.readTimes({ pid, backends });
    return { ...subtractTimes(NO_TIME, times), peakMb: (await readMemory(pid)).peakMb };
  } catch {
    return before;
  }
}

/** Imports the file and waits until the command has ended. @param outcome What has to become of every user. */
async function importOnce(world: World, options: IdgraphOptions, file: string, outcome: Outcome): Promise<Burst> {
  const begun = performance.now();
  const child = startImport(options, file);
  const ended = once(child, 'exit');
  let last = '{}';
  let own: Burst['own'];
  try {
    for await (const line of createInterface({ input: child.stdout! })) {
      last = line;
      // At its last line the command has closed its connections.
      if (line.includes('"done"')) own = await readCost(world, child.pid!, own);
    }
    await ended;
  } finally {
    await endChild(child);
  }
  const seconds = (performance.now() - begun) / 1000;
  return {
    units: USERS,
    seconds,
    p50Milliseconds: seconds * 1000,
    p99Milliseconds: seconds * 1000,
    generatorSeconds: 0,
    own: own!,
    remarks: [`${seconds.toFixed(1)} s from the start of the command to its end`],
    verify: async () => {
      const { tallies } = JSON.parse(last) as Summary;
      if (tallies?.user?.[outcome] !== USERS) throw new Error(`Not all users were ${outcome}: ${last.slice(0, 500)}`);
    },
  };
}

const nothing = async (): Promise<void> => undefined;

const imported: BenchRow = {
  key: 'import',
  title: 'an import of 100,000 users with hashes, roles and groups',
  unit: 'user',
  servers: [],
  // The second contender needs what the first one wrote.
  mostRounds: 1,
  async prepare(world) {
    const folder = await mkdtemp(join(tmpdir(), 'idgraph-bench-'));
    const file = join(folder, 'realm.json');
    await writeExportedRealm(file, USERS);
    const options = {
      database: { name: DATABASE, url: await world.cluster.create(DATABASE) },
      masterKey: world.masterKey,
    };
    const contender = (name: string, outcome: Outcome, close = nothing): Contender => ({
      name,
      subject: null,
      open: async () => ({
        check: nothing,
        warmUp: nothing,
        burst: () => importOnce(world, options, file, outcome),
        close,
      }),
    });
    return [
      contender('idgraph', 'added'),
      contender('the same file again', 'same', () => rm(folder, { recursive: true, force: true })),
    ];
  },
};

export const IMPORT_ROWS = { imported };
