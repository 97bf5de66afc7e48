import { z } from 'zod';

/** The year 9999. */
const MAX_SECONDS = 253_402_300_799;

/** A moment before which tokens are refused, as it is sent. */
export const NOT_BEFORE = z
  .number()
  .int()
  .min(0)
  .max(MAX_SECONDS)
  .nullable()
  .optional()
  .describe('Seconds since 1970: tokens issued before are refused; 0 for none.');

/** The moment in the graph; null counts as not sent. */
export const toNotBefore = (seconds: z.output<typeof NOT_BEFORE>): { readonly notBefore?: Date | null } =>
  seconds == null ? {} : { notBefore: seconds === 0 ? null : new Date(seconds * 1000) };
