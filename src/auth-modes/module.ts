import type { ServiceModule } from '../composition/index.ts';
import { byTenant } from '../persistence/index.ts';
import { authModeErrors } from './auth-mode.errors.ts';
import { CredentialEntity, CredentialOrdinalEntity, LockoutEntity } from './credential.entity.ts';
import { passwordModeErrors } from './password/password.errors.ts';
import { SecurityQuestionEntity } from './security-question/security-question.entity.ts';
import { securityQuestionErrors } from './security-question/security-question.errors.ts';
import { totpErrors } from './totp/totp.errors.ts';

export const authModes = {
  name: 'authModes',
  entities: [CredentialEntity, CredentialOrdinalEntity, LockoutEntity, SecurityQuestionEntity],
  foreignKeys: [
    byTenant('credentials', 'user_id', 'users'),
    byTenant('credential_ordinals', 'user_id', 'users'),
    byTenant('security_questions', 'user_id', 'users'),
  ],
  errors: [authModeErrors, passwordModeErrors, securityQuestionErrors, totpErrors],
} satisfies ServiceModule;
