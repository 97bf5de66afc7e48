import { z } from 'zod';

/** Credentials in the form, for clients that do not use the header (RFC 6749 section 2.3.1). */
export const CLIENT_CREDENTIALS = {
  client_id: z.string().optional().describe('For clients that do not authenticate with the Authorization header.'),
  client_secret: z.string().optional().describe('Likewise.'),
};

/** RFC 7662 section 2.1, RFC 7009 section 2.1. */
export const TOKEN_FORM = z.object({
  token: z.string().describe('The token.'),
  token_type_hint: z.string().optional().describe('`access_token` or `refresh_token`; not needed.'),
  ...CLIENT_CREDENTIALS,
});
