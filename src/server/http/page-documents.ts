import { existsSync, readFileSync } from 'node:fs';
import type { PageDocuments } from '../../../rest-compat/index.ts';
import { escapeHtml } from '../../kernel/index.ts';
import { PAGE_POLICY } from './page-policies.ts';
import { WEB_BUILDS } from './web-builds.ts';

const STATE_PLACE = '<script type="application/json" id="state"></script>';

/** What a page without its build can show of a state. */
interface ShownState {
  readonly page?: unknown;
  readonly message?: unknown;
}

const TITLES: ReadonlyMap<unknown, string> = new Map([
  ['sign-in', 'Sign in'],
  ['sign-out', 'Sign out'],
  ['signed-out', 'You are signed out'],
  ['image-reset', 'Choose a new image'],
  ['error', 'This did not work'],
]);

/**
 * Makes the pages of `web/`: the `index.html` of their build, with their state in a data block that their script reads.
 * @param folder Where `npm run build` put the builds; null: nowhere. A page without a build shows the title and the message of
 *   its state.
 * @throws Error A build has no place for the state.
 */
export function createPageDocuments(folder: URL | null = WEB_BUILDS): PageDocuments {
  const file = folder === null ? null : new URL('sign-in/index.html', folder);
  const shell = file === null || !existsSync(file) ? null : readFileSync(file, 'utf8');
  if (shell !== null && shell.split(STATE_PLACE).length !== 2)
    throw new Error('The page web/sign-in/index.html must have one place for its state.');
  return {
    render: (_name, state) => ({
      html: (shell ?? makeShell(state)).replace(STATE_PLACE, () => makeDataBlock(state)),
      policy: PAGE_POLICY,
    }),
  };
}

/** A data block ends at the first `</script`, and `<!--` changes how its end is found: no `<` may stay in it. */
function makeDataBlock(state: object): string {
  return STATE_PLACE.replace('></', () => `>${JSON.stringify(state).replaceAll('<', '\\u003c')}</`);
}

function makeShell({ page, message }: ShownState): string {
  const title = TITLES.get(page) ?? TITLES.get('error')!;
  const text = typeof message === 'string' ? message : 'The pages of this service are not installed.';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
</head>
<body>
<main><h1>${title}</h1><p>${escapeHtml(text)}</p></main>
${STATE_PLACE}
</body>
</html>
`;
}
