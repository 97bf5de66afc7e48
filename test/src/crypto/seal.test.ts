import { describe, expect, it } from 'vitest';
import { MasterKey, Sealer } from '../../../src/crypto/index.ts';

const masterKey = MasterKey.fromText('11'.repeat(32));
const sealer = new Sealer(masterKey);

function flip(sealed: string, index: number): string {
  const body = Buffer.from(sealed.slice(3), 'base64url');
  body[index] = (body.at(index) ?? 0) ^ 1;
  return `v1.${body.toString('base64url')}`;
}

describe('sealing', () => {
  it('opens what it sealed, text and bytes, the empty value included', () => {
    expect(sealer.open(sealer.seal('секрет', 'c'), 'c').toString()).toBe('секрет');
    expect(sealer.open(sealer.seal(Uint8Array.of(0, 255), 'c'), 'c')).toEqual(Buffer.from([0, 255]));
    expect(sealer.open(sealer.seal('', ''), '')).toEqual(Buffer.alloc(0));
  });

  it('opens what an earlier version of the service sealed', () => {
    expect(sealer.open('v1.hqwAr06FTMX2Lxviw-YuVH7ww_S2fCkMoHRqVtYJwbk', 'users/1').toString()).toBe('kept');
  });

  it('never gives the same text twice', () => {
    expect(sealer.seal('same', 'c')).not.toBe(sealer.seal('same', 'c'));
  });

  it('does not open a value that was moved to another context', () => {
    const sealed = sealer.seal('secret', 'tenant-a');
    expect(() => sealer.open(sealed, 'tenant-b')).toThrow('does not open');
  });

  it.each([
    ['nonce', 0],
    ['ciphertext', 12],
    ['tag', -1],
  ])('does not open a value whose %s was changed', (_part, index) => {
    const sealed = sealer.seal('secret', 'c');
    const length = Buffer.from(sealed.slice(3), 'base64url').length;
    expect(() => sealer.open(flip(sealed, (index + length) % length), 'c')).toThrow('does not open');
  });

  it('does not open a value sealed under another master key or for another purpose', () => {
    const sealed = sealer.seal('secret', 'c');
    expect(() => new Sealer(MasterKey.generate().key).open(sealed, 'c')).toThrow('does not open');
    expect(() => new Sealer(masterKey, 'cursor').open(sealed, 'c')).toThrow('does not open');
  });

  it.each(['', 'v1.', 'v2.AAAA', 'v1.AAAA', 'v1.a b', 'plain text'])('refuses %j as not of its form', (text) => {
    expect(() => sealer.open(text, 'c')).toThrow('not of the form');
  });

  it('names neither the value nor the context when it fails', () => {
    const sealed = sealer.seal('hidden-value', 'hidden-context');
    const failure = (() => {
      try {
        sealer.open(flip(sealed, 12), 'hidden-context');
      } catch (error) {
        return String(error) + (error as Error).stack + String((error as Error).cause);
      }
      return 'opened';
    })();
    expect(failure).not.toMatch(/hidden|opened/);
    expect(failure).not.toContain(sealed.slice(3, 20));
  });
});
