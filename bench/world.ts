import { type BackendTimes, type BenchCluster, sumUsed } from './database.ts';
import type { ServerCost } from './figures.ts';
import { growForRows } from './grown.ts';
import type { Generator } from './load.ts';
import { readServerTime, type ServerTime } from './processor.ts';
import type { RunOptions, ServerKey } from './row.ts';
import { type IdgraphOptions, newMasterKey, type PeerName, type Subject, startIdgraph, startPeer } from './servers.ts';
import { StatementLog } from './statement-log.ts';

/** Databases of the measured services; a peer works in one of them, on the very tables or on its own. */
const DATABASES = {
  idgraph: 'idgraph_bench',
  'idgraph-sockets': 'idgraph_bench_sockets',
  'idgraph-tenants': 'idgraph_bench_tenants',
  'idgraph-few-tenants': 'idgraph_bench_few_tenants',
  'idgraph-grown': 'idgraph_bench_grown',
  'oidc-provider': 'idgraph_bench_peer',
} as const;

export interface WorldParts {
  readonly cluster: BenchCluster;
  readonly generator: Generator;
  readonly options: RunOptions;
  /** What the cluster logs. Absent: no row reads it. */
  readonly log?: StatementLog;
  /** Further flags of Node for our service. */
  readonly flags?: readonly string[];
}

/** What rows are measured with: the database server, the load generator and the servers, each started when a row needs it. */
export class World {
  readonly cluster: BenchCluster;
  readonly generator: Generator;
  readonly options: RunOptions;
  readonly log: StatementLog;
  /** That of every measured service of ours with a database of PostgreSQL. */
  readonly masterKey = newMasterKey();
  readonly #flags: readonly string[];
  /** Whether the processor time of PostgreSQL can be read. */
  readonly #isDatabaseObservable: boolean;
  readonly #subjects = new Map<ServerKey, Promise<Subject>>();

  private constructor(parts: WorldParts, isObservable: boolean) {
    this.cluster = parts.cluster;
    this.generator = parts.generator;
    this.options = parts.options;
    this.log = parts.log ?? new StatementLog();
    this.#flags = parts.flags ?? [];
    this.#isDatabaseObservable = isObservable;
  }

  static async create(parts: WorldParts): Promise<World> {
    return new World(parts, await parts.cluster.isObservable());
  }

  /** The server with this name, which runs until `keepOnly` stops it. */
  server(key: ServerKey): Promise<Subject> {
    const known = this.#subjects.get(key);
    if (known !== undefined) return known;
    const started = this.#start(key);
    this.#subjects.set(key, started);
    return started;
  }

  async #start(key: ServerKey): Promise<Subject> {
    const idgraph = async (name: string, options: Partial<IdgraphOptions> = {}) =>
      startIdgraph({
        database: { name, url: await this.cluster.create(name) },
        flags: this.#flags,
        masterKey: this.masterKey,
        ...options,
      });
    switch (key) {
      case 'idgraph':
        return idgraph(DATABASES.idgraph, { isDemo: true });
      case 'idgraph-sockets':
      case 'idgraph-tenants':
      case 'idgraph-few-tenants':
        return idgraph(DATABASES[key]);
      case 'idgraph-grown':
        return growForRows(this.cluster, DATABASES[key]);
      case 'idgraph-embedded':
        return startIdgraph({ database: null });
      case 'oidc-provider': {
        const name = DATABASES[key];
        return startPeer(key, { name, url: await this.cluster.create(name) });
      }
      case 'scimmy':
        return startPeer(key, null);
      default:
        return this.#startOnOurTables(key);
    }
  }

  async #startOnOurTables(peer: PeerName): Promise<Subject> {
    await this.server('idgraph');
    const name = DATABASES.idgraph;
    return startPeer(peer, { name, url: this.cluster.urlOf(name) });
  }

  /** Stops the servers that are not among these. */
  async keepOnly(keys: ReadonlySet<ServerKey>): Promise<void> {
    for (const [key, subject] of this.#subjects) {
      if (keys.has(key)) continue;
      this.#subjects.delete(key);
      // One that did not start has ended already.
      await subject.then(
        (started) => started.stop(),
        () => undefined,
      );
    }
  }

  /** Processor time of a server and of its backends so far. */
  async readTimes({ pid, backends }: Pick<Subject, 'pid' | 'backends'>): Promise<SubjectTimes> {
    const [server, database] = await Promise.all([
      readServerTime(pid),
      backends === null || !this.#isDatabaseObservable ? null : this.cluster.readTimes(backends),
    ]);
    return { server, database };
  }
}

export interface SubjectTimes {
  readonly server: ServerTime;
  readonly database: BackendTimes | null;
}

/** Processor time between two readings, in seconds. */
export function subtractTimes(before: SubjectTimes, after: SubjectTimes): ServerCost {
  const hasDatabase = before.database !== null && after.database !== null;
  return {
    mainSeconds: after.server.main - before.server.main,
    workerSeconds: after.server.workers - before.server.workers,
    databaseSeconds: hasDatabase ? sumUsed(before.database!, after.database!) : null,
  };
}
