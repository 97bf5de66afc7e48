/**
 * The translation layer: every path of the older APIs and of OAuth, as rows over documents of the graph. May import directives,
 * errors and types of `schema/`, and of `src/` only `kernel/` and `access/`. `EngineHost` is what it needs from the service.
 */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { IdentityError } from '../src/kernel/index.ts';
import { BLITZ } from './blitz/index.ts';
import {
  assertRawForms,
  type Dialect,
  Engine,
  type EngineHost,
  type EngineOptions,
  openApiOf,
} from './engine/index.ts';
import { KEYCLOAK_ADMIN } from './keycloak-admin/index.ts';
import { KOBIL } from './kobil/index.ts';
import { type OAuthForms, rawForms } from './oidc/forms.ts';
import { OIDC } from './oidc/index.ts';
import { SECRETS_VAULT } from './secrets-vault/index.ts';

export {
  Answer,
  allowPage,
  answerPreflight,
  type CallerAuthenticator,
  ClientGone,
  decodeBody,
  type EngineHost,
  type EngineOptions,
  isOfMediaType,
  isPreflight,
  keepToClient,
  type PageDocuments,
  problems,
  readBody,
  type SessionMirror,
  sendAnswer,
  type WebOrigins,
} from './engine/index.ts';

export { type ReadInputs, readRealmInputs, readUserInputs } from './keycloak-admin/index.ts';
export { type OAuthForms, rawForms } from './oidc/forms.ts';

/** All dialects. */
export const DIALECTS: readonly Dialect[] = [BLITZ, KEYCLOAK_ADMIN, KOBIL, OIDC, SECRETS_VAULT];

/** Options of the layer. */
export interface RestCompatOptions extends EngineOptions {
  readonly oauthForms: OAuthForms;
}

/** The layer as a part of the HTTP server. */
export interface RestCompat {
  /** Passes requests for paths that are not its own to the next middleware. */
  readonly middleware: Middleware;
  /**
   * Answers a request that is refused before it is served, in the form in which the owner of its path answers errors.
   * @returns Whether a dialect owns the path; if none does, nothing is answered.
   */
  readonly refuse: (ctx: Context, error: IdentityError) => boolean;
}

/**
 * Serves the older APIs and OAuth, with the description of each at `/openapi/<dialect>.json`.
 * @throws Error A row, a document or an error table does not match the graph, or raw parameters have no description; the message
 *   lists every fault.
 */
export function mountRestCompat(host: EngineHost, options: RestCompatOptions): RestCompat {
  const { publicUrl, defaultTenant } = options;
  const forms = rawForms(options.oauthForms);
  assertRawForms(DIALECTS, forms);
  const origin = () => (typeof publicUrl === 'string' ? publicUrl : publicUrl());
  const engine = new Engine(DIALECTS, host, options);
  const described = new Map<string, string>();
  const router = new Router();
  for (const dialect of DIALECTS) {
    router.get(`/openapi/${dialect.name}.json`, (ctx) => {
      const text =
        described.get(dialect.name) ??
        JSON.stringify(openApiOf(dialect, { publicUrl: origin(), defaultTenant, rawForms: forms }));
      described.set(dialect.name, text);
      ctx.set('Content-Type', 'application/json; charset=utf-8');
      ctx.set('Access-Control-Allow-Origin', '*');
      ctx.body = text;
    });
  }
  const openApi = router.routes() as unknown as Middleware;
  return {
    middleware: (ctx, next) => (ctx.path.startsWith('/openapi/') ? openApi(ctx, next) : engine.middleware(ctx, next)),
    refuse: (ctx, error) => engine.refuse(ctx, error),
  };
}
