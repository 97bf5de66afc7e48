import type { z } from 'zod';
import type { IssuerKind, RawForms } from '../engine/index.ts';
import { EndSession, IssueTokens, PostEndSession } from './operations.generated.ts';

/**
 * The parameters that OAuth operations of the graph read, for the API descriptions. `src/server` supplies them, because the
 * rows pass on every parameter without knowing any.
 */
export interface OAuthForms {
  /** Those of the token endpoint of a kind of issuer, without the credentials of the client. */
  readonly token: (issuerKind: IssuerKind) => z.ZodObject;
  /** Those of the endpoint that signs users out. */
  readonly endSession: (issuerKind: IssuerKind) => z.ZodObject;
}

/** The forms by document. */
export const rawForms = ({ token, endSession }: OAuthForms): RawForms => ({
  [IssueTokens.name]: token,
  [EndSession.name]: endSession,
  [PostEndSession.name]: endSession,
});
