import { z } from 'zod';
import { presentItems, type Route, route } from '../../engine/index.ts';
import { callersWith } from '../../realm-users/callers.ts';
import { BAD_REQUEST, CLIENT_UNKNOWN, ROLE_UNKNOWN, unusable } from '../errors.ts';
import {
  AddScopeRoles,
  EffectiveRolesOfClient,
  EffectiveRolesOfClientScope,
  type OtherRolesOfClientData,
  type OtherRolesOfClientScopeData,
  RemoveScopeRoles,
  type Role,
} from '../operations.generated.ts';
import { LARGEST_PAGE } from '../paging.ts';
import { MAPPINGS, ROLE, SENT_ROLES, showMappings, showRole, toReferences } from '../role.ts';
import { noOwner, OWNER_PATH, OWNERS, type Owner, otherClient, ownerErrors, toId } from '../scope-owner.ts';

const CLIENT_PATH = OWNER_PATH.extend({ client: z.string().max(255).describe('Id of the client of the roles.') });
const MISSING_CLIENT = { client: CLIENT_UNKNOWN };

const ofRealm = ({ path }: Owner): string => `${path}/scope-mappings/realm`;
const ofClient = ({ path }: Owner): string => `${path}/scope-mappings/clients/{client}`;

/** The roles of the realm (null), or of the client with this UUID. */
const showOwn = (roles: readonly (Role | null)[] | null, clientUuid: string | null) =>
  presentItems(roles ?? [])
    .filter((role) => role.clientUuid === clientUuid)
    .map(showRole);

const all = (owner: Owner): Route =>
  route({
    method: 'GET',
    path: `${owner.path}/scope-mappings`,
    spec: owner.spec,
    summary: `Roles of users that tokens of a ${owner.noun} may have`,
    callers: callersWith('client:read'),
    operation: owner.scopeMappings,
    input: { params: OWNER_PATH },
    toVariables: ({ params }) => ({ ownerId: toId(params.id) }),
    reply: { status: 200, schema: MAPPINGS, from: (data) => showMappings(presentItems(data.owner.scopeRoles ?? [])) },
    errors: noOwner(owner),
  });

const listOfRealm = (owner: Owner): Route =>
  route({
    method: 'GET',
    path: ofRealm(owner),
    spec: owner.spec,
    summary: `Roles of the realm that tokens of a ${owner.noun} may have`,
    callers: callersWith('client:read'),
    operation: owner.scopeRoles,
    input: { params: OWNER_PATH },
    toVariables: ({ params }) => ({ ownerId: toId(params.id) }),
    reply: { status: 200, schema: z.array(ROLE), from: (data) => showOwn(data.owner.scopeRoles, null) },
    errors: noOwner(owner),
  });

const listOfClient = (owner: Owner): Route =>
  route({
    method: 'GET',
    path: ofClient(owner),
    spec: owner.spec,
    summary: `Roles of a client that tokens of a ${owner.noun} may have`,
    callers: callersWith('client:read'),
    operation: owner.scopeRoles,
    input: { params: CLIENT_PATH },
    lookups: { client: otherClient },
    toVariables: ({ params }) => ({ ownerId: toId(params.id) }),
    reply: {
      status: 200,
      schema: z.array(ROLE),
      from: (data, { params }) => showOwn(data.owner.scopeRoles, params.client.toLowerCase()),
    },
    errors: noOwner(owner),
    missing: MISSING_CLIENT,
  });

/** The roles of an owner that are not among those of a client or scope. */
function showOthers(scopeRoles: readonly (Pick<Role, 'id'> | null)[] | null, roles: readonly (Role | null)[]) {
  const taken = new Set(presentItems(scopeRoles ?? []).map(({ id }) => id));
  return presentItems(roles)
    .filter(({ id }) => !taken.has(id))
    .map(showRole);
}

const REALM_FILTER = { ofTenantOnly: true, withBuiltin: true };
const filterOf = (clientId: string) => ({ clientId, withBuiltin: true });

/** What the rows that list roles that an owner does not have share. */
const others = (owner: Owner) => ({
  method: 'GET' as const,
  spec: owner.spec,
  callers: callersWith('client:read'),
  operation: owner.otherRoles,
  reply: {
    status: 200,
    schema: z.array(ROLE),
    from: (data: OtherRolesOfClientData | OtherRolesOfClientScopeData) =>
      showOthers(data.owner.scopeRoles, data.roles.nodes),
  },
  errors: noOwner(owner),
});

const othersOfRealm = (owner: Owner): Route =>
  route({
    ...others(owner),
    path: `${ofRealm(owner)}/available`,
    summary: `Roles of the realm that tokens of a ${owner.noun} may not have, at most 10,000`,
    input: { params: OWNER_PATH },
    toVariables: ({ params }) => ({ ownerId: toId(params.id), first: LARGEST_PAGE, filter: REALM_FILTER }),
  });

const othersOfClient = (owner: Owner): Route =>
  route({
    ...others(owner),
    path: `${ofClient(owner)}/available`,
    summary: `Roles of a client that tokens of a ${owner.noun} may not have, at most 10,000`,
    input: { params: CLIENT_PATH },
    lookups: { client: otherClient },
    toVariables: ({ params }, { client }) => ({
      ownerId: toId(params.id),
      first: LARGEST_PAGE,
      filter: filterOf(client),
    }),
    missing: MISSING_CLIENT,
  });

const change = (owner: Owner, isAdded: boolean) => ({
  method: isAdded ? ('POST' as const) : ('DELETE' as const),
  spec: owner.spec,
  callers: callersWith('client:write'),
  operation: isAdded ? AddScopeRoles : RemoveScopeRoles,
  reply: { status: 204 },
  errors: {
    ...ownerErrors(owner),
    INVALID_INPUT: unusable('Could not change the roles'),
    ROLE_NOT_FOUND: ROLE_UNKNOWN,
    ROLE_CLIENT_NOT_FOUND: CLIENT_UNKNOWN,
    ...(isAdded ? { SCOPE_ROLE_LIMIT: BAD_REQUEST } : {}),
  },
});

const changeOfRealm =
  (isAdded: boolean) =>
  (owner: Owner): Route =>
    route({
      ...change(owner, isAdded),
      path: ofRealm(owner),
      summary: isAdded
        ? `Lets tokens of a ${owner.noun} have roles of the realm, all or none`
        : `Takes roles of the realm from the tokens of a ${owner.noun}, all or none`,
      input: { params: OWNER_PATH, body: SENT_ROLES },
      toVariables: ({ params, body }) => ({ ...owner.toReference(params.id), roles: toReferences(body) }),
    });

const changeOfClient =
  (isAdded: boolean) =>
  (owner: Owner): Route =>
    route({
      ...change(owner, isAdded),
      path: ofClient(owner),
      summary: isAdded
        ? `Lets tokens of a ${owner.noun} have roles of a client, all or none`
        : `Takes roles of a client from the tokens of a ${owner.noun}, all or none`,
      input: { params: CLIENT_PATH, body: SENT_ROLES },
      lookups: { client: otherClient },
      toVariables: ({ params, body }, { client }) => ({
        ...owner.toReference(params.id),
        roles: toReferences(body, client),
      }),
      missing: MISSING_CLIENT,
    });

const [CLIENT, SCOPE] = OWNERS;

/** A client with the full role scope may have all roles. */
const COMPOSITES_OF_CLIENT: readonly Route[] = [
  route({
    method: 'GET',
    path: `${ofRealm(CLIENT)}/composite`,
    spec: CLIENT.spec,
    summary: 'Roles of the realm that tokens of a client may have, also inside other roles',
    callers: callersWith('client:read'),
    operation: EffectiveRolesOfClient,
    input: { params: OWNER_PATH },
    toVariables: ({ params }) => ({ ownerId: toId(params.id), first: LARGEST_PAGE, filter: REALM_FILTER }),
    reply: {
      status: 200,
      schema: z.array(ROLE),
      from: ({ owner, roles }) => showOwn(owner.hasFullRoleScope ? roles.nodes : owner.effectiveScopeRoles, null),
    },
    errors: noOwner(CLIENT),
  }),
  route({
    method: 'GET',
    path: `${ofClient(CLIENT)}/composite`,
    spec: CLIENT.spec,
    summary: 'Roles of another client that tokens of a client may have, also inside other roles',
    callers: callersWith('client:read'),
    operation: EffectiveRolesOfClient,
    input: { params: CLIENT_PATH },
    lookups: { client: otherClient },
    toVariables: ({ params }, { client }) => ({
      ownerId: toId(params.id),
      first: LARGEST_PAGE,
      filter: filterOf(client),
    }),
    reply: {
      status: 200,
      schema: z.array(ROLE),
      from: ({ owner, roles }, { params }) =>
        showOwn(owner.hasFullRoleScope ? roles.nodes : owner.effectiveScopeRoles, params.client.toLowerCase()),
    },
    errors: noOwner(CLIENT),
    missing: MISSING_CLIENT,
  }),
];

const COMPOSITES_OF_SCOPE: readonly Route[] = [
  route({
    method: 'GET',
    path: `${ofRealm(SCOPE)}/composite`,
    spec: SCOPE.spec,
    summary: 'Roles of the realm that tokens with a client scope may have, also inside other roles',
    callers: callersWith('client:read'),
    operation: EffectiveRolesOfClientScope,
    input: { params: OWNER_PATH },
    toVariables: ({ params }) => ({ ownerId: toId(params.id) }),
    reply: { status: 200, schema: z.array(ROLE), from: ({ owner }) => showOwn(owner.effectiveScopeRoles, null) },
    errors: noOwner(SCOPE),
  }),
  route({
    method: 'GET',
    path: `${ofClient(SCOPE)}/composite`,
    spec: SCOPE.spec,
    summary: 'Roles of a client that tokens with a client scope may have, also inside other roles',
    callers: callersWith('client:read'),
    operation: EffectiveRolesOfClientScope,
    input: { params: CLIENT_PATH },
    lookups: { client: otherClient },
    toVariables: ({ params }) => ({ ownerId: toId(params.id) }),
    reply: {
      status: 200,
      schema: z.array(ROLE),
      from: ({ owner }, { params }) => showOwn(owner.effectiveScopeRoles, params.client.toLowerCase()),
    },
    errors: noOwner(SCOPE),
    missing: MISSING_CLIENT,
  }),
];

/** Scope mappings of clients and client scopes: docs/dialects/kobil.md, section 4.12. */
export const SCOPE_MAPPING_ROUTES: readonly Route[] = [
  ...OWNERS.flatMap((owner) =>
    [
      all,
      listOfRealm,
      othersOfRealm,
      changeOfRealm(true),
      changeOfRealm(false),
      listOfClient,
      othersOfClient,
      changeOfClient(true),
      changeOfClient(false),
    ].map((make) => make(owner)),
  ),
  ...COMPOSITES_OF_CLIENT,
  ...COMPOSITES_OF_SCOPE,
];
