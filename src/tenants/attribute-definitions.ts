import { z } from 'zod';
import { isStorableText } from '../kernel/index.ts';

/** What the values of an attribute are. */
const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'object'] as const;

const text = (max: number) => z.string().min(1).max(max).refine(isStorableText, 'No control characters.');

/** What stands inside the brackets of a character class, and does not close them. */
const CLASS = /^(?:\\.|[^\]\\])+$/u;

function isCharacterClass(characters: string): boolean {
  try {
    return CLASS.test(characters) && new RegExp(`[${characters}]`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** A rule for the values of an attribute; of the conditions all that are given must hold. */
const validator = z.strictObject({
  /** Least number, or least length of a text. */
  min: z.number().nullish(),
  /** Largest number, or largest length of a text. */
  max: z.number().nullish(),
  /**
   * The only characters of a text: what a regular expression with the flag `u` has between its brackets. Whole expressions
   * are not taken: one that backtracks for years would stop the service for every tenant.
   */
  characters: text(255).refine(isCharacterClass, 'This is not the inside of a character class.').nullish(),
  /** The only texts allowed. */
  oneOf: z.array(text(255)).min(1).max(200).nullish(),
  /** The tenant's own word for the refusal, shown to callers. */
  code: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/),
  message: text(255),
});
export type AttributeValidator = z.infer<typeof validator>;

const definition = z.strictObject({
  /** Of an attribute, or of the field that the name means. */
  name: text(255),
  /** Absent: any value. */
  type: z.enum(ATTRIBUTE_TYPES).nullish(),
  /** Whether it is a list of such values. */
  isList: z.boolean(),
  /** Set when the account is made, or never. */
  isUnmodifiable: z.boolean(),
  validators: z.array(validator).max(8),
});
export type AttributeDefinition = z.infer<typeof definition>;

/** Characters of JSON: settings stay in memory, of every tenant that is used. */
const MAX_LENGTH = 65_536;

/**
 * What a tenant demands of attributes of its users; others hold any value. At most 100: they are read with each change of an
 * account.
 */
export const attributeDefinitions = z
  .array(definition)
  .max(100)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'A name is defined twice.')
  .refine((all) => JSON.stringify(all).length <= MAX_LENGTH, 'The definitions are too long.');
