import type { PasswordMode } from '../../auth-modes/index.ts';
import type { IdentityError } from '../../kernel/index.ts';
import type { TenantDirectory, TenantSettings } from '../../tenants/index.ts';
import { type CreateUser, type User, userErrors } from '../../users/index.ts';
import { type AddressTriesDeps, countTryOfAddress, REGISTRATION_TRY } from '../address-tries.ts';
import {
  insertAccount,
  mayRegister,
  type NewAccountDeps,
  type PreparedAccount,
  prepareAccount,
  takenAsTyped,
} from '../new-account.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { interactionErrors } from './interaction.errors.ts';
import { mayRegisterIn } from './interaction.steps.ts';
import { authorityOfNew } from './proved-account.ts';

/** An account as its user typed it. */
export interface TypedRegistration {
  /** Ignored where the e-mail address is the username. */
  readonly username?: string | null | undefined;
  readonly email: string;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly password: string;
}

export interface RegistrationStepDeps extends NewAccountDeps, AddressTriesDeps {
  readonly passwords: NewAccountDeps['passwords'] & Pick<PasswordMode, 'amr'>;
  readonly directory: Pick<TenantDirectory, 'holdSettings'>;
}

/** Makes the account of somebody who has none, in a sign-in, which goes on with it. */
export class RegistrationStep {
  readonly #deps: RegistrationStepDeps;

  constructor(deps: RegistrationStepDeps) {
    this.#deps = deps;
  }

  /**
   * Makes the account, as an application with `user:create` makes one, and proves it by its password. What the tenant gives all new
   * accounts it gets: the default role and groups, required actions.
   * @throws USER_USERNAME_INVALID, USER_EMAIL_INVALID, USER_ATTRIBUTE_INVALID, USER_ATTRIBUTE_REFUSED, INVALID_INPUT
   * @throws USER_USERNAME_TAKEN, USER_EMAIL_TAKEN What was typed is a name of another account. It does not say which kind of name.
   * @throws PASSWORD_POLICY, PASSWORD_TOO_LONG
   * @throws TOO_MANY_REQUESTS The address has tried too often. @throws SERVICE_UNAVAILABLE
   * @throws INTERACTION_STEP_OTHER The tenant does not let people register any more.
   */
  async submit(open: OpenInteraction, typed: TypedRegistration): Promise<Advance> {
    const { clock, passwords } = this.#deps;
    const { settings } = open.tenant;
    const account = accountOf(typed, settings);
    await countTryOfAddress(this.#deps, open, REGISTRATION_TRY);
    const prepared = await prepareAccount(this.#deps, authorityOfNew(open), account, typed.password);
    const provedAt = clock.now().toISOString();
    return async (state) => {
      const { id: userId, username, proofVersion } = await this.#insert(open, prepared);
      const proof = { amr: passwords.amr, provedAt, sessionId: null, isProvedNow: true };
      return { ...state, account: { userId, proofVersion, ...proof }, identifier: username };
    };
  }

  /** In the unit of work of the step. */
  async #insert(open: OpenInteraction, prepared: PreparedAccount): Promise<User> {
    const settings = await this.#deps.directory.holdSettings(open.tenant.id);
    if (!mayRegister(settings)) throw interactionErrors.INTERACTION_STEP_OTHER();
    try {
      return await insertAccount(this.#deps, authorityOfNew(open), prepared, 'user');
    } catch (error) {
      throw takenAsTyped(error, settings);
    }
  }
}

/**
 * Goes from the password to the registration.
 * @throws REGISTRATION_CLOSED The tenant or the application lets nobody register, or one account alone can finish the sign-in.
 */
export function beginRegistration(open: OpenInteraction): Advance {
  if (!mayRegisterIn(open)) throw interactionErrors.REGISTRATION_CLOSED();
  return (state) => ({ ...state, isRegistering: true });
}

/** Goes back to the password. */
export const leaveRegistration: Advance = (state) => ({ ...state, isRegistering: false });

/** The account, without the blanks that keyboards of phones add. @throws USER_EMAIL_INVALID The address is missing. */
function accountOf(typed: TypedRegistration, { emailIsUsername }: TenantSettings): CreateUser {
  const { givenName, familyName } = typed;
  const email = typed.email.trim();
  if (email === '') throw emailInvalid();
  const names = { givenName: givenName?.trim(), familyName: familyName?.trim() };
  return { ...names, email, ...(emailIsUsername ? {} : { username: (typed.username ?? '').trim() }) };
}

function emailInvalid(): IdentityError {
  const { code, message } = userErrors.USER_EMAIL_INVALID();
  return userErrors.USER_EMAIL_INVALID({ fields: [{ path: 'input.email', code, message }] });
}
