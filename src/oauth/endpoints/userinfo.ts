import type { Caller } from '../../access/index.ts';
import { buildMappedClaims, type ClientDirectory, mergeClaims } from '../../clients/index.ts';
import { epochSeconds, type TenantRef } from '../../kernel/index.ts';
import { type GroupStore, TREE_PROFILE } from '../../roles/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import type { ClaimGroup, Issuer, Issuers } from '../issuers/issuers.ts';
import { oauthErrors } from '../oauth.errors.ts';
import type { TokenFactsReader } from '../tokens/token-facts.ts';
import { allowedNames, type Claims, claimsOf, groupsOf, openNames } from '../tokens/user-claims.ts';

export interface UserinfoDeps {
  readonly issuers: Issuers;
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly clients: ClientDirectory;
  readonly facts: TokenFactsReader;
}

/** Reads the claims about a user that a client may see (OpenID Connect Core section 5.3). */
export class UserinfoService {
  readonly #deps: UserinfoDeps;

  constructor(deps: UserinfoDeps) {
    this.#deps = deps;
  }

  /**
   * The claims that the scopes of the caller's access token allow, and those that its client asked for by name and may see;
   * claims without a value are left out. At role-based issuers mappers add theirs, or replace others.
   * @param issuerKind Kind of the issuer whose endpoint was called; it accepts only tokens of the kinds that it takes.
   * @throws TOKEN_INVALID The caller's credential is not a user's access token of this kind and tenant.
   * @throws SCOPE_INSUFFICIENT The token lacks `openid` and this kind requires it.
   */
  async claims(caller: Caller, tenant: TenantRef, issuerKind: string): Promise<Claims> {
    const issuer = this.#deps.issuers.of(tenant, issuerKind);
    const isTaken = issuer.kind.takesTokensOf.some((kind) => kind === caller.issuerKind);
    const isOwn = isTaken && caller.tenant?.id === tenant.id;
    if (caller.kind !== 'user' || caller.userId === null || !isOwn) throw oauthErrors.TOKEN_INVALID();
    if (issuer.kind.userinfoNeedsOpenid && !caller.scopes.includes('openid')) throw oauthErrors.SCOPE_INSUFFICIENT();
    const user = await this.#deps.users.findById(tenant.id, caller.userId);
    if (user === null) throw oauthErrors.TOKEN_INVALID();
    const opened = groupsOf(issuer, caller.scopes);
    const groups = await this.#groups(tenant, user, opened);
    const names = [...openNames(issuer, caller.scopes), ...(await this.#askedNames(caller, tenant, issuer))];
    const claims = {
      sub: user.id,
      ...claimsOf(user, names),
      ...(opened.has('account') ? { created_at: epochSeconds(user.createdAt) } : {}),
      ...(groups === null ? {} : { groups }),
    };
    return issuer.kind.isRoleBased ? mergeClaims(claims, await this.#mapped(caller, tenant, user)) : claims;
  }

  async #mapped({ clientId, scopes, authTime }: Caller, { id: tenantId }: TenantRef, person: User): Promise<Claims> {
    const client = await this.#deps.clients.byClientId(tenantId, clientId ?? '');
    if (client === null) return {};
    const subject = { tenantId, client, scopes, target: 'userinfo' } as const;
    const facts = await this.#deps.facts.ofUser(subject, { userId: person.id, person, authTime });
    return buildMappedClaims(facts.mappers, facts, 'userinfo').claims;
  }

  async #askedNames(
    { clientId, askedClaims, scopes }: Caller,
    tenant: TenantRef,
    issuer: Issuer,
  ): Promise<readonly string[]> {
    if (askedClaims === undefined || clientId === null) return [];
    const client = await this.#deps.clients.byClientId(tenant.id, clientId);
    return client === null ? [] : allowedNames(issuer, client, scopes, askedClaims);
  }

  async #groups(tenant: TenantRef, user: User, opened: ReadonlySet<ClaimGroup>): Promise<readonly Claims[] | null> {
    const isWhole = opened.has('groups');
    if (!isWhole && !opened.has('organisations')) return null;
    const all = (await this.#deps.groups.groupsOf(tenant.id, [user.id])).get(user.id) ?? [];
    const groups = isWhole ? all : all.filter(({ profile }) => profile !== TREE_PROFILE);
    return groups.map(({ attributes, key, profile, name }) => ({ ...attributes, id: key, profile, name }));
  }
}
