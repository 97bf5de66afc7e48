import { type PermissionGrant, PermissionSet } from '../access/index.ts';
import { constantTimeEqual, type SecretHasher } from '../crypto/index.ts';
import type { Clock } from '../kernel/index.ts';
import { administratorGrants } from '../roles/index.ts';
import type { ClientDirectory, ClientRecord } from './client.directory.ts';
import type { Client, ClientSecret } from './client.entity.ts';

/** `oauth` for token requests; `rest` for routes that document HTTP Basic of an application. */
export type SecretKind = 'oauth' | 'rest';

/** A client that proved its identity. */
export interface AuthenticatedClient {
  readonly record: ClientRecord;
  /** Kind of the secret it sent: `rest` callers may use the `oauth` secret instead. */
  readonly secretKind: SecretKind;
}

/** Most live secrets of one kind: the current one and, during a rotation, the previous one. */
export const MAX_LIVE_SECRETS = 2;
/** Longest secret that is hashed. Generated secrets have 43 characters, imported ones may be longer. */
const MAX_SECRET_LENGTH = 1024;
const NO_SECRET = Buffer.alloc(32);

const tenantGrant = (permission: PermissionGrant['permission']): PermissionGrant => ({ permission, reach: 'tenant' });
/** What a `rest` secret allows, whatever the permissions of its client. A caller who makes one must hold all of it. */
export const REST_GRANTS: readonly PermissionGrant[] = (
  ['federation-link:bind', 'federation-link:write', 'user:delete'] as const
).map(tenantGrant);
const REST_PERMISSIONS = new PermissionSet(REST_GRANTS);

/**
 * What a client may do on the routes that document HTTP Basic (docs/data-model.md): the `rest` secret gives the three
 * permissions of `REST_GRANTS`, the `oauth` secret those of the client and `federation-link:bind`.
 */
export function basicPermissions({ record, secretKind }: AuthenticatedClient): PermissionSet {
  if (secretKind === 'rest') return REST_PERMISSIONS;
  return new PermissionSet([...record.permissions.grants(), tenantGrant('federation-link:bind')]);
}

/** Whether `clientPowers` counts what scope roles lend a client. */
export const countsLent = ({ kind, fullRoleScope }: Pick<Client, 'kind' | 'fullRoleScope'>): boolean =>
  kind !== 'builtin' && !fullRoleScope;

/**
 * Everything a client may do with any of its secrets, or with the tokens of its users by the roles that these may have. Omits
 * `federation-link:bind`, which the `oauth` secret gives: with it a client names no account, and only begins a link for the user
 * who is signed in in the browser that returns to it.
 * @param lent What the roles give that its tokens may have where it has not the full role scope.
 */
export function clientPowers(
  { client, permissions, secrets }: ClientRecord,
  tenantName: string,
  now: Date,
  lent: readonly PermissionGrant[] = [],
): PermissionSet {
  const ofRest = liveSecrets(secrets, 'rest', now).length === 0 ? [] : REST_GRANTS;
  const ofUsers = countsLent(client) ? lent : grantsOfSharing(client, tenantName);
  if (ofRest.length === 0 && ofUsers.length === 0) return permissions;
  return new PermissionSet([...permissions.grants(), ...ofRest, ...ofUsers]);
}

/** What a client without scope roles may do with the tokens of its users. */
function grantsOfSharing({ kind }: Client, tenantName: string): readonly PermissionGrant[] {
  // Nobody can lead the users of a builtin client to another address.
  return kind === 'builtin' ? [] : administratorGrants(tenantName);
}

/** Secrets of a kind that have not expired, newest first. */
export function liveSecrets(secrets: readonly ClientSecret[], kind: SecretKind, now: Date): ClientSecret[] {
  return secrets.filter((secret) => secret.kind === kind && (secret.expiresAt == null || secret.expiresAt > now));
}

export interface ClientAuthenticatorDeps {
  readonly directory: ClientDirectory;
  readonly hasher: SecretHasher;
  readonly clock: Clock;
}

/** Compares client secrets (RFC 6749 section 2.3.1). Runs no query except that of the directory, which caches clients. */
export class ClientAuthenticator {
  readonly #deps: ClientAuthenticatorDeps;

  constructor(deps: ClientAuthenticatorDeps) {
    this.#deps = deps;
  }

  /**
   * Null when the client is unknown, disabled, public or locked, or the secret is not one of its live ones. Neither the
   * answer nor its time shows which: the method always hashes a wrong secret with one HMAC, and compares twice.
   * @param kind `rest` also accepts the `oauth` secret if the client has no live `rest` secret.
   */
  authenticate(
    tenantId: string,
    clientId: string,
    secret: string,
    kind: SecretKind = 'oauth',
  ): AuthenticatedClient | null | Promise<AuthenticatedClient | null> {
    if (secret.length > MAX_SECRET_LENGTH) return null;
    const found = this.#deps.directory.byClientId(tenantId, clientId);
    return found instanceof Promise
      ? found.then((record) => this.#compare(record, secret, kind))
      : this.#compare(found, secret, kind);
  }

  #compare(record: ClientRecord | null, secret: string, asked: SecretKind): AuthenticatedClient | null {
    const { clock, hasher } = this.#deps;
    const hash = hasher.hash(secret);
    const now = clock.now();
    const { secretKind, live } = candidates(record, asked, now);
    let isMatch = false;
    for (let i = 0; i < MAX_LIVE_SECRETS; i += 1) {
      const isEqual = constantTimeEqual(hash, live[i]?.hash ?? NO_SECRET);
      isMatch = (isEqual && live[i] !== undefined) || isMatch;
    }
    if (!isMatch || record === null) return null;
    hasher.remember(secret, hash);
    return { record, secretKind };
  }
}

/** The secrets to compare; none for a client that cannot be used. */
function candidates(
  record: ClientRecord | null,
  asked: SecretKind,
  now: Date,
): { readonly secretKind: SecretKind; readonly live: readonly ClientSecret[] } {
  if (record === null || !record.isUsable || record.client.type === 'public') return { secretKind: asked, live: [] };
  const live = liveSecrets(record.secrets, asked, now);
  if (asked === 'oauth' || live.length > 0) return { secretKind: asked, live };
  return { secretKind: 'oauth', live: liveSecrets(record.secrets, 'oauth', now) };
}
