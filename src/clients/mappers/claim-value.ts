import type { Texts } from './texts.ts';

/** Turns a value into the type of a claim; undefined where that is impossible. */
type Convert = (value: unknown) => unknown;

const toText: Convert = (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value));

/** A whole number that JSON keeps exactly (RFC 8259 section 6). */
const toInteger: Convert = (value) => {
  const text = String(value).trim();
  const number = Number(text);
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
};

const toBoolean: Convert = (value) => String(value).toLowerCase() === 'true';

const toJson: Convert = (value) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
};

const CONVERSIONS: ReadonlyMap<string, Convert> = new Map([
  ['String', toText],
  ['int', toInteger],
  ['long', toInteger],
  ['boolean', toBoolean],
  ['JSON', toJson],
]);

/** The values of an attribute, which may be one or a list. */
export const listValues = (value: unknown): readonly unknown[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => one !== null && one !== undefined);

/**
 * The value of a claim: all values as a list where the mapper says `multivalued`, else the first. Undefined where there is
 * none, or it is not of the type that the mapper names (`jsonType.label`).
 */
export function toClaimValue(values: readonly unknown[], config: Texts): unknown {
  const convert = CONVERSIONS.get(config['jsonType.label'] ?? '') ?? ((value: unknown) => value);
  if (config['multivalued'] !== 'true') return values.length === 0 ? undefined : convert(values[0]);
  const converted = values.map(convert).filter((value) => value !== undefined);
  return converted.length === 0 ? undefined : converted;
}
