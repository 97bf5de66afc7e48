import { type Check, checkAll } from './checks.ts';
import type { LoadPlan } from './load-protocol.ts';
import type { Burst, Contender, Runner } from './row.ts';
import type { Subject } from './servers.ts';
import { median } from './statistics.ts';
import type { World } from './world.ts';

/** As many as a busy service has of one client; the database's pool has fewer. */
export const CONNECTIONS = 64;
/** Requests before the first round, after which the compiler of V8 is mostly done. */
export const WARM_UP = 30_000;
/** For rows that answer with many objects, or that write much. */
export const WARM_UP_OF_LISTS = 5_000;
/** A warm-up of slow requests ends after this time, unless the row says otherwise. */
const MOST_WARM_UP_SECONDS = 12;
/** Every so many answers are checked during a load. */
const CHECK_EVERY = 100;
/** Answers that are checked before and after a load, unless the row says otherwise. */
const PROBES = 128;

export interface HttpContender {
  readonly name: string;
  readonly subject: Subject;
  readonly plan: Omit<LoadPlan, 'url' | 'connections'> & { readonly connections?: number };
  readonly check: Check;
  readonly warmUp: number;
  /** When the warm-up ends. Default 12 s. */
  readonly warmUpSeconds?: number;
  /** Answers that are checked before and after the rounds. Default 128. */
  readonly probes?: number;
}

/** A contender that answers requests over HTTP. */
export function overHttp(world: World, contender: HttpContender): Contender {
  const { name, subject, plan, check, warmUp, warmUpSeconds = MOST_WARM_UP_SECONDS, probes = PROBES } = contender;
  return {
    name,
    subject,
    async open(): Promise<Runner> {
      const load = await world.generator.open({ connections: CONNECTIONS, ...plan, url: subject.url });
      const burst = async (options: { seconds?: number; requests?: number }, keepEvery: number): Promise<Burst> => {
        const { kept, requests: units, ...times } = await load.burst({ ...options, keepEvery });
        const characters = median(kept.map(({ body }) => body.length));
        const remarks = kept.length === 0 ? [] : [`answers of ${characters} characters`];
        return { units, ...times, remarks, verify: () => checkAll(kept, check) };
      };
      return {
        check: async () => {
          await (await burst({ requests: probes }, 1)).verify();
        },
        warmUp: async () => {
          const requests = world.options.warmUp ?? warmUp;
          await (await burst({ requests, seconds: warmUpSeconds }, CHECK_EVERY)).verify();
        },
        burst: (seconds) => burst({ seconds }, CHECK_EVERY),
        close: () => load.close(),
      };
    },
  };
}
