/**
 * Scopes that exist in every tenant. They decide which claims a token has, not what it may do (OpenID Connect Core sections
 * 5.4 and 11).
 */
export const STANDARD_SCOPES: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'offline_access',
]);
