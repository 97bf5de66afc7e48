import type { Authority } from '../access/index.ts';
import type { HashedPassword, PasswordMode } from '../auth-modes/index.ts';
import type { ClientRecord } from '../clients/index.ts';
import { IdentityError } from '../kernel/index.ts';
import type { ProfileRole, TenantSettings } from '../tenants/index.ts';
import { type CreateUser, type PreparedUser, type User, type UserService, userErrors } from '../users/index.ts';

/** Whether people may make accounts for themselves. Applications that hold `user:create` make accounts in any case. */
export const mayRegister = ({ registration }: Pick<TenantSettings, 'registration'>): boolean => registration;

/**
 * Whether people may make accounts, of whichever kind, while they sign in to an application.
 * @param client Null: they do not sign in to one, so that the tenant alone decides.
 */
export const mayRegisterAt = (client: ClientRecord | null): boolean =>
  client === null || client.metadata.isRegistrationEnabled;

export interface NewAccountDeps {
  readonly users: Pick<UserService, 'prepare' | 'insert'>;
  readonly passwords: Pick<PasswordMode, 'prepareNew' | 'add'>;
}

/** A new account with its password, which was checked and is not written yet. */
export interface PreparedAccount {
  readonly user: PreparedUser;
  /** Null: the account has none. */
  readonly password: HashedPassword | null;
}

/**
 * Checks a new account and hashes its password, outside any transaction.
 * @throws PASSWORD_POLICY, PASSWORD_TOO_LONG, INVALID_INPUT, and the errors of creating an account except for taken names.
 */
export async function prepareAccount(
  { users, passwords }: NewAccountDeps,
  authority: Authority,
  account: CreateUser,
  password: string | null | undefined,
): Promise<PreparedAccount> {
  const user = await users.prepare(authority, account);
  if (password == null) return { user, password: null };
  return { user, password: await passwords.prepareNew(authority, user.input, password, 'input.password') };
}

/**
 * Writes a prepared account in the open unit of work.
 * @param role Who fills in the profile. Default: by the caller.
 * @throws USER_ID_TAKEN, USER_USERNAME_TAKEN, USER_EMAIL_TAKEN, PASSWORD_POLICY
 */
export async function insertAccount(
  { users, passwords }: NewAccountDeps,
  authority: Authority,
  { user: prepared, password }: PreparedAccount,
  role?: ProfileRole,
): Promise<User> {
  const user = await users.insert(authority, role === undefined ? prepared : { ...prepared, profileRole: role });
  if (password !== null) await passwords.add(authority, user.id, password);
  return user;
}

const TAKEN: ReadonlySet<string> = new Set(['USER_USERNAME_TAKEN', 'USER_EMAIL_TAKEN', 'USER_ID_TAKEN']);

/** The refusal of a taken name, about the value that was typed: what the name is to the other account is not said. */
export function takenAsTyped(error: unknown, { emailIsUsername }: TenantSettings): unknown {
  if (!(error instanceof IdentityError) || !TAKEN.has(error.code)) return error;
  const isEmail = emailIsUsername || error.fields?.[0]?.path === 'input.email';
  const taken = isEmail ? userErrors.USER_EMAIL_TAKEN : userErrors.USER_USERNAME_TAKEN;
  const { code, message } = taken();
  return taken({ fields: [{ path: isEmail ? 'input.email' : 'input.username', code, message }] });
}
