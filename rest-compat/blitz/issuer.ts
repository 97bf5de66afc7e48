/** The paths of this dialect's issuers: `/blitz` for the default tenant, `/t/{tenant}/blitz` for the others. */
export const BLITZ_ISSUER = {
  kind: 'suite',
  path: ({ name, isDefault }: { readonly name: string; readonly isDefault: boolean }): string =>
    isDefault ? '/blitz' : `/t/${name}/blitz`,
  endpoints: {
    jwks: '/oauth/.well-known/jwks',
    token: '/oauth/te',
    introspection: '/oauth/introspect',
    userinfo: '/oauth/me',
  },
  claimScopes: { usr_grps: 'organisations' },
} as const;
