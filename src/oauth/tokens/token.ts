import type { TenantRef } from '../../kernel/index.ts';
import type { IssuerKind } from '../issuers/issuers.ts';

/** Claims of an access token (RFC 9068 section 2.2; `gid` and `knd` are private claims, docs/tokens.md). */
export interface AccessTokenClaims {
  readonly iss: string;
  /** Public id of the user, or `client:<client_id>`: a colon cannot occur in a user id. */
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly client_id: string;
  /** Names joined by spaces. */
  readonly scope: string;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  /** Whether the token belongs to a user or an application; never derived from `sub`. */
  readonly knd: 'user' | 'app';
  /** `grants.id`: the family the token belongs to. Absent for tokens of the client itself. */
  readonly gid?: string;
  readonly sid?: string;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly auth_time?: number;
}

/** An access token that this service issued and that has not expired. `TokenLife` tells whether it is still valid. */
export interface ReadToken {
  readonly tenant: TenantRef;
  readonly kind: IssuerKind;
  /** The host of its issuer, which is bound to the tenant; null = that of `PUBLIC_URL`. */
  readonly issuerHost: string | null;
  readonly claims: AccessTokenClaims;
  readonly audiences: readonly string[];
  /** `jwt`, or `opaque`: kept as a row. */
  readonly format: 'jwt' | 'opaque';
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const optional =
  (check: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === undefined || check(value);

const CLAIM_CHECKS: Readonly<Record<keyof AccessTokenClaims, (value: unknown) => boolean>> = {
  iss: isText,
  sub: isText,
  aud: (value) => isText(value) || isTextList(value),
  client_id: isText,
  scope: (value) => typeof value === 'string',
  exp: Number.isFinite,
  iat: Number.isFinite,
  jti: isText,
  knd: (value) => value === 'user' || value === 'app',
  gid: optional(isText),
  sid: optional(isText),
  acr: optional(isText),
  amr: optional(isTextList),
  auth_time: optional(Number.isFinite),
};

/** The claims, if they have the form of an access token of this service, where a user's token names its family; else null. */
export function accessTokenClaims(payload: Readonly<Record<string, unknown>>): AccessTokenClaims | null {
  for (const [name, check] of Object.entries(CLAIM_CHECKS)) if (!check(payload[name])) return null;
  const claims = payload as unknown as AccessTokenClaims;
  return claims.knd === 'user' && claims.gid === undefined ? null : claims;
}

export function audiencesOf({ aud }: Pick<AccessTokenClaims, 'aud'>): readonly string[] {
  return typeof aud === 'string' ? [aud] : aud;
}
