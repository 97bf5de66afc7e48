import type { z } from 'zod';
import type { IssuerKind, RawForms } from '../engine/index.ts';
import {
  Authorize,
  AuthorizeRegistration,
  EndSession,
  IssueTokens,
  PostAuthorization,
  PostEndSession,
  PostSignOut,
} from './operations.generated.ts';

/**
 * The parameters that OAuth operations of the graph read, for the API descriptions. `src/server` supplies them, because the
 * rows pass on every parameter without knowing any.
 */
export interface OAuthForms {
  /** Those of the token endpoint of a kind of issuer, without the credentials of the client. */
  readonly token: (issuerKind: IssuerKind) => z.ZodObject;
  /** Those of the authorization endpoint. */
  readonly authorization: (issuerKind: IssuerKind) => z.ZodObject;
  /** Those of the endpoint that signs users out. */
  readonly endSession: (issuerKind: IssuerKind) => z.ZodObject;
  /** Those of that endpoint where it also takes a refresh token. */
  readonly postSignOut: (issuerKind: IssuerKind) => z.ZodObject;
}

/** The forms by document. */
export const rawForms = ({ token, authorization, endSession, postSignOut }: OAuthForms): RawForms => ({
  [IssueTokens.name]: token,
  [Authorize.name]: authorization,
  [AuthorizeRegistration.name]: authorization,
  [PostAuthorization.name]: authorization,
  [EndSession.name]: endSession,
  [PostEndSession.name]: endSession,
  [PostSignOut.name]: postSignOut,
});
