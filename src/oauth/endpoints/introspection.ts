import type { Authority } from '../../access/index.ts';
import { type ClientRecord, differAtIntrospection, toIntrospected } from '../../clients/index.ts';
import type { UserStore } from '../../users/index.ts';
import { oauthErrors } from '../oauth.errors.ts';
import { toAudience } from '../tokens/role-claims.ts';
import type { TokenLife } from '../tokens/token.life.ts';
import type { TokenReader } from '../tokens/token.reader.ts';
import { type AccessTokenClaims, audiencesOf, type ReadToken } from '../tokens/token.ts';
import { findServiceAccount, type TokenFacts, type TokenFactsReader } from '../tokens/token-facts.ts';

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
  readonly facts: TokenFactsReader;
  readonly users: Pick<UserStore, 'findById'>;
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
    const life = await this.#deps.life.check(read);
    if ('dead' in life) return INACTIVE;
    const { kind } = read;
    const claims = kind.isRoleBased ? await this.#shownClaims(read, life.client) : read.claims;
    const audiences = audiencesOf(claims);
    const subject = claims.knd === 'app' && kind.hidesClientSubject ? null : claims.sub;
    return { active: true, claims, subject, audiences, issuerKind: kind.kind };
  }

  /** The claims of a token of a role-based issuer, as far as the mappers of its client show them here. */
  async #shownClaims(read: ReadToken, client: ClientRecord): Promise<AccessTokenClaims> {
    const { claims, audiences } = read;
    const scopes = claims.scope === '' ? [] : claims.scope.split(' ');
    const mappers = await this.#deps.facts.mappersOf({ client, scopes });
    if (!differAtIntrospection(mappers)) return claims;
    const facts = await this.#facts(read, client, scopes);
    const shown = toIntrospected({ claims: { ...claims }, audience: audiences }, mappers, facts);
    // Mappers write no claim that says who issued a token, to whom and for what, so none of these is missing.
    return { ...(shown.claims as unknown as AccessTokenClaims), aud: toAudience(shown.audience) };
  }

  async #facts({ claims, tenant }: ReadToken, client: ClientRecord, scopes: readonly string[]): Promise<TokenFacts> {
    const { facts, users } = this.#deps;
    // Roles are read in any case, because the claims of the token may have been made from them.
    const subject = { tenantId: tenant.id, client, scopes, target: 'accessToken' } as const;
    if (claims.knd === 'app') {
      const account = await findServiceAccount(users, client.client);
      return facts.ofApplication(subject, { account, address: null });
    }
    const person = await users.findById(tenant.id, claims.sub);
    const authTime = claims.auth_time === undefined ? null : new Date(claims.auth_time * 1000);
    return facts.ofUser(subject, { userId: claims.sub, person, authTime });
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
