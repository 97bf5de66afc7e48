import { z } from 'zod';

/** Credentials in the form, for clients that do not use the header (RFC 6749 section 2.3.1). */
export const CLIENT_CREDENTIALS = {
  client_id: z.string().optional().describe('For clients that do not authenticate with the Authorization header.'),
  client_secret: z.string().optional().describe('Sent with `client_id`.'),
};

/**
 * Names of the parameters with which clients authenticate (RFC 6749 section 2.3.1, RFC 7521 section 4.2). They are used to
 * authenticate the caller, and are not passed to operations.
 */
export const CLIENT_PARAMETERS: ReadonlySet<string> = new Set([
  ...Object.keys(CLIENT_CREDENTIALS),
  'client_assertion',
  'client_assertion_type',
]);
