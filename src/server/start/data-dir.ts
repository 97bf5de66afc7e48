import { existsSync } from 'node:fs';
import { chmod, open, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MasterKey } from '../../crypto/index.ts';
import { makePrivateFolder } from '../../kernel/index.ts';
import { StartRefused } from '../environment/start-refused.ts';

/** SQLITE_BUSY: somebody else holds the lock (https://sqlite.org/rescode.html#busy). */
const SQLITE_BUSY = 5;

/** The directory cannot be used. The message is for the operator. */
export class DataDirectoryError extends StartRefused {
  override readonly name = 'DataDirectoryError';
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/**
 * `DATA_DIR` of the embedded mode, held by this process alone. PGlite takes no lock of its own: two processes on one
 * directory both succeed, and one of them loses everything it wrote.
 */
export class DataDirectory {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes the directory where it is missing and locks it.
   * @throws DataDirectoryError Another process uses it, or it cannot be written.
   */
  static async open(path: string): Promise<DataDirectory> {
    const full = resolve(path);
    try {
      await makePrivateFolder(full);
    } catch (cause) {
      throw new DataDirectoryError(`DATA_DIR ${full} cannot be made: ${String(cause)}`, { cause });
    }
    const lock = await takeLock(full);
    const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    await writeFile(holderFile(full), `${JSON.stringify(holder)}\n`);
    return new DataDirectory(full, lock);
  }

  /** Where the embedded database keeps its files. */
  get databasePath(): string {
    return join(this.path, 'pg');
  }

  /**
   * The text of the master key: the operator's, else the one this directory keeps, made on the first start with mode 0600.
   * @param given `MASTER_KEY`.
   * @throws DataDirectoryError The key is lost, or is not the one with which the secrets of this directory were sealed.
   */
  async masterKeyText(given: string | null): Promise<string> {
    const file = join(this.path, 'master.key');
    if (existsSync(file)) {
      await chmod(file, 0o600);
      const kept = (await readFile(file, 'utf8')).trim();
      if (given !== null && given !== kept)
        throw new DataDirectoryError(`MASTER_KEY is not the key in ${file}, with which this DATA_DIR was sealed.`);
      return kept;
    }
    if (given !== null) return given;
    if (existsSync(this.databasePath))
      throw new DataDirectoryError(
        `${this.path} holds a database but no master.key. Put the file back, or give the key as MASTER_KEY.`,
      );
    const { text } = MasterKey.generate();
    await writeDurably(file, `${text}\n`);
    return text;
  }

  /** Lets the next process have the directory. A process that is killed releases it, too. */
  release(): void {
    if (this.#lock.isOpen) this.#lock.close();
  }
}

/** The folder for mails while there is no `SMTP_URL`; it needs no lock, nodes write files of their own. */
export function outboxPath(dataDir: string): string {
  return join(resolve(dataDir), 'outbox');
}

/**
 * Node has no `flock`, but SQLite takes a real lock of the operating system: it ends with the process however that ends, so
 * there is nothing stale to detect, and two processes that start together cannot both get it. Nothing is stored in the file.
 * It must never be opened by other means in this process: closing any descriptor of a file drops its POSIX locks.
 */
async function takeLock(directory: string): Promise<DatabaseSync> {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(directory, 'idgraph.lock'), { timeout: 0 });
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    lock?.close();
    if ((cause as { errcode?: unknown }).errcode !== SQLITE_BUSY)
      throw new DataDirectoryError(`DATA_DIR ${directory} cannot be locked: ${String(cause)}`, { cause });
    throw new DataDirectoryError(
      `DATA_DIR ${directory} is in use by ${await describeHolder(directory)}. ` +
        'Stop that process, or give this one another DATA_DIR. For several nodes use DATABASE_URL.',
    );
  }
}

const holderFile = (directory: string): string => join(directory, 'idgraph.pid.json');

async function describeHolder(directory: string): Promise<string> {
  try {
    const holder = JSON.parse(await readFile(holderFile(directory), 'utf8')) as Holder;
    return `process ${holder.pid} on ${holder.host} since ${holder.since}`;
  } catch {
    return 'another process that has just started';
  }
}

/** All or nothing, even across a crash: half a key would lock its owner out. */
async function writeDurably(file: string, text: string): Promise<void> {
  const draft = `${file}.draft`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}
