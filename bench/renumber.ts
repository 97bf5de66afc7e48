/** Numbers of eleven digits behind `bench-`, which a counted plan wrote. */
const NUMBER = /(?<=bench-)\d{11}/g;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
/** More than the numbers of one request. */
const STEP = 100_000;

/**
 * A text with the numbers and ids of another run: so statements that were recorded once can insert other rows again.
 * @param run From 1 to 90,000; texts of different runs have no number in common.
 * @param kept UUIDs that stay, because they refer to rows that are there.
 */
export function renumber(text: string, run: number, kept: ReadonlySet<string>): string {
  return text
    .replace(NUMBER, (digits) => String(Number(digits) + run * STEP).padStart(digits.length, '0'))
    .replace(UUID, (id) => (kept.has(id) ? id : withOtherDigits(id, run)));
}

/** Changes random digits of a UUID (RFC 9562), and neither its time nor its last digits, which may count. */
function withOtherDigits(id: string, run: number): string {
  const digits = ((Number.parseInt(id.slice(24, 32), 16) ^ run) >>> 0).toString(16).padStart(8, '0');
  return `${id.slice(0, 24)}${digits}${id.slice(32)}`;
}
