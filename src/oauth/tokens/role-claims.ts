import type { ClientRecord } from '../../clients/index.ts';
import type { Person } from '../grants/user-rows.ts';
import type { Issuer } from '../issuers/issuers.ts';
import type { TokenRole } from './held-roles.ts';
import { type Claims, claimsOf, openNames } from './user-claims.ts';

/** The claims about a person that tokens of role-based issuers have, as far as the scopes allow them. */
const PROFILE: ReadonlySet<string> = new Set([
  'name',
  'preferred_username',
  'given_name',
  'family_name',
  'email',
  'email_verified',
]);

/** Audience of tokens without a role of another client: the one that clients of such issuers expect. */
const NO_OTHER_AUDIENCE = 'account';

/** The class of authentication in these tokens. The classes of this service have other names. */
export const ROLE_BASED_ACR = '1';

/** What a token of a role-based issuer says beside the standard claims. */
export interface RoleSubject {
  readonly issuer: Issuer;
  readonly client: ClientRecord;
  readonly scopes: readonly string[];
  /** Null where the token is that of a client without an account. */
  readonly person: Person | null;
  readonly roles: readonly TokenRole[];
  readonly sessionId: string | null;
}

/** The claims of a person that the scopes of a token allow. */
export const profileClaims = (issuer: Issuer, scopes: readonly string[], person: Person): Claims =>
  claimsOf(
    person,
    openNames(issuer, scopes).filter((name) => PROFILE.has(name)),
  );

/** Claims of an access token of a role-based issuer, in addition to those of every token, or in their place. */
export function roleClaims({ issuer, client, scopes, person, roles, sessionId }: RoleSubject) {
  const { clientId, fullRoleScope } = client.client;
  const held = fullRoleScope ? roles : [];
  const ofTenant = held.flatMap((role) => (role.clientId === null ? [role.name] : []));
  const byClient = Map.groupBy(
    held.filter((role) => role.clientId !== null),
    (role) => role.clientId!,
  );
  const others = [...byClient.keys()].filter((name) => name !== clientId).sort();
  return {
    aud: others.length === 0 ? NO_OTHER_AUDIENCE : others.length === 1 ? others[0]! : others,
    typ: 'Bearer',
    azp: clientId,
    acr: ROLE_BASED_ACR,
    ...(sessionId === null ? {} : { session_state: sessionId }),
    'allowed-origins': [...client.webOrigins],
    realm_access: { roles: ofTenant.sort() },
    resource_access: Object.fromEntries(
      [...byClient].map(([name, ofClient]) => [name, { roles: ofClient.map((role) => role.name).sort() }]),
    ),
    ...(person === null ? {} : profileClaims(issuer, scopes, person)),
  };
}
