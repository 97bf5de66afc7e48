import type { IdentityError } from '../../kernel/index.ts';
import { oauthErrors } from '../oauth.errors.ts';

/** Why a code or a refresh token is refused. Only its own client learns more than that it is not valid. */
export type InvalidGrant =
  | 'CODE_INVALID'
  | 'REDIRECT_OTHER'
  | 'VERIFIER_MISSING'
  | 'VERIFIER_WRONG'
  | 'REFRESH_TOKEN_INVALID'
  | 'REFRESH_TOKEN_OTHER'
  | 'REFRESH_TOKEN_EXPIRED'
  | 'SESSION_ENDED'
  | 'SUBJECT_TOKEN_INVALID';

/** The refusal of a grant, with its reason in `extensions.reason`. */
export const invalidGrant = (reason: InvalidGrant): IdentityError =>
  oauthErrors.GRANT_INVALID({ extensions: { reason } });
