/** What a message to a client may say; moments are seconds since 1970. */
interface MessageFacts {
  readonly id: string;
  readonly expiresAt: number;
  readonly clientId: string;
  readonly notBefore: number;
  readonly clientSessions: readonly string[];
  readonly sessionIds: readonly string[];
}

const makeClaims = (action: string, { id, expiresAt, clientId, notBefore }: MessageFacts) => ({
  id,
  expiration: expiresAt,
  resource: clientId,
  action,
  notBefore,
});

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
  /** As adapters of Keycloak read them. */
  clientMessages: {
    ended: {
      path: '/k_logout',
      claims: (facts: MessageFacts) => ({
        ...makeClaims('LOGOUT', facts),
        adapterSessionIds: facts.clientSessions,
        keycloakSessionIds: facts.sessionIds,
      }),
    },
    notBefore: { path: '/k_push_not_before', claims: (facts: MessageFacts) => makeClaims('PUSH_NOT_BEFORE', facts) },
  },
  linkPath: '/login-actions/action-token',
  accountPath: '/account/page',
} as const;
