import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process of the bench, which answers each message with one message. */
export class BenchProcess<Command extends object, Reply> {
  readonly #child: ChildProcess;

  /** @param script Its name in `bench/`. */
  constructor(script: string) {
    const path = fileURLToPath(new URL(`../../bench/${script}`, import.meta.url));
    this.#child = fork(path, { serialization: 'advanced', execArgv: [] });
  }

  async ask(command: Command): Promise<Reply> {
    const reply = once(this.#child, 'message');
    this.#child.send(command);
    return (await reply)[0] as Reply;
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }
}
