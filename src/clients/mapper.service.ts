import type { Authority } from '../access/index.ts';
import { isSameJson } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { ProtocolMapper } from './client.entity.ts';
import type { MapperOwner, MapperOwnerRow, MapperOwners } from './mapper-owners.ts';
import { type MapperChanges, type NewMapper, withAdded, withChanged, withoutMapper } from './mappers/index.ts';

export interface MapperServiceDeps {
  readonly db: Database;
  readonly owners: MapperOwners;
}

/** The owner after mappers were added. */
export interface AddedMappers extends MapperOwnerRow {
  /** In the order in which they were given. */
  readonly mapperIds: readonly string[];
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
  async add(authority: Authority, owner: MapperOwner, added: readonly NewMapper[]): Promise<AddedMappers> {
    let mapperIds: readonly string[] = [];
    const row = await this.#change(authority, owner, (before) => {
      const after = withAdded(before, added, 'input.mappers');
      mapperIds = after.slice(before.length).map(({ id }) => id);
      return after;
    });
    return { ...row, mapperIds };
  }

  /** Changes what the input names. @throws As `add`; PROTOCOL_MAPPER_NOT_FOUND */
  update(authority: Authority, owner: MapperOwner, id: string, changes: MapperChanges): Promise<MapperOwnerRow> {
    return this.#change(authority, owner, (before) => withChanged(before, id, changes));
  }

  /** @throws NOT_FOUND, CLIENT_SCOPE_NOT_FOUND, CLIENT_BUILTIN, ACCOUNT_GUARDED, PROTOCOL_MAPPER_NOT_FOUND */
  delete(authority: Authority, owner: MapperOwner, id: string): Promise<MapperOwnerRow> {
    return this.#change(authority, owner, (before) => withoutMapper(before, id));
  }

  #change(authority: Authority, reference: MapperOwner, change: Change): Promise<MapperOwnerRow> {
    const { db, owners } = this.#deps;
    return db.transaction(async () => {
      const owner = await owners.lock(authority, reference);
      const { row, client, clientScope } = owner;
      const after = [...change(row.mappers)];
      if (isSameJson(after, row.mappers)) return { client, clientScope };
      row.mappers = after;
      owners.recordChange(authority, owner, 'mappers');
      return { client, clientScope };
    });
  }
}
