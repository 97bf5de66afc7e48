import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MasterKey } from '../../../../src/crypto/index.ts';
import { DataDirectory, DataDirectoryError, outboxPath } from '../../../../src/server/start/data-dir.ts';

const MODULE = new URL('../../../../src/server/start/data-dir.ts', import.meta.url).href;
const HOLDER = new URL('./hold-data-dir.mjs', import.meta.url).pathname;

let folder: string;
const opened: DataDirectory[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'idgraph-data-')), 'deep', 'data');
});

afterEach(() => {
  for (const directory of opened.splice(0)) directory.release();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(join(folder, '..', '..'), { recursive: true, force: true });
});

async function openHere(): Promise<DataDirectory> {
  const directory = await DataDirectory.open(folder);
  opened.push(directory);
  return directory;
}

/** Starts a process that tries to lock the directory; resolves with the first line it prints. */
async function openElsewhere(): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', HOLDER, folder], {
    env: { ...process.env, MODULE },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [chunk] = await once(child.stdout!, 'data');
  return { child, line: String(chunk).trim() };
}

describe('the lock of the data directory', () => {
  it('makes the directory accessible only to its owner', async () => {
    const directory = await openHere();
    expect(statSync(directory.path).mode & 0o777).toBe(0o700);
  });

  it('refuses a second process, and names the first one and its start', async () => {
    await openHere();
    const { line } = await openElsewhere();
    expect(line).toContain(`is in use by process ${process.pid} on `);
    expect(line).toMatch(/since \d{4}-\d\d-\d\dT/);
    expect(line).toContain('another DATA_DIR');
  });

  it('is free again after the process that held it was killed', async () => {
    const { child, line } = await openElsewhere();
    expect(line).toBe('held');
    await expect(openHere()).rejects.toThrow(`is in use by process ${child.pid} `);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await openHere();
  });

  it('is taken by exactly one of several processes that start at the same time', async () => {
    mkdirSync(folder, { recursive: true });
    const lines = await Promise.all(Array.from({ length: 4 }, async () => (await openElsewhere()).line));
    expect(lines.filter((line) => line === 'held')).toHaveLength(1);
    expect(lines.filter((line) => line.includes('is in use by '))).toHaveLength(3);
  });

  it('excludes a second opening in the same process, and ends with release()', async () => {
    const first = await openHere();
    await expect(openHere()).rejects.toThrow(DataDirectoryError);
    first.release();
    first.release();
    await openHere();
  });

  it.runIf(existsSync('/proc/self'))('reports a place where no directory can be made, and does not hang', async () => {
    await expect(DataDirectory.open('/proc/idgraph')).rejects.toThrow(/^DATA_DIR \/proc\/idgraph cannot be made: /);
  });

  it('reports that the directory cannot be made', async () => {
    mkdirSync(join(folder, '..'), { recursive: true });
    writeFileSync(folder, 'a file');
    await expect(openHere()).rejects.toThrow(/DATA_DIR .* cannot be made/);
  });
});

describe('the master key of the data directory', () => {
  it('is made once, with mode 0600, and read at the next start', async () => {
    const directory = await openHere();
    const text = await directory.masterKeyText(null);
    expect(() => MasterKey.fromText(text)).not.toThrow();
    expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600);
    expect(await directory.masterKeyText(null)).toBe(text);
    expect(await directory.masterKeyText(text)).toBe(text);
  });

  it('gets mode 0600 again when its mode was changed', async () => {
    const directory = await openHere();
    await directory.masterKeyText(null);
    chmodSync(join(folder, 'master.key'), 0o644);
    await directory.masterKeyText(null);
    expect(statSync(join(folder, 'master.key')).mode & 0o777).toBe(0o600);
  });

  it('is not written when the operator gives one', async () => {
    const { text } = MasterKey.generate();
    const directory = await openHere();
    expect(await directory.masterKeyText(text)).toBe(text);
    expect(() => readFileSync(join(folder, 'master.key'))).toThrow();
  });

  it('refuses a MASTER_KEY that differs from the kept one', async () => {
    const directory = await openHere();
    await directory.masterKeyText(null);
    await expect(directory.masterKeyText(MasterKey.generate().text)).rejects.toThrow('MASTER_KEY is not the key in');
  });

  it('is never replaced while there is a database', async () => {
    const directory = await openHere();
    await directory.masterKeyText(null);
    mkdirSync(directory.databasePath);
    unlinkSync(join(folder, 'master.key'));
    await expect(directory.masterKeyText(null)).rejects.toThrow('no master.key');
  });
});

describe('the outbox', () => {
  it('is in the data directory', () => {
    expect(outboxPath(folder)).toBe(join(folder, 'outbox'));
  });
});
