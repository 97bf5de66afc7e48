import { type FieldFault, isStorableJson } from '../kernel/index.ts';
import { type Attributes, attributeMapFaults, changedNames, isAttributeName } from './attributes.ts';

/** A value that applications keep on an account. Unlike attributes, properties are flat and cannot be searched. */
export type PropertyValue = string | number | boolean;
export type Properties = Readonly<Record<string, PropertyValue>>;

/** A change as the caller sent it; `propertyFaults` checks it. */
export interface PropertyPatch {
  /** Sets these and replaces earlier values. */
  readonly add?: Readonly<Record<string, unknown>> | null | undefined;
  /** Removes these before anything is added. A name without a property is no fault. */
  readonly remove?: readonly string[] | null | undefined;
}

/** More names than a user can have properties. */
const MAX_REMOVED = 1000;

const fault = (path: string, message: string): FieldFault => ({ path, code: 'USER_PROPERTY_INVALID', message });

function isPropertyValue(value: unknown): value is PropertyValue {
  return value !== null && typeof value !== 'object' && isStorableJson(value);
}

/** Faults of a patch. */
export function propertyFaults({ add, remove }: PropertyPatch): FieldFault[] {
  const added = Object.entries(add ?? {}).flatMap(([name, value]) => {
    if (!isAttributeName(name))
      return [fault('input.add', 'A property name has 1 to 255 characters without control ones.')];
    return isPropertyValue(value)
      ? []
      : [
          fault(
            `input.add.${name}`,
            'A property is a text, a number that is exact (whole ones up to 2^53 - 1), or true or false.',
          ),
        ];
  });
  const isLong = (remove ?? []).length > MAX_REMOVED;
  return isLong ? [...added, fault('input.remove', `At most ${MAX_REMOVED} names are removed at once.`)] : added;
}

/** The map after a change; `remove` comes before `add`. */
export function patchedProperties(stored: Properties, { add, remove }: PropertyPatch): Properties {
  const properties = new Map(Object.entries(stored));
  for (const name of remove ?? []) properties.delete(name);
  for (const [name, value] of Object.entries(add ?? {})) properties.set(name, value as PropertyValue);
  return Object.fromEntries(properties);
}

/** Faults of a whole map; the bounds are those of attributes. */
export function propertyMapFaults(map: Attributes): FieldFault[] {
  return attributeMapFaults(map, 'input.add').map(({ path }) =>
    fault(path, 'The properties of a user are at most 200 and have at most 64 KiB.'),
  );
}

/** Names that a change set or removed; both empty = no change. */
export function propertyChanges(before: Properties, after: Properties): { added: string[]; removed: string[] } {
  const changed = changedNames(before, after);
  return {
    added: changed.filter((name) => Object.hasOwn(after, name)),
    removed: changed.filter((name) => !Object.hasOwn(after, name)),
  };
}
