import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';
import { pinned } from './load.ts';

/** A measured server in a separate process. */
export interface Subject {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Resident memory in MB, as the kernel counts it. */
  rss(): Promise<number>;
  /** Processor time used so far, in seconds. It measures the cost of a request even on a busy machine. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

async function rssOf(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** Clock ticks a second in `/proc`: 100 on every Linux that Node runs on. */
const TICKS = 100;

async function cpuOf(child: ChildProcess): Promise<number> {
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
  // Fields 14 and 15, counted after the name in parentheses, which may hold blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt++) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    const isReady = await fetch(`${url}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The server did not become ready within a minute.');
}

/** As in `npm start`: a smaller young generation needs 100 MB less memory under load. */
const NODE_FLAGS = ['--max-semi-space-size=16'];

/** Starts the built service; without a database URL it uses the embedded database in memory. */
export async function startIdgraph(databaseUrl: string | null, cpu: number | null): Promise<Subject> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const clientSecret = randomBytes(32).toString('base64url');
  const [command, args] = pinned(cpu, process.execPath, [...NODE_FLAGS, at('../src/server/start/main.js')]);
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_DIR: 'memory://',
      ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl, MASTER_KEY: randomBytes(32).toString('base64') }),
      BOOTSTRAP_ADMIN_PASSWORD: randomBytes(24).toString('base64url'),
      BOOTSTRAP_CLIENT_SECRET: clientSecret,
      DEMO: '1',
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'error',
    },
  });
  await untilReady(url, child);
  return {
    url,
    clientId: 'bootstrap',
    clientSecret,
    rss: () => rssOf(child),
    cpu: () => cpuOf(child),
    stop: () => stop(child),
  };
}

/** Starts the peer on the same database server. */
export async function startPeer(databaseUrl: string, cpu: number | null): Promise<Subject> {
  const clientSecret = randomBytes(32).toString('base64url');
  const [command, args] = pinned(cpu, process.execPath, [at('./peers/oidc-provider.js')]);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      PEER_DATABASE_URL: databaseUrl,
      PEER_CLIENT_SECRET: clientSecret,
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const line = /\{"port":(\d+)\}/.exec(text);
      if (line !== null) resolve(Number(line[1]));
    });
    child.once('exit', (code) => reject(new Error(`The peer ended with ${code}.`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    clientId: 'bench',
    clientSecret,
    rss: () => rssOf(child),
    cpu: () => cpuOf(child),
    stop: () => stop(child),
  };
}
