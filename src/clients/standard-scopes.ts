/**
 * Scopes that exist in every tenant, each with what it lets an application do. They decide which claims a token has, not what it
 * may do (OpenID Connect Core sections 5.4 and 11).
 */
export const STANDARD_SCOPES: ReadonlyMap<string, string> = new Map([
  ['openid', 'Know who you are'],
  ['profile', 'See your name and your profile'],
  ['email', 'See your e-mail address'],
  ['phone', 'See your phone number'],
  ['address', 'See your postal address'],
  ['offline_access', 'Keep this access, also while you are signed out'],
]);

/** The scope whose tokens outlive the session (OpenID Connect Core section 11). */
export const LASTING_SCOPE = 'offline_access';
