import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { runFanout } from './fanout.ts';
import { fillHistory } from './history.ts';
import { type LoadRequest, type LoadResult, runLoad } from './load.ts';
import { type BenchCluster, openCluster } from './postgres.ts';
import { type BenchRow, ROWS, type RowContext } from './rows.ts';
import { type Subject, startIdgraph, startPeer } from './servers.ts';

/** `npm run bench` measures each operation with a speed target, and the same at a peer, and prints one table. Uses loopback only. */

const CONNECTIONS = 64;
const SECONDS = 8;
const WARM_UP_SECONDS = 3;
/** With two processors the server alone uses the first; the load and the database share the rest. */
const hasTwo = availableParallelism() >= 2;
const SERVER_CPU = hasTwo ? 0 : null;
const LOAD_CPU = hasTwo ? 1 : null;

/** The result of a load and the server's cost of a request. */
interface Measured extends LoadResult {
  /** Microseconds of processor time for each request. */
  readonly cpuMicroseconds: number;
}

/** Scopes that the rows need. The bootstrap client holds a hundred permissions, and a token with all of them would have 5 KB. */
const SCOPE = `&scope=${encodeURIComponent('user:read:all session:read:all auth-mode:write:all event:read:all event:read')}`;

interface Line {
  readonly store: string;
  readonly name: string;
  readonly result: Measured;
  readonly rssMb: number;
  readonly promise: number | null;
  readonly peer: Measured | null;
}

async function tokenOf(subject: Subject, url: string, scope: string): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${subject.clientId}:${subject.clientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `grant_type=client_credentials${scope}`,
  });
  if (!answer.ok) throw new Error(`No token: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as { access_token: string }).access_token;
}

async function peopleOf(subject: Subject, token: string): Promise<string[]> {
  const answer = await fetch(`${subject.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ users(first: 200, tenant: "demo") { nodes { subject } } }' }),
  });
  const { data } = (await answer.json()) as { data: { users: { nodes: { subject: string }[] } } };
  return data.users.nodes.map(({ subject: id }) => id);
}

async function measure(request: LoadRequest, server: Subject): Promise<Measured> {
  await runLoad(request, { connections: CONNECTIONS, seconds: WARM_UP_SECONDS }, LOAD_CPU);
  const before = await server.cpu();
  const result = await runLoad(request, { connections: CONNECTIONS, seconds: SECONDS }, LOAD_CPU);
  const used = (await server.cpu()) - before;
  return { ...result, cpuMicroseconds: (used * 1_000_000) / Math.max(1, result.requestsPerSecond * SECONDS) };
}

async function measurePeer(row: BenchRow, peer: Subject): Promise<Measured | null> {
  if (row.peer === undefined) return null;
  return measure(row.peer(peer, await tokenOf(peer, `${peer.url}/token`, '')), peer);
}

async function measureStore(store: string, databaseUrl: string | null, cluster: BenchCluster | null): Promise<Line[]> {
  const lines: Line[] = [];
  const subject = await startIdgraph(databaseUrl, SERVER_CPU);
  try {
    const token = await tokenOf(subject, `${subject.url}/t/master/oauth/token`, SCOPE);
    const context: RowContext = { subject, token, userIds: await peopleOf(subject, token) };
    if (databaseUrl !== null) await fillHistory(databaseUrl);
    for (const row of ROWS) {
      if (row.needsHistory === true && databaseUrl === null) continue;
      const result = await measure(row.request(context), subject);
      lines.push({ store, name: row.name, result, rssMb: await subject.rss(), promise: row.promise, peer: null });
      process.stderr.write(`${store}: ${row.name}: ${Math.round(result.requestsPerSecond)}/s\n`);
    }
    lines.push(await fanoutLine(store, subject, token));
  } finally {
    await subject.stop();
  }
  return cluster === null ? lines : withPeer(lines, cluster);
}

async function fanoutLine(store: string, subject: Subject, token: string): Promise<Line> {
  const fanout = await runFanout(subject, token, LOAD_CPU);
  return {
    store,
    name: 'one event to 1,000 subscribers (deliveries)',
    result: {
      requestsPerSecond: fanout.deliveriesPerSecond,
      p50Milliseconds: fanout.p50Milliseconds,
      p99Milliseconds: fanout.p99Milliseconds,
      failures: fanout.lost,
      cpuMicroseconds: Number.NaN,
    },
    rssMb: await subject.rss(),
    promise: null,
    peer: null,
  };
}

/** The peer runs after the subject has stopped, so that each has the processor to itself. */
async function withPeer(lines: readonly Line[], cluster: BenchCluster): Promise<Line[]> {
  const peer = await startPeer(await cluster.database('idgraph_bench_peer'), SERVER_CPU);
  try {
    const results = new Map<string, Measured>();
    for (const row of ROWS) {
      const result = await measurePeer(row, peer);
      if (result === null) continue;
      results.set(row.name, result);
      process.stderr.write(`oidc-provider: ${row.name}: ${Math.round(result.requestsPerSecond)}/s\n`);
    }
    return lines.map((line) => ({ ...line, peer: results.get(line.name) ?? null }));
  } finally {
    await peer.stop();
  }
}

function print(lines: readonly Line[]): void {
  const header = [
    'store',
    'operation',
    'per second',
    'p50 ms',
    'p99 ms',
    'CPU us',
    'failed',
    'RSS MB',
    'promise',
    'oidc-provider/s',
    'ratio',
  ];
  const rows = lines.map(({ store, name, result, rssMb, promise, peer }) => [
    store,
    name,
    result.requestsPerSecond.toFixed(0),
    result.p50Milliseconds.toFixed(1),
    result.p99Milliseconds.toFixed(1),
    Number.isNaN(result.cpuMicroseconds) ? '-' : result.cpuMicroseconds.toFixed(0),
    String(result.failures),
    rssMb.toFixed(0),
    promise === null || store !== 'PostgreSQL' ? '-' : String(promise),
    peer === null ? '-' : peer.requestsPerSecond.toFixed(0),
    peer === null ? '-' : `${(result.requestsPerSecond / peer.requestsPerSecond).toFixed(2)} x`,
  ]);
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ');
  console.log([line(header), ...rows.map(line)].join('\n'));
}

// Child processes such as the database server inherit this processor, so that the measured server is alone on the other.
if (LOAD_CPU !== null) spawnSync('taskset', ['-cp', String(LOAD_CPU), String(process.pid)]);

const cluster = await openCluster();
try {
  const lines: Line[] = [];
  if (cluster !== null)
    lines.push(...(await measureStore('PostgreSQL', await cluster.database('idgraph_bench'), cluster)));
  lines.push(...(await measureStore('embedded', null, null)));
  print(lines);
  process.exitCode = lines.some(({ result }) => result.failures > 0) ? 1 : 0;
} finally {
  await cluster?.stop();
}
