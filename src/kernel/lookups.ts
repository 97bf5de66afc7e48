import type { LookupAddress, LookupAllOptions } from 'node:dns';

type Found = (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void;
/** As `lookup` of `node:dns` with all addresses. */
export type Resolve = (host: string, options: LookupAllOptions, found: Found) => void;

/** A name that waits to be resolved. */
interface Asked {
  readonly host: string;
  /** The tenant that named it. */
  readonly owner: string;
  readonly options: LookupAllOptions;
  /** Whether somebody still waits for the answer. */
  readonly isWanted: () => boolean;
  readonly found: Found;
}

/** So many may wait before those are forgotten for which nobody waits any more. */
const LOOKED_OVER = 100;

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
  find(host: string, owner: string, options: LookupAllOptions, isWanted: () => boolean, found: Found): void {
    if (this.#waiting.length >= LOOKED_OVER) this.#waiting = this.#waiting.filter((asked) => asked.isWanted());
    this.#waiting.push({ host, owner, options, isWanted, found });
    this.#next();
  }

  #next(): void {
    const later: Asked[] = [];
    for (const asked of this.#waiting) {
      const key = keyOf(asked);
      const others = this.#underWay.get(key);
      if (!asked.isWanted()) continue;
      if (others !== undefined) others.push(asked.found);
      else if (this.#underWay.size < this.#limit && !this.#owners.has(asked.owner)) this.#begin(key, asked);
      else later.push(asked);
    }
    this.#waiting = later;
  }

  #begin(key: string, { host, owner, options, found }: Asked): void {
    const waiting = [found];
    this.#underWay.set(key, waiting);
    this.#owners.add(owner);
    this.#resolve(host, options, (error, addresses) => {
      this.#underWay.delete(key);
      this.#owners.delete(owner);
      for (const each of waiting) each(error, addresses);
      this.#next();
    });
  }
}

const keyOf = ({ host, options: { family, hints } }: Asked): string => JSON.stringify([host, family, hints]);
