import { describe, expect, it } from 'vitest';
import type { TenantId } from '../../../../src/kernel/index.ts';
import { cookieName, RequestBrowser } from '../../../../src/server/http/browser.ts';

const ACME = { id: 'acme-id' as TenantId };
const OTHER = { id: 'other-id' as TenantId };
const HTTPS = 'https://id.example.com';
const NAME = cookieName('binding', ACME, true);

const browserOf = (cookie?: string, publicUrl = HTTPS) =>
  new RequestBrowser({ headers: cookie === undefined ? {} : { cookie } }, publicUrl);
const read = (cookie?: string) => browserOf(cookie).read('binding', ACME);

describe('the cookies of a request', () => {
  it('have a name for each kind and tenant, with the prefix __Host- only over https', () => {
    expect(NAME).toMatch(/^__Host-b[0-9a-f]{10}$/);
    expect(cookieName('session', ACME, true)).toBe(NAME.replace('-b', '-s'));
    expect(cookieName('device', ACME, true)).toBe(NAME.replace('-b', '-d'));
    expect(cookieName('binding', ACME, false)).toBe(NAME.replace('__Host-', ''));
    expect(cookieName('binding', OTHER, true)).not.toBe(NAME);
  });

  it('are read by their name, beside others', () => {
    const browser = browserOf(`theme=dark; ${NAME}=mine; ${cookieName('session', OTHER, true)}=theirs`);
    expect(browser.read('binding', ACME)).toBe('mine');
    expect(browser.read('session', ACME)).toBeNull();
    expect(browser.read('binding', OTHER)).toBeNull();
    expect(browser.read('session', OTHER)).toBe('theirs');
  });

  it('are absent without a header and in a hostile one, of which the first of equal names counts', () => {
    const hostile = [undefined, '', ';;;===', `x${NAME}=1`, NAME, `${NAME.toUpperCase()}=1`, '__proto__=1', '\0=\0'];
    for (const header of hostile) expect(read(header)).toBeNull();
    expect(read(`${NAME}=first; ${NAME}=second`)).toBe('first');
    expect(read(`${NAME}=%E0%A4%A; a=b`)).toBe('%E0%A4%A');
    expect(read(`${'a=b; '.repeat(200_000)}${NAME}=last`)).toBe('last');
    expect(read(`${NAME}=${'x'.repeat(1_000_000)}`)).toHaveLength(1_000_000);
  });

  it('that are written are set once, for this host, all paths and no script, and are read in the same request', () => {
    const browser = browserOf(`${NAME}=old`);
    expect(browser.setCookies).toEqual([]);
    browser.write('binding', ACME, 'new');
    browser.write('binding', ACME, 'newer');
    browser.write('session', OTHER, 'a b;c');
    expect(browser.read('binding', ACME)).toBe('newer');
    expect(browser.setCookies).toEqual([
      `${NAME}=newer; Path=/; HttpOnly; Secure; SameSite=Lax`,
      `${cookieName('session', OTHER, true)}=a%20b%3Bc; Path=/; HttpOnly; Secure; SameSite=Lax`,
    ]);
  });

  it('live until the browser is closed, or for the seconds given with the last value', () => {
    const browser = browserOf();
    browser.write('device', ACME, 'kept', { maxAgeSeconds: 34_560_000 });
    browser.write('session', ACME, 'first', { maxAgeSeconds: 60 });
    browser.write('session', ACME, 'last');
    expect(browser.setCookies).toEqual([
      `${cookieName('device', ACME, true)}=kept; Max-Age=34560000; Path=/; HttpOnly; Secure; SameSite=Lax`,
      `${cookieName('session', ACME, true)}=last; Path=/; HttpOnly; Secure; SameSite=Lax`,
    ]);
  });

  it('that are cleared are deleted from the browser, and are read no more unless written again', () => {
    const browser = browserOf(`${NAME}=old`);
    browser.clear('binding', ACME);
    expect(browser.read('binding', ACME)).toBeNull();
    expect(browser.setCookies).toEqual([`${NAME}=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax`]);
    browser.write('binding', ACME, 'new');
    expect(browser.read('binding', ACME)).toBe('new');
    expect(browser.setCookies).toEqual([`${NAME}=new; Path=/; HttpOnly; Secure; SameSite=Lax`]);
  });

  it('are kept and deleted by the same attributes where the service is reached over http', () => {
    const browser = browserOf(undefined, 'http://localhost:4000');
    browser.write('device', ACME, 'x', { maxAgeSeconds: 60 });
    browser.clear('session', ACME);
    expect(browser.setCookies).toEqual([
      `${cookieName('device', ACME, false)}=x; Max-Age=60; Path=/; HttpOnly; SameSite=Lax`,
      `${cookieName('session', ACME, false)}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`,
    ]);
  });

  it('of another product are taken once, and deleted for every path and domain that they can have been set for', () => {
    const taken = (host: string | undefined, cookie = 'css=theirs') => {
      const browser = new RequestBrowser({ headers: { cookie, ...(host === undefined ? {} : { host }) } }, HTTPS);
      return [browser.take('css', '/t/acme/blitz'), browser.setCookies] as const;
    };
    const [value, set] = taken('id.example.com:8443');
    expect(value).toBe('theirs');
    expect(set).toHaveLength(12);
    expect(set[0]).toBe('css=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax');
    const attribute = (name: string) =>
      [...new Set(set.map((one) => new RegExp(`${name}=([^;]*)`).exec(one)?.[1]))].sort();
    expect(attribute('Path')).toEqual(['/', '/t', '/t/acme', '/t/acme/blitz']);
    expect(attribute('Domain')).toEqual(['example.com', 'id.example.com', undefined]);
    for (const host of [undefined, '127.0.0.1:4000', '[::1]', 'localhost', `${'a.'.repeat(9)}example`, ';evil'])
      expect(taken(host)[1]).toHaveLength(4);
    expect(taken('id.example.com', 'other=1')).toEqual([null, []]);
  });

  it('that show the session are readable by scripts, also in frames of other sites', () => {
    const secure = browserOf();
    secure.write('sessionId', ACME, 'sid');
    expect(secure.setCookies).toEqual([`${secure.nameOf('sessionId', ACME)}=sid; Path=/; Secure; SameSite=None`]);
    const plain = browserOf(undefined, 'http://localhost:4000');
    plain.write('sessionId', ACME, 'sid');
    expect(plain.setCookies).toEqual([`${plain.nameOf('sessionId', ACME)}=sid; Path=/; SameSite=Lax`]);
  });

  it('of another product show the session, where the browser has other ones', () => {
    const mirrors = [
      { name: 'SHOWN', isReadable: true },
      { name: 'HIDDEN', isReadable: false },
    ];
    const id = cookieName('sessionId', ACME, true);
    const mirrored = (cookie?: string) => {
      const browser = browserOf(cookie);
      browser.mirrorSession(ACME, mirrors, '/realms/acme');
      return browser.setCookies;
    };
    expect(mirrored()).toEqual([]);
    expect(mirrored(`${id}=sid`)).toEqual([
      'SHOWN=sid; Path=/realms/acme; Secure; SameSite=None',
      'HIDDEN=sid; Path=/realms/acme; HttpOnly; Secure; SameSite=None',
    ]);
    expect(mirrored(`${id}=sid; SHOWN=sid; HIDDEN=other`)).toEqual([
      'HIDDEN=sid; Path=/realms/acme; HttpOnly; Secure; SameSite=None',
    ]);
    expect(mirrored('SHOWN=sid')).toEqual(['SHOWN=; Max-Age=0; Path=/realms/acme; Secure; SameSite=None']);
  });

  it('are not Secure where the service is reached over http', () => {
    const browser = browserOf(undefined, 'http://localhost:4000');
    browser.write('session', ACME, 'x');
    expect(browser.setCookies).toEqual([`${cookieName('session', ACME, false)}=x; Path=/; HttpOnly; SameSite=Lax`]);
  });
});
