/** Names of the inactivity states of an account, as the table of docs/data-model.md stores them. */
export type AccountStateName = 'initial' | 'active' | 'inactivityLock' | 'untouchable';

/** The inactivity state of an account. A time that does not apply to the state is null. */
export interface AccountState {
  readonly name: AccountStateName;
  /** `active`: when inactivity was last checked. */
  readonly checkedAt: Date | null;
  /** `inactivityLock`: locked since then. */
  readonly lockedAt: Date | null;
  /** `untouchable`: exempt until then; null = for ever. */
  readonly exemptUntil: Date | null;
}

/** The columns the state is read from. */
export interface AccountStateColumns {
  readonly inactiveSince?: Date | null | undefined;
  readonly exemptUntil?: Date | null | undefined;
  readonly stateCheckedAt?: Date | null | undefined;
}

/** Value of `exempt_until` for "for ever": the latest time that every driver can read back. */
export const FOR_EVER = new Date('9999-12-31T00:00:00.000Z');

const NONE = { checkedAt: null, lockedAt: null, exemptUntil: null };

/** Computes the state at a time: an exemption that has not ended overrides the lock (docs/data-model.md). */
export function accountStateOf(row: AccountStateColumns, now: Date): AccountState {
  const { exemptUntil, inactiveSince, stateCheckedAt } = row;
  if (exemptUntil != null && exemptUntil > now) {
    return { ...NONE, name: 'untouchable', exemptUntil: exemptUntil >= FOR_EVER ? null : exemptUntil };
  }
  if (inactiveSince != null) return { ...NONE, name: 'inactivityLock', lockedAt: inactiveSince };
  if (stateCheckedAt != null) return { ...NONE, name: 'active', checkedAt: stateCheckedAt };
  return { ...NONE, name: 'initial' };
}
