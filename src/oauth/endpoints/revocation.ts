import type { Authority, Caller } from '../../access/index.ts';
import { hashHandle } from '../../crypto/index.ts';
import type { EventLog } from '../../events/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { Grant } from '../grants/grant.entity.ts';
import type { GrantStore } from '../grants/grant.store.ts';
import { ISSUER_KINDS } from '../issuers/issuers.ts';
import { oauthErrors } from '../oauth.errors.ts';
import { oauthEvents } from '../oauth.events.ts';
import type { RefreshTokens } from '../tokens/refresh-tokens.ts';
import type { TokenReader } from '../tokens/token.reader.ts';
import type { TokenStore } from '../tokens/token.store.ts';
import type { ReadToken } from '../tokens/token.ts';
import { isOwn } from './introspection.ts';

const ISSUERS_OF_USERS: ReadonlySet<Caller['issuerKind']> = new Set(
  Object.values(ISSUER_KINDS)
    .filter(({ usersRevoke }) => usersRevoke)
    .map(({ kind }) => kind),
);

export interface RevocationDeps {
  readonly db: Database;
  readonly reader: TokenReader;
  readonly tokens: TokenStore;
  readonly refreshTokens: RefreshTokens;
  readonly grants: GrantStore;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Revokes tokens (RFC 7009). */
export class RevocationService {
  readonly #deps: RevocationDeps;

  constructor(deps: RevocationDeps) {
    this.#deps = deps;
  }

  /**
   * Revokes an access token, or for a refresh token its whole family. Clients may revoke their own tokens, and users theirs at
   * issuers that let them; those of others require `token:revoke`. A token that is unknown, already invalid, or not the caller's to
   * revoke changes nothing, without an error (RFC 7009 section 2.2).
   * @returns Whether something was revoked, which records one event.
   * @throws CLIENT_UNAUTHENTICATED The caller is anonymous.
   */
  async revoke(authority: Authority, token: string): Promise<boolean> {
    if (authority.caller.kind === 'anonymous') throw oauthErrors.CLIENT_UNAUTHENTICATED();
    const read = await this.#deps.reader.read(token);
    if (!('refused' in read)) return this.#revokeAccess(authority, read, token);
    const handle = this.#deps.refreshTokens.handleOf(authority.tenant, token);
    return handle !== null && this.#revokeFamily(authority, hashHandle(handle));
  }

  async #revokeAccess(authority: Authority, read: ReadToken, token: string): Promise<boolean> {
    const { db, tokens, events, clock } = this.#deps;
    const { tenant, caller } = authority;
    const { claims } = read;
    const isUsers = claims.knd === 'user' && isCaller(authority, claims.sub);
    const mayRevoke = isOwn(authority, read) || isUsers || mayRevokeAll(authority);
    if (read.tenant.id !== tenant.id || !mayRevoke) return false;
    return db.transaction(async () => {
      if (!(await tokens.revoke(tenant.id, claims.jti, new Date(claims.exp * 1000), clock.now()))) return false;
      if (read.format === 'opaque') await tokens.deleteOpaque(tenant.id, hashHandle(token));
      events.record(caller, tenant, {
        type: oauthEvents['token.revoked'],
        clientId: claims.client_id,
        ...(claims.knd === 'user' ? { subjectId: claims.sub, sessionId: claims.sid ?? null } : {}),
        params: { kind: 'access_token', tokenId: claims.jti },
      });
      return true;
    });
  }

  async #revokeFamily(authority: Authority, hash: Buffer): Promise<boolean> {
    const { db, grants } = this.#deps;
    const grantId = await grants.findGrantIdOf(authority.tenant.id, hash);
    if (grantId === null) return false;
    return db.transaction(async () => {
      const grant = await grants.lock(authority.tenant.id, grantId);
      if (grant === null || grant.revokedAt != null || !mayRevokeGrant(authority, grant)) return false;
      grant.revokedAt = this.#deps.clock.now();
      this.#deps.events.record(authority.caller, authority.tenant, {
        type: oauthEvents['token.revoked'],
        subjectId: grant.userId,
        sessionId: grant.sessionId ?? null,
        params: { kind: 'refresh_token', grantId: grant.id },
      });
      return true;
    });
  }
}

function mayRevokeAll(authority: Authority): boolean {
  return authority.holds([{ permission: 'token:revoke', reach: 'tenant' }]);
}

function mayRevokeGrant(authority: Authority, grant: Grant): boolean {
  const { caller, isForeign } = authority;
  const isOwnGrant = caller.kind === 'application' && !isForeign && grant.clientUuid === caller.clientUuid;
  return isOwnGrant || isCaller(authority, grant.userId) || mayRevokeAll(authority);
}

/** Whether a user is the caller, with an access token of an issuer whose users revoke their tokens. */
const isCaller = ({ caller, isForeign }: Authority, userId: string): boolean =>
  caller.userId === userId && !isForeign && ISSUERS_OF_USERS.has(caller.issuerKind);
