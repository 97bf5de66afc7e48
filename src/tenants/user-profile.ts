import { z } from 'zod';
import { isDatabaseText, isStorableJson, isStorableText, jsonBytes } from '../kernel/index.ts';
import { validationFault } from './profile-validations.ts';
import { tenantErrors } from './tenant.errors.ts';

/** Who reads or writes: an administrator, or the user whose account it is. */
export const PROFILE_ROLES = ['admin', 'user'] as const;
export type ProfileRole = (typeof PROFILE_ROLES)[number];

const text = (max: number) => z.string().max(max).refine(isStorableText, 'No control characters.');
const object = z.record(z.string(), z.unknown()).refine(isStorableJson, 'An object that can be stored.');
const roles = z.array(text(255)).max(10);
const scopes = z.array(text(255)).max(50);
const NAME = /^[a-zA-Z0-9._-]+$/;

const attribute = z.object({
  name: text(255),
  displayName: text(255).nullish(),
  validations: z.record(z.string(), object.nullable()).nullish(),
  annotations: object.nullish(),
  required: z.object({ roles: roles.nullish(), scopes: scopes.nullish() }).nullish(),
  permissions: z.object({ view: roles.nullish(), edit: roles.nullish() }).nullish(),
  selector: z.object({ scopes: scopes.nullish() }).nullish(),
  group: text(255).nullish(),
  multivalued: z.boolean().nullish(),
  defaultValue: z.string().max(2_048).refine(isDatabaseText, 'A text that can be stored.').nullish(),
});
export type ProfileAttribute = z.output<typeof attribute>;

const group = z.object({
  name: text(255),
  displayHeader: text(255).nullish(),
  displayDescription: text(255).nullish(),
  annotations: object.nullish(),
});

/** Most bytes, because the settings of active tenants are cached in memory. */
const MAX_BYTES = 64 * 1024;

/** What attributes the accounts of a tenant have, and by which rules. Other members are left out. */
const userProfileShape = z.object({
  /** At most 200, as accounts have attributes. */
  attributes: z.array(attribute).max(200),
  groups: z.array(group).max(50).default([]),
  /** Who may read and write attributes that are not among these; absent: nobody. */
  unmanagedAttributePolicy: z.enum(['DISABLED', 'ENABLED', 'ADMIN_VIEW', 'ADMIN_EDIT']).nullish(),
});
export type UserProfile = z.output<typeof userProfileShape>;

/** Null: no rules but those of the service. */
export const userProfile = userProfileShape
  .refine((profile) => jsonBytes(profile) <= MAX_BYTES, `The profile has at most ${MAX_BYTES} bytes.`)
  .nullable();

/** Names that stand for the account itself and cannot be left out. */
const ROOT = ['username', 'email'];

/**
 * A profile that was sent, without members that are unknown or null.
 * @throws USER_PROFILE_INVALID The message of each fault is one sentence.
 */
export function checkedProfile(sent: unknown): UserProfile {
  const result = userProfileShape.safeParse(sent);
  if (!result.success)
    throw invalid(result.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`));
  const faults = [...result.data.attributes.flatMap((one) => faultsOf(one, result.data)), ...faultsOfAll(result.data)];
  if (jsonBytes(result.data) > MAX_BYTES) faults.push(`The profile has at most ${MAX_BYTES} bytes.`);
  if (faults.length > 0) throw invalid(faults);
  return withoutNulls(result.data) as UserProfile;
}

/** Most faults that are named. */
const MAX_FAULTS = 20;

const invalid = (messages: readonly string[]) =>
  tenantErrors.USER_PROFILE_INVALID({
    fields: messages
      .slice(0, MAX_FAULTS)
      .map((message) => ({ path: 'input.profile', code: 'USER_PROFILE_INVALID', message })),
  });

function faultsOfAll({ attributes }: UserProfile): string[] {
  const names = attributes.map(({ name }) => name);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  return [
    ...twice.map((name) => `Attribute configuration already exists with 'name':'${name}'`),
    ...ROOT.filter((name) => !names.includes(name)).map((name) => `The attribute '${name}' can not be removed`),
  ];
}

function faultsOf({ name, validations, permissions, required, group: wanted }: ProfileAttribute, profile: UserProfile) {
  const unknown = (path: string, given: readonly string[] | null | undefined) =>
    (given ?? [])
      .filter((role) => !(PROFILE_ROLES as readonly string[]).includes(role))
      .map((role) => `'${path}' configuration for attribute '${name}' contains unsupported role '${role}'`);
  const isGrouped = wanted == null || profile.groups.some((one) => one.name === wanted);
  return [
    ...(NAME.test(name)
      ? []
      : [`Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): ${name}'`]),
    ...Object.entries(validations ?? {}).flatMap(([validator, config]) =>
      validationFault(name, validator, config ?? {}),
    ),
    ...unknown('permissions.view', permissions?.view),
    ...unknown('permissions.edit', permissions?.edit),
    ...unknown('required.roles', required?.roles),
    ...(isGrouped ? [] : [`Attribute '${name}' references unknown group '${wanted}'`]),
  ];
}

/** JSON without members that are null, at any depth. A validation that has null for its options has none, and stays. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner != null)
      .map(([name, inner]) => [name, withoutNulls(name === 'validations' ? withOptions(inner) : inner)]),
  );
}

const withOptions = (validations: object): object =>
  Object.fromEntries(Object.entries(validations).map(([name, options]) => [name, options ?? {}]));
