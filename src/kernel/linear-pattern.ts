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

/**
 * Makes the test whether a whole text matches an expression. Texts of more than 1,024 characters match nothing, nor do those for
 * which no steps are left: half a million for one text, or what several texts share.
 * @throws PatternError The expression is none, has what is not known here, or has more than 512 states.
 */
export function compilePattern(source: string): (text: string, steps?: Steps) => boolean {
  const states = new States();
  const start = states.add(new Reader(withoutEnds(source)).read(), 0);
  return (text, steps = { left: MAX_STEPS }) => isMatch(states.all, start, text, steps);
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
  let reached = new Set<number>();
  reach(states, reached, start, steps);
  for (const character of text) {
    const following = new Set<number>();
    for (const at of reached) {
      const { test, next } = states[at]!;
      steps.left -= 1;
      if (test?.(character) === true) reach(states, following, next[0]!, steps);
    }
    if (steps.left <= 0) return false;
    reached = following;
  }
  return steps.left > 0 && reached.has(0);
}
