/** Most rows of a unit of work. */
export const MAX_ROWS = 1_000;
/** Most events of a unit of work. A row that causes more has one for itself. */
export const MAX_EVENTS = 5_000;

/** Divides rows, in their order, into as few units of work as these bounds allow. @param eventsOf Most events that a row causes. */
export function toBatches<R>(rows: readonly R[], eventsOf: (row: R) => number): R[][] {
  const batches: R[][] = [];
  let events = 0;
  for (const row of rows) {
    const more = eventsOf(row);
    const last = batches.at(-1);
    if (last === undefined || last.length === MAX_ROWS || events + more > MAX_EVENTS) {
      batches.push([row]);
      events = more;
    } else {
      last.push(row);
      events += more;
    }
  }
  return batches;
}

/** The two halves of several rows. */
export function halves<R>(rows: readonly R[]): readonly [R[], R[]] {
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)];
}

/** Divides a list into runs of neighbours that have the same key. */
export function toRuns<R, K>(list: readonly R[], keyOf: (item: R) => K): R[][] {
  const runs: R[][] = [];
  let before: K | undefined;
  for (const item of list) {
    const key = keyOf(item);
    if (key === before) runs.at(-1)!.push(item);
    else runs.push([item]);
    before = key;
  }
  return runs;
}
