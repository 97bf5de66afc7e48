import { describe, expect, it } from 'vitest';
import type { RedirectEntry } from '../../../src/clients/client.entity.ts';
import {
  assertFitApplication,
  checkedRedirects,
  checkedSignOutRedirects,
  findDefaultRedirect,
  isRegisteredRedirect,
  isRegisteredSignOutRedirect,
} from '../../../src/clients/redirects.ts';
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
    ['https://a_b-1.xn--pp-xka.example:8443/a;b,c', 'exact'],
    ['https://192.0.2.7/cb', 'exact'],
    ['https://[2001:db8::1]/cb', 'exact'],
    ['com.example.app://a;b/oauth', 'exact'],
    ['com.example.app:/oauth', 'exact'],
    ['https://app.example/', 'prefix'],
    ['https://app.example/a/*', 'wildcard'],
    ['/callback', 'exact'],
    ['/callback?tab=1', 'exact'],
    ['/', 'exact'],
    ['/*', 'wildcard'],
    ['/a/b*', 'wildcard'],
  ] as const)('takes %s as %s', (uri, match) => {
    expect(checkedRedirects('input.redirects', [{ uri, match }])).toEqual([{ uri, match }]);
  });

  it.each([
    ['http://app.example/cb', 'http beyond loopback (RFC 9700 §2.6) (check 3)'],
    ['http://localhost.evil.example/cb', 'a host that only begins like loopback'],
    ['http://127.0.0.1.evil.example/', 'a host that only begins like an address'],
    ['https://app.example/cb#top', 'a fragment (RFC 6749 §3.1.2)'],
    ['https://app.example/cb#', 'an empty fragment'],
    ['callback', 'a path without its slash'],
    ['//evil.example/cb', 'another host without a scheme'],
    ['/\\\\evil.example/cb', 'such a host in disguise'],
    ['/callback#top', 'a path with a fragment'],
    ['/*', 'a path with a wildcard that is not called one'],
    [`/${'a'.repeat(2000)}`, 'an endless path'],
    ['app.example/cb', 'no scheme'],
    ['javascript:alert(1)', 'a scheme that runs'],
    ['data:text/html,x', 'a scheme that shows'],
    ['https://user@app.example/', 'a user name'],
    ['https://app.example\\@evil.example/', 'a backslash'],
    ['https://app.example/\u0000', 'a control character'],
    ['https://äpp.example/', 'letters beyond ASCII'],
    ['https://app;b.example/', 'a host that ends a directive of a policy'],
    ['https://app%3bb.example/', 'such a host in disguise'],
    ['https://app,b.example/', 'a host that ends a policy'],
    ["https://'none'/", 'a host that is a word of policies'],
    ['https://app.example/*', 'a wildcard that is not called one'],
    ['https:app.example/cb', 'a web address without its slashes'],
    ['https:///app.example/cb', 'a web address with too many slashes'],
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
    ['https://app.example/cb?next=', 'prefix'],
    ['com.example.app://host/', 'prefix'],
    ['/callback', 'wildcard'],
    ['/*/callback', 'wildcard'],
    ['//*', 'wildcard'],
    ['/callback', 'prefix'],
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

const exact = (uri: string): RedirectEntry => ({ uri, match: 'exact' });
const prefix = (uri: string): RedirectEntry => ({ uri, match: 'prefix' });
const wildcard = (uri: string): RedirectEntry => ({ uri, match: 'wildcard' });
const PREFIX = prefix('https://app.example/linked');
const isBelowOrEqual = (uri: string, entries: RedirectEntry[]) => isRegisteredRedirect(uri, entries, 'suite');

describe('an address that an issuer of the kind `suite` compares with prefixes', () => {
  it('equals an exact entry, character by character', () => {
    const entries = [exact('https://app.example/cb?x=1'), exact('com.example.app:/cb')];
    expect(isBelowOrEqual('https://app.example/cb?x=1', entries)).toBe(true);
    expect(isBelowOrEqual('com.example.app:/cb', entries)).toBe(true);
    for (const other of [
      'https://app.example/cb',
      'https://app.example/cb?x=1&y=2',
      'https://app.example/cb/?x=1',
      'https://APP.example/cb?x=1',
      'https://app.example:443/cb?x=1',
      'https://app.example/CB?x=1',
      'com.example.app:/cb/more',
    ])
      expect([other, isBelowOrEqual(other, entries)]).toEqual([other, false]);
  });

  it.each([
    'https://app.example/linked',
    'https://app.example/linked/',
    'https://app.example/linked/a/b?c=d',
    'https://app.example/linked?c=d',
    'https://APP.example:443/linked/a',
    'https://app.example/other/../linked/a',
  ])('is below a prefix entry: %s', (callback) => expect(isBelowOrEqual(callback, [PREFIX])).toBe(true));

  it.each([
    'https://app.example/linkedin',
    'https://app.example/linked.evil',
    'https://app.example/link',
    'https://app.example/',
    'https://app.example/linked/../admin',
    'https://app.example/linked/%2e%2e/admin',
    'https://app.example/Linked/a',
    'http://app.example/linked',
    'https://app.example:444/linked',
    'https://app.example.evil.example/linked',
    'https://evil.example/https://app.example/linked',
    'https://app.example@evil.example/linked',
    'https://user@app.example/linked',
    'https://:secret@app.example/linked',
    'https://app.example/linked#token',
    'https://app.example/linked#',
    'https:\\\\app.example\\linked',
    'https://app.example/linked/\\@evil.example',
    'https://app.example/linked/ä',
    'https://app.example/linked/\n',
    ' https://app.example/linked',
    '/linked',
    '',
  ])('is not %j', (callback) => expect(isBelowOrEqual(callback, [PREFIX])).toBe(false));

  it('is never what has a fragment, credentials or other characters, though an entry equals it', () => {
    for (const callback of ['https://app.example/#a', 'https://u@app.example/', 'https://app.example/ä', 'no address'])
      expect(isBelowOrEqual(callback, [exact(callback)])).toBe(false);
  });

  it('may be everything below a prefix that ends with a slash', () => {
    expect(isBelowOrEqual('https://app.example/x', [prefix('https://app.example/')])).toBe(true);
    expect(isBelowOrEqual('https://app.example', [prefix('https://app.example/')])).toBe(true);
  });

  it('is not below an address without an origin, which has no hierarchy', () => {
    expect(isBelowOrEqual('com.example.app:/cb/x', [prefix('com.example.app:/cb')])).toBe(false);
    expect(isBelowOrEqual('com.evil.app:/cb', [prefix('com.example.app:/cb')])).toBe(false);
  });

  it('is not matched by a wildcard, nor by an entry that is no address', () => {
    const entries: RedirectEntry[] = [{ uri: 'https://app.example/*', match: 'wildcard' }, prefix('no address')];
    expect(isBelowOrEqual('https://app.example/x', entries)).toBe(false);
    expect(isBelowOrEqual('https://app.example/x', [])).toBe(false);
  });

  it('has at most 2,000 characters', () => {
    const callback = (length: number) => `https://app.example/linked/${'x'.repeat(length - 27)}`;
    expect(isBelowOrEqual(callback(2000), [PREFIX])).toBe(true);
    expect(isBelowOrEqual(callback(2001), [PREFIX])).toBe(false);
  });
});

/** Each differs from `https://app.example/cb?tab=1` in one thing. */
const STRANGERS = [
  ['https://app.example/cb?tab=', 'one character less'],
  ['https://app.example/cb?tab=12', 'one character more'],
  ['https://app.example/CB?tab=1', 'case of the path'],
  ['https://APP.example/cb?tab=1', 'case of the host'],
  ['HTTPS://app.example/cb?tab=1', 'case of the scheme'],
  ['https://app.example/cb/?tab=1', 'a slash at the end'],
  ['https://app.example//cb?tab=1', 'a slash more'],
  ['https://app.example/cb', 'no query'],
  ['https://app.example/cb?tab=1&x=2', 'more query'],
  ['https://app.example/cb?tab=1#', 'an empty fragment'],
  ['https://app.example/cb?tab=1#top', 'a fragment'],
  ['https://app.example@evil.example/cb?tab=1', 'the host as user name'],
  ['https://user@app.example/cb?tab=1', 'a user name'],
  ['https://app.example%2fcb?tab=1', 'an encoded slash'],
  ['https://app.example/%63b?tab=1', 'an encoded letter'],
  ['https://app.example/./cb?tab=1', 'a dot segment'],
  ['https://app.example\\cb?tab=1', 'a backslash'],
  ['https://app.example\\@evil.example/cb?tab=1', 'a backslash before another host'],
  ['https://app.example:443/cb?tab=1', 'the default port'],
  ['https://app.example:8443/cb?tab=1', 'a port'],
  ['https://app.example./cb?tab=1', 'a dot after the host'],
  ['https://app.example.evil.example/cb?tab=1', 'a host that begins like it'],
  ['https://evil-app.example/cb?tab=1', 'a host that ends like it'],
  ['https://äpp.example/cb?tab=1', 'letters beyond ASCII'],
  ['https://аpp.example/cb?tab=1', 'a Cyrillic letter that looks alike'],
  ['https://app\u3002example/cb?tab=1', 'an ideographic full stop'],
  ['http://app.example/cb?tab=1', 'http'],
  ['https:/app.example/cb?tab=1', 'a slash less'],
  ['//app.example/cb?tab=1', 'no scheme'],
  [' https://app.example/cb?tab=1', 'a blank before'],
  ['https://app.example/cb?tab=1 ', 'a blank behind'],
  ['https://app.example/cb?tab=1\n', 'a line feed'],
  ['https://app.example/cb?tab=1\u0000', 'a NUL'],
  ['javascript:alert(1)//https://app.example/cb?tab=1', 'a scheme that runs'],
  ['com.evil.app:/cb', "another application's scheme"],
  ['com.example.app:/cb/', "a slash more after the application's scheme"],
  ['COM.EXAMPLE.APP:/cb', "case of the application's scheme"],
  ['', 'nothing'],
] as const;
const OWN = ['https://app.example/cb?tab=1', 'com.example.app:/cb'];

describe.each(['native', 'suite', 'realm', 'unknown'])(
  'exact redirect addresses at an issuer of the kind %s',
  (kind) => {
    it.each(OWN)('are %s, character by character', (uri) => {
      expect(isRegisteredRedirect(uri, OWN.map(exact), kind)).toBe(true);
      expect(isRegisteredRedirect(uri, [], kind)).toBe(false);
    });

    it('are not those with a host that no policy can name, even if they are stored', () => {
      for (const uri of ['https://a;b.example/', "https://'none'/"])
        expect(isRegisteredRedirect(uri, [exact(uri)], kind)).toBe(false);
    });

    it.each(STRANGERS)('are not %j: %s', (uri) => expect(isRegisteredRedirect(uri, OWN.map(exact), kind)).toBe(false));
  },
);

describe('loopback redirect addresses (RFC 8252 section 7.3)', () => {
  const LOOPBACK = ['http://127.0.0.1/cb?x=1', 'http://[::1]:8080/cb', 'http://localhost:3000'];
  const isListed = (uri: string) => isRegisteredRedirect(uri, LOOPBACK.map(exact), 'native');

  it.each([
    'http://127.0.0.1/cb?x=1',
    'http://127.0.0.1:51004/cb?x=1',
    'http://[::1]/cb',
    'http://[::1]:65535/cb',
    'http://localhost',
    'http://localhost:1',
  ])('may differ in the port: %s (check 2)', (uri) => expect(isListed(uri)).toBe(true));

  it.each([
    ['http://127.0.0.1:51004/cb', 'the query'],
    ['http://127.0.0.1:51004/cb?x=1&y=2', 'more query'],
    ['http://127.0.0.1:51004/cb/?x=1', 'a slash'],
    ['http://localhost:51004/cb?x=1', 'the name of the host'],
    ['http://127.0.0.2:51004/cb?x=1', 'the address of the host'],
    ['https://127.0.0.1:51004/cb?x=1', 'the scheme'],
    ['http://LOCALHOST:1', 'case'],
    ['http://localhost:1/', 'a path'],
    ['http://localhost.:1', 'a dot after the host'],
    ['http://localhost:0', 'a port that nothing listens on'],
    ['http://localhost:01', 'the spelling of the port'],
    ['http://localhost:65536', 'a port that does not exist'],
    ['http://localhost:1@evil.example', 'the host as user name'],
    ['http://localhost:1\\@evil.example', 'a backslash'],
    ['http://localhost:1#x', 'a fragment'],
    ['http://localhost.evil.example:1', 'a host that begins like it'],
    ['http://2130706433:51004/cb?x=1', 'an address as a number'],
    ['http://127.1:51004/cb?x=1', 'a short address'],
    ['http://[0:0:0:0:0:0:0:1]/cb', 'the spelling of the address'],
    ['http://[::ffff:127.0.0.1]/cb', 'an address that is mapped'],
  ])('may differ in nothing else, such as %s: %s (check 2)', (uri) => expect(isListed(uri)).toBe(false));

  it('are the three that the RFC names: other addresses of the device are compared with their port', () => {
    const entries = [exact('http://127.0.0.2/cb'), exact('https://localhost/cb'), exact('https://app.example/cb')];
    for (const uri of ['http://127.0.0.2:8/cb', 'https://localhost:8/cb', 'https://app.example:8/cb'])
      expect([uri, isRegisteredRedirect(uri, entries, 'native')]).toEqual([uri, false]);
  });
});

describe('open redirect entries', () => {
  const ENTRIES = [prefix('https://app.example/p'), wildcard('https://app.example/w*')];

  it.each([
    ['native', false, false],
    ['suite', true, false],
    ['realm', false, true],
  ])('at an issuer of the kind %s: prefix %s, wildcard %s', (kind, isPrefix, isWildcard) => {
    expect(isRegisteredRedirect('https://app.example/p/a', ENTRIES, kind)).toBe(isPrefix);
    expect(isRegisteredRedirect('https://app.example/wx', ENTRIES, kind)).toBe(isWildcard);
  });

  it.each([
    'https://app.example/w',
    'https://app.example/w/a/b?c=d',
    'https://app.example/wide',
    'https://app.example/x/../w/a',
  ])('a wildcard covers what continues it: %s', (uri) =>
    expect(isRegisteredRedirect(uri, ENTRIES, 'realm')).toBe(true),
  );

  it.each([
    'https://app.example/',
    'https://app.example/W',
    'https://app.example/w/../admin',
    'https://app.example/w/%2e%2e/admin',
    'https://app.example/w/..%2fadmin',
    'https://app.example/w/..%5Cadmin',
    'https://app.example/w\\..\\admin',
    'https://app.example:8443/w',
    'https://app.example@evil.example/w',
    'https://user@app.example/w',
    'https://app.example/w#x',
    'https://app.example./w',
    'http://app.example/w',
    'javascript://app.example/w',
  ])('a wildcard does not cover %s', (uri) => expect(isRegisteredRedirect(uri, ENTRIES, 'realm')).toBe(false));

  it('a prefix does not cover an encoded separator, which an application may decode', () => {
    for (const uri of ['https://app.example/p/..%2fadmin', 'https://app.example/p/..%5Cadmin'])
      expect([uri, isBelowOrEqual(uri, ENTRIES)]).toEqual([uri, false]);
    expect(isBelowOrEqual('https://app.example/p/a?next=%2Fhome', ENTRIES)).toBe(true);
  });

  it('a stored entry that does not reach beyond its host covers nothing', () => {
    const open = [prefix('https://app.example'), wildcard('https://app.example*'), wildcard('https://*')];
    for (const kind of ['suite', 'realm'])
      for (const uri of ['https://app.example.evil.example/', 'https://app.example/x', 'https://app.example'])
        expect([kind, uri, isRegisteredRedirect(uri, open, kind)]).toEqual([kind, uri, false]);
  });

  it('a stored prefix with a query covers nothing, because other values could follow it', () => {
    expect(isBelowOrEqual('https://app.example/cb?x=2', [prefix('https://app.example/cb?x=1')])).toBe(false);
  });
});

describe('redirect entries that are paths', () => {
  const PATHS = [exact('/cb?tab=1'), wildcard('/w/*')];
  const isListed = (uri: string, rootUrl: string | null, kind = 'realm') =>
    isRegisteredRedirect(uri, PATHS, kind, rootUrl);

  it.each(['https://app.example', 'https://app.example/'])('continue the root address %s', (root) => {
    for (const uri of ['https://app.example/cb?tab=1', 'https://app.example/w/', 'https://app.example/w/a?b=c'])
      expect([uri, isListed(uri, root)]).toEqual([uri, true]);
  });

  it('continue the path of the root address', () => {
    expect(isListed('https://app.example/shop/cb?tab=1', 'https://app.example/shop/')).toBe(true);
    expect(isListed('https://app.example/shop/w/x', 'https://app.example/shop')).toBe(true);
    for (const uri of ['https://app.example/cb?tab=1', 'https://app.example/w/x', 'https://app.example/shop/../w/x'])
      expect([uri, isListed(uri, 'https://app.example/shop')]).toEqual([uri, false]);
  });

  it('let the port of a loopback root address differ where they are exact (RFC 8252 section 7.3)', () => {
    expect(isListed('http://127.0.0.1:51004/cb?tab=1', 'http://127.0.0.1:3000')).toBe(true);
    expect(isListed('http://127.0.0.1:51004/w/x', 'http://127.0.0.1:3000')).toBe(false);
  });

  it('match nothing without a root address, or with one that has a query', () => {
    for (const uri of ['https://app.example/cb?tab=1', 'https://app.example/w/x', '/cb?tab=1', '/w/x'])
      for (const root of [null, 'https://app.example/?next=', 'https://app.example?'])
        expect([uri, root, isListed(uri, root)]).toEqual([uri, root, false]);
    expect(isRegisteredRedirect('https://app.example/cb?tab=1', PATHS, 'realm')).toBe(false);
  });

  it.each(['native', 'suite', 'unknown'])('match nothing at an issuer of the kind %s', (kind) => {
    for (const uri of ['https://app.example/cb?tab=1', 'https://app.example/w/x'])
      expect(isListed(uri, 'https://app.example', kind)).toBe(false);
  });

  it.each([
    'https://app.example.evil.example/w/x',
    'https://app.example@evil.example/w/x',
    'https://evil.example/w/x',
    'https://app.example/w/../admin',
    'https://app.example/w/..%2fadmin',
    'https://app.example/w',
    'https://app.example/cb?tab=12',
    'https://app.example//cb?tab=1',
    '//app.example/w/x',
  ])('do not match %s', (uri) => expect(isListed(uri, 'https://app.example/')).toBe(false));

  it('are for applications of every type, and never the address of a request that names none', () => {
    expect(() => assertFitApplication(PATHS, 'web', () => 'p')).not.toThrow();
    expect(findDefaultRedirect(PATHS)).toBeNull();
    expect(findDefaultRedirect([...PATHS, exact('https://app.example/cb')])).toBe('https://app.example/cb');
  });

  it('are refused after sign-out', () => {
    for (const input of [{ uri: '/bye' }, { uri: '/*', match: 'wildcard' as const }])
      expect(() => checkedSignOutRedirects('p', [{ uri: 'https://a.example/' }, input])).toThrow(
        expect.objectContaining({ fields: [expect.objectContaining({ path: 'p.1.uri' })] }),
      );
  });
});

describe('addresses after sign-out (OpenID Connect RP-Initiated Logout section 3)', () => {
  it('equal an entry, the port of a loopback address included', () => {
    const entries = [
      exact('https://app.example/bye'),
      exact('http://localhost:3000/bye'),
      prefix('https://a.example/'),
    ];
    expect(isRegisteredSignOutRedirect('https://app.example/bye', entries)).toBe(true);
    expect(isRegisteredSignOutRedirect('http://localhost:3000/bye', entries)).toBe(true);
    for (const uri of ['http://localhost:3001/bye', 'https://app.example/bye/', 'https://a.example/', 'bye', ''])
      expect([uri, isRegisteredSignOutRedirect(uri, entries)]).toEqual([uri, false]);
    expect(isRegisteredSignOutRedirect('https://app.example/#a', [exact('https://app.example/#a')])).toBe(false);
  });

  it('are exact where they are added; entries of another kind that are stored stay', () => {
    const asked = (match: Match, before: RedirectEntry[] = []) =>
      checkedSignOutRedirects('p', [{ uri: 'https://a.example/', match }], before);
    expect(asked('exact')).toEqual([exact('https://a.example/')]);
    expect(() => asked('prefix')).toThrow(
      expect.objectContaining({
        code: 'CLIENT_REDIRECT_INVALID',
        fields: [expect.objectContaining({ path: 'p.0.match' })],
      }),
    );
    expect(asked('prefix', [prefix('https://a.example/')])).toEqual([prefix('https://a.example/')]);
  });
});

describe('the type of an application', () => {
  const faultOf = (uri: string, type: 'web' | 'native') => {
    try {
      assertFitApplication([exact(uri)], type, () => 'p');
    } catch (error) {
      return (error as IdentityError).fields?.[0]?.message ?? null;
    }
    return null;
  };

  it.each(['https://app.example/cb', 'http://localhost:3000/cb', 'http://[::1]/cb'])('allows %s to both', (uri) => {
    expect([faultOf(uri, 'web'), faultOf(uri, 'native')]).toEqual([null, null]);
  });

  it('allows schemes of applications to native ones alone, with a dot (RFC 8252 section 7.1)', () => {
    expect(faultOf('com.example.app:/cb', 'native')).toBeNull();
    expect(faultOf('com.example.app://cb', 'native')).toBeNull();
    expect(faultOf('com.example.app:/cb', 'web')).toMatch(/native/);
    expect(faultOf('myapp:/cb', 'native')).toMatch(/reversed domain name/);
    expect(faultOf('myapp:/cb', 'web')).toMatch(/native/);
  });
});
