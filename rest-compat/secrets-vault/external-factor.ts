/** The paths of the issuers of second factors. */
export const EXTERNAL_FACTOR_ISSUER = {
  kind: 'external-factor',
  path: ({ name }: { readonly name: string }): string => `/api/flows/microsoft-mfa/${name}`,
  endpoints: { authorization: '/authorize', jwks: '/.well-known/jwks.json' },
  factorPath: '/api/flows/microsoft-mfa-form',
} as const;

/** The issuers of Microsoft Entra ID: worldwide, for the government of the United States, and in China. */
export const FACTOR_AUTHORITIES: readonly string[] = [
  'https://login.microsoftonline.com/{tid}/v2.0',
  'https://login.microsoftonline.us/{tid}/v2.0',
  'https://login.partner.microsoftonline.cn/{tid}/v2.0',
];
