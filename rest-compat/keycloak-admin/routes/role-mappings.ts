import { z } from 'zod';
import { lookup, present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { CLIENT_UNKNOWN, ROLE_UNKNOWN, USER_UNKNOWN, unusable } from '../errors.ts';
import {
  AvailableRoles,
  type AvailableRolesData,
  EffectiveRoles,
  FindClient,
  GrantRoles,
  RevokeRoles,
  RoleMappings,
  RolesOfUser,
  type RolesOfUserData,
} from '../operations.generated.ts';
import { LARGEST_PAGE } from '../paging.ts';
import { MAPPINGS, ROLE, SENT_ROLES, showMappings, showRole, toReferences } from '../role.ts';
import { NO_USER, OF_NO_USER, USER_PATH } from '../user-path.ts';

const SPEC = '4.5';
const CLIENT_PATH = USER_PATH.extend({ client: z.string().max(255).describe('Id of the client.') });
const REALM = '/users/{id}/role-mappings/realm';
const CLIENT = '/users/{id}/role-mappings/clients/{client}';

/** The client in the path. */
const client = lookup({
  operation: FindClient,
  toVariables: ({ params }: { readonly params: { readonly client: string } }) => ({ clientId: params.client }),
  from: (found) => found.client,
});
const MISSING_CLIENT = { client: CLIENT_UNKNOWN };

/** The roles of one owner: of the client with this UUID, or of the realm. */
const showOwn = (roles: RolesOfUserData['user']['roles'], clientUuid: string | null) =>
  presentItems(present(roles))
    .filter((role) => role.clientUuid === clientUuid)
    .map(showRole);

/** The roles of an owner that are not granted to the user directly. */
function showAvailable({ user, roles }: AvailableRolesData) {
  const granted = new Set(presentItems(present(user.roles)).map(({ id }) => id));
  return presentItems(roles.nodes)
    .filter(({ id }) => !granted.has(id))
    .map(showRole);
}

const ALL = route({
  method: 'GET',
  path: '/users/{id}/role-mappings',
  spec: SPEC,
  summary: 'Roles granted to a user directly',
  callers: callersWith('role-grant:read'),
  operation: RoleMappings,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({ userId: params.id }),
  reply: { status: 200, schema: MAPPINGS, from: ({ user }) => showMappings(presentItems(present(user.roles))) },
  errors: NO_USER,
});

/** Roles that a user has: those granted directly, or also those through groups and other roles. */
const held = (isEffective: boolean) => ({
  method: 'GET' as const,
  spec: SPEC,
  callers: callersWith('role-grant:read'),
  operation: isEffective ? EffectiveRoles : RolesOfUser,
  toVariables: ({ params }: { readonly params: { readonly id: string } }) => ({ userId: params.id }),
  errors: NO_USER,
});

const heldOfRealm = (isEffective: boolean): Route =>
  route({
    ...held(isEffective),
    path: isEffective ? `${REALM}/composite` : REALM,
    summary: isEffective
      ? 'Roles of the realm that a user has, also through groups and other roles'
      : 'Roles of the realm granted to a user directly',
    input: { params: USER_PATH },
    reply: { status: 200, schema: z.array(ROLE), from: ({ user }) => showOwn(user.roles, null) },
  });

const heldOfClient = (isEffective: boolean): Route =>
  route({
    ...held(isEffective),
    path: isEffective ? `${CLIENT}/composite` : CLIENT,
    summary: isEffective
      ? 'Roles of a client that a user has, also through groups and other roles'
      : 'Roles of a client granted to a user directly',
    input: { params: CLIENT_PATH },
    lookups: { client },
    reply: {
      status: 200,
      schema: z.array(ROLE),
      from: ({ user }, { params }) => showOwn(user.roles, params.client.toLowerCase()),
    },
    missing: MISSING_CLIENT,
  });

const AVAILABLE_OF_REALM = route({
  method: 'GET',
  path: `${REALM}/available`,
  spec: SPEC,
  summary: 'Roles of the realm that are not granted to a user directly, at most 10,000',
  callers: callersWith('role:read'),
  operation: AvailableRoles,
  input: { params: USER_PATH },
  toVariables: ({ params }) => ({
    userId: params.id,
    first: LARGEST_PAGE,
    filter: { ofTenantOnly: true, withBuiltin: true },
  }),
  reply: { status: 200, schema: z.array(ROLE), from: showAvailable },
  errors: NO_USER,
});

const AVAILABLE_OF_CLIENT = route({
  method: 'GET',
  path: `${CLIENT}/available`,
  spec: SPEC,
  summary: 'Roles of a client that are not granted to a user directly, at most 10,000',
  callers: callersWith('role:read'),
  operation: AvailableRoles,
  input: { params: CLIENT_PATH },
  lookups: { client },
  toVariables: ({ params }, found) => ({
    userId: params.id,
    first: LARGEST_PAGE,
    filter: { clientId: found.client.id, withBuiltin: true },
  }),
  reply: { status: 200, schema: z.array(ROLE), from: showAvailable },
  errors: NO_USER,
  missing: MISSING_CLIENT,
});

/** Refusals of changes. */
const CHANGE_ERRORS = {
  NOT_FOUND: USER_UNKNOWN,
  INVALID_INPUT: { ...unusable('Could not change the roles'), ...OF_NO_USER },
  ROLE_NOT_FOUND: ROLE_UNKNOWN,
  ROLE_CLIENT_NOT_FOUND: CLIENT_UNKNOWN,
  ROLE_HOLDER_NOT_FOUND: USER_UNKNOWN,
  ROLE_GRANT_ELSEWHERE: ROLE_UNKNOWN,
};

const change = (isAdded: boolean) => ({
  method: isAdded ? ('POST' as const) : ('DELETE' as const),
  spec: SPEC,
  callers: callersWith('role-grant:write'),
  operation: isAdded ? GrantRoles : RevokeRoles,
  reply: { status: 204 },
  errors: CHANGE_ERRORS,
});

const ofRealm = (isAdded: boolean): Route =>
  route({
    ...change(isAdded),
    path: REALM,
    summary: isAdded ? 'Grants roles of the realm to a user, all or none' : 'Withdraws roles of the realm, all or none',
    input: { params: USER_PATH, body: SENT_ROLES },
    toVariables: ({ params, body }) => ({ userId: params.id, roles: toReferences(body) }),
  });

const ofClient = (isAdded: boolean): Route =>
  route({
    ...change(isAdded),
    path: CLIENT,
    summary: isAdded ? 'Grants roles of a client to a user, all or none' : 'Withdraws roles of a client, all or none',
    input: { params: CLIENT_PATH, body: SENT_ROLES },
    toVariables: ({ params, body }) => ({ userId: params.id, roles: toReferences(body, params.client) }),
  });

/** Roles of users: docs/dialects/kobil.md, section 4.5. */
export const ROLE_MAPPING_ROUTES: readonly Route[] = [
  ALL,
  heldOfRealm(false),
  heldOfClient(false),
  AVAILABLE_OF_REALM,
  AVAILABLE_OF_CLIENT,
  heldOfRealm(true),
  heldOfClient(true),
  ofRealm(true),
  ofRealm(false),
  ofClient(true),
  ofClient(false),
];
