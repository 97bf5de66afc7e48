import type { Authority } from '../../access/index.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { TokenLife } from '../tokens/token.life.ts';
import type { TokenReader } from '../tokens/token.reader.ts';
import type { AccessTokenClaims, ReadToken } from '../tokens/token.ts';

/** The answer of RFC 7662 section 2.2. */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly claims: AccessTokenClaims;
      /** `sub` as this issuer kind shows it; null for applications where the kind leaves it out. */
      readonly subject: string | null;
      readonly audiences: readonly string[];
      readonly issuerKind: string;
    };

const INACTIVE: Introspection = { active: false };

export interface IntrospectionDeps {
  readonly reader: TokenReader;
  readonly life: TokenLife;
}

/** Introspects access tokens (RFC 7662). */
export class IntrospectionService {
  readonly #deps: IntrospectionDeps;

  constructor(deps: IntrospectionDeps) {
    this.#deps = deps;
  }

  /**
   * Shows a token that is alive and belongs to the tenant, if it was issued to the caller, names the caller as audience, or the
   * caller has `token:introspect`. Every other token is reported as inactive, without a reason.
   * @throws CLIENT_UNAUTHENTICATED The caller is anonymous or a public client (RFC 7662 section 2.1).
   */
  async introspect(authority: Authority, token: string): Promise<Introspection> {
    assertProven(authority);
    const read = await this.#deps.reader.read(token);
    if ('refused' in read || read.tenant.id !== authority.tenant.id || !mayAsk(authority, read)) return INACTIVE;
    if ('dead' in (await this.#deps.life.check(read))) return INACTIVE;
    const { claims, audiences, kind } = read;
    const subject = claims.knd === 'app' && kind.hidesClientSubject ? null : claims.sub;
    return { active: true, claims, subject, audiences, issuerKind: kind.kind };
  }
}

/**
 * @throws CLIENT_UNAUTHENTICATED Anonymous callers and public clients are refused, because anybody could use their name to test
 *   tokens (RFC 7662 section 2.1).
 */
function assertProven({ caller }: Authority): void {
  if (caller.kind === 'anonymous' || caller.clientAuth === 'None') throw oauthErrors.CLIENT_UNAUTHENTICATED();
}

/** Whether the caller is the application that the token was issued to. */
export function isOwn({ caller, isForeign }: Authority, { claims }: ReadToken): boolean {
  return caller.kind === 'application' && !isForeign && claims.client_id === caller.clientId;
}

function mayAsk(authority: Authority, read: ReadToken): boolean {
  if (isOwn(authority, read)) return true;
  const { caller, isForeign } = authority;
  if (caller.kind === 'application' && !isForeign && read.audiences.includes(caller.clientId ?? '')) return true;
  return authority.holds([{ permission: 'token:introspect', reach: 'tenant' }]);
}
