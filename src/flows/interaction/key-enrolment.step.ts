import type { CredentialStore } from '../../auth-modes/index.ts';
import type { Clock } from '../../kernel/index.ts';
import type { AddPasskey, PasskeyEnrolment } from '../passkey/index.ts';
import { keyToMake } from '../sign-in.steps.ts';
import { goOnAfter } from './factor.step.ts';
import type { Advance, OpenInteraction } from './interaction.engine.ts';
import { askAgainIfOld, assertFactorShown, authorityOfProved } from './proved-account.ts';

export interface KeyEnrolmentStepDeps {
  readonly passkeyEnrolment: Pick<PasskeyEnrolment, 'begin' | 'check' | 'add'>;
  readonly credentials: Pick<CredentialStore, 'acceptedAsSecond'>;
  readonly clock: Clock;
}

/** Adds a passkey or security key to an account that has to make one, and shows it as a second factor by that, as the first code of an app does. */
export class KeyEnrolmentStep {
  readonly #deps: KeyEnrolmentStepDeps;

  constructor(deps: KeyEnrolmentStepDeps) {
    this.#deps = deps;
  }

  /** What a browser makes the passkey from, in a step that stays. @param onOptions Not called where the password is asked for again. */
  async begin(open: OpenInteraction, onOptions: (options: object) => void): Promise<Advance> {
    const { passkeyEnrolment, clock } = this.#deps;
    const again = askAgainIfOld(open, clock.now());
    if (again !== null) return again;
    onOptions(await passkeyEnrolment.begin(open.actor, open.tenant, enrolledIn(open)));
    return (state) => state;
  }

  /**
   * Adds a passkey that was made from the options of `begin` in this sign-in, and ends the demand for it. The challenge is used up in
   * any case, unless the password is asked for again.
   * @throws PASSKEY_INVALID, PASSKEY_TAKEN, PASSKEY_LIMIT_REACHED, INVALID_INPUT The name.
   * @throws INTERACTION_STEP_OTHER The account has got a second factor meanwhile.
   */
  async submit(open: OpenInteraction, made: AddPasskey): Promise<Advance> {
    const { passkeyEnrolment, clock } = this.#deps;
    const again = askAgainIfOld(open, clock.now());
    if (again !== null) return again;
    const enrolled = enrolledIn(open);
    const passkey = await passkeyEnrolment.check(open.tenant, enrolled, made);
    return async (state) => {
      await assertFactorShown(this.#deps, open);
      return goOnAfter(await passkeyEnrolment.add(authorityOfProved(open), enrolled, passkey))(state);
    };
  }
}

const enrolledIn = ({ tenant, user, handle }: OpenInteraction) => ({
  kind: keyToMake(user!, tenant.settings)!,
  user: user!,
  handle,
});
