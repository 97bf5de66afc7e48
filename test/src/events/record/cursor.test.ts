import { describe, expect, it } from 'vitest';
import { MasterKey, Sealer } from '../../../../src/crypto/index.ts';
import { CursorCodec, isAfter } from '../../../../src/events/record/cursor.ts';
import { faultsOf } from '../../../support/refusal.ts';

const key = MasterKey.generate().key;
const sealer = new Sealer(key, 'event-cursor');
const codec = new CursorCodec(sealer);
const refusal = (tenantId: string, cursor: string) => faultsOf(() => codec.decode(tenantId, cursor));

describe('places in the log', () => {
  it('are compared by position in one generation; any place of a later generation comes after', () => {
    const at = (generation: number, position: number) => ({ generation, position });
    expect(isAfter(at(1, 8), at(1, 7))).toBe(true);
    expect(isAfter(at(1, 7), at(1, 7))).toBe(false);
    expect(isAfter(at(1, 6), at(1, 7))).toBe(false);
    expect(isAfter(at(2, 1), at(1, 900))).toBe(true);
    expect(isAfter(at(1, 900), at(2, 1))).toBe(false);
  });
});

describe('a cursor', () => {
  it.each([
    [0, 0],
    [1, 42],
    [999_999, Number.MAX_SAFE_INTEGER],
    [1_000_000, 1],
  ])('of generation %d and position %d is read as it was made', (generation, position) => {
    const place = { generation, position };
    expect(codec.decode('acme', codec.encode('acme', place))).toEqual(place);
  });

  it('has one length, so that it does not show how many events there are', () => {
    const lengths = [0, 9, 10, 1_000_000, Number.MAX_SAFE_INTEGER].map(
      (position) => codec.encode('acme', { generation: 1, position }).length,
    );
    expect(new Set(lengths).size).toBe(1);
  });

  it('of a neighbour is refused, and so is one sealed for another purpose or with another key', async () => {
    const cursor = codec.encode('acme', { generation: 1, position: 42 });
    expect(await refusal('neighbour', cursor)).toEqual(['EVENT_CURSOR_INVALID']);
    expect(await refusal('', cursor)).toEqual(['EVENT_CURSOR_INVALID']);
    for (const other of [new Sealer(key, 'seal'), new Sealer(MasterKey.generate().key, 'event-cursor')])
      expect(await refusal('acme', new CursorCodec(other).encode('acme', { generation: 1, position: 42 }))).toEqual([
        'EVENT_CURSOR_INVALID',
      ]);
  });

  it.each(['', 'x', '000001.0000000000000042', 'v1.AAAA', '\0', 'x'.repeat(257), 'x'.repeat(100_000)])(
    'is refused when it is %#, which the service did not make',
    async (cursor) => expect(await refusal('acme', cursor)).toEqual(['EVENT_CURSOR_INVALID']),
  );

  it.each([
    '1.42',
    '000001.42',
    '000001.00000000000000042',
    '000001.0000000000000042 ',
    '00001a.0000000000000042',
    '000001-0000000000000042',
    '',
  ])('is refused when %j is sealed in it', async (text) =>
    expect(await refusal('acme', sealer.seal(text, 'event-cursor/acme'))).toEqual(['EVENT_CURSOR_INVALID']),
  );

  it('is not opened when it is longer than any that the service makes', async () => {
    const opened: string[] = [];
    const counting = new CursorCodec({
      seal: (text) => text,
      open: (text) => {
        opened.push(text);
        return '000001.0000000000000042';
      },
    });
    expect(counting.decode('acme', 'x'.repeat(256))).toEqual({ generation: 1, position: 42 });
    expect(await faultsOf(() => counting.decode('acme', 'x'.repeat(257)))).toEqual(['EVENT_CURSOR_INVALID']);
    expect(opened).toHaveLength(1);
  });
});
