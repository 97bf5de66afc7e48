import { LinkedAppBinding } from '../../clients/index.ts';
import {
  AccountHistory,
  PasswordFlow,
  PasswordNotices,
  QrSignInFlow,
  SignInFlow,
  SignUpFlow,
} from '../../flows/index.ts';
import type { Access } from './access.ts';
import type { Accounts } from './accounts.ts';
import type { AuthModes } from './auth-modes.ts';
import type { Core } from './core.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Sessions } from './sessions.ts';

/** Creates the flows that join several modules: sign-up, sign-in, password changes, account history. */
export function createFlows(
  { base, eventEngine }: Infrastructure,
  { directory, mailer, smsSender: sms }: Core,
  { guarded, clientDirectory, stores: { clientStore } }: Access,
  { users, rights, stores: { userStore } }: Accounts,
  { sessions, devices, endAccess, stores: { oneTimeCodes } }: Sessions,
  { passwords, lockouts, stores: { credentials } }: AuthModes,
) {
  return {
    signIn: new SignInFlow({
      ...base,
      directory,
      users: userStore,
      passwords,
      credentials,
      lockouts,
      devices,
      sessions,
    }),
    signUp: new SignUpFlow({
      ...base,
      directory,
      users,
      passwords,
      apps: new LinkedAppBinding({ ...base, store: clientStore, guard: guarded }),
      sessions,
      codes: oneTimeCodes,
      mailer,
      sms,
    }),
    passwordFlow: new PasswordFlow({
      ...base,
      directory,
      passwords,
      lockouts,
      sessions,
      endAccess,
      users: userStore,
      rights,
      notices: new PasswordNotices({ mailer, sms }),
    }),
    qrSignIn: new QrSignInFlow({ ...base, codes: oneTimeCodes, clients: clientDirectory }),
    accountHistory: new AccountHistory({ users: userStore, events: eventEngine.reader }),
  };
}
