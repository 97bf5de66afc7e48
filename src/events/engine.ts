import type { Clock } from '../kernel/index.ts';
import { type Database, type DatabaseServer, settlesWithin } from '../persistence/index.ts';
import { Loop } from './link/loop.ts';
import { NatsWaker } from './link/nats-waker.ts';
import { Pace } from './link/pace.ts';
import { ServerLink } from './link/server-link.ts';
import { LocalWaker, type Waker } from './link/waker.ts';
import { EventReader } from './read/event.reader.ts';
import { EventStore } from './read/event.store.ts';
import { Feed } from './read/feed.ts';
import { Follower } from './read/follower.ts';
import { databaseStatement, linkStatement, PositionReader } from './read/positions.ts';
import type { EventCatalogue } from './record/catalogue.ts';
import { CursorCodec, type CursorSealer } from './record/cursor.ts';
import { Sequencer } from './sequence/sequencer.ts';
import {
  embeddedSequencing,
  POSITIONS_CHANNEL,
  SEQUENCER_STATEMENTS,
  type Sequencing,
  serverSequencing,
} from './sequence/sequencing.ts';
import { LogMaintenance } from './upkeep/maintenance.ts';
import { LogRetention, type RetentionDays } from './upkeep/retention.ts';
import type { EventSink } from './write/group-writer.ts';
import { EventLog } from './write/log.ts';
import { databaseSink, linkSink } from './write/sinks.ts';
import { WrittenEvents } from './write/written-events.ts';

export interface EventEngineOptions {
  readonly db: Database;
  readonly clock: Clock;
  /** The types of the events that the modules announce. */
  readonly catalogue: EventCatalogue;
  /** `new Sealer(masterKey, 'event-cursor')`: the purpose makes the key one that nothing else uses. */
  readonly sealer: CursorSealer;
  /** `NATS_URL`: nodes wake each other over NATS instead of NOTIFY. */
  readonly natsUrl?: string | undefined;
  /** How long to wait for NATS, in milliseconds. Default 5 s. */
  readonly natsTimeoutMs?: number | undefined;
  /** How long events are kept, read once an hour. Absent: for ever. */
  readonly retentionDays?: RetentionDays;
  /** Called with faults of the background loops, which then try again. A lost database is reported here too. */
  readonly onError?: (error: unknown) => void;
  /** Seconds between checkpoints of idle subscriptions. Default 30. */
  readonly checkpointSeconds?: number;
  /** Most bytes of own events kept for the follower. Default 8 MB. */
  readonly writtenBytes?: number;
}

const HOUR_MS = 3_600_000;
const SWEEP_MS = 2_000;
/** How long stopping waits for statements under way: on a database that answers they take milliseconds. */
const STOP_PATIENCE_MS = 500;
/** A cache of tokens trusts the follower for a second after each look, so an idle one looks a little more often. */
const IDLE_MS = { sequencer: 1_000, follower: 750 } as const;
/**
 * How often sequencer and follower look without being woken: seldom on the embedded database, where no other process writes.
 */
const BUSY_MS = { server: { sequencer: 100, follower: 250 }, embedded: IDLE_MS } as const;

/** The parts that differ between a server and the embedded database. */
interface Wiring {
  readonly sink: EventSink;
  readonly sequencing: Sequencing;
  readonly reader: PositionReader;
  readonly waker: Waker;
  /** Whether the passes of this node wake its follower by themselves. */
  readonly isNotified: () => boolean;
  readonly links: readonly ServerLink[];
  readonly written: WrittenEvents;
}

/**
 * Runs the security event log; each node has one. `log` writes, `feed` and `reader` read, `follower` informs the caches. On a
 * PostgreSQL server it keeps three connections outside the pool.
 */
export class EventEngine {
  readonly catalogue: EventCatalogue;
  readonly log: EventLog;
  readonly reader: EventReader;
  readonly feed: Feed;
  readonly follower: Follower;
  readonly maintenance: LogMaintenance;
  readonly retention: LogRetention;
  readonly #options: EventEngineOptions;
  readonly #wiring: Wiring;
  readonly #sequencer: Sequencer;
  readonly #sweeping: Loop;
  readonly #hourly: Loop;
  #checkpoints: NodeJS.Timeout | undefined;
  /** Long work of the loops ends at its next transaction, so that none of it is left when the database is closed. */
  #isEnding = false;

  constructor(options: EventEngineOptions) {
    const { db, clock, catalogue } = options;
    const onError = options.onError ?? (() => undefined);
    const busyMs = db.isEmbedded ? BUSY_MS.embedded : BUSY_MS.server;
    const cursors = new CursorCodec(options.sealer);
    this.#options = options;
    this.catalogue = catalogue;
    const wakeAll = () => {
      this.#sequencer.wake();
      this.follower.wake();
    };
    this.#wiring = db.server === undefined ? embeddedWiring(options) : serverWiring(db.server, options, wakeAll);
    const { sink, sequencing, reader, waker, written } = this.#wiring;
    const pace = new Pace(clock, () => waker.isUp);
    const restOf = (loop: keyof typeof IDLE_MS) => () => pace.choose({ busyMs: busyMs[loop], idleMs: IDLE_MS[loop] });
    this.log = new EventLog(db, clock, sink, written);
    this.reader = new EventReader(new EventStore(db, cursors, catalogue));
    this.follower = new Follower({ reader, onError, pollMs: restOf('follower') });
    this.feed = new Feed({ db, follower: this.follower, reader, cursors, catalogue });
    this.maintenance = new LogMaintenance(db, clock, () => this.#isEnding);
    this.retention = new LogRetention(db, clock, () => this.#isEnding);
    this.#sequencer = new Sequencer({
      sequencing,
      onError,
      pollMs: restOf('sequencer'),
      onSequenced: (count) => {
        // The notification of the pass reaches this node too; a second wake-up would make the follower look twice.
        if (count === 0 || !this.#wiring.isNotified()) waker.publish();
      },
    });
    this.#sweeping = new Loop({ round: () => this.#sweep(), pollMs: SWEEP_MS, onError });
    this.#hourly = new Loop({ round: () => this.#doHourly(), pollMs: HOUR_MS, onError });
    this.log.onCommitted(() => this.#sequencer.wake());
    this.follower.onEvent(() => pace.noteEvent());
    waker.subscribe(() => this.follower.wake());
  }

  /** @throws SERVICE_UNAVAILABLE The database is away. */
  async start(): Promise<void> {
    this.#isEnding = false;
    await this.#options.db.detached(async () => {
      // Make the partitions before the first event, so that it need not be moved out of the default partition.
      await this.maintenance.createPartitions();
      await Promise.all(this.#wiring.links.map((link) => link.start()));
      await this.#wiring.waker.start();
      await this.follower.start();
      this.#sequencer.start();
      this.#sweeping.start();
      this.#hourly.start();
      const every = (this.#options.checkpointSeconds ?? 30) * 1_000;
      this.#checkpoints = setInterval(() => this.feed.checkpoint(), every);
      this.#checkpoints.unref();
    });
  }

  /** Whether the connections outside the pool are open: without them no event can be written or read. */
  get isConnected(): boolean {
    return this.#wiring.links.every(({ isUp }) => isUp);
  }

  /**
   * Writes the events that still wait, then ends the loops and closes the connections. When the database does not answer, gives
   * up within a second; the waiting writes then fail.
   */
  async stop(): Promise<void> {
    this.#isEnding = true;
    clearInterval(this.#checkpoints);
    await settlesWithin(STOP_PATIENCE_MS, this.log.drain());
    const loops = [this.#sequencer, this.follower, this.#sweeping, this.#hourly];
    await settlesWithin(STOP_PATIENCE_MS, Promise.all(loops.map((loop) => loop.stop())));
    await this.#wiring.waker.stop();
    await Promise.all(this.#wiring.links.map((link) => link.stop()));
  }

  async #sweep() {
    await this.maintenance.sweep(this.follower.position?.position);
    return { restMs: 0, isUnfinished: false };
  }

  async #doHourly() {
    await this.maintenance.createPartitions();
    const { retentionDays } = this.#options;
    if (retentionDays !== undefined) await this.retention.expire(retentionDays);
    return { restMs: 0, isUnfinished: false };
  }
}

function embeddedWiring({ db, writtenBytes }: EventEngineOptions): Wiring {
  const written = new WrittenEvents(writtenBytes);
  return {
    sink: databaseSink(db),
    sequencing: embeddedSequencing(db),
    reader: new PositionReader(databaseStatement(db), written),
    waker: new LocalWaker(),
    isNotified: () => false,
    links: [],
    written,
  };
}

/** @param wakeAll Called when the listening connection is lost, because the loops have to look more often then. */
function serverWiring(server: DatabaseServer, options: EventEngineOptions, wakeAll: () => void): Wiring {
  const { natsUrl, natsTimeoutMs, onError, writtenBytes } = options;
  const writer = new ServerLink(server, 'idgraph-events-write');
  const sequencer = new ServerLink(server, 'idgraph-events-sequence', { statements: SEQUENCER_STATEMENTS });
  const isNotifying = natsUrl === undefined;
  const waker: Waker = isNotifying
    ? new LocalWaker(() => follower.isUp)
    : new NatsWaker(natsUrl, onError, natsTimeoutMs);
  const follower: ServerLink = new ServerLink(server, 'idgraph-events-follow', {
    onLost: wakeAll,
    ...(isNotifying
      ? {
          onConnect: async (connection) => {
            await connection.run(`listen ${POSITIONS_CHANNEL}`);
          },
          onNotification: () => waker.publish(),
        }
      : {}),
  });
  const written = new WrittenEvents(writtenBytes);
  return {
    sink: linkSink(writer),
    sequencing: serverSequencing(sequencer, isNotifying, server.limits),
    reader: new PositionReader(linkStatement(follower), written),
    waker,
    isNotified: () => isNotifying && follower.isUp,
    links: [writer, sequencer, follower],
    written,
  };
}
