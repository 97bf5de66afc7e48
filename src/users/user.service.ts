import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import { type Clock, invalidField, kernelErrors } from '../kernel/index.ts';
import type { ColumnSet, Database, PageRequest, PageResult } from '../persistence/index.ts';
import type { GuardedAccounts, RoleStore } from '../roles/index.ts';
import type { TenantDirectory, TenantSettings } from '../tenants/index.ts';
import { unmodifiableFaults } from './attribute-rules.ts';
import { attributeMapFaults } from './attributes.ts';
import { assertInReach } from './change-reach.ts';
import { assertEmailIsUsername, assertNoServiceAccountName } from './given-username.ts';
import { type PreparedUser, prepareAccount } from './new-accounts.ts';
import { assertProfile, concernsProfile, profileRoleOf } from './profile-rules.ts';
import { takenBy } from './taken-names.ts';
import { assertAttributes, counting, countingInput } from './tenant-rules.ts';
import type { TenantAdministrator, TenantUsersStore } from './tenant-users.store.ts';
import type { User } from './user.entity.ts';
import { userErrors } from './user.errors.ts';
import { userEvents } from './user.events.ts';
import type { UserKeys, UserStore } from './user.store.ts';
import { assertBatchLength, unitsOf } from './user-batch.ts';
import { UserChange } from './user-change.ts';
import { type CreatedListener, type MadeListener, UserCreation } from './user-creation.ts';
import { filterFaults } from './user-filter-faults.ts';
import { identifiersOf } from './user-identifier.store.ts';
import {
  acceptanceIn,
  type CreateUser,
  checkedInput,
  TERMS_AND_CONDITIONS,
  TERMS_ATTRIBUTE,
  throwFaults,
  type UserInput,
} from './user-input.ts';
import { canonicalUserId, fold, IDENTIFIER_KINDS } from './user-names.ts';
import type { UserFilter, UserOrder } from './user-page.ts';
import type { UserResult } from './user-result.ts';

export interface UserServiceDeps {
  readonly db: Database;
  readonly store: UserStore;
  readonly tenantUsers: TenantUsersStore;
  readonly directory: TenantDirectory;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange' | 'assertMayEnd'>;
  readonly roles: Pick<RoleStore, 'deleteGrantsOf'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

export interface UpdateOptions {
  /** Whether attributes that are not named are removed, where some are given. Default false. */
  readonly replacesAttributes?: boolean;
}

/** Most names of one answer, which then has 640 KB; a service with more tenants names some of them. */
const MAX_TENANTS = 10_000;

/** What happens when an account has another username. The user has the new one. */
export type RenamedListener = (authority: Authority, user: User) => Promise<void>;

/** Rules of user accounts. */
export class UserService {
  readonly #deps: UserServiceDeps;
  readonly #creation: UserCreation;
  readonly #renamed: RenamedListener[] = [];

  constructor(deps: UserServiceDeps) {
    this.#deps = deps;
    this.#creation = new UserCreation(deps);
  }

  /** Registers what happens in the unit of work that makes users; nothing for service accounts. */
  onCreated(listener: CreatedListener): void {
    this.#creation.onCreated(listener);
  }

  /** Registers what happens in the unit of work that gives an account another username. */
  onRenamed(listener: RenamedListener): void {
    this.#renamed.push(listener);
  }

  /** The user with this id, or null. @throws FORBIDDEN Only the caller's own account is in reach, and this is another. */
  find(authority: Authority, id: string): Promise<User | null>;
  /** @param columns What is read of the user beside its keys; null: all. */
  find(authority: Authority, id: string, columns: ColumnSet | null): Promise<UserKeys | null>;
  async find(authority: Authority, id: string, columns: ColumnSet | null = null): Promise<UserKeys | null> {
    authority.requireAccount(canonicalUserId(id));
    return this.#deps.store.findById(authority.tenant.id, id, columns);
  }

  /** The user with this id, or null. The caller of this method must check the permission to read it. */
  findIn(tenantId: string, id: string): Promise<User | null> {
    return this.#deps.store.findById(tenantId, id);
  }

  /** Users by their ids; unknown ids are left out. The caller of this method must check the permission to read them. */
  findMany(tenantId: string, ids: readonly string[]): Promise<ReadonlyMap<string, User>>;
  /** @param columns What is read of each beside its keys; null: all. */
  findMany(tenantId: string, ids: readonly string[], columns: ColumnSet | null): Promise<ReadonlyMap<string, UserKeys>>;
  findMany(
    tenantId: string,
    ids: readonly string[],
    columns: ColumnSet | null = null,
  ): Promise<ReadonlyMap<string, UserKeys>> {
    return this.#deps.store.findMany(tenantId, ids, columns);
  }

  /** How many users many tenants have, by id; absent = none. The caller of this method must check the permission to read it. */
  countsOf(tenantIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#deps.tenantUsers.counts(tenantIds);
  }

  /** The users whom many tenants were made with, by the ids of the tenants. The caller of this method must check the permission. */
  administratorsOf(tenantIds: readonly string[]): Promise<ReadonlyMap<string, TenantAdministrator>> {
    return this.#deps.tenantUsers.administrators(tenantIds);
  }

  /** The user with this username, ignoring case, or null. @throws FORBIDDEN as `find`, whether or not there is one. */
  findByUsername(authority: Authority, username: string): Promise<User | null>;
  /** @param columns What is read of the user beside its keys; null: all. */
  findByUsername(authority: Authority, username: string, columns: ColumnSet | null): Promise<UserKeys | null>;
  async findByUsername(
    authority: Authority,
    username: string,
    columns: ColumnSet | null = null,
  ): Promise<UserKeys | null> {
    const user = await this.#deps.store.findByUsername(authority.tenant.id, username, columns);
    authority.requireAccount(user?.id ?? '');
    return user;
  }

  /** Those of some usernames that users of the tenant have, ignoring case. @throws FORBIDDEN as `find` */
  async takenUsernames(authority: Authority, usernames: readonly string[]): Promise<ReadonlySet<string>> {
    authority.requireAccount('');
    const kinds = await this.#deps.store.identifiers.kindsOf(authority.tenant.id, usernames.map(fold));
    const isTaken = (name: string): boolean => ((kinds.get(fold(name)) ?? 0) & IDENTIFIER_KINDS.username) !== 0;
    return new Set(usernames.filter(isTaken));
  }

  /** Whether a user has an e-mail address, ignoring case, which only one may have. @throws FORBIDDEN as `find` */
  async isUniqueEmailTaken(authority: Authority, email: string): Promise<boolean> {
    authority.requireAccount('');
    const { identifiers } = this.#deps.store;
    return (await identifiers.userIdOf(authority.tenant.id, fold(email), IDENTIFIER_KINDS.email)) !== null;
  }

  /**
   * Names of tenants that have a user with a username, ascending. Callers whose permission does not reach all tenants see
   * their tenant alone, so that no tenant learns the usernames of its neighbours.
   * @param name A username, ignoring case, or the id of a user of the tenant, which stands for its username. An id of the tenant
   *   comes before a username of another one, so that the answer is about the user whom the id names there.
   */
  async tenantsOf(authority: Authority, name: string): Promise<string[]> {
    authority.requireAccount('');
    const { store } = this.#deps;
    const { tenant } = authority;
    const own = (await store.findByUsername(tenant.id, name)) ?? (await store.findById(tenant.id, name));
    if (!authority.holds([{ permission: 'user:read', reach: 'all' }])) return own === null ? [] : [tenant.name];
    return (await store.tenantsOfUsername(own?.username ?? name, MAX_TENANTS)).sort();
  }

  /**
   * @throws FORBIDDEN Only the caller's own account is in reach.
   * @throws INVALID_INPUT The filter, the page or a cursor.
   */
  page(authority: Authority, filter: UserFilter, order: UserOrder, request: PageRequest): Promise<PageResult<User>>;
  /** @param columns What is read of each user beside its keys; null: all. */
  page(
    authority: Authority,
    filter: UserFilter,
    order: UserOrder,
    request: PageRequest,
    columns: ColumnSet | null,
  ): Promise<PageResult<UserKeys>>;
  async page(
    authority: Authority,
    filter: UserFilter,
    order: UserOrder,
    request: PageRequest,
    columns: ColumnSet | null = null,
  ): Promise<PageResult<UserKeys>> {
    authority.requireAccount('');
    throwFaults(filterFaults(filter, 'filter'));
    return this.#deps.store.page(authority.tenant.id, filter, order, request, columns);
  }

  /**
   * @throws USER_ID_INVALID, USER_USERNAME_INVALID, USER_EMAIL_INVALID, USER_PHONE_INVALID, USER_ATTRIBUTE_INVALID,
   *   USER_ATTRIBUTE_REFUSED, INVALID_INPUT
   * @throws USER_ID_TAKEN, USER_USERNAME_TAKEN, USER_EMAIL_TAKEN Another user has one of the names; the code says as what.
   */
  async create(authority: Authority, given: CreateUser): Promise<User> {
    return this.insert(authority, await this.prepare(authority, given));
  }

  /** The first half of `create`: checks the input, outside any transaction. @throws As `create`, except for taken names. */
  async prepare(authority: Authority, given: CreateUser): Promise<PreparedUser> {
    return prepareAccount(await this.#settings(authority), given);
  }

  /**
   * The second half of `create`: inserts the account.
   * @throws USER_ID_TAKEN, USER_USERNAME_TAKEN, USER_EMAIL_TAKEN, and what the settings of the tenant refuse by now
   */
  async insert(authority: Authority, account: PreparedUser): Promise<User> {
    return this.#deps.db.transaction(async () => {
      const [result] = await this.#creation.insertMany(authority, [account]);
      if (result!.error !== null) throw result!.error;
      return result!.user!;
    });
  }

  /**
   * Creates users independently, 200 in a unit of work: the refusal of one does not affect the others. Of those that want the same
   * name the first gets it.
   * @param inputs 1 to 1,000.
   * @param onMade Called in each unit of work with the users that it made. If it refuses, the unit is refused as a whole.
   * @returns What became of each, in the order of the inputs, with the errors of `create`.
   * @throws INVALID_INPUT There are none, or more than 1,000.
   */
  async createMany<T extends CreateUser>(
    authority: Authority,
    inputs: readonly T[],
    onMade: MadeListener<T> = () => Promise.resolve(),
  ): Promise<UserResult[]> {
    assertBatchLength(inputs.length, 'input.users');
    const settings = await this.#settings(authority);
    const results: UserResult[] = [];
    for (const part of unitsOf(inputs))
      results.push(...(await this.#creation.createUnit(authority, settings, part, onMade)));
    return results;
  }

  /**
   * Inserts prepared accounts in the open unit of work; without one, in a new one. Of those that want the same name the first gets it.
   * @param accounts Up to 1,000.
   * @returns What became of each, in their order, with the errors of `insert`.
   * @throws FORBIDDEN The caller may not make users, because of what each new user gets.
   */
  insertMany(authority: Authority, accounts: readonly PreparedUser[]): Promise<UserResult[]> {
    return this.#creation.insertMany(authority, accounts);
  }

  /**
   * Creates the service account of a client. It has the UUID of the client as its id and never signs in, so what the tenant
   * demands of the accounts of people does not concern it.
   * @throws USER_ID_TAKEN, USER_USERNAME_TAKEN
   */
  insertServiceAccount(authority: Authority, clientUuid: string, username: string): Promise<User> {
    return this.#creation.insertServiceAccount(authority, clientUuid, username);
  }

  /** The service account of a client, or null. The caller of this method must check the permission to read it. */
  async findServiceAccount(tenantId: string, clientUuid: string): Promise<User | null> {
    const user = await this.findIn(tenantId, clientUuid);
    return user?.serviceClientId === clientUuid ? user : null;
  }

  /**
   * Changes what is given and leaves the rest; one event per changed thing.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED, USER_ATTRIBUTE_UNMODIFIABLE and the refusals of `create`
   * @throws REAUTHENTICATION_REQUIRED Users change their own e-mail address only soon after a sign-in (check 54).
   * @throws FORBIDDEN An API key changes the username, the e-mail address or the phone number of its owner.
   */
  async update(
    authority: Authority,
    userId: string,
    given: UserInput,
    { replacesAttributes = false }: UpdateOptions = {},
  ): Promise<User> {
    const id = canonicalUserId(userId);
    authority.requireAccount(id);
    const input = checkedInput(given, id);
    if (input.username === null) throw userErrors.USER_USERNAME_INVALID({ message: 'A user has a username.' });
    if (input.notBefore != null && input.notBefore > this.#now())
      throw invalidField('input.notBefore', 'MOMENT_FUTURE', 'The moment must not be in the future.');
    return this.#deps.db.transaction(async () => {
      const settings = await this.#deps.directory.holdSettings(authority.tenant.id);
      assertAttributes(settings, input);
      const user = await this.lock(authority, id);
      const change = new UserChange(user);
      const { username } = user;
      assertEmailIsUsername(settings, input.username, input.email === undefined ? user.email : input.email);
      const role = profileRoleOf(authority);
      // The accounts of applications have no profile.
      const rules = user.serviceClientId == null ? settings : { ...settings, userProfile: null };
      const stored = { of: user.attributes ?? {}, isReplaced: replacesAttributes };
      const kept = authority.reach === 'self' && replacesAttributes ? acceptanceIn(stored.of) : {};
      const attributes = input.attributes && { ...kept, ...counting(role, rules, input.attributes, stored) };
      change.apply({ ...countingInput(role, rules, input), attributes }, settings.emailIsUsername, replacesAttributes);
      if (!change.isAny) return user;
      assertInReach(authority, input, change, { settings, now: this.#now() });
      if (change.isNew('username') && user.serviceClientId == null) assertNoServiceAccountName(settings, input);
      // First of all, because it bounds what the profile looks at.
      throwFaults(attributeMapFaults(user.attributes ?? {}, 'input.attributes'));
      throwFaults(attributeMapFaults(user.profile ?? {}, 'input.profile'));
      if (concernsProfile(change.given)) assertProfile(rules, role, { ...user }, (name) => change.isRuledBy(name));
      throwFaults(unmodifiableFaults(settings.attributes, (name) => change.isOf(name)));
      user.updatedAt = this.#now();
      await this.#deps.db.em.flush();
      if (change.given.includes('username') || change.given.includes('email')) await this.#syncNames(user, settings);
      await this.#deps.store.replaceSearchRows(user);
      for (const { type, params } of change.events()) this.#record(authority, user, type, params);
      if (user.username !== username) for (const tell of this.#renamed) await tell(authority, user);
      return user;
    });
  }

  /**
   * Notes that a user has accepted the terms of the tenant: the second of that in the attribute `terms_and_conditions`, whatever rules
   * the tenant has for attributes, since the service writes it. Ends the demand. Inside a unit of work.
   * @throws USER_NOT_FOUND, FORBIDDEN
   */
  async acceptTerms(authority: Authority, userId: string): Promise<void> {
    const { em } = this.#deps.db;
    const user = await this.lock(authority, userId);
    const change = new UserChange(user);
    const acceptedAt = String(Math.floor(this.#now().getTime() / 1000));
    const requiredActions = (user.requiredActions ?? []).filter((action) => action !== TERMS_AND_CONDITIONS);
    change.apply({ attributes: { [TERMS_ATTRIBUTE]: acceptedAt }, requiredActions }, false, false);
    user.updatedAt = this.#now();
    await em.flush();
    await this.#deps.store.replaceSearchRows(user);
    for (const { type, params } of change.events()) this.#record(authority, user, type, params);
  }

  /**
   * Enables or disables an account. Enabling lifts the inactivity block as well. `flows/end-access` ends the sessions and
   * tokens of a disabled account.
   * @param reason Why it is disabled: `admin` unless a rule did it.
   * @returns The account, and whether anything changed.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED, ADMINISTRATOR_LAST
   */
  async setEnabled(
    authority: Authority,
    userId: string,
    enabled: boolean,
    reason = 'admin',
  ): Promise<{ readonly user: User; readonly changed: boolean }> {
    return this.#deps.db.transaction(async () => {
      const user = enabled ? await this.lock(authority, userId) : await this.lockToChange(authority, userId);
      const isChange = user.enabled !== enabled || (enabled && user.inactiveSince != null);
      if (!isChange) return { user, changed: false };
      if (!enabled) await this.#deps.guard.assertMayEnd(authority, user.id);
      const wasEnabled = user.enabled;
      user.enabled = enabled;
      user.disabledReason = enabled ? null : reason;
      if (enabled) user.inactiveSince = null;
      user.updatedAt = this.#now();
      await this.#deps.db.em.flush();
      if (wasEnabled !== enabled) {
        this.#record(
          authority,
          user,
          enabled ? userEvents['user.enabled'] : userEvents['user.disabled'],
          enabled ? {} : { reason },
        );
      } else this.#record(authority, user, userEvents['user.state_changed'], { state: 'active' });
      return { user, changed: true };
    });
  }

  /** Deletes an account and everything that belongs to it. @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED, ADMINISTRATOR_LAST */
  async delete(authority: Authority, userId: string): Promise<User> {
    const id = canonicalUserId(userId);
    authority.requireAccount(id);
    return this.#deps.db.transaction(async () => {
      const user = await this.lockToChange(authority, id);
      await this.#deps.guard.assertMayEnd(authority, id);
      // Flush now: the entity must not be written back after its row is deleted.
      await this.#deps.db.em.flush();
      await this.deleteLocked(authority, [user]);
      return user;
    });
  }

  /**
   * Deletes accounts and everything that belongs to them, in the open unit of work in which they were locked. The caller of this
   * method must check that they may be deleted.
   */
  async deleteLocked(authority: Authority, users: readonly User[]): Promise<void> {
    const { roles, store, tenantUsers } = this.#deps;
    if (users.length === 0) return;
    const tenantId = authority.tenant.id;
    const ids = users.map(({ id }) => id);
    await roles.deleteGrantsOf(tenantId, 'user', ids);
    await store.deleteMany(tenantId, ids);
    // Service accounts are not among the users that are counted.
    const counted = users.filter(({ serviceClientId }) => serviceClientId == null).length;
    if (counted > 0) await tenantUsers.add(tenantId, -counted);
    for (const user of users) this.#record(authority, user, userEvents['user.deleted'], { username: user.username });
  }

  /**
   * Accounts, in the order of their ids, locked until the open unit of work ends. Settings are held before, as by `lockToChange`.
   * The caller of this method must check that they may be changed.
   * @param userIds In their stored spelling; unknown ids are left out.
   * @throws FORBIDDEN Only the caller's own account is in reach.
   */
  async lockMany(authority: Authority, userIds: readonly string[]): Promise<User[]> {
    authority.requireAccount('');
    await this.#deps.directory.holdSettings(authority.tenant.id);
    return this.#deps.store.lockMany(authority.tenant.id, userIds);
  }

  /**
   * The account, locked until the open unit of work ends: users are locked before their sessions and tokens.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED
   */
  async lock(authority: Authority, userId: string): Promise<User> {
    const id = canonicalUserId(userId);
    authority.requireAccount(id);
    const user = await this.#deps.store.lock(authority.tenant.id, id);
    if (user === null) throw userErrors.USER_NOT_FOUND();
    await this.#deps.guard.assertMayChange(authority, 'user', id);
    return user;
  }

  /**
   * As `lock`, for a unit of work that goes on to change, disable or delete the account: settings are held before rows are
   * locked, because a change of settings may wait for the rows of accounts.
   * @throws USER_NOT_FOUND, FORBIDDEN, ACCOUNT_GUARDED
   */
  async lockToChange(authority: Authority, userId: string): Promise<User> {
    await this.#deps.directory.holdSettings(authority.tenant.id);
    return this.lock(authority, userId);
  }

  async #settings(authority: Authority): Promise<TenantSettings> {
    const tenant = await this.#deps.directory.byId(authority.tenant.id);
    if (tenant === null) throw kernelErrors.NOT_FOUND({ message: 'There is no such tenant.' });
    return tenant.settings;
  }

  async #syncNames(user: User, { uniqueEmail }: TenantSettings): Promise<void> {
    const { identifiers } = this.#deps.store;
    const conflict = await identifiers.replace(user.tenantId, user.id, identifiersOf(user, uniqueEmail));
    if (conflict !== null) throw takenBy(conflict);
  }

  #record(
    authority: Authority,
    user: User,
    type: Parameters<EventLog['record']>[2]['type'],
    params: Readonly<Record<string, unknown>>,
  ): void {
    this.#deps.events.record(authority.caller, authority.tenant, { type, subjectId: user.id, params });
  }

  #now(): Date {
    return this.#deps.clock.now();
  }
}
