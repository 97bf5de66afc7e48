import { SIGNED_CLIENT_TENANT } from './client-presentation.ts';

interface Named {
  readonly name: string;
}

/** What the issuers have in common: some endpoints of all tenants, their few scopes, and the claims of these. */
const COMMON = {
  claimScopes: { openid: 'account', profile: 'name', email: 'email' },
  hasOwnClaimScopes: true,
  tenantClaim: 'tenant_id',
  amrNames: { hwk: 'fido', swk: 'fido' },
  factorScopes: { factor: '2fa', newUser: '2fa_link' },
} as const;
const SHARED_ENDPOINTS = {
  userinfo: { shared: '/api/oidc/userinfo' },
  revocation: { shared: '/api/oidc/revoke' },
  endSession: { shared: '/api/auth/oidc/logout' },
} as const;

const apiPath = ({ name }: Named): string => `/api/oidc/${name}`;

/** The issuer of a tenant below `/api`, of the variants with the tenant in the query and in the path. */
export const API_ISSUER = {
  kind: 'api',
  path: apiPath,
  endpoints: { authorization: '/authorize', token: '/token', jwks: '/.well-known/jwks', ...SHARED_ENDPOINTS },
  presentation: SIGNED_CLIENT_TENANT,
  ...COMMON,
} as const;

/**
 * The issuer of a tenant at `/{tenant_id}`, the variant Standard. That prefix has four paths alone, so its sign-ins end at the
 * address of the other issuer.
 */
export const STANDARD_ISSUER = {
  kind: 'root',
  path: ({ name }: Named): string => `/${name}`,
  endpoints: { authorization: '/authorize', token: '/token', jwks: '/.well-known/jwks.json', ...SHARED_ENDPOINTS },
  resumePath: (tenant: Named): string => `${apiPath(tenant)}/authorize`,
  ...COMMON,
} as const;
