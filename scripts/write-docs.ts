import { readFile, writeFile } from 'node:fs/promises';
import { buildErrorsPage } from './errors-page.ts';
import { buildEventsPage } from './events-page.ts';
import { buildIdsPage } from './ids-page.ts';

/** The pages of `docs/` that list what the code declares. */
const PAGES = [
  ['docs/errors.md', buildErrorsPage],
  ['docs/events.md', buildEventsPage],
  ['docs/ids.md', buildIdsPage],
] as const;

/** A part of `npm run schema:emit`: writes the pages. With `--check` it only compares, and fails when they differ. */
async function main(): Promise<void> {
  for (const [name, build] of PAGES) {
    const file = new URL(`../${name}`, import.meta.url.replace('/dist/', '/'));
    const before = await readFile(file, 'utf8');
    const page = build(before);
    if (!process.argv.includes('--check')) {
      await writeFile(file, page);
    } else if (before !== page) {
      process.stderr.write(`${name} differs from the code; run "npm run schema:emit".\n`);
      process.exitCode = 1;
    }
  }
}

await main();
