import {
  covers,
  formatScope,
  type Grant,
  PermissionSet,
  type ScopeAliases,
  type ScopeHolder,
} from '../../access/index.ts';
import type { ClientRecord } from '../../clients/index.ts';
import { oauthErrors } from '../oauth.errors.ts';

/** RFC 6749 section 3.3: printable ASCII but space, `"` and `\`. */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/;
/** Twice the permissions there are; a token with so many names is 6 KB. */
const MAX_NAMES = 250;
/** Results kept per client or permission set: those who ask vary little. */
const REMEMBERED = 64;

type Holder = Exclude<ScopeHolder, 'any'>;

/** The names of a scope parameter, each once. @throws SCOPE_INVALID */
export function parseScopeParameter(scope: string | null | undefined): readonly string[] {
  if (scope === null || scope === undefined) return [];
  const names = [...new Set(scope.split(' ').filter((name) => name !== ''))];
  if (names.length > MAX_NAMES || names.some((name) => !SCOPE_TOKEN.test(name))) throw oauthErrors.SCOPE_INVALID();
  return names;
}

/** Which scopes a client gets, and what scopes of a token allow. */
export class ScopeRules {
  readonly #aliases: ScopeAliases;
  readonly #granted = new WeakMap<ClientRecord, Map<string, string>>();
  readonly #allowed = new WeakMap<PermissionSet, Map<string, PermissionSet>>();

  constructor(aliases: ScopeAliases) {
    this.#aliases = aliases;
  }

  /**
   * Scopes of a token of the client itself: those asked for, or everything it holds.
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
   * The objects that each name asked for narrows a permission to (`only`), for the names that the client is not linked with:
   * it may ask for them because it holds the permission for every object, and one of them at least has to exist.
   */
  narrowed(client: ClientRecord, requested: string | null | undefined): readonly (readonly string[])[] {
    const unlinked = parseScopeParameter(requested).filter((name) => !client.allowedScopes.has(name));
    return unlinked
      .map((name) => this.#aliases.expand(name, 'application').flatMap(({ only }) => only ?? []))
      .filter((objects) => objects.length > 0);
  }

  /**
   * Scopes of a user's token: those asked for, or the client's defaults.
   * @throws SCOPE_INVALID A name is unknown or not allowed to the client.
   */
  forUser(client: ClientRecord, requested: string | null | undefined): readonly string[] {
    const names = parseScopeParameter(requested);
    if (names.length === 0) return client.defaultScopes;
    if (!names.every((name) => client.allowedScopes.has(name))) throw oauthErrors.SCOPE_INVALID();
    return names;
  }

  /**
   * What the scopes of a token allow: `:self` by themselves, wider ones only as far as the user's roles or the client's own
   * permissions go (docs/tenancy.md).
   * @param scope Names joined by spaces, as the token has them.
   */
  permissions(scope: string, holder: Holder, limit: PermissionSet): PermissionSet {
    return remembered(this.#allowed, limit, `${holder} ${scope}`, () => {
      const asked = scope.split(' ').flatMap((name) => this.#aliases.expand(name, holder));
      return new PermissionSet(asked.flatMap((grant) => (grant.reach === 'self' ? [grant] : cut(grant, limit))));
    });
  }

  #mayAskAsApplication(client: ClientRecord, name: string): boolean {
    if (client.allowedScopes.has(name)) return true;
    // A client that holds all a name stands for gains nothing by it.
    const grants = this.#aliases.expand(name, 'application');
    return grants.length > 0 && client.permissions.includesAll(grants);
  }

  /** The allowed names that mean something to an application, and natively what they leave out. */
  #everything(client: ClientRecord): string[] {
    const names = [...client.allowedScopes].filter((name) => this.#aliases.expand(name, 'application').length > 0);
    const named = new PermissionSet(names.flatMap((name) => [...this.#aliases.expand(name, 'application')]));
    const rest = [...client.permissions.grants()].filter((grant) => grant.reach !== 'self' && !named.includes(grant));
    return [...new Set([...names, ...rest.map(formatScope)])];
  }
}

/** As much of a grant as the limit has. */
function cut(grant: Grant, limit: PermissionSet): Grant[] {
  const result: Grant[] = [];
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
