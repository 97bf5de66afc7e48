/** How a client speaks OAuth and OpenID Connect. */
import { z } from 'zod';
import { APPLICATION_TYPES, type ApplicationType } from '../redirects.ts';
import { listOf } from './list.ts';
import { EVERYBODY, MANAGER, type MetadataMember } from './member.ts';

/** Whether the client runs on a web server or in a browser, or is installed on a device. Decides about schemes of redirects. */
export const APPLICATION_TYPE = {
  wire: 'application_type',
  check: z.enum(APPLICATION_TYPES, 'Not a type of applications.'),
  default: () => 'web',
  setBy: EVERYBODY,
} as const satisfies MetadataMember<ApplicationType>;

/** Response types of authorization requests (RFC 7591 section 2). Only the code: RFC 9700 section 2.1.2 forbids the implicit grant. */
const RESPONSE_TYPE_NAMES = ['code'] as const;
/** A list may repeat them. */
const MAX_RESPONSE_TYPES = 10;

export const RESPONSE_TYPES = {
  wire: 'response_types',
  check: listOf(z.enum(RESPONSE_TYPE_NAMES, 'Not a response type.'), MAX_RESPONSE_TYPES, 'response types'),
  default: () => ['code'],
  setBy: EVERYBODY,
} as const satisfies MetadataMember<(typeof RESPONSE_TYPE_NAMES)[number][]>;

const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'none'] as const;
export type AuthMethod = (typeof AUTH_METHODS)[number];

/**
 * How the client authenticates (RFC 7591 section 2). A confidential client without a value may send its secret in either way,
 * as those made before methods were stored do.
 */
export const TOKEN_ENDPOINT_AUTH_METHOD = {
  wire: 'token_endpoint_auth_method',
  check: z.enum(AUTH_METHODS, 'Not a method.'),
  default: ({ type }) => (type === 'public' ? 'none' : null),
  fault: (method, { type }) =>
    (method === 'none') === (type === 'public') ? null : 'Public clients have the method "none", and only they.',
  setBy: EVERYBODY,
} as const satisfies MetadataMember<AuthMethod>;

/**
 * Whether tokens for its resources can be asked for (User-Managed Access 2.0 Grant for OAuth 2.0). A resource server proves who it
 * is, so it is confidential.
 */
export const IS_RESOURCE_SERVER = {
  wire: 'is_resource_server',
  check: z.boolean('Not a truth value.'),
  default: () => false,
  fault: (isServer, { type }) =>
    isServer && type === 'public' ? 'A public client cannot be a resource server.' : null,
  setBy: MANAGER,
} as const satisfies MetadataMember<boolean>;

/** Whether users are asked before the client gets their data. `trusted`: the operator has decided for them. */
export const CONSENT = {
  wire: 'consent',
  check: z.enum(['required', 'trusted'], 'Not a kind of consent.'),
  default: () => 'required',
  setBy: MANAGER,
} as const satisfies MetadataMember<'required' | 'trusted'>;

/**
 * Whether authorization requests need a `code_challenge` (RFC 7636). Without a value the issuer decides. Native issuers demand
 * it of public clients whatever is stored (RFC 9700 section 2.1.1).
 */
export const PKCE = {
  wire: 'pkce',
  check: z.enum(['required', 'optional'], 'Not a kind of demand.'),
  default: () => null,
  setBy: MANAGER,
} as const satisfies MetadataMember<'required' | 'optional'>;
