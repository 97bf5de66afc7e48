import type { CredentialStore, LockoutService, WebauthnModes } from '../../auth-modes/index.ts';
import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import type { GuardedAccounts } from '../../roles/index.ts';
import type { OneTimeCodeStore } from '../../sessions/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import type { UserStore } from '../../users/index.ts';
import { ProofGuard, type SignInTickets } from '../image-proof/index.ts';
import { NewPasskeys } from './new-passkeys.ts';
import { PasskeyChallenges } from './passkey.challenges.ts';
import { PasskeyEnrolment } from './passkey.enrolment.ts';
import { passkeySignInErrors } from './passkey.errors.ts';
import { PasskeyFactor } from './passkey.factor.ts';
import { PasskeyRegistration } from './passkey.registration.ts';
import { PasskeySignIn } from './passkey.sign-in.ts';
import { RelyingParties } from './relying-parties.ts';

interface PasskeyNeeds extends ModuleBase {
  readonly publicUrl: string;
  readonly directory: TenantDirectory;
  readonly guarded: GuardedAccounts;
  readonly userStore: UserStore;
  readonly oneTimeCodes: OneTimeCodeStore;
  readonly credentials: CredentialStore;
  readonly webauthnModes: WebauthnModes;
  readonly lockouts: LockoutService;
  readonly signInTickets: SignInTickets;
}

export const passkey = {
  name: 'passkey',
  errors: [passkeySignInErrors],
  create: ({ base, publicUrl, directory, userStore: users, webauthnModes: modes, ...needs }: PasskeyNeeds) => {
    const parties = new RelyingParties({ publicUrl, directory });
    const challenges = new PasskeyChallenges({ ...base, codes: needs.oneTimeCodes, parties });
    const refused = () => passkeySignInErrors.PASSKEY_REFUSED();
    const guard = new ProofGuard({ ...base, lockouts: needs.lockouts, method: modes.passkey.type, refused });
    const newPasskeys = new NewPasskeys({ modes, challenges, parties, handles: users });
    const shared = { ...base, directory, users, modes, challenges, parties, newPasskeys };
    return {
      services: {
        passkeys: {
          /** Where they are used. */
          parties,
          /** Adds passkeys and security keys to accounts. */
          registration: new PasskeyRegistration({
            ...shared,
            credentials: needs.credentials,
            guard: needs.guarded,
          }),
          /** Adds those that are demanded during a sign-in. */
          enrolment: new PasskeyEnrolment(shared),
          /** Shows the second factor of users. */
          factor: new PasskeyFactor({ ...shared, lockouts: needs.lockouts }),
          /** Signs users in. */
          signIn: new PasskeySignIn({ ...shared, mode: modes.passkey, guard, tickets: needs.signInTickets }),
        },
      },
    };
  },
} as const satisfies ServiceModule;
