/** The values wanted for each property in turn: one of these, or any (null). */
export type Wanted = readonly (readonly string[] | null)[];

/** The members that want the same values up to this depth, by the value they want next. */
interface Branch<T> {
  readonly members: Set<T>;
  readonly byValue: Map<string, Branch<T>>;
  /** The members for which the next property may have any value. */
  anything: Branch<T> | null;
}

const newBranch = <T>(): Branch<T> => ({ members: new Set(), byValue: new Map(), anything: null });

const isEmpty = <T>({ members, byValue, anything }: Branch<T>): boolean =>
  members.size === 0 && byValue.size === 0 && anything === null;

/**
 * Finds the members that want an event, by its properties. The cost of an event grows with the members that want it, not with
 * all members. Every member names the same number of properties.
 */
export class FilterIndex<T> {
  readonly #root = newBranch<T>();

  get isEmpty(): boolean {
    return isEmpty(this.#root);
  }

  add(wanted: Wanted, member: T): void {
    let ends = [this.#root];
    for (const values of wanted) ends = ends.flatMap((branch) => grow(branch, values));
    for (const { members } of ends) members.add(member);
  }

  delete(wanted: Wanted, member: T): void {
    prune(this.#root, wanted, 0, member);
  }

  /** Visits each member that wants an event with these values, once; a null value matches only members that want any value. */
  visit(values: readonly (string | null)[], see: (member: T) => void): void {
    visit(this.#root, values, 0, see);
  }

  visitAll(see: (member: T) => void): void {
    const seen = new Set<T>();
    collect(this.#root, seen);
    for (const member of seen) see(member);
  }
}

function grow<T>(branch: Branch<T>, values: readonly string[] | null): Branch<T>[] {
  if (values === null) {
    branch.anything ??= newBranch();
    return [branch.anything];
  }
  return values.map((value) => {
    const known = branch.byValue.get(value);
    if (known !== undefined) return known;
    const made = newBranch<T>();
    branch.byValue.set(value, made);
    return made;
  });
}

/** Removes a member, and every branch that is empty afterwards. */
function prune<T>(branch: Branch<T>, wanted: Wanted, depth: number, member: T): void {
  if (depth === wanted.length) {
    branch.members.delete(member);
    return;
  }
  const values = wanted[depth]!;
  if (values === null) {
    if (branch.anything === null) return;
    prune(branch.anything, wanted, depth + 1, member);
    if (isEmpty(branch.anything)) branch.anything = null;
    return;
  }
  for (const value of values) {
    const next = branch.byValue.get(value);
    if (next === undefined) continue;
    prune(next, wanted, depth + 1, member);
    if (isEmpty(next)) branch.byValue.delete(value);
  }
}

function visit<T>(
  { members, byValue, anything }: Branch<T>,
  values: readonly (string | null)[],
  depth: number,
  see: (member: T) => void,
): void {
  if (depth === values.length) {
    for (const member of members) see(member);
    return;
  }
  if (anything !== null) visit(anything, values, depth + 1, see);
  const value = values[depth]!;
  const named = value === null ? undefined : byValue.get(value);
  if (named !== undefined) visit(named, values, depth + 1, see);
}

function collect<T>({ members, byValue, anything }: Branch<T>, into: Set<T>): void {
  for (const member of members) into.add(member);
  for (const next of byValue.values()) collect(next, into);
  if (anything !== null) collect(anything, into);
}
