import { z } from 'zod';
import type { FormParameter } from '../engine/index.ts';
import type { IssueTokensData } from '../oidc/operations.generated.ts';
import { TOKENS, tokens } from '../oidc/replies.ts';

const OPTIONAL = z.string().optional();

/** The form of the token endpoint. */
export const TOKEN_FORM = z.object({
  grant_type: z.string().describe('`authorization_code` or `refresh_token`.'),
  client_id: z.string(),
  client_secret: OPTIONAL.describe('Of a confidential client.'),
  redirect_uri: OPTIONAL.describe('The address of the authorization request.'),
  code: OPTIONAL,
  refresh_token: OPTIONAL,
  code_verifier: OPTIONAL,
  scope: OPTIONAL.describe('Some of the scopes of the refresh token. Default: all.'),
});

/** Those that grants read. The others have authenticated the client, or named the tenant. */
const OF_GRANTS = ['grant_type', 'redirect_uri', 'code', 'refresh_token', 'code_verifier', 'scope'] as const;

export const toTokenParameters = (form: z.output<typeof TOKEN_FORM>): FormParameter[] =>
  OF_GRANTS.flatMap((name) => {
    const value = form[name];
    return value === undefined ? [] : [{ name, values: [value] }];
  });

/** What the token endpoint answers: tokens, or an ID token alone for the scope `2fa`. */
export const ISSUED = z.union([TOKENS, z.object({ id_token: z.string() })]);

export function showIssued(data: IssueTokensData): z.input<typeof ISSUED> {
  const { accessToken, idToken } = data.issueTokens;
  return accessToken === null && idToken !== null ? { id_token: idToken } : tokens(data);
}
