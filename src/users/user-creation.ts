import type { Authority } from '../access/index.ts';
import type { EventLog } from '../events/index.ts';
import { type Clock, IdentityError } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { TenantDirectory, TenantSettings } from '../tenants/index.ts';
import {
  firstTaken,
  namesOf,
  namesToLookUp,
  type PreparedUser,
  prepareAccount,
  type SettledUser,
  settle,
} from './new-accounts.ts';
import { newRow } from './new-user-row.ts';
import { taken } from './taken-names.ts';
import type { TenantUsersStore } from './tenant-users.store.ts';
import type { User } from './user.entity.ts';
import { userEvents } from './user.events.ts';
import type { UserStore } from './user.store.ts';
import { resultsOf } from './user-batch.ts';
import type { NewName } from './user-identifier.store.ts';
import type { CreateUser } from './user-input.ts';
import { attempt, done, refused, type UserResult } from './user-result.ts';

export interface UserCreationDeps {
  readonly db: Database;
  readonly store: UserStore;
  readonly tenantUsers: TenantUsersStore;
  readonly directory: TenantDirectory;
  readonly events: EventLog;
  readonly clock: Clock;
}

/** What else happens in the unit of work that makes users. @param userIds At least one. */
export type CreatedListener = (authority: Authority, userIds: readonly string[]) => Promise<void>;

/** A user who was made, and what it was made from. */
interface Made<T> {
  readonly input: T;
  readonly user: User;
}

/** What else happens in a unit of work that makes users. */
export type MadeListener<T> = (made: readonly Made<T>[]) => Promise<void>;

type Refusals = Map<SettledUser, IdentityError>;

/** Inserts accounts, one or many with the same number of statements. */
export class UserCreation {
  readonly #deps: UserCreationDeps;
  readonly #created: CreatedListener[] = [];

  constructor(deps: UserCreationDeps) {
    this.#deps = deps;
  }

  /** Registers what happens in the unit of work that makes users; nothing for service accounts. */
  onCreated(listener: CreatedListener): void {
    this.#created.push(listener);
  }

  /**
   * Inserts accounts in one unit of work. Of those that want the same name the first gets it.
   * @param prepared Up to 1,000.
   * @returns What became of each, in their order.
   * @throws FORBIDDEN The caller may not make users, because of what each new user gets.
   */
  insertMany(authority: Authority, prepared: readonly PreparedUser[]): Promise<UserResult[]> {
    const { clock, db, directory } = this.#deps;
    // Copies, because the same account may be in the list twice.
    const accounts = prepared.map((account) => ({ ...account }));
    return db.transaction(async () => {
      const settings = await directory.holdSettings(authority.tenant.id);
      const making = { authority, settings, now: clock.now() };
      const results = new Map<PreparedUser, UserResult>();
      let waiting: readonly PreparedUser[] = accounts;
      while (waiting.length > 0) {
        const existing = await this.#existing(authority, waiting, settings);
        const { accepted, blocked, refused: faulty } = settle(making, waiting, existing);
        const lost = await this.#write(authority, accepted);
        for (const [account, error] of [...faulty, ...blocked]) results.set(account, refused(error));
        for (const user of accepted) results.set(user.account, toResult(user, lost));
        // Who was refused because of an account that was not made after all is tried again.
        waiting = lost.size === 0 ? [] : [...blocked.keys()];
      }
      const ids = accounts.flatMap((account) => results.get(account)!.user?.id ?? []);
      await this.#finish(authority, ids);
      return accounts.map((account) => results.get(account)!);
    });
  }

  /**
   * Checks and inserts accounts independently in one unit of work. If it is refused as a whole, so is each of them.
   * @param onMade Called in the unit of work with the users that it made.
   * @returns What became of each, in their order, with the errors of `UserService.create`.
   */
  async createUnit<T extends CreateUser>(
    authority: Authority,
    settings: TenantSettings,
    inputs: readonly T[],
    onMade: MadeListener<T>,
  ): Promise<UserResult[]> {
    const checked = inputs.map((input) => attempt(() => prepareAccount(settings, input)));
    const accounts = checked.filter((account): account is PreparedUser => !(account instanceof IdentityError));
    const results = await resultsOf(accounts.length, () =>
      this.#deps.db.transaction(async () => {
        const made = await this.insertMany(authority, accounts);
        const inputsOfAccounts = inputs.filter((_, at) => !(checked[at] instanceof IdentityError));
        await onMade(inputsOfAccounts.flatMap((input, at) => madeFrom(input, made[at]!)));
        return made;
      }),
    );
    const made = new Map(accounts.map((account, at) => [account, results[at]!]));
    return checked.map((account) => (account instanceof IdentityError ? refused(account) : made.get(account)!));
  }

  /** Inserts the service account of a client. @throws USER_ID_TAKEN, USER_USERNAME_TAKEN */
  async insertServiceAccount(authority: Authority, clientUuid: string, username: string): Promise<User> {
    const { clock, db, directory } = this.#deps;
    return db.transaction(async () => {
      const { id: tenantId } = authority.tenant;
      const settings = await directory.holdSettings(tenantId);
      const person = newRow(tenantId, clientUuid, username, {}, {}, clock.now());
      const row = { ...person, serviceClientId: clientUuid };
      const user = { account: { id: row.id, input: {}, attributes: {} }, row, names: namesOf(row, settings) };
      const refusal = (await this.#write(authority, [user])).get(user);
      if (refusal !== undefined) throw refusal;
      return row;
    });
  }

  async #existing(
    { tenant }: Authority,
    accounts: readonly PreparedUser[],
    settings: TenantSettings,
  ): Promise<ReadonlyMap<string, number>> {
    return this.#deps.store.identifiers.kindsOf(tenant.id, namesToLookUp(accounts, settings));
  }

  /** Defaults and the count of the tenant. */
  async #finish(authority: Authority, userIds: readonly string[]): Promise<void> {
    if (userIds.length === 0) return;
    for (const listener of this.#created) await listener(authority, userIds);
    await this.#deps.tenantUsers.add(authority.tenant.id, userIds.length);
  }

  /** @returns Those that were not made, because another transaction took their id or one of their names. */
  async #write({ caller, tenant }: Authority, users: readonly SettledUser[]): Promise<Refusals> {
    const { db, events, store } = this.#deps;
    if (users.length === 0) return new Map();
    // The statements below do not see what is not flushed, such as the tenant of its first user.
    await db.em.flush();
    const inserted = await store.insertMany(users.map(({ row }) => row));
    const there = users.filter(({ row }) => inserted.has(row.id));
    const late = users.filter(({ row }) => !inserted.has(row.id)).map((user) => [user, taken('id', 'id')] as const);
    const lost: Refusals = new Map([...late, ...(await this.#takeNames(tenant.id, there))]);
    const made = users.filter((user) => !lost.has(user)).map(({ row }) => row);
    await store.addSearchRows(tenant.id, made);
    for (const { id, username } of made)
      events.record(caller, tenant, { type: userEvents['user.created'], subjectId: id, params: { username } });
    return lost;
  }

  /** Gives accounts their names, and deletes those that lack one of them. @returns The deleted ones. */
  async #takeNames(tenantId: string, users: readonly SettledUser[]): Promise<Refusals> {
    const { store } = this.#deps;
    const refusedNames: readonly NewName[] = await store.identifiers.add(
      tenantId,
      users.flatMap(({ names }) => names),
    );
    if (refusedNames.length === 0) return new Map();
    const values = refusedNames.map(({ value }) => value);
    const known = await store.identifiers.kindsOf(tenantId, values);
    // Who had a name may have given it up since; then it counts as the kind that is wanted.
    const others = new Map(refusedNames.map(({ value, kinds }) => [value, known.get(value) ?? kinds]));
    const lost: Refusals = new Map();
    for (const user of users) {
      const error = firstTaken(user.names, others);
      if (error !== null) lost.set(user, error);
    }
    await store.deleteMany(
      tenantId,
      [...lost.keys()].map(({ row }) => row.id),
    );
    return lost;
  }
}

const madeFrom = <T>(input: T, { user }: UserResult): Made<T>[] => (user === null ? [] : [{ input, user }]);

function toResult(user: SettledUser, lost: ReadonlyMap<SettledUser, IdentityError>): UserResult {
  const error = lost.get(user);
  return error === undefined ? done(user.row) : refused(error);
}
