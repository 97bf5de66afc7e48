import { betterHalf, median } from './statistics.ts';

/** Processor time of a server, in seconds. */
export interface ServerCost {
  readonly mainSeconds: number;
  readonly workerSeconds: number;
  /** By `application_name`; null for a server with an embedded database, whose time is in its own. */
  readonly databaseSeconds: ReadonlyMap<string, number> | null;
}

/** What one burst cost, for `units` requests, deliveries or seconds. */
export interface RoundCost extends ServerCost {
  readonly units: number;
  readonly seconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly generatorSeconds: number;
  /** Processor time of one Ed25519 signature before the burst, in microseconds. */
  readonly signatureMicroseconds: number;
}

/** The figures of a contender: medians over the better half of its rounds, by the server's processor time. */
export interface Figures {
  /** Processor time of the server for each unit, in Ed25519 signatures of the same round. */
  readonly serverSignatures: number;
  /** The least and the most of all rounds. */
  readonly serverRange: readonly [number, number];
  readonly databaseSignatures: number | null;
  /** The same in microseconds. */
  readonly mainMicroseconds: number;
  readonly workerMicroseconds: number;
  readonly databaseMicroseconds: number | null;
  /** The same by `application_name`. */
  readonly databaseParts: Readonly<Record<string, number>>;
  readonly generatorMicroseconds: number;
  readonly unitsPerSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Peak of the server's resident memory in the row, in MB. */
  readonly peakMb: number;
}

const MICRO = 1_000_000;

const sum = (values: Iterable<number>): number => [...values].reduce((all, value) => all + value, 0);

/** Processor time of PostgreSQL in a burst, in seconds. */
export const sumDatabase = ({ databaseSeconds }: ServerCost): number => sum(databaseSeconds?.values() ?? []);

export function summarise(rounds: readonly RoundCost[], peakMb: number): Figures {
  const better = betterHalf(rounds, (round) => (round.mainSeconds + round.workerSeconds) / round.units);
  const of = (read: (round: RoundCost) => number): number => median(better.map(read));
  const hasDatabase = better.every(({ databaseSeconds }) => databaseSeconds !== null);
  const database = (round: RoundCost): number => (sumDatabase(round) * MICRO) / round.units;
  const server = (round: RoundCost): number =>
    ((round.mainSeconds + round.workerSeconds) * MICRO) / round.units / round.signatureMicroseconds;
  const all = rounds.map(server);
  const names = new Set(better.flatMap(({ databaseSeconds }) => [...(databaseSeconds?.keys() ?? [])]));
  const part = (name: string): number =>
    of(({ databaseSeconds, units }) => ((databaseSeconds?.get(name) ?? 0) * MICRO) / units);
  return {
    serverSignatures: of(server),
    serverRange: [Math.min(...all), Math.max(...all)],
    databaseSignatures: hasDatabase ? of((round) => database(round) / round.signatureMicroseconds) : null,
    mainMicroseconds: of((round) => (round.mainSeconds * MICRO) / round.units),
    workerMicroseconds: of((round) => (round.workerSeconds * MICRO) / round.units),
    databaseMicroseconds: hasDatabase ? of(database) : null,
    databaseParts: Object.fromEntries([...names].sort().map((name) => [name, part(name)])),
    generatorMicroseconds: of((round) => (round.generatorSeconds * MICRO) / round.units),
    unitsPerSecond: of((round) => round.units / round.seconds),
    p50Milliseconds: of((round) => round.p50Milliseconds),
    p99Milliseconds: of((round) => round.p99Milliseconds),
    peakMb,
  };
}

/** How much more processor time a server takes for a unit than ours does: above 1, ours is the faster one. */
export const compare = (ours: Figures, other: Figures): number => other.serverSignatures / ours.serverSignatures;
