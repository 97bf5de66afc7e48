import type { ExtraSettingsInput, TenantSettingsInput } from './operations.generated.ts';
import { kept, type Properties, type RealmChange, type RealmSource, readAll } from './property.ts';
import {
  BUILTIN_SETTINGS,
  HEADERS,
  MORE_PROPERTIES,
  OPTIONAL_PROPERTIES,
  OWN_ATTRIBUTES,
  PROPERTIES,
  REALM_ATTRIBUTES,
  REALM_PROPERTIES,
  REALM_SETTINGS,
} from './realm-properties.ts';
import { type Scalar, TEXT } from './realm-values.ts';

/** Settings that programs made up, and properties that were set under the names of settings, by name. */
function readOwn(source: RealmSource, left: Properties): Record<string, unknown> {
  const names = Object.keys(source.extra).filter((name) => !Object.hasOwn(left, name));
  const read = (name: string) => {
    const value = PROPERTIES.get(name)?.read(source);
    return value === undefined ? source.extra[name] : value;
  };
  return Object.fromEntries(names.map((name) => [name, read(name)]));
}

/** All settings of a tenant. */
export const showSettings = (source: RealmSource): Record<string, unknown> => ({
  ...readAll(BUILTIN_SETTINGS, source),
  ...readOwn(source, BUILTIN_SETTINGS),
});

const SHOWN_ELSEWHERE: Properties = {
  ...BUILTIN_SETTINGS,
  ...REALM_ATTRIBUTES,
  ...OWN_ATTRIBUTES,
  ...REALM_PROPERTIES,
  ...MORE_PROPERTIES,
};

/** The settings that are shown with a realm: those that it does not have at another place. */
export const showRealmSettings = (source: RealmSource): Record<string, unknown> => ({
  ...readAll(REALM_SETTINGS, source),
  ...readOwn(source, SHOWN_ELSEWHERE),
});

/** Settings as they are sent, by name; null removes one, and returns one that each tenant has to its default. */
export type SentSettings = Readonly<Record<string, Scalar | null>>;

/** The change that settings make; null when a property cannot have its value. */
function toRealmChange(sent: SentSettings): RealmChange | null {
  const change: RealmChange = { settings: {}, set: {}, remove: [] };
  for (const [name, value] of Object.entries(sent)) {
    if (PROPERTIES.get(name)?.write(value, change) === false) return null;
    if (Object.hasOwn(BUILTIN_SETTINGS, name)) continue;
    // A property that a setting changes is a setting as well from then on.
    if (value === null) change.remove.push(name);
    else if (!Object.hasOwn(change.set, name)) change.set[name] = value;
  }
  return change;
}

/** Members of a tenant that change its properties alone; those that are no property are kept by their name. */
function addMembers(members: SentSettings, change: RealmChange): boolean {
  for (const [name, value] of Object.entries(members)) {
    const property = PROPERTIES.get(name) ?? kept(name, TEXT, null);
    if (!property.write(value, change)) return false;
  }
  return true;
}

/** The change that members of a tenant and its settings make; null when a property cannot have its value. */
export function toTenantChange(members: SentSettings, settings: SentSettings): GraphChange | null {
  const change = toRealmChange(settings);
  if (change === null || !addMembers(members, change)) return null;
  return toVariables(change, true);
}

/** A realm as it is sent: values by name, of its members, its attributes and its security headers. */
export interface SentRealm {
  readonly members: SentSettings;
  readonly attributes: SentSettings;
  readonly headers: SentSettings;
}

const ATTRIBUTES: Properties = { ...REALM_ATTRIBUTES, ...OWN_ATTRIBUTES };
const { requiredCredentials: _, ...CHANGEABLE } = { ...REALM_PROPERTIES, ...OPTIONAL_PROPERTIES };

/** The members of a realm that can be sent. */
export const REALM_MEMBERS: readonly string[] = Object.keys(CHANGEABLE);

/** The change that a realm as it is sent makes; null when a property cannot have its value. */
export function toRealmUpdate({ members, attributes, headers }: SentRealm): GraphChange | null {
  const change: RealmChange = { settings: {}, set: {}, remove: [] };
  const isFine = (sent: SentSettings, properties: Properties): boolean =>
    Object.entries(sent).every(([name, value]) =>
      (Object.hasOwn(properties, name) ? properties[name]! : kept(name, TEXT, null)).write(value, change),
    );
  const areFine = isFine(members, CHANGEABLE) && isFine(attributes, ATTRIBUTES) && isFine(headers, HEADERS);
  return areFine ? toVariables(change, true) : null;
}

/** The attributes that programs made up: settings that are no properties, as texts by name. */
export function readOwnAttributes({ extra }: RealmSource): Record<string, string> {
  const own = Object.entries(extra).filter(
    ([name]) => !PROPERTIES.has(name) && !Object.hasOwn(OPTIONAL_PROPERTIES, name),
  );
  return Object.fromEntries(
    own.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** Whether each property can have the value that is sent. */
export const canChangeRealm = (sent: SentSettings): boolean => toRealmChange(sent) !== null;

/** What the graph takes. */
interface GraphChange {
  readonly settings: TenantSettingsInput;
  readonly extra: ExtraSettingsInput;
  readonly displayName?: string | null;
  readonly isEnabled?: boolean;
}

/** A change as the graph takes it. @param canBeMissing Whether names to remove may be missing. */
function toVariables({ settings, set, remove, ...own }: RealmChange, canBeMissing: boolean): GraphChange {
  return {
    ...own,
    settings: settings as TenantSettingsInput,
    extra: { set, remove: [...new Set(remove)], canBeMissing },
  };
}

/** The change that settings make, each of which can have its value. */
export const toSettingsChange = (sent: SentSettings): GraphChange => toVariables(toRealmChange(sent)!, true);

/** The removal of one setting; one that each tenant has returns to its default. Without a name, of one that does not exist. */
export function toSettingRemoval(name: string | undefined): GraphChange {
  const change = toRealmChange({ [name ?? '']: null }) ?? { settings: {}, set: {}, remove: [''] };
  return toVariables(change, name !== undefined && Object.hasOwn(BUILTIN_SETTINGS, name));
}
