import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Context, Middleware } from 'koa';
import { PROJECT_ROOT } from '../environment/project-root.ts';
import { TOOL_POLICIES } from '../http/page-policies.ts';

const ASSETS = '/assets/graphiql/';

/** Whether a browser opens the page: browsers prefer HTML, while API clients accept JSON or anything. */
function wantsPage(ctx: Context): boolean {
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return false;
  return (ctx.get('accept').split(',')[0] ?? '').trim().startsWith('text/html');
}

/**
 * Serves GraphiQL: the page at `GET /graphql` for browsers, and the bundle that it loads. Requests of API clients pass through.
 * @param folder Where `npm run build` put the bundle.
 */
export function graphiql(folder: URL = new URL('dist/web/graphiql/', PROJECT_ROOT)): Middleware {
  const isBuilt = existsSync(new URL('index.html', folder));
  const page = isBuilt ? readFileSync(new URL('index.html', folder), 'utf8') : null;
  // Only files that exist at the start are served, so no path can lead out of the folder.
  const files = new Set(isBuilt ? readdirSync(folder).filter((name) => name !== 'index.html') : []);
  return async (ctx, next) => {
    if (ctx.path === '/graphql' && page !== null && wantsPage(ctx)) {
      ctx.set('Content-Security-Policy', TOOL_POLICIES.graphiql);
      ctx.set('Cache-Control', 'no-cache');
      ctx.vary('Accept');
      ctx.type = 'text/html; charset=utf-8';
      ctx.body = page;
      return;
    }
    if (!ctx.path.startsWith(ASSETS)) return next();
    const name = ctx.path.slice(ASSETS.length);
    if (!files.has(name) || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
    ctx.type = name.slice(name.lastIndexOf('.'));
    ctx.body = createReadStream(fileURLToPath(new URL(name, folder)));
  };
}
