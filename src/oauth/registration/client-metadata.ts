/** Metadata of clients by their names in RFC 7591 section 2 and OpenID Connect Dynamic Client Registration section 2. */
import { z } from 'zod';
import { type Client, type ClientProperties, metadataOf, REGISTRANT_MEMBERS } from '../../clients/index.ts';
import type { FieldFault } from '../../kernel/index.ts';
import { registrationErrors } from './registration.errors.ts';

/**
 * Other grant types are allowed by administrators: that of passwords is for older applications (RFC 9700 section 2.4), and what a client does
 * itself needs permissions.
 */
const GRANT_TYPES = ['authorization_code', 'refresh_token'] as const;
const MAX_LIST = 100;

/** Members that are no metadata of ours, by their names. Others are ignored (RFC 7591 section 2). */
const SHAPE = z.object({
  client_name: z.string().optional(),
  redirect_uris: z.array(z.string()).max(MAX_LIST).optional(),
  post_logout_redirect_uris: z.array(z.string()).max(MAX_LIST).optional(),
  grant_types: z.array(z.enum(GRANT_TYPES)).max(MAX_LIST).optional(),
  scope: z.string().max(10_000).optional(),
  token_endpoint_auth_method: z.string().optional(),
});

/** A client that registers itself, in the terms of the service. */
export interface RegisteredProperties extends ClientProperties {
  readonly type: 'confidential' | 'public';
}

function refused(issues: readonly z.core.$ZodIssue[]): Error {
  const fields = issues.map(
    ({ path, message }): FieldFault => ({
      path: ['input', 'metadata', ...path.map(String)].join('.'),
      code: 'REGISTRATION_METADATA_INVALID',
      message,
    }),
  );
  return registrationErrors.REGISTRATION_METADATA_INVALID({ fields });
}

const exact = (uris: readonly string[] = []) => uris.map((uri) => ({ uri, match: 'exact' as const }));

/**
 * What a client is after it was registered with these metadata: members that are absent have their defaults (RFC 7592 section
 * 2.2), but for the scopes, which are those that the tenant gives. Wildcards do not exist here.
 * @throws REGISTRATION_METADATA_INVALID
 */
export function toRegistered(metadata: Readonly<Record<string, unknown>>): RegisteredProperties {
  const given = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null));
  const parsed = SHAPE.safeParse(given);
  if (!parsed.success) throw refused(parsed.error.issues);
  const { client_name: name, redirect_uris: redirects, scope, ...sent } = parsed.data;
  return {
    ...Object.fromEntries(REGISTRANT_MEMBERS.map(([member, wire]) => [member, given[wire] ?? null])),
    type: sent.token_endpoint_auth_method === 'none' ? 'public' : 'confidential',
    name: name ?? null,
    redirects: exact(redirects),
    postLogoutRedirects: exact(sent.post_logout_redirect_uris),
    grantTypes: sent.grant_types ?? ['authorization_code'],
    ...(scope === undefined ? {} : { scopes: toScopes(scope) }),
  };
}

const toScopes = (scope: string) =>
  scope
    .split(' ')
    .filter((scopeName) => scopeName !== '')
    .map((scopeName) => ({ name: scopeName, isDefault: false }));

/** The client as its registration shows it (RFC 7591 section 3.2.1). @param secret Null: there is none to show. */
export function showRegistered(client: Client, secret: string | null): Readonly<Record<string, unknown>> {
  const members = REGISTRANT_MEMBERS.map(([member, wire]) => [wire, metadataOf(client, member)] as const);
  return {
    client_id: client.clientId,
    client_id_issued_at: Math.floor(client.createdAt.getTime() / 1000),
    ...(secret === null ? {} : { client_secret: secret, client_secret_expires_at: 0 }),
    ...(client.name == null ? {} : { client_name: client.name }),
    redirect_uris: client.redirects.map(({ uri }) => uri),
    ...(client.postLogoutRedirects.length === 0
      ? {}
      : { post_logout_redirect_uris: client.postLogoutRedirects.map(({ uri }) => uri) }),
    grant_types: client.grantTypes,
    ...Object.fromEntries(members.filter(([, value]) => value !== null)),
  };
}
