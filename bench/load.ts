import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One request that a load sends over and over. With several bodies or paths they are taken in turn. */
export interface LoadRequest {
  /**
   * Each connection has paths of its own, and sends each body to all of them before it goes on to the next body: with two
   * bodies every request undoes the one before it at its path, and no two meet at one.
   */
  readonly isPartitioned?: true;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Appended to `url`, taken in turn. */
  readonly paths?: readonly string[];
  readonly bodies?: readonly string[];
}

export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
}

/** What a load measured, as the client saw it. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** Answers outside 200...299, and connections that broke: a run with any of them is no measurement. */
  readonly failures: number;
}

/** Which processor a process may use; null where the machine has one or `taskset` is missing. */
export function pinned(cpu: number | null, command: string, args: readonly string[]): [string, string[]] {
  return cpu === null ? [command, [...args]] : ['taskset', ['-c', String(cpu), command, ...args]];
}

/** Runs a load in a process of its own, pinned away from the server. */
export async function runLoad(request: LoadRequest, options: LoadOptions, cpu: number | null): Promise<LoadResult> {
  const script = fileURLToPath(new URL('./load-process.js', import.meta.url));
  const [command, args] = pinned(cpu, process.execPath, [script]);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ request, options }));
  return JSON.parse(await collect(child)) as LoadResult;
}

/** What a child process printed, once it has ended well. */
export async function collect(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new Error(`The process ended with ${code}.`);
  return text;
}
