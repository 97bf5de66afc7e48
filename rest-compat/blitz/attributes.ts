import { z } from 'zod';

/** What `meta.unmodifiable` lists beside the attributes that the tenant lets nobody change. */
export const UNMODIFIABLE: readonly string[] = ['sub'];

/** Contacts are documented as value and whether it is verified; a bare value is a contact that is not. */
const CONTACT = z
  .union([z.object({ value: z.string(), verified: z.boolean().optional() }), z.string()])
  .nullable()
  .optional();

/** Not the account's to say, whatever the value. */
const NEVER = z.never().optional();

/** Members of an account that are not attributes of it: sending one is answered `unmodifiable` (docs/dialects/blitz.md, section 2.1). */
const READ_ONLY = { meta: NEVER, locked: NEVER };

const MEMBERS = {
  email: CONTACT.describe('E-mail address; `null` clears it.'),
  phone_number: CONTACT.describe('Phone number: country code and digits; `null` clears it.'),
  login: z.string().optional().describe('Name to sign in with.'),
  ...READ_ONLY,
};

/** Attributes to change; the names beside these are the deployment's own. */
export const CHANGED_ATTRIBUTES = z.looseObject({ ...MEMBERS, sub: NEVER });

/** Attributes of a new account. */
export const NEW_ATTRIBUTES = z.looseObject({
  ...MEMBERS,
  sub: z.string().optional().describe('The subject id that the account is to have. Default: a new one.'),
});

/** Inner codes of members that cannot be sent at all. */
export const ATTRIBUTE_SHAPE_ERRORS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(READ_ONLY).map((name) => [name, 'unmodifiable']),
);

/** From the graph's names to the attributes'. */
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

/** The variables that say what the attributes do; those that the graph knows by name are told apart from the others. */
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
