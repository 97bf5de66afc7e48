import { Worker } from './children.ts';
import type { BurstOptions, BurstResult, LoadCommand, LoadPlan, LoadReply } from './load-protocol.ts';

/** The process that sends loads: one for all servers of a run, so that its compiled code is the same for all of them. */
export class Generator {
  readonly #worker = new Worker<LoadCommand, LoadReply>('others', './load-process.js');
  #last = 0;

  /** Opens the connections of a load, which stay open between its bursts. */
  async open(plan: LoadPlan): Promise<Load> {
    this.#last += 1;
    const load = this.#last;
    const ask = async (command: LoadCommand): Promise<BurstResult | null> => {
      const reply = await this.#worker.ask(command);
      if ('fault' in reply) throw new Error(reply.fault);
      return reply.result;
    };
    await ask({ kind: 'open', load, plan });
    return {
      burst: async (options) => (await ask({ kind: 'burst', load, options }))!,
      close: async () => {
        await ask({ kind: 'close', load });
      },
    };
  }

  end(): Promise<void> {
    return this.#worker.end();
  }
}

/** A load with open connections. */
export interface Load {
  burst(options: BurstOptions): Promise<BurstResult>;
  close(): Promise<void>;
}
