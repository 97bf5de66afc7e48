import type { TenantRef } from '../../kernel/index.ts';
import type { OneTimeCodeStore } from '../../sessions/index.ts';

/** The kind of authorization codes in `one_time_codes`; the user of the row is the one who signed in. */
export const CODE_KIND = 'authorization-code';

/** What is asked of one claim (OpenID Connect Core section 5.5.1). */
export interface ClaimRequest {
  readonly essential?: boolean;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
}

/** Claims asked for by name; null: in the default way. */
export type ClaimRequests = Readonly<Record<string, ClaimRequest | null>>;

/** The claims that the parameter `claims` asks for, in the ID token and at userinfo. */
export interface RequestedClaims {
  readonly idToken: ClaimRequests;
  readonly userinfo: ClaimRequests;
}

/** What an authorization code stands for. The token endpoint compares it with the request that redeems the code. */
export interface CodePayload {
  /** `clients.id`. */
  readonly clientUuid: string;
  /** The redirect address that the answer went to. The token request must name the same one (RFC 6749 section 4.1.3). */
  readonly redirectUri: string;
  readonly issuerKind: string;
  /** The host of the issuer's URL; null = that of `PUBLIC_URL`. */
  readonly issuerHost: string | null;
  /** `code_challenge` of the method S256 (RFC 7636 section 4.3); null: the request had none. */
  readonly challenge: string | null;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** Whether the tokens outlive the session. */
  readonly isOffline: boolean;
  readonly nonce: string | null;
  /** When the user was authenticated, as an ISO date. */
  readonly authTime: string;
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly claims: RequestedClaims | null;
}

/** A code that is to be made, and the user who signed in. */
export interface NewCode {
  readonly userId: string;
  readonly payload: CodePayload;
  /** By default 60 s, as FAPI 2.0 section 5.3.2.1 allows: redirects through slow networks need them. */
  readonly expiresAt: Date;
}

/**
 * Makes an authorization code for a user (RFC 6749 section 4.1.2), at a client that needs no consent.
 * @returns The code, of which only the hash is stored.
 */
export function mintCode(
  codes: Pick<OneTimeCodeStore, 'put'>,
  tenant: TenantRef,
  { userId, payload, expiresAt }: NewCode,
): Promise<string> {
  return codes.put(tenant, {
    kind: CODE_KIND,
    userId,
    payload: { ...payload },
    expiresAt,
  });
}
