/**
 * Regular expressions of tenants. The one of the language backtracks, and with some expressions longer than anybody waits; this
 * one follows all ways at once, so a text takes at most its length times the states of the expression.
 *
 * It knows characters, escapes, classes, `.`, groups, alternatives and quantifiers, and expects `^` and `$` at most at the ends,
 * since an expression matches a whole text. It has no references back, no look-around and no flags.
 */

/** Most states: 1,024 characters are then at most half a million steps. */
const MAX_STATES = 512;
/** Longer texts match nothing. */
const MAX_TEXT = 1_024;
const MAX_DEPTH = 32;
/** Steps that are left for a text, or for several; every state and every edge that is looked at is one. */
export interface Steps {
  left: number;
}

/** Steps for one text, where no others are given. */
const MAX_STEPS = 500_000;
/** Repeated nothing makes no states, and has to end as well. */
const MAX_ADDED = 4 * MAX_STATES;

type Test = (character: string) => boolean;
type Node =
  | { readonly kind: 'one'; readonly test: Test }
  | { readonly kind: 'all'; readonly parts: readonly Node[] }
  | { readonly kind: 'any'; readonly options: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number };

/** The expression is none, or is one that this service does not have. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

const tooLarge = () => new PatternError('The expression is too large.');

const ONE_OF = /^(?:\[(?:\\.|[^\]\\])+\]|\\p\{[A-Za-z_=]+\}|\\P\{[A-Za-z_=]+\}|\\[dDwWsS])/su;
const REPEATED = /^\{(\d{1,4})(,(\d{1,4})?)?\}/;
/** Escapes of single characters. */
const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** Reads an expression from left to right. */
class Reader {
  readonly #source: string;
  #at = 0;
  #ones = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): Node {
    const node = this.#options(0);
    if (this.#at < this.#source.length) throw new PatternError('A ")" has no beginning.');
    return node;
  }

  #options(depth: number): Node {
    if (depth > MAX_DEPTH) throw new PatternError('Groups stand too deep inside each other.');
    const options = [this.#sequence(depth)];
    while (this.#takes('|')) options.push(this.#sequence(depth));
    return options.length === 1 ? options[0]! : { kind: 'any', options };
  }

  #sequence(depth: number): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && this.#next !== '|' && this.#next !== ')')
      parts.push(this.#repeated(this.#single(depth)));
    return { kind: 'all', parts };
  }

  #single(depth: number): Node {
    if (this.#takes('(')) return this.#group(depth);
    // Refuse what would have too many states while it is read, because every class takes time.
    if (++this.#ones > MAX_STATES) throw tooLarge();
    const [oneOf] = ONE_OF.exec(this.#rest) ?? [];
    if (oneOf !== undefined) {
      this.#at += oneOf.length;
      return { kind: 'one', test: testOf(oneOf) };
    }
    const character = this.#take();
    if (character === '.') return { kind: 'one', test: (given) => given !== '\n' && given !== '\r' };
    if ('*+?{[^$'.includes(character)) throw new PatternError(`"${character}" cannot stand here.`);
    const literal = character === '\\' ? this.#escaped() : character;
    return { kind: 'one', test: (given) => given === literal };
  }

  #escaped(): string {
    const character = this.#take();
    if (Object.hasOwn(CONTROLS, character)) return CONTROLS[character]!;
    if (/[A-Za-z0-9]/.test(character)) throw new PatternError(`"\\${character}" is not known.`);
    return character;
  }

  #group(depth: number): Node {
    if (this.#takes('?') && !this.#takes(':'))
      throw new PatternError('Of groups that begin with "(?" only "(?:" is known.');
    const inside = this.#options(depth + 1);
    if (!this.#takes(')')) throw new PatternError('A "(" has no end.');
    return inside;
  }

  /** The part with its quantifier. Whether it is lazy does not matter to whether a whole text matches. */
  #repeated(part: Node): Node {
    const bounds = this.#bounds();
    if (bounds === null) return part;
    this.#takes('?');
    return { kind: 'repeat', part, ...bounds };
  }

  #bounds(): { readonly min: number; readonly max: number } | null {
    if (this.#takes('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#takes('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (this.#takes('?')) return { min: 0, max: 1 };
    const [whole, least, hasMore, most] = REPEATED.exec(this.#rest) ?? [];
    if (whole === undefined) return null;
    this.#at += whole.length;
    const min = Number(least);
    const max = hasMore === undefined ? min : most === undefined ? Number.POSITIVE_INFINITY : Number(most);
    if (max < min) throw new PatternError('The bounds of a quantifier are in the wrong order.');
    return { min, max };
  }

  get #rest(): string {
    return this.#source.slice(this.#at);
  }

  get #next(): string {
    return this.#source[this.#at]!;
  }

  #takes(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #take(): string {
    const code = this.#source.codePointAt(this.#at);
    if (code === undefined) throw new PatternError('The expression ends too early.');
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }
}

/** The test of a class for one character, which the language makes without backtracking. */
function testOf(oneOf: string): Test {
  if (/^\[.*(?:(?<!\\)\[|&&)/su.test(oneOf)) throw new PatternError('Classes inside of classes are not known.');
  try {
    const expression = new RegExp(`^${oneOf}$`, 'u');
    return (character) => expression.test(character);
  } catch {
    throw new PatternError(`"${oneOf}" is no class of characters.`);
  }
}

/** A state: what the next character has to be, or, without a test, where to go on without one. */
interface State {
  readonly test: Test | null;
  readonly next: number[];
}

/** Makes states of an expression; the first one is the end. */
class States {
  readonly all: State[] = [{ test: null, next: [] }];
  #added = 0;

  /** Adds the states of a part. @param then Where it goes on. @returns Where it begins. */
  add(node: Node, then: number): number {
    if (++this.#added > MAX_ADDED) throw tooLarge();
    if (node.kind === 'one') return this.#push({ test: node.test, next: [then] });
    if (node.kind === 'all') return node.parts.reduceRight((after, part) => this.add(part, after), then);
    if (node.kind === 'any')
      return this.#push({ test: null, next: node.options.map((option) => this.add(option, then)) });
    return this.#addRepeated(node, then);
  }

  #addRepeated({ part, min, max }: Extract<Node, { kind: 'repeat' }>, then: number): number {
    let start = then;
    if (max === Number.POSITIVE_INFINITY) {
      start = this.#push({ test: null, next: [then] });
      this.all[start]!.next.push(this.add(part, start));
    }
    for (let optional = min; optional < max && max !== Number.POSITIVE_INFINITY; optional++)
      start = this.#push({ test: null, next: [then, this.add(part, start)] });
    for (let needed = 0; needed < min; needed++) start = this.add(part, start);
    return start;
  }

  #push(state: State): number {
    if (this.all.length >= MAX_STATES) throw tooLarge();
    return this.all.push(state) - 1;
  }
}

/** Adds a state, and those that it leads to without a character. */
function reach(states: readonly State[], reached: Set<number>, start: number, steps: Steps): void {
  const open = [start];
  for (let at = open.pop(); at !== undefined && steps.left > 0; at = open.pop()) {
    steps.left -= 1;
    if (reached.has(at)) continue;
    reached.add(at);
    if (states[at]!.test === null) open.push(...states[at]!.next);
  }
}

/** The states of the empty text. */
function begin(states: readonly State[], start: number, steps: Steps): ReadonlySet<number> {
  const reached = new Set<number>();
  reach(states, reached, start, steps);
  return reached;
}

/** The states that a character leads to. */
function follow(
  states: readonly State[],
  reached: ReadonlySet<number>,
  character: string,
  steps: Steps,
): ReadonlySet<number> {
  const following = new Set<number>();
  for (const at of reached) {
    const { test, next } = states[at]!;
    steps.left -= 1;
    if (test?.(character) === true) reach(states, following, next[0]!, steps);
  }
  return following;
}

/**
 * Makes the test whether a whole text matches an expression. Texts of more than 1,024 characters match nothing, nor do those for
 * which no steps are left: half a million for one text, or what several texts share.
 * @throws PatternError The expression is none, has what is not known here, or has more than 512 states.
 */
export function compilePattern(source: string): (text: string, steps?: Steps) => boolean {
  const { states, start } = toStates(source);
  return (text, steps = { left: MAX_STEPS }) => isMatch(states, start, text, steps);
}

/** @throws PatternError */
function toStates(source: string): { readonly states: readonly State[]; readonly start: number } {
  const states = new States();
  const start = states.add(new Reader(withoutEnds(source)).read(), 0);
  return { states: states.all, start };
}

/** Where the beginning of a text stands in an expression. */
export interface PatternPlace {
  /** How many characters a match needs after it, at least; 0: it is a match. */
  readonly missing: number;
  /** How many characters a match may have after it, at most; more than 64 count as endless. */
  readonly possible: number;
  /** Where it stands with one character more; null: no match begins so, or no steps are left. */
  after(character: string): PatternPlace | null;
}

/**
 * The place of the empty text in an expression, from which texts that match can be made.
 * @param steps What all places that follow may take together.
 * @throws PatternError As `compilePattern`.
 */
export function startPattern(source: string, steps: Steps): PatternPlace {
  const { states, start } = toStates(source);
  const missing = countToEnd(states, Number.POSITIVE_INFINITY, Math.min);
  const possible = countToEnd(states, Number.NEGATIVE_INFINITY, (...counts) => endlessFrom(Math.max(...counts)));
  const placeAt = (reached: ReadonlySet<number>): PatternPlace => ({
    missing: Math.min(...[...reached].map((at) => missing[at]!)),
    possible: Math.max(...[...reached].map((at) => possible[at]!)),
    after: (character) => {
      const following = follow(states, reached, character, steps);
      return following.size === 0 || steps.left <= 0 ? null : placeAt(following);
    },
  });
  return placeAt(begin(states, start, steps));
}

/** A repeated part would be counted for ever. */
const MAX_COUNTED = 64;
const endlessFrom = (count: number): number => (count > MAX_COUNTED ? Number.POSITIVE_INFINITY : count);

/**
 * Of each state how many characters there are from it to the end.
 * @param unknown What stands for no way to the end. @param choose Which of several ways counts.
 */
function countToEnd(
  states: readonly State[],
  unknown: number,
  choose: (...counts: number[]) => number,
): readonly number[] {
  const counts = states.map((_, at) => (at === 0 ? 0 : unknown));
  let hasChanged = true;
  while (hasChanged) {
    hasChanged = false;
    for (const [at, { test, next }] of states.entries()) {
      const count = choose(counts[at]!, ...next.map((to) => counts[to]! + (test === null ? 0 : 1)));
      if (count === counts[at]) continue;
      counts[at] = count;
      hasChanged = true;
    }
  }
  return counts;
}

/** Longest expression, in characters: longer ones are never read. */
const MAX_SOURCE = 2_048;

/** Why there is no test of an expression: one sentence; null where there is one. */
export function patternFault(source: string): string | null {
  if (source.length > MAX_SOURCE) return `An expression has at most ${MAX_SOURCE} characters.`;
  try {
    compilePattern(source);
    return null;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

/** Tests of expressions; the least recently made goes first. Each has at most 512 states, so all have some 20 MB at most. */
const KNOWN = new Map<string, ReturnType<typeof compilePattern>>();
const MAX_KNOWN = 200;

/** As `compilePattern`; the test is kept for the next texts. @throws PatternError */
export function patternOf(source: string): ReturnType<typeof compilePattern> {
  const known = KNOWN.get(source);
  if (known !== undefined) return known;
  const made = compilePattern(source);
  if (KNOWN.size >= MAX_KNOWN) KNOWN.delete(KNOWN.keys().next().value!);
  KNOWN.set(source, made);
  return made;
}

/** The expression without the anchors of its ends. */
function withoutEnds(source: string): string {
  const begun = source.startsWith('^') ? source.slice(1) : source;
  return /(?<!\\)(?:\\\\)*\$$/.test(begun) ? begun.slice(0, -1) : begun;
}

function isMatch(states: readonly State[], start: number, text: string, steps: Steps): boolean {
  if (text.length > MAX_TEXT) return false;
  let reached = begin(states, start, steps);
  for (const character of text) {
    reached = follow(states, reached, character, steps);
    if (steps.left <= 0) return false;
  }
  return steps.left > 0 && reached.has(0);
}
