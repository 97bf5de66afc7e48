import { z } from 'zod';

/** Answers of the OAuth endpoints, which all dialects share. */

/** RFC 6749 section 5.1: tokens are not kept by anyone on the way. */
export const NOT_STORED = { 'Cache-Control': 'no-store', Pragma: 'no-cache' } as const;

/** Public documents: for a while nobody need ask again. */
export const PUBLIC_DOCUMENT = { 'Cache-Control': 'public, max-age=300' } as const;

/** RFC 6749 section 5.1. */
export const TOKENS = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int(),
  scope: z.string(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
});

export interface TokensData {
  readonly issueTokens: {
    readonly accessToken: string;
    readonly tokenType: string;
    readonly expiresIn: number;
    readonly scope: string;
    readonly refreshToken: string | null;
    readonly idToken: string | null;
  };
}

export function tokens({ issueTokens: issued }: TokensData): object {
  return {
    access_token: issued.accessToken,
    token_type: issued.tokenType,
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

/** Members of the graph and their names on the wire. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  clientId: 'client_id',
  tokenType: 'token_type',
  authTime: 'auth_time',
};

export interface IntrospectionData {
  readonly introspectToken: Readonly<Record<string, unknown>>;
}

export function introspection({ introspectToken }: IntrospectionData): object {
  const known = Object.entries(introspectToken).filter(([, value]) => value !== null);
  return Object.fromEntries(known.map(([name, value]) => [WIRE_NAMES[name] ?? name, value]));
}

/** A document of the house, passed on as it is. */
export const DOCUMENT = z.record(z.string(), z.unknown());
