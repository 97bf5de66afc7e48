import { Tally } from '../../kernel/index.ts';

export interface TurnsOptions {
  /** How many turns are under way at once. */
  readonly limit: number;
  /** How many of them for clients of one tenant. */
  readonly tenantLimit: number;
  /** One turn of a client, which may not fail. @returns Whether the client needs another one. */
  readonly run: (clientUuid: string) => Promise<boolean>;
}

/** Lets clients take turns: one turn of a client at a time, tenants one after the other, and the clients of each one after the other. */
export class Turns {
  readonly #options: TurnsOptions;
  /** The clients that wait for a turn, by tenant, in their order. */
  readonly #waiting = new Map<string, Set<string>>();
  /** The clients whose turn it is. */
  readonly #present = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  /** How many turns of each tenant are under way. */
  readonly #underWay = new Tally();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** A client needs a turn. During its turn, the result of `run` says so. */
  enter(tenantId: string, clientUuid: string): void {
    if (this.#present.has(clientUuid)) return;
    this.#wait(tenantId, clientUuid);
    this.#begin();
  }

  /** Resolves when no client waits for a turn. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #wait(tenantId: string, clientUuid: string): void {
    const clients = this.#waiting.get(tenantId);
    if (clients === undefined) this.#waiting.set(tenantId, new Set([clientUuid]));
    else clients.add(clientUuid);
  }

  #begin(): void {
    const { limit, tenantLimit } = this.#options;
    while (this.#underWay.total < limit) {
      const tenantId = this.#waiting.keys().find((id) => this.#underWay.of(id) < tenantLimit);
      if (tenantId === undefined) return;
      this.#start(tenantId);
    }
  }

  /** Starts the turn of the client of a tenant that has waited longest; the next turn is that of another tenant. */
  #start(tenantId: string): void {
    const clients = this.#waiting.get(tenantId)!;
    const clientUuid = clients.values().next().value!;
    clients.delete(clientUuid);
    this.#waiting.delete(tenantId);
    if (clients.size > 0) this.#waiting.set(tenantId, clients);
    const turn = this.#take(tenantId, clientUuid).finally(() => this.#running.delete(turn));
    this.#running.add(turn);
  }

  async #take(tenantId: string, clientUuid: string): Promise<void> {
    this.#underWay.count(tenantId, 1);
    this.#present.add(clientUuid);
    const needsAnother = await this.#options.run(clientUuid);
    this.#present.delete(clientUuid);
    this.#underWay.count(tenantId, -1);
    if (needsAnother) this.#wait(tenantId, clientUuid);
    this.#begin();
  }
}
