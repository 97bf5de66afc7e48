import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashHandle, mintHandle, newRoute, routeOfHandle } from '../../../src/crypto/index.ts';

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
