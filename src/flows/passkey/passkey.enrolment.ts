import type { Authority } from '../../access/index.ts';
import { amrOfPasskey, type creationOptions, type WebauthnKind, type WebauthnModes } from '../../auth-modes/index.ts';
import type { EventActor } from '../../events/index.ts';
import type { KnownTenant } from '../../tenants/index.ts';
import type { User } from '../../users/index.ts';
import type { AddPasskey, NewPasskey, NewPasskeys, PasskeyPurpose } from './new-passkeys.ts';

/** A user who makes a key in a sign-in under way. */
export interface EnrolPasskey {
  readonly kind: WebauthnKind;
  readonly user: User;
  /** Handle of the sign-in. */
  readonly handle: string;
}

export interface PasskeyEnrolmentDeps {
  readonly modes: WebauthnModes;
  readonly newPasskeys: NewPasskeys;
}

/** Passkeys and security keys that accounts have to make before their users are signed in. Which tenants have any is decided before. */
export class PasskeyEnrolment {
  readonly #deps: PasskeyEnrolmentDeps;

  constructor(deps: PasskeyEnrolmentDeps) {
    this.#deps = deps;
  }

  /**
   * What a browser makes the key from (`PublicKeyCredentialCreationOptionsJSON`). The challenge works in this sign-in alone, and for the
   * kind.
   */
  begin(
    { origin }: Pick<EventActor, 'origin'>,
    tenant: KnownTenant,
    enrolled: EnrolPasskey,
  ): Promise<ReturnType<typeof creationOptions>> {
    const maker = { ...purposeOf(enrolled), user: enrolled.user, attachment: null };
    return this.#deps.newPasskeys.offer(tenant, origin, maker);
  }

  /**
   * Checks a key that was made from the options of `begin` in the same sign-in, outside any transaction. The challenge is used up in any
   * case. Adds nothing.
   * @throws PASSKEY_INVALID, INVALID_INPUT The name.
   */
  check(tenant: KnownTenant, enrolled: EnrolPasskey, made: AddPasskey): Promise<NewPasskey> {
    return this.#deps.newPasskeys.check(tenant, purposeOf(enrolled), made);
  }

  /**
   * Adds the key, inside a unit of work, and ends the demand for it.
   * @returns How it shows in `amr` (RFC 8176).
   * @throws PASSKEY_TAKEN, PASSKEY_LIMIT_REACHED, USER_NOT_FOUND
   */
  async add(
    authority: Authority,
    { kind, user }: Pick<EnrolPasskey, 'kind' | 'user'>,
    passkey: NewPasskey,
  ): Promise<readonly string[]> {
    return amrOfPasskey(await this.#deps.modes[kind].add(authority, user.id, passkey));
  }
}

const purposeOf = ({ kind, user, handle }: EnrolPasskey): PasskeyPurpose => ({
  kind,
  owner: { kind: `${kind}-enrolment`, userId: user.id, handle },
});
