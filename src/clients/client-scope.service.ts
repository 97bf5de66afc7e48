import type { Authority, ScopeAliases } from '../access/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import { type Clock, invalidField, isSameJson, newId, requireText } from '../kernel/index.ts';
import { type Database, type PageRequest, type PageResult, violatedConstraint } from '../persistence/index.ts';
import { assertMayGrant, parsePermissions } from '../roles/index.ts';
import type { ClientScope, TenantDefault } from './client.entity.ts';
import { clientErrors } from './client.errors.ts';
import { clientEvents } from './client.events.ts';
import type { ClientScopeGuard } from './client-scope.guard.ts';
import { type ClientScopeFilter, type ClientScopeStore, MAX_SCOPES } from './client-scope.store.ts';
import { type NewMapper, requireTexts, withAdded } from './mappers/index.ts';
import { grantsOfScope, SCOPE_NAME } from './scope-name.ts';
import type { ScopeRoleStore } from './scope-role.store.ts';

/** Properties of a scope that can be set when it is created and changed later. */
export interface ClientScopeProperties {
  /** RFC 6749 section 3.3; unique in the tenant, in exact case. */
  readonly name?: string;
  readonly description?: string | null;
  /** Whether tokens name it among their scopes. Default true. */
  readonly named?: boolean;
  /** How new clients get it; null: they do not. */
  readonly tenantDefault?: TenantDefault | null;
  /** Texts by name that the service keeps and does not use. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export interface CreateClientScope extends ClientScopeProperties {
  readonly name: string;
  readonly mappers?: readonly NewMapper[];
}

/** Which scope is meant. */
export type ClientScopeReference = { readonly id: string } | { readonly name: string };

export interface ClientScopeServiceDeps {
  readonly db: Database;
  readonly store: ClientScopeStore;
  readonly scopeRoles: Pick<ScopeRoleStore, 'permissionsOf'>;
  readonly scopeGuard: Pick<ClientScopeGuard, 'assertMayChange'>;
  readonly scopes: ScopeAliases;
  readonly events: EventLog;
  readonly clock: Clock;
}

const ATTRIBUTES = { maxCount: 50, maxBytes: 16_384 };
const DESCRIPTION = { max: 1000 };

type Columns = Pick<ClientScope, 'name' | 'description' | 'named' | 'tenantDefault' | 'attributes'>;

const BLANK = { description: null, named: true, tenantDefault: null, attributes: {} };

/** Rules of the scopes of a tenant. `ClientService` gives them to clients. */
export class ClientScopeService {
  readonly #deps: ClientScopeServiceDeps;

  constructor(deps: ClientScopeServiceDeps) {
    this.#deps = deps;
  }

  find({ tenant }: Authority, reference: ClientScopeReference): Promise<ClientScope | null> {
    const { store } = this.#deps;
    if ('id' in reference) return store.findById(tenant.id, reference.id);
    return SCOPE_NAME.test(reference.name) ? store.findByName(tenant.id, reference.name) : Promise.resolve(null);
  }

  /** The scope with this id, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, id: string): Promise<ClientScope | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  /** Scopes by name. */
  page({ tenant }: Authority, filter: ClientScopeFilter, request: PageRequest): Promise<PageResult<ClientScope>> {
    return this.#deps.store.page(tenant.id, filter, request);
  }

  /**
   * The caller must hold what clients with a scope of this name may do.
   * @throws INVALID_INPUT, CLIENT_SCOPE_NAME_TAKEN, CLIENT_SCOPE_LIMIT, CLIENT_SCOPE_GIVES_PERMISSIONS
   * @throws PROTOCOL_MAPPER_NAME_TAKEN, PROTOCOL_MAPPER_LIMIT, PERMISSION_ESCALATION, PERMISSION_MASTER_ONLY
   */
  async create(authority: Authority, { mappers = [], ...input }: CreateClientScope): Promise<ClientScope> {
    const { clock, db, store } = this.#deps;
    const tenantId = authority.tenant.id;
    const columns = this.#checked({ ...BLANK, name: input.name }, input);
    assertMayGrant(authority, grantsOfScope(this.#deps.scopes, columns.name));
    const checkedMappers = [...withAdded([], mappers, 'input.mappers')];
    const now = clock.now();
    return db.transaction(async () => {
      if ((await store.count(tenantId)) >= MAX_SCOPES) throw clientErrors.CLIENT_SCOPE_LIMIT();
      const scope = store.create({
        tenantId,
        id: newId(),
        ...columns,
        mappers: checkedMappers,
        createdAt: now,
        updatedAt: now,
      });
      await this.#flushMapped();
      this.#record(authority, scope, clientEvents['client_scope.created']);
      return scope;
    });
  }

  /**
   * Changes what the input names. A scope with another name stays with its clients, whose requests no longer have it under the
   * old one, and whose tokens no longer name it if it is not named: the caller must hold what both names and its roles give, and
   * must be allowed to change each of these clients.
   * @throws CLIENT_SCOPE_NOT_FOUND, ACCOUNT_GUARDED, FORBIDDEN, and what `create` throws for the same members.
   */
  async update(authority: Authority, id: string, input: ClientScopeProperties): Promise<ClientScope> {
    const { clock, db, scopeGuard } = this.#deps;
    return db.transaction(async () => {
      const scope = await this.lock(authority, id);
      const before: Columns = scope;
      const columns = this.#checked(before, input);
      const changed = (Object.keys(columns) as (keyof Columns)[]).filter(
        (name) => !isSameJson(columns[name], before[name] ?? null),
      );
      if (changed.length === 0) return scope;
      if (changed.includes('name')) await this.#assertMayGive(authority, scope, columns.name);
      if (changed.includes('name') || changed.includes('named')) await scopeGuard.assertMayChange(authority, scope);
      Object.assign(scope, columns, { updatedAt: clock.now() });
      await this.#flushMapped();
      this.#record(authority, scope, clientEvents['client_scope.updated'], { changed });
      return scope;
    });
  }

  /**
   * Deletes a scope with its mappers and roles and takes it from its clients. The caller must hold what its name and its roles
   * give, and must be allowed to change each of these clients.
   * @throws CLIENT_SCOPE_NOT_FOUND, PERMISSION_ESCALATION, ACCOUNT_GUARDED, FORBIDDEN
   */
  async delete(authority: Authority, id: string): Promise<ClientScope> {
    const { db, scopeGuard, store } = this.#deps;
    return db.transaction(async () => {
      const scope = await this.lock(authority, id);
      await this.#assertMayGive(authority, scope);
      await scopeGuard.assertMayChange(authority, scope);
      const gone = { ...scope };
      await store.delete(scope.tenantId, scope.id);
      this.#record(authority, gone, clientEvents['client_scope.deleted']);
      return gone;
    });
  }

  /** Locks a scope to change it, inside a unit of work. @throws CLIENT_SCOPE_NOT_FOUND */
  async lock({ tenant }: Authority, id: string): Promise<ClientScope> {
    const scope = await this.#deps.store.lock(tenant.id, id);
    if (scope === null) throw clientErrors.CLIENT_SCOPE_NOT_FOUND();
    return scope;
  }

  /** @throws PERMISSION_ESCALATION, PERMISSION_MASTER_ONLY The name or the roles of a scope, or another name, give more. */
  async #assertMayGive(authority: Authority, { tenantId, id, name }: ClientScope, newName = name): Promise<void> {
    const { scopeRoles, scopes } = this.#deps;
    const lent = (await scopeRoles.permissionsOf(tenantId, 'scope', [id])).get(id) ?? [];
    const named = [name, newName].flatMap((each) => grantsOfScope(scopes, each));
    assertMayGrant(authority, [...named, ...parsePermissions(lent)]);
  }

  /** The columns after a change. */
  #checked(before: Columns, input: ClientScopeProperties): Columns {
    const { description, name, named, tenantDefault, attributes } = input;
    const after = {
      name: name === undefined ? before.name : checkedName(name),
      description: description === undefined ? before.description : checkedDescription(description),
      named: named ?? before.named,
      tenantDefault: tenantDefault === undefined ? before.tenantDefault : tenantDefault,
      attributes:
        attributes === undefined ? before.attributes : requireTexts(attributes, 'input.attributes', ATTRIBUTES),
    };
    if (after.tenantDefault != null && grantsOfScope(this.#deps.scopes, after.name).length > 0)
      throw clientErrors.CLIENT_SCOPE_GIVES_PERMISSIONS();
    return after;
  }

  #record({ caller, tenant }: Authority, scope: ClientScope, type: EventType, params: Record<string, unknown> = {}) {
    const { id: clientScopeId, name } = scope;
    this.#deps.events.record(caller, tenant, { type, params: { clientScopeId, name, ...params } });
  }

  async #flushMapped(): Promise<void> {
    try {
      await this.#deps.db.em.flush();
    } catch (error) {
      if (violatedConstraint(error) !== 'client_scopes__name') throw error;
      throw clientErrors.CLIENT_SCOPE_NAME_TAKEN().at('input.name');
    }
  }
}

function checkedName(name: string): string {
  if (SCOPE_NAME.test(name)) return name;
  throw invalidField('input.name', 'SCOPE_INVALID', 'Not a scope name.');
}

const checkedDescription = (description: string | null): string | null =>
  description === null ? null : requireText(description, 'input.description', DESCRIPTION);
