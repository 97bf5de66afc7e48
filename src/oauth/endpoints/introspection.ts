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
      /** `sub` as this issuer kind shows it: some leave it out for applications. */
      readonly subject: string | null;
      readonly audiences: readonly string[];
      readonly issuerKind: string;
    };

const INACTIVE: Introspection = { active: false };

export interface IntrospectionDeps {
  readonly reader: TokenReader;
  readonly life: TokenLife;
}

/** Tells clients about access tokens (RFC 7662). */
export class IntrospectionService {
  readonly #deps: IntrospectionDeps;

  constructor(deps: IntrospectionDeps) {
    this.#deps = deps;
  }

  /**
   * What a token says, if it is alive, of the tenant, and the caller's to see: its own, one that names it as audience, or any
   * with `token:introspect`. Everything else is inactive, without a hint why.
   * @throws CLIENT_UNAUTHENTICATED The caller proved nothing (RFC 7662 section 2.1).
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

/** @throws CLIENT_UNAUTHENTICATED Nobody, or a public client: it could ask about any token it found. */
function assertProven({ caller }: Authority): void {
  if (caller.kind === 'anonymous' || caller.clientAuth === 'None') throw oauthErrors.CLIENT_UNAUTHENTICATED();
}

/** Whether the application behind the caller is the one the token was issued to. */
export function isOwn({ caller, isForeign }: Authority, { claims }: ReadToken): boolean {
  return caller.kind === 'application' && !isForeign && claims.client_id === caller.clientId;
}

function mayAsk(authority: Authority, read: ReadToken): boolean {
  if (isOwn(authority, read)) return true;
  const { caller, isForeign } = authority;
  if (caller.kind === 'application' && !isForeign && read.audiences.includes(caller.clientId ?? '')) return true;
  return authority.holds([{ permission: 'token:introspect', reach: 'tenant' }]);
}
