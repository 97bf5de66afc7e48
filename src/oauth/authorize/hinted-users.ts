import { afterEqualWork, RESERVED_ID } from '../../flows/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import { isSameEmail, type UserStore } from '../../users/index.ts';

/** How a request names a user who may not have been there when it was sent. */
export interface UserHints {
  readonly loginHint: string | null;
  readonly email: string | null;
}

/** Finds the users whom applications name by hints. */
export class HintedUsers {
  readonly #users: Pick<UserStore, 'findById' | 'findByIdentifier'>;

  constructor(users: Pick<UserStore, 'findById' | 'findByIdentifier'>) {
    this.#users = users;
  }

  /** The id of the account with a name; that of nobody where there is none, at the same cost. */
  async idOf({ id, settings }: Pick<KnownTenant, 'id' | 'settings'>, name: string): Promise<string> {
    const found = await this.#users.findByIdentifier(id, name, { byEmail: settings.signInByEmail });
    return (await afterEqualWork(this.#users, id, found))?.id ?? RESERVED_ID;
  }

  /** Whether an account is the one that each of the hints names. An address counts that was confirmed: anybody can type one. */
  async isNamed(
    tenant: Pick<KnownTenant, 'id' | 'settings'>,
    { loginHint, email }: UserHints,
    userId: string,
  ): Promise<boolean> {
    if (loginHint !== null && (await this.idOf(tenant, loginHint)) !== userId) return false;
    if (email === null) return true;
    const user = await this.#users.findById(tenant.id, userId);
    return user?.emailVerified === true && isSameEmail(user.email ?? '', email);
  }
}
