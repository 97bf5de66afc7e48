import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

describe('row locks', () => {
  it('use the named modes that wait, because a mode that skips locked rows makes them look deleted', () => {
    const modes = files.flatMap((name) =>
      [...readFileSync(join(SRC, name), 'utf8').matchAll(/lockMode: ([\w.]+)|LockMode\.(\w+)/g)].map(
        ([, given, named]) => named ?? given!,
      ),
    );
    expect(modes.length).toBeGreaterThan(5);
    expect(modes.filter((mode) => !/^(PESSIMISTIC_WRITE|LockMode\.PESSIMISTIC_WRITE|FOR_UPDATE)$/.test(mode))).toEqual(
      [],
    );
  });
});
