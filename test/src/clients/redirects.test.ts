import { describe, expect, it } from 'vitest';
import { checkedRedirects } from '../../../src/clients/redirects.ts';
import type { IdentityError } from '../../../src/kernel/index.ts';

type Match = 'exact' | 'prefix' | 'wildcard';

function faultPath(uri: string, match: Match = 'exact'): string | undefined {
  try {
    checkedRedirects('input.redirects', [{ uri, match }]);
    return undefined;
  } catch (error) {
    expect((error as IdentityError).code).toBe('CLIENT_REDIRECT_INVALID');
    return (error as IdentityError).fields?.[0]?.path;
  }
}

describe('redirect addresses', () => {
  it.each([
    ['https://app.example/callback', 'exact'],
    ['https://app.example', 'exact'],
    ['https://app.example/cb?tab=1', 'exact'],
    ['http://localhost:8080/cb', 'exact'],
    ['http://127.0.0.1/cb', 'exact'],
    ['http://[::1]:9/cb', 'exact'],
    ['com.example.app:/oauth', 'exact'],
    ['https://app.example/', 'prefix'],
    ['https://app.example/a/*', 'wildcard'],
  ] as const)('takes %s as %s', (uri, match) => {
    expect(checkedRedirects('input.redirects', [{ uri, match }])).toEqual([{ uri, match }]);
  });

  it.each([
    ['http://app.example/cb', 'http beyond loopback (RFC 9700 §2.6) (check 3)'],
    ['http://localhost.evil.example/cb', 'a host that only begins like loopback'],
    ['http://127.0.0.1.evil.example/', 'a host that only begins like an address'],
    ['https://app.example/cb#top', 'a fragment (RFC 6749 §3.1.2)'],
    ['https://app.example/cb#', 'an empty fragment'],
    ['/callback', 'a relative address'],
    ['app.example/cb', 'no scheme'],
    ['javascript:alert(1)', 'a scheme that runs'],
    ['data:text/html,x', 'a scheme that shows'],
    ['https://user@app.example/', 'a user name'],
    ['https://app.example\\@evil.example/', 'a backslash'],
    ['https://app.example/\u0000', 'a control character'],
    ['https://äpp.example/', 'letters beyond ASCII'],
    ['https://app.example/*', 'a wildcard that is not called one'],
    ['', 'nothing'],
    [`https://app.example/${'a'.repeat(2000)}`, 'an endless address'],
  ])('refuses %j: %s', (uri) => {
    expect(faultPath(uri)).toBe('input.redirects.0.uri');
  });

  it.each([
    ['https://app.example', 'prefix'],
    ['https://app.example*', 'wildcard'],
    ['https://*.example/', 'wildcard'],
    ['https://app.example/*/cb', 'wildcard'],
    ['https://app.example/cb', 'wildcard'],
    ['*', 'wildcard'],
  ] as const)('refuses %s as %s, which would match strangers', (uri, match) => {
    expect(faultPath(uri, match)).toBe('input.redirects.0.uri');
  });

  it('keeps the match of entries that stay when the list is rewritten', () => {
    const before = checkedRedirects('p', [{ uri: 'https://a.example/', match: 'prefix' }]);
    expect(checkedRedirects('p', [{ uri: 'https://a.example/' }, { uri: 'https://b.example/' }], before)).toEqual([
      { uri: 'https://a.example/', match: 'prefix' },
      { uri: 'https://b.example/', match: 'exact' },
    ]);
  });

  it('keeps each address once, and at most a hundred', () => {
    const uri = 'https://a.example/';
    expect(checkedRedirects('p', [{ uri }, { uri }])).toHaveLength(1);
    const many = Array.from({ length: 101 }, (_, i) => ({ uri: `https://a.example/${i}` }));
    expect(() => checkedRedirects('p', many)).toThrow('At most 100');
  });
});

describe('the bounds of redirect addresses', () => {
  const refused = (uri: string, match: Match = 'exact') => faultPath(uri, match) !== undefined;

  it('are 2,000 characters an address and 100 addresses a list', () => {
    const uri = (length: number) => `https://app.example/${'a'.repeat(length - 20)}`;
    expect([refused(uri(2000)), refused(uri(2001))]).toEqual([false, true]);
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ uri: `https://a.example/${at}` }));
    expect(checkedRedirects('p', many(100))).toHaveLength(100);
    expect(() => checkedRedirects('p', many(101))).toThrow('At most 100');
  });

  it.each([
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://a.example/1',
    'about:blank',
    'mailto:a@b.de',
    'ws://a.example/',
    'wss://a.example/',
    'JavaScript:alert(1)',
  ])('exclude %s, whose scheme leads to no application (RFC 8252 section 7.1)', (uri) =>
    expect(refused(uri)).toBe(true),
  );

  it.each([
    'https://:secret@app.example/',
    'http://127.0.0.1@evil.example/',
    'http://[::2]/',
    'http://127.0.0.1.5/',
    'http://localhost./',
  ])('exclude %s', (uri) => expect(refused(uri)).toBe(true));

  it('count one address under two kinds of match as two entries, each once', () => {
    const uri = 'https://a.example/x';
    const both = checkedRedirects('p', [
      { uri, match: 'exact' },
      { uri, match: 'prefix' },
      { uri, match: 'exact' },
    ]);
    expect(both).toEqual([
      { uri, match: 'exact' },
      { uri, match: 'prefix' },
    ]);
  });
});
