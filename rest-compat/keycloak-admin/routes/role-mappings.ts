import { z } from 'zod';
import { present, presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { CLIENT_UNKNOWN, GROUP_ID_UNKNOWN, ROLE_UNKNOWN, USER_UNKNOWN, unusable } from '../errors.ts';
import {
  AvailableGroupRoles,
  AvailableGroupRolesOfClient,
  AvailableRoles,
  type AvailableRolesData,
  AvailableRolesOfClient,
  type AvailableRolesOfClientData,
  EffectiveGroupRoles,
  EffectiveRoles,
  GrantGroupRoles,
  GrantRoles,
  GroupRoleMappings,
  RevokeGroupRoles,
  RevokeRoles,
  RoleMappings,
  RolesOfGroup,
  RolesOfUser,
  type RolesOfUserData,
} from '../operations.generated.ts';
import { LARGEST_PAGE } from '../paging.ts';
import { MAPPINGS, ROLE, SENT_ROLES, showMappings, showRole, toReferences } from '../role.ts';
import {
  anyClientNamed,
  showTenantClientGrants,
  showTenantClientMappings,
  showTenantClientRoles,
} from '../tenant-client.ts';

/** The rows of users. */
const OF_USERS = {
  base: '/users/{id}/role-mappings',
  spec: '4.5',
  noun: 'a user',
  /** What is answered where there is no such holder. */
  unknown: USER_UNKNOWN,
  operations: {
    all: RoleMappings,
    held: RolesOfUser,
    effective: EffectiveRoles,
    available: AvailableRoles,
    availableOfClient: AvailableRolesOfClient,
    grant: GrantRoles,
    revoke: RevokeRoles,
  },
};

/** The rows of groups. */
const OF_GROUPS = {
  base: '/groups/{id}/role-mappings',
  spec: '4.15',
  noun: 'a group',
  unknown: GROUP_ID_UNKNOWN,
  operations: {
    all: GroupRoleMappings,
    held: RolesOfGroup,
    effective: EffectiveGroupRoles,
    available: AvailableGroupRoles,
    availableOfClient: AvailableGroupRolesOfClient,
    grant: GrantGroupRoles,
    revoke: RevokeGroupRoles,
  },
};

type Holders = typeof OF_USERS | typeof OF_GROUPS;

const HOLDER_PATH = z.object({ id: z.string().max(255) });
const CLIENT_PATH = HOLDER_PATH.extend({ client: z.string().max(255).describe('Id of the client.') });

/** The client in the path, which may stand for a realm. */
const client = anyClientNamed(({ client: id }: { readonly client: string }) => id);
const MISSING_CLIENT = { client: CLIENT_UNKNOWN };

/** The roles of one owner: of the client with this UUID, or of the realm. */
const showOwn = ({ roles }: RolesOfUserData['holder'], clientUuid: string | null) =>
  presentItems(present(roles ?? null))
    .filter((role) => role.clientUuid === clientUuid)
    .map(showRole);

type Owned = Pick<AvailableRolesData, 'roles'> & { readonly holder: Pick<AvailableRolesData['holder'], 'roles'> };

/** The roles of an owner that are not granted to the holder directly. */
function showAvailable({ holder, roles }: Owned) {
  const granted = new Set(presentItems(present(holder.roles)).map(({ id }) => id));
  return presentItems(roles.nodes)
    .filter(({ id }) => !granted.has(id))
    .map(showRole);
}

/** The same for a client, which may stand for a realm. */
function showAvailableOfClient({ holder, roles, tenantClient }: AvailableRolesOfClientData) {
  if (roles !== undefined) return showAvailable({ holder: { roles: holder.roles! }, roles });
  const granted = new Set(
    showTenantClientGrants(holder.tenantClientRoles!, tenantClient!.clientUuid).map(({ id }) => id),
  );
  return showTenantClientRoles(tenantClient!).filter(({ id }) => !granted.has(id));
}

/** What rows that read something of a holder answer where there is none. */
const noHolder = ({ unknown }: Holders) => ({ NOT_FOUND: unknown, INVALID_INPUT: unknown });

const all = (of: Holders): Route =>
  route({
    method: 'GET',
    path: of.base,
    spec: of.spec,
    summary: `Roles granted to ${of.noun} directly`,
    callers: callersWith('role-grant:read'),
    operation: of.operations.all,
    input: { params: HOLDER_PATH },
    toVariables: ({ params }) => ({ holderId: params.id }),
    reply: {
      status: 200,
      schema: MAPPINGS,
      from: ({ holder: { roles, tenantClientRoles } }) => {
        const { realmMappings, clientMappings } = showMappings(presentItems(present(roles)));
        return {
          realmMappings,
          clientMappings: { ...clientMappings, ...showTenantClientMappings(tenantClientRoles) },
        };
      },
    },
    errors: noHolder(of),
  });

/** Roles that a holder has: those granted directly, or also those through groups and other roles. */
const held = (of: Holders, isEffective: boolean) => ({
  method: 'GET' as const,
  spec: of.spec,
  callers: callersWith('role-grant:read'),
  operation: isEffective ? of.operations.effective : of.operations.held,
  errors: noHolder(of),
});

const heldOfRealm = (of: Holders, isEffective: boolean): Route =>
  route({
    ...held(of, isEffective),
    path: `${of.base}/realm${isEffective ? '/composite' : ''}`,
    summary: isEffective
      ? `Roles of the realm that ${of.noun} has, also through groups and other roles`
      : `Roles of the realm granted to ${of.noun} directly`,
    input: { params: HOLDER_PATH },
    toVariables: ({ params }) => ({ holderId: params.id, isMadeUp: false }),
    reply: { status: 200, schema: z.array(ROLE), from: ({ holder }) => showOwn(holder, null) },
  });

const heldOfClient = (of: Holders, isEffective: boolean): Route =>
  route({
    ...held(of, isEffective),
    path: `${of.base}/clients/{client}${isEffective ? '/composite' : ''}`,
    summary: isEffective
      ? `Roles of a client that ${of.noun} has, also through groups and other roles`
      : `Roles of a client granted to ${of.noun} directly`,
    input: { params: CLIENT_PATH },
    lookups: { client },
    toVariables: ({ params }, found) => ({ holderId: params.id, isMadeUp: found.client.isMadeUp }),
    reply: {
      status: 200,
      schema: z.array(ROLE),
      from: ({ holder }, { params }) =>
        holder.tenantClientRoles === undefined
          ? showOwn(holder, params.client.toLowerCase())
          : showTenantClientGrants(holder.tenantClientRoles, params.client),
    },
    missing: MISSING_CLIENT,
  });

const availableOfRealm = (of: Holders): Route =>
  route({
    method: 'GET',
    path: `${of.base}/realm/available`,
    spec: of.spec,
    summary: `Roles of the realm that are not granted to ${of.noun} directly, at most 10,000`,
    callers: callersWith('role:read'),
    operation: of.operations.available,
    input: { params: HOLDER_PATH },
    toVariables: ({ params }) => ({
      holderId: params.id,
      first: LARGEST_PAGE,
      filter: { ofTenantOnly: true, withBuiltin: true },
    }),
    reply: { status: 200, schema: z.array(ROLE), from: showAvailable },
    errors: noHolder(of),
  });

const availableOfClient = (of: Holders): Route =>
  route({
    method: 'GET',
    path: `${of.base}/clients/{client}/available`,
    spec: of.spec,
    summary: `Roles of a client that are not granted to ${of.noun} directly, at most 10,000`,
    callers: callersWith('role:read'),
    operation: of.operations.availableOfClient,
    input: { params: CLIENT_PATH },
    lookups: { client },
    toVariables: ({ params }, { client: { id, isStored, isMadeUp } }) => ({
      holderId: params.id,
      first: LARGEST_PAGE,
      clientId: id,
      isStored,
      isMadeUp,
    }),
    reply: { status: 200, schema: z.array(ROLE), from: showAvailableOfClient },
    errors: noHolder(of),
    missing: MISSING_CLIENT,
  });

const change = (of: Holders, isAdded: boolean) => ({
  method: isAdded ? ('POST' as const) : ('DELETE' as const),
  spec: of.spec,
  callers: callersWith('role-grant:write'),
  operation: isAdded ? of.operations.grant : of.operations.revoke,
  reply: { status: 204 },
  errors: {
    NOT_FOUND: of.unknown,
    INVALID_INPUT: { ...unusable('Could not change the roles'), at: { userId: of.unknown, groupId: of.unknown } },
    ROLE_NOT_FOUND: ROLE_UNKNOWN,
    ROLE_HOLDER_NOT_FOUND: of.unknown,
    ROLE_GRANT_ELSEWHERE: ROLE_UNKNOWN,
  },
});

const ofRealm = (of: Holders, isAdded: boolean): Route =>
  route({
    ...change(of, isAdded),
    path: `${of.base}/realm`,
    summary: isAdded
      ? `Grants roles of the realm to ${of.noun}, all or none`
      : `Withdraws roles of the realm from ${of.noun}, all or none`,
    input: { params: HOLDER_PATH, body: SENT_ROLES },
    toVariables: ({ params, body }) => ({ holderId: params.id, roles: toReferences(body) }),
  });

const ofClient = (of: Holders, isAdded: boolean): Route =>
  route({
    ...change(of, isAdded),
    path: `${of.base}/clients/{client}`,
    summary: isAdded
      ? `Grants roles of a client to ${of.noun}, all or none`
      : `Withdraws roles of a client from ${of.noun}, all or none`,
    input: { params: CLIENT_PATH, body: SENT_ROLES },
    toVariables: ({ params, body }) => ({ holderId: params.id, roles: toReferences(body, params.client) }),
  });

const rowsOf = (of: Holders): readonly Route[] => [
  all(of),
  heldOfRealm(of, false),
  heldOfClient(of, false),
  availableOfRealm(of),
  availableOfClient(of),
  heldOfRealm(of, true),
  heldOfClient(of, true),
  ofRealm(of, true),
  ofRealm(of, false),
  ofClient(of, true),
  ofClient(of, false),
];

/** Roles of users: docs/dialects/kobil.md, section 4.5. */
export const ROLE_MAPPING_ROUTES: readonly Route[] = rowsOf(OF_USERS);

/** Roles of groups: docs/dialects/kobil.md, section 4.15. */
export const GROUP_ROLE_MAPPING_ROUTES: readonly Route[] = rowsOf(OF_GROUPS);
