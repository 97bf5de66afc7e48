import { z } from 'zod';
import { isStorableText } from '../kernel/index.ts';

/** Types that the values of an attribute can have. */
const ATTRIBUTE_TYPES = ['text', 'number', 'boolean', 'object'] as const;

const text = (max: number) => z.string().min(1).max(max).refine(isStorableText, 'No control characters.');

/** The content of a character class, which must not close the class. */
const CLASS = /^(?:\\.|[^\]\\])+$/u;

function isCharacterClass(characters: string): boolean {
  try {
    return CLASS.test(characters) && new RegExp(`[${characters}]`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

/** A rule for the values of an attribute: all given conditions must hold. */
const validator = z.strictObject({
  /** Least number, or least length of a text. */
  min: z.number().nullish(),
  /** Largest number, or largest length of a text. */
  max: z.number().nullish(),
  /**
   * The characters allowed in a text: the content of a character class of a regular expression with the flag `u`. Whole
   * expressions are not accepted, because one that backtracks without end would stop the service for every tenant.
   */
  characters: text(255).refine(isCharacterClass, 'This is not the inside of a character class.').nullish(),
  /** The only texts allowed. */
  oneOf: z.array(text(255)).min(1).max(200).nullish(),
  /** Error code chosen by the tenant, shown to callers. */
  code: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/),
  message: text(255),
});
export type AttributeValidator = z.infer<typeof validator>;

const definition = z.strictObject({
  /** Name of an attribute, or of the field that the name means. */
  name: text(255),
  /** Absent: any value. */
  type: z.enum(ATTRIBUTE_TYPES).nullish(),
  /** Whether it is a list of such values. */
  isList: z.boolean(),
  /** Whether the value can be set only when the account is created. */
  isUnmodifiable: z.boolean(),
  validators: z.array(validator).max(8),
});
export type AttributeDefinition = z.infer<typeof definition>;

/** Most characters of JSON, because the settings of active tenants are cached in memory. */
const MAX_LENGTH = 65_536;

/**
 * Requirements of a tenant for attributes of its users; attributes without a definition may have any value. At most 100,
 * because they are read with each change of an account.
 */
export const attributeDefinitions = z
  .array(definition)
  .max(100)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'A name is defined twice.')
  .refine((all) => JSON.stringify(all).length <= MAX_LENGTH, 'The definitions are too long.');
