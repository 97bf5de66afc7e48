import type { Caller } from '../../access/index.ts';
import { epochSeconds, type TenantRef } from '../../kernel/index.ts';
import { type GroupStore, TREE_PROFILE } from '../../roles/index.ts';
import type { User, UserStore } from '../../users/index.ts';
import type { ClaimGroup, Issuer, Issuers } from '../issuers/issuers.ts';
import { oauthErrors } from '../oauth.errors.ts';

type Claims = Readonly<Record<string, unknown>>;

/** Claim names of each group (OpenID Connect Core section 5.1; `groups` is common usage). */
export const CLAIMS_OF_GROUP: Readonly<Record<ClaimGroup, readonly string[]>> = {
  profile: ['name', 'given_name', 'family_name', 'middle_name', 'preferred_username', 'locale', 'updated_at'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  groups: ['groups'],
  organisations: ['groups'],
};

export interface UserinfoDeps {
  readonly issuers: Issuers;
  readonly users: UserStore;
  readonly groups: GroupStore;
}

/** Reads the claims about a user that a client may see (OpenID Connect Core section 5.3). */
export class UserinfoService {
  readonly #deps: UserinfoDeps;

  constructor(deps: UserinfoDeps) {
    this.#deps = deps;
  }

  /**
   * The claims that the scopes of the caller's access token allow; claims without a value are left out.
   * @param issuerKind Kind of the issuer whose endpoint was called; it accepts only tokens of the same kind.
   * @throws TOKEN_INVALID The caller's credential is not a user's access token of this kind and tenant.
   * @throws SCOPE_INSUFFICIENT The token lacks `openid` and this kind requires it.
   */
  async claims(caller: Caller, tenant: TenantRef, issuerKind: string): Promise<Claims> {
    const issuer = this.#deps.issuers.of(tenant, issuerKind);
    const isOwn = caller.issuerKind === issuerKind && caller.tenant?.id === tenant.id;
    if (caller.kind !== 'user' || caller.userId === null || !isOwn) throw oauthErrors.TOKEN_INVALID();
    if (issuer.kind.userinfoNeedsOpenid && !caller.scopes.includes('openid')) throw oauthErrors.SCOPE_INSUFFICIENT();
    const user = await this.#deps.users.findById(tenant.id, caller.userId);
    if (user === null) throw oauthErrors.TOKEN_INVALID();
    const groups = openedBy(issuer, caller.scopes);
    const all = { ...claimsOf(user), groups: await this.#groups(tenant, user, groups) };
    const names = new Set(['sub', ...[...groups].flatMap((group) => CLAIMS_OF_GROUP[group])]);
    return Object.fromEntries(Object.entries(all).filter(([name, value]) => value != null && names.has(name)));
  }

  async #groups(tenant: TenantRef, user: User, opened: ReadonlySet<ClaimGroup>): Promise<readonly Claims[] | null> {
    const isWhole = opened.has('groups');
    if (!isWhole && !opened.has('organisations')) return null;
    const all = (await this.#deps.groups.groupsOf(tenant.id, [user.id])).get(user.id) ?? [];
    const groups = isWhole ? all : all.filter(({ profile }) => profile !== TREE_PROFILE);
    return groups.map(({ attributes, key, profile, name }) => ({ ...attributes, id: key, profile, name }));
  }
}

function openedBy({ claimScopes }: Issuer, scopes: readonly string[]): ReadonlySet<ClaimGroup> {
  const groups = scopes.map((scope) => (Object.hasOwn(claimScopes, scope) ? claimScopes[scope] : undefined));
  return new Set(groups.filter((group) => group !== undefined));
}

function claimsOf(user: User): Claims {
  const full = [user.givenName, user.familyName].filter((name) => name != null && name !== '').join(' ');
  return {
    sub: user.id,
    name: user.displayName ?? (full === '' ? null : full),
    given_name: user.givenName,
    family_name: user.familyName,
    middle_name: user.middleName,
    preferred_username: user.username,
    locale: user.locale,
    updated_at: epochSeconds(user.updatedAt),
    email: user.email,
    email_verified: user.email == null ? null : user.emailVerified,
    phone_number: user.phone,
    phone_number_verified: user.phone == null ? null : user.phoneVerified,
  };
}
