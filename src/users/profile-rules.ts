import type { Authority } from '../access/index.ts';
import type { FieldFault, Steps } from '../kernel/index.ts';
import {
  type ProfileAttribute,
  type ProfileRole,
  type Refusal,
  refusalBy,
  refusalOfCount,
  type TenantSettings,
  type UserProfile,
} from '../tenants/index.ts';
import { type Attributes, aliasedColumn, ruledColumn, SEARCHED_COLUMNS, type SearchedColumn } from './attributes.ts';
import { userErrors } from './user.errors.ts';

/** An account: columns by their names, other attributes in a map. */
export type ProfileValues = { readonly attributes?: Attributes | null | undefined } & {
  readonly [column: string]: unknown;
};

const MESSAGES: Readonly<Record<string, string>> = {
  'error-user-attribute-required': 'A value is needed here.',
  'error-user-attribute-read-only': 'This cannot be changed.',
};

const BOTH: readonly string[] = ['admin', 'user'];

/** Who may do something with an attribute: the name and the address of an account are open where nothing is said. */
function rolesOf({ name, permissions }: ProfileAttribute, way: 'view' | 'edit'): readonly string[] {
  if (permissions == null) return name === 'username' || name === 'email' ? BOTH : [];
  return permissions[way] ?? [];
}

const attributeOf = ({ attributes }: UserProfile, name: string): ProfileAttribute | undefined =>
  attributes.find((attribute) => attribute.name === name);

/** Whether a role may write an attribute, also one that the profile does not have. */
export function mayEdit(profile: UserProfile, role: ProfileRole, name: string): boolean {
  const attribute = attributeOf(profile, name);
  if (attribute !== undefined) return rolesOf(attribute, 'edit').includes(role);
  const { unmanagedAttributePolicy: policy } = profile;
  return policy === 'ENABLED' || (policy === 'ADMIN_EDIT' && role === 'admin');
}

/** Whether a role may read an attribute, also one that the profile does not have. Who may write reads. */
export function mayView(profile: UserProfile, role: ProfileRole, name: string): boolean {
  if (mayEdit(profile, role, name)) return true;
  const attribute = attributeOf(profile, name);
  if (attribute !== undefined) return rolesOf(attribute, 'view').includes(role);
  return role === 'admin' && profile.unmanagedAttributePolicy === 'ADMIN_VIEW';
}

/** Whether an attribute is required of a role; without roles and scopes, of everybody. */
export function isRequired({ required }: ProfileAttribute, role: ProfileRole): boolean {
  if (required == null) return false;
  const { roles = null, scopes = null } = required;
  const isAlways = (roles ?? []).length === 0 && (scopes ?? []).length === 0;
  return isAlways || roles?.includes(role) === true;
}

/**
 * The attributes of an input that count: those that the profile does not have and the role may not write are ignored, and
 * where all attributes are replaced the role keeps what it may not write.
 */
export function countingAttributes(
  profile: UserProfile,
  role: ProfileRole,
  given: Attributes,
  stored: Attributes,
  isReplaced: boolean,
): Record<string, unknown> {
  const counts = (name: string) => attributeOf(profile, name) !== undefined || mayEdit(profile, role, name);
  const kept = isReplaced ? Object.entries(stored).filter(([name]) => !mayEdit(profile, role, name)) : [];
  return Object.fromEntries([...kept, ...Object.entries(given).filter(([name]) => counts(name))]);
}

/** Columns of an account that a profile can have rules for. */
const RULED_COLUMNS = Object.keys(SEARCHED_COLUMNS) as SearchedColumn[];

/** The columns of an input that count: those for which the profile has no rules are ignored as other attributes are. */
export function countingColumns<I extends object>(profile: UserProfile, role: ProfileRole, given: I): I {
  const ruled = new Set(profile.attributes.map(({ name }) => ruledColumn(name)));
  const ignored = RULED_COLUMNS.filter((column) => !ruled.has(column) && !mayEdit(profile, role, column));
  return Object.fromEntries(Object.entries(given).filter(([name]) => !ignored.includes(name as SearchedColumn))) as I;
}

/**
 * The role of a caller: one that may change no other account is the user, and so is who makes an account without a token. Who
 * registers is the user whatever the caller may do, because applications pass on what people typed.
 */
export const profileRoleOf = ({ reach, caller }: Pick<Authority, 'reach' | 'caller'>): ProfileRole =>
  reach === 'self' || caller.kind === 'anonymous' ? 'user' : 'admin';

const PROFILE_COLUMNS: ReadonlySet<string> = new Set([...RULED_COLUMNS, 'attributes']);

/** Whether a change concerns the profile: then the whole account has to meet it. */
export const concernsProfile = (columns: readonly string[]): boolean =>
  columns.some((name) => PROFILE_COLUMNS.has(name));

/**
 * Refuses an account that does not meet the profile of its tenant.
 * @param isChanged Whether the request changes an attribute.
 * @throws USER_ATTRIBUTE_REFUSED The codes of its fields are those of the rules.
 */
export function assertProfile(
  { userProfile }: Pick<TenantSettings, 'userProfile'>,
  role: ProfileRole,
  user: ProfileValues,
  isChanged: (name: string) => boolean,
): void {
  if (userProfile === null) return;
  const fields = profileFaults(userProfile, role, user, isChanged);
  if (fields.length > 0) throw userErrors.USER_ATTRIBUTE_REFUSED({ message: fields[0]!.message, fields });
}

/** Whether an account that is made has a value for an attribute, except for the username, which the service may have chosen. */
export const isSetIn =
  (user: ProfileValues) =>
  (name: string): boolean =>
    name !== 'username' && sourcesOf(user, name).some(isFilled);

/** What is wrong with an account, by the profile of its tenant. @param isChanged Whether the request changes an attribute. */
export function profileFaults(
  profile: UserProfile,
  role: ProfileRole,
  user: ProfileValues,
  isChanged: (name: string) => boolean,
): FieldFault[] {
  const steps = { left: MAX_STEPS };
  return profile.attributes.flatMap((attribute) => {
    const { name } = attribute;
    if (!mayEdit(profile, role, name))
      return isChanged(name) ? [faultOf(name, { error: 'error-user-attribute-read-only', parameters: [] })] : [];
    return refusalsOfAll(attribute, role, sourcesOf(user, name), steps).map((refusal) => faultOf(name, refusal));
  });
}

/** The values that an attribute has: in the column for which its rules hold, and in the map where its name means no column. */
function sourcesOf(user: ProfileValues, name: string): readonly (readonly string[])[] {
  const column = ruledColumn(name);
  const attributes = user.attributes ?? {};
  const inMap = aliasedColumn(name) === null && Object.hasOwn(attributes, name) ? [attributes[name]] : [];
  return [...(column === null ? [] : [user[column]]), ...inMap].map(textsOf);
}

/** A value as texts: lists in lists count as one list, in which blank items are values too. */
function textsOf(value: unknown): string[] {
  if (value == null) return [];
  const values: readonly unknown[] = Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value];
  return values.map((one) => one ?? '').map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
}

const isBlank = (text: string): boolean => text.trim() === '';
const isFilled = (values: readonly string[]): boolean => !values.every(isBlank);

/** What is wrong with the values of an attribute, wherever they stand. */
function refusalsOfAll(
  attribute: ProfileAttribute,
  role: ProfileRole,
  sources: readonly (readonly string[])[],
  steps: Steps,
): Refusal[] {
  if (isRequired(attribute, role) && !sources.some(isFilled))
    return [{ error: 'error-user-attribute-required', parameters: [] }];
  return sources.flatMap((values) => refusalsOf(attribute, values, steps));
}

/** What patterns may take for all values of an account: some tens of milliseconds. Usual ones take a few thousand. */
const MAX_STEPS = 1_000_000;

function refusalsOf(attribute: ProfileAttribute, values: readonly string[], steps: Steps): Refusal[] {
  // One blank text is no value, as forms send it.
  if (values.length <= 1 && !isFilled(values)) return [];
  const validations = Object.entries(attribute.validations ?? {});
  const count = refusalOfCount(
    values.length,
    attribute.validations?.['multivalued'] ?? undefined,
    attribute.multivalued === true,
  );
  // Values of an attribute that has too many are not looked at one by one.
  if (count !== null) return [count];
  return validations.flatMap(([validator, config]) => {
    for (const value of values.filter((one) => !isBlank(one))) {
      const refusal = refusalBy(validator, config ?? {}, value, steps);
      if (refusal !== null) return [refusal];
    }
    return [];
  });
}

function faultOf(name: string, { error, parameters }: Refusal): FieldFault {
  const column = ruledColumn(name);
  return {
    path: column === null ? `input.attributes.${name}` : `input.${column}`,
    code: error,
    message: MESSAGES[error] ?? 'The profile of the tenant does not allow this value.',
    parameters: [name, ...parameters],
  };
}
