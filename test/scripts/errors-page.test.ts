import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../schema/errors/codes.ts';
import { buildErrorsPage } from '../../scripts/errors-page.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe('the page of error codes', () => {
  it('equals docs/errors.md', () => {
    const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
    expect(page, 'run "npm run schema:emit"').toBe(buildErrorsPage());
  });

  it('lists each code of the schema once', () => {
    const listed = [...buildErrorsPage().matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code!);
    expect(listed.sort()).toEqual(Object.keys(ERROR_CODES).sort());
  });
});
