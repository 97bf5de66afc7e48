import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A request that a load repeats. Several bodies or paths are used in turn. */
export interface LoadRequest {
  /**
   * Each connection uses separate paths and sends each body to all of them before it takes the next body. With two bodies
   * every request reverts the previous one at its path, and no two connections use the same path.
   */
  readonly isPartitioned?: true;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Appended to `url`, used in turn. */
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
  /** Answers outside 200...299 and broken connections. The result of a run with failures is not valid. */
  readonly failures: number;
}

/** Pins a command to a processor; null does not pin it, for machines with one processor or without `taskset`. */
export function pinned(cpu: number | null, command: string, args: readonly string[]): [string, string[]] {
  return cpu === null ? [command, [...args]] : ['taskset', ['-c', String(cpu), command, ...args]];
}

/** Runs a load in a separate process on another processor than the server. */
export async function runLoad(request: LoadRequest, options: LoadOptions, cpu: number | null): Promise<LoadResult> {
  const script = fileURLToPath(new URL('./load-process.js', import.meta.url));
  const [command, args] = pinned(cpu, process.execPath, [script]);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ request, options }));
  return JSON.parse(await collect(child)) as LoadResult;
}

/** The output of a child process after it has ended with 0. */
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
