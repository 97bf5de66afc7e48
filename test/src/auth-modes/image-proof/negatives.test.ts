import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** How many there are of what the protocol has to refuse. */
const COUNT = 54;
const TITLE = /\(negatives? ([\d, and]+)\)/g;

describe('the negatives of image proofs', () => {
  it('are each named by the title of a test', () => {
    const titles = globSync('test/**/*.test.ts').flatMap((file) => [...readFileSync(file, 'utf8').matchAll(TITLE)]);
    const named = new Set(titles.flatMap(([, numbers]) => numbers!.match(/\d+/g)!.map(Number)));
    const all = Array.from({ length: COUNT }, (_, at) => at + 1);
    expect(all.filter((number) => !named.has(number))).toEqual([]);
    expect([...named].filter((number) => number < 1 || number > COUNT)).toEqual([]);
  });
});
