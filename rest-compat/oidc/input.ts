import { z } from 'zod';
import { CLIENT_CREDENTIALS } from '../engine/index.ts';

/** RFC 6750 section 2.2. */
export const ACCESS_TOKEN_FORM = z.object({
  access_token: z.string().optional().describe('The access token, if it is not in `Authorization`.'),
});

/** RFC 7662 section 2.1, RFC 7009 section 2.1. */
export const TOKEN_FORM = z.object({
  token: z.string().describe('The token.'),
  token_type_hint: z.string().optional().describe('`access_token` or `refresh_token`; not needed.'),
  ...CLIENT_CREDENTIALS,
});
