import type { Authority } from '../access/index.ts';
import type { ChangeGroup, EventDraft, EventLog } from '../events/index.ts';
import { type Clock, type FieldFault, invalidField } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import {
  type AccountSource,
  canonicalUserId,
  getAccountInReach,
  requireRecentSignInTo,
  requireUserId,
  type User,
  userErrors,
  userEvents,
} from '../users/index.ts';
import { type AccountState, accountStateOf, FOR_EVER } from './account-state.ts';
import { authModeErrors } from './auth-mode.errors.ts';
import { AUTH_MODE_RULES, type AuthModePatch, authModeFaults, UPDATE_PASSWORD } from './auth-mode.rules.ts';
import {
  type AuthModeChange,
  type AuthModeColumns,
  type AuthModeStore,
  CHANGE_ROWS,
  type RowChange,
} from './auth-mode.store.ts';
import type { CredentialStore } from './credential.store.ts';
import type { CredentialInfo } from './credential-reader.ts';

/** How an account may sign in. */
export interface AuthModes {
  readonly tenantId: string;
  readonly userId: string;
  /** 2 = a second factor is required; null = not. */
  readonly requiredFactor: 2 | null;
  /** Whether the password must be changed at the next sign-in. */
  readonly needPasswordChange: boolean;
  /** Sign-in methods the user may not use. */
  readonly methodsLocked: readonly string[];
  /** What the user has to do at the next sign-in, a change of the password included. */
  readonly requiredActions: readonly string[];
  readonly state: AccountState;
}

export interface AuthModeServiceDeps {
  readonly db: Database;
  readonly store: AuthModeStore;
  readonly users: AccountSource;
  readonly credentials: Pick<CredentialStore, 'findById' | 'ofUser' | 'ofUsers'>;
  readonly guard: Pick<GuardedAccounts, 'assertMayChange'>;
  readonly directory: Pick<TenantDirectory, 'byId'>;
  readonly events: EventLog;
  readonly clock: Clock;
}

type Columns = Pick<User, 'tenantId' | 'id' | 'requiredFactor'> & {
  readonly lockedMethods?: readonly string[] | null;
  readonly requiredActions?: readonly string[] | null;
};

/** Rules of auth modes and of the inactivity state. */
export class AuthModeService {
  readonly #deps: AuthModeServiceDeps;
  readonly #changes: ChangeGroup<RowChange>;

  constructor(deps: AuthModeServiceDeps) {
    this.#deps = deps;
    this.#changes = deps.events.changes(CHANGE_ROWS);
  }

  /** @throws USER_NOT_FOUND */
  async get(authority: Authority, userId: string): Promise<AuthModes> {
    return this.of(await getAccountInReach(this.#deps.users, authority, userId));
  }

  /** The credentials of the account in their order, else by type and ordinal, without secrets. @throws USER_NOT_FOUND */
  async credentials(authority: Authority, userId: string): Promise<readonly CredentialInfo[]> {
    const { userId: id } = await this.get(authority, userId);
    return this.#deps.credentials.ofUser(authority.tenant.id, id);
  }

  /** The credential with this id, without its secret, or null. The caller of this method must check the permission to read it. */
  findCredentialIn(tenantId: string, id: string): Promise<CredentialInfo | null> {
    return this.#deps.credentials.findById(tenantId, id);
  }

  /** The credentials of many users, without secrets. The caller of this method must check the permission to read them. */
  credentialsOfUsers(
    tenantId: string,
    userIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly CredentialInfo[]>> {
    return this.#deps.credentials.ofUsers(tenantId, userIds);
  }

  /** The auth modes in a user's row. */
  of(user: User): AuthModes {
    return shown(user as Columns, accountStateOf(user, this.#deps.clock.now()));
  }

  /**
   * Changes the named members, all or none, with one event per member that changed.
   * @param patch As the caller sent it; the method checks the values.
   * @throws AUTH_MODE_VALUE_INVALID One field per value that may not be assigned.
   * @throws AUTH_MODE_NO_SECOND_FACTOR `requiredFactor: 2` for an account that has no second factor.
   * @throws REAUTHENTICATION_REQUIRED The caller changes its own second factor and its sign-in is too old.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED
   */
  async update(authority: Authority, userId: string, patch: AuthModePatch): Promise<AuthModes> {
    authority.requireAccount(canonicalUserId(userId));
    const faults = authModeFaults(patch);
    if (faults.length > 0) throw authModeErrors.AUTH_MODE_VALUE_INVALID({ fields: faults });
    if (patch.requiredFactor !== undefined) await requireRecentSignInTo(this.#deps, authority, canonicalUserId(userId));
    return this.#change(authority, userId, (row) => changesOf(row, patch));
  }

  /**
   * Exempts an account from the block for inactivity, and ends a present block (docs/data-model.md).
   * @param until Null = for ever; a time that is not in the future ends the exemption.
   * @throws ACCOUNT_STATE_VALUE_INVALID, USER_NOT_FOUND, ACCOUNT_GUARDED
   */
  async exempt(authority: Authority, userId: string, until: Date | null): Promise<AuthModes> {
    const end = until ?? FOR_EVER;
    if (!(end.getTime() >= 0 && end <= FOR_EVER))
      throw authModeErrors.ACCOUNT_STATE_VALUE_INVALID().at('input.exemptUntil');
    const now = this.#deps.clock.now();
    return this.#change(authority, userId, (row) => exemption(row, end, now));
  }

  /**
   * Ends the demand for actions at the next sign-in, that for a change of the password included. Actions that are not
   * demanded are ignored.
   * @param actions Names, ignoring case; `-` and `_` are the same.
   * @throws USER_NOT_FOUND, ACCOUNT_GUARDED
   * @throws INVALID_INPUT More names than an account can have.
   */
  async revokeRequiredActions(authority: Authority, userId: string, actions: readonly string[]): Promise<AuthModes> {
    if (actions.length > MAX_REVOKED) {
      throw invalidField('input.actions', 'LIST_LENGTH', `At most ${MAX_REVOKED} actions are revoked at once.`);
    }
    const revoked = new Set(actions.map(foldAction));
    return this.#change(authority, userId, (row) => withoutActions(row, revoked));
  }

  async #change(authority: Authority, userId: string, decide: Decide): Promise<AuthModes> {
    const { db, store, guard } = this.#deps;
    const id = requireUserId(userId);
    const { tenant } = authority;
    // Call the guard before any transaction, because it reads through a cache.
    await guard.assertMayChange(authority, 'user', id);
    const read = await store.find(tenant.id, id);
    const changed = await this.#write(authority, read, decide);
    if (changed !== null) return changed;
    // Another transaction locks the row, or changed it between the read and the write. Repeat both with the row locked.
    return db.transaction(async () => (await this.#write(authority, await store.lock(tenant.id, id), decide))!);
  }

  /**
   * Decides about a row and writes the result.
   * @returns Null when another transaction locks the row or changed it since it was read.
   */
  async #write(authority: Authority, row: AuthModeColumns | null, decide: Decide): Promise<AuthModes | null> {
    const { caller, tenant } = authority;
    if (row === null) throw userErrors.USER_NOT_FOUND();
    const { change, drafts } = decide(row);
    const now = this.#deps.clock.now();
    const after = { ...row, ...change, tenantId: tenant.id, updatedAt: now };
    if (drafts.length > 0) {
      const ofUser = drafts.map((draft) => ({ ...draft, subjectId: row.id }));
      if (!(await this.#changes.make(caller, tenant, after, ofUser))) return null;
    }
    return shown(after, accountStateOf(after, now));
  }
}

type Decide = (row: AuthModeColumns) => Decision;

/** Result of a patch for one row: the columns to write and the events that report them. */
interface Decision {
  readonly change: AuthModeChange;
  readonly drafts: readonly EventDraft[];
}

/** @throws AUTH_MODE_NO_SECOND_FACTOR */
function changesOf(row: AuthModeColumns, patch: AuthModePatch): Decision {
  const faults: FieldFault[] = [];
  const change: AuthModeChange = {};
  const drafts: EventDraft[] = [];
  for (const rule of AUTH_MODE_RULES) {
    const value = patch[rule.member];
    if (value === undefined) continue;
    const fault = rule.refusal?.(row, value) ?? null;
    if (fault !== null) faults.push(fault);
    const columns = rule.change(row, value);
    if (columns === null) continue;
    Object.assign(change, columns);
    drafts.push({ type: rule.event, params: { value } });
  }
  if (faults.length > 0) {
    throw authModeErrors.AUTH_MODE_NO_SECOND_FACTOR({ message: faults[0]!.message, fields: faults });
  }
  return { change, drafts };
}

/** More names than an account can have actions. */
const MAX_REVOKED = 100;

/** Clients spell actions in several ways: `UPDATE_PASSWORD`, `update-password`. */
const foldAction = (action: string): string => action.toLowerCase().replaceAll('-', '_');

function withoutActions({ requiredActions: before }: AuthModeColumns, revoked: ReadonlySet<string>): Decision {
  const requiredActions = before.filter((action) => !revoked.has(foldAction(action)));
  if (requiredActions.length === before.length) return { change: {}, drafts: [] };
  const type = userEvents['auth_mode.required_actions_changed'];
  return { change: { requiredActions }, drafts: [{ type, params: { requiredActions } }] };
}

function exemption(row: AuthModeColumns, end: Date, now: Date): Decision {
  const isExempt = end > now;
  const exemptUntil = isExempt ? end : null;
  const inactiveSince = isExempt ? null : row.inactiveSince;
  const isSame =
    row.exemptUntil?.getTime() === exemptUntil?.getTime() && row.inactiveSince?.getTime() === inactiveSince?.getTime();
  if (isSame) return { change: {}, drafts: [] };
  const params = { value: isExempt ? 'untouchable' : 'cancelled', until: end < FOR_EVER ? end : null };
  return { change: { exemptUntil, inactiveSince }, drafts: [{ type: userEvents['user.state_changed'], params }] };
}

function shown(row: Columns, state: AccountState): AuthModes {
  return {
    tenantId: row.tenantId,
    userId: row.id,
    requiredFactor: row.requiredFactor === 2 ? 2 : null,
    needPasswordChange: (row.requiredActions ?? []).includes(UPDATE_PASSWORD),
    methodsLocked: row.lockedMethods ?? [],
    requiredActions: row.requiredActions ?? [],
    state,
  };
}
