import { invalidField } from './errors.ts';

/** Levels of nesting a stored object may have: far more than people write, far fewer than the stack holds. */
const MAX_DEPTH = 16;

function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value !== 'object' || depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isStorable(item, depth - 1));
  return Object.entries(value).every(([name, item]) => isStorable(name, 1) && isStorable(item, depth - 1));
}

/**
 * The object, if it may be stored as JSON.
 * @param path GraphQL input path of the value.
 * @param maxBytes Of its JSON text in UTF-8.
 * @throws INVALID_INPUT No object, too large or too deep, or holding what JSON or PostgreSQL cannot keep.
 */
export function requireJson(value: unknown, path: string, maxBytes: number): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidField(path, 'OBJECT_REQUIRED', 'An object is needed here.');
  }
  if (!isStorable(value, MAX_DEPTH)) throw invalidField(path, 'OBJECT_NOT_STORABLE', 'The object cannot be stored.');
  if (Buffer.byteLength(JSON.stringify(value)) > maxBytes) {
    throw invalidField(path, 'OBJECT_TOO_LARGE', `The object must not exceed ${maxBytes} bytes.`);
  }
  return value as Record<string, unknown>;
}
