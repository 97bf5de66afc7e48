import { describe, expect, it } from 'vitest';
import {
  accountSubject,
  addressSubject,
  devicePrefix,
  deviceSubject,
} from '../../../../src/auth-modes/lockout/lockout.subject.ts';

describe('the account that failures are counted against', () => {
  it('is the same whatever name it was typed by', () => {
    const [one, two] = ['anna', 'anna@example.com'].map((name) => accountSubject({ userId: 'u-1', name }));
    expect(one).toEqual({ kind: 'account', key: 'u-1' });
    expect(two).toEqual(one);
  });

  it('is a hash of the folded name where no account has it: the same for each spelling, and not the text', () => {
    const [one, two, other] = ['Anna', 'ＡNNA', 'anne'].map((name) => accountSubject({ userId: null, name }));
    expect(one).toMatchObject({ kind: 'name', key: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) });
    expect(two).toEqual(one);
    expect(other!.key).not.toBe(one!.key);
  });

  it('is never mixed up with a name that equals its id', () => {
    expect(accountSubject({ userId: null, name: 'u-1' })).not.toEqual(accountSubject({ userId: 'u-1', name: 'u-1' }));
  });

  it('has a key of one length however long the name is', () => {
    expect(accountSubject({ userId: null, name: 'x'.repeat(100_000) }).key).toHaveLength(43);
    expect(accountSubject({ userId: null, name: '' }).key).toHaveLength(43);
  });
});

describe('a device that failures are counted against', () => {
  it('is counted for each account, under the prefix of that account', () => {
    const [own, other] = [deviceSubject('anna', 'd-1'), deviceSubject('boris', 'd-1')];
    expect(own.key.startsWith(devicePrefix('anna'))).toBe(true);
    expect(other.key).not.toBe(own.key);
    expect(deviceSubject('anna', 'd-2').key).not.toBe(own.key);
    expect(own.key).not.toContain('d-1');
  });

  it('of an account does not match the prefix of an account whose id has the same beginning', () => {
    expect(deviceSubject('anna1', 'd-1').key.startsWith(devicePrefix('anna'))).toBe(false);
  });
});

describe('an address that failures are counted against', () => {
  const key = (peerIp: string | null) => addressSubject(peerIp)?.key ?? null;

  it('is an IPv4 address as a whole, also one mapped into IPv6', () => {
    expect(key('192.0.2.1')).toBe('192.0.2.1');
    expect(key('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(key('::ffff:c000:201')).toBe('192.0.2.1');
    expect(key('192.0.2.2')).not.toBe(key('192.0.2.1'));
  });

  it('is the /64 of an IPv6 address, in whatever spelling', () => {
    expect(key('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(key('2001:0DB8:0001:0002:ffff::1')).toBe('2001:db8:1:2::/64');
    expect(key('2001:db8:1:3::1')).toBe('2001:db8:1:3::/64');
    expect(key('::1')).toBe('0:0:0:0::/64');
  });

  it.each([null, '', 'x', '192.0.2.256', '192.0.2.1, 192.0.2.2', '192.0.2.1\0', 'localhost'])('is not %j', (peerIp) => {
    expect(addressSubject(peerIp)).toBeNull();
  });
});
