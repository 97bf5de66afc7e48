/**
 * OAuth 2 and OpenID Connect: issuers, signing keys, the token endpoint with its grants, and the authentication of callers by
 * token. May import every module up to `flows/` (docs/architecture.md).
 */

export type { AccountPageAnswer, AccountToken, OpenAccountPage } from './account-page/account-page.service.ts';
export type { AuthorizationAnswer } from './authorize/answer.ts';
export type {
  AuthorizationService,
  BrowserAuthorization,
  ResumedAuthorization,
} from './authorize/authorization.service.ts';
export { AUTHORIZATION_FORM } from './authorize/parameters.ts';
export type { Authentication, ClientCredentials, TokenAuthenticator } from './callers/token.authenticator.ts';
export type { DiscoveryService } from './endpoints/discovery.ts';
export type { Introspection, IntrospectionService } from './endpoints/introspection.ts';
export type { RevocationService } from './endpoints/revocation.ts';
export type { SignedPresentations } from './endpoints/signed-presentation.ts';
export type { UserinfoService } from './endpoints/userinfo.ts';
export type { OAuth, OAuthOptions } from './engine.ts';
export type { ExternalFactorService } from './external-factor/external-factor.service.ts';
export type { ClientSessions } from './grants/client-sessions.ts';
export { type ClientSessionCount, GrantStore, type OfflineFamily } from './grants/grant.store.ts';
export type { OfflineAccess } from './grants/offline-access.ts';
export type { ImageProofService } from './image-proofs/image-proof.service.ts';
export {
  type ClaimGroup,
  type Issuer,
  type IssuerEndpoints,
  type IssuerKind,
  type IssuerMount,
  Issuers,
} from './issuers/issuers.ts';
export type { ShownSigningKey, SigningKeyService } from './keys/key.service.ts';
export type {
  MailedLinkAnswer,
  MailedLinkService,
  ResumedLink,
  SendActionsLink,
  SendSignInLink,
} from './mailed-links/mailed-link.service.ts';
export { oauthErrors } from './oauth.errors.ts';
export type { BrowserRequest, PostedEndpoint, PostedRequests } from './posted/posted-requests.ts';
export type { InitialAccessToken } from './registration/registration.entity.ts';
export type { NewInitialToken, Registration, RegistrationService } from './registration/registration.service.ts';
export type { PendingSignOut, SignOutAnswer, SignOutService } from './sign-out/sign-out.service.ts';
export { POST_SIGN_OUT_FORM, SIGN_OUT_FORM, type SignOutRequest } from './sign-out/sign-out-request.ts';
export type { ExpiredTokens } from './sweep.ts';
export type { TicketSignInService } from './tickets/ticket-sign-in.service.ts';
export type { IssuedTokens, ResourcePermission, TokenAnswer } from './token-endpoint/grant.ts';
export { describeTokenForm } from './token-endpoint/grants.ts';
export type { OAuthParameter } from './token-endpoint/parameters.ts';
export type { TokenRequest, TokenService } from './token-endpoint/token.service.ts';
export type { AccessTokenClaims } from './tokens/token.ts';
