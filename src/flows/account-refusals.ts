import { accountStateOf, type CredentialType } from '../auth-modes/index.ts';
import type { User } from '../users/index.ts';

/** The reason of an account that is disabled. */
const ACCOUNT_DISABLED = 'account_disabled';

/** Why an account was disabled that had too many wrong attempts: as for every block, nobody learns that. */
const LOCKED_OUT = 'lockout';

const REFUSALS: readonly (readonly [
  reason: string,
  holds: (user: User | null, method: CredentialType, now: Date) => boolean,
])[] = [
  ['unknown_user', (user) => user === null],
  ['service_account', (user) => user!.serviceClientId != null],
  [ACCOUNT_DISABLED, (user) => !user!.enabled],
  ['account_inactive', (user, _method, now) => accountStateOf(user!, now).name === 'inactivityLock'],
  ['method_locked', (user, method) => (user!.lockedMethods ?? []).includes(method)],
];

/** Why an account may not sign in by a method at all; null: it may. The reason appears only in events, never in an answer. */
export const accountRefusal = (user: User | null, method: CredentialType, now: Date): string | null =>
  REFUSALS.find(([, holds]) => holds(user, method, now))?.[0] ?? null;

/** Whether a reason is that the account is disabled, and its user may learn that after a right proof. */
export const isRevealable = (reason: string | null, user: User | null): boolean =>
  reason === ACCOUNT_DISABLED && user!.disabledReason !== LOCKED_OUT;
