import type { z } from 'zod';
import type { IssuerKind, RawForms } from '../engine/index.ts';
import { IssueTokens } from './operations.generated.ts';

/**
 * The parameters that OAuth operations of the graph read, for the API descriptions. `src/server` supplies them: the rows pass
 * every parameter on and know none.
 */
export interface OAuthForms {
  /** Those of the token endpoint of a kind of issuer, without the credentials of the client. */
  readonly token: (issuerKind: IssuerKind) => z.ZodObject;
}

/** The same by document. */
export const rawForms = ({ token }: OAuthForms): RawForms => ({ [IssueTokens.name]: token });
