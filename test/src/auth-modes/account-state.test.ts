import { describe, expect, it } from 'vitest';
import { accountStateOf, FOR_EVER } from '../../../src/auth-modes/account-state.ts';

const NOW = new Date('2026-11-22T12:00:00.000Z');
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const NONE = { checkedAt: null, lockedAt: null, exemptUntil: null };

describe('the state of an account', () => {
  it('is initial until something is known', () => {
    expect(accountStateOf({}, NOW)).toEqual({ ...NONE, name: 'initial' });
    expect(accountStateOf({ inactiveSince: null, exemptUntil: null, stateCheckedAt: null }, NOW).name).toBe('initial');
  });

  it('is active once it was checked, and locked since it was found inactive', () => {
    expect(accountStateOf({ stateCheckedAt: at(-60) }, NOW)).toEqual({ ...NONE, name: 'active', checkedAt: at(-60) });
    expect(accountStateOf({ stateCheckedAt: at(-60), inactiveSince: at(-30) }, NOW)).toEqual({
      ...NONE,
      name: 'inactivityLock',
      lockedAt: at(-30),
    });
  });

  it('is exempt before it is locked, until the exemption ends: at that moment it is over', () => {
    const row = { inactiveSince: at(-30), exemptUntil: at(1), stateCheckedAt: at(-60) };
    expect(accountStateOf(row, NOW)).toEqual({ ...NONE, name: 'untouchable', exemptUntil: at(1) });
    expect(accountStateOf(row, at(1)).name).toBe('inactivityLock');
    expect(accountStateOf({ exemptUntil: at(1) }, at(1)).name).toBe('initial');
  });

  it('that is exempt for ever shows no end', () => {
    expect(accountStateOf({ exemptUntil: FOR_EVER }, NOW)).toEqual({ ...NONE, name: 'untouchable' });
    const before = new Date(FOR_EVER.getTime() - 1);
    expect(accountStateOf({ exemptUntil: before }, NOW).exemptUntil).toEqual(before);
  });
});
