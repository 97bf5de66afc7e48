import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * The measured server has the first processor to itself; the load, the database and this process share the second. Null on a
 * machine with one processor or without `taskset`: there the figures of different runs cannot be compared.
 */
export const PROCESSORS: { readonly server: number; readonly others: number } | null =
  availableParallelism() >= 2 && spawnSync('taskset', ['--version']).status === 0 ? { server: 0, others: 1 } : null;

export type Side = keyof NonNullable<typeof PROCESSORS>;

const begun = new Set<ChildProcess>();
// Children that are still there when the bench fails must not outlive it.
process.once('exit', () => {
  for (const child of begun) child.kill('SIGKILL');
});

/** Starts a script of the bench, or any file below `dist`, on a side of the machine. @param words Arguments of the script. */
export function startNode(
  side: Side,
  script: string,
  flags: readonly string[],
  options: SpawnOptions,
  words: readonly string[] = [],
): ChildProcess {
  const args = [...flags, fileURLToPath(new URL(script, import.meta.url)), ...words];
  const pin = PROCESSORS === null ? null : String(PROCESSORS[side]);
  const child =
    pin === null
      ? spawn(process.execPath, args, options)
      : spawn('taskset', ['-c', pin, process.execPath, ...args], options);
  begun.add(child);
  child.once('exit', () => begun.delete(child));
  return child;
}

const END_PATIENCE_MS = 20_000;

/** Ends a child, by force when it takes too long. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const force = setTimeout(() => child.kill('SIGKILL'), END_PATIENCE_MS);
  child.kill('SIGTERM');
  await ended;
  clearTimeout(force);
}

/** Pins this process, so that children such as the database server inherit its processor. */
export function pinOthers(): void {
  if (PROCESSORS !== null) spawnSync('taskset', ['-cp', String(PROCESSORS.others), String(process.pid)]);
}

/** A child that answers each message with one message, in order. */
export class Worker<Command, Reply> {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void }[] = [];

  constructor(side: Side, script: string) {
    this.#child = startNode(side, script, [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    this.#child.on('message', (reply) => this.#waiting.shift()?.resolve(reply as Reply));
    this.#child.once('exit', (code) => {
      for (const { reject } of this.#waiting) reject(new Error(`${script} ended with ${code}.`));
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  ask(command: Command): Promise<Reply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.send(command as object, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  async end(): Promise<void> {
    await endChild(this.#child);
  }
}
