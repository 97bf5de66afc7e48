import {
  covers,
  formatScope,
  type PermissionGrant,
  PermissionSet,
  type ScopeAliases,
  type ScopeHolder,
} from '../../access/index.ts';
import type { ClientRecord } from '../../clients/index.ts';
import type { Issuer, IssuerKind } from '../issuers/issuers.ts';
import { oauthErrors } from '../oauth.errors.ts';

/** RFC 6749 section 3.3: printable ASCII except space, `"` and `\`. */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/;
/** More than twice the number of permissions; a token with this many names is 6 KB. */
const MAX_NAMES = 250;
/** Results kept for each client or permission set: requests differ little. */
const REMEMBERED = 64;

type Holder = Exclude<ScopeHolder, 'any'>;

/** The names of a scope parameter, each once. @throws SCOPE_INVALID */
export function parseScopeParameter(scope: string | null | undefined): readonly string[] {
  if (scope === null || scope === undefined) return [];
  const names = [...new Set(scope.split(' ').filter((name) => name !== ''))];
  if (names.length > MAX_NAMES || names.some((name) => !SCOPE_TOKEN.test(name))) throw oauthErrors.SCOPE_INVALID();
  return names;
}

/** What decides how an issuer gives scopes. */
export type ScopeKind = Pick<IssuerKind, 'isRoleBased'>;

/** Scopes that every client may have at role-based issuers, which only tell who the user is. */
const OF_EVERY_CLIENT: readonly string[] = ['openid', 'profile', 'email'];
/** Those among them that a client without any scope gets without a request. */
const DEFAULTS_OF_EVERY_CLIENT: readonly string[] = ['email', 'profile'];

/** Asks for an ID token, which only users get. For a client's own token it means nothing, and no client has to have it. */
const OPENID = 'openid';

/** Whether a client may have a scope for a user. */
export const allowsScope = ({ isRoleBased }: ScopeKind, { allowedScopes }: ClientRecord, name: string): boolean =>
  allowedScopes.has(name) || (isRoleBased && OF_EVERY_CLIENT.includes(name));

/** Whether scopes ask for a second factor alone, for which there is an ID token and nothing else. */
export const asksForFactor = ({ factorScopes }: Pick<Issuer, 'factorScopes'>, scopes: readonly string[]): boolean =>
  factorScopes !== null && scopes.includes(factorScopes.factor);

/** The scopes for a request: those asked for, else the default ones of the client. Role-based issuers always add these. */
export function withDefaults(
  { isRoleBased }: ScopeKind,
  { allowedScopes, defaultScopes }: ClientRecord,
  asked: readonly string[],
): readonly string[] {
  if (!isRoleBased) return asked.length === 0 ? defaultScopes : asked;
  return [...new Set([...asked, ...(allowedScopes.size === 0 ? DEFAULTS_OF_EVERY_CLIENT : defaultScopes)])];
}

/** Decides which scopes a client gets, and which permissions the scopes of a token give. */
export class ScopeRules {
  readonly #aliases: ScopeAliases;
  readonly #granted = new WeakMap<ClientRecord, Map<string, string>>();
  readonly #allowed = new WeakMap<PermissionSet, Map<string, PermissionSet>>();
  readonly #unions = new WeakMap<PermissionSet, WeakMap<PermissionSet, PermissionSet>>();

  constructor(aliases: ScopeAliases) {
    this.#aliases = aliases;
  }

  /**
   * Scopes of a token of the client itself: the requested ones, or all that it has. `openid` may be among them and gives nothing.
   * @throws SCOPE_INVALID A name is unknown or not allowed to the client.
   */
  forApplication(client: ClientRecord, requested: string | null | undefined): string {
    return remembered(this.#granted, client, requested ?? '', () => {
      const names = parseScopeParameter(requested);
      if (names.length === 0) return this.#everything(client).join(' ');
      if (!names.every((name) => this.#mayAskAsApplication(client, name))) throw oauthErrors.SCOPE_INVALID();
      return names.join(' ');
    });
  }

  /**
   * The objects to which each requested name restricts a permission (`only`), for names that are not among the client's scopes.
   * The client may request them because it has the permission for every object; the caller must check that at least one of the
   * objects exists.
   */
  narrowed(client: ClientRecord, requested: string | null | undefined): readonly (readonly string[])[] {
    const unlinked = parseScopeParameter(requested).filter((name) => !client.allowedScopes.has(name));
    return unlinked
      .map((name) => this.#aliases.expand(name, 'application').flatMap(({ only }) => only ?? []))
      .filter((objects) => objects.length > 0);
  }

  /**
   * Scopes of a user's token: the requested ones, or the client's defaults.
   * @throws SCOPE_INVALID A name is unknown or not allowed to the client.
   */
  forUser(kind: ScopeKind, client: ClientRecord, requested: string | null | undefined): readonly string[] {
    const names = parseScopeParameter(requested);
    if (!names.every((name) => allowsScope(kind, client, name))) throw oauthErrors.SCOPE_INVALID();
    return withDefaults(kind, client, names);
  }

  /**
   * The permissions that the scopes of a token give: `:self` always, wider ones only as far as the user's roles or the client's
   * permissions reach (docs/tenancy.md).
   * @param scope Names joined by spaces, as the token has them.
   */
  permissions(scope: string, holder: Holder, limit: PermissionSet): PermissionSet {
    return remembered(this.#allowed, limit, `${holder} ${scope}`, () => {
      const asked = this.#askedBy(scope, holder);
      return new PermissionSet(asked.flatMap((grant) => (grant.reach === 'self' ? [grant] : cut(grant, limit))));
    });
  }

  /**
   * What the scopes of a token give on a tenant other than that of its holder: only those of reach `all` act there
   * (docs/tenancy.md, rule 8).
   * @param scope Names joined by spaces, as the token has them.
   * @param limit What the holder may do on that tenant.
   */
  permissionsElsewhere(scope: string, holder: Holder, limit: PermissionSet): PermissionSet {
    return remembered(this.#allowed, limit, `elsewhere ${holder} ${scope}`, () => {
      const asked = this.#askedBy(scope, holder).filter(({ reach }) => reach === 'all');
      return new PermissionSet(asked.flatMap((grant) => cut(grant, limit)));
    });
  }

  /** Both sets of permissions together. */
  union(asked: PermissionSet, held: PermissionSet): PermissionSet {
    const known = this.#unions.get(held) ?? new WeakMap<PermissionSet, PermissionSet>();
    const union = known.get(asked) ?? new PermissionSet([...asked.grants(), ...held.grants()]);
    this.#unions.set(held, known.set(asked, union));
    return union;
  }

  #askedBy(scope: string, holder: Holder): PermissionGrant[] {
    return scope.split(' ').flatMap((name) => this.#aliases.expand(name, holder));
  }

  #mayAskAsApplication(client: ClientRecord, name: string): boolean {
    if (client.allowedScopes.has(name) || name === OPENID) return true;
    // A client that has all permissions of a scope gains nothing by it.
    const grants = this.#aliases.expand(name, 'application');
    return grants.length > 0 && client.permissions.includesAll(grants);
  }

  /** The allowed names that give an application permissions, and the native names of its other permissions. */
  #everything(client: ClientRecord): string[] {
    const names = [...client.allowedScopes].filter((name) => this.#aliases.expand(name, 'application').length > 0);
    const named = new PermissionSet(names.flatMap((name) => [...this.#aliases.expand(name, 'application')]));
    const rest = [...client.permissions.grants()].filter((grant) => grant.reach !== 'self' && !named.includes(grant));
    return [...new Set([...names, ...rest.map(formatScope)])];
  }
}

/** Restricts a grant to what the limit contains. */
function cut(grant: PermissionGrant, limit: PermissionSet): PermissionGrant[] {
  const result: PermissionGrant[] = [];
  const held = limit.reachOf(grant.permission);
  if (held !== null) result.push({ ...grant, reach: covers(held, grant.reach) ? grant.reach : held });
  if (held !== null && covers(held, grant.reach)) return result;
  for (const only of limit.onlyOf(grant.permission, grant.reach)) {
    if (grant.only === undefined || grant.only === only) result.push({ ...grant, only });
  }
  return result;
}

function remembered<K extends WeakKey, V>(memory: WeakMap<K, Map<string, V>>, owner: K, key: string, make: () => V): V {
  let known = memory.get(owner);
  if (known === undefined) {
    known = new Map();
    memory.set(owner, known);
  }
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  if (known.size >= REMEMBERED) known.clear();
  known.set(key, made);
  return made;
}
