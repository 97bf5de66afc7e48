import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Context, Middleware } from 'koa';
import { PROJECT_ROOT } from './project-root.ts';

const ASSETS = '/assets/reference/';
const PAGE = '/docs';

/** Everything from here, nothing from elsewhere, nothing written into the page: the service works without a network. */
const PAGE_POLICY =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** An API that has a description at `/openapi/<name>.json`. */
export interface DescribedApi {
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);

const linkTo = ({ name, title, description }: DescribedApi): string =>
  `<a href="${PAGE}/${name}" title="${escaped(description)}">${escaped(title)}</a>`;

/**
 * The API reference: `/docs` with the list of the older APIs, `/docs/<name>` for each, and what these pages load.
 * @param folder Where `npm run build` put the pages.
 */
export function apiReference(
  apis: readonly DescribedApi[],
  folder: URL = new URL('dist/web/reference/', PROJECT_ROOT),
): Middleware {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  // Only files that are there at the start are served, so no path can lead out of the folder. They are some 20 KB together.
  const files = new Map<string, Buffer>(names.map((name) => [ASSETS + name, readFileSync(new URL(name, folder))]));
  const shell = files.get(`${ASSETS}index.html`)?.toString('utf8');
  files.delete(`${ASSETS}index.html`);
  const page = shell?.replace('<!-- dialects -->', () => apis.map(linkTo).join('\n      '));
  const pages = new Set(page === undefined ? [] : [PAGE, ...apis.map(({ name }) => `${PAGE}/${name}`)]);
  return async (ctx, next) => {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    const file = files.get(ctx.path);
    if (isRead && pages.has(ctx.path)) {
      ctx.set('Content-Security-Policy', PAGE_POLICY);
      send(ctx, '.html', page!);
    } else if (isRead && file !== undefined) send(ctx, ctx.path.slice(ctx.path.lastIndexOf('.')), file);
    else await next();
  };
}

/** The names of the files stay the same from build to build, so a browser asks each time. */
function send(ctx: Context, type: string, body: string | Buffer): void {
  ctx.set('Cache-Control', 'no-cache');
  ctx.type = type;
  ctx.body = body;
}
