import type { LookupAddress, LookupAllOptions } from 'node:dns';

export type Found = (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void;
/** As `lookup` of `node:dns` with all addresses. */
export type Resolve = (host: string, options: LookupAllOptions, found: Found) => void;

/** A name that waits to be resolved. */
interface Asked {
  readonly host: string;
  /** The tenant that named it. */
  readonly owner: string;
  /** Whether somebody still waits for the answer. */
  readonly isWanted: () => boolean;
  readonly found: Found;
}

const ALL: LookupAllOptions = { all: true };

/**
 * Resolves names, a bounded number at once, of each tenant one, and each name once at a time. A tenant decides how long its name servers
 * take, so its other names wait for it, and those of other tenants do not.
 */
export class Lookups {
  readonly #resolve: Resolve;
  readonly #limit: number;
  /** Who waits for each name that is being resolved. */
  readonly #underWay = new Map<string, Found[]>();
  /** The tenants for which a name is being resolved. */
  readonly #owners = new Set<string>();
  #waiting: Asked[] = [];

  /** @param limit How many names are resolved at once. */
  constructor(resolve: Resolve, limit: number) {
    this.#resolve = resolve;
    this.#limit = limit;
  }

  /**
   * @param owner The tenant that named the host.
   * @param isWanted Asked before the name is resolved: false forgets it, and `found` is not called.
   */
  find(host: string, owner: string, isWanted: () => boolean, found: Found): void {
    this.#waiting.push({ host, owner, isWanted, found });
    this.#next();
  }

  /** Begins what may begin by now, and forgets what nobody waits for any more. */
  #next(): void {
    const later: Asked[] = [];
    for (const asked of this.#waiting) {
      if (!asked.isWanted()) continue;
      const others = this.#underWay.get(asked.host);
      if (others !== undefined) others.push(asked.found);
      else if (this.#underWay.size < this.#limit && !this.#owners.has(asked.owner)) this.#begin(asked);
      else later.push(asked);
    }
    this.#waiting = later;
  }

  #begin({ host, owner, found }: Asked): void {
    const waiting = [found];
    this.#underWay.set(host, waiting);
    this.#owners.add(owner);
    this.#resolve(host, ALL, (error, addresses) => {
      this.#underWay.delete(host);
      this.#owners.delete(owner);
      for (const each of waiting) each(error, addresses);
      this.#next();
    });
  }
}
