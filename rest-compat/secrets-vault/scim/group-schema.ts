import { attribute, type ResourceKind } from './attribute.ts';

/** Groups (RFC 7643 section 4.2). */
export const GROUP_KIND: ResourceKind = {
  name: 'Group',
  schema: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  description: 'A group of users and of groups.',
  attributes: [
    attribute('displayName', 'The name of the group.', { required: true, uniqueness: 'server' }),
    attribute('members', 'The members of the group.', {
      type: 'complex',
      multiValued: true,
      subAttributes: [
        attribute('value', 'The id of the member.', { caseExact: true, mutability: 'immutable' }),
        attribute('$ref', 'The address of the member.', {
          type: 'reference',
          caseExact: true,
          mutability: 'immutable',
          referenceTypes: ['User', 'Group'],
        }),
        attribute('type', 'The kind of the member.', { mutability: 'immutable', canonicalValues: ['User', 'Group'] }),
        attribute('display', 'The name of the member.', { mutability: 'readOnly' }),
      ],
    }),
  ],
  extensions: [],
};
