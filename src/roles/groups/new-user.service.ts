import { type Authority, PermissionSet } from '../../access/index.ts';
import type { EventLog } from '../../events/index.ts';
import { type Clock, kernelErrors } from '../../kernel/index.ts';
import type { EffectiveRoleStore } from '../effective.store.ts';
import { parsePermissions } from '../escalation.ts';
import { holderEvents } from '../holder.events.ts';
import { defaultRoleName } from '../realm-roles.ts';
import { holdsAllOf, type RolePermissions } from '../role-permissions.ts';
import type { DefaultGroupStore, GivenDefault } from './default-group.store.ts';

/** Calls back in the unit of work that makes users. `users/` implements it, because this module may not import `users/`. */
export interface NewUsers {
  onCreated(listener: (authority: Authority, userIds: readonly string[]) => Promise<void>): void;
}

export interface NewUserServiceDeps {
  readonly store: DefaultGroupStore;
  readonly effective: EffectiveRoleStore;
  readonly permissions: RolePermissions;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** What every new user gets, by whatever way it is made: the default groups and the default role. */
export class NewUserService {
  readonly #deps: NewUserServiceDeps;

  constructor(deps: NewUserServiceDeps) {
    this.#deps = deps;
  }

  /**
   * Gives users the defaults, inside the unit of work that makes them.
   * @throws FORBIDDEN The caller, who chooses how the users sign in, does not hold what the defaults give beyond the user's own
   *   account. People who register themselves get what the tenant gives everybody.
   */
  async give(authority: Authority, userIds: readonly string[]): Promise<void> {
    const { clock, store } = this.#deps;
    const { tenant } = authority;
    const given = await store.give(tenant.id, userIds, defaultRoleName(tenant.name), clock.now());
    if (given.length === 0) return;
    await this.#assertMayMake(authority, given);
    for (const one of given) this.#record(authority, one);
  }

  async #assertMayMake(authority: Authority, given: readonly GivenDefault[]): Promise<void> {
    const { caller } = authority;
    if (caller.kind === 'anonymous' || caller.kind === 'system' || caller.permissions.holdsEverything) return;
    if (
      (await this.#holdsRoles(authority, idsOf(given, 'role'))) &&
      (await this.#holdsGroups(authority, idsOf(given, 'group')))
    )
      return;
    throw kernelErrors.FORBIDDEN({ message: 'New users get permissions here that the caller does not have.' });
  }

  async #holdsRoles(authority: Authority, ids: readonly string[]): Promise<boolean> {
    const contents = await this.#deps.effective.contents(authority.tenant.id, ids);
    return authority.matches(new PermissionSet(parsePermissions(contents.flatMap(({ permissions }) => permissions))));
  }

  async #holdsGroups(authority: Authority, ids: readonly string[]): Promise<boolean> {
    const held = await this.#deps.permissions.heldByMany(authority.tenant.id, 'group', ids);
    return [...held.values()].every((one) => holdsAllOf(authority, one));
  }

  #record({ caller, tenant }: Authority, { kind, id, name, userId: subjectId }: GivenDefault): void {
    const draft =
      kind === 'group'
        ? { type: holderEvents['group_member.added'], params: { groupId: id, name } }
        : {
            type: holderEvents['role_grant.added'],
            params: { roleId: id, role: name, holderKind: 'user', holderId: subjectId },
          };
    this.#deps.events.record(caller, tenant, { ...draft, subjectId });
  }
}

/** Of one kind, each once. */
const idsOf = (given: readonly GivenDefault[], kind: GivenDefault['kind']): string[] => [
  ...new Set(given.filter((one) => one.kind === kind).map(({ id }) => id)),
];
