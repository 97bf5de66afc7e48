import { betterHalf, median } from './statistics.ts';

/** What one burst cost: processor time in seconds, for `units` requests, deliveries or seconds. */
export interface RoundCost {
  readonly units: number;
  readonly seconds: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  readonly mainSeconds: number;
  readonly workerSeconds: number;
  /** Null for a server with an embedded database, whose time is in its own. */
  readonly databaseSeconds: number | null;
  readonly generatorSeconds: number;
  /** Processor time of one Ed25519 signature before the burst, in microseconds. */
  readonly signatureMicroseconds: number;
}

/** The figures of a contender: medians over the better half of its rounds, by the server's processor time. */
export interface Figures {
  /** Processor time of the server for each unit, in Ed25519 signatures of the same round. */
  readonly serverSignatures: number;
  readonly databaseSignatures: number | null;
  /** The same in microseconds. */
  readonly mainMicroseconds: number;
  readonly workerMicroseconds: number;
  readonly databaseMicroseconds: number | null;
  readonly generatorMicroseconds: number;
  readonly unitsPerSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Peak of the server's resident memory in the row, in MB. */
  readonly peakMb: number;
}

const MICRO = 1_000_000;

export function summarise(rounds: readonly RoundCost[], peakMb: number): Figures {
  const better = betterHalf(rounds, (round) => (round.mainSeconds + round.workerSeconds) / round.units);
  const of = (read: (round: RoundCost) => number): number => median(better.map(read));
  const hasDatabase = better.every(({ databaseSeconds }) => databaseSeconds !== null);
  const database = (round: RoundCost): number => ((round.databaseSeconds ?? 0) * MICRO) / round.units;
  return {
    serverSignatures: of(
      (round) => ((round.mainSeconds + round.workerSeconds) * MICRO) / round.units / round.signatureMicroseconds,
    ),
    databaseSignatures: hasDatabase ? of((round) => database(round) / round.signatureMicroseconds) : null,
    mainMicroseconds: of((round) => (round.mainSeconds * MICRO) / round.units),
    workerMicroseconds: of((round) => (round.workerSeconds * MICRO) / round.units),
    databaseMicroseconds: hasDatabase ? of(database) : null,
    generatorMicroseconds: of((round) => (round.generatorSeconds * MICRO) / round.units),
    unitsPerSecond: of((round) => round.units / round.seconds),
    p50Milliseconds: of((round) => round.p50Milliseconds),
    p99Milliseconds: of((round) => round.p99Milliseconds),
    peakMb,
  };
}

/** How much more processor time a server takes for a unit than ours does: above 1, ours is the faster one. */
export const compare = (ours: Figures, other: Figures): number => other.serverSignatures / ours.serverSignatures;
