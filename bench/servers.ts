import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { endChild, startNode } from './children.ts';
import type { BackendFilter } from './database.ts';
import { freePort } from './free-port.ts';

/** A measured server in a process on the processor of the servers. */
export interface Subject {
  readonly pid: number;
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Its backends of PostgreSQL; null for one with an embedded database. */
  readonly backends: BackendFilter | null;
  /** From the start of the process until it was ready, in seconds. */
  readonly startSeconds: number;
  stop(): Promise<void>;
}

/** Waits for a child; one that fails is ended, because nobody else knows it. */
async function orEnd<T>(child: ChildProcess, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    await endChild(child);
    throw error;
  }
}

const START_PATIENCE_MS = 240_000;
export const newMasterKey = (): string => randomBytes(32).toString('base64');
export const newSecret = (): string => randomBytes(32).toString('base64url');

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_PATIENCE_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}.`);
    const isReady = await fetch(`${url}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('The server did not become ready in time.');
}

/**
 * As in `npm start`: a smaller young generation needs 100 MB less memory under load, and collecting the old one when it has grown by
 * 60 % another 100 MB. While the first requests of many tenants wait for the database, V8 sees the objects of requests live long and begins
 * to make them as old ones, which only a collection of the whole heap frees; the last flag forbids that.
 */
const NODE_FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=60', '--no-allocation-site-pretenuring'];

export interface IdgraphOptions {
  /** Database of PostgreSQL; null uses the embedded one, in memory. */
  readonly database: { readonly url: string; readonly name: string } | null;
  /** Make the tenant `demo` with 300 users. */
  readonly isDemo?: boolean;
  /** Further flags of Node. */
  readonly flags?: readonly string[];
  /** The master key of a database that was used before. Default a new one. */
  readonly masterKey?: string;
  /** The secret of the bootstrap client of such a database. Default a new one. */
  readonly clientSecret?: string;
}

/** The rows open more sockets with one token than a node allows by default. */
const LIMITS = 'sockets=50000,tenantSockets=50000,callerSockets=50000';

/** Settings of the service. */
const settingsOf = (
  { database, isDemo = false, masterKey = newMasterKey() }: IdgraphOptions,
  clientSecret: string,
) => ({
  PATH: process.env['PATH'],
  NODE_ENV: 'production',
  DATA_DIR: 'memory://',
  ...(database === null ? {} : { DATABASE_URL: database.url, MASTER_KEY: masterKey }),
  BOOTSTRAP_ADMIN_PASSWORD: newSecret(),
  BOOTSTRAP_CLIENT_SECRET: clientSecret,
  DEMO: isDemo ? '1' : '0',
  GRAPHQL_LIMITS: LIMITS,
  RATE_LIMITS: 'off',
  LOG_LEVEL: 'error',
  DRAIN_SECONDS: '0',
});

/** Starts the built command that imports a file, which writes lines of JSON to its standard output. */
export const startImport = (options: IdgraphOptions, file: string): ChildProcess =>
  startNode(
    'server',
    '../src/server/import/main.js',
    NODE_FLAGS,
    { stdio: ['ignore', 'pipe', 'inherit'], env: settingsOf(options, newSecret()) },
    ['import', 'keycloak', file, '--json'],
  );

/** Starts the built service. */
export async function startIdgraph(options: IdgraphOptions): Promise<Subject> {
  const { database, flags = [], clientSecret = newSecret() } = options;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  const child = startNode('server', '../src/server/start/main.js', [...NODE_FLAGS, ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...settingsOf(options, clientSecret), PORT: String(port), PUBLIC_URL: url },
  });
  await orEnd(child, untilReady(url, child));
  return {
    pid: child.pid!,
    url,
    clientId: 'bootstrap',
    clientSecret,
    backends: database === null ? null : { database: database.name, application: 'idgraph' },
    startSeconds: (performance.now() - begun) / 1000,
    stop: () => endChild(child),
  };
}

/** The scripts of the peers; the one in plain JavaScript is not compiled. */
const PEERS = {
  'oidc-provider': './peers/oidc-provider.js',
  'hand-written': './peers/hand-written.js',
  'hand-written-koa': './peers/hand-written-koa.js',
  scimmy: './peers/scimmy.js',
  postgraphile: '../../bench/peers/postgraphile.mjs',
} as const;

export type PeerName = keyof typeof PEERS;

/** Starts a peer on a database of the same server, or without one. */
export async function startPeer(peer: PeerName, database: { url: string; name: string } | null): Promise<Subject> {
  const clientSecret = newSecret();
  const begun = performance.now();
  const child = startNode('server', PEERS[peer], NODE_FLAGS, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      // PostGraphile then leaves out its checks for development.
      GRAPHILE_ENV: 'production',
      ...(database === null ? {} : { PEER_DATABASE_URL: database.url }),
      PEER_CLIENT_SECRET: clientSecret,
    },
  });
  const port = await orEnd(child, readPort(child, peer));
  return {
    pid: child.pid!,
    url: `http://127.0.0.1:${port}`,
    clientId: 'bench',
    clientSecret,
    backends: database === null ? null : { database: database.name, application: `bench-${peer}` },
    startSeconds: (performance.now() - begun) / 1000,
    stop: () => endChild(child),
  };
}

/** The port that a peer prints when it listens. */
function readPort(child: ChildProcess, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-10_000);
      const line = /\{"port":(\d+)\}/.exec(text);
      if (line !== null) resolve(Number(line[1]));
    });
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}.`)));
    setTimeout(() => reject(new Error(`${name} did not listen in time.`)), START_PATIENCE_MS).unref();
  });
}
