import { type Chapter, type Dialect, forPages, type Mount, type Route } from '../engine/index.ts';
import { GATEWAY_ERRORS, KOBIL_ERRORS } from './errors.ts';
import { ISSUER_ERRORS } from './issuer-errors.ts';
import { ADDRESS_ROUTES, GATEWAY_ADDRESS_ROUTES } from './routes/addresses.ts';
import { ADMINISTRATOR_ROUTES, GATEWAY_ADMINISTRATOR_ROUTES } from './routes/administrators.ts';
import { APP_ROUTES, GATEWAY_APP_ROUTES } from './routes/apps.ts';
import { MAGIC_LINK_ROUTES } from './routes/magic-link.ts';
import { GATEWAY_MAIL_ROUTES, MAIL_ROUTES } from './routes/mail.ts';
import { GATEWAY_PROVISIONING_ROUTES, PROVISIONING_ROUTES } from './routes/provisioning.ts';
import { REGISTRATION_ROUTES } from './routes/registration.ts';
import { GATEWAY_RESEND_ROUTES, RESEND_ROUTES } from './routes/resends.ts';
import { GATEWAY_RISKBIT_ROUTES, RISKBIT_ROUTES } from './routes/riskbits.ts';
import { GATEWAY_ROLE_ROUTES, ROLE_ROUTES } from './routes/roles.ts';
import { GATEWAY_TENANT_ROUTES, TENANT_ROUTES } from './routes/tenants.ts';
import { ACCOUNT_ROUTES, DISCOVERY_ROUTES, ISSUER_ROUTES, LOGIN_ACTION_ROUTES, REALM_ROUTE } from './routes/token.ts';
import { GATEWAY_USER_LIST_ROUTES, USER_LIST_ROUTES } from './routes/user-lists.ts';
import { GATEWAY_USER_ROUTES, USER_ROUTES } from './routes/users.ts';
import { KOBIL_SAMPLES } from './samples.ts';

/** A part of the manual, with its rows and their paths of the gateway. */
interface Part {
  readonly name: string;
  readonly description: string;
  readonly rows: readonly Route[];
  readonly gateway: readonly Route[];
}

const PARTS: readonly Part[] = [
  {
    name: 'Users',
    description: 'Users, their roles and groups.',
    rows: [...USER_LIST_ROUTES, ...PROVISIONING_ROUTES, ...USER_ROUTES, ...ADMINISTRATOR_ROUTES],
    gateway: [
      ...GATEWAY_USER_LIST_ROUTES,
      ...GATEWAY_PROVISIONING_ROUTES,
      ...GATEWAY_USER_ROUTES,
      ...GATEWAY_ADMINISTRATOR_ROUTES,
    ],
  },
  {
    name: 'Tenants',
    description: 'Tenants and their settings.',
    rows: TENANT_ROUTES,
    gateway: GATEWAY_TENANT_ROUTES,
  },
  {
    name: 'Codes sent again',
    description: 'Blocks of users who had codes sent again too often.',
    rows: RESEND_ROUTES,
    gateway: GATEWAY_RESEND_ROUTES,
  },
  {
    name: 'Addresses',
    description: 'Postal addresses of users.',
    rows: ADDRESS_ROUTES,
    gateway: GATEWAY_ADDRESS_ROUTES,
  },
  {
    name: 'Mail',
    description: 'Mails to users, and the server that sends them.',
    rows: [...MAIL_ROUTES, ...MAGIC_LINK_ROUTES],
    gateway: GATEWAY_MAIL_ROUTES,
  },
  { name: 'Apps', description: 'Apps and their secrets.', rows: APP_ROUTES, gateway: GATEWAY_APP_ROUTES },
  { name: 'Roles', description: 'Roles of the tenant.', rows: ROLE_ROUTES, gateway: GATEWAY_ROLE_ROUTES },
  {
    name: 'Riskbits',
    description: 'Rules that rate devices by their findings.',
    rows: RISKBIT_ROUTES,
    gateway: GATEWAY_RISKBIT_ROUTES,
  },
].map((part) => ({ ...part, rows: part.rows.map(forPages), gateway: part.gateway.map(forPages) }));

const CHAPTERS: readonly Chapter[] = [
  {
    name: 'Tokens',
    description: 'Tokens, their introspection, keys, and the metadata of the issuer.',
    routes: [...ISSUER_ROUTES, ...LOGIN_ACTION_ROUTES, ...DISCOVERY_ROUTES, ...ACCOUNT_ROUTES, REALM_ROUTE],
  },
  {
    name: 'Registration',
    description: 'Clients that register themselves.',
    routes: REGISTRATION_ROUTES,
  },
  ...PARTS.map(({ name, description, rows, gateway }) => ({ name, description, routes: [...rows, ...gateway] })),
];
const ROWS = [...PARTS.flatMap(({ rows }) => rows), REALM_ROUTE];
const GATEWAY_ROWS = PARTS.flatMap(({ gateway }) => gateway);
const NO_ROWS: readonly Route[] = [];

/** The paths below a prefix, which deployments have with and without `/auth`; addresses keep the spelling of the request. */
const mountsBelow = (prefix: '' | '/auth'): readonly Mount[] => [
  {
    prefix: `${prefix}/realms/{tenant}/protocol/openid-connect`,
    routes: ISSUER_ROUTES,
    errors: ISSUER_ERRORS,
    api: 'oauth',
    issuerKind: 'REALM',
    basePath: prefix,
  },
  {
    prefix: `${prefix}/realms/{tenant}/login-actions`,
    routes: LOGIN_ACTION_ROUTES,
    errors: ISSUER_ERRORS,
    api: 'oauth',
    issuerKind: 'REALM',
    basePath: prefix,
  },
  {
    prefix: `${prefix}/realms/{tenant}/.well-known`,
    routes: DISCOVERY_ROUTES,
    errors: ISSUER_ERRORS,
    api: 'oauth',
    issuerKind: 'REALM',
    basePath: prefix,
  },
  {
    prefix: `${prefix}/realms/{tenant}/clients-registrations/openid-connect`,
    routes: REGISTRATION_ROUTES,
    errors: ISSUER_ERRORS,
    api: 'oauth',
    issuerKind: 'REALM',
    basePath: prefix,
  },
  {
    prefix: `${prefix}/realms/{tenant}/account`,
    routes: ACCOUNT_ROUTES,
    errors: ISSUER_ERRORS,
    api: 'oauth',
    issuerKind: 'REALM',
    basePath: prefix,
  },
  { prefix: `${prefix}/realms/{tenant}`, routes: ROWS, constants: { prefix }, issuerKind: 'REALM', basePath: prefix },
  { prefix: `${prefix}/realms`, routes: NO_ROWS },
];

/**
 * KOBIL's identity service: below `/realms/{tenant}` and `/auth/realms/{tenant}`, and below `/digitanium/v4` of the hosts of
 * tenants.
 */
export const KOBIL: Dialect = {
  name: 'kobil',
  title: 'KOBIL identity service',
  description: 'Users, apps, roles, tenants and riskbits as the identity service of KOBIL documents them.',
  mounts: [
    ...mountsBelow(''),
    ...mountsBelow('/auth'),
    { prefix: '/digitanium/v4', routes: GATEWAY_ROWS, errors: GATEWAY_ERRORS, tenantIn: 'host-label' },
  ],
  chapters: CHAPTERS,
  samples: KOBIL_SAMPLES,
  errors: KOBIL_ERRORS,
  api: 'rest',
  ignoresTrailingSlash: true,
  preflightStatus: 200,
  sessionMirrors: [
    { name: 'KEYCLOAK_SESSION', isReadable: true },
    { name: 'KEYCLOAK_IDENTITY', isReadable: false },
    { name: 'AUTH_SESSION_ID', isReadable: false },
  ],
};
