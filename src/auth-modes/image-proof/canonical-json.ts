import type { z } from 'zod';

/**
 * Reads JSON that has one form: the members of the schema in their order, without blanks. Parsers do not agree on repeated members, so
 * whatever is not written again as it came is refused, and null.
 */
export function readCanonicalJson<S extends z.ZodType>(schema: S, json: Buffer): z.output<S> | null {
  const read = schema.safeParse(parse(json.toString()));
  return read.success && Buffer.from(JSON.stringify(read.data)).equals(json) ? read.data : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
