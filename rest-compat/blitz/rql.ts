/** A value without its type prefix, percent-decoded. `auto`: it had no type prefix. */
export interface RqlValue {
  readonly kind: 'value';
  readonly type: 'auto' | 'string' | 'number' | 'boolean';
  readonly text: string;
  /** Where it begins in the expression. */
  readonly at: number;
}

/** `name(arg,...)`. Arguments of `and` and `or` are calls, of all others values. */
export interface RqlCall {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly (RqlCall | RqlValue)[];
  readonly at: number;
}

/** The expression is malformed or not supported; the message is for the caller. */
export class RqlRefusal extends Error {
  override readonly name = 'RqlRefusal';
  /** Where the fault is, counted from 0. */
  readonly at: number;

  constructor(reason: string, at: number) {
    super(`${reason} (at character ${at + 1}).`);
    this.at = at;
  }
}

/** Most characters of an expression; proxies usually limit a URL to 8 KB. */
export const MAX_RQL_LENGTH = 4096;
const MAX_DEPTH = 8;
/** Most calls and values together: enough for 20 comparisons of a name and a value, in groups. */
const MAX_NODES = 100;

const CONTAINERS = new Set(['and', 'or']);
const CALL = /([A-Za-z][A-Za-z0-9_]{0,31})\(/y;
const TYPED = /^(string|number|boolean):/;
const NUMBER = /^[+-]?\d{1,30}(\.\d{1,30})?$/;

/**
 * Reads an expression of the query language (docs/dialects/blitz.md, section 2.4), such as
 * `and(eq(family_name,string:Orlov),limit(5))`. The text is the query parameter, decoded once. Values may contain balanced
 * parentheses, and commas if they are percent-encoded once more.
 * @throws RqlRefusal Malformed, too long, too deep or too large.
 */
export function parseRql(text: string): RqlCall {
  if (text.length > MAX_RQL_LENGTH) throw new RqlRefusal(`At most ${MAX_RQL_LENGTH} characters`, MAX_RQL_LENGTH);
  const reader = { text, at: 0, nodes: 0 };
  const call = readCall(reader, 1);
  if (reader.at < text.length) throw new RqlRefusal('The expression ends before the text does', reader.at);
  return call;
}

interface Reader {
  readonly text: string;
  at: number;
  nodes: number;
}

function count(reader: Reader): void {
  if (++reader.nodes > MAX_NODES) throw new RqlRefusal('The expression has too many parts', reader.at);
}

function skipBlanks(reader: Reader): void {
  while (reader.text[reader.at] === ' ') reader.at += 1;
}

function readCall(reader: Reader, depth: number): RqlCall {
  skipBlanks(reader);
  const { at, text } = reader;
  CALL.lastIndex = at;
  const name = CALL.exec(text)?.[1];
  if (name === undefined) throw new RqlRefusal('An operator with its arguments in parentheses is needed', at);
  if (depth > MAX_DEPTH) throw new RqlRefusal(`Operators nest at most ${MAX_DEPTH} deep`, at);
  count(reader);
  reader.at += name.length + 1;
  const args: (RqlCall | RqlValue)[] = [];
  do {
    args.push(CONTAINERS.has(name) ? readCall(reader, depth + 1) : readValue(reader));
  } while (isNext(reader));
  return { kind: 'call', name, args, at };
}

/** Whether another argument follows; skips the comma or the closing parenthesis. */
function isNext(reader: Reader): boolean {
  skipBlanks(reader);
  const character = reader.text[reader.at];
  if (character !== ',' && character !== ')') throw new RqlRefusal('"," or ")" is needed', reader.at);
  reader.at += 1;
  if (character === ')') skipBlanks(reader);
  return character === ',';
}

function readValue(reader: Reader): RqlValue {
  skipBlanks(reader);
  count(reader);
  const start = reader.at;
  for (let open = 0; ; reader.at += 1) {
    const character = reader.text[reader.at];
    if (character === undefined) throw new RqlRefusal('")" is missing', reader.at);
    if (open === 0 && (character === ',' || character === ')')) break;
    if (character === '(') open += 1;
    else if (character === ')') open -= 1;
  }
  return typed(reader.text.slice(start, reader.at).trimEnd(), start);
}

function typed(raw: string, at: number): RqlValue {
  const type = TYPED.exec(raw)?.[1] as Exclude<RqlValue['type'], 'auto'> | undefined;
  const text = decoded(type === undefined ? raw : raw.slice(type.length + 1));
  if (type === 'number' && !NUMBER.test(text)) throw new RqlRefusal('This is not a number', at);
  if (type === 'boolean' && text !== 'true' && text !== 'false') throw new RqlRefusal('This is not a boolean', at);
  return { kind: 'value', type: type ?? 'auto', text, at };
}

/** Decodes a value. `100%`, which a caller encoded only once, is not a valid escape at this point and stays as it is. */
function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether a value can be read as a number. */
export const isNumber = ({ type, text }: RqlValue): boolean =>
  type === 'number' || (type === 'auto' && NUMBER.test(text));

/** The values of a call that takes exactly `size` values. @throws RqlRefusal */
export function valuesOf(call: RqlCall, size: number): readonly RqlValue[] {
  if (call.args.length === size && call.args.every((arg) => arg.kind === 'value')) return call.args as RqlValue[];
  throw new RqlRefusal(`"${call.name}" takes ${size} ${size === 1 ? 'value' : 'values'}`, call.at);
}

/** An expression without its `limit`. */
export interface LimitedRql {
  /** Null if the expression has only a `limit`. */
  readonly condition: RqlCall | null;
  /** A whole number from 0; null when not given. */
  readonly limit: number | null;
}

/**
 * Takes `limit(n)` out of an expression: alone, or directly inside the outermost `and`.
 * @throws RqlRefusal `limit` is given twice or is not a whole number. Elsewhere in the expression it is left in place, where it
 *   is refused as an unknown operator.
 */
export function splitLimit(call: RqlCall): LimitedRql {
  const parts = call.name === 'and' ? (call.args as readonly RqlCall[]) : [call];
  const limits = parts.filter(({ name }) => name === 'limit');
  const others = parts.filter(({ name }) => name !== 'limit');
  if (limits.length > 1) throw new RqlRefusal('"limit" is given twice', limits[1]!.at);
  const limit = limits[0] === undefined ? null : limitOf(limits[0]);
  if (others.length === 0) return { condition: null, limit };
  return { condition: call.name === 'and' ? { ...call, args: others } : call, limit };
}

function limitOf(call: RqlCall): number {
  const [value] = valuesOf(call, 1);
  if (!/^\d{1,9}$/.test(value!.text)) throw new RqlRefusal('"limit" takes a whole number', value!.at);
  return Number(value!.text);
}
