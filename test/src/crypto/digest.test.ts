import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { constantTimeEqual, MasterKey, SecretHasher, sha256, sha256Base64Url } from '../../../src/crypto/index.ts';

describe('digests', () => {
  it('hashes text as UTF-8 and bytes equally (FIPS 180-4, "abc")', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256('abc').toString('hex')).toBe(abc);
    expect(sha256(Buffer.from('abc')).toString('hex')).toBe(abc);
    expect(sha256('é')).toEqual(sha256(Uint8Array.of(0xc3, 0xa9)));
  });

  it('makes the challenge of RFC 7636 appendix B', () => {
    expect(sha256Base64Url('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });
});

describe('constant-time comparison', () => {
  it('tells equal from unequal, across text and bytes', () => {
    expect(constantTimeEqual('secret', 'secret')).toBe(true);
    expect(constantTimeEqual('secret', Buffer.from('secret'))).toBe(true);
    expect(constantTimeEqual('', '')).toBe(true);
    expect(constantTimeEqual('secret', 'secreT')).toBe(false);
  });

  it('answers false for unequal lengths instead of throwing', () => {
    expect(constantTimeEqual('secret', 'secret1')).toBe(false);
    expect(constantTimeEqual('', Buffer.alloc(32))).toBe(false);
  });
});

describe('client secrets', () => {
  const masterKey = MasterKey.fromText('22'.repeat(32));
  const hasher = new SecretHasher(masterKey);

  it('are stored as HMAC-SHA-256 under a separate key', () => {
    const expected = createHmac('sha256', masterKey.derive('client-secret')).update('s3cret').digest();
    expect(hasher.hash('s3cret')).toEqual(expected);
  });

  it('match their own hash only', () => {
    const stored = Uint8Array.from(hasher.hash('s3cret'));
    expect(hasher.matches('s3cret', stored)).toBe(true);
    expect(hasher.matches('S3cret', stored)).toBe(false);
    expect(hasher.matches('s3cret', stored.subarray(1))).toBe(false);
    expect(hasher.matches('', new Uint8Array())).toBe(false);
  });

  it('are hashed anew unless they were right before', () => {
    const fresh = new SecretHasher(masterKey);
    const first = fresh.hash('s3cret');
    expect(fresh.hash('s3cret')).not.toBe(first);
    fresh.remember('s3cret', first);
    expect(fresh.hash('s3cret')).toBe(first);
    expect(fresh.hash('s3cret2')).not.toBe(first);
  });

  it('do not match a hash made under another master key', () => {
    const foreign = new SecretHasher(MasterKey.generate().key).hash('s3cret');
    expect(hasher.matches('s3cret', foreign)).toBe(false);
  });
});
