import { readFile, writeFile } from 'node:fs/promises';
import { buildKeycloakCallsPage } from './keycloak-calls-page.ts';

const NAME = 'docs/keycloak-calls.md';
const FILE = new URL(`../${NAME}`, import.meta.url.replace('/dist/', '/'));

/** `npm run calls:emit`: writes the page. `npm run calls:check` only compares, and fails when it differs. */
const page = buildKeycloakCallsPage();
if (!process.argv.includes('--check')) {
  await writeFile(FILE, page);
} else if ((await readFile(FILE, 'utf8')) !== page) {
  process.stderr.write(`${NAME} differs from the rows; run "npm run calls:emit".\n`);
  process.exitCode = 1;
}
