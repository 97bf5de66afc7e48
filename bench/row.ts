import type { Figures, ServerCost } from './figures.ts';
import type { Subject } from './servers.ts';
import type { World } from './world.ts';

/** What is counted: the figures of a row are those of one of these. */
export type Unit = 'request' | 'event' | 'delivery' | 'second' | 'start' | 'user';

/** What one burst of a contender did. */
export interface Burst {
  readonly units: number;
  readonly seconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Processor time of the process that sent or received, in seconds. */
  readonly generatorSeconds: number;
  /** Cost and peak of memory of the server that the burst started, where the contender has no subject. */
  readonly own?: ServerCost & { readonly peakMb: number };
  /** Facts beside the figures; those of the last burst are shown. */
  readonly remarks?: readonly string[];
  /** Checks the answers that were kept, after the processor time was read. */
  verify(): Promise<void>;
}

/** A contender that is ready to be measured. */
export interface Runner {
  /** Asks for answers and checks each of them; throws when one is not right. Called before and after the rounds. */
  check(): Promise<void>;
  warmUp(): Promise<void>;
  burst(seconds: number): Promise<Burst>;
  close(): Promise<void>;
}

/** One way to do the work of a row. */
export interface Contender {
  readonly name: string;
  /** Null for one whose bursts start servers. */
  readonly subject: Subject | null;
  open(): Promise<Runner>;
}

/** Rounds and lengths of this run. */
export interface RunOptions {
  readonly rounds: number;
  readonly burstSeconds: number;
  /** Overrides the count of each row. */
  readonly warmUp: number | null;
  readonly patienceSeconds: number;
}

/** A line of the table: an operation, and who does it. */
export interface BenchRow {
  /** Name for `--rows` and in `bench/budget.json`. */
  readonly key: string;
  readonly title: string;
  /** What is counted. Default `request`. */
  readonly unit?: Unit;
  /** Servers that the row needs; a server that no later row needs is stopped. */
  readonly servers: readonly ServerKey[];
  /** The least seconds of a burst, where fewer would tell nothing. */
  readonly leastSeconds?: number;
  /** The most rounds, where more would tell nothing. */
  readonly mostRounds?: number;
  /** Makes what the row needs. The first contender is ours; the others are compared with it. */
  prepare(world: World, options: RunOptions): Promise<readonly Contender[]>;
}

export type ServerKey =
  | 'idgraph'
  | 'idgraph-sockets'
  | 'idgraph-tenants'
  | 'idgraph-few-tenants'
  | 'idgraph-grown'
  | 'idgraph-embedded'
  | 'oidc-provider'
  | 'postgraphile'
  | 'hand-written'
  | 'hand-written-koa'
  | 'scimmy';

/** What a row measured. */
export interface RowResult {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
  readonly contenders: readonly ContenderResult[];
}

export interface ContenderResult {
  readonly name: string;
  readonly figures: Figures;
  /** Facts beside the figures, such as memory before and after. */
  readonly remarks: readonly string[];
}
