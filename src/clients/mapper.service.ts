import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { Client, ClientScope, ProtocolMapper } from './client.entity.ts';
import { clientEvents } from './client.events.ts';
import type { ClientService } from './client.service.ts';
import type { ClientScopeService } from './client-scope.service.ts';
import { type MapperChanges, type NewMapper, withAdded, withChanged, withoutMapper } from './mappers/index.ts';

/** What mappers belong to: a client or a scope of the tenant. */
export type MapperOwner = { readonly clientUuid: string } | { readonly clientScopeId: string };

/** The owner after a change of its mappers. */
export interface MapperOwnerRow {
  readonly client: Client | null;
  readonly clientScope: ClientScope | null;
}

export interface MapperServiceDeps {
  readonly db: Database;
  readonly clients: Pick<ClientService, 'lock'>;
  readonly clientScopes: Pick<ClientScopeService, 'lock'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Changes the mappers of an owner. Pure. */
type Change = (before: readonly ProtocolMapper[]) => readonly ProtocolMapper[];

/** Rules of the mappers of clients and scopes. Every change locks their owner first, so none is lost. */
export class MapperService {
  readonly #deps: MapperServiceDeps;

  constructor(deps: MapperServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Adds mappers, all or none.
   * @throws NOT_FOUND, CLIENT_SCOPE_NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED
   * @throws INVALID_INPUT, PROTOCOL_MAPPER_NAME_TAKEN, PROTOCOL_MAPPER_LIMIT
   */
  add(authority: Authority, owner: MapperOwner, added: readonly NewMapper[]): Promise<MapperOwnerRow> {
    return this.#change(authority, owner, (before) => withAdded(before, added, 'input.mappers'));
  }

  /** Changes what the input names. @throws As `add`; PROTOCOL_MAPPER_NOT_FOUND */
  update(authority: Authority, owner: MapperOwner, id: string, changes: MapperChanges): Promise<MapperOwnerRow> {
    return this.#change(authority, owner, (before) => withChanged(before, id, changes));
  }

  /** @throws NOT_FOUND, CLIENT_SCOPE_NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED, PROTOCOL_MAPPER_NOT_FOUND */
  delete(authority: Authority, owner: MapperOwner, id: string): Promise<MapperOwnerRow> {
    return this.#change(authority, owner, (before) => withoutMapper(before, id));
  }

  #change(authority: Authority, owner: MapperOwner, change: Change): Promise<MapperOwnerRow> {
    const { clients, clientScopes, db } = this.#deps;
    return db.transaction(async () => {
      if ('clientScopeId' in owner) {
        const clientScope = await clientScopes.lock(authority, owner.clientScopeId);
        if (this.#assign(clientScope, change)) this.#recordScope(authority, clientScope);
        return { client: null, clientScope };
      }
      const client = await clients.lock(authority, owner.clientUuid);
      if (this.#assign(client, change)) this.#recordClient(authority, client);
      return { client, clientScope: null };
    });
  }

  /** @returns Whether anything changed. */
  #assign(row: { mappers: ProtocolMapper[]; updatedAt: Date }, change: Change): boolean {
    const after = [...change(row.mappers)];
    if (JSON.stringify(after) === JSON.stringify(row.mappers)) return false;
    row.mappers = after;
    row.updatedAt = this.#deps.clock.now();
    return true;
  }

  #recordClient({ caller, tenant }: Authority, { clientId }: Client): void {
    const type = clientEvents['client.updated'];
    this.#deps.events.record(caller, tenant, { type, clientId, params: { changed: ['mappers'] } });
  }

  #recordScope({ caller, tenant }: Authority, { id, name }: ClientScope): void {
    const type = clientEvents['client_scope.updated'];
    this.#deps.events.record(caller, tenant, { type, params: { clientScopeId: id, name, changed: ['mappers'] } });
  }
}
