import { readPath, type WrittenPath } from './attribute.ts';
import { ScimRefusal } from './refusal.ts';

const OPERATORS = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const;
export type ScimOperator = (typeof OPERATORS)[number];

/** A value with which an attribute is compared. */
export type ScimValue = string | number | boolean | null;

/** A filter (RFC 7644 section 3.4.2.2) as a tree. */
export type ScimFilter =
  | { readonly kind: 'and' | 'or'; readonly filters: readonly ScimFilter[] }
  | { readonly kind: 'not'; readonly filter: ScimFilter }
  | { readonly kind: 'present'; readonly path: WrittenPath }
  | {
      readonly kind: 'compare';
      readonly path: WrittenPath;
      readonly operator: ScimOperator;
      readonly value: ScimValue;
    }
  /** `path[filter]`: one value of the attribute meets the filter, whose paths name members of that value. */
  | { readonly kind: 'values'; readonly path: WrittenPath; readonly filter: ScimFilter };

/** Most characters of a filter. */
export const MAX_FILTER_LENGTH = 2048;
/** Most parentheses and brackets inside each other. */
export const MAX_FILTER_DEPTH = 16;

const WORD = /[A-Za-z]+/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/uy;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][+-]?[0-9]+)?/y;
const NOT = /not *\(/iy;
/** RFC 5234 section 2.3: literal texts of a grammar are compared without regard to case. */
const CONSTANTS: Readonly<Record<string, ScimValue>> = { true: true, false: false, null: null };

/**
 * Reads a filter: logical operators, groups, `not (...)`, values of an attribute in brackets, and a member of these behind the
 * brackets, as in `emails[type eq "work"].value eq "a@b.example"`, which is one more condition on the same value.
 * @throws ScimRefusal invalidFilter: malformed, longer than 2,048 characters, or nested deeper than 16.
 */
export function parseFilter(text: string): ScimFilter {
  if (text.length > MAX_FILTER_LENGTH) throw invalid(`A filter has at most ${MAX_FILTER_LENGTH} characters.`);
  const reader = { text, at: 0 };
  const filter = readAlternatives(reader, { depth: 0, isInValue: false });
  skipBlanks(reader);
  if (reader.at < text.length) throw unexpected(reader, 'the end');
  return filter;
}

/**
 * Reads the filter in brackets that begins at a position, which is that of `[`.
 * @returns The filter and the position behind `]`.
 * @throws ScimRefusal invalidFilter
 */
export function readValueFilter(text: string, at: number): { readonly filter: ScimFilter; readonly end: number } {
  const reader = { text, at: at + 1 };
  const filter = readAlternatives(reader, { depth: 1, isInValue: true });
  skip(reader, ']');
  return { filter, end: reader.at };
}

interface Reader {
  readonly text: string;
  at: number;
}

interface Place {
  readonly depth: number;
  /** Whether the filter stands in brackets, where others do not stand in brackets. */
  readonly isInValue: boolean;
}

const invalid = (message: string): ScimRefusal => new ScimRefusal('invalidFilter', message);

const unexpected = ({ at }: Reader, wanted: string): ScimRefusal =>
  invalid(`The filter needs ${wanted} at character ${at + 1}.`);

function readAlternatives(reader: Reader, place: Place): ScimFilter {
  return readList(reader, 'or', () => readList(reader, 'and', () => readTerm(reader, place)));
}

/** Filters with an operator between them; one alone is itself. */
function readList(reader: Reader, operator: 'and' | 'or', read: () => ScimFilter): ScimFilter {
  const filters = [read()];
  while (skipOperator(reader, operator)) filters.push(read());
  return filters.length === 1 ? filters[0]! : { kind: operator, filters };
}

/** Skips the operator if it follows, with blanks on both sides. */
function skipOperator(reader: Reader, operator: string): boolean {
  const start = reader.at;
  skipBlanks(reader);
  const word = wordAt(reader);
  const end = reader.at + operator.length;
  const isNext = word?.toLowerCase() === operator && start < reader.at && reader.text[end] === ' ';
  reader.at = isNext ? end : start;
  return isNext;
}

function skipBlanks(reader: Reader): void {
  while (reader.text[reader.at] === ' ') reader.at += 1;
}

function skip(reader: Reader, character: string): void {
  skipBlanks(reader);
  if (reader.text[reader.at] !== character) throw unexpected(reader, `"${character}"`);
  reader.at += 1;
}

const wordAt = (reader: Reader): string | null => matchAt(reader, WORD);

function matchAt({ text, at }: Reader, pattern: RegExp): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function readTerm(reader: Reader, place: Place): ScimFilter {
  skipBlanks(reader);
  const not = matchAt(reader, NOT);
  if (not !== null) {
    reader.at += not.length - 1;
    return { kind: 'not', filter: readGroup(reader, place) };
  }
  return reader.text[reader.at] === '(' ? readGroup(reader, place) : readExpression(reader, place);
}

function readGroup(reader: Reader, place: Place): ScimFilter {
  reader.at += 1;
  const filter = readAlternatives(reader, deeper(place));
  skip(reader, ')');
  return filter;
}

function deeper(place: Place): Place {
  if (place.depth === MAX_FILTER_DEPTH) throw invalid(`A filter nests at most ${MAX_FILTER_DEPTH} deep.`);
  return { ...place, depth: place.depth + 1 };
}

function readExpression(reader: Reader, place: Place): ScimFilter {
  const found = readPath(reader.text, reader.at);
  if (found === null) throw unexpected(reader, 'the name of an attribute');
  const { path, end } = found;
  if (path.schema === null && path.sub === null && path.name.toLowerCase() === 'not')
    throw unexpected({ ...reader, at: end }, '"("');
  reader.at = end;
  return reader.text[end] === '[' ? readValues(reader, path, place) : readComparison(reader, path);
}

function readValues(reader: Reader, path: WrittenPath, place: Place): ScimFilter {
  if (place.isInValue) throw unexpected(reader, 'an operator');
  reader.at += 1;
  const filter = readAlternatives(reader, { ...deeper(place), isInValue: true });
  skip(reader, ']');
  if (reader.text[reader.at] !== '.') return { kind: 'values', path, filter };
  const member = readPath(reader.text, reader.at + 1);
  if (member === null || member.path.schema !== null || member.path.sub !== null)
    throw unexpected({ ...reader, at: reader.at + 1 }, 'the name of a member');
  reader.at = member.end;
  return { kind: 'values', path, filter: { kind: 'and', filters: [filter, readComparison(reader, member.path)] } };
}

function readComparison(reader: Reader, path: WrittenPath): ScimFilter {
  skipBlank(reader);
  const word = wordAt(reader)?.toLowerCase();
  if (word === 'pr') {
    reader.at += 2;
    return { kind: 'present', path };
  }
  const operator = OPERATORS.find((each) => each === word);
  if (operator === undefined) throw unexpected(reader, 'an operator');
  reader.at += operator.length;
  skipBlank(reader);
  return { kind: 'compare', path, operator, value: readValue(reader) };
}

function skipBlank(reader: Reader): void {
  if (reader.text[reader.at] !== ' ') throw unexpected(reader, 'a blank');
  skipBlanks(reader);
}

function readValue(reader: Reader): ScimValue {
  const written = matchAt(reader, STRING) ?? matchAt(reader, NUMBER);
  if (written !== null) {
    reader.at += written.length;
    return JSON.parse(written) as string | number;
  }
  const word = wordAt(reader)?.toLowerCase() ?? '';
  if (!Object.hasOwn(CONSTANTS, word)) throw unexpected(reader, 'a value as JSON writes it');
  reader.at += word.length;
  return CONSTANTS[word]!;
}
