import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A running `event-node.ts`. */
export interface EventNode {
  /** Subject ids of the events that were acknowledged as durable so far. */
  readonly acknowledged: readonly string[];
  /** Resolves when the node has finished without being killed. */
  readonly finished: Promise<void>;
  /** Sends SIGKILL and waits for the end of the process. */
  kill(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('./event-node.ts', import.meta.url));

/** Starts a node as a separate process and returns once its engine runs. */
export async function startEventNode(url: string, tenantId: string, name: string, count: number): Promise<EventNode> {
  const args = ['--experimental-transform-types', '--no-warnings', SCRIPT, url, tenantId, name, String(count)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: string[] = [];
  const gone = once(child, 'exit');
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const message = JSON.parse(line) as { ready?: true; acknowledged?: string };
      if (message.ready === true) resolve();
      else if (message.acknowledged !== undefined) acknowledged.push(message.acknowledged);
    });
    void gone.then(() => reject(new Error('The node ended before it was ready.')));
  });
  return { acknowledged, finished: finished(child, gone), kill: () => kill(child, gone) };
}

async function finished(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  await gone;
  if (child.exitCode !== 0 && child.signalCode !== 'SIGKILL') throw new Error(`The node ended with ${child.exitCode}.`);
}

async function kill(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await gone;
}
