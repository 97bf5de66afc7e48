import { type PermissionGrant, parseScope } from './permissions.ts';

/** In which tokens a scope name grants something: those of users, those of applications, or both. */
export type ScopeHolder = 'user' | 'application' | 'any';

/** A scope name of an older API and what it means here. The tables are data files of the dialects, registered at start. */
export interface ScopeAlias {
  readonly name: string;
  readonly holder: ScopeHolder;
  /** Native scope strings: `user:read:self`. Empty for names that only shape claims (`openid`). */
  readonly expandsTo: readonly string[];
  /** The objects the permissions are held for, where the name narrows them. */
  readonly only?: readonly string[];
  readonly description: string;
}

/** Finds names built from data, such as one scope per federation provider. Returns what a name means, or null. */
export type FindScope = (name: string) => ScopeAlias | null;

/** The table of all scope names: native names are built in, the dialects add theirs. */
export class ScopeAliases {
  readonly #aliases = new Map<string, ScopeAlias>();
  readonly #expanded = new Map<string, readonly PermissionGrant[]>();
  readonly #finders: FindScope[] = [];

  register(aliases: readonly ScopeAlias[], findScope?: FindScope): void {
    for (const alias of aliases) {
      for (const scope of alias.expandsTo) {
        if (parseScope(scope) === null)
          throw new Error(`Scope ${alias.name} expands to the unknown permission ${scope}.`);
      }
      if (this.#aliases.has(alias.name)) throw new Error(`Scope ${alias.name} is registered twice.`);
      this.#aliases.set(alias.name, alias);
    }
    if (findScope !== undefined) this.#finders.push(findScope);
  }

  find(name: string): ScopeAlias | null {
    const alias = this.#aliases.get(name);
    if (alias !== undefined) return alias;
    for (const find of this.#finders) {
      const found = find(name);
      if (found !== null) return found;
    }
    return null;
  }

  /** Whether the name is registered or can be found by rule. */
  isKnown(name: string): boolean {
    return parseScope(name) !== null || this.find(name) !== null;
  }

  /**
   * The permissions a scope name gives in a token of this kind; empty when it is unknown or of the other kind. A native
   * name with reach `self` gives an application nothing, because it has no account.
   */
  expand(name: string, holder: 'user' | 'application'): readonly PermissionGrant[] {
    const key = `${holder} ${name}`;
    const known = this.#expanded.get(key);
    if (known !== undefined) return known;
    const grants = this.#expandFresh(name, holder);
    // Only names that were registered are remembered, so a caller cannot make the table grow.
    if (this.#aliases.has(name)) this.#expanded.set(key, grants);
    return grants;
  }

  #expandFresh(name: string, holder: 'user' | 'application'): readonly PermissionGrant[] {
    const native = parseScope(name);
    if (native !== null) return holder === 'application' && native.reach === 'self' ? [] : [native];
    const alias = this.find(name);
    if (alias === null || (alias.holder !== 'any' && alias.holder !== holder)) return [];
    const grants = alias.expandsTo.map((scope) => parseScope(scope)!);
    const { only } = alias;
    return only === undefined ? grants : grants.flatMap((grant) => only.map((object) => ({ ...grant, only: object })));
  }

  names(): string[] {
    return [...this.#aliases.keys()];
  }
}
