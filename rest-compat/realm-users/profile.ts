import { z } from 'zod';

const TEXT = z.string().nullable().optional();

/** What a user is called, and free attributes, as they are sent. */
export const PROFILE_MEMBERS = {
  firstName: TEXT,
  lastName: TEXT,
  email: TEXT.describe('A new address is not verified unless the request says so.'),
  attributes: z
    .record(z.string(), z.union([z.string(), z.array(z.string().nullable())]).nullable())
    .nullable()
    .optional()
    .describe('Texts or lists of texts by name.'),
};
const PROFILE_SHAPE = z.object(PROFILE_MEMBERS);
type Profile = z.output<typeof PROFILE_SHAPE>;

/** The same, of which at least one has to be there. */
export const PROFILE = PROFILE_SHAPE.refine((profile) => Object.values(profile).some((value) => value != null));

/** Members that are attributes as well, with their names in the graph. */
const MIRRORED = { firstName: 'givenName', lastName: 'familyName', email: 'email' } as const;

/** Attributes that are computed from the sign-ins of the user. */
export const SIGN_IN_ATTRIBUTES = {
  lastSuccess: 'LAST_SUCCESSFUL_LOGIN_TIMESTAMP',
  failures: 'NUMBER_OF_FAILED_ATTEMPTS',
  wait: 'NEXT_PASSWORD_ENTRY_PASSWORD_IN',
} as const;

/** The values of an attribute as texts; those of other APIs may be of any type. */
export function textsOf(value: unknown): (string | null)[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return [typeof value === 'string' || value === null ? value : JSON.stringify(value)];
}

/**
 * Attributes that the service shows and nobody sets: those computed from sign-ins, and the username. Clients read a user and
 * send it back with them.
 */
const NOT_WRITTEN: ReadonlySet<string> = new Set(['username', ...Object.values(SIGN_IN_ATTRIBUTES)]);

/** The stored value of an attribute: null where nothing is left of it, which removes it. */
function toValue(value: string | null | readonly (string | null)[]): string | string[] | null {
  if (value === null || typeof value === 'string') return value;
  const texts = value.filter((text) => text !== null);
  return texts.length === 0 ? null : texts;
}

/** A member, or the attribute of its name; undefined where neither was sent. The member wins. */
function mirrored(profile: Profile, name: keyof typeof MIRRORED): string | null | undefined {
  const { attributes } = profile;
  if (profile[name] != null) return profile[name];
  if (attributes == null || !Object.hasOwn(attributes, name)) return undefined;
  const value = toValue(attributes[name]!);
  return Array.isArray(value) ? value[0] : value;
}

/** Makes the variables of the graph from a profile that was sent; absent members stay absent. */
export function toProfile(profile: Profile) {
  const free = Object.entries(profile.attributes ?? {}).filter(
    ([name]) => !Object.hasOwn(MIRRORED, name) && !NOT_WRITTEN.has(name),
  );
  return {
    givenName: mirrored(profile, 'firstName'),
    familyName: mirrored(profile, 'lastName'),
    email: mirrored(profile, 'email'),
    attributes: free.length === 0 ? undefined : Object.fromEntries(free.map(([name, value]) => [name, toValue(value)])),
  };
}
