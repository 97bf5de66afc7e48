import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashHandle, mintHandle, newRoute, newRoutedId, routeOfHandle, routeOfId } from '../../../src/crypto/index.ts';

describe('tenant routes', () => {
  it('are 8 characters of lower-case base32, new each time', () => {
    const routes = Array.from({ length: 200 }, newRoute);
    expect(routes.every((route) => /^[a-z2-7]{8}$/.test(route))).toBe(true);
    expect(new Set(routes).size).toBe(200);
  });

  it('write their 5 bytes as RFC 4648 section 10 writes "fooba"', () => {
    const handle = Buffer.concat([Buffer.from('fooba'), Buffer.alloc(27, 9)]).toString('base64url');
    expect(routeOfHandle(handle)).toBe('mzxw6ytb');
  });
});

describe('handles', () => {
  it('give back the route of any tenant they were minted for', () => {
    const route = fc.string({
      minLength: 8,
      maxLength: 8,
      unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz234567'),
    });
    fc.assert(fc.property(route, (value) => routeOfHandle(mintHandle(value)) === value));
  });

  it('are 32 bytes of base64url, all but the route bytes random (check 32)', () => {
    const [first, second] = [mintHandle('mzxw6ytb'), mintHandle('mzxw6ytb')].map((text) =>
      Buffer.from(text, 'base64url'),
    );
    expect(first).toHaveLength(32);
    expect(first?.subarray(0, 5)).toEqual(Buffer.from('fooba'));
    expect(first?.subarray(5)).not.toEqual(second?.subarray(5));
  });

  it.each(['', 'mzxw6yt', 'mzxw6ytbb', 'MZXW6YTB', 'mzxw6yt1', 'mzxw6yt='])(
    'are not minted for the route %j',
    (route) => {
      expect(() => mintHandle(route)).toThrow('8 characters of lower-case base32');
    },
  );

  it.each([
    ['too short', 'A'.repeat(42)],
    ['too long', 'A'.repeat(44)],
    ['padded', `${'A'.repeat(43)}=`],
    ['standard base64', `${'A'.repeat(42)}+`],
    ['a line end behind', `${'A'.repeat(43)}\n`],
    ['empty', ''],
    ['unused bits set, a second spelling of the same bytes', `${'A'.repeat(42)}B`],
  ])('claim no route when malformed: %s', (_fault, handle) => {
    expect(routeOfHandle(handle)).toBeNull();
  });

  it('are stored as SHA-256 of their text', () => {
    const handle = mintHandle(newRoute());
    expect(hashHandle(handle)).toEqual(hash('sha256', handle, 'buffer'));
  });
});

describe('routed ids', () => {
  it('are UUIDs of version 8 (RFC 9562 section 5.8) that give back the route, and otherwise random', () => {
    const ids = Array.from({ length: 200 }, () => newRoutedId('mzxw6ytb'));
    for (const id of ids) {
      expect(id).toMatch(/^666f6f62-61[0-9a-f]{2}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(routeOfId(id)).toBe('mzxw6ytb');
    }
    expect(new Set(ids).size).toBe(200);
  });

  it.each([
    ['another version', '666f6f62-6100-7000-8000-000000000000'],
    ['another variant', '666f6f62-6100-8000-c000-000000000000'],
    ['capitals', '666F6F62-6100-8000-8000-000000000000'],
    ['a character more', '666f6f62-6100-8000-8000-0000000000000'],
    ['no hyphens', '666f6f62610080008000000000000000'],
    ['nothing', ''],
  ])('are not read from %s', (_, text) => {
    expect(routeOfId(text)).toBeNull();
  });
});
