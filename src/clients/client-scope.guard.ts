import type { Authority, ScopeAliases } from '../access/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import type { ClientScope } from './client.entity.ts';
import type { ClientScopeStore } from './client-scope.store.ts';
import type { ScopeRoleStore } from './scope-role.store.ts';

export interface ClientScopeGuardDeps {
  readonly store: Pick<ClientScopeStore, 'namesBesides' | 'findSharing' | 'powerfulClientsOf'>;
  readonly scopeRoles: Pick<ScopeRoleStore, 'permissionsOf'>;
  readonly scopes: Pick<ScopeAliases, 'expand'>;
  readonly guarded: Pick<GuardedAccounts, 'assertMayChange'>;
}

/**
 * Lets callers change what a scope puts into the tokens of its clients, its name, and whether there is such a scope, if they may
 * change each of these clients. Only clients with powers are looked at: the others are not guarded.
 */
export class ClientScopeGuard {
  readonly #deps: ClientScopeGuardDeps;

  constructor(deps: ClientScopeGuardDeps) {
    this.#deps = deps;
  }

  /** @throws ACCOUNT_GUARDED, FORBIDDEN A client of the scope may do more than the caller. */
  async assertMayChange(authority: Authority, { tenantId, id }: ClientScope): Promise<void> {
    const { guarded, store } = this.#deps;
    const { caller } = authority;
    if (caller.kind === 'system' || caller.permissions.holdsEverything) return;
    // One client that shares the roles of its users stands for all, because such clients may do the same by that.
    const sharing = await store.findSharing(tenantId, id);
    if (sharing !== null) await guarded.assertMayChange(authority, 'client', sharing);
    const names = await this.#namesOfPowerful(tenantId, id);
    let last: string | null = null;
    do {
      const ids: readonly string[] = await store.powerfulClientsOf(tenantId, id, names, last);
      await guarded.assertMayChange(authority, 'client', ids);
      last = ids.at(-1) ?? null;
    } while (last !== null);
  }

  /** The scopes of clients of a scope that let these do something, by their names or by their roles. */
  async #namesOfPowerful(tenantId: string, scopeId: string): Promise<string[]> {
    const { scopeRoles, scopes, store } = this.#deps;
    const names = await store.namesBesides(tenantId, scopeId);
    const lent = await scopeRoles.permissionsOf(tenantId, 'scope', [...names.keys()]);
    return [...names].flatMap(([id, name]) =>
      scopes.expand(name, 'application').length > 0 || lent.has(id) ? [name] : [],
    );
  }
}
