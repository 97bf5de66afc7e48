/**
 * The translation layer: every path of the older APIs and of OAuth, as rows over documents of the graph.
 * May import `schema/` and, of `src/`, the words only: `kernel/` and `access/`.
 */
import Router from '@koa/router';
import type { Middleware } from 'koa';
import { BLITZ } from './blitz/index.ts';
import { createCallers } from './callers.ts';
import { type Dialect, Engine, type EngineOptions, openApiOf } from './engine/index.ts';
import { OIDC } from './oidc/index.ts';

export { createCallers, sessionCookieName } from './callers.ts';
export {
  allowPage,
  answerPreflight,
  ClientGone,
  decodeBody,
  isOfMediaType,
  isPreflight,
  keepToClient,
  readBody,
  type WebOrigins,
} from './engine/index.ts';

/** Every dialect there is. */
export const DIALECTS: readonly Dialect[] = [BLITZ, OIDC];

/** What the layer stands on; `callers` defaults to the credentials of the house. */
export type RestCompatOptions = Omit<EngineOptions, 'callers'> & Partial<Pick<EngineOptions, 'callers'>>;

/**
 * The door of the older APIs and of OAuth, with the description of each at `/openapi/<dialect>.json`; other paths go on to
 * the next door.
 * @throws Error A row, a document or a table of errors does not fit the graph; every fault is named.
 */
export function mountRestCompat(options: RestCompatOptions): Middleware {
  const { services, publicUrl, defaultTenant } = options;
  const origin = () => (typeof publicUrl === 'string' ? publicUrl : publicUrl());
  const callers = options.callers ?? createCallers(services, origin());
  const engine = new Engine(DIALECTS, { ...options, callers });
  const described = new Map<string, string>();
  const router = new Router();
  for (const dialect of DIALECTS) {
    router.get(`/openapi/${dialect.name}.json`, (ctx) => {
      const text =
        described.get(dialect.name) ?? JSON.stringify(openApiOf(dialect, { publicUrl: origin(), defaultTenant }));
      described.set(dialect.name, text);
      ctx.set('Content-Type', 'application/json; charset=utf-8');
      ctx.set('Access-Control-Allow-Origin', '*');
      ctx.body = text;
    });
  }
  const openApi = router.routes() as unknown as Middleware;
  return (ctx, next) => (ctx.path.startsWith('/openapi/') ? openApi(ctx, next) : engine.middleware(ctx, next));
}
