import { existsSync } from 'node:fs';
import { chmod, open, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MasterKey } from '../../crypto/index.ts';
import { makePrivateFolder } from '../../kernel/index.ts';
import { StartRefused } from '../environment/start-refused.ts';

/** SQLITE_BUSY: another process holds the lock (https://sqlite.org/rescode.html#busy). */
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
 * `DATA_DIR` of the embedded mode, locked by this process. PGlite takes no lock: two processes on one directory would both
 * succeed, and one of them would lose everything it wrote.
 */
export class DataDirectory {
  readonly path: string;
  readonly #lock: DatabaseSync;

  private constructor(path: string, lock: DatabaseSync) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes the directory if it is missing, and locks it.
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
   * The text of the master key: the one in this directory, else the operator's, else a new one, which is stored with mode 0600.
   * @param given `MASTER_KEY`.
   * @throws DataDirectoryError The key is lost, or is not the one that encrypted the secrets of this directory.
   */
  async masterKeyText(given: string | null): Promise<string> {
    const file = join(this.path, 'master.key');
    if (existsSync(file)) {
      await chmod(file, 0o600);
      const kept = (await readFile(file, 'utf8')).trim();
      if (given !== null && given !== kept)
        throw new DataDirectoryError(
          `MASTER_KEY is not the key in ${file}, which encrypts the secrets of this DATA_DIR.`,
        );
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

  /** Releases the lock. The operating system also releases it when the process is killed. */
  release(): void {
    if (this.#lock.isOpen) this.#lock.close();
  }
}

/** The folder for mails when there is no `SMTP_URL`. It needs no lock, because each message is a new file. */
export function outboxPath(dataDir: string): string {
  return join(resolve(dataDir), 'outbox');
}

/**
 * Takes the lock through SQLite, because Node has no `flock`. SQLite uses a lock of the operating system, which ends with the
 * process however that ends: it is never stale, and two processes that start together cannot both get it. Nothing is stored in
 * the file. The file must never be opened by other means in this process, because closing any descriptor of a file drops its
 * POSIX locks.
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

/**
 * Writes a file completely or not at all, even across a crash: with half a key, the operator could not read the database any
 * more.
 */
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
