import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  type Counter,
  failuresAt,
  LOCKOUT_RULES,
  type Outcome,
  rulesFor,
} from '../../../../src/auth-modes/lockout/lockout.rules.ts';
import { type Attempt, accountSubject, addressSubject } from '../../../../src/auth-modes/lockout/lockout.subject.ts';
import { TEMPLATE_SETTINGS, type TenantSettings } from '../../../../src/tenants/index.ts';

type Lockout = TenantSettings['lockout'];
const START = Date.parse('2026-11-22T12:00:00Z');
const rule = (name: string) => LOCKOUT_RULES.find((row) => row.name === name)!;

/** Fails at these seconds after the start, waiting out each block. */
function play(settings: Lockout, seconds: readonly number[], name = 'account'): Outcome[] {
  let counter: Counter | null = null;
  return seconds.map((second) => {
    const outcome = afterFailure(counter, rule(name), settings, START + second * 1000);
    counter = outcome.counter;
    return outcome;
  });
}
const waits = (outcomes: readonly Outcome[]) =>
  outcomes.map(({ counter: { blockedFrom, blockedUntil } }) =>
    blockedUntil === null ? 0 : (blockedUntil - blockedFrom!) / 1000,
  );
const every = (step: number, count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i * step);

describe('the rules of lock-out', () => {
  const quiet = { quickMilliseconds: 0 };
  const image: Lockout = { ...TEMPLATE_SETTINGS.image.lockout, ...quiet };
  const realm: Lockout = { ...TEMPLATE_SETTINGS.realm.lockout, ...quiet, enabled: true };

  it('block at the limit-th failure, not before', () => {
    expect(waits(play(image, every(10, 5)))).toEqual([0, 0, 0, 0, 60]);
  });

  it('double the wait with each block in a row, up to the longest', () => {
    const settings = { ...image, accountLimit: 1, maxWaitSeconds: 400 };
    expect(waits(play(settings, every(500, 5)))).toEqual([60, 120, 240, 400, 400]);
  });

  it('take as many failures for each further block', () => {
    const blocks = waits(play({ ...image, accountLimit: 3 }, [0, 1, 2, 100, 101, 102, 300, 301, 302]));
    expect(blocks).toEqual([0, 0, 60, 0, 0, 120, 0, 0, 240]);
  });

  it('forget the level after 24 hours without a failure', () => {
    const settings = { ...image, accountLimit: 1 };
    expect(waits(play(settings, [0, 1000, 1000 + 86_399, 1000 + 86_399 + 86_400]))).toEqual([60, 120, 240, 60]);
  });

  it('slide the window where the wait doubles: only failures inside it count', () => {
    expect(waits(play(image, [0, 100, 200, 300, 901, 902]))).toEqual([0, 0, 0, 0, 0, 60]);
    expect(play(image, [0, 100, 200, 300, 901]).at(-1)?.counter.times).toHaveLength(4);
  });

  it('say how many failures still count', () => {
    const at = (settings: Lockout, seconds: readonly number[], second: number): number =>
      failuresAt(play(settings, seconds).at(-1)!.counter, rule('account'), settings, START + second * 1000);
    const { accountWindowSeconds: window } = image;
    expect(at(image, [0, 100, 200], 200)).toBe(3);
    expect(at(image, [0, 100, 200], window + 50)).toBe(2);
    expect(at(image, [0, 100, 200], window + 200)).toBe(0);
    const linear = { ...realm, accountLimit: 5 };
    const wide = linear.accountWindowSeconds;
    expect(at(linear, [0, 100, 200], 200 + wide)).toBe(3);
    expect(at(linear, [0, 100, 200], 201 + wide)).toBe(0);
  });

  it('count on from the last failure where the wait grows linearly: base x floor(failures / limit)', () => {
    const settings = { ...realm, accountLimit: 3, accountWindowSeconds: 1000 };
    expect(waits(play(settings, every(999, 7)))).toEqual([0, 0, 60, 60, 60, 120, 120]);
    expect(waits(play(settings, [0, 1, 2, 1003]))).toEqual([0, 0, 60, 0]);
    expect(waits(play({ ...settings, accountLimit: 1 }, every(999, 20))).at(-1)).toBe(900);
  });

  it('punish quick tries with a wait where the tenant has one, and only where no other wait applies', () => {
    const settings = { ...realm, quickMilliseconds: 1000, quickTries: 1, quickWaitSeconds: 60, accountLimit: 30 };
    expect(waits(play(settings, [0, 1, 1.5]))).toEqual([0, 0, 60]);
    expect(play(settings, [0, 0.5]).at(-1)).toMatchObject({ isBlockStarted: true });
    expect(waits(play({ ...settings, accountLimit: 2, baseWaitSeconds: 7 }, [0, 0.5]))).toEqual([0, 7]);
  });

  it('only space quick tries out where they have no wait: three within 600 ms, the next when the first is past', () => {
    const settings = { ...image, quickMilliseconds: 600, quickTries: 3, quickWaitSeconds: 0, accountLimit: 50 };
    const outcomes = play(settings, [0, 0.2, 0.3, 0.6]);
    expect(outcomes.map(({ counter }) => counter.blockedUntil && counter.blockedUntil - START)).toEqual([
      null,
      null,
      600,
      800,
    ]);
    expect(outcomes.some(({ isBlockStarted }) => isBlockStarted)).toBe(false);
  });

  it('never end in disabling for addresses, devices and tenants', () => {
    const settings = { ...image, permanent: true, accountLimit: 1, ipLimit: 1, tenantBudget: 1 };
    const permanent = LOCKOUT_RULES.filter(({ name }) => play(settings, [0], name)[0]!.isPermanent);
    expect(permanent.map(({ name }) => name)).toEqual(['account']);
  });

  it('keep at most a thousand times', () => {
    const settings = { ...image, accountLimit: 1000, accountWindowSeconds: 31_536_000 };
    const outcomes = play(settings, every(1, 999));
    expect(outcomes.at(-1)!.counter.times).toHaveLength(999);
    expect(waits(play(settings, every(1, 1000))).at(-1)).toBe(60);
    expect(play({ ...settings, accountLimit: 2000 }, every(1, 1001)).at(-1)!.counter.times).toHaveLength(1000);
  });

  it('report the start of a block, and count from zero for the next one', () => {
    const [first, second] = play({ ...image, accountLimit: 2, permanent: false }, [0, 10]);
    expect(first).toMatchObject({ isBlockStarted: false, isPermanent: false });
    expect(second).toMatchObject({ isBlockStarted: true, counter: { failures: 0, times: [], level: 1 } });
  });

  it('start no block below the limit, and disable no account for quick tries', () => {
    const quick = { quickMilliseconds: 1000, quickTries: 1, quickWaitSeconds: 60 };
    const [first, second] = play({ ...image, ...quick, permanent: true, accountLimit: 9 }, [0, 0.5]);
    expect(first).toMatchObject({ isBlockStarted: false, isPermanent: false });
    expect(first!.counter).toMatchObject({ blockedFrom: null, blockedUntil: null });
    expect(second).toMatchObject({ isBlockStarted: true, isPermanent: false });
  });

  it('end each time span at its last millisecond', () => {
    expect(waits(play({ ...image, accountLimit: 2, accountWindowSeconds: 900 }, [0, 900]))).toEqual([0, 0]);
    expect(waits(play({ ...image, accountLimit: 2, accountWindowSeconds: 900 }, [0, 899.999]))).toEqual([0, 60]);
    const quick = { ...image, quickMilliseconds: 1000, quickTries: 1, quickWaitSeconds: 60, accountLimit: 9 };
    expect(waits(play(quick, [0, 1]))).toEqual([0, 0]);
    expect(waits(play(quick, [0, 0.999]))).toEqual([0, 60]);
    // Addresses count on until the window has passed.
    expect(waits(play({ ...image, ipLimit: 2, ipWindowSeconds: 100 }, [0, 100], 'ip'))).toEqual([0, 60]);
  });

  it('keep no times of addresses', () => {
    expect(play({ ...image, ipLimit: 9 }, [0, 1], 'ip').map(({ counter }) => counter.times)).toEqual([[], []]);
  });

  it('count an address until it has been quiet for its window', () => {
    const settings = { ...image, ipLimit: 3, ipWindowSeconds: 100 };
    expect(waits(play(settings, [0, 99, 198], 'ip'))).toEqual([0, 0, 60]);
    expect(waits(play(settings, [0, 99, 200], 'ip'))).toEqual([0, 0, 0]);
  });

  describe('for an attempt', () => {
    const attempt: Attempt = {
      tenant: { id: 't' as never },
      factor: 'first',
      userId: 'jane',
      name: 'Jane',
      peerIp: '192.0.2.1',
      knownDeviceId: null,
    };
    const native = TEMPLATE_SETTINGS.native.lockout;
    const names = (over: Partial<Attempt>, settings: Lockout = native) =>
      rulesFor({ ...attempt, ...over }, settings).map(({ rule: { name } }) => name);

    it('are those of the account and the address; none where the tenant wants none', () => {
      expect(names({})).toEqual(['account', 'ip']);
      expect(names({}, { ...native, tenantBudget: 5 })).toEqual(['account', 'ip', 'tenant']);
      expect(names({}, { ...native, ipLimit: 0 })).toEqual(['account']);
      expect(names({}, { ...native, enabled: false })).toEqual([]);
    });

    it('put a known device in the place of the account and exempt it from the tenant’s budget', () => {
      const settings = { ...native, tenantBudget: 5 };
      expect(names({ knownDeviceId: 'd1' }, settings)).toEqual(['device', 'ip']);
      expect(names({ knownDeviceId: 'd1' }, { ...settings, exemptKnownDevices: false })).toEqual([
        'account',
        'ip',
        'tenant',
      ]);
    });

    it('exempt no name without an account, whatever device it comes from', () => {
      const kinds = rulesFor({ ...attempt, userId: null, knownDeviceId: 'd1' }, { ...native, tenantBudget: 5 }).map(
        ({ subject }) => subject.kind,
      );
      expect(kinds).toEqual(['ip', 'name', 'tenant']);
    });

    it('apply only to the address for reset codes', () => {
      expect(names({ factor: 'reset-code' })).toEqual(['ip']);
    });

    it('come in the order of the keys of their rows', () => {
      const kinds = rulesFor({ ...attempt, userId: null }, { ...native, tenantBudget: 5 }).map(
        ({ subject }) => subject.kind,
      );
      expect(kinds).toEqual(['ip', 'name', 'tenant']);
    });
  });

  it('count a name that no account has by a hash of its folded form', () => {
    const subject = accountSubject({ userId: null, name: 'ＪＡＮＥ' });
    expect(subject).toEqual(accountSubject({ userId: null, name: 'jane' }));
    expect(subject).toMatchObject({ kind: 'name' });
    expect(subject.key).not.toContain('jane');
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('count the address %s as %s', (address, key) => {
    expect(addressSubject(address)).toEqual({ kind: 'ip', key });
  });

  it('count no address where there is none', () => {
    expect(addressSubject(null)).toBeNull();
    expect(addressSubject('unknown')).toBeNull();
  });
});
