import { isSigningAlgorithm } from '../crypto/index.ts';
import { invalidField, isSameJson, requireText } from '../kernel/index.ts';
import { checkedPermissions } from '../roles/index.ts';
import type { Client, RedirectEntry } from './client.entity.ts';
import { clientErrors } from './client.errors.ts';
import { type LinkedScope, MAX_SCOPES } from './client-scope.store.ts';
import type { NewSecret } from './client-secrets.ts';
import { findRedirected, mayBeAllowed, servedGrantTypes } from './grant-types.ts';
import { type NewMapper, withReplaced } from './mappers/index.ts';
import { type ClientMetadataInput, changedMetadata, metadataOf } from './metadata/index.ts';
import { assertFitApplication, checkedRedirects, checkedSignOutRedirects, type RedirectInput } from './redirects.ts';
import { SCOPE_NAME } from './scope-name.ts';

/** Properties of a client that can be set when it is created and changed later. */
export interface ClientProperties extends ClientMetadataInput {
  /** Name for people; null removes it. */
  readonly name?: string | null;
  readonly description?: string | null;
  readonly enabled?: boolean;
  /** Allowed grant types by their OAuth names. */
  readonly grantTypes?: readonly string[];
  readonly redirects?: readonly RedirectInput[];
  readonly postLogoutRedirects?: readonly RedirectInput[];
  /** Whether this client's tokens contain the roles of their users. */
  readonly fullRoleScope?: boolean;
  /** Native permissions the client itself holds: `user:read`, `user:read:all`. */
  readonly permissions?: readonly string[];
  readonly tokenFormat?: 'jwt' | 'opaque';
  /** Null = the default of the issuer kind. */
  readonly accessTokenAlg?: string | null;
  readonly idTokenAlg?: string | null;
  /** Null = the tenant's setting, else the default of the issuer kind. */
  readonly accessTokenSeconds?: number | null;
  readonly refreshTokenSeconds?: number | null;
  /** Mappers of the client; the list replaces the one before, in which those with the same names keep their ids. */
  readonly mappers?: readonly NewMapper[];
  /** Scopes the client may ask for; the list replaces the one before. */
  readonly scopes?: readonly LinkedScope[];
  /** Tokens issued before this moment are refused; null removes it. */
  readonly notBefore?: Date | null;
  /** Whether codes may be allowed before there is a redirect address for them. Default false. */
  readonly canLackRedirects?: boolean;
}

/** Changes to the scopes of a client: a list that replaces them, and changes that leave the others as they are. */
export interface ScopeChanges extends Pick<ClientProperties, 'scopes'> {
  /** Scopes to add; those that the client has become default or optional ones. */
  readonly addedScopes?: readonly LinkedScope[];
  readonly removedScopes?: readonly string[];
}

/** Changes to a client: what the properties replace, and changes to lists and objects that leave the rest as it is. */
export interface ClientChanges extends ClientProperties, ScopeChanges {
  /** The type that the client must have. */
  readonly type?: 'confidential' | 'public';
  /** Another type: a client that becomes public loses its secrets, and one that becomes confidential has none yet. */
  readonly newType?: 'confidential' | 'public';
  /** The `client_id` that the client must have. */
  readonly expectedClientId?: string;
  /** Replaces the `oauth` secrets of the client, unless it is the present one already. */
  readonly secret?: Pick<NewSecret, 'text' | 'isReadable'>;
  readonly addedGrantTypes?: readonly string[];
  readonly removedGrantTypes?: readonly string[];
  /** Members of `extra` to set; null removes one. */
  readonly extraChanges?: Readonly<Record<string, unknown>>;
}

/** Whether changes enable or disable a client and name nothing else. */
export const onlySwitch = ({ enabled, expectedClientId: _expected, ...others }: ClientChanges): boolean =>
  enabled !== undefined && Object.values(others).every((value) => value === undefined);

type Column = Exclude<keyof ClientProperties, 'scopes' | 'canLackRedirects' | keyof ClientMetadataInput>;
type Checks = { readonly [C in Column]: (path: string, value: never, before: Client) => Client[C] };

/** 30 days for access tokens, whose claims go out of date, and a year for refresh tokens, which users forget. */
const MAX_ACCESS_SECONDS = 86_400 * 30;
const MAX_REFRESH_SECONDS = 31_536_000;

const text = (max: number) => (path: string, value: string | null) =>
  value === null ? null : requireText(value, path, { max });

const flag = (path: string, value: boolean): boolean => {
  if (typeof value !== 'boolean') throw invalidField(path, 'BOOLEAN_REQUIRED', 'True or false is needed here.');
  return value;
};

const seconds = (max: number) => (path: string, value: number | null) => {
  if (value === null) return null;
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw invalidField(path, 'SECONDS_RANGE', `Give 1 to ${max} seconds.`);
};

const algorithm = (path: string, value: string | null) => {
  if (value === null || isSigningAlgorithm(value)) return value;
  throw invalidField(path, 'ALGORITHM_UNKNOWN', 'There is no such algorithm.');
};

function grantTypes(path: string, value: readonly string[], { type }: Client): string[] {
  value.forEach((name, index) => {
    if (mayBeAllowed(type, name)) return;
    const message = 'Unknown, or not for public clients.';
    throw clientErrors.CLIENT_GRANT_TYPE_INVALID({
      fields: [{ path: `${path}.${index}`, code: 'CLIENT_GRANT_TYPE_INVALID', message }],
    });
  });
  return [...servedGrantTypes(value)];
}

/** Refuses the reach `self`: an application has no account, so it would mean nothing. */
function permissions(path: string, value: readonly string[]): string[] {
  const index = value.findIndex((scope) => scope.endsWith(':self'));
  if (index >= 0) {
    throw invalidField(
      `${path}.${index}`,
      'PERMISSION_SELF',
      'Applications cannot have permissions with reach "self", because they have no user account.',
    );
  }
  return checkedPermissions(path, value).sort();
}

function tokenFormat(path: string, value: string): string {
  if (value === 'jwt' || value === 'opaque') return value;
  throw invalidField(path, 'TOKEN_FORMAT_UNKNOWN', 'There is no such token format.');
}

const CHECKS: Checks = {
  name: text(255),
  description: text(1000),
  enabled: flag,
  grantTypes,
  redirects: (path, value: readonly RedirectInput[], before) => checkedRedirects(path, value, before.redirects),
  postLogoutRedirects: (path, value: readonly RedirectInput[], before) =>
    checkedSignOutRedirects(path, value, before.postLogoutRedirects),
  fullRoleScope: flag,
  permissions,
  tokenFormat,
  accessTokenAlg: algorithm,
  idTokenAlg: algorithm,
  accessTokenSeconds: seconds(MAX_ACCESS_SECONDS),
  refreshTokenSeconds: seconds(MAX_REFRESH_SECONDS),
  mappers: (path, value: readonly NewMapper[], before) => [...withReplaced(before.mappers, value, path)],
  notBefore: (_path, value: Date | null) => value,
};

/**
 * The properties after changes that leave the rest as it is. The caller of this function must have locked the client, so that
 * no change at the same time is lost.
 * @throws CLIENT_GRANT_TYPE_INVALID
 */
export function withChanges(changes: ClientChanges, before: Client): ClientProperties {
  const { type: _type, newType: _newType, expectedClientId: _expected, secret: _secret, ...others } = changes;
  const { addedGrantTypes, removedGrantTypes = [], extra, extraChanges, ...properties } = others;
  const added = grantTypes('input.addedGrantTypes', addedGrantTypes ?? [], before);
  const kept = servedGrantTypes(properties.grantTypes ?? before.grantTypes);
  const hasGrantChanges = added.length > 0 || removedGrantTypes.length > 0;
  const next = extraChanges === undefined ? extra : changedExtra(extra, extraChanges, before);
  return {
    ...properties,
    ...(hasGrantChanges ? { grantTypes: [...kept.filter((name) => !removedGrantTypes.includes(name)), ...added] } : {}),
    ...(next === undefined ? {} : { extra: next }),
  };
}

/** What is kept with the client after changes of single members; undefined if it stays as it is. */
function changedExtra(
  replaced: ClientProperties['extra'],
  changes: Readonly<Record<string, unknown>>,
  before: Client,
): Record<string, unknown> | undefined {
  const kept = metadataOf(before, 'extra');
  const merged = Object.entries({ ...(replaced === undefined ? kept : replaced), ...changes });
  const next = Object.fromEntries(merged.filter(([name, value]) => value !== null || !Object.hasOwn(changes, name)));
  return isSameJson(next, kept) ? undefined : next;
}

/**
 * The columns that the input changes, checked and in the form they are stored in.
 * @throws INVALID_INPUT, CLIENT_REDIRECT_INVALID, CLIENT_GRANT_TYPE_INVALID, CLIENT_METADATA_INVALID, PERMISSION_UNKNOWN
 * @throws PROTOCOL_MAPPER_NAME_TAKEN, PROTOCOL_MAPPER_LIMIT
 */
export function changedColumns(input: ClientProperties, before: Client): Partial<Client> {
  const changed: Record<string, unknown> = {};
  for (const [column, check] of Object.entries(CHECKS) as [Column, (...args: unknown[]) => unknown][]) {
    const value = input[column];
    if (value === undefined) continue;
    const stored = check(`input.${column}`, value, before);
    if (JSON.stringify(stored) !== JSON.stringify(before[column] ?? null)) changed[column] = stored;
  }
  const metadata = changedMetadata('input', input, before);
  if (metadata !== null) changed['metadata'] = metadata;
  assertRedirectsFit(input, changed as Partial<Client>, before);
  assertRedirectThere(input, changed as Partial<Client>, before);
  return changed as Partial<Client>;
}

/** Checks the schemes of addresses that are added, and all where the application gets another type. */
function assertRedirectsFit(input: ClientProperties, changed: Partial<Client>, before: Client): void {
  const after = { ...before, ...changed };
  const type = metadataOf(after, 'applicationType');
  const isOtherType = type !== metadataOf(before, 'applicationType');
  for (const list of ['redirects', 'postLogoutRedirects'] as const) {
    const checked = isOtherType ? after[list] : addedTo(before[list], changed[list] ?? []);
    assertFitApplication(checked, type, ({ uri }) => {
      const index = input[list]?.findIndex((entry) => entry.uri === uri) ?? -1;
      return index < 0 ? 'input.applicationType' : `input.${list}.${index}.uri`;
    });
  }
}

/** A client that is sent codes has an address for them: without one, every authorization request of it would fail. */
function assertRedirectThere(input: ClientProperties, changed: Partial<Client>, before: Client): void {
  if (input.canLackRedirects === true) return;
  if (changed.grantTypes === undefined && changed.redirects === undefined) return;
  const { grantTypes, redirects } = { ...before, ...changed };
  if (redirects.length > 0 || findRedirected(grantTypes) === null) return;
  const path = input.redirects === undefined ? 'input.grantTypes' : 'input.redirects';
  const message = 'A client with the grant type "authorization_code" needs a redirect address.';
  throw clientErrors.CLIENT_REDIRECT_INVALID({ message, fields: [{ path, code: 'CLIENT_REDIRECT_INVALID', message }] });
}

const addedTo = (before: readonly RedirectEntry[], after: readonly RedirectEntry[]): readonly RedirectEntry[] =>
  after.filter(({ uri }) => !before.some((entry) => entry.uri === uri));

/**
 * The scopes sorted by name, each once.
 * @throws INVALID_INPUT Too many, or a name no scope can have (RFC 6749 section 3.3).
 */
export function checkedScopes(path: string, scopes: readonly LinkedScope[]): LinkedScope[] {
  if (scopes.length > MAX_SCOPES) throw invalidField(path, 'LIST_TOO_LONG', `At most ${MAX_SCOPES} scopes.`);
  const byName = new Map<string, LinkedScope>();
  scopes.forEach(({ name, isDefault }, index) => {
    if (!SCOPE_NAME.test(name)) throw invalidField(`${path}.${index}.name`, 'SCOPE_INVALID', 'Not a scope name.');
    byName.set(name, { name, isDefault });
  });
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
