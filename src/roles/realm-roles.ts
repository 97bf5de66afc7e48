import type { ScopeString } from '../access/index.ts';
import { MASTER_TENANT } from '../tenants/index.ts';
import { ADMINISTRATOR_PERMISSIONS, TENANT_ADMINISTRATOR_PERMISSIONS } from './administration.ts';

/** A role that the service makes. */
export interface BuiltinRole {
  readonly name: string;
  /** Native permissions. */
  readonly permissions: readonly string[];
}

/** The builtin client to which the roles of administration belong. */
export const MANAGEMENT_CLIENT = 'realm-management';
/** The role of that client that gives everything in the tenant. */
const REALM_ADMINISTRATOR = 'realm-admin';
/** The roles of the tenant itself that give everything in it. */
const ADMINISTRATOR_NAMES: readonly string[] = ['admin', 'digitanium_admin'];

const VIEW_USERS: readonly ScopeString[] = [
  'user:read',
  'user-property:read',
  'auth-mode:read',
  'account-state:read',
  'credential:read',
  'session:read',
  'device:read',
  'consent:read',
  'federation-link:read',
  'role-grant:read',
  'group:read',
  'group-member:read',
  'block:read',
];
const VIEW_CLIENTS: readonly ScopeString[] = ['client:read', 'role:read'];
const VIEW_REALM: readonly ScopeString[] = [
  'tenant:read',
  'setting:read',
  'role:read',
  'riskbit:read',
  'riskbit:verify',
  'key:read',
];

/**
 * The roles of `realm-management` but `realm-admin`, and what each gives. What this service does not have gives nothing, so
 * that a stored role of that name keeps its meaning; neither does what only a wider permission would allow. There is no
 * permission for the settings of events alone, so `view-events` and `manage-events` read the log and touch no settings.
 * There is none for the roles of clients alone, so `manage-clients` changes no roles, because it would change those of the
 * tenant as well. There is none to see of a client that it exists and nothing else, so `query-clients` gives nothing.
 * `query-realms` gives what is to be seen of the tenant itself, its names.
 */
const MANAGEMENT: Readonly<Record<string, readonly ScopeString[]>> = {
  'view-users': VIEW_USERS,
  'query-users': ['user:read'],
  'manage-users': [
    ...VIEW_USERS,
    'user:create',
    'user:write',
    'user:delete',
    'auth-mode:write',
    'account-state:write',
    'password:set',
    'credential:write',
    'credential:delete',
    'session:revoke',
    'consent:revoke',
    'federation-link:write',
    'group:create',
    'group:write',
    'group:delete',
    'group-member:write',
    'role-grant:write',
    'block:lift',
    'mail:send',
    'sign-in-link:send',
  ],
  'view-clients': VIEW_CLIENTS,
  'query-clients': [],
  'manage-clients': [
    ...VIEW_CLIENTS,
    'client:create',
    'client:write',
    'client:delete',
    'client-secret:read',
    'client-secret:rotate',
  ],
  'create-client': ['client:create'],
  'view-realm': VIEW_REALM,
  'query-realms': ['tenant:read'],
  'manage-realm': [
    ...VIEW_REALM,
    'tenant:write',
    'setting:write',
    'role:create',
    'role:write',
    'role:delete',
    'riskbit:write',
    'riskbit:delete',
    'key:rotate',
    'mail:send',
    'tenant:import',
  ],
  'view-events': ['event:read'],
  'manage-events': ['event:read'],
  'query-groups': ['group:read'],
  'view-identity-providers': ['federation-provider:read'],
  'manage-identity-providers': ['federation-provider:write'],
  'view-authorization': [],
  'manage-authorization': [],
  impersonation: ['user:impersonate'],
};

/** The roles of the client `account`: what people may do with their accounts. */
const ACCOUNT: Readonly<Record<string, readonly ScopeString[]>> = {
  'view-profile': ['user:read:self'],
  'manage-account': [
    'user:write:self',
    'email:change:self',
    'credential:read:self',
    'credential:write:self',
    'credential:delete:self',
    'session:read:self',
    'session:revoke:self',
    'password:change:self',
  ],
  'manage-account-links': ['federation-link:write:self'],
  'view-applications': [],
  'view-consent': ['consent:read:self'],
  'manage-consent': ['consent:read:self', 'consent:revoke:self'],
  'view-groups': ['group:read:self'],
  'delete-account': ['user:delete:self'],
};

const toRoles = (table: Readonly<Record<string, readonly ScopeString[]>>): BuiltinRole[] =>
  Object.entries(table).map(([name, permissions]) => ({ name, permissions }));

/** The roles of the builtin clients of a tenant of the template `realm`, by `client_id`. */
export const CLIENT_ROLES: Readonly<Record<string, readonly BuiltinRole[]>> = {
  [MANAGEMENT_CLIENT]: [
    { name: REALM_ADMINISTRATOR, permissions: TENANT_ADMINISTRATOR_PERMISSIONS },
    ...toRoles(MANAGEMENT),
  ],
  account: toRoles(ACCOUNT),
  broker: [{ name: 'read-token', permissions: [] }],
};

/** The roles of the tenant that make a user an administrator; in `master`, `admin` gives everything in every tenant. */
export function administratorRoles(tenantName: string): BuiltinRole[] {
  return ADMINISTRATOR_NAMES.map((name) => ({
    name,
    permissions:
      name === 'admin' && tenantName === MASTER_TENANT ? ADMINISTRATOR_PERMISSIONS : TENANT_ADMINISTRATOR_PERMISSIONS,
  }));
}

/** The role of `realm-management` that makes a user an administrator. */
export const REALM_ADMINISTRATOR_ROLE: BuiltinRole = {
  name: REALM_ADMINISTRATOR,
  permissions: TENANT_ADMINISTRATOR_PERMISSIONS,
};

/** The role of the tenant that lets its holders use the resources of resource servers. */
export const RESOURCE_USER_ROLE = 'uma_authorization';

/** The roles inside the default role. */
const DEFAULTS: readonly string[] = ['offline_access', RESOURCE_USER_ROLE];

/** Name of the role that new users of the tenant get. */
export const defaultRoleName = (tenantName: string): string => `default-roles-${tenantName.toLowerCase()}`;

/** The roles of a tenant of the template `realm` itself. */
export function realmRoles(tenantName: string): BuiltinRole[] {
  const names = [...DEFAULTS, 'digitanium_user', defaultRoleName(tenantName)];
  return [...administratorRoles(tenantName), ...names.map((name) => ({ name, permissions: [] }))];
}

/** The roles inside others, as pairs of names. */
export const realmComposites = (tenantName: string): (readonly [role: string, child: string])[] =>
  DEFAULTS.map((child) => [defaultRoleName(tenantName), child]);
