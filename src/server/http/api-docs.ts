import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Context, Middleware } from 'koa';
import { sha256Base64Url } from '../../crypto/index.ts';
import { escapeHtml } from '../../kernel/index.ts';
import { PROJECT_ROOT } from '../environment/project-root.ts';
import { TOOL_POLICIES } from './page-policies.ts';

const ASSETS = '/assets/docs/';
const PAGE = '/docs';

/** An API that has a description at `/openapi/<name>.json`. */
export interface DescribedApi {
  readonly name: string;
  readonly title: string;
  readonly description: string;
}

const linkTo = ({ name, title }: DescribedApi): string => `<a href="${PAGE}/${name}">${escapeHtml(title)}</a>`;

/** A file with its headers. */
interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

function assetOf(name: string, body: Buffer): Asset {
  return { type: name.slice(name.lastIndexOf('.')), body, etag: sha256Base64Url(body) };
}

/**
 * Serves the API reference, which is Swagger UI: `/docs` lists the older APIs, `/docs/<name>` shows one, and `/assets/docs/`
 * has the files that these pages load.
 * @param folder Where `npm run build` put the pages.
 */
export function apiDocs(
  apis: readonly DescribedApi[],
  folder: URL = new URL('dist/web/docs/', PROJECT_ROOT),
): Middleware {
  // Licence files, which have no extension, are part of the build but are not served.
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.includes('.')) : [];
  // Only files that exist at the start are served, so no path can lead out of the folder. They take some 2 MB of memory.
  const files = new Map<string, Asset>(
    names.map((name) => [ASSETS + name, assetOf(name, readFileSync(new URL(name, folder)))]),
  );
  const shell = files.get(`${ASSETS}index.html`)?.body.toString('utf8');
  files.delete(`${ASSETS}index.html`);
  if (shell !== undefined) {
    const list = apis.map((api) => `<li>${linkTo(api)} - ${escapeHtml(api.description)}</li>`);
    const page = shell
      .replace('<!-- links -->', () => apis.map(linkTo).join('\n      '))
      .replace('<!-- list -->', () => list.join('\n        '));
    const asset = assetOf('index.html', Buffer.from(page));
    for (const path of [PAGE, ...apis.map(({ name }) => `${PAGE}/${name}`)]) files.set(path, asset);
  }
  return async (ctx, next) => {
    const asset = files.get(ctx.path);
    if (asset === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    if (asset.type === '.html') ctx.set('Content-Security-Policy', TOOL_POLICIES.swaggerUi);
    send(ctx, asset);
  };
}

/** The names of the files do not change from build to build, so browsers must revalidate them each time. */
function send(ctx: Context, { type, body, etag }: Asset): void {
  ctx.set('Cache-Control', 'no-cache');
  ctx.status = 200;
  ctx.etag = etag;
  ctx.type = type;
  if (ctx.fresh) ctx.status = 304;
  else ctx.body = body;
}
