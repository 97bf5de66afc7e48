import type { ScopeAliases } from '../../access/index.ts';
import type {
  CodeResendService,
  CredentialStore,
  LockoutService,
  PasswordMode,
  RecoveryCodeService,
  TotpService,
} from '../../auth-modes/index.ts';
import type { ClientDirectory } from '../../clients/index.ts';
import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import type { ConsentService } from '../../consents/index.ts';
import type { Mailer } from '../../delivery/index.ts';
import { addSeconds } from '../../kernel/index.ts';
import { byTenant } from '../../persistence/index.ts';
import type { DeviceService, OneTimeCodeStore, SessionService } from '../../sessions/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import type { UserService, UserStore } from '../../users/index.ts';
import type { PasswordFlow } from '../change-password.ts';
import type { EarlierAccess } from '../earlier-access.ts';
import type { SignInTickets } from '../image-proof/index.ts';
import type { PasskeyEnrolment, PasskeyFactor } from '../passkey/index.ts';
import type { SignInFlow } from '../sign-in.ts';
import type { TenantMailsDeps } from '../tenant-mail.ts';
import { EmailCodeStep } from './email-code.step.ts';
import { EnrolmentStep } from './enrolment.step.ts';
import { InteractionEngine } from './interaction.engine.ts';
import { InteractionEntity } from './interaction.entity.ts';
import { interactionErrors } from './interaction.errors.ts';
import { InteractionService } from './interaction.service.ts';
import { InteractionStore } from './interaction.store.ts';
import { InteractionStepService } from './interaction-step.service.ts';
import { KeyEnrolmentStep } from './key-enrolment.step.ts';
import { PasswordResetStep } from './password-reset.step.ts';
import { RegistrationStep } from './registration.step.ts';

/** How long an expired sign-in is kept, so that its page can say where to start again. */
const EXPIRED_SECONDS = 1800;

interface InteractionNeeds extends ModuleBase {
  /** Origin of this service. */
  readonly publicUrl: string;
  readonly scopes: ScopeAliases;
  readonly directory: TenantDirectory;
  readonly clientDirectory: ClientDirectory;
  readonly users: UserService;
  readonly userStore: UserStore;
  readonly credentials: CredentialStore;
  readonly passwords: PasswordMode;
  readonly totp: TotpService;
  readonly recoveryCodes: RecoveryCodeService;
  readonly consents: ConsentService;
  readonly sessions: SessionService;
  readonly devices: DeviceService;
  readonly oneTimeCodes: OneTimeCodeStore;
  readonly lockouts: LockoutService;
  readonly codeResends: CodeResendService;
  readonly mailer: Mailer;
  readonly mailServers: TenantMailsDeps['mailServers'];
  readonly signIn: SignInFlow;
  readonly signInTickets: SignInTickets;
  readonly passkeys: { readonly factor: PasskeyFactor; readonly enrolment: PasskeyEnrolment };
  readonly passwordFlow: PasswordFlow;
  readonly earlierAccess: EarlierAccess;
}

export const interaction = {
  name: 'interaction',
  entities: [InteractionEntity],
  foreignKeys: [byTenant('interactions', 'user_id', 'users')],
  errors: [interactionErrors],
  create: ({ base, users: accounts, userStore: users, clientDirectory: clients, ...needs }: InteractionNeeds) => {
    const { db, clock } = base;
    const store = new InteractionStore(db);
    const shared = { ...needs, ...base, store, users };
    const engine = new InteractionEngine({ ...shared, clients });
    const enrolments = new EnrolmentStep({ ...shared, enrolmentSealer: needs.sealer('interaction') });
    const codes = needs.oneTimeCodes;
    const emailCodes = new EmailCodeStep({ ...shared, codes, resends: needs.codeResends, users: accounts });
    const shownBy = { ...shared, engine, enrolments, emailCodes };
    return {
      services: {
        /** Sign-ins under way in browsers. */
        interactions: new InteractionService(shownBy),
        /** What goes on with them. */
        interactionSteps: new InteractionStepService({
          ...shownBy,
          keyEnrolments: new KeyEnrolmentStep({ ...shared, passkeyEnrolment: needs.passkeys.enrolment }),
          registrations: new RegistrationStep({ ...shared, codes, users: accounts }),
          passwordResets: new PasswordResetStep({ ...shared, codes }),
          accounts,
          factors: { totp: needs.totp, 'recovery-code': needs.recoveryCodes },
          passkeyFactor: needs.passkeys.factor,
        }),
      },
      sweeps: [(limit: number) => store.sweepExpired(addSeconds(clock.now(), -EXPIRED_SECONDS), limit)],
    };
  },
} as const satisfies ServiceModule;
