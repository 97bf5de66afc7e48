import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MasterKey } from '../../../src/crypto/index.ts';

const BYTES = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7 + 200));

describe('master key: its text', () => {
  it.each([
    ['hex', BYTES.toString('hex')],
    ['upper-case hex', BYTES.toString('hex').toUpperCase()],
    ['base64', BYTES.toString('base64')],
    ['base64 without padding', BYTES.toString('base64').replace('=', '')],
    ['base64url', BYTES.toString('base64url')],
    ['text with a line end', `${BYTES.toString('base64url')}\n`],
  ])('reads %s as the same key', (_form, text) => {
    const expected = MasterKey.fromText(BYTES.toString('hex')).derive('test');
    expect(MasterKey.fromText(text).derive('test')).toEqual(expected);
  });

  it('makes keys that differ, with a text that reads back as the same key', () => {
    const first = MasterKey.generate();
    expect(MasterKey.fromText(first.text).derive('test')).toEqual(first.key.derive('test'));
    expect(MasterKey.generate().text).not.toBe(first.text);
  });

  it.each(['', 'correct horse battery staple', '=====', 'ключ'])('refuses %j, which is none of the forms', (text) => {
    expect(() => MasterKey.fromText(text)).toThrow('must be written as hex, base64 or base64url');
  });

  it.each([
    ['hex', BYTES.subarray(1).toString('hex')],
    ['base64url', BYTES.subarray(1).toString('base64url')],
  ])('refuses 31 bytes of %s without repeating them', (_form, text) => {
    expect(() => MasterKey.fromText(text)).toThrow(/^The master key must hold at least 32 bytes, this one holds 31\.$/);
  });
});

describe('master key: derived keys', () => {
  const key = MasterKey.fromText('00'.repeat(32));

  it('are the same at every start: a change would make every stored secret unreadable', () => {
    expect(key.derive('seal').toString('hex')).toBe('2b08df8278f2475c8e5d5010d65e1847fe9a0b14925a20cdfe20a37494dceb50');
  });

  it('differ by purpose and by length', () => {
    expect(key.derive('a')).not.toEqual(key.derive('b'));
    expect(key.derive('a', 64)).toHaveLength(64);
  });

  it('are copies, so that overwriting one does not affect others', () => {
    const before = key.derive('copy');
    key.derive('copy').fill(0);
    expect(key.derive('copy')).toEqual(before);
  });

  it('do not show when the master key is printed', () => {
    const { key: secret, text } = MasterKey.generate();
    const derived = secret.derive('shown');
    const shown = inspect(secret, { depth: 5, showHidden: true }) + JSON.stringify(secret);
    expect(shown).not.toContain(text);
    expect(shown).not.toContain(derived.toString('hex').slice(0, 8));
  });
});
