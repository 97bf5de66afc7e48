import type { ClientRecord } from '../../clients/index.ts';
import { hashToken, type Signer } from '../../crypto/index.ts';
import { epochSeconds, newId, type TenantRef } from '../../kernel/index.ts';
import type { Family } from '../grants/grant.entity.ts';
import type { Issuer } from '../issuers/issuers.ts';
import { authenticationClaims, tenantMember } from './access-token.ts';
import { ROLE_BASED_ACR } from './role-claims.ts';
import type { Claims } from './user-claims.ts';

/** What an ID token is made from. */
export interface IdTokenSubject {
  readonly tenant: Pick<TenantRef, 'name'>;
  readonly issuer: Issuer;
  readonly client: ClientRecord;
  readonly grant: Family;
  /** The session that the user signed in with; null if the family does not know it any more. */
  readonly sessionId: string | null;
  /** The one of the authorization request; null in a token that a refresh gives (OpenID Connect Core section 12.2). */
  readonly nonce: string | null;
  /** The device of the session; null in a token that a refresh gives. */
  readonly deviceId: string | null;
  /** The access token that is issued with it; null: none. */
  readonly accessToken: string | null;
  /** Claims about the user that the client asked for here. The others are at userinfo (OpenID Connect Core section 5.4). */
  readonly claims: Claims;
  /** Audiences beside the client, which stands first (OpenID Connect Core section 2). Default: none. */
  readonly audience?: readonly string[];
  readonly lifetimeSeconds: number;
  readonly now: Date;
}

/** `typ` of ID tokens. */
export const ID_TOKEN_TYPE = 'JWT';

/** Of several methods, or of one that stands for several factors (RFC 8176 section 2). */
const MULTIPLE_FACTORS = 'mfa';

/** The claim `typ` of ID tokens of role-based issuers, whose access tokens have the same `typ` in their header. */
export const ROLE_BASED_ID_TOKEN = 'ID';

/**
 * Makes an ID token (OpenID Connect Core section 2). Its `typ` prevents its use as an access token. At most issuers it has no `azp`, because the
 * client that it is issued to is its only audience.
 */
export function makeIdToken(subject: IdTokenSubject, signer: Signer): Promise<string> {
  const { issuer, client, grant, sessionId, nonce, deviceId, accessToken, lifetimeSeconds, now } = subject;
  const iat = epochSeconds(now);
  const { clientId } = client.client;
  const others = (subject.audience ?? []).filter((name) => name !== clientId);
  const claims = {
    ...subject.claims,
    iss: issuer.url,
    sub: grant.userId,
    aud: issuer.kind.audienceIsList || others.length > 0 ? [clientId, ...others] : clientId,
    exp: iat + lifetimeSeconds,
    iat,
    jti: newId(),
    ...tenantMember(issuer, subject.tenant),
    ...authenticationClaims(grant),
    amr: shownMethods(issuer, grant.amr),
    ...(sessionId === null ? {} : { sid: sessionId }),
    ...(nonce === null ? {} : { nonce }),
    ...(issuer.kind.isRoleBased ? roleBasedMembers(clientId, sessionId) : {}),
    ...(issuer.deviceClaim === null || deviceId === null ? {} : { [issuer.deviceClaim]: deviceId }),
    ...(accessToken === null ? {} : { at_hash: hashToken(signer.alg, accessToken) }),
  };
  return signer.sign(claims, { typ: ID_TOKEN_TYPE });
}

/**
 * The methods by the names that clients of the issuer know, each once. Where these names are others than ours, a passkey is `fido` alone,
 * and `acr` tells its two factors.
 */
function shownMethods({ amrNames }: Pick<Issuer, 'amrNames'>, amr: readonly string[]): readonly string[] {
  const shown = [...new Set(amr.map((name) => amrNames[name] ?? name))];
  const methods = shown.filter((name) => name !== MULTIPLE_FACTORS);
  return methods.length === 1 && Object.values(amrNames).includes(methods[0]!) ? methods : shown;
}

/** What ID tokens of role-based issuers have in addition. */
const roleBasedMembers = (clientId: string, sessionId: string | null): Claims => ({
  typ: ROLE_BASED_ID_TOKEN,
  azp: clientId,
  acr: ROLE_BASED_ACR,
  ...(sessionId === null ? {} : { session_state: sessionId }),
});
