import { type SigningAlgorithm, TokenRejected, verifyJwt } from '../../crypto/index.ts';
import type { Clock, TenantRef } from '../../kernel/index.ts';
import type { IssuerDirectory } from '../issuers/issuer.directory.ts';
import type { KeyRings } from '../keys/key-ring.ts';
import { ID_TOKEN_TYPE, ROLE_BASED_ID_TOKEN } from './id-token.ts';
import type { UnreadToken } from './token.reader.ts';

/** Whom an ID token of this service is about. It may have expired, so it proves nothing about the present. */
export interface IdTokenHint {
  readonly userId: string;
  /** `client_id` of the client that it was issued to. */
  readonly clientId: string;
  /** The session in which it was issued; null for one of a token family without a session. */
  readonly sessionId: string | null;
}

/** The claims that `makeIdToken` writes and a hint needs. */
interface HintClaims {
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly sid?: string;
}

const ALGORITHMS: readonly SigningAlgorithm[] = ['EdDSA', 'ES256', 'RS256'];

export interface IdTokenHintsDeps {
  readonly issuers: IssuerDirectory;
  readonly rings: KeyRings;
  readonly clock: Clock;
}

/**
 * Reads the parameter `id_token_hint` (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2). A hint must be signed
 * by the tenant and issued by a kind of issuer whose tokens the one that it is sent to takes; an expired one is accepted, as both
 * standards recommend.
 */
export class IdTokenHints {
  readonly #deps: IdTokenHintsDeps;

  constructor(deps: IdTokenHintsDeps) {
    this.#deps = deps;
  }

  /** @returns The hint, or why it was refused: `key-unknown` also for one whose retired key is no longer kept. */
  async read(tenant: TenantRef, issuerKind: string, token: string): Promise<IdTokenHint | UnreadToken> {
    const { issuers, rings, clock } = this.#deps;
    try {
      const { payload } = await verifyJwt(token, (kid) => rings.verifier(tenant.id, kid), {
        types: [ID_TOKEN_TYPE],
        algorithms: ALGORITHMS,
        // The keys are those of the tenant, so the issuer is one of its issuers; which one is checked below.
        isIssuer: () => true,
        acceptsExpired: true,
        now: clock.now(),
      });
      const issuer = await issuers.find(payload.iss);
      const isTaken = issuer?.tenant.id === tenant.id && issuer.kind.takesTokensOf.includes(issuerKind);
      if (!isTaken) return { refused: 'issuer-not-allowed' };
      if (issuer.kind.isRoleBased && payload['typ'] !== ROLE_BASED_ID_TOKEN) return { refused: 'type-not-allowed' };
      return toHint(payload as unknown as HintClaims);
    } catch (error) {
      if (error instanceof TokenRejected) return { refused: error.reason };
      throw error;
    }
  }
}

/** The claims are those that this service has written, because its signature was verified. */
function toHint({ sub, aud, sid }: HintClaims): IdTokenHint {
  return { userId: sub, clientId: typeof aud === 'string' ? aud : aud[0]!, sessionId: sid ?? null };
}
