import { z } from 'zod';

/** The members that `meta.unmodifiable` lists in addition to the attributes that the tenant made unmodifiable. */
export const UNMODIFIABLE: readonly string[] = ['sub'];

/** A contact is documented as a value and whether it is verified; a plain text is an unverified contact. */
const CONTACT = z
  .union([z.object({ value: z.string(), verified: z.boolean().optional() }), z.string()])
  .nullable()
  .optional();

/** A member that must not be sent, whatever its value. */
const NEVER = z.never().optional();

/**
 * Members of an account that are not attributes; a request that sends one is answered with `unmodifiable`
 * (docs/dialects/blitz.md, section 2.1).
 */
const READ_ONLY = { meta: NEVER, locked: NEVER };

const MEMBERS = {
  email: CONTACT.describe('E-mail address; `null` clears it.'),
  phone_number: CONTACT.describe('Phone number: country code and digits; `null` clears it.'),
  login: z.string().optional().describe('Name to sign in with.'),
  ...READ_ONLY,
};

/** Attributes to change; other names are attributes that the deployment defined. */
export const CHANGED_ATTRIBUTES = z.looseObject({ ...MEMBERS, sub: NEVER });

/** Attributes of a new account. */
export const NEW_ATTRIBUTES = z.looseObject({
  ...MEMBERS,
  sub: z.string().optional().describe('The subject id of the new account. Default: a generated one.'),
});

/** Inner codes of members that must not be sent. */
export const ATTRIBUTE_SHAPE_ERRORS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(READ_ONLY).map((name) => [name, 'unmodifiable']),
);

/** Attribute names by GraphQL input path. */
export const ATTRIBUTE_FIELDS: Readonly<Record<string, string>> = {
  'input.attributes.*': '*',
  'input.attributes': '',
  'input.username': 'login',
  'input.email': 'email',
  'input.phone': 'phone_number',
  'input.givenName': 'given_name',
  'input.middleName': 'middle_name',
  'input.familyName': 'family_name',
  'input.locale': 'locale',
  'input.subject': 'sub',
};

type Contact = z.output<typeof CONTACT>;

const contactOf = (contact: Contact) => (typeof contact === 'object' && contact !== null ? contact.value : contact);
const verifiedOf = (contact: Contact) =>
  typeof contact === 'object' && contact !== null ? contact.verified : undefined;

type Attributes = z.output<typeof CHANGED_ATTRIBUTES> | z.output<typeof NEW_ATTRIBUTES>;

/** Makes the variables for attributes; those that the graph knows by name get separate variables. */
export function attributeVariables(given: Attributes) {
  const { email, phone_number: phone, login: username, sub: _subject, ...attributes } = given;
  return {
    username,
    email: contactOf(email),
    emailVerified: verifiedOf(email),
    phone: contactOf(phone),
    phoneVerified: verifiedOf(phone),
    attributes,
  };
}
