import type { z } from 'zod';
import type { IssuerKind, RawForms } from '../engine/index.ts';
import { IssueTokens } from './operations.generated.ts';

/**
 * The parameters that OAuth operations of the graph read, for the API descriptions. `src/server` supplies them, because the
 * rows pass on every parameter without knowing any.
 */
export interface OAuthForms {
  /** Those of the token endpoint of a kind of issuer, without the credentials of the client. */
  readonly token: (issuerKind: IssuerKind) => z.ZodObject;
}

/** The forms by document. */
export const rawForms = ({ token }: OAuthForms): RawForms => ({ [IssueTokens.name]: token });
