/** Names, and for each the names that it refers to. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** Finds one cycle in each strongly connected component of a graph, the shortest through its first name: `['a', 'b', 'a']`. */
export function findCycles(graph: Graph): string[][] {
  return findKnots(graph).map((knot) => shortestCycle(graph, knot));
}

/** The strongly connected components with more than one name (Tarjan), each in alphabetical order. */
function findKnots(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const knots: string[][] = [];
  const visit = (name: string): void => {
    index.set(name, index.size);
    low.set(name, index.get(name)!);
    open.push(name);
    for (const next of graph.get(name) ?? []) {
      if (!index.has(next)) visit(next);
      if (open.includes(next)) low.set(name, Math.min(low.get(name)!, low.get(next)!));
    }
    if (low.get(name) !== index.get(name)) return;
    const knot = open.splice(open.indexOf(name));
    if (knot.length > 1 || graph.get(name)?.includes(name)) knots.push(knot.sort());
  };
  for (const name of graph.keys()) if (!index.has(name)) visit(name);
  return knots.sort(([a = ''], [b = '']) => a.localeCompare(b));
}

/** Searches from the first name of a component, nearest names first, until that name is found again. */
function shortestCycle(graph: Graph, knot: readonly string[]): string[] {
  const [start = ''] = knot;
  const paths = [[start]];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const next of graph.get(path.at(-1)!) ?? []) {
      if (next === start) return [...path, start];
      if (!knot.includes(next) || seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  throw new Error(`${start} is in no cycle.`);
}
