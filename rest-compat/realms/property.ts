import { present } from '../engine/index.ts';
import type { TenantSettingsData } from './operations.generated.ts';
import type { Scalar, ValueType } from './realm-values.ts';

type Tenant = NonNullable<TenantSettingsData['tenant']>;

/** What the graph has of a tenant. */
export interface RealmSource {
  readonly displayName: string | null;
  readonly isEnabled: boolean;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly settings: NonNullable<Tenant['settings']>;
}

/** What a document read of a tenant. @throws NOT_FOUND The tenant was deleted meanwhile. */
export const toRealmSource = ({ displayName, isEnabled, extraSettings, settings }: Tenant): RealmSource => ({
  displayName,
  isEnabled,
  extra: present(extraSettings),
  settings: present(settings),
});

/** A change of a tenant, while it is put together. */
export interface RealmChange {
  readonly settings: Record<string, unknown>;
  readonly set: Record<string, unknown>;
  readonly remove: string[];
  displayName?: string | null;
  isEnabled?: boolean;
}

/** A property of a realm, or an attribute of one. */
export interface Property {
  readonly read: (source: RealmSource) => unknown;
  /** Adds the value to a change; null returns the property to its default. @returns False: it cannot have the value. */
  readonly write: (value: Scalar | null, change: RealmChange) => boolean;
}

/**
 * A setting of the graph.
 * @param path Its name, after that of its group and a dot.
 * @param initial Its default, as the graph has it.
 * @param shown What is shown for null.
 */
export function setting(path: string, type: ValueType, initial: unknown, shown: unknown = null): Property {
  const [group = '', name] = path.split('.');
  return {
    read: ({ settings }) => {
      const above = (settings as Record<string, unknown>)[group];
      const value = name === undefined ? above : (above as Record<string, unknown>)[name];
      return (type.toShown(value) as unknown) ?? shown;
    },
    write: (value, { settings }) => {
      const stored = value === null ? initial : type.toGraph(value);
      if (stored === undefined) return false;
      if (name === undefined) settings[group] = stored;
      else settings[group] = { ...(settings[group] as object | undefined), [name]: stored };
      return true;
    },
  };
}

/** A property that nothing here uses; it is kept by its name among the settings of other programs. */
export const kept = (name: string, type: ValueType, initial: unknown): Property => ({
  read: ({ extra }) => (Object.hasOwn(extra, name) ? extra[name] : initial),
  write: (value, { set, remove }) => {
    const stored = value === null ? initial : type.toGraph(value);
    if (stored === undefined) return false;
    if (JSON.stringify(stored) === JSON.stringify(initial)) remove.push(name);
    else set[name] = stored;
    return true;
  },
});

/** A property that is only shown, or is written elsewhere. */
export const fixed = (read: (source: RealmSource) => unknown): Property => ({ read, write: () => false });

/** Properties by name. */
export type Properties = Readonly<Record<string, Property>>;
type Values = Record<string, unknown>;

/** A way to read all properties of a table. */
const READERS = new WeakMap<Properties, (source: RealmSource) => Values>();

/**
 * Values are written into a copy of one object that has all the names. V8 gives such copies a common shape, where an object
 * that gets a hundred names one by one becomes a hash table: lists of 10,000 realms take half the time to make and to write.
 */
function toReader(properties: Properties): (source: RealmSource) => Values {
  const entries = Object.entries(properties).map(([name, { read }]) => [name, read] as const);
  const shape = JSON.parse(JSON.stringify(Object.fromEntries(entries.map(([name]) => [name, null])))) as Values;
  return (source) => {
    const values = { ...shape };
    for (const [name, read] of entries) values[name] = read(source);
    return values;
  };
}

/** The values of properties, by name. */
export function readAll(properties: Properties, source: RealmSource): Values {
  const read = READERS.get(properties) ?? toReader(properties);
  READERS.set(properties, read);
  return read(source);
}
