import type { AccountFailures, CodeResends, CredentialInfo, SecurityQuestion } from '../../src/auth-modes/index.ts';
import type { PasswordHashing } from '../../src/crypto/index.ts';
import { listLoader, rowLoader } from '../loading.ts';

/** Credentials of users. Auth modes need no loader: they are columns of the user. */
export const credentialsOfUser = listLoader<CredentialInfo>(({ authModes }, tenantId, userIds) =>
  authModes.credentialsOfUsers(tenantId, userIds),
);

/** How passwords are hashed, by the ids of their credentials. */
export const hashingOfPassword = rowLoader<PasswordHashing>(({ passwords }, tenantId, ids) =>
  passwords.hashingOf(tenantId, ids),
);

export const securityQuestionOfUser = rowLoader<SecurityQuestion>(({ securityQuestions }, tenantId, userIds) =>
  securityQuestions.ofUsers(tenantId, userIds),
);

export const signInFailuresOfUser = rowLoader<AccountFailures>(({ lockouts }, tenantId, userIds) =>
  lockouts.failuresOf(tenantId, userIds),
);

export const secondFactorFailuresOfUser = rowLoader<AccountFailures>(({ lockouts }, tenantId, userIds) =>
  lockouts.failuresOf(tenantId, userIds, 'second'),
);

export const codeResendsOfUser = rowLoader<CodeResends>(({ codeResends }, tenantId, userIds) =>
  codeResends.ofUsers(tenantId, userIds),
);
