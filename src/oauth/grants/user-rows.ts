import type { User } from '../../users/index.ts';
import type { FamilyParts } from './family-life.ts';

/** What the claims of a user are read from (OpenID Connect Core section 5.1). */
export type Person = Pick<
  User,
  | 'id'
  | 'username'
  | 'email'
  | 'emailVerified'
  | 'phone'
  | 'phoneVerified'
  | 'givenName'
  | 'familyName'
  | 'middleName'
  | 'displayName'
  | 'locale'
  | 'attributes'
  | 'updatedAt'
>;

/** What decides whether a user may have tokens, in an array of JSON; moments are texts. */
export type UserRow = readonly [enabled: boolean, inactiveSince: string | null, notBefore: string | null];
/** The columns of `UserRow`. */
export const USER_COLUMNS = 'enabled, inactive_since, not_before';

/** A `Person` as an array of JSON; moments are texts. */
export type PersonRow = readonly [
  id: string,
  username: string,
  email: string | null,
  emailVerified: boolean,
  phone: string | null,
  phoneVerified: boolean,
  givenName: string | null,
  familyName: string | null,
  middleName: string | null,
  displayName: string | null,
  locale: string | null,
  attributes: Record<string, unknown>,
  updatedAt: string,
];
/** Kinds of issuers whose ID tokens have claims about the user that nobody asked for by name, as a list of SQL. */
export const KINDS_WITH_PROFILE = "('realm', 'api', 'root')";
/** Makes a `PersonRow` of a row of `users`. */
export const PERSON_JSON = `json_build_array(id, username, email, email_verified, phone, phone_verified, given_name,
      family_name, middle_name, display_name, locale, attributes, updated_at)`;

export const toMoment = (text: string | null): Date | null => (text === null ? null : new Date(text));

export function toUser([enabled, inactiveSince, notBefore]: readonly [...UserRow, unknown]): FamilyParts['user'] {
  return { enabled, inactiveSince: toMoment(inactiveSince), notBefore: toMoment(notBefore) };
}

export function toPerson(row: PersonRow): Person {
  const [id, username, email, emailVerified, phone, phoneVerified, ...names] = row;
  const [givenName, familyName, middleName, displayName, locale, attributes, updatedAt] = names;
  return {
    id,
    username,
    email,
    emailVerified,
    phone,
    phoneVerified,
    givenName,
    familyName,
    middleName,
    displayName,
    locale,
    attributes,
    updatedAt: new Date(updatedAt),
  };
}
