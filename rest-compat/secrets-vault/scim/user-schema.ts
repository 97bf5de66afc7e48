import { type Attribute, attribute, type Extension, type ResourceKind } from './attribute.ts';

/** URN of the extension for people of enterprises (RFC 7643 section 4.3). */
export const ENTERPRISE_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

const PRIMARY = attribute('primary', 'Whether it is the preferred one; at most one is.', { type: 'boolean' });
const DISPLAY = attribute('display', 'A text to show.');

/** The kind of a value, with the kinds that are suggested. */
const kindOf = (...canonicalValues: string[]): Attribute =>
  attribute('type', 'What it is for.', { ...(canonicalValues.length === 0 ? {} : { canonicalValues }) });

/** An attribute of several values, each with members. */
const values = (name: string, description: string, subAttributes: readonly Attribute[], given = {}): Attribute =>
  attribute(name, description, { type: 'complex', multiValued: true, subAttributes, ...given });

const ENTERPRISE: Extension = {
  schema: ENTERPRISE_SCHEMA,
  name: 'EnterpriseUser',
  description: 'What an enterprise knows of a user.',
  attributes: [
    attribute('employeeNumber', 'Number or name that the enterprise gave the person.'),
    attribute('costCenter', 'Cost center.'),
    attribute('organization', 'Organization.'),
    attribute('division', 'Division.'),
    attribute('department', 'Department.'),
    attribute('manager', 'The manager of the person.', {
      type: 'complex',
      subAttributes: [
        attribute('value', 'The id of the manager.', { caseExact: true }),
        attribute('$ref', 'The address of the manager.', {
          type: 'reference',
          caseExact: true,
          referenceTypes: ['User'],
        }),
        attribute('displayName', 'The name of the manager.', { mutability: 'readOnly' }),
      ],
    }),
  ],
};

/** Users (RFC 7643 section 4.1), with the attributes that the service stores. */
export const USER_KIND: ResourceKind = {
  name: 'User',
  schema: 'urn:ietf:params:scim:schemas:core:2.0:User',
  description: 'A user account.',
  attributes: [
    attribute('userName', 'The name with which the user signs in.', { required: true, uniqueness: 'server' }),
    attribute('name', 'The parts of the name.', {
      type: 'complex',
      subAttributes: [
        attribute('formatted', 'The whole name, to be shown.'),
        attribute('familyName', 'Family name.'),
        attribute('givenName', 'Given name.'),
        attribute('middleName', 'Middle names.'),
        attribute('honorificPrefix', 'Title before the name.'),
        attribute('honorificSuffix', 'Addition after the name.'),
      ],
    }),
    attribute('displayName', 'The name that is shown to people.'),
    attribute('nickName', 'How the user is called casually.'),
    attribute('profileUrl', 'The address of a page about the user.', {
      type: 'reference',
      caseExact: true,
      referenceTypes: ['external'],
    }),
    attribute('title', 'The title of the position, such as Vice President.'),
    attribute('userType', 'The relation between the organization and the user, such as Employee.'),
    attribute('preferredLanguage', 'The languages that the user prefers, as in Accept-Language.'),
    attribute('locale', 'The language tag by which dates and numbers are written.'),
    attribute('timezone', 'The time zone, as the IANA names it.'),
    attribute('active', 'Whether the user may sign in.', { type: 'boolean' }),
    attribute('password', 'Taken and dropped: the service stores no passwords here.', {
      caseExact: true,
      mutability: 'writeOnly',
      returned: 'never',
    }),
    values('emails', 'E-mail addresses.', [
      attribute('value', 'The address.'),
      DISPLAY,
      kindOf('work', 'home', 'other'),
      PRIMARY,
    ]),
    values('phoneNumbers', 'Phone numbers.', [
      attribute('value', 'The number.'),
      DISPLAY,
      kindOf('work', 'home', 'mobile', 'fax', 'pager', 'other'),
      PRIMARY,
    ]),
    values('addresses', 'Postal addresses.', [
      attribute('formatted', 'The whole address, to be shown.'),
      attribute('streetAddress', 'Street and number.'),
      attribute('locality', 'City.'),
      attribute('region', 'State or region.'),
      attribute('postalCode', 'Postal code.'),
      attribute('country', 'Country, as ISO 3166-1 writes it in two letters.'),
      kindOf('work', 'home', 'other'),
      PRIMARY,
    ]),
    values(
      'groups',
      'The groups of the user; they are changed at the groups.',
      [
        attribute('value', 'The id of the group.', { caseExact: true, mutability: 'readOnly' }),
        attribute('$ref', 'The address of the group.', {
          type: 'reference',
          caseExact: true,
          mutability: 'readOnly',
          referenceTypes: ['Group'],
        }),
        attribute('display', 'The name of the group.', { mutability: 'readOnly' }),
        attribute('type', 'Whether the user is a direct member.', {
          mutability: 'readOnly',
          canonicalValues: ['direct', 'indirect'],
        }),
      ],
      { mutability: 'readOnly' },
    ),
    values('roles', 'The roles of the user.', [
      attribute('value', 'The name of the role.'),
      DISPLAY,
      kindOf(),
      PRIMARY,
    ]),
  ],
  extensions: [ENTERPRISE],
};
