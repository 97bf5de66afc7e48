import {
  AuthModeService,
  AuthModeStore,
  CredentialStore,
  LockoutService,
  LockoutStore,
  PasswordMode,
  SecurityQuestionService,
  SecurityQuestionStore,
  TotpMode,
  TotpService,
} from '../../auth-modes/index.ts';
import { PasswordHasher } from '../../crypto/index.ts';
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import type { Core } from './core.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Sessions } from './sessions.ts';

export type AuthModes = ReturnType<typeof createAuthModes>;

/** Creates the auth modes, and the lock-out that all of them share. */
export function createAuthModes(
  { base, sealer }: Infrastructure,
  { directory }: Core,
  { guarded: guard }: Access,
  { stores: { userStore: users } }: Accounts,
  { endAccess }: Sessions,
) {
  const { db, clock } = base;
  const columns = new AuthModeStore(db);
  const credentials = new CredentialStore(db, sealer('credential'), clock);
  const hasher = new PasswordHasher({ isEmbedded: db.isEmbedded });
  const lockouts = new LockoutService({
    ...base,
    store: new LockoutStore(db),
    directory,
    users,
    accounts: endAccess,
    guard,
  });
  const securityQuestionStore = new SecurityQuestionStore(db);
  return {
    authModes: new AuthModeService({ ...base, store: columns, users, credentials, guard, directory }),
    stores: { credentials },
    passwords: new PasswordMode({ ...base, credentials, columns, users, hasher, directory, guard }),
    totp: new TotpService({
      ...base,
      users,
      guard,
      columns,
      credentials,
      mode: new TotpMode({ credentials, clock }),
      lockouts,
      directory,
    }),
    securityQuestions: new SecurityQuestionService({
      ...base,
      users,
      directory,
      guard,
      columns,
      store: securityQuestionStore,
      hasher,
      lockouts,
    }),
    lockouts,
  };
}
