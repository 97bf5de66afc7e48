import { type Chapter, type Dialect, forPages, type Mount, type Route } from '../engine/index.ts';
import { ADMIN_ERRORS } from './errors.ts';
import { ACCESS_ROUTES } from './routes/access.ts';
import { ATTACK_DETECTION_ROUTES } from './routes/attack-detection.ts';
import { CLIENT_ROLE_ROUTES } from './routes/client-roles.ts';
import { CLIENT_SCOPE_ROUTES } from './routes/client-scopes.ts';
import { CLIENT_SESSION_ROUTES } from './routes/client-sessions.ts';
import { CLIENT_ROUTES } from './routes/clients.ts';
import { CREDENTIAL_ROUTES } from './routes/credentials.ts';
import { DEFAULT_GROUP_ROUTES } from './routes/default-groups.ts';
import { EVENT_ROUTES } from './routes/events.ts';
import { GROUP_TREE_ROUTES } from './routes/group-tree.ts';
import { GROUP_ROUTES } from './routes/groups.ts';
import { IDENTITY_PROVIDER_ROUTES } from './routes/identity-providers.ts';
import { LINK_ROUTES } from './routes/links.ts';
import { LOCALIZATION_ROUTES } from './routes/localization.ts';
import { MAPPER_ROUTES } from './routes/mappers.ts';
import { PARTIAL_EXPORT } from './routes/partial-export.ts';
import { PARTIAL_IMPORT } from './routes/partial-import.ts';
import { REALM_LIST_ROUTES, REALM_ROUTES } from './routes/realms.ts';
import { REFUSED_API_ROUTES, REFUSED_RESOURCE_ROUTES, REFUSED_ROUTES } from './routes/refused.ts';
import { REGISTRATION_ROUTES } from './routes/registration.ts';
import { REQUIRED_ACTION_ROUTES } from './routes/required-actions.ts';
import { GROUP_ROLE_MAPPING_ROUTES, ROLE_MAPPING_ROUTES } from './routes/role-mappings.ts';
import { ROLE_ROUTES } from './routes/roles.ts';
import { SCOPE_MAPPING_ROUTES } from './routes/scope-mappings.ts';
import { SCOPES_OF_CLIENT_ROUTES } from './routes/scopes-of-clients.ts';
import { SERVICE_ROUTES } from './routes/service.ts';
import { SESSION_ROUTES } from './routes/sessions.ts';
import { USER_PROFILE_ROUTES } from './routes/user-profile.ts';
import { USER_ROUTES } from './routes/users.ts';
import { ADMIN_SAMPLES } from './samples.ts';

export { type ReadInputs, readRealmInputs, readUserInputs } from './import/inputs.ts';

const withPages = (chapters: readonly Chapter[]): readonly Chapter[] =>
  chapters.map((chapter) => ({ ...chapter, routes: chapter.routes.map(forPages) }));
const rowsOf = (chapters: readonly Chapter[]): readonly Route[] => chapters.flatMap(({ routes }) => routes);

/** Below `/admin/realms/{tenant}`. */
const OF_REALM = withPages([
  {
    name: 'Realm',
    description: 'The realm and its settings.',
    routes: [...REALM_ROUTES, PARTIAL_EXPORT, PARTIAL_IMPORT],
  },
  {
    name: 'Required actions',
    description: 'Actions that can be required of users.',
    routes: REQUIRED_ACTION_ROUTES,
  },
  {
    name: 'Identity providers',
    description: 'Providers whose accounts can be linked to users.',
    routes: IDENTITY_PROVIDER_ROUTES,
  },
  { name: 'Localization', description: 'Texts of the realm in its languages.', routes: LOCALIZATION_ROUTES },
  { name: 'Events', description: 'What users did, and what was changed.', routes: EVENT_ROUTES },
  { name: 'Sessions', description: 'Sessions of the realm, and its caches.', routes: SESSION_ROUTES },
  { name: 'Users', description: 'Users and their passwords.', routes: USER_ROUTES },
  { name: 'User profile', description: 'Attributes of users and their rules.', routes: USER_PROFILE_ROUTES },
  { name: 'Role mappings', description: 'Roles granted to users.', routes: ROLE_MAPPING_ROUTES },
  { name: 'Groups of users', description: 'Memberships of users in groups.', routes: GROUP_ROUTES },
  { name: 'Access', description: 'Sessions, consents and linked accounts of users.', routes: ACCESS_ROUTES },
  {
    name: 'Client scopes',
    description: 'Client scopes, and those that new clients get.',
    routes: CLIENT_SCOPE_ROUTES,
  },
  {
    name: 'Scopes of clients',
    description: 'Default and optional scopes of clients.',
    routes: SCOPES_OF_CLIENT_ROUTES,
  },
  { name: 'Mappers', description: 'Mappers of clients and client scopes.', routes: MAPPER_ROUTES },
  {
    name: 'Scope mappings',
    description: 'Roles of users that tokens of clients and with client scopes may have.',
    routes: SCOPE_MAPPING_ROUTES,
  },
  { name: 'Roles', description: 'Roles of the realm and what they contain.', routes: ROLE_ROUTES },
  {
    name: 'Groups',
    description: 'The tree of groups, their members and their roles.',
    routes: [...GROUP_TREE_ROUTES, ...GROUP_ROLE_MAPPING_ROUTES, ...DEFAULT_GROUP_ROUTES],
  },
  {
    name: 'Attack detection',
    description: 'Failed sign-ins of users and the blocks that they led to.',
    routes: ATTACK_DETECTION_ROUTES,
  },
  { name: 'Mails', description: 'Mails with links to users, and acting as users.', routes: LINK_ROUTES },
  { name: 'Credentials', description: 'Changes of credentials of users.', routes: CREDENTIAL_ROUTES },
  {
    name: 'Clients',
    description: 'Applications, their secrets, service accounts, sessions and roles.',
    routes: [...CLIENT_ROUTES, ...CLIENT_SESSION_ROUTES, ...CLIENT_ROLE_ROUTES],
  },
  {
    name: 'Registration',
    description: 'Clients that register themselves, and policies of clients.',
    routes: REGISTRATION_ROUTES,
  },
  { name: 'Not served', description: 'Calls that are refused with 501.', routes: REFUSED_ROUTES },
]);
/** Below `/admin`. */
const OF_SERVICE = withPages([
  { name: 'Realms', description: 'The realms of the service.', routes: REALM_LIST_ROUTES },
  { name: 'Service', description: 'The service and the caller.', routes: SERVICE_ROUTES },
]);
/** Below `/admin/api/{tenant}`. */
const OF_API = withPages([
  { name: 'Clients, version 2', description: 'Calls that are refused with 501.', routes: REFUSED_API_ROUTES },
]);
/** Below `/resources/{tenant}`. */
const OF_RESOURCES = withPages([
  { name: 'Resources', description: 'Calls that are refused with 501.', routes: REFUSED_RESOURCE_ROUTES },
]);

const ROWS = {
  realm: rowsOf(OF_REALM),
  service: rowsOf(OF_SERVICE),
  api: rowsOf(OF_API),
  resources: rowsOf(OF_RESOURCES),
};

/** The paths below a prefix, which deployments have with and without `/auth`; addresses keep the spelling of the request. */
const mountsBelow = (prefix: '' | '/auth'): readonly Mount[] => [
  { prefix: `${prefix}/admin/realms/{tenant}`, routes: ROWS.realm, issuerKind: 'REALM', basePath: prefix },
  { prefix: `${prefix}/admin/api/{tenant}`, routes: ROWS.api },
  { prefix: `${prefix}/admin`, routes: ROWS.service },
  { prefix: `${prefix}/resources/{tenant}`, routes: ROWS.resources },
];

/** Keycloak's Admin API: below `/admin/realms/{tenant}` and `/auth/admin/realms/{tenant}`. */
export const KEYCLOAK_ADMIN: Dialect = {
  name: 'keycloak-admin',
  title: 'Administration of Keycloak',
  description: 'Realms, users, roles, groups and clients as the Admin REST API of Keycloak has them.',
  mounts: [...mountsBelow(''), ...mountsBelow('/auth')],
  chapters: [...OF_SERVICE, ...OF_REALM, ...OF_API, ...OF_RESOURCES],
  samples: ADMIN_SAMPLES,
  errors: ADMIN_ERRORS,
  api: 'rest',
  ignoresTrailingSlash: true,
};
