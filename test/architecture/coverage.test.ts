import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import minimums from '../coverage-minimums.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '../..');
const LAYERS = ['rest-compat', 'schema', 'src'];

/** A pattern for each folder of a layer, and one for the files beside them. */
const patternsOf = (layer: string): string[] => [
  `${layer}/*.ts`,
  ...readdirSync(join(ROOT, layer), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${layer}/${name}/**`),
];

describe('the least coverage of modules', () => {
  // Vitest passes over a pattern that matches no file, so a renamed module would lose its minimum without a word.
  it('is set for each module, and for nothing else', () => {
    expect(Object.keys(minimums).toSorted()).toEqual(LAYERS.flatMap(patternsOf).toSorted());
  });

  it.each(Object.entries(minimums))('asks of %s a part of its lines and of its branches', (_module, minimum) => {
    expect(Object.keys(minimum)).toEqual(['lines', 'branches']);
    for (const percent of Object.values(minimum)) {
      expect(percent).toBeGreaterThanOrEqual(0);
      expect(percent).toBeLessThanOrEqual(100);
    }
  });
});
