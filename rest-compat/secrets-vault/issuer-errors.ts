import { type DialectErrors, type ErrorTable, problems } from '../engine/index.ts';
import { oauthErrors } from '../oidc/errors.ts';

const { codes, ...standard } = oauthErrors('secrets-vault');

/** The lines of refusals before an operation runs; the paths of the issuers run none yet. */
const codesOfEngine = Object.fromEntries(
  Object.entries(codes).filter(([code]) => code === 'REQUEST_TOO_LARGE' || Object.hasOwn(problems.rows, code)),
) as unknown as ErrorTable;

/** Errors of the OAuth endpoints. */
export const ISSUER_ERRORS: DialectErrors = {
  ...standard,
  codes: { ...codesOfEngine, NOT_IMPLEMENTED: { status: 501, envelope: 'oauth', error: 'temporarily_unavailable' } },
};
