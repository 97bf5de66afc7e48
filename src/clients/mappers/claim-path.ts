/** The members that lead to a claim: `['resource_access', 'shop', 'roles']`. */
export type ClaimPath = readonly [string, ...string[]];

/** Deepest claim: the deepest that anyone writes has three members. */
const MAX_DEPTH = 10;

/** A dot that separates members; one after a backslash belongs to the name. */
const SEPARATOR = /(?<!\\)\./;

/**
 * Members of tokens that say who issued them, to whom, for what and for how long (RFC 7519, RFC 9068, OpenID Connect Core).
 * No mapper writes them, because a caller who may change a client could make tokens of any account.
 */
const OF_ISSUER: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'typ',
  'azp',
  'client_id',
  'scope',
  'knd',
  'gid',
  'sid',
  'session_state',
  'auth_time',
  'acr',
  'amr',
  'cnf',
  'act',
  'may_act',
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'authorization',
  'active',
  'token_type',
  'allowed-origins',
]);

/** Members in which other services look for roles, which only mappers of roles write. */
const OF_ROLES: ReadonlySet<string> = new Set(['realm_access', 'resource_access']);

/** Whether a claim stands where other services look for roles. */
export const isOfRoles = ([root]: ClaimPath): boolean => OF_ROLES.has(root);

/** Stands for a `client_id` in the name of a claim. */
const CLIENT_ID = /\$\{client_id\}/g;

/**
 * The members that the name of a claim means, separated by dots; null for a name that no mapper writes.
 * @param canWriteRoles Whether the mapper writes roles that the account has.
 * @param clientId What `${client_id}` in the name stands for, dots included.
 */
export function findClaimPath(
  name: string | undefined,
  { canWriteRoles = false, clientId }: { readonly canWriteRoles?: boolean; readonly clientId?: string } = {},
): ClaimPath | null {
  const written = (name ?? '').split(SEPARATOR).map((member) => member.replaceAll('\\.', '.'));
  const members =
    clientId === undefined ? written : written.map((member) => member.replaceAll(CLIENT_ID, () => clientId));
  if (members.length > MAX_DEPTH || members.some((member) => member === '' || member === '__proto__')) return null;
  const [root] = members as [string, ...string[]];
  if (OF_ISSUER.has(root) || (OF_ROLES.has(root) && !canWriteRoles)) return null;
  return members as [string, ...string[]];
}
