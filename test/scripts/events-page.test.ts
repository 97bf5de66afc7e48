import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildEventsPage } from '../../scripts/events-page.ts';
import { EVENT_TYPES } from '../../src/modules.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe('the page of event types', () => {
  it('equals docs/events.md', () => {
    const page = readFileSync(join(ROOT, 'docs/events.md'), 'utf8');
    expect(page, 'run "npm run schema:emit"').toBe(buildEventsPage());
  });

  it('lists each type of the catalogue once, with the access that it ends', () => {
    const listed = [...buildEventsPage().matchAll(/^\| `([a-z_.]+)` \| ([a-z]+) \|/gm)].map(([, ...row]) => row);
    const rows = Object.entries(EVENT_TYPES).map(([type, { ends }]) => [type, ends]);
    expect(listed.sort()).toEqual(rows.sort());
  });
});
