import {
  type Attempt,
  accountSubject,
  addressSubject,
  deviceSubject,
  type LockoutFactor,
  type LockoutSettings,
  type LockoutSubject,
} from './lockout.subject.ts';

/** Counter of one subject at one factor; times in epoch milliseconds. */
export interface Counter {
  readonly failures: number;
  /** Failures inside the window, newest last. */
  readonly times: readonly number[];
  /** Blocks in a row. */
  readonly level: number;
  readonly lastAt: number;
  readonly blockedFrom: number | null;
  readonly blockedUntil: number | null;
}

/** One rule of the engine. */
export interface LockoutRule {
  readonly name: 'account' | 'device' | 'ip' | 'tenant';
  /** Failures that lead to a block; 0 = the tenant has no such rule. */
  readonly limit: (settings: LockoutSettings) => number;
  readonly windowSeconds: (settings: LockoutSettings) => number;
  /**
   * Whether the rule stores the time of each failure. The others count from the last failure, because their limits are too
   * high for lists.
   */
  readonly keepsTimes: boolean;
  /** Whether quick attempts are counted separately. */
  readonly isQuick: boolean;
  /** Whether the rule may disable the account. */
  readonly mayBePermanent: boolean;
  /** The subject to count against; null when the rule does not apply to the attempt. */
  readonly subject: (attempt: Attempt, settings: LockoutSettings) => LockoutSubject | null;
}

/** Factors counted only by address, because the account is not known when the code is checked. */
const ADDRESS_ONLY: ReadonlySet<LockoutFactor> = new Set(['reset-code']);

const isExempt = ({ userId, knownDeviceId }: Attempt, settings: LockoutSettings): boolean =>
  settings.exemptKnownDevices && userId !== null && knownDeviceId !== null;

const ofAccount = {
  limit: (settings) => settings.accountLimit,
  windowSeconds: (settings) => settings.accountWindowSeconds,
  keepsTimes: true,
  isQuick: true,
} as const satisfies Partial<LockoutRule>;

const ofAddress = {
  windowSeconds: (settings) => settings.ipWindowSeconds,
  keepsTimes: false,
  isQuick: false,
  mayBePermanent: false,
} as const satisfies Partial<LockoutRule>;

/** The rule of accounts, which counts attempts from devices that the account is not known on. */
export const ACCOUNT_RULE: LockoutRule = {
  ...ofAccount,
  name: 'account',
  mayBePermanent: true,
  subject: (attempt, settings) =>
    ADDRESS_ONLY.has(attempt.factor) || isExempt(attempt, settings) ? null : accountSubject(attempt),
};

/**
 * All rules. Each is evaluated at each attempt; of the present blocks, the one that ends last counts (docs/lock-out.md).
 */
export const LOCKOUT_RULES: readonly LockoutRule[] = [
  ACCOUNT_RULE,
  {
    // A known device has a separate counter, so that an attacker cannot lock the user out (check 44).
    ...ofAccount,
    name: 'device',
    mayBePermanent: false,
    subject: (attempt, settings) =>
      ADDRESS_ONLY.has(attempt.factor) || !isExempt(attempt, settings)
        ? null
        : deviceSubject(attempt.userId!, attempt.knownDeviceId!),
  },
  {
    ...ofAddress,
    name: 'ip',
    limit: (settings) => settings.ipLimit,
    subject: ({ peerIp }) => addressSubject(peerIp),
  },
  {
    ...ofAddress,
    name: 'tenant',
    limit: (settings) => settings.tenantBudget,
    subject: (attempt, settings) => (isExempt(attempt, settings) ? null : { kind: 'tenant', key: 'all' }),
  },
];

/** A rule that applies to an attempt, with its subject. */
export interface AppliedRule {
  readonly rule: LockoutRule;
  readonly subject: LockoutSubject;
}

/** The rules that apply to an attempt, in the order of their keys, so that rows are always locked in the same order. */
export function rulesFor(attempt: Attempt, settings: LockoutSettings): AppliedRule[] {
  if (!settings.enabled) return [];
  const applied = LOCKOUT_RULES.flatMap((rule) => {
    if (rule.limit(settings) === 0) return [];
    const subject = rule.subject(attempt, settings);
    return subject === null ? [] : [{ rule, subject }];
  });
  return applied.sort((a, b) => (a.subject.kind < b.subject.kind ? -1 : 1));
}

/** A counter after a failure. `isPermanent`: the account must be disabled. */
export interface Outcome {
  readonly counter: Counter;
  /** Whether a block began that an event must report; the short pause between quick attempts is none. */
  readonly isBlockStarted: boolean;
  readonly isPermanent: boolean;
}

/** After this time without a failure, the waits start again at the shortest. */
const LEVEL_LIFE_MS = 86_400_000;
/** Bounds the wait: 2^30 times the shortest base wait is 34 years. */
const MAX_DOUBLINGS = 30;
/** The largest `accountLimit` and `quickTries`: 13 KB a row at most. */
const MAX_TIMES = 1000;

/** The wait in seconds when the limit is reached; null when it is not. */
function waitOf(settings: LockoutSettings, limit: number, failures: number, level: number): number | null {
  const multiple = Math.floor(failures / limit);
  if (multiple === 0 || settings.baseWaitSeconds === 0) return null;
  const growth = settings.growth === 'linear' ? multiple : 2 ** Math.min(level, MAX_DOUBLINGS);
  return Math.min(settings.baseWaitSeconds * growth, settings.maxWaitSeconds);
}

/**
 * When the next quick attempt is allowed; null when there were not too many. With `quickWaitSeconds` they lead to a block,
 * without it only to a pause.
 */
function quickUntil(settings: LockoutSettings, times: readonly number[], now: number): number | null {
  const { quickMilliseconds, quickTries, quickWaitSeconds } = settings;
  const recent = times.filter((time) => now - time < quickMilliseconds);
  if (quickWaitSeconds > 0) return recent.length > quickTries ? now + quickWaitSeconds * 1000 : null;
  return recent.length >= quickTries ? recent.at(-quickTries)! + quickMilliseconds : null;
}

/** How many failures of a counter still count. A pure function. */
export function failuresAt(counter: Counter, rule: LockoutRule, settings: LockoutSettings, now: number): number {
  const windowMs = rule.windowSeconds(settings) * 1000;
  const isSliding = rule.keepsTimes && settings.growth === 'doubling';
  if (isSliding) return counter.times.filter((time) => now - time < windowMs).length;
  return now - counter.lastAt > windowMs ? 0 : counter.failures;
}

/** Counts a failure. A pure function; the engine reads and writes the rows. */
export function afterFailure(
  before: Counter | null,
  rule: LockoutRule,
  settings: LockoutSettings,
  now: number,
): Outcome {
  const windowMs = rule.windowSeconds(settings) * 1000;
  const quietMs = before === null ? Number.POSITIVE_INFINITY : now - before.lastAt;
  const isSliding = rule.keepsTimes && settings.growth === 'doubling';
  const keptMs = isSliding ? windowMs : settings.quickMilliseconds;
  const times = rule.keepsTimes
    ? [...(before?.times ?? []).filter((time) => now - time < keptMs), now].slice(-MAX_TIMES)
    : [];
  const failures = isSliding ? times.length : quietMs > windowMs ? 1 : (before?.failures ?? 0) + 1;
  const level = quietMs >= LEVEL_LIFE_MS ? 0 : (before?.level ?? 0);
  const counted = { failures, times, level, lastAt: now, blockedFrom: null, blockedUntil: null };
  const wait = waitOf(settings, rule.limit(settings), failures, level);
  if (wait !== null) {
    // Doubling: failures are counted from zero for the next block. Linear: they add up, and every further failure starts a
    // block.
    const next = settings.growth === 'doubling' ? { failures: 0, times: [] } : {};
    const block = { blockedFrom: now, blockedUntil: now + wait * 1000, level: level + 1 };
    const isPermanent = settings.permanent && rule.mayBePermanent;
    return { counter: { ...counted, ...next, ...block }, isBlockStarted: true, isPermanent };
  }
  const until = rule.isQuick ? quickUntil(settings, times, now) : null;
  if (until === null) return { counter: counted, isBlockStarted: false, isPermanent: false };
  const counter = { ...counted, blockedFrom: now, blockedUntil: until };
  return { counter, isBlockStarted: settings.quickWaitSeconds > 0, isPermanent: false };
}
