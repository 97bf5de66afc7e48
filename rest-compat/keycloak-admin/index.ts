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
import { GROUP_TREE_ROUTES } from './routes/group-tree.ts';
import { GROUP_ROUTES } from './routes/groups.ts';
import { LINK_ROUTES } from './routes/links.ts';
import { MAPPER_ROUTES } from './routes/mappers.ts';
import { REGISTRATION_ROUTES } from './routes/registration.ts';
import { GROUP_ROLE_MAPPING_ROUTES, ROLE_MAPPING_ROUTES } from './routes/role-mappings.ts';
import { ROLE_ROUTES } from './routes/roles.ts';
import { SCOPE_MAPPING_ROUTES } from './routes/scope-mappings.ts';
import { SCOPES_OF_CLIENT_ROUTES } from './routes/scopes-of-clients.ts';
import { USER_ROUTES } from './routes/users.ts';
import { ADMIN_SAMPLES } from './samples.ts';

const CHAPTERS: readonly Chapter[] = [
  { name: 'Users', description: 'Users and their passwords.', routes: USER_ROUTES },
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
].map((chapter) => ({ ...chapter, routes: chapter.routes.map(forPages) }));
const ROWS: readonly Route[] = CHAPTERS.flatMap(({ routes }) => routes);
const NO_ROWS: readonly Route[] = [];

/** The paths below a prefix, which deployments have with and without `/auth`; addresses keep the spelling of the request. */
const mountsBelow = (prefix: '' | '/auth'): readonly Mount[] => [
  { prefix: `${prefix}/admin/realms/{tenant}`, routes: ROWS, issuerKind: 'REALM', basePath: prefix },
  { prefix: `${prefix}/admin`, routes: NO_ROWS },
];

/** Keycloak's Admin API: below `/admin/realms/{tenant}` and `/auth/admin/realms/{tenant}`. */
export const KEYCLOAK_ADMIN: Dialect = {
  name: 'keycloak-admin',
  title: 'Administration of Keycloak',
  description: 'Users, roles, groups and clients as the Admin REST API of Keycloak has them.',
  mounts: [...mountsBelow(''), ...mountsBelow('/auth')],
  chapters: CHAPTERS,
  samples: ADMIN_SAMPLES,
  errors: ADMIN_ERRORS,
  api: 'rest',
  ignoresTrailingSlash: true,
};
