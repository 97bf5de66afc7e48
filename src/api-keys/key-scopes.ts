import { type Authority, covers, type PermissionGrant, PermissionSet, parseScope } from '../access/index.ts';
import type { HeldRoles } from '../roles/index.ts';

/** A scope of API keys. The tables are data files of the dialects, registered at start. */
export interface KeyScope {
  readonly name: string;
  /** Native scope strings with reach `tenant` or `self`; at least one. */
  readonly expandsTo: readonly string[];
  readonly description: string;
}

interface Expansion {
  readonly all: readonly PermissionGrant[];
  /** Those for the owner's account. */
  readonly own: readonly PermissionGrant[];
}

const NOTHING: Expansion = { all: [], own: [] };

/** The scopes of a key, by name. */
export interface ScopeNames {
  readonly scopes: readonly string[];
  /** Those among them that reach the owner's account alone. */
  readonly ownScopes: readonly string[];
}

/** Where a key acts, and where its owner lives. */
export interface KeyPlace {
  readonly tenantId: string;
  readonly ownerTenantId: string;
}

/** Whether a key acts in another tenant than that of its owner. */
export const isForeign = ({ tenantId, ownerTenantId }: KeyPlace): boolean => tenantId !== ownerTenantId;

/** What the roles of an owner allow, in its tenant and on others. */
export type OwnerPowers = Pick<HeldRoles, 'permissions' | 'elsewhere'>;

/** The table of the scopes of API keys, and what they allow. */
export class KeyScopes {
  readonly #scopes = new Map<string, KeyScope>();
  readonly #expansions = new Map<string, Expansion>();

  /** @throws Error Two scopes have one name, or one expands to nothing, to an unknown permission, or to one of every tenant. */
  register(scopes: readonly KeyScope[]): void {
    for (const scope of scopes) {
      const grants = scope.expandsTo.map(parseScope);
      const isSound = grants.every((grant) => grant !== null && grant.reach !== 'all');
      if (!isSound || grants.length === 0)
        throw new Error(`The scope ${scope.name} of API keys has a wrong expansion.`);
      if (this.#scopes.has(scope.name)) throw new Error(`The scope ${scope.name} of API keys is registered twice.`);
      const all = grants as readonly PermissionGrant[];
      this.#scopes.set(scope.name, scope);
      this.#expansions.set(scope.name, { all, own: all.filter(({ reach }) => reach === 'self') });
    }
  }

  isKnown(name: string): boolean {
    return this.#scopes.has(name);
  }

  /**
   * How far the caller can give a key this scope: in the tenant, if it holds all that the scope expands to; for its own account
   * alone, if it holds what the scope expands to with reach `self`. Null: not at all.
   */
  reachFor(authority: Authority, name: string): 'tenant' | 'self' | null {
    const { all, own } = this.#expansions.get(name) ?? NOTHING;
    if (all.length > 0 && authority.holds(all)) return 'tenant';
    return own.length > 0 && !authority.isForeign && authority.holds(own) ? 'self' : null;
  }

  /** The scopes that the caller can give a key, in the order in which they were registered. */
  grantable(authority: Authority): readonly KeyScope[] {
    return [...this.#scopes.values()].filter(({ name }) => this.reachFor(authority, name) !== null);
  }

  /** Everything that a scope expands to; nothing for an unknown one. */
  expand(name: string): readonly PermissionGrant[] {
    return (this.#expansions.get(name) ?? NOTHING).all;
  }

  /** All that a key can come to allow, whatever its owner's roles allow now. Names that this version does not know allow nothing. */
  grantsOf({ scopes, ownScopes }: ScopeNames): readonly PermissionGrant[] {
    return scopes.flatMap((name) => {
      const { all, own } = this.#expansions.get(name) ?? NOTHING;
      return ownScopes.includes(name) ? own : all;
    });
  }

  /** What a key allows: its scopes, as far as its owner's roles go. */
  permissions(key: ScopeNames & KeyPlace, powers: OwnerPowers): PermissionSet {
    const grants = this.grantsOf(key);
    if (!isForeign(key)) return new PermissionSet(grants.flatMap((grant) => cut(grant, powers.permissions)));
    return new PermissionSet(grants.filter((grant) => allowsElsewhere(powers, key.tenantId, grant)));
  }
}

/** The owner may always do on its own account what the scope names; more, as far as its roles reach. */
function cut(grant: PermissionGrant, held: PermissionSet): readonly PermissionGrant[] {
  if (grant.reach === 'self') return [grant];
  const reach = held.reachOf(grant.permission);
  if (reach === null) return [];
  return [{ ...grant, reach: covers(reach, grant.reach) ? grant.reach : reach }];
}

/** An owner of another tenant has no account here, and acts here by what it may do in every tenant or by its roles on this one. */
function allowsElsewhere({ permissions, elsewhere }: OwnerPowers, tenantId: string, grant: PermissionGrant): boolean {
  if (grant.reach !== 'tenant') return false;
  return permissions.reachOf(grant.permission) === 'all' || elsewhere.get(tenantId)?.includes(grant) === true;
}
