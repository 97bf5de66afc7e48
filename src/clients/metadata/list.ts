import { z } from 'zod';

/** A list of texts of a client, each kept once. */
export const listOf = <T extends z.ZodType>(entry: T, max: number, noun: string) =>
  z
    .array(entry)
    .max(max, `At most ${max} ${noun}.`)
    .overwrite((entries) => [...new Set(entries)]);
