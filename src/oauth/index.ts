/**
 * OAuth 2 and OpenID Connect: issuers, signing keys, the token endpoint with its grants, and what tokens mean to this
 * service. May import every room below `flows/`, and `flows/`.
 */
export type { DiscoveryService } from './discovery.ts';
export { createOAuth, type OAuth, type OAuthOptions } from './engine.ts';
export { GrantStore } from './grant.store.ts';
export type { IssuedTokens, TokenParameters } from './grants/grant.ts';
export type { Introspection, IntrospectionService } from './introspection.ts';
export {
  type ClaimGroup,
  type Issuer,
  type IssuerEndpoints,
  type IssuerKind,
  type IssuerMount,
  Issuers,
} from './issuers.ts';
export type { ShownSigningKey, SigningKeyService } from './keys/key.service.ts';
export { oauthErrors } from './oauth.errors.ts';
export type { RevocationService } from './revocation.ts';
export type { ExpiredTokens } from './sweep.ts';
export type { ChangeFeed } from './token.life.ts';
export type { ClientCredentials, Resolution, TokenResolver } from './token.resolver.ts';
export type { TokenRequest, TokenService } from './token.service.ts';
export type { AccessTokenClaims } from './token.ts';
export { GrantFamilies } from './token-families.ts';
export type { UserinfoService } from './userinfo.ts';
