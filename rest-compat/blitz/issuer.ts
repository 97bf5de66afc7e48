/** The paths of this dialect's issuers: `/blitz` for the default tenant, `/t/{tenant}/blitz` for the others. */
export const BLITZ_ISSUER = {
  kind: 'suite',
  path: ({ name, isDefault }: { readonly name: string; readonly isDefault: boolean }): string =>
    isDefault ? '/blitz' : `/t/${name}/blitz`,
  endpoints: {
    authorization: '/oauth/ae',
    jwks: '/oauth/.well-known/jwks',
    token: '/oauth/te',
    introspection: '/oauth/introspect',
    userinfo: '/oauth/me',
    endSession: '/oauth/logout',
  },
  deviceClaim: 'ua_id',
  claimScopes: { usr_grps: 'organisations' },
} as const;
