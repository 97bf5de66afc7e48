import type { Authority, ScopeAliases } from '../access/index.ts';
import { type Clock, invalidField } from '../kernel/index.ts';
import { assertMayGrant, parsePermissions } from '../roles/index.ts';
import type { Client } from './client.entity.ts';
import { clientErrors } from './client.errors.ts';
import { checkedScopes, type ScopeChanges } from './client-input.ts';
import { type ClientScopeStore, type LinkedScope, MAX_SCOPES } from './client-scope.store.ts';
import { grantsOfScope } from './scope-name.ts';
import type { ScopeRoleStore } from './scope-role.store.ts';
import { STANDARD_SCOPES } from './standard-scopes.ts';

export interface ClientScopeLinksDeps {
  readonly store: ClientScopeStore;
  readonly scopeRoles: Pick<ScopeRoleStore, 'permissionsOf'>;
  readonly scopes: ScopeAliases;
  readonly clock: Clock;
}

/** Names of the lists of an input, by which errors say where a scope stands. */
type Given = Readonly<Record<string, readonly LinkedScope[]>>;

const toLink = ({ name, isDefault }: LinkedScope): LinkedScope => ({ name, isDefault });

/** Rules of the scopes that clients have, inside a unit of work that has made or locked the client. */
export class ClientScopeLinks {
  readonly #deps: ClientScopeLinksDeps;

  constructor(deps: ClientScopeLinksDeps) {
    this.#deps = deps;
  }

  /**
   * Gives a new client its scopes: those of the input, or those that the tenant gives new clients.
   * @throws INVALID_INPUT, CLIENT_SCOPE_UNKNOWN, PERMISSION_ESCALATION, PERMISSION_MASTER_ONLY
   */
  async begin(authority: Authority, client: Client, scopes: readonly LinkedScope[] | undefined): Promise<void> {
    if (scopes === undefined) await this.#giveDefaults(client);
    else await this.#replace(authority, client, [], checkedScopes('input.scopes', scopes), { scopes });
  }

  /**
   * Changes the scopes of a client.
   * @returns Whether anything changed.
   * @throws What `begin` throws for scopes that are added.
   */
  async change(authority: Authority, client: Client, changes: ScopeChanges): Promise<boolean> {
    const { scopes, addedScopes = [], removedScopes = [] } = changes;
    if (scopes === undefined && addedScopes.length === 0 && removedScopes.length === 0) return false;
    const stored = (await this.#deps.store.linksOf(client.tenantId, [client.id])).get(client.id) ?? [];
    const before = stored.map(toLink);
    const base = scopes === undefined ? before : checkedScopes('input.scopes', scopes);
    const added = checkedScopes('input.addedScopes', addedScopes);
    const left = new Set([...removedScopes, ...added.map(({ name }) => name)]);
    const next = [...base.filter(({ name }) => !left.has(name)), ...added].sort((a, b) => (a.name < b.name ? -1 : 1));
    if (next.length > MAX_SCOPES)
      throw invalidField('input.addedScopes', 'LIST_TOO_LONG', `At most ${MAX_SCOPES} scopes.`);
    return this.#replace(authority, client, before, next, { scopes: scopes ?? [], addedScopes });
  }

  /**
   * Checks the scopes that a client which registers itself asks for: nobody grants it any, so it gets what new clients get, the standard
   * ones and those that it has.
   * @throws CLIENT_SCOPE_UNKNOWN
   */
  async assertOffered({ tenantId, id }: Client, scopes: readonly LinkedScope[] = []): Promise<void> {
    const linked = (await this.#deps.store.linksOf(tenantId, [id])).get(id) ?? [];
    const offered = new Set([...linked, ...(await this.#harmlessDefaults(tenantId))].map(({ name }) => name));
    const other = scopes.findIndex(({ name }) => !STANDARD_SCOPES.has(name) && !offered.has(name));
    if (other >= 0) throw clientErrors.CLIENT_SCOPE_UNKNOWN().at(`input.scopes.${other}.name`);
  }

  async #giveDefaults(client: Client): Promise<void> {
    const harmless = await this.#harmlessDefaults(client.tenantId);
    const { clock, store } = this.#deps;
    if (harmless.length > 0) await store.replaceLinks(client.tenantId, client.id, harmless, clock.now());
  }

  /** What new clients get. */
  async #harmlessDefaults(tenantId: string): Promise<LinkedScope[]> {
    const { scopeRoles, scopes, store } = this.#deps;
    const defaults = await store.tenantDefaults(tenantId);
    const ids = defaults.map(({ scopeId }) => scopeId);
    const lent = await scopeRoles.permissionsOf(tenantId, 'scope', ids);
    // A scope whose name or roles began to give permissions after it became a default is left out, because nobody granted them.
    return defaults.filter(({ name, scopeId }) => grantsOfScope(scopes, name).length === 0 && !lent.has(scopeId));
  }

  async #replace(
    authority: Authority,
    client: Client,
    before: readonly LinkedScope[],
    next: readonly LinkedScope[],
    given: Given,
  ): Promise<boolean> {
    if (JSON.stringify(next) === JSON.stringify(before)) return false;
    const added = next.map(({ name }) => name).filter((name) => !before.some((scope) => scope.name === name));
    const { clock, scopeRoles, scopes, store } = this.#deps;
    const ids = await store.idsOf(client.tenantId, added);
    this.#assertKnown(added, ids, given);
    const lent = await scopeRoles.permissionsOf(client.tenantId, 'scope', [...ids.values()]);
    assertMayGrant(authority, [
      ...added.flatMap((name) => grantsOfScope(scopes, name)),
      ...parsePermissions([...lent.values()].flat()),
    ]);
    await store.replaceLinks(client.tenantId, client.id, next, clock.now());
    return true;
  }

  #assertKnown(added: readonly string[], ids: ReadonlyMap<string, string>, given: Given): void {
    const { scopes } = this.#deps;
    const unknown = added.find((name) => !STANDARD_SCOPES.has(name) && !scopes.isKnown(name) && !ids.has(name));
    if (unknown !== undefined) throw clientErrors.CLIENT_SCOPE_UNKNOWN().at(`${placeOf(given, unknown)}.name`);
  }
}

/** GraphQL input path of a scope. */
function placeOf(given: Given, name: string): string {
  const places = Object.entries(given).flatMap(([list, scopes]) =>
    scopes.flatMap((scope, index) => (scope.name === name ? [`input.${list}.${index}`] : [])),
  );
  return places[0]!;
}
