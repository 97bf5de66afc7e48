import type { ModuleBase, ServiceModule } from '../composition/index.ts';
import { type PasswordCost, PasswordHasher } from '../crypto/index.ts';
import { byTenant } from '../persistence/index.ts';
import type { GuardedAccounts } from '../roles/index.ts';
import type { TenantDirectory } from '../tenants/index.ts';
import type { UserService, UserStore } from '../users/index.ts';
import { authModeErrors } from './auth-mode.errors.ts';
import { authModeEvents } from './auth-mode.events.ts';
import { AuthModeService } from './auth-mode.service.ts';
import { AuthModeStore } from './auth-mode.store.ts';
import { CredentialEntity, CredentialOrdinalEntity, LockoutEntity } from './credential.entity.ts';
import { credentialEvents } from './credential.events.ts';
import { CredentialService } from './credential.service.ts';
import { CredentialStore } from './credential.store.ts';
import { ForeignCredentialService } from './foreign-credentials/foreign-credential.service.ts';
import { imageProofEvents } from './image-proof/image-proof.events.ts';
import { ImageProofMode } from './image-proof/image-proof.mode.ts';
import { TenantSecretEntity } from './image-proof/tenant-secret.entity.ts';
import { TenantSecretStore } from './image-proof/tenant-secret.store.ts';
import { TenantSecrets } from './image-proof/tenant-secrets.ts';
import { BlockLiftService } from './lockout/lift.service.ts';
import { lockoutEvents } from './lockout/lockout.events.ts';
import { type AccountSwitch, LockoutService } from './lockout/lockout.service.ts';
import { LockoutStore } from './lockout/lockout.store.ts';
import { CodeResendService } from './lockout/resend.service.ts';
import { passkeyErrors } from './passkey/passkey.errors.ts';
import { PasskeyMode, type WebauthnModes } from './passkey/passkey.mode.ts';
import { passwordModeErrors } from './password/password.errors.ts';
import { passwordEvents } from './password/password.events.ts';
import { PasswordMode } from './password/password.mode.ts';
import { PasswordHistoryEntity } from './password/password-history.entity.ts';
import { PasswordHistoryStore } from './password/password-history.store.ts';
import { recoveryCodeErrors } from './recovery-code/recovery-code.errors.ts';
import { recoveryCodeEvents } from './recovery-code/recovery-code.events.ts';
import { RecoveryCodeMode } from './recovery-code/recovery-code.mode.ts';
import { RecoveryCodeService } from './recovery-code/recovery-code.service.ts';
import { secondFactorEvents } from './second-factor/second-factor.events.ts';
import { SecurityQuestionEntity } from './security-question/security-question.entity.ts';
import { securityQuestionErrors } from './security-question/security-question.errors.ts';
import { securityQuestionEvents } from './security-question/security-question.events.ts';
import { SecurityQuestionService } from './security-question/security-question.service.ts';
import { SecurityQuestionStore } from './security-question/security-question.store.ts';
import { totpErrors } from './totp/totp.errors.ts';
import { TotpMode } from './totp/totp.mode.ts';
import { TotpService } from './totp/totp.service.ts';

interface AuthModeNeeds extends ModuleBase {
  readonly directory: TenantDirectory;
  readonly guarded: GuardedAccounts;
  readonly users: UserService;
  readonly userStore: UserStore;
  readonly endAccess: AccountSwitch;
  readonly passwordCost: PasswordCost | undefined;
}

export const authModes = {
  name: 'authModes',
  entities: [
    CredentialEntity,
    CredentialOrdinalEntity,
    LockoutEntity,
    PasswordHistoryEntity,
    SecurityQuestionEntity,
    TenantSecretEntity,
  ],
  foreignKeys: [
    byTenant('credentials', 'user_id', 'users'),
    byTenant('credential_ordinals', 'user_id', 'users'),
    byTenant('password_history', 'user_id', 'users'),
    byTenant('security_questions', 'user_id', 'users'),
  ],
  indexes: {
    lockouts__blocked_until: `create index "lockouts__blocked_until" on "lockouts" ("tenant_id", "blocked_until") where "blocked_until" is not null`,
    lockouts__blocked_from: `create index "lockouts__blocked_from" on "lockouts" ("tenant_id", "subject_kind", "blocked_from", "subject", "factor") where "blocked_until" is not null`,
  },
  errors: [authModeErrors, passkeyErrors, passwordModeErrors, securityQuestionErrors, totpErrors, recoveryCodeErrors],
  events: [
    secondFactorEvents,
    recoveryCodeEvents,
    securityQuestionEvents,
    passwordEvents,
    imageProofEvents,
    lockoutEvents,
    credentialEvents,
    authModeEvents,
  ],
  create: ({
    base,
    sealer,
    directory,
    guarded: guard,
    userStore: users,
    endAccess,
    passwordCost,
    ...needs
  }: AuthModeNeeds) => {
    const { db, clock } = base;
    const columns = new AuthModeStore(db);
    const credentials = new CredentialStore(db, sealer('credential'), clock);
    const hasher = new PasswordHasher({ ...passwordCost, isEmbedded: db.isEmbedded });
    const shared = { ...base, users, guard, columns, directory };
    const lockoutStore = new LockoutStore(db);
    const blocks = { ...base, store: lockoutStore, accounts: endAccess };
    const lockouts = new LockoutService({ ...blocks, directory });
    const blockLifts = new BlockLiftService({ ...blocks, users, guard });
    const secrets = new TenantSecrets({ store: new TenantSecretStore(db), sealer: sealer('image-proof'), clock });
    const imageProofMode = new ImageProofMode({ ...base, credentials, columns, users, secrets });
    needs.users.onRenamed((authority, user) => imageProofMode.removeOfFormerName(authority, user));
    const webauthn = { ...base, credentials, columns, secrets };
    const codeModes = { ...shared, credentials, lockouts };
    return {
      services: {
        authModes: new AuthModeService({ ...base, store: columns, users, credentials, guard, directory }),
        /** Credentials of any type. */
        credentialChanges: new CredentialService({ ...shared, credentials }),
        /** Credentials that another service made, of users who are imported. */
        foreignCredentials: new ForeignCredentialService({ ...base, credentials }),
        passwords: new PasswordMode({ ...shared, credentials, hasher, history: new PasswordHistoryStore(db, clock) }),
        /** Apps that show codes; a sign-in checks the second factor here. */
        totp: new TotpService({ ...codeModes, mode: new TotpMode({ credentials, directory, clock }) }),
        /** Codes that replace a second factor; a sign-in checks them here. */
        recoveryCodes: new RecoveryCodeService({ ...codeModes, mode: new RecoveryCodeMode(credentials) }),
        securityQuestions: new SecurityQuestionService({
          ...shared,
          store: new SecurityQuestionStore(db),
          hasher,
          lockouts,
        }),
        /** The only lock-out engine: every check of a credential asks it first. */
        lockouts,
        /** Ends blocks before their time. */
        blockLifts,
        /** Counts the requests to send a code again; each of them asks it before the code is sent. */
        codeResends: new CodeResendService({ store: lockoutStore, lockouts, blockLifts, directory, users, guard }),
      },
      internals: {
        credentials,
        /** Proofs that a user knows an image; a sign-in checks them through the flows. */
        imageProofMode,
        /** Passkeys and security keys of accounts; a sign-in checks them through the flows. */
        webauthnModes: {
          passkey: new PasskeyMode({ ...webauthn, kind: 'passkey' }),
          'security-key': new PasskeyMode({ ...webauthn, kind: 'security-key' }),
        } satisfies WebauthnModes,
      },
      sweeps: [(limit: number) => lockouts.sweepExpired(limit)],
    };
  },
} as const satisfies ServiceModule;
