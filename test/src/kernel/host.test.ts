import { describe, expect, it } from 'vitest';
import { hostNameOf, originAt, writtenHostName } from '../../../src/kernel/index.ts';

describe('the host name that a request was sent to', () => {
  it.each([
    ['login.acme.example', 'login.acme.example'],
    ['Login.ACME.example', 'login.acme.example'],
    ['login.acme.example:8443', 'login.acme.example'],
    ['login.acme.example.', 'login.acme.example'],
    ['login.acme.example.:443', 'login.acme.example'],
    ['localhost:4000', 'localhost'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
  ])('of %j is %j', (header, name) => expect(hostNameOf(header)).toBe(name));

  it.each([
    '',
    '.',
    'a..b',
    '.acme.example',
    'acme.example..',
    '-acme.example',
    'acme-.example',
    'ac_me.example',
    'bücher.example',
    'acme.example/path',
    'user@acme.example',
    'acme.example:port',
    'acme.example:1:2',
    '127.0.0.1',
    '127.0.0.1:80',
    '0x7f.1',
    '[::1]:80',
    '*.acme.example',
    'acme.example\u0000',
    'acme example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(150)}example`,
    'a'.repeat(100_000),
  ])('is none in %j', (header) => expect(hostNameOf(header)).toBeNull());
});

describe('a host name as people write it', () => {
  it.each([
    ['Login.Acme.Example:443', 'login.acme.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example.', 'xn--bcher-kva.example'],
    ['büro。example', 'xn--bro-hoa.example'],
  ])('%s is stored as %s (RFC 5891)', (text, name) => expect(writtenHostName(text)).toBe(name));

  it.each([
    '',
    'https://acme.example',
    'acme.example/path',
    'acme.example?x',
    'acme.example#x',
    'user@acme.example',
    'acme.example\\@evil.example',
    'acme%2eexample',
    '*.acme.example',
    '192.0.2.1',
    '2130706433',
    '[::1]',
    'a b.example',
    'xn--.example',
  ])('is none in %j', (text) => expect(writtenHostName(text)).toBeNull());
});

describe('the origin of a host', () => {
  it('has the scheme and the port of PUBLIC_URL', () => {
    expect(originAt('https://id.example.com', 'login.acme.example')).toBe('https://login.acme.example');
    expect(originAt('http://localhost:4000', 'acme.localhost')).toBe('http://acme.localhost:4000');
  });
});
