import { describe, expect, it } from 'vitest';
import type { RedirectEntry } from '../../../../src/clients/index.ts';
import { isRegisteredCallback, withError } from '../../../../src/flows/link-account/callback.ts';

const exact = (uri: string): RedirectEntry => ({ uri, match: 'exact' });
const prefix = (uri: string): RedirectEntry => ({ uri, match: 'prefix' });
const PREFIX = prefix('https://app.example/linked');

describe('an address that a client may have browsers sent to', () => {
  it('equals an exact entry, character by character', () => {
    const entries = [exact('https://app.example/cb?x=1'), exact('com.example.app:/cb')];
    expect(isRegisteredCallback('https://app.example/cb?x=1', entries)).toBe(true);
    expect(isRegisteredCallback('com.example.app:/cb', entries)).toBe(true);
    for (const other of [
      'https://app.example/cb',
      'https://app.example/cb?x=1&y=2',
      'https://app.example/cb/?x=1',
      'https://APP.example/cb?x=1',
      'https://app.example:443/cb?x=1',
      'https://app.example/CB?x=1',
      'com.example.app:/cb/more',
    ])
      expect([other, isRegisteredCallback(other, entries)]).toEqual([other, false]);
  });

  it.each([
    'https://app.example/linked',
    'https://app.example/linked/',
    'https://app.example/linked/a/b?c=d',
    'https://app.example/linked?c=d',
    'https://APP.example:443/linked/a',
    'https://app.example/other/../linked/a',
  ])('is below a prefix entry: %s', (callback) => expect(isRegisteredCallback(callback, [PREFIX])).toBe(true));

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
  ])('is not %j', (callback) => expect(isRegisteredCallback(callback, [PREFIX])).toBe(false));

  it('is never what has a fragment, credentials or other characters, though an entry equals it', () => {
    for (const callback of ['https://app.example/#a', 'https://u@app.example/', 'https://app.example/ä', 'no address'])
      expect(isRegisteredCallback(callback, [exact(callback)])).toBe(false);
  });

  it('may be everything below a prefix that ends with a slash', () => {
    expect(isRegisteredCallback('https://app.example/x', [prefix('https://app.example/')])).toBe(true);
    expect(isRegisteredCallback('https://app.example', [prefix('https://app.example/')])).toBe(true);
  });

  it('is not below an address without an origin, which has no hierarchy', () => {
    expect(isRegisteredCallback('com.example.app:/cb/x', [prefix('com.example.app:/cb')])).toBe(false);
    expect(isRegisteredCallback('com.evil.app:/cb', [prefix('com.example.app:/cb')])).toBe(false);
  });

  it('is not matched by a wildcard, nor by an entry that is no address', () => {
    const entries: RedirectEntry[] = [{ uri: 'https://app.example/*', match: 'wildcard' }, prefix('no address')];
    expect(isRegisteredCallback('https://app.example/x', entries)).toBe(false);
    expect(isRegisteredCallback('https://app.example/x', [])).toBe(false);
  });

  it('has at most 2,000 characters', () => {
    const callback = (length: number) => `https://app.example/linked/${'x'.repeat(length - 27)}`;
    expect(isRegisteredCallback(callback(2000), [PREFIX])).toBe(true);
    expect(isRegisteredCallback(callback(2001), [PREFIX])).toBe(false);
  });
});

describe('an error that is sent to the client', () => {
  it('is in the query, beside what the address has (RFC 6749 section 4.1.2.1)', () => {
    expect(withError('https://app.example/cb?x=1', 'access_denied', 'The user & the provider')).toBe(
      'https://app.example/cb?x=1&error=access_denied&error_description=The+user+%26+the+provider',
    );
  });

  it('replaces an error that the address has', () => {
    const url = new URL(withError('https://app.example/cb?error=old&error=older', 'server_error', 'New'));
    expect(url.searchParams.getAll('error')).toEqual(['server_error']);
  });
});
