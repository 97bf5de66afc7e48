import { z } from 'zod';
import type { IntrospectTokenData, IssueTokensData } from './operations.generated.ts';

/** Answers of the OAuth endpoints, which all dialects share. */

/** Answers with tokens must not be cached (RFC 6749 section 5.1). */
export const NOT_STORED = { 'Cache-Control': 'no-store', Pragma: 'no-cache' } as const;

/** Public documents may be cached for five minutes. */
export const PUBLIC_DOCUMENT = { 'Cache-Control': 'public, max-age=300' } as const;

const TOKEN_TYPE = z.literal('Bearer');
/** Issuers without resource servers always answer one. */
const TOKEN = z.string();

/** RFC 6749 section 5.1. */
export const TOKENS = z.object({
  access_token: z.string(),
  token_type: TOKEN_TYPE,
  expires_in: z.int(),
  scope: z.string(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
});

export function tokens({ issueTokens: issued }: IssueTokensData): z.input<typeof TOKENS> {
  return {
    access_token: TOKEN.parse(issued.accessToken),
    token_type: TOKEN_TYPE.parse(issued.tokenType),
    expires_in: issued.expiresIn,
    scope: issued.scope,
    ...(issued.refreshToken === null ? {} : { refresh_token: issued.refreshToken }),
    ...(issued.idToken === null ? {} : { id_token: issued.idToken }),
  };
}

/** RFC 7662 section 2.2: an inactive token has no other member. */
export const INTROSPECTION = z.object({
  active: z.boolean(),
  scope: z.string().optional(),
  client_id: z.string().optional(),
  token_type: z.string().optional(),
  exp: z.int().optional(),
  iat: z.int().optional(),
  sub: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  iss: z.string().optional(),
  jti: z.string().optional(),
  sid: z.string().optional(),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
  auth_time: z.int().optional(),
});

export function introspection({ introspectToken: found }: IntrospectTokenData): z.input<typeof INTROSPECTION> {
  return {
    active: found.active,
    scope: found.scope ?? undefined,
    client_id: found.clientId ?? undefined,
    token_type: found.tokenType ?? undefined,
    exp: found.exp ?? undefined,
    iat: found.iat ?? undefined,
    sub: found.sub ?? undefined,
    aud: found.aud === null ? undefined : [...found.aud],
    iss: found.iss ?? undefined,
    jti: found.jti ?? undefined,
    sid: found.sid ?? undefined,
    acr: found.acr ?? undefined,
    amr: found.amr === null ? undefined : [...found.amr],
    auth_time: found.authTime ?? undefined,
  };
}

/** A document of the service that is answered unchanged. */
export const DOCUMENT = z.record(z.string(), z.unknown());
