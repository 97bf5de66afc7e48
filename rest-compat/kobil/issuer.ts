/** The paths of this dialect's issuers, with and without `/auth`. */
export const KOBIL_ISSUER = {
  kind: 'realm',
  path: ({ name }: { readonly name: string }): string => `/realms/${name}`,
  basePaths: ['', '/auth'],
  endpoints: {
    authorization: '/protocol/openid-connect/auth',
    jwks: '/protocol/openid-connect/certs',
    token: '/protocol/openid-connect/token',
    introspection: '/protocol/openid-connect/token/introspect',
    revocation: '/protocol/openid-connect/revoke',
    userinfo: '/protocol/openid-connect/userinfo',
    endSession: '/protocol/openid-connect/logout',
    registration: '/clients-registrations/openid-connect',
    checkSession: '/protocol/openid-connect/login-status-iframe.html',
  },
} as const;
