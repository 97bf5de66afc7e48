import type { Authority } from '../../access/index.ts';
import { amrOfPasskey, type creationOptions, type PasskeyMode } from '../../auth-modes/index.ts';
import type { EventActor } from '../../events/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User } from '../../users/index.ts';
import type { AddPasskey, NewPasskey, NewPasskeys } from './new-passkeys.ts';
import type { ChallengeOwner } from './passkey.challenges.ts';

/** A user who makes a passkey in a sign-in under way. */
export interface EnrolPasskey {
  readonly user: User;
  /** Handle of the sign-in. */
  readonly handle: string;
}

export interface PasskeyEnrolmentDeps {
  readonly mode: Pick<PasskeyMode, 'add'>;
  readonly newPasskeys: NewPasskeys;
}

/** Passkeys that accounts have to make before their users are signed in. Which tenants have passkeys is decided before. */
export class PasskeyEnrolment {
  readonly #deps: PasskeyEnrolmentDeps;

  constructor(deps: PasskeyEnrolmentDeps) {
    this.#deps = deps;
  }

  /** What a browser makes the passkey from (`PublicKeyCredentialCreationOptionsJSON`). The challenge works in this sign-in alone. */
  begin(
    { origin }: Pick<EventActor, 'origin'>,
    tenant: KnownTenant,
    enrolled: EnrolPasskey,
  ): Promise<ReturnType<typeof creationOptions>> {
    const maker = { user: enrolled.user, owner: ownerOf(enrolled), attachment: null };
    return this.#deps.newPasskeys.offer(tenant, origin, maker);
  }

  /**
   * Checks a passkey that was made from the options of `begin` in the same sign-in, outside any transaction. The challenge is used up in
   * any case. Adds nothing.
   * @throws PASSKEY_INVALID, INVALID_INPUT The name.
   */
  check(tenant: KnownTenant, enrolled: EnrolPasskey, made: AddPasskey): Promise<NewPasskey> {
    return this.#deps.newPasskeys.check(tenant, ownerOf(enrolled), made);
  }

  /**
   * Adds the passkey, inside a unit of work, and ends the demand for it.
   * @returns How it shows in `amr` (RFC 8176).
   * @throws PASSKEY_TAKEN, PASSKEY_LIMIT_REACHED, USER_NOT_FOUND
   */
  async add(authority: Authority, userId: string, passkey: NewPasskey): Promise<readonly string[]> {
    return amrOfPasskey((await this.#deps.mode.add(authority, userId, passkey)).data);
  }
}

const ownerOf = ({ user, handle }: EnrolPasskey): ChallengeOwner => ({
  kind: 'passkey-enrolment',
  userId: user.id,
  handle,
});
