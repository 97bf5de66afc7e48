import { invalidField } from './errors.ts';
import { isDatabaseText } from './text.ts';

/** Levels of nesting a stored object may have: far more than people write, and far fewer than would overflow the stack. */
const MAX_DEPTH = 16;

/**
 * Whether a parsed number is the one that was written. JSON.parse rounds a whole number beyond 2^53 - 1 (RFC 8259 section
 * 6), always to another number beyond 2^53 - 1, so the value alone shows it.
 */
function isExactNumber(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/** Whether a value contains an inexact number at any depth. */
export function hasInexactNumber(value: unknown): boolean {
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === 'number' && !isExactNumber(next)) return true;
    if (typeof next === 'object' && next !== null) for (const inner of Object.values(next)) left.push(inner);
  }
  return false;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whether lists and objects of a parsed text stand in one another on more levels. Needs no stack, however many there are. */
export function nestsDeeper(value: unknown, levels: number): boolean {
  let level = [value].filter(isNested);
  for (let at = 0; at < levels && level.length > 0; at++)
    level = level.flatMap((each) => Object.values(each).filter(isNested));
  return level.length > 0;
}

/** Whether all lists of a parsed text together have more items. */
export function hasMoreItems(value: unknown, most: number): boolean {
  const left = [value].filter(isNested);
  let items = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (Array.isArray(next)) items += next.length;
    if (items > most) return true;
    for (const inner of Object.values(next)) if (isNested(inner)) left.push(inner);
  }
  return false;
}

/** Whether a value can be stored as JSON and read back as it was sent. @param depth Levels of nesting it may have. */
export function isStorableJson(value: unknown, depth = MAX_DEPTH): boolean {
  if (typeof value === 'string') return isDatabaseText(value);
  if (typeof value === 'number') return isExactNumber(value);
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isStorableJson(item, depth - 1));
  return Object.entries(value).every(
    ([name, item]) => name !== '__proto__' && isDatabaseText(name) && isStorableJson(item, depth - 1),
  );
}

/** Bytes of the JSON text of a value, in UTF-8. */
export const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** Whether two values are the same JSON, whatever the order of the members of objects, which the database does not keep. */
export const isSameJson = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);

/** JSON with the members of objects sorted by name; undefined where there is no value. */
export function canonicalJson(value: unknown): string | undefined {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/**
 * Returns the object, if it may be stored as JSON.
 * @param path GraphQL input path of the value.
 * @param maxBytes Of its JSON text in UTF-8.
 * @throws INVALID_INPUT The value is no object, is too large or nests too deep, or contains what JSON or PostgreSQL cannot
 *   keep: NUL, lone surrogates, whole numbers beyond 2^53 - 1.
 */
export function requireJson(value: unknown, path: string, maxBytes: number): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidField(path, 'OBJECT_REQUIRED', 'An object is needed here.');
  }
  if (!isStorableJson(value)) throw invalidField(path, 'OBJECT_NOT_STORABLE', 'The object cannot be stored.');
  if (jsonBytes(value) > maxBytes) {
    throw invalidField(path, 'OBJECT_TOO_LARGE', `The object must not exceed ${maxBytes} bytes.`);
  }
  return value as Record<string, unknown>;
}
