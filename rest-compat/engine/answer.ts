import type { Context } from 'koa';

/** An answer that is not sent yet. A name of a header is always written in the same case. */
export class Answer {
  status = 404;
  /** The whole body; null for none. */
  body: string | null = null;
  readonly headers = new Map<string, string>();
  /** The values of `Set-Cookie`, the only header that an answer has several times. */
  setCookies: readonly string[] = [];
  /** The common header that this answer leaves out; null for none. */
  omitted: string | null = null;

  /** The value of a header; empty when it is not set. */
  get(name: string): string {
    return this.headers.get(name) ?? '';
  }

  set(name: string, value: string): void {
    this.headers.set(name, value);
  }

  remove(name: string): void {
    this.headers.delete(name);
  }

  /** Adds a name to `Vary`. */
  vary(name: string): void {
    const before = this.headers.get('Vary');
    this.headers.set('Vary', before === undefined ? name : `${before}, ${name}`);
  }
}

/** What the HTTP server keeps in `ctx.state`; tests of the engine may leave it out. */
interface ServerState {
  /** The headers of every answer of the service, unless the answer has one of the same name. */
  readonly commonHeaders?: () => ReadonlyMap<string, string>;
}

const NO_HEADERS: ReadonlyMap<string, string> = new Map();

/** Characters from which a text is turned into bytes once: the stream does so in ten times the time. Shorter ones go with the head. */
const LARGE = 65_536;

const toContent = (body: string | null): string | Buffer | null =>
  body !== null && body.length >= LARGE ? Buffer.from(body) : body;

/**
 * Writes an answer past Koa: its head in one call and its body with it. Koa calls `setHeader` for each of 14 headers, and reads
 * most of them again before it writes.
 */
export function sendAnswer(ctx: Context, { status, body, headers, setCookies, omitted }: Answer): void {
  const { res } = ctx;
  const common = (ctx.state as ServerState).commonHeaders?.() ?? NO_HEADERS;
  const head: string[] = [];
  for (const [name, value] of common) if (!headers.has(name) && name !== omitted) head.push(name, value);
  for (const [name, value] of headers) head.push(name, value);
  for (const cookie of setCookies) head.push('Set-Cookie', cookie);
  const content = toContent(body);
  // RFC 9110 section 8.6: no length for an answer that cannot have a body.
  if (status !== 204) head.push('Content-Length', String(content === null ? 0 : Buffer.byteLength(content)));
  // Throws for a value that HTTP does not allow; then Koa answers.
  if (!res.destroyed) res.writeHead(status, head);
  ctx.respond = false;
  if (content === null || ctx.method === 'HEAD') res.end();
  else res.end(content);
}
