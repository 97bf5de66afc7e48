import { z } from 'zod';
import { lookup, type Route, route } from '../../engine/index.ts';
import { CLIENT_PATH, client } from '../client-path.ts';
import { CLIENT_UNKNOWN, ROLE_UNKNOWN } from '../errors.ts';
import { FindRole, ListRolesOfClient, RoleOfClient } from '../operations.generated.ts';
import { cutPage } from '../paging.ts';
import { CHANGED_ROLE, NEW_ROLE, toNewRole, toRoleChange } from '../role.ts';
import {
  change,
  creation,
  HOLDER_LIST_PARAMETERS,
  holders,
  listing,
  NO_ROLE,
  PAGE_ERRORS,
  ROLE_LIST_PARAMETERS,
  readingByName,
  removal,
  toHolders,
  toListed,
} from '../role-rows.ts';
import { anyClient, showTenantClientRoleOf, showTenantClientRoles } from '../tenant-client.ts';

const SPEC = '4.10';
const ROLES = '/clients/{id}/roles';
const BY_NAME = `${ROLES}/{roleName}`;
const ROLE_PATH = CLIENT_PATH.extend({ roleName: z.string().max(255).describe('Name of a role of the client.') });

/** The role of the client, both in the path. */
const role = lookup({
  operation: FindRole,
  toVariables: ({ params }: { readonly params: { readonly id: string; readonly roleName: string } }) => ({
    clientId: params.id,
    name: params.roleName,
  }),
  from: (found) => found.role,
});
const LOOKUPS = { client, role };
const MISSING_CLIENT = { client: CLIENT_UNKNOWN };
const MISSING = { ...MISSING_CLIENT, role: ROLE_UNKNOWN };
const OF_NO_CLIENT = { ROLE_CLIENT_NOT_FOUND: CLIENT_UNKNOWN };

const LIST = route({
  ...listing,
  path: ROLES,
  spec: SPEC,
  summary: 'Roles of a client, by name',
  operation: ListRolesOfClient,
  input: { params: CLIENT_PATH, query: ROLE_LIST_PARAMETERS },
  lookups: { client: anyClient },
  toVariables: ({ query }, { client: { id, isStored, isMadeUp } }) => ({
    ...toListed(query, { clientId: id }),
    clientUuid: id,
    isStored,
    isMadeUp,
  }),
  reply: {
    ...listing.reply,
    from: ({ roles, tenantClient }, request) =>
      roles === undefined
        ? cutPage(showTenantClientRoles(tenantClient!, request.query.search), request.query)
        : listing.reply.from({ roles }, request),
  },
  missing: MISSING_CLIENT,
});

const CREATE = route({
  ...creation,
  path: ROLES,
  spec: SPEC,
  summary: 'Makes a role of a client; its address is in `Location`',
  input: { params: CLIENT_PATH, body: NEW_ROLE },
  lookups: { client },
  toVariables: ({ body }, found) => ({ ...toNewRole(body), clientId: found.client.id }),
  reply: {
    status: 201,
    headers: (_data, { baseUrl, params, body }) => ({
      Location: `${baseUrl}/clients/${encodeURIComponent(params.id)}/roles/${encodeURIComponent(body.name!)}`,
    }),
  },
  missing: MISSING_CLIENT,
});

const GET = route({
  ...readingByName,
  path: BY_NAME,
  spec: SPEC,
  summary: 'A role of a client',
  operation: RoleOfClient,
  input: { params: ROLE_PATH },
  lookups: { client: anyClient },
  toVariables: ({ params }, { client: { id, isStored, isMadeUp } }) => ({
    clientId: id,
    isStored,
    isMadeUp,
    name: params.roleName,
  }),
  reply: {
    ...readingByName.reply,
    from: ({ role, tenantClient }, { params }) =>
      role === undefined ? showTenantClientRoleOf(tenantClient!, params.roleName) : readingByName.reply.from({ role }),
  },
  errors: { ...NO_ROLE, ...OF_NO_CLIENT },
  missing: MISSING_CLIENT,
});

const UPDATE = route({
  ...change,
  path: BY_NAME,
  spec: SPEC,
  summary: 'Changes a role of a client; what is not sent stays, attributes that are sent replace all that there are',
  input: { params: ROLE_PATH, body: CHANGED_ROLE },
  lookups: LOOKUPS,
  toVariables: ({ body }, found) => ({ roleId: found.role.id, ...toRoleChange(body) }),
  missing: MISSING,
});

const DELETE = route({
  ...removal,
  path: BY_NAME,
  spec: SPEC,
  summary: 'Deletes a role of a client and withdraws it from all its holders',
  input: { params: ROLE_PATH },
  lookups: LOOKUPS,
  toVariables: (_request, found) => ({ roleId: found.role.id }),
  errors: { ...removal.errors, ...OF_NO_CLIENT },
  missing: MISSING,
});

const HOLDERS = route({
  ...holders,
  path: `${BY_NAME}/users`,
  spec: SPEC,
  summary: 'Users to whom a role of a client is granted directly, by username',
  input: { params: ROLE_PATH, query: HOLDER_LIST_PARAMETERS },
  lookups: { client: anyClient },
  toVariables: ({ params, query }, found) => toHolders(query, params.roleName, found.client.id),
  errors: { ...PAGE_ERRORS, ROLE_NOT_FOUND: ROLE_UNKNOWN, ...OF_NO_CLIENT },
  missing: MISSING_CLIENT,
});

/** Roles of clients: docs/dialects/kobil.md, section 4.10. */
export const CLIENT_ROLE_ROUTES: readonly Route[] = [LIST, CREATE, GET, UPDATE, DELETE, HOLDERS];
