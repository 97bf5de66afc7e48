import { type Chapter, type Dialect, forPages, type Route } from '../engine/index.ts';
import { CLIENT_COMPONENTS } from './client.ts';
import { EXTERNAL_FACTOR_ERRORS, LOGOUT_ERRORS, SECRETS_VAULT_ERRORS, TICKET_SIGN_IN_ERRORS } from './errors.ts';
import { IMAGE_PROOF_COMPONENTS } from './image-proof.ts';
import { ISSUER_ERRORS } from './issuer-errors.ts';
import { LIST_COMPONENTS } from './paging.ts';
import { PASSKEY_COMPONENTS } from './passkey.ts';
import { ANALYTICS_ROUTES } from './routes/analytics.ts';
import { API_KEY_ROUTES } from './routes/api-keys.ts';
import { AUTHENTICATION_ROUTES } from './routes/authentication.ts';
import { CLIENT_ROUTES } from './routes/clients.ts';
import { EXTERNAL_FACTOR_FORM, EXTERNAL_FACTOR_ROUTES } from './routes/external-factor.ts';
import { HEALTH_ROUTES } from './routes/health.ts';
import { IMAGE_PROOF_ROUTES } from './routes/image-proofs.ts';
import { LOGOUT_ROUTES } from './routes/logout.ts';
import { OIDC_COMPONENTS, OIDC_ROUTES, STANDARD_ROUTES } from './routes/oidc.ts';
import { PASSKEY_ROUTES, WEBAUTHN_ROUTES } from './routes/passkeys.ts';
import { SESSION_ROUTES } from './routes/sessions.ts';
import { SIGN_IN_PAGE_ROUTES } from './routes/sign-in-page.ts';
import { TENANT_ROUTES } from './routes/tenants.ts';
import { TICKET_SIGN_IN_ROUTES } from './routes/ticket-sign-in.ts';
import { USER_ROUTES } from './routes/users.ts';
import { SECRETS_VAULT_SAMPLES } from './samples.ts';
import { SCIM_ERRORS } from './scim/errors.ts';
import { SCIM_ROUTES } from './scim/routes.ts';
import { TENANT_COMPONENTS } from './tenant.ts';

/** The chapters of the rows below `/api`. */
const PARTS: readonly Chapter[] = (
  [
    // One for each file of `routes/` whose rows are below `/api`.
    { name: 'User', description: 'Users of tenants.', routes: USER_ROUTES },
    {
      name: 'Authentication',
      description: 'Sign-in and sessions.',
      routes: [...AUTHENTICATION_ROUTES, ...SESSION_ROUTES],
    },
    { name: 'Api Keys', description: 'Keys with which programs act for users.', routes: API_KEY_ROUTES },
    { name: 'Client', description: 'Clients of tenants.', routes: CLIENT_ROUTES },
    { name: 'Image proofs', description: 'Sign-in by knowledge of an image.', routes: IMAGE_PROOF_ROUTES },
    { name: 'Tenants', description: 'Tenants, and the blocks after failed sign-ins.', routes: TENANT_ROUTES },
    { name: 'Passkey', description: 'Passkeys of users, and sign-in by them.', routes: PASSKEY_ROUTES },
    { name: 'Analytics', description: 'Reports.', routes: ANALYTICS_ROUTES },
  ] as readonly Chapter[]
).map((part) => ({ ...part, routes: part.routes.map(forPages) }));

const API_ROUTES = PARTS.flatMap(({ routes }) => routes);
const NO_ROUTES: readonly Route[] = [];
const EXTERNAL_FACTOR_MOUNT = {
  errors: EXTERNAL_FACTOR_ERRORS,
  api: 'oauth',
  issuerKind: 'EXTERNAL_FACTOR',
} as const;
const SCIM_MOUNT = { errors: SCIM_ERRORS, api: 'scim', jsonType: 'application/scim+json' } as const;

const CHAPTERS: readonly Chapter[] = [
  ...PARTS,
  {
    name: 'OIDC',
    description: 'Issuers of tenants, sign-in and sign-out by applications.',
    routes: [...OIDC_ROUTES, ...SIGN_IN_PAGE_ROUTES, ...TICKET_SIGN_IN_ROUTES, ...LOGOUT_ROUTES, ...STANDARD_ROUTES],
  },
  {
    name: 'OIDC special flows',
    description: 'The second factor of users whom Microsoft Entra signs in.',
    routes: [...EXTERNAL_FACTOR_ROUTES, ...EXTERNAL_FACTOR_FORM],
  },
  { name: 'SCIM-2.0', description: 'Users and groups as SCIM 2.0 describes them.', routes: SCIM_ROUTES },
  { name: 'webauthn', description: 'Which sites may use the passkeys of a tenant.', routes: WEBAUTHN_ROUTES },
  { name: 'health', description: 'Whether the service answers.', routes: HEALTH_ROUTES },
];

/** Secrets Vault: below `/api` and `/scim/v2/{tenant_id}`, at `/health`, and its issuers at `/{tenant_id}`. */
export const SECRETS_VAULT: Dialect = {
  name: 'secrets-vault',
  title: 'Secrets Vault',
  description: 'Sign-in without passwords, users, clients, tenants and API keys as Secrets Vault describes them.',
  mounts: [
    { prefix: '/api', routes: API_ROUTES, issuerKind: 'API' },
    {
      prefix: '/api/auth/sign-in',
      routes: TICKET_SIGN_IN_ROUTES,
      errors: TICKET_SIGN_IN_ERRORS,
      issuerKind: 'API',
    },
    { prefix: '/api/auth/oidc', routes: LOGOUT_ROUTES, errors: LOGOUT_ERRORS, issuerKind: 'API' },
    { prefix: '/api/oidc', routes: OIDC_ROUTES, errors: ISSUER_ERRORS, api: 'oauth', issuerKind: 'API' },
    { prefix: '/ui/login', routes: SIGN_IN_PAGE_ROUTES },
    { prefix: '/api/flows/microsoft-mfa/{tenant_id}', routes: EXTERNAL_FACTOR_ROUTES, ...EXTERNAL_FACTOR_MOUNT },
    { prefix: '/api/flows/microsoft-mfa-form', routes: EXTERNAL_FACTOR_FORM, ...EXTERNAL_FACTOR_MOUNT },
    { prefix: '/health', routes: HEALTH_ROUTES },
    { prefix: '/.well-known/webauthn', routes: WEBAUTHN_ROUTES },
    { prefix: '/scim/v2/{tenant_id}', routes: SCIM_ROUTES, ...SCIM_MOUNT },
    { prefix: '/scim', routes: NO_ROUTES, ...SCIM_MOUNT },
    {
      prefix: '/{tenant_id}',
      routes: STANDARD_ROUTES,
      errors: ISSUER_ERRORS,
      api: 'oauth',
      exact: true,
      issuerKind: 'ROOT',
    },
  ],
  chapters: CHAPTERS.filter(({ routes }) => routes.length > 0),
  samples: SECRETS_VAULT_SAMPLES,
  components: {
    ...CLIENT_COMPONENTS,
    ...IMAGE_PROOF_COMPONENTS,
    ...LIST_COMPONENTS,
    ...OIDC_COMPONENTS,
    ...PASSKEY_COMPONENTS,
    ...TENANT_COMPONENTS,
  },
  errors: SECRETS_VAULT_ERRORS,
  api: 'rest',
  apiKeys: { header: 'x-api-key', prefix: 'svk_' },
  hidesTenants: true,
  refusesBodiesLast: true,
};
