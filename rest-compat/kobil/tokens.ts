import { z } from 'zod';
import type { FormParameter } from '../engine/index.ts';
import type { IntrospectTokenData, IssueTokensData } from '../oidc/operations.generated.ts';

const TOKEN_TYPE = z.literal('Bearer');
const TOKEN = z.string();

/** Tokens, in the order of the older service. */
const TOKENS = z.strictObject({
  access_token: z.string(),
  expires_in: z.int(),
  refresh_expires_in: z.int().describe('0 where the refresh token does not end with the session, or there is none.'),
  refresh_token: z.string().optional(),
  token_type: TOKEN_TYPE,
  id_token: z.string().optional(),
  'not-before-policy': z.int().describe('Seconds since 1970, before which tokens are refused; 0: none.'),
  session_state: z.string().optional(),
  scope: z.string(),
});

/** The answer to a request for a decision (`response_mode=decision`). */
const DECISION = z.strictObject({ result: z.literal(true) });
/** The answer to a request for permissions (`response_mode=permissions`). */
const PERMISSIONS = z.array(
  z.strictObject({
    rsid: z.string().describe('Id of the resource.'),
    rsname: z.string().describe('Its name.'),
    scopes: z.array(z.string()),
  }),
);

/** The answer of the token endpoint. */
export const ISSUED = z.union([TOKENS, DECISION, PERMISSIONS]);

/** Seconds since 1970; 0 where there is no moment. */
export const secondsOf = (moment: string | null): number =>
  moment === null ? 0 : Math.floor(Date.parse(moment) / 1000);

const showPermissions = (permissions: NonNullable<IssueTokensData['issueTokens']['permissions']>) =>
  permissions.map(({ resourceId, resourceName, scopes }) => ({
    rsid: resourceId,
    rsname: resourceName,
    scopes: [...scopes],
  }));

const isDecision = (form: readonly FormParameter[]): boolean =>
  form.some(({ name, values }) => name === 'response_mode' && values.includes('decision'));

/** @param form The parameters of the request, which choose the form of the answer. */
export function showIssued(
  { issueTokens: issued }: IssueTokensData,
  form: readonly FormParameter[],
): z.input<typeof ISSUED> {
  const { refreshToken, idToken, sid, permissions } = issued;
  if (permissions !== null) return isDecision(form) ? { result: true } : showPermissions(permissions);
  return {
    access_token: TOKEN.parse(issued.accessToken),
    expires_in: issued.expiresIn,
    // Tokens that outlive the session have no end that a client could count down.
    refresh_expires_in: sid === null ? 0 : (issued.refreshExpiresIn ?? 0),
    ...(refreshToken === null ? {} : { refresh_token: refreshToken }),
    token_type: TOKEN_TYPE.parse(issued.tokenType),
    ...(idToken === null ? {} : { id_token: idToken }),
    'not-before-policy': secondsOf(issued.notBefore),
    ...(sid === null ? {} : { session_state: sid }),
    scope: issued.scope,
  };
}

/** What a token says, and whether it is alive (RFC 7662 section 2.2). */
export const INSPECTED = z.looseObject({
  active: z.boolean(),
  client_id: z.string().optional(),
  username: z.string().optional(),
  token_type: z.string().optional(),
});

export function showInspected({ introspectToken: found }: IntrospectTokenData): z.input<typeof INSPECTED> {
  if (!found.active) return { active: false };
  const claims = found.claims ?? {};
  const username = claims['preferred_username'];
  return {
    ...claims,
    ...(found.clientId === null ? {} : { client_id: found.clientId }),
    ...(typeof username === 'string' ? { username } : {}),
    token_type: found.tokenType ?? 'Bearer',
    active: true,
  };
}

/** An issuer and its key, for clients that read no discovery document. */
export const REALM_ISSUER = z.strictObject({
  realm: z.string(),
  public_key: z.string().describe('SubjectPublicKeyInfo, DER in base64.'),
  'token-service': z.string(),
  'account-service': z.string(),
  'tokens-not-before': z.int(),
});
