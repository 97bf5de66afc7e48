/**
 * The members of `clients.metadata`, one row each: what RFC 7591, OpenID Connect and related standards define for clients.
 * A new member needs a row here, its field in the schema, and the code that reads it.
 */
import { z } from 'zod';
import { invalidField, isSameJson } from '../../kernel/index.ts';
import { clientErrors } from '../client.errors.ts';
import { ADMIN_URL, BASE_URL, EXTRA, LOGOUT_URI, ROOT_URL } from './addresses.ts';
import { DEFAULT_ACR_VALUES, DEFAULT_MAX_AGE, INITIATE_LOGIN_URI, REQUIRE_AUTH_TIME } from './authentication.ts';
import { CLIENT_URI, CONTACTS, LOGO_URI, POLICY_URI, TOS_URI, USER_AGREEMENT_URI } from './description.ts';
import { IS_DELETION_LOCKED, IS_REGISTRATION_ENABLED, ORGANIZATION_NAME } from './management.ts';
import type { MemberClient, MetadataMember, MetadataSetter } from './member.ts';
import {
  APPLICATION_TYPE,
  CONSENT,
  IS_RESOURCE_SERVER,
  PKCE,
  RESPONSE_TYPES,
  TOKEN_ENDPOINT_AUTH_METHOD,
} from './protocol.ts';
import { SPECIAL_FLOW } from './special-flow.ts';
import { WEB_ORIGINS } from './web-origins.ts';

export type { MetadataMember, MetadataSetter } from './member.ts';
export type { AuthMethod } from './protocol.ts';
export { webOriginsOf } from './web-origins.ts';

/** The members by their names in the graph. */
export const CLIENT_METADATA = {
  applicationType: APPLICATION_TYPE,
  responseTypes: RESPONSE_TYPES,
  tokenEndpointAuthMethod: TOKEN_ENDPOINT_AUTH_METHOD,
  clientUri: CLIENT_URI,
  logoUri: LOGO_URI,
  policyUri: POLICY_URI,
  tosUri: TOS_URI,
  userAgreementUri: USER_AGREEMENT_URI,
  contacts: CONTACTS,
  defaultMaxAgeSeconds: DEFAULT_MAX_AGE,
  defaultAcrValues: DEFAULT_ACR_VALUES,
  requireAuthTime: REQUIRE_AUTH_TIME,
  initiateLoginUri: INITIATE_LOGIN_URI,
  consent: CONSENT,
  pkce: PKCE,
  isResourceServer: IS_RESOURCE_SERVER,
  webOrigins: WEB_ORIGINS,
  rootUrl: ROOT_URL,
  baseUrl: BASE_URL,
  adminUrl: ADMIN_URL,
  logoutUri: LOGOUT_URI,
  organizationName: ORGANIZATION_NAME,
  isRegistrationEnabled: IS_REGISTRATION_ENABLED,
  isDeletionLocked: IS_DELETION_LOCKED,
  specialFlow: SPECIAL_FLOW,
  extra: EXTRA,
} as const satisfies Readonly<Record<string, MetadataMember<unknown>>>;

type Members = typeof CLIENT_METADATA;
type MemberName = keyof Members;

/** The metadata of a client with its defaults, by their names in the graph. */
export type ClientMetadata = {
  readonly [M in MemberName]: z.output<Members[M]['check']> | Extract<ReturnType<Members[M]['default']>, null>;
};

/** Metadata as a caller gives it; null restores the default. */
export type ClientMetadataInput = { readonly [M in MemberName]?: ClientMetadata[M] | null };

const MEMBERS = Object.entries(CLIENT_METADATA) as [MemberName, MetadataMember<unknown>][];

/** The names of all members in the graph. */
export const METADATA_NAMES: readonly string[] = Object.keys(CLIENT_METADATA);

/** The members that a client may set that registers itself: their names in the graph and in the standards. */
export const REGISTRANT_MEMBERS: readonly (readonly [MemberName, string])[] = MEMBERS.filter(([, { setBy }]) =>
  setBy.includes('registrant'),
).map(([name, { wire }]) => [name, wire]);

/** Form of the column: every member by its name in the standards, all of them optional. */
export const STORED_METADATA = z.object(
  Object.fromEntries(MEMBERS.map(([, { wire, check }]) => [wire, check.optional()])),
);

/** The part of a client that its metadata needs. */
export interface ClientWithMetadata extends MemberClient {
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** One member of the metadata of a client, or its default. */
export function metadataOf<M extends MemberName>(client: ClientWithMetadata, name: M): ClientMetadata[M] {
  const row: MetadataMember<unknown> = CLIENT_METADATA[name] as never;
  return (client.metadata[row.wire] ?? row.default(client)) as ClientMetadata[M];
}

/** The stored metadata of a client, completed by the defaults. */
export function clientMetadata(client: ClientWithMetadata): ClientMetadata {
  return Object.fromEntries(MEMBERS.map(([name]) => [name, metadataOf(client, name)])) as unknown as ClientMetadata;
}

/**
 * The column after a change, or null when the input changes nothing.
 * @throws CLIENT_METADATA_INVALID
 * @throws INVALID_INPUT This setter may not set the member.
 */
export function changedMetadata(
  path: string,
  input: ClientMetadataInput,
  client: ClientWithMetadata,
  setter: MetadataSetter = 'manager',
): Record<string, unknown> | null {
  const { metadata } = client;
  const next: Record<string, unknown> = { ...metadata };
  for (const [name, row] of MEMBERS) {
    const value = input[name];
    if (value === undefined) continue;
    if (!row.setBy.includes(setter))
      throw invalidField(`${path}.${name}`, 'CLIENT_METADATA_NOT_SETTABLE', 'This member cannot be set here.');
    if (value === null) delete next[row.wire];
    else next[row.wire] = checked(`${path}.${name}`, row, value, client);
  }
  return isSameJson(next, metadata) ? null : next;
}

/**
 * Checks what is stored of a client whose type changed.
 * @param path The member of the input that is named in the refusal.
 * @throws CLIENT_METADATA_INVALID A client of its type cannot have it.
 */
export function assertMetadataFits(path: string, client: ClientWithMetadata): void {
  for (const [, { wire, fault }] of MEMBERS) {
    const stored = client.metadata[wire];
    const message = stored === undefined ? null : (fault?.(stored, client) ?? null);
    if (message !== null) throw refused(path, [{ path: [], message }]);
  }
}

/** The members that differ between two states of the column, by their names in the graph. */
export function changedMembers(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>) {
  return MEMBERS.filter(([, { wire }]) => !isSameJson(before[wire], after[wire])).map(([name]) => name);
}

function checked(path: string, row: MetadataMember<unknown>, value: unknown, client: MemberClient): unknown {
  const parsed = row.check.safeParse(value);
  if (!parsed.success) throw refused(path, parsed.error.issues);
  const message = row.fault?.(parsed.data, client) ?? null;
  if (message !== null) throw refused(path, [{ path: [], message }]);
  return parsed.data;
}

function refused(path: string, issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]) {
  const fields = issues.map((issue) => ({
    path: [path, ...issue.path.map(String)].join('.'),
    code: 'CLIENT_METADATA_INVALID',
    message: issue.message,
  }));
  return clientErrors.CLIENT_METADATA_INVALID({ fields });
}
