import { describe, expect, it } from 'vitest';
import { GrowingBuffer } from '../../bench/growing-buffer.ts';

describe('a growing buffer', () => {
  it('keeps all parts since it was cleared, whatever their length', () => {
    const buffer = new GrowingBuffer();
    expect(buffer.length).toBe(0);
    const parts = ['a', 'bcd', '', 'e'.repeat(1_000), 'f'];
    const texts = parts.map((part) => buffer.append(Buffer.from(part)).toString());
    expect(texts).toEqual(parts.map((_, at) => parts.slice(0, at + 1).join('')));
    expect(buffer.length).toBe(1_005);
    buffer.clear();
    expect(buffer.append(Buffer.from('again')).toString()).toBe('again');
  });

  it('does not keep the memory of a part, which the caller may write again', () => {
    const buffer = new GrowingBuffer();
    const part = Buffer.from('one');
    buffer.append(part);
    part.fill('x');
    expect(buffer.append(Buffer.from('two')).toString()).toBe('onetwo');
  });
});
