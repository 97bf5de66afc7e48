import type { ScopeAliases } from '../../access/index.ts';
import type { CredentialStore, PasswordMode, RecoveryCodeService, TotpService } from '../../auth-modes/index.ts';
import type { ClientDirectory } from '../../clients/index.ts';
import type { ModuleBase, ServiceModule } from '../../composition/index.ts';
import type { ConsentService } from '../../consents/index.ts';
import { byTenant } from '../../persistence/index.ts';
import type { DeviceService, SessionService } from '../../sessions/index.ts';
import type { TenantDirectory } from '../../tenants/index.ts';
import type { UserStore } from '../../users/index.ts';
import type { SignInFlow } from '../sign-in.ts';
import { InteractionEngine } from './interaction.engine.ts';
import { InteractionEntity } from './interaction.entity.ts';
import { interactionErrors } from './interaction.errors.ts';
import { InteractionService } from './interaction.service.ts';
import { InteractionStore } from './interaction.store.ts';

interface InteractionNeeds extends ModuleBase {
  /** Origin of this service. */
  readonly publicUrl: string;
  readonly scopes: ScopeAliases;
  readonly directory: TenantDirectory;
  readonly clientDirectory: ClientDirectory;
  readonly userStore: UserStore;
  readonly credentials: CredentialStore;
  readonly passwords: PasswordMode;
  readonly totp: TotpService;
  readonly recoveryCodes: RecoveryCodeService;
  readonly consents: ConsentService;
  readonly sessions: SessionService;
  readonly devices: DeviceService;
  readonly signIn: SignInFlow;
}

export const interaction = {
  name: 'interaction',
  entities: [InteractionEntity],
  foreignKeys: [byTenant('interactions', 'user_id', 'users')],
  errors: [interactionErrors],
  create: ({ base, userStore: users, clientDirectory: clients, ...needs }: InteractionNeeds) => {
    const { db, clock } = base;
    const store = new InteractionStore(db);
    const shared = { ...needs, ...base, store, users };
    const engine = new InteractionEngine({ ...shared, clients });
    return {
      services: {
        /** Sign-ins under way in browsers. */
        interactions: new InteractionService({
          ...shared,
          engine,
          factors: { totp: needs.totp, 'recovery-code': needs.recoveryCodes },
        }),
      },
      sweeps: [(limit: number) => store.sweepExpired(clock.now(), limit)],
    };
  },
} as const satisfies ServiceModule;
