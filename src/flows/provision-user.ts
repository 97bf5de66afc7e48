import type { Authority, PermissionGrant } from '../access/index.ts';
import {
  type ForeignCredential,
  type ForeignCredentialService,
  type PasswordMode,
  type ReadCredentials,
  readForeignCredentials,
  UPDATE_PASSWORD,
} from '../auth-modes/index.ts';
import { IdentityError, invalidField, kernelErrors } from '../kernel/index.ts';
import type { Database } from '../persistence/index.ts';
import type { GroupMemberService, RoleGrantService, RoleReference, TreeReference } from '../roles/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import {
  type AddressService,
  assertBatchLength,
  type CreateUser,
  canonicalUserId,
  refused,
  type StandardAddress,
  type UpdateOptions,
  type User,
  type UserInput,
  type UserResult,
  type UserService,
  userErrors,
} from '../users/index.ts';
import type { PasswordFlow } from './change-password.ts';
import type { EndAccessFlow } from './end-access/index.ts';
import { insertAccount, prepareAccount } from './new-account.ts';

/** What an account is given besides its own values. */
export interface AccountAccess {
  /** Default: none for a new account; an existing one keeps its password. */
  readonly password?: string | null;
  /** Whether to demand a change of the password at the next sign-in. Default false. */
  readonly isPasswordTemporary?: boolean;
  /** Roles to grant, at most 200; those that the account has stay. */
  readonly roles?: readonly RoleReference[];
  /** Groups to join, at most 200; other memberships stay. */
  readonly groups?: readonly TreeReference[];
  /** Its addresses as standard profiles have them, at most 50, in place of those that it has. Default: they stay. */
  readonly addresses?: readonly StandardAddress[];
}

/** What is mailed to users who are made without anything by which they could sign in. */
export interface NewUserMail {
  /** Mails the users, at least one, after the commit of the unit of work that makes them. */
  readonly send: (users: readonly User[]) => Promise<void>;
}

/** A new account with its password, roles and groups. */
export interface ProvisionUser extends CreateUser, AccountAccess {
  /** Credentials that another service made, at most 100, with one password among them and `password`. */
  readonly credentials?: readonly ForeignCredential[];
  /** Sent if the account gets neither a password nor credentials. Null or absent: nothing is mailed. */
  readonly mail?: NewUserMail | null;
}

/** One of many new accounts, with its roles. */
export interface ListedUser extends CreateUser {
  /** Finds the roles to grant, at most 200; called only if the caller may grant roles. Absent: there are none. */
  readonly findRoles?: () => Promise<readonly RoleReference[]>;
}

/** Changes to an account, its password, roles and groups. */
export interface ConfigureUser extends UserInput, AccountAccess, UpdateOptions {
  readonly enabled?: boolean;
  /** Roles to withdraw before others are granted, at most 200; those that the account does not have are skipped. */
  readonly removedRoles?: readonly RoleReference[];
  /** Nothing changes where the account has another id. */
  readonly expectedId?: string;
  /** Whether a username counts although the tenant's setting `changeUsername` is off. Default false. */
  readonly canChangeUsername?: boolean;
}

export interface ProvisionUserFlowDeps {
  readonly db: Database;
  readonly directory: Pick<TenantDirectory, 'holdSettings'>;
  readonly users: Pick<UserService, 'prepare' | 'insert' | 'createMany' | 'update'>;
  readonly addresses: Pick<AddressService, 'giveToNew' | 'replaceAll'>;
  readonly passwords: Pick<PasswordMode, 'prepareNew' | 'add'>;
  readonly passwordFlow: Pick<PasswordFlow, 'set'>;
  readonly foreignCredentials: Pick<ForeignCredentialService, 'add'>;
  readonly endAccess: Pick<EndAccessFlow, 'setEnabled'>;
  readonly grants: Pick<RoleGrantService, 'assertMayGrantToNew' | 'grantMany' | 'grantToUsers' | 'revokeMany'>;
  readonly members: Pick<GroupMemberService, 'join'>;
}

const MAY_SET_PASSWORD: PermissionGrant = { permission: 'password:set', reach: 'tenant' };
const MAY_GRANT_ROLES: PermissionGrant = { permission: 'role-grant:write', reach: 'tenant' };
const MAY_ADD_MEMBERS: PermissionGrant = { permission: 'group-member:write', reach: 'tenant' };
/** Nobody here has typed these secrets, so they take what importing users with credentials takes. */
const MAY_IMPORT_CREDENTIALS: readonly PermissionGrant[] = [
  { permission: 'tenant:import', reach: 'tenant' },
  { permission: 'auth-mode:write', reach: 'tenant' },
  { permission: 'credential:write', reach: 'tenant' },
  MAY_SET_PASSWORD,
];

/** Most credentials of a new account that another service made. */
const MAX_CREDENTIALS = 100;

/** Creates and changes accounts together with their password, roles and groups, all or nothing. */
export class ProvisionUserFlow {
  readonly #deps: ProvisionUserFlowDeps;

  constructor(deps: ProvisionUserFlowDeps) {
    this.#deps = deps;
  }

  /**
   * Requires what a password, credentials, roles and groups take. To be called before anything that they name is looked up, so that nobody else
   * learns what there is.
   * @throws FORBIDDEN The caller does not hold `password:set`, `role-grant:write` or `group-member:write` for what is given, or for
   *   credentials of another service `tenant:import`, `auth-mode:write`, `credential:write` and `password:set`.
   */
  assertMayGive(authority: Authority, { password, credentials = [], roles = [], groups = [] }: Given): void {
    const needed = [
      ...(credentials.length > 0 ? MAY_IMPORT_CREDENTIALS : []),
      ...(password == null ? [] : [MAY_SET_PASSWORD]),
      ...(roles.length > 0 ? [MAY_GRANT_ROLES] : []),
      ...(groups.length > 0 ? [MAY_ADD_MEMBERS] : []),
    ];
    if (authority.holds(needed)) return;
    throw kernelErrors.FORBIDDEN({ detail: 'may not set passwords, grant roles or add members' });
  }

  /**
   * Creates an account.
   * @throws FORBIDDEN As `assertMayGive`.
   * @throws PERMISSION_ESCALATION The caller does not hold all permissions of the roles, nor of those of the groups.
   * @throws ROLE_NOT_FOUND, GROUP_NOT_FOUND, PASSWORD_POLICY, PASSWORD_TOO_LONG, INVALID_INPUT, and the errors of creating an
   *   account.
   */
  async provision(authority: Authority, input: ProvisionUser): Promise<User> {
    const { db, foreignCredentials } = this.#deps;
    const { addresses = [], password, isPasswordTemporary = false, credentials = [], ...others } = input;
    const { mail, roles, groups, ...account } = others;
    this.assertMayGive(authority, { password, credentials, roles, groups });
    const read = readable(credentials, password != null);
    const given = password ?? read.password;
    const isDemanded = (given != null && isPasswordTemporary) || read.demandsPassword;
    const wanted = isDemanded ? demandingChange(account) : account;
    const prepared = await prepareAccount(this.#deps, authority, wanted, given);
    return db.transaction(async () => {
      const user = await insertAccount(this.#deps, authority, prepared);
      const toAdd = read.foreign.map((credential) => ({ userId: user.id, ...credential }));
      if (toAdd.length > 0) await foreignCredentials.add(authority, toAdd);
      if (addresses.length > 0) await this.#deps.addresses.giveToNew(authority, user, addresses);
      await this.#give(authority, user.id, { roles, groups });
      if (given == null && toAdd.length === 0) await mail?.send([user]);
      return user;
    });
  }

  /**
   * Creates accounts with their roles independently, as `UserService.createMany` does: an account whose roles the caller may not
   * grant is refused like one whose name is taken.
   * @param inputs 1 to 1,000.
   * @param mail Sent to those who are made. Null: nothing is mailed.
   * @returns What became of each, in the order of the inputs, with the errors of `provision`.
   * @throws INVALID_INPUT There are none, or more than 1,000, or they get more than 5,000 roles together.
   */
  async provisionMany(
    authority: Authority,
    inputs: readonly ListedUser[],
    mail: NewUserMail | null = null,
  ): Promise<UserResult[]> {
    assertBatchLength(inputs.length, 'input.users');
    const roles = new Map<ListedUser, readonly RoleReference[] | IdentityError>();
    const checks = new Map<string, Promise<void>>();
    for (const input of inputs) roles.set(input, await this.#rolesFor(authority, input, checks));
    assertGrants([...roles.values()]);
    const accepted = inputs.filter((input) => !(roles.get(input) instanceof IdentityError));
    const made = accepted.length === 0 ? [] : await this.#makeMany(authority, accepted, roles, mail);
    const results = new Map(accepted.map((input, at) => [input, made[at]!]));
    return inputs.map((input) => results.get(input) ?? refused(roles.get(input) as IdentityError));
  }

  #makeMany(
    authority: Authority,
    inputs: readonly ListedUser[],
    roles: ReadonlyMap<ListedUser, readonly RoleReference[] | IdentityError>,
    mail: NewUserMail | null,
  ): Promise<UserResult[]> {
    return this.#deps.users.createMany(authority, inputs, async (made) => {
      const given = made
        .map(({ input, user }) => ({ userId: user.id, roles: roles.get(input) as readonly RoleReference[] }))
        .filter((one) => one.roles.length > 0);
      if (given.length > 0) await this.#deps.grants.grantToUsers(authority, given);
      await mail?.send(made.map(({ user }) => user));
    });
  }

  /**
   * The roles of an account that is about to be made, or why the caller may not grant them.
   * @param checks Those of accounts before it, by what they ask for.
   */
  async #rolesFor(
    authority: Authority,
    { findRoles }: ListedUser,
    checks: Map<string, Promise<void>>,
  ): Promise<readonly RoleReference[] | IdentityError> {
    if (findRoles === undefined) return [];
    try {
      this.assertMayGive(authority, { roles: [findRoles] });
      const roles = await findRoles();
      const key = JSON.stringify(roles);
      const check = checks.get(key) ?? this.#deps.grants.assertMayGrantToNew(authority, roles);
      checks.set(key, check);
      await check;
      return roles;
    } catch (error) {
      if (error instanceof IdentityError) return error;
      throw error;
    }
  }

  /**
   * Changes what is given and leaves the rest; roles and groups are added. A given username is ignored where the tenant's
   * setting `changeUsername` is off. After a new password all sessions of the account end.
   * @throws USER_ID_FIXED The account has another id than the expected one.
   * @throws FORBIDDEN As `assertMayGive`.
   * @throws What `UserService.update`, `EndAccessFlow.setEnabled`, `PasswordFlow.set` and `provision` throw.
   */
  async configure(authority: Authority, userId: string, change: ConfigureUser): Promise<void> {
    const { db, passwordFlow } = this.#deps;
    const { password, isPasswordTemporary = false, ...rest } = change;
    const { roles = [], removedRoles = [] } = rest;
    this.assertMayGive(authority, { ...change, roles: [...roles, ...removedRoles] });
    const write = (): Promise<void> => this.#write(authority, userId, rest);
    if (password == null) return db.transaction(write);
    // A demand among the required actions would end with the new password.
    const isTemporary = isPasswordTemporary || (rest.requiredActions ?? []).includes(UPDATE_PASSWORD);
    return passwordFlow.set(authority, { userId, password, isTemporary }, 'input.password', write);
  }

  async #write(authority: Authority, userId: string, change: WithoutPassword): Promise<void> {
    const { directory, endAccess, grants, users } = this.#deps;
    const { addresses, enabled, groups, replacesAttributes = false, roles, removedRoles = [], ...account } = change;
    const { username, expectedId, canChangeUsername = false, ...profile } = account;
    const { changeUsername } = await directory.holdSettings(authority.tenant.id);
    const input = changeUsername || canChangeUsername ? { ...profile, username } : profile;
    const user = await users.update(authority, userId, input, { replacesAttributes });
    const { id } = user;
    if (expectedId !== undefined && canonicalUserId(expectedId) !== id) throw userErrors.USER_ID_FIXED();
    if (addresses !== undefined) await this.#deps.addresses.replaceAll(authority, user, addresses);
    if (enabled !== undefined) await endAccess.setEnabled(authority, id, enabled);
    if (removedRoles.length > 0)
      await grants.revokeMany(authority, { holderKind: 'user', holderId: id, roles: removedRoles });
    await this.#give(authority, id, { roles, groups });
  }

  async #give(authority: Authority, userId: string, { roles = [], groups = [] }: Access): Promise<void> {
    const { grants, members } = this.#deps;
    if (roles.length > 0) await grants.grantMany(authority, { holderKind: 'user', holderId: userId, roles });
    if (groups.length > 0) await members.join(authority, userId, groups);
  }
}

type WithoutPassword = Omit<ConfigureUser, 'password' | 'isPasswordTemporary'>;

/** Roles and groups of an input, which may lack them. */
interface Access {
  readonly roles?: readonly RoleReference[] | undefined;
  readonly groups?: readonly TreeReference[] | undefined;
}

/** What an input gives, as far as it decides what the caller must hold. */
export interface Given {
  readonly password?: string | null | undefined;
  readonly credentials?: readonly unknown[] | undefined;
  readonly roles?: readonly unknown[] | undefined;
  readonly groups?: readonly unknown[] | undefined;
}

const demandingChange = (account: CreateUser): CreateUser => ({
  ...account,
  requiredActions: [...(account.requiredActions ?? []), UPDATE_PASSWORD],
});

/** Most roles that all users of a request get: each is a grant with an event, and 200 users are made in one unit of work. */
const MAX_GRANTS = 5_000;

/** @throws INVALID_INPUT */
function assertGrants(roles: readonly (readonly RoleReference[] | IdentityError)[]): void {
  const count = roles.reduce((sum, some) => sum + (some instanceof IdentityError ? 0 : some.length), 0);
  if (count > MAX_GRANTS)
    throw invalidField('input.users', 'LIST_TOO_LONG', `The users get at most ${MAX_GRANTS} roles together.`);
}

/** Credentials of which each can be used. @param hasPassword Whether the account gets a password beside them. @throws INVALID_INPUT */
function readable(credentials: readonly ForeignCredential[], hasPassword: boolean): ReadCredentials {
  if (credentials.length > MAX_CREDENTIALS)
    throw invalidField('input.credentials', 'LIST_TOO_LONG', `At most ${MAX_CREDENTIALS} credentials.`);
  const read = readForeignCredentials(credentials);
  const [fault] = read.faults;
  if (fault !== undefined)
    throw invalidField(`input.${fault.at}`, fault.reason, 'The credential cannot be taken over.');
  const isTwice = hasPassword && (read.password !== null || read.foreign.some(({ read: { kind } }) => kind !== 'totp'));
  if (isTwice) throw invalidField('input.password', 'DUPLICATE', 'An account has one password.');
  return read;
}
