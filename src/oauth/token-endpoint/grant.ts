import type { z } from 'zod';
import type { Caller } from '../../access/index.ts';
import type { ClientRecord } from '../../clients/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { Issuer, IssuerKind, OfferedGrantName } from '../issuers/issuers.ts';
import type { Lifetimes } from '../issuers/lifetimes.ts';
import { optionalParameter } from './parameters.ts';

/** A token request whose client is authenticated and may use the grant. */
export interface GrantRequest {
  readonly caller: Caller;
  readonly tenant: KnownTenant;
  readonly issuer: Issuer;
  readonly client: ClientRecord;
  readonly lifetimes: Lifetimes;
}

/** The answer of RFC 6749 section 5.1. */
export interface IssuedTokens {
  /** Null where a second factor alone was asked for. */
  readonly accessToken: string | null;
  readonly tokenType: 'Bearer';
  /** 0 without an access token. */
  readonly expiresInSeconds: number;
  /** Names joined by spaces. */
  readonly scope: string;
  /** Shown once and stored hashed. */
  readonly refreshToken: string | null;
  /** Seconds until the refresh token expires unless it is used; null where there is none, or without the session it does not end. */
  readonly refreshExpiresInSeconds: number | null;
  readonly idToken: string | null;
  /** The session of the user; null for tokens of a client, and for those that outlive the session. */
  readonly sessionId: string | null;
  /** Tokens that were issued before this moment are refused; null: none. */
  readonly notBefore: Date | null;
}

/** What may be done with a resource of a resource server. */
export interface ResourcePermission {
  readonly resourceId: string;
  readonly resourceName: string;
  readonly scopes: readonly string[];
}

/** The answer to a request for permissions that wants no token. */
export interface GrantedPermissions {
  readonly permissions: readonly ResourcePermission[];
}

/** What the token endpoint answers. */
export type TokenAnswer = IssuedTokens | GrantedPermissions;

/**
 * One grant type of the token endpoint. The endpoint, discovery, the API description and the errors about parameters are made
 * from these declarations.
 * @typeParam D What the grant needs to make tokens.
 * @typeParam P The shape of its parameters.
 */
export interface GrantType<D, P extends z.ZodObject = z.ZodObject> {
  /** Value of `grant_type`. */
  readonly name: OfferedGrantName;
  /**
   * Whether a client that is not allowed it gets the answer for a grant that does not exist (RFC 9700 section 2.4), and
   * discovery leaves it out, except at role-based issuers.
   */
  readonly isHidden: boolean;
  /** Whether every client may use it. Default: those that are allowed it. */
  readonly isOfEveryClient?: boolean;
  /** Whether an access token of the same issuer authenticates the request as well as the client does. Default: no. */
  readonly takesBearer?: boolean;
  /** Those of `parameters` that may be repeated: the values of each are a list. Default: none. */
  readonly lists?: readonly string[];
  /** The parameters that it reads in addition to `grant_type`. */
  readonly parameters: P;
  /** Those of them that role-based issuers alone read. Default: none. */
  readonly roleBasedParameters?: readonly string[];
  /**
   * Makes the tokens and their `token.issued` event, or answers what the request asks for instead.
   * @throws IdentityError A refusal; the token service records it.
   */
  issue(deps: D, request: GrantRequest, parameters: z.output<P>): Promise<TokenAnswer>;
}

/**
 * Checks that `issue` accepts what `parameters` declares. The result has no type of the shape, so that all grants fit one list.
 */
export function defineGrant<D, P extends z.ZodObject>(grant: GrantType<D, P>): GrantType<D> {
  return grant;
}

/** Whether clients that are not allowed a grant get the answer for one that does not exist. */
export const isHiddenAt = (
  { isHidden }: Pick<GrantType<never>, 'isHidden'>,
  { isRoleBased }: Pick<IssuerKind, 'isRoleBased'>,
): boolean => isHidden && !isRoleBased;

/** The names of the parameters that a grant reads at a kind of issuer. */
export function parameterNames(
  { parameters, roleBasedParameters = [] }: Pick<GrantType<never>, 'parameters' | 'roleBasedParameters'>,
  { isRoleBased }: Pick<IssuerKind, 'isRoleBased'>,
): readonly string[] {
  const names = Object.keys(parameters.shape);
  return isRoleBased ? names : names.filter((name) => !roleBasedParameters.includes(name));
}

/** The parameter `scope` of every grant (RFC 6749 section 3.3). */
export const SCOPE = optionalParameter('Scope names separated by spaces.');
