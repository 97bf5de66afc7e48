import type { Authority } from '../access/index.ts';
import type { EventLog, EventType } from '../events/index.ts';
import {
  type Clock,
  type IdentityError,
  invalidField,
  isSameJson,
  kernelErrors,
  newId,
  requireText,
} from '../kernel/index.ts';
import {
  type ColumnSet,
  type Database,
  type PageRequest,
  type PageResult,
  violatedConstraint,
} from '../persistence/index.ts';
import { mergedAttributes } from './attributes.ts';
import type { EffectiveRole, EffectiveRoleStore } from './effective.store.ts';
import { assertMayGrant, checkedPermissions, parsePermissions, widened } from './escalation.ts';
import type { GuardedAccounts } from './guarded-accounts.ts';
import { defaultRoleName } from './realm-roles.ts';
import { type HolderKind, type Role, TENANT_ROLE_CLIENT } from './role.entity.ts';
import { roleErrors } from './role.errors.ts';
import { roleEvents } from './role.events.ts';
import type { GrantedRole, RoleFilter, RoleKeys, RoleStore } from './role.store.ts';
import { findRole, findRoles, type RoleReference } from './role-reference.ts';

export interface CreateRole {
  /** 1 to 255 characters, unique among the roles of the tenant, or of its client. */
  readonly name: string;
  readonly description?: string | null;
  /** UUID of the client the role belongs to. Default: it is a role of the tenant. */
  readonly clientUuid?: string | null;
  /** Native permissions: `user:read`, `user:read:self`, in `master` also `user:read:all`. */
  readonly permissions?: readonly string[];
  /** Roles that this one contains. */
  readonly childIds?: readonly string[];
  /** More of them, by id or name. */
  readonly children?: readonly RoleReference[];
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export interface UpdateRole {
  readonly name?: string;
  readonly description?: string | null;
  /** Replaces the list. */
  readonly permissions?: readonly string[];
  /** Replaces the named attributes; null removes one, others stay. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Whether attributes that are not named are removed, where some are given. Default false. */
  readonly replaceAttributes?: boolean;
  readonly addChildIds?: readonly string[];
  readonly removeChildIds?: readonly string[];
}

export interface RoleServiceDeps {
  readonly db: Database;
  readonly store: RoleStore;
  readonly effective: EffectiveRoleStore;
  readonly guarded: GuardedAccounts;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** Most roles that one change may add or remove. */
const MAX_CHILDREN = 200;
const NAME = { max: 255 };
const DESCRIPTION = { max: 1000 };

/** Rules of roles: their names, permissions and child roles. See `RoleGrantService` for their holders. */
export class RoleService {
  readonly #deps: RoleServiceDeps;

  constructor(deps: RoleServiceDeps) {
    this.#deps = deps;
  }

  find(authority: Authority, reference: RoleReference): Promise<Role | null> {
    return findRole(this.#deps.store, authority.tenant.id, reference);
  }

  /** The role with this id, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, id: string): Promise<Role | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  /** The role of the tenant itself with this name, or null. The caller of this method must check the permission to read it. */
  findByName(tenantId: string, name: string): Promise<Role | null> {
    return this.#deps.store.findByName(tenantId, name);
  }

  /**
   * The roles that holders of one kind were granted themselves. The caller of this method must check the permission to read
   * them.
   * @param columns What is read of each beside its keys; null: all.
   */
  grantedTo(
    tenantId: string,
    kind: HolderKind,
    holderIds: readonly string[],
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, readonly GrantedRole[]>> {
    return this.#deps.store.grantedTo(tenantId, kind, holderIds, columns);
  }

  /**
   * The roles that holders of one kind have in their tenant, directly, through groups or inside other roles, by name. A group has
   * those of the groups above it too. The caller of this method must check the permission to read them.
   */
  async effectiveOf(
    tenantId: string,
    kind: HolderKind,
    holderIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly Role[]>> {
    const held = await this.#deps.effective.rolesOf(tenantId, kind, holderIds);
    const inTenant = held.filter(({ onTenantId }) => onTenantId === tenantId);
    const roles = await this.#deps.store.findMany(tenantId, [...new Set(inTenant.map(({ roleId }) => roleId))]);
    const byHolder = Map.groupBy(inTenant, ({ holderId }) => holderId);
    return new Map([...byHolder].map(([holderId, rows]) => [holderId, toRoles(rows, roles)]));
  }

  /**
   * The roles inside roles. The caller of this method must check the permission to read them.
   * @param columns What is read of each beside its keys; null: all.
   */
  childrenOf(
    tenantId: string,
    roleIds: readonly string[],
    columns: ColumnSet | null,
  ): Promise<ReadonlyMap<string, readonly RoleKeys[]>> {
    return this.#deps.store.childrenOf(tenantId, roleIds, columns);
  }

  /** Those of the roles that contain others. */
  compositesAmong(tenantId: string, roleIds: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#deps.store.compositesAmong(tenantId, roleIds);
  }

  page(authority: Authority, filter: RoleFilter, request: PageRequest): Promise<PageResult<Role>>;
  /** @param columns What is read of each role beside its keys; null: all. */
  page(
    authority: Authority,
    filter: RoleFilter,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<RoleKeys>>;
  page(
    authority: Authority,
    filter: RoleFilter,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<RoleKeys>> {
    return this.#deps.store.page(authority.tenant.id, filter, request, columns);
  }

  /**
   * @throws ROLE_NAME_TAKEN, ROLE_CLIENT_NOT_FOUND, ROLE_NOT_FOUND, PERMISSION_UNKNOWN, PERMISSION_MASTER_ONLY
   * @throws PERMISSION_ESCALATION The caller does not hold all permissions that the role would have.
   */
  async create(authority: Authority, input: CreateRole): Promise<Role> {
    const tenantId = authority.tenant.id;
    const { clock, db, store } = this.#deps;
    const name = requireText(input.name, 'input.name', NAME);
    const permissions = checkedPermissions('input.permissions', input.permissions ?? []).sort();
    assertMayGrant(authority, parsePermissions(permissions));
    const attributes = mergedAttributes({}, input.attributes ?? {}, 'input.attributes');
    const now = clock.now();
    return db.transaction(async () => {
      const clientUuid = await this.#owner(tenantId, input.clientUuid ?? null);
      const role = store.create({
        tenantId,
        id: newId(),
        clientUuid,
        name,
        description:
          input.description == null ? null : requireText(input.description, 'input.description', DESCRIPTION),
        permissions,
        attributes,
        builtin: false,
        createdAt: now,
        updatedAt: now,
      });
      await this.#flushMapped();
      await this.#addChildren(authority, role, input.childIds ?? [], 'input.childIds');
      const children = await findRoles(store, tenantId, input.children ?? [], 'input.children');
      await this.#addChildren(authority, role, toIds(children), 'input.children');
      this.#record(authority, role, roleEvents['role.created']);
      return role;
    });
  }

  /**
   * Changes what the input names. The caller must hold the permissions it adds, but not those the role already has; with reach
   * `all` where the role was granted on another tenant.
   * @throws NOT_FOUND, ROLE_BUILTIN, ROLE_NAME_TAKEN, ROLE_NOT_FOUND, ROLE_CYCLE, PERMISSION_UNKNOWN,
   *   PERMISSION_MASTER_ONLY
   * @throws PERMISSION_ESCALATION, ACCOUNT_GUARDED, ADMINISTRATOR_LAST
   */
  async update(authority: Authority, id: string, input: UpdateRole): Promise<Role> {
    const { clock, db, store } = this.#deps;
    return db.transaction(async () => {
      // Two concurrent changes that are valid alone could form a cycle, or give on another tenant what nobody checked there.
      if (isOfPowers(input)) await store.lockGrants(authority.tenant.id);
      const role = await this.#lock(authority, id, isOfContents(input));
      const changed = await this.#assign(authority, role, input);
      await this.#flushMapped();
      if (await this.#changeChildren(authority, role, input)) changed.push('children');
      if (changed.length === 0) return role;
      role.updatedAt = clock.now();
      this.#record(authority, role, roleEvents['role.updated'], { changed });
      return role;
    });
  }

  /** Deletes a role with its grants. @throws NOT_FOUND, ROLE_BUILTIN, ACCOUNT_GUARDED, ADMINISTRATOR_LAST */
  async delete(authority: Authority, id: string): Promise<Role> {
    const { db, guarded, store } = this.#deps;
    return db.transaction(async () => {
      await store.lockGrants(authority.tenant.id);
      const role = await this.#lock(authority, id);
      await guarded.keepingAdministrators(authority, () => store.delete(role.tenantId, role.id));
      this.#record(authority, role, roleEvents['role.deleted']);
      return role;
    });
  }

  /** A change of a role affects all its holders, so a role that acts in other tenants is guarded as its holders are. */
  async #lock(authority: Authority, id: string, isOfContents = false): Promise<Role> {
    const { guarded, store } = this.#deps;
    const { caller, tenant } = authority;
    const role = await store.lock(tenant.id, id);
    if (role === null) throw kernelErrors.NOT_FOUND();
    const isFixed = role.builtin && !(isOfContents && isDefaultRole(role, tenant.name));
    if (isFixed && caller.kind !== 'system') throw roleErrors.ROLE_BUILTIN();
    await guarded.assertMayTouch(authority, [role.id]);
    return role;
  }

  async #assign(authority: Authority, role: Role, input: UpdateRole): Promise<string[]> {
    const next: Partial<Role> = {
      ...(input.name === undefined ? {} : { name: requireText(input.name, 'input.name', NAME) }),
      ...(input.description === undefined
        ? {}
        : {
            description:
              input.description === null ? null : requireText(input.description, 'input.description', DESCRIPTION),
          }),
      ...(input.permissions === undefined
        ? {}
        : { permissions: checkedPermissions('input.permissions', input.permissions).sort() }),
      ...(input.attributes === undefined ? {} : { attributes: attributesAfter(role, input.attributes, input) }),
    };
    const added = (next.permissions ?? []).filter((scope) => !role.permissions.includes(scope));
    await this.#assertMayAdd(authority, role, added);
    const changed = Object.keys(next).filter(
      (key) => !isSameJson(next[key as keyof Role], role[key as keyof Role] ?? null),
    );
    Object.assign(role, next);
    return changed;
  }

  async #changeChildren(authority: Authority, role: Role, input: UpdateRole): Promise<boolean> {
    const { addChildIds = [], removeChildIds = [] } = input;
    const isAdded = await this.#addChildren(authority, role, addChildIds, 'input.addChildIds');
    if (removeChildIds.length === 0) return isAdded;
    await this.#assertExist(role.tenantId, removeChildIds, 'input.removeChildIds');
    const remove = () => this.#removeChildren(role, removeChildIds);
    return (await this.#deps.guarded.keepingAdministrators(authority, remove)) || isAdded;
  }

  /**
   * Requires that the caller may give all holders of the role more, on each tenant on which they have it.
   * @param added Native permissions.
   * @throws PERMISSION_MASTER_ONLY, PERMISSION_ESCALATION
   */
  async #assertMayAdd(authority: Authority, role: Role, added: readonly string[]): Promise<void> {
    const grants = parsePermissions(added);
    if (grants.length === 0) return;
    assertMayGrant(authority, grants);
    if (await this.#deps.guarded.actElsewhere(authority, [role.id])) assertMayGrant(authority, widened(grants));
  }

  /** @returns Whether any child is new. */
  async #addChildren(authority: Authority, role: Role, ids: readonly string[], path: string): Promise<boolean> {
    if (ids.length === 0) return false;
    const { effective, store } = this.#deps;
    await this.#assertExist(role.tenantId, ids, path);
    const inside = new Set(await this.#childIds(role));
    const added = [...new Set(ids)].filter((id) => !inside.has(id));
    const contents = await effective.contents(role.tenantId, added);
    if (contents.some(({ roleId }) => roleId === role.id)) throw roleErrors.ROLE_CYCLE();
    const permissions = contents.flatMap((each) => each.permissions);
    await this.#assertMayAdd(authority, role, permissions);
    await store.addChildren(role.tenantId, role.id, added);
    return added.length > 0;
  }

  /** @returns Whether any child was removed. */
  async #removeChildren(role: Role, ids: readonly string[]): Promise<boolean> {
    const inside = await this.#childIds(role);
    const removed = inside.filter((id) => ids.includes(id));
    await this.#deps.store.removeChildren(role.tenantId, role.id, removed);
    return removed.length > 0;
  }

  async #childIds(role: Role): Promise<string[]> {
    const children = await this.#deps.store.childrenOf(role.tenantId, [role.id]);
    return (children.get(role.id) ?? []).map(({ id }) => id);
  }

  async #assertExist(tenantId: string, ids: readonly string[], path: string): Promise<void> {
    if (ids.length > MAX_CHILDREN) throw invalidField(path, 'LIST_TOO_LONG', `At most ${MAX_CHILDREN} roles at once.`);
    const found = await this.#deps.store.findMany(tenantId, ids);
    const index = ids.findIndex((id) => !found.has(id));
    if (index >= 0) throw roleErrors.ROLE_NOT_FOUND().at(`${path}.${index}`);
  }

  async #owner(tenantId: string, clientUuid: string | null): Promise<string> {
    if (clientUuid === null) return TENANT_ROLE_CLIENT;
    if (await this.#deps.store.lockHolder(tenantId, 'client', clientUuid)) return clientUuid;
    throw roleErrors.ROLE_CLIENT_NOT_FOUND();
  }

  #record({ caller, tenant }: Authority, role: Role, type: EventType, params: Record<string, unknown> = {}): void {
    this.#deps.events.record(caller, tenant, { type, params: { roleId: role.id, name: role.name, ...params } });
  }

  async #flushMapped(): Promise<void> {
    try {
      await this.#deps.db.em.flush();
    } catch (error) {
      if (violatedConstraint(error) === 'roles__name') throw nameTaken();
      throw error;
    }
  }
}

/** Whether a role is the one that new users get: tenants choose what it contains. */
const isDefaultRole = ({ builtin, clientUuid, name }: Role, tenantName: string): boolean =>
  builtin && clientUuid === TENANT_ROLE_CLIENT && name === defaultRoleName(tenantName);

/** Whether a change can concern what a role gives. */
const isOfPowers = ({ permissions, addChildIds, removeChildIds }: UpdateRole): boolean =>
  [permissions, addChildIds, removeChildIds].some((value) => value !== undefined);

/** Whether a change concerns only what a role contains. */
const isOfContents = ({ addChildIds: _added, removeChildIds: _removed, ...others }: UpdateRole): boolean =>
  Object.values(others).every((value) => value === undefined);

const toIds = (roles: readonly Role[]): string[] => roles.map(({ id }) => id);

const attributesAfter = (
  { attributes }: Role,
  given: Readonly<Record<string, unknown>>,
  { replaceAttributes = false }: UpdateRole,
): Record<string, unknown> => mergedAttributes(replaceAttributes ? {} : (attributes ?? {}), given, 'input.attributes');

const nameTaken = (): IdentityError => roleErrors.ROLE_NAME_TAKEN().at('input.name');

/** The roles of rows, by name and then by id. Roles that were deleted since are left out. */
function toRoles(rows: readonly EffectiveRole[], roles: ReadonlyMap<string, Role>): Role[] {
  return rows
    .flatMap(({ roleId }) => roles.get(roleId) ?? [])
    .sort((a, b) => compareTexts(a.name, b.name) || compareTexts(a.id, b.id));
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
