import { type FieldFault, isSameJson, isStorableJson, jsonBytes } from '../kernel/index.ts';
import { searchKey, searchKeysOf } from '../persistence/index.ts';
import { isPlainText } from './user-names.ts';

/**
 * Attribute names, of any API, that mean a column. The value is stored in the column only, never twice (docs/data-model.md).
 */
const ATTRIBUTE_ALIASES = {
  username: 'username',
  email: 'email',
  firstName: 'givenName',
  given_name: 'givenName',
  lastName: 'familyName',
  family_name: 'familyName',
  middle_name: 'middleName',
  locale: 'locale',
  phone_number: 'phone',
  phoneNumber: 'phone',
} as const;
export type AliasedColumn = (typeof ATTRIBUTE_ALIASES)[keyof typeof ATTRIBUTE_ALIASES];

export function aliasedColumn(name: string): AliasedColumn | null {
  return Object.hasOwn(ATTRIBUTE_ALIASES, name) ? ATTRIBUTE_ALIASES[name as keyof typeof ATTRIBUTE_ALIASES] : null;
}

export type Attributes = Readonly<Record<string, unknown>>;

/** The column for which rules of an attribute of this name hold: the one that the name means, or that has the name. */
export function ruledColumn(name: string): SearchedColumn | null {
  const column = aliasedColumn(name);
  if (column !== null) return column;
  return Object.hasOwn(SEARCHED_COLUMNS, name) ? (name as SearchedColumn) : null;
}

/**
 * 200 names and 64 KiB of JSON per user: for most users the row then stays small enough that PostgreSQL does not move the
 * map out of line.
 */
const MAX_NAMES = 200;
const MAX_BYTES = 65_536;
const MAX_NAME_LENGTH = 255;

const UNSTORABLE = 'The value cannot be stored as it is: whole numbers are exact up to 2^53 - 1, texts hold no NUL.';

const fault = (path: string, message: string): FieldFault => ({ path, code: 'USER_ATTRIBUTE_INVALID', message });

/** Whether a text can be the name of an attribute. */
export function isAttributeName(name: string): boolean {
  return (
    name !== '' &&
    name !== '__proto__' &&
    name.trim() === name &&
    [...name].length <= MAX_NAME_LENGTH &&
    isPlainText(name)
  );
}

/** Faults of given attributes. A null value, which clears the attribute, is no fault. */
export function attributeFaults(given: Attributes, path: string): FieldFault[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (!isAttributeName(name)) return [fault(path, 'An attribute name has 1 to 255 characters without control ones.')];
    return isStorableJson(value) ? [] : [fault(`${path}.${name}`, UNSTORABLE)];
  });
}

/** The stored map after a change: null removes a name, any other value replaces its value. */
export function mergeAttributes(stored: Attributes, given: Attributes): Record<string, unknown> {
  const merged = new Map(Object.entries(stored));
  for (const [name, value] of Object.entries(given)) {
    if (value === null || value === undefined) merged.delete(name);
    else merged.set(name, value);
  }
  return Object.fromEntries(merged);
}

/** Faults of a whole map: too many names, too large. */
export function attributeMapFaults(map: Attributes, path: string): FieldFault[] {
  if (Object.keys(map).length > MAX_NAMES) return [fault(path, `A user has at most ${MAX_NAMES} attributes.`)];
  return jsonBytes(map) > MAX_BYTES ? [fault(path, 'The attributes of a user have at most 64 KiB.')] : [];
}

/** Names whose values differ between two maps. */
export function changedNames(before: Attributes, after: Attributes): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isSameJson(before[name], after[name]));
}

/**
 * Columns that are searched like attributes. Their names begin with a blank, so that they differ from the names of all
 * attributes.
 */
export const SEARCHED_COLUMNS = {
  username: ' username',
  email: ' email',
  givenName: ' given_name',
  middleName: ' middle_name',
  familyName: ' family_name',
  displayName: ' display_name',
  phone: ' phone',
  locale: ' locale',
} as const;
export type SearchedColumn = keyof typeof SEARCHED_COLUMNS;

/** Columns in which a text is found wherever it stands. The condition of their index lists them. */
export const INFIX_COLUMNS = ['username', 'email', 'givenName', 'familyName'] as const;
export type InfixColumn = (typeof INFIX_COLUMNS)[number];

/** Name of the search rows of a member of the profile, which differs from the names of attributes and of columns. */
export const profileRowName = (member: string): string => ` profile ${member}`;

/** The texts of a member of the profile by which users are found: a value, those of a list, or `value` of each in a list. */
function profileKeysOf(member: unknown): string[] {
  if (!Array.isArray(member)) return searchKeysOf(member);
  return searchKeysOf(member.map((item) => (typeof item === 'object' && item !== null ? item.value : item)));
}

/** Every search row of a user, as `[name, key]`. */
export function searchRowsOf(
  user: Readonly<Record<SearchedColumn, string | null | undefined>> & {
    attributes: Attributes;
    profile: Attributes;
  },
): [string, string][] {
  const columns = Object.entries(SEARCHED_COLUMNS).flatMap(([column, name]): [string, string][] => {
    const value = user[column as SearchedColumn];
    return value == null || value === '' ? [] : [[name, searchKey(value)]];
  });
  const attributes = Object.entries(user.attributes).flatMap(([name, value]) =>
    searchKeysOf(value).map((key): [string, string] => [name, key]),
  );
  const profile = Object.entries(user.profile).flatMap(([member, value]) =>
    profileKeysOf(value).map((key): [string, string] => [profileRowName(member), key]),
  );
  return [...columns, ...attributes, ...profile];
}
