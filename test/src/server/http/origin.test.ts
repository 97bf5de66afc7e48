import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../../src/server/environment/config.ts';
import { normaliseAddress, originOf, peerAddress } from '../../../../src/server/http/origin.ts';

const trusted = (text: string) => parseConfig({ TRUSTED_PROXIES: text }).trustedProxies;

describe('the address of the client', () => {
  it('is that of the connection while no proxy is trusted', () => {
    expect(peerAddress('203.0.113.9', '198.51.100.1', [])).toBe('203.0.113.9');
  });

  it('ignores X-Forwarded-For from a peer that is not listed (check 59)', () => {
    expect(peerAddress('203.0.113.9', '198.51.100.1', trusted('10.0.0.0/8'))).toBe('203.0.113.9');
  });

  it('trusts X-Forwarded-For from a listed proxy', () => {
    expect(peerAddress('10.1.2.3', '198.51.100.1', trusted('10.0.0.0/8'))).toBe('198.51.100.1');
  });

  it('reads from the right, so that a client cannot prepend an address (check 59)', () => {
    const ranges = trusted('10.0.0.0/8, 192.0.2.7');
    expect(peerAddress('10.1.2.3', '6.6.6.6, 198.51.100.1, 192.0.2.7', ranges)).toBe('198.51.100.1');
  });

  it('uses the leftmost entry when every hop is a trusted proxy', () => {
    expect(peerAddress('10.0.0.1', '10.0.0.3, 10.0.0.2', trusted('10.0.0.0/8'))).toBe('10.0.0.3');
  });

  it('stops at an entry that is not an address', () => {
    expect(peerAddress('10.0.0.1', '198.51.100.1, unknown', trusted('10.0.0.0/8'))).toBe('10.0.0.1');
    expect(peerAddress('10.0.0.1', '', trusted('10.0.0.0/8'))).toBe('10.0.0.1');
  });

  it('matches an IPv4 proxy that arrives over an IPv6 socket', () => {
    expect(peerAddress('::ffff:10.0.0.1', '2001:db8::0:1', trusted('10.0.0.0/8'))).toBe('2001:db8::1');
  });

  it('matches IPv6 ranges', () => {
    expect(peerAddress('fd00::5', '198.51.100.1', trusted('fd00::/8'))).toBe('198.51.100.1');
  });

  it('reads no more than 32 hops', () => {
    const header = ['198.51.100.1', ...Array.from({ length: 40 }, () => '10.0.0.9')].join(',');
    expect(peerAddress('10.0.0.1', header, trusted('10.0.0.0/8'))).toBe('10.0.0.9');
  });

  it('is null when the connection is already gone', () => {
    expect(peerAddress(undefined, '198.51.100.1', trusted('10.0.0.0/8'))).toBeNull();
  });
});

describe('the normal form of an address', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:8080', '192.0.2.1'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['"[2001:db8::1]"', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    [' 192.0.2.1 ', '192.0.2.1'],
  ])('%s is %s', (text, expected) => {
    expect(normaliseAddress(text)).toBe(expected);
  });

  it.each(['', 'unknown', '_hidden', '2130706433', '0x7f.1', '192.0.2', '192.0.2.256'])('%s is none', (text) => {
    expect(normaliseAddress(text)).toBeNull();
  });
});

describe('the origin of a request', () => {
  const request = (headers: IncomingMessage['headers'], remoteAddress = '10.0.0.1') =>
    ({ headers, socket: { remoteAddress } }) as Pick<IncomingMessage, 'headers' | 'socket'>;

  it('has address, User-Agent, host, API and a new process id', () => {
    const headers = { host: 'ID.example.com:443', 'user-agent': 'curl/8', 'x-forwarded-for': '198.51.100.1' };
    const origin = originOf(request(headers), trusted('10.0.0.1'), 'graphql');
    expect(origin).toEqual({
      ip: '198.51.100.1',
      peerIp: '198.51.100.1',
      userAgent: 'curl/8',
      host: 'id.example.com',
      api: 'graphql',
      processId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(originOf(request(headers), [], 'graphql').processId).not.toBe(origin.processId);
  });

  it('cuts a User-Agent that is too long, and a missing one is null', () => {
    expect(originOf(request({ 'user-agent': 'x'.repeat(600) }), [], 'rest').userAgent).toHaveLength(512);
    expect(originOf(request({}), [], 'rest').userAgent).toBeNull();
  });

  it('has no host where the header names none, and the same one for each spelling of a name', () => {
    const hostIn = (host?: string) => originOf(request(host === undefined ? {} : { host }), [], 'rest').host;
    for (const header of [undefined, '', '127.0.0.1:80', '[::1]', 'a b', 'a'.repeat(300)])
      expect([header, hostIn(header)]).toEqual([header, null]);
    for (const header of ['id.example.com', 'ID.EXAMPLE.COM.', 'id.example.com:8443', 'id.example.com'])
      expect([header, hostIn(header)]).toEqual([header, 'id.example.com']);
  });
});
