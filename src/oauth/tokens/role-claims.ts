import { buildMappedClaims, type ClientRecord, mergeClaims } from '../../clients/index.ts';
import type { Person } from '../grants/user-rows.ts';
import type { Issuer } from '../issuers/issuers.ts';
import type { TokenFacts } from './token-facts.ts';
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
  readonly facts: TokenFacts;
  readonly sessionId: string | null;
  /** Audiences in addition to those of roles and mappers. Default: none. */
  readonly audience?: readonly string[];
}

/** The claims of a person that the scopes of a token allow. */
export const profileClaims = (issuer: Issuer, scopes: readonly string[], person: Person): Claims =>
  claimsOf(
    person,
    openNames(issuer, scopes).filter((name) => PROFILE.has(name)),
  );

/** The claim `aud` of an access token: each name once, `account` where there is none. */
export function toAudience(names: readonly string[]): string | readonly string[] {
  const audience = [...new Set(names)];
  return audience.length === 0 ? NO_OTHER_AUDIENCE : audience.length === 1 ? audience[0]! : audience;
}

/** Claims of an access token of a role-based issuer, in addition to those of every token, or in their place. */
export function roleClaims({ issuer, client, scopes, facts, sessionId, audience = [] }: RoleSubject) {
  const { clientId } = client.client;
  const { account, realmRoles, clientRoles, mappers } = facts;
  const others = [...clientRoles.keys()].filter((name) => name !== clientId).sort();
  const mapped = buildMappedClaims(mappers, facts, 'accessToken');
  const claims = {
    typ: 'Bearer',
    azp: clientId,
    acr: ROLE_BASED_ACR,
    ...(sessionId === null ? {} : { session_state: sessionId }),
    'allowed-origins': [...client.webOrigins],
    realm_access: { roles: realmRoles },
    resource_access: Object.fromEntries([...clientRoles].map(([name, roles]) => [name, { roles }])),
    ...(account === null ? {} : profileClaims(issuer, scopes, account)),
  };
  return { ...mergeClaims(claims, mapped.claims), aud: toAudience([...others, ...mapped.audience, ...audience]) };
}
