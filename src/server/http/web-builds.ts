import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Context, Middleware } from 'koa';
import { sha256Base64Url } from '../../crypto/index.ts';
import { PROJECT_ROOT } from '../environment/project-root.ts';
import { WORKER_POLICY } from './page-policies.ts';

/** The builds that `npm run build` makes of `web/`, a folder for each. */
export const WEB_BUILDS = new URL('dist/web/', PROJECT_ROOT);

/** Lists the documents of a build: an object of SHA-256 to text. */
export const DOCUMENT_LIST = 'trusted-documents.json';

const PREFIX = '/ui/';
/** Builds that other code serves, under `/assets/`. */
const SERVED_ELSEWHERE = new Set(['graphiql', 'docs']);
/** Files that are no part of what browsers load: a page is served with its state, at the paths of its rows. */
const NOT_SERVED = new Set(['index.html', DOCUMENT_LIST]);
/**
 * The hash in a name that Vite makes: 8 characters of base64url. One without capital and digit could also be a word; it is
 * taken for one, which costs a request to revalidate the file.
 */
const HASHED = /-(?=[\w-]*[A-Z\d])[\w-]{8}\.\w+$/;

/** The code of a worker, whose policy is that of its file: a worker has none of its page. */
const WORKER = /\.worker-[\w-]+\.js$/;

/** A file with its headers. */
interface WebFile {
  readonly body: Buffer;
  readonly etag: string;
  /** File extension, from which the content type follows. */
  readonly type: string;
  readonly cacheControl: string;
  /** Content security policy in place of that of all answers; null: none. */
  readonly policy: string | null;
}

/** The names of the builds. */
export function listWebBuilds(folder: URL = WEB_BUILDS): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => !SERVED_ELSEWHERE.has(name));
  return names.filter((name) => statSync(new URL(name, folder)).isDirectory());
}

/**
 * Serves the builds of `web/`, each at `/ui/<build>/`, and owns every path below `/ui/`. Names with a hash never change their
 * content, so browsers keep them; the others are revalidated each time.
 * @param folder Where `npm run build` put the builds.
 */
export function serveWebBuilds(folder: URL = WEB_BUILDS): Middleware {
  // Only files that exist at the start are served, by their exact path, so no path can lead out of the folder. The sign-in
  // pages take less than 1 MB of memory.
  const files = new Map(listWebBuilds(folder).flatMap((build) => readBuild(folder, build)));
  return async (ctx, next) => {
    if (!ctx.path.startsWith(PREFIX)) return next();
    const file = files.get(ctx.path);
    if (file === undefined) ctx.status = 404;
    else if (ctx.method === 'GET' || ctx.method === 'HEAD') send(ctx, file);
    else {
      ctx.set('Allow', 'GET, HEAD');
      ctx.status = 405;
    }
  };
}

function readBuild(folder: URL, build: string): [string, WebFile][] {
  const root = new URL(`${build}/`, folder);
  const entries = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  return entries
    .filter((name) => !NOT_SERVED.has(name) && statSync(new URL(name, root)).isFile())
    .map((name) => [`${PREFIX}${build}/${name}`, toFile(name, readFileSync(new URL(name, root)))]);
}

function toFile(name: string, body: Buffer): WebFile {
  return {
    body,
    etag: sha256Base64Url(body),
    type: name.slice(name.lastIndexOf('.')),
    cacheControl: HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    policy: WORKER.test(name) ? WORKER_POLICY : null,
  };
}

function send(ctx: Context, { body, etag, type, cacheControl, policy }: WebFile): void {
  if (policy !== null) ctx.set('Content-Security-Policy', policy);
  ctx.set('Cache-Control', cacheControl);
  ctx.status = 200;
  ctx.etag = etag;
  ctx.type = type;
  if (ctx.fresh) ctx.status = 304;
  else ctx.body = body;
}
