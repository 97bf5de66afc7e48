import { Worker } from './children.ts';
import type { FanOutCommand, FanOutReply, FanOutResult } from './fan-out-protocol.ts';
import type { Subject } from './servers.ts';

/** Many WebSockets at one server, in a separate process. */
export class Sockets {
  readonly #worker = new Worker<FanOutCommand, FanOutReply>('others', './fan-out-process.js');
  readonly count: number;

  private constructor(count: number) {
    this.count = count;
  }

  /** @param query The subscription that each of them begins; null leaves them idle. */
  static async open({ url }: Subject, token: string, count: number, query: string | null): Promise<Sockets> {
    const sockets = new Sockets(count);
    try {
      await sockets.#ask({ kind: 'open', url, token, sockets: count, query });
      return sockets;
    } catch (error) {
      await sockets.#worker.end();
      throw error;
    }
  }

  async #ask(command: FanOutCommand): Promise<FanOutResult | null> {
    const reply = await this.#worker.ask(command);
    if ('fault' in reply) throw new Error(reply.fault);
    return reply.result;
  }

  async begin(): Promise<void> {
    await this.#ask({ kind: 'begin' });
  }

  /** Waits until each socket has received so many events since `begin`; throws when one has received more. */
  async finish(events: number): Promise<FanOutResult> {
    return (await this.#ask({ kind: 'finish', events }))!;
  }

  async close(): Promise<void> {
    await this.#ask({ kind: 'close' });
    await this.#worker.end();
  }
}
