import { describe, expect, it } from 'vitest';
import { isStorableText } from '../../../src/kernel/index.ts';
import { storableHeader } from '../../../src/sessions/storable-header.ts';

describe('the text of a header that is stored with a session', () => {
  it('is kept as it is when it can be stored', () => {
    expect(storableHeader('Mozilla/5.0 (X11; Linux) Ä \u{1f600}')).toBe('Mozilla/5.0 (X11; Linux) Ä \u{1f600}');
    expect([storableHeader(''), storableHeader(null)]).toEqual(['', null]);
  });

  it.each(['a\0b', 'a\nb', '\u0007', '\u007f', '\u0085', 'a\ud800', '\udfffa'])(
    'can be stored when it was %j',
    (text) => {
      const stored = storableHeader(text)!;
      expect(isStorableText(stored)).toBe(true);
      expect(stored).toHaveLength(text.length);
      expect(stored).toContain('\ufffd');
    },
  );

  it('has at most 1,000 characters, also where the cut splits a pair', () => {
    expect(storableHeader('x'.repeat(1000))).toHaveLength(1000);
    expect(storableHeader('x'.repeat(1001))).toHaveLength(1000);
    expect(storableHeader(`${'x'.repeat(999)}\u{1f600}`)).toBe(`${'x'.repeat(999)}\ufffd`);
  });
});
