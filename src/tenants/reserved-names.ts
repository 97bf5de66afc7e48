/**
 * Names a tenant cannot have because a path begins with them (docs/tenancy.md), in lower case.
 * A test compares the list with the first segments of all mounted routes.
 */
export const RESERVED_TENANT_NAMES: ReadonlySet<string> = new Set(
  (
    'admin all api appsettings assets auth authorize blitz bo console default device digitanium docs events favicon flows ' +
    'graphiql graphql health introspect js jwks kobil live login logout me metrics microsoft-mfa new null oauth oauth2 oidc ' +
    'openapi public ready realms register resources revoke root scim secrets-vault self serverinfo settings sign-in ssf ' +
    'static status streams system t tenants token ui undefined userinfo users v1 v2 v3 v4 webhooks well-known www'
  ).split(' '),
);

/** `master` exists from the first start; every other name follows this pattern (docs/tenancy.md, rule 1). */
export const TENANT_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{1,62}$/;
