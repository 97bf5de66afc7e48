import { isUsable, type User } from '../../users/index.ts';
import { oauthErrors } from '../oauth.errors.ts';

/** Lets a client without a service account pass. @throws SERVICE_ACCOUNT_DISABLED */
export function assertUsableAccount(account: User | null): void {
  if (account === null || isUsable(account)) return;
  throw oauthErrors.SERVICE_ACCOUNT_DISABLED({ extensions: { username: account.username } });
}
