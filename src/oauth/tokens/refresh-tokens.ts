import { type KeyedSigner, routeOfHandle } from '../../crypto/index.ts';
import { epochSeconds, type TenantRef } from '../../kernel/index.ts';
import type { Family } from '../grants/grant.entity.ts';
import type { Issuer } from '../issuers/issuers.ts';

/** A refresh token that is to be shown to its client. */
export interface ShownRefreshToken {
  readonly issuer: Issuer;
  readonly clientId: string;
  readonly grant: Family;
  readonly scopes: readonly string[];
  readonly handle: string;
  readonly expiresAt: Date;
  readonly now: Date;
}

/**
 * The forms in which clients get refresh tokens: handles, or at role-based issuers JWTs that contain the handle as `jti`, because
 * their clients read when the token expires. The store is asked in either case, and what it says counts.
 */
export class RefreshTokens {
  readonly #signer: KeyedSigner;

  constructor(signer: KeyedSigner) {
    this.#signer = signer;
  }

  show({ issuer, clientId, grant, scopes, handle, expiresAt, now }: ShownRefreshToken): string {
    if (!issuer.kind.isRoleBased) return handle;
    return this.#signer.sign(grant.tenantId, {
      exp: epochSeconds(expiresAt),
      iat: epochSeconds(now),
      jti: handle,
      iss: issuer.url,
      aud: issuer.url,
      sub: grant.userId,
      typ: grant.sessionId == null ? 'Offline' : 'Refresh',
      azp: clientId,
      ...(grant.sessionId == null ? {} : { session_state: grant.sessionId, sid: grant.sessionId }),
      scope: scopes.join(' '),
    });
  }

  /** The handle of a refresh token in either form; null for a text that is no refresh token of the tenant. */
  handleOf(tenant: Pick<TenantRef, 'id' | 'route'>, token: string): string | null {
    const handle = token.includes('.') ? String(this.#signer.read(tenant.id, token)?.['jti']) : token;
    return routeOfHandle(handle) === tenant.route ? handle : null;
  }
}
