import type { LookupAddress, LookupAllOptions } from 'node:dns';

type Found = (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void;
/** As `lookup` of `node:dns` with all addresses. */
export type Resolve = (host: string, options: LookupAllOptions, found: Found) => void;

/** A name that waits to be resolved. */
interface Asked {
  readonly host: string;
  readonly options: LookupAllOptions;
  /** Whether somebody still waits for the answer. */
  readonly isWanted: () => boolean;
  readonly found: Found;
}

/** So many may wait before those are forgotten for which nobody waits any more. */
const LOOKED_OVER = 100;

/**
 * Resolves names, a bounded number at once and each name once at a time. A name that is being resolved occupies a thread of the pool of the
 * process until its name server answers, also when nobody waits for it any more; passwords are hashed and files are read there too.
 */
export class Lookups {
  readonly #resolve: Resolve;
  readonly #limit: number;
  /** Who waits for each name that is being resolved. */
  readonly #underWay = new Map<string, Found[]>();
  #waiting: Asked[] = [];

  /** @param limit How many names are resolved at once. */
  constructor(resolve: Resolve, limit: number) {
    this.#resolve = resolve;
    this.#limit = limit;
  }

  /** @param isWanted Asked before the name is resolved: false forgets it, and `found` is not called. */
  find(host: string, options: LookupAllOptions, isWanted: () => boolean, found: Found): void {
    if (this.#waiting.length >= LOOKED_OVER) this.#waiting = this.#waiting.filter((asked) => asked.isWanted());
    this.#waiting.push({ host, options, isWanted, found });
    this.#next();
  }

  #next(): void {
    const later: Asked[] = [];
    for (const asked of this.#waiting) {
      const key = keyOf(asked);
      const others = this.#underWay.get(key);
      if (!asked.isWanted()) continue;
      if (others !== undefined) others.push(asked.found);
      else if (this.#underWay.size < this.#limit) this.#begin(key, asked);
      else later.push(asked);
    }
    this.#waiting = later;
  }

  #begin(key: string, { host, options, found }: Asked): void {
    const waiting = [found];
    this.#underWay.set(key, waiting);
    this.#resolve(host, options, (error, addresses) => {
      this.#underWay.delete(key);
      for (const each of waiting) each(error, addresses);
      this.#next();
    });
  }
}

const keyOf = ({ host, options: { family, hints } }: Asked): string => JSON.stringify([host, family, hints]);
