import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By then the tasks that the start left behind have run. In milliseconds. */
const AFTER_MS = 1_000;

/**
 * Collects the garbage of the start, once. Modules, schema and the metadata of the ORM are built from much that is not kept, and
 * V8 would keep its pages: 50 MB of the 210 MB of a node that waits for requests. It takes 0.1 to 0.2 s, so it comes after the
 * start.
 */
export function collectStartGarbage(): void {
  setTimeout(collectGarbage, AFTER_MS).unref();
}

/** Collects all garbage of the process, at once. */
export function collectGarbage(): void {
  // Only a new context gets the function, and only while the flag is set.
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as NodeJS.GCFunction;
  setFlagsFromString('--no-expose-gc');
  // A simple collection would keep the pages for later objects.
  gc({ type: 'major', flavor: 'last-resort' });
}
