import { z } from 'zod';
import { textsOf } from '../realm-users/profile.ts';

/** Attributes as they are answered. */
export const ATTRIBUTES = z.record(z.string(), z.array(z.string())).describe('Each with all its values.');

/** Attributes as they are sent. */
export const SENT_ATTRIBUTES = z
  .record(z.string(), z.array(z.string()))
  .nullable()
  .optional()
  .describe('Lists of texts by name.');

/** Attributes, whose values may come from other APIs and be of any type, as lists of texts. */
export const showAttributes = (attributes: Readonly<Record<string, unknown>>): Record<string, string[]> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, textsOf(value).filter((text) => text !== null)]),
  );
