import type { ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import { authModeErrors } from './auth-mode.errors.ts';
import { authModeEvents } from './auth-mode.events.ts';
import { CredentialEntity, CredentialOrdinalEntity, LockoutEntity } from './credential.entity.ts';
import { credentialEvents } from './credential.events.ts';
import { lockoutEvents } from './lockout/lockout.events.ts';
import { passwordModeErrors } from './password/password.errors.ts';
import { passwordEvents } from './password/password.events.ts';
import { SecurityQuestionEntity } from './security-question/security-question.entity.ts';
import { securityQuestionErrors } from './security-question/security-question.errors.ts';
import { securityQuestionEvents } from './security-question/security-question.events.ts';
import { totpErrors } from './totp/totp.errors.ts';
import { totpEvents } from './totp/totp.events.ts';

export const authModes = {
  name: 'authModes',
  entities: [CredentialEntity, CredentialOrdinalEntity, LockoutEntity, SecurityQuestionEntity],
  foreignKeys: [
    byTenant('credentials', 'user_id', 'users'),
    byTenant('credential_ordinals', 'user_id', 'users'),
    byTenant('security_questions', 'user_id', 'users'),
  ],
  errors: [authModeErrors, passwordModeErrors, securityQuestionErrors, totpErrors],
  events: [totpEvents, securityQuestionEvents, passwordEvents, lockoutEvents, credentialEvents, authModeEvents],
} satisfies ServiceModule;
