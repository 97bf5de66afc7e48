import type { Caller } from '../../access/index.ts';
import type { ClientRecord } from '../../clients/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { Issuer } from '../issuers/issuers.ts';
import type { Lifetimes } from '../issuers/lifetimes.ts';

/** A token request after its client was authenticated and found to be allowed the grant. */
export interface GrantRequest {
  readonly caller: Caller;
  readonly tenant: KnownTenant;
  readonly issuer: Issuer;
  readonly client: ClientRecord;
  readonly lifetimes: Lifetimes;
  /** Parameters of the request by their OAuth names; each checked to be of a sane length. */
  readonly parameters: TokenParameters;
}

/** Names of RFC 6749; those of other grants join them with their file. */
export interface TokenParameters {
  readonly scope?: string;
  readonly username?: string;
  readonly password?: string;
  readonly refresh_token?: string;
}

/** The answer of RFC 6749 section 5.1. */
export interface IssuedTokens {
  readonly accessToken: string;
  readonly tokenType: 'Bearer';
  readonly expiresInSeconds: number;
  /** Names joined by spaces. */
  readonly scope: string;
  /** Shown once and stored hashed. */
  readonly refreshToken: string | null;
  readonly idToken: string | null;
}

/** One grant type of the token endpoint. */
export interface GrantType {
  readonly name: string;
  /** Whether clients that cannot keep a secret may use it. */
  readonly allowsPublicClients: boolean;
  /** Whether a client that is not allowed it hears that there is no such grant (RFC 9700 section 2.4), and discovery keeps silent. */
  readonly isHidden: boolean;
  /**
   * Makes the tokens and their `token.issued` event.
   * @throws IdentityError A refusal; the token service records it.
   */
  issue(request: GrantRequest): Promise<IssuedTokens>;
}
