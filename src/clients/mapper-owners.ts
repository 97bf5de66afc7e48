import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Client, ClientScope } from './client.entity.ts';
import { clientEvents } from './client.events.ts';
import type { ClientService } from './client.service.ts';
import type { ClientScopeGuard } from './client-scope.guard.ts';
import type { ClientScopeService } from './client-scope.service.ts';
import type { ScopeRoleOwner } from './scope-role.store.ts';

/** What mappers and scope roles belong to: a client or a scope of the tenant. */
export type MapperOwner = { readonly clientUuid: string } | { readonly clientScopeId: string };

/** The owner after a change of what belongs to it. */
export interface MapperOwnerRow {
  readonly client: Client | null;
  readonly clientScope: ClientScope | null;
}

/** An owner that is locked. */
export interface LockedOwner extends MapperOwnerRow {
  readonly kind: ScopeRoleOwner;
  /** The client or the scope. */
  readonly row: Client | ClientScope;
}

export interface MapperOwnersDeps {
  readonly clients: Pick<ClientService, 'lock'>;
  readonly clientScopes: Pick<ClientScopeService, 'lock'>;
  readonly scopeGuard: Pick<ClientScopeGuard, 'assertMayChange'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Locks what mappers and scope roles belong to and records its changes, inside a unit of work. */
export class MapperOwners {
  readonly #deps: MapperOwnersDeps;

  constructor(deps: MapperOwnersDeps) {
    this.#deps = deps;
  }

  /**
   * The clients of a scope are guarded as they are themselves.
   * @throws NOT_FOUND, CLIENT_SCOPE_NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED, FORBIDDEN
   */
  async lock(authority: Authority, owner: MapperOwner): Promise<LockedOwner> {
    const { clients, clientScopes, scopeGuard } = this.#deps;
    if ('clientScopeId' in owner) {
      const clientScope = await clientScopes.lock(authority, owner.clientScopeId);
      await scopeGuard.assertMayChange(authority, clientScope);
      return { kind: 'scope', row: clientScope, client: null, clientScope };
    }
    const client = await clients.lock(authority, owner.clientUuid);
    return { kind: 'client', row: client, client, clientScope: null };
  }

  /** Marks a locked owner as changed in what belongs to it, with an event. */
  recordChange(
    { caller, tenant }: Authority,
    { row, client, clientScope }: LockedOwner,
    member: 'mappers' | 'scopeRoles',
  ): void {
    const { clock, events } = this.#deps;
    row.updatedAt = clock.now();
    const changed = [member];
    if (client !== null) {
      const { clientId } = client;
      events.record(caller, tenant, { type: clientEvents['client.updated'], clientId, params: { changed } });
      return;
    }
    const { id: clientScopeId, name } = clientScope!;
    const type = clientEvents['client_scope.updated'];
    events.record(caller, tenant, { type, params: { clientScopeId, name, changed } });
  }
}
