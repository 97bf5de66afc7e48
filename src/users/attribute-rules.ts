import type { FieldFault } from '../kernel/index.ts';
import type { AttributeDefinition, AttributeValidator } from '../tenants/index.ts';
import { type Attributes, aliasedColumn } from './attributes.ts';

/** The attributes of an input: those with a column under its name, the others in a map. */
type Values = { readonly attributes?: Attributes | undefined } & { readonly [column: string]: unknown };
type Validator = Readonly<AttributeValidator>;

/** The input path of a defined attribute, and how to read its value. */
function placeOf(name: string): { readonly path: string; readonly in: (values: Values) => unknown } {
  const column = aliasedColumn(name);
  if (column !== null) return { path: `input.${column}`, in: (values) => values[column] };
  return {
    path: `input.attributes.${name}`,
    in: ({ attributes = {} }) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined),
  };
}

/** Faults in the types of given values. A null value, which clears the attribute, is no fault. */
export function typeFaults(definitions: readonly AttributeDefinition[], given: Values): FieldFault[] {
  return definitions.flatMap((definition) => {
    const { path, in: valueIn } = placeOf(definition.name);
    const value = valueIn(given);
    if (value == null || definition.type == null || isOfType(value, definition)) return [];
    const message = definition.isList ? `This is a list, each ${definition.type}.` : `This is ${definition.type}.`;
    return [{ path, code: 'USER_ATTRIBUTE_INVALID', message }];
  });
}

function isOfType(value: unknown, { type, isList }: AttributeDefinition): boolean {
  if (isList) return Array.isArray(value) && value.every((item) => isOne(item, type!));
  return isOne(value, type!);
}

function isOne(value: unknown, type: NonNullable<AttributeDefinition['type']>): boolean {
  if (type === 'text') return typeof value === 'string';
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

/** The values that the tenant's validators refuse, with the validator's code: the first fault of each attribute. */
export function validatorFaults(definitions: readonly AttributeDefinition[], given: Values): FieldFault[] {
  return definitions.flatMap(({ name, validators }) => {
    const { path, in: valueIn } = placeOf(name);
    const value = valueIn(given);
    if (value == null) return [];
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const refusal = validators.find((validator) => !passes(items, validator));
    return refusal === undefined ? [] : [{ path, code: refusal.code, message: refusal.message }];
  });
}

const isText = (value: unknown): value is string => typeof value === 'string';

function passes(items: readonly unknown[], { min, max, characters, oneOf }: Validator): boolean {
  if (min != null && !items.every((item) => sizeOf(item) >= min)) return false;
  if (max != null && !items.every((item) => sizeOf(item) <= max)) return false;
  const allowed = characters == null ? null : new RegExp(`^[${characters}]*$`, 'u');
  if (allowed !== null && !items.every((item) => isText(item) && allowed.test(item))) return false;
  return oneOf == null || items.every((item) => isText(item) && oneOf.includes(item));
}

/** The value of a number or the length of a text; no other value has a size. */
function sizeOf(value: unknown): number {
  return isText(value) ? [...value].length : typeof value === 'number' ? value : Number.NaN;
}

/** Faults of a change to attributes that may not change after the account was created. */
export function unmodifiableFaults(
  definitions: readonly AttributeDefinition[],
  isChanged: (name: string) => boolean,
): FieldFault[] {
  return definitions
    .filter(({ name, isUnmodifiable }) => isUnmodifiable && isChanged(name))
    .map(({ name }) => ({
      path: placeOf(name).path,
      code: 'USER_ATTRIBUTE_UNMODIFIABLE',
      message: `"${name}" cannot be changed.`,
    }));
}
