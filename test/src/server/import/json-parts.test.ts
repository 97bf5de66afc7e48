import { describe, expect, it } from 'vitest';
import { FileUnreadable, type Part, type PartOptions, readParts } from '../../../../src/server/import/json-parts.ts';

const OPTIONS = { itemwise: new Set(['users']), isWanted: () => true };

/** The parts of a text that arrives in chunks of some bytes. */
async function partsOf(text: string | Uint8Array, size: number, options: PartOptions = OPTIONS): Promise<Part[]> {
  const bytes = Buffer.from(text as string);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const parts: Part[] = [];
  for await (const part of readParts(chunks(), options)) parts.push(part);
  return parts;
}

const EXPORT = {
  realm: 'reeds "of" \\ the \u{1f6a3} lake',
  enabled: true,
  none: null,
  lifespan: -1.5e3,
  users: [{ username: 'ola', attributes: { a: [']', '}', '\\"'] } }, { username: 'kim' }, 7, 'text', []],
  'a "name"': { deep: [[[{}]]] },
  empty: [],
};
const EXPECTED = Object.entries(EXPORT).flatMap(([member, value]): Part[] =>
  member === 'users'
    ? (value as unknown[]).map((item) => ({ member, isItem: true, value: item }))
    : [{ member, isItem: false, value }],
);

describe('a file of JSON', () => {
  it.each([1, 2, 3, 7, 64, 10_000])('has the same parts when it arrives in chunks of %d bytes', async (size) => {
    expect(await partsOf(JSON.stringify(EXPORT), size)).toEqual(EXPECTED);
    expect(await partsOf(`\ufeff\n${JSON.stringify(EXPORT, null, 2)}\r\n`, size)).toEqual(EXPECTED);
  });

  it('may be empty, or have no users', async () => {
    expect(await partsOf('{}', 1)).toEqual([]);
    expect(await partsOf('{"users":[]}', 1)).toEqual([]);
    expect(await partsOf('{"users":null}', 1)).toEqual([{ member: 'users', isItem: false, value: null }]);
  });

  it('is passed over where members are not wanted, however large they are', async () => {
    const options = { ...OPTIONS, isWanted: (member: string) => member === 'realm', maxBytes: 100 };
    const text = JSON.stringify({ users: [{ a: 'x'.repeat(1_000) }], other: 'x'.repeat(1_000), realm: 'reeds' });
    expect(await partsOf(text, 10, options)).toEqual([{ member: 'realm', isItem: false, value: 'reeds' }]);
    await expect(partsOf(text, 10, { ...options, isWanted: () => true })).rejects.toThrow(FileUnreadable);
  });

  it.each([
    '',
    ' ',
    '[]',
    '"text"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{"a" 1}',
    '{a:1}',
    '{"a":1}{',
    '{"a":,}',
    '{"a":[}',
    '{"a":tru}',
    '{"users":[1,]}',
    '{"users":[,]}',
    '{"users":[1}',
    '{"users":[1',
    '{"a":"\n"}',
    '\ufeff\ufeff{}',
  ])('is refused when it is %j', async (text) => {
    for (const size of [1, 100]) await expect(partsOf(text, size)).rejects.toThrow(FileUnreadable);
  });

  it('is refused when it is not in UTF-8', async () => {
    await expect(partsOf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 1)).rejects.toThrow(FileUnreadable);
  });

  it('may nest deeply without any stack', async () => {
    const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    expect(await partsOf(`{"a":${deep}}`, 100)).toHaveLength(1);
  });
});
