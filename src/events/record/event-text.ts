/** Longest text in a column: addresses, ids, User-Agent, reasons. */
const COLUMN_LENGTH = 512;
/** Bounds of `params`: at most 64 members or items of 2000 characters on each of 4 levels; services report far less. */
const PARAM_LENGTH = 2_000;
const PARAM_MEMBERS = 64;
const PARAM_LEVELS = 4;

/**
 * Makes text that PostgreSQL accepts: NUL removed, lone surrogates replaced by U+FFFD, cut to `maxLength` UTF-16 units.
 * PostgreSQL refuses a whole row because of either, and a User-Agent may contain anything.
 */
export function storableText(text: string, maxLength = COLUMN_LENGTH): string {
  const withoutNul = text.includes('\0') ? text.replaceAll('\0', '') : text;
  const cut = withoutNul.length > maxLength ? withoutNul.slice(0, maxLength) : withoutNul;
  // Replace lone surrogates after the cut, which may have split a pair.
  return cut.isWellFormed() ? cut : cut.toWellFormed();
}

export function storableOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : storableText(text);
}

/** Makes the details of an event JSON that PostgreSQL accepts, within the bounds above. */
export function storableParams(params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return storableObject(params, 1);
}

function storableObject(value: object, level: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  let members = 0;
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (++members > PARAM_MEMBERS) break;
    clean[storableText(key)] = storableValue(member, level);
  }
  return clean;
}

function storableValue(value: unknown, level: number): unknown {
  if (typeof value === 'string') return storableText(value, PARAM_LENGTH);
  // JSON has no other numbers; the event in memory must be the one that the log gives.
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value !== 'object') return typeof value === 'bigint' ? String(value) : null;
  if (level >= PARAM_LEVELS) return null;
  return Array.isArray(value)
    ? value.slice(0, PARAM_MEMBERS).map((item) => storableValue(item, level + 1))
    : storableObject(value, level + 1);
}
