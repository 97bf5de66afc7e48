const LIST_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const USER_URN = 'urn:ietf:params:scim:schemas:core:2.0:User';

const USER = {
  schemas: [USER_URN],
  id: '01a22101-6fa3-704c-8ef3-ea6c03c14828',
  userName: 'ada@example.org',
  name: { familyName: 'Lovelace', givenName: 'Ada' },
  active: true,
  emails: [{ value: 'ada@example.org', type: 'work', primary: true }],
  meta: {
    resourceType: 'User',
    created: '2030-01-01T00:00:00.000Z',
    lastModified: '2030-01-01T00:00:00.000Z',
    location: 'https://id.example.com/scim/v2/acme/Users/01a22101-6fa3-704c-8ef3-ea6c03c14828',
  },
};

const GROUP = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
  id: '01a22101-7a11-7d3e-9b02-5f1c0a7e9d10',
  displayName: 'Engineers',
  // Without `$ref`, which validators of descriptions take for one of theirs.
  members: [{ value: USER.id, type: 'User' }],
  meta: {
    resourceType: 'Group',
    created: '2030-01-01T00:00:00.000Z',
    lastModified: '2030-01-01T00:00:00.000Z',
    location: 'https://id.example.com/scim/v2/acme/Groups/01a22101-7a11-7d3e-9b02-5f1c0a7e9d10',
  },
};

const listOf = (...Resources: readonly { schemas: string[] }[]) => ({
  schemas: [LIST_URN],
  totalResults: Resources.length,
  startIndex: 1,
  itemsPerPage: Resources.length,
  Resources,
});

/** Parameters of the rows of SCIM, for the API description. */
export const SCIM_PARAMETERS = {
  group_id: GROUP.id,
  attributes: 'userName,emails.value',
  excludedAttributes: 'groups',
  startIndex: '1',
  count: '100',
  filter: 'userName eq "ada@example.org"',
};

/** What the rows of SCIM about users and groups take and answer. */
export const SCIM_OPERATIONS = {
  ReadScimUser: { reply: USER },
  ListScimUsers: { reply: listOf(USER) },
  CreateScimUser: { body: USER, reply: USER },
  ChangeScimUser: { body: USER, reply: USER },
  ReadScimGroup: { reply: GROUP },
  ListScimGroups: { reply: listOf(GROUP) },
  CreateScimGroup: { body: GROUP, reply: GROUP },
  ChangeScimGroup: { body: GROUP, reply: GROUP },
};
