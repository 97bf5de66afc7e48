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
import { type Attributes, aliasedColumn } from './attributes.ts';
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

/** The role of a caller: one that may change no other account is the user, and so is who makes an account without a token. */
export const profileRoleOf = ({ reach, caller }: Pick<Authority, 'reach' | 'caller'>): ProfileRole =>
  reach === 'self' || caller.kind === 'anonymous' ? 'user' : 'admin';

/** Columns of an account that a profile can have rules for, and the other attributes. */
const PROFILE_COLUMNS: ReadonlySet<string> = new Set([
  'username',
  'email',
  'phone',
  'givenName',
  'middleName',
  'familyName',
  'locale',
  'attributes',
]);

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
  authority: Pick<Authority, 'reach' | 'caller'>,
  user: ProfileValues,
  isChanged: (name: string) => boolean,
): void {
  if (userProfile === null) return;
  const fields = profileFaults(userProfile, profileRoleOf(authority), user, isChanged);
  if (fields.length > 0) throw userErrors.USER_ATTRIBUTE_REFUSED({ message: fields[0]!.message, fields });
}

/** Whether an account that is made has a value for an attribute, except for the username, which the service may have chosen. */
export const isSetIn =
  (user: ProfileValues) =>
  (name: string): boolean =>
    name !== 'username' && valuesOf(user, name).length > 0;

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
    return refusalsOf(attribute, role, valuesOf(user, name), steps).map((refusal) => faultOf(name, refusal));
  });
}

/** The values of an attribute as texts, without blank ones. */
function valuesOf(user: ProfileValues, name: string): string[] {
  const column = aliasedColumn(name);
  const attributes = user.attributes ?? {};
  const value = column === null ? (Object.hasOwn(attributes, name) ? attributes[name] : null) : user[column];
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values
    .filter((one) => one != null)
    .map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
    .filter((one) => one.trim() !== '');
}

/** What patterns may take for all values of an account: some tens of milliseconds. Usual ones take a few thousand. */
const MAX_STEPS = 1_000_000;

function refusalsOf(
  attribute: ProfileAttribute,
  role: ProfileRole,
  values: readonly string[],
  steps: Steps,
): Refusal[] {
  if (values.length === 0)
    return isRequired(attribute, role) ? [{ error: 'error-user-attribute-required', parameters: [] }] : [];
  const validations = Object.entries(attribute.validations ?? {});
  const count = refusalOfCount(
    values.length,
    attribute.validations?.['multivalued'] ?? undefined,
    attribute.multivalued === true,
  );
  // Values of an attribute that has too many are not looked at one by one.
  if (count !== null) return [count];
  return validations.flatMap(([validator, config]) => {
    for (const value of values) {
      const refusal = refusalBy(validator, config ?? {}, value, steps);
      if (refusal !== null) return [refusal];
    }
    return [];
  });
}

function faultOf(name: string, { error, parameters }: Refusal): FieldFault {
  const column = aliasedColumn(name);
  return {
    path: column === null ? `input.attributes.${name}` : `input.${column}`,
    code: error,
    message: MESSAGES[error] ?? 'The profile of the tenant does not allow this value.',
    parameters: [name, ...parameters],
  };
}
