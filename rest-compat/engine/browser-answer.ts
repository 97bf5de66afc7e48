import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import type { Answer } from './answer.ts';
import { makeFormPost } from './form-post.ts';
import type { HostTenant, PageDocuments, PageHeaders, RenderedPage } from './host.ts';
import { chooseLocale, pageLocales } from './locale.ts';
import type { BrowserAnswer, DocumentName, Route } from './route.ts';

/** Makes a page of `web/` for one request. */
export type RenderState = (name: DocumentName, state: object) => RenderedPage;

/** Adds what every page shows to its state: the tenant, null if there is none, and the language of the reader. */
export function renderFor(documents: PageDocuments, ctx: Context, tenant: HostTenant | null): RenderState {
  return (name, state) => {
    const shown = tenant === null ? null : { name: tenant.name, displayName: tenant.displayName ?? tenant.name };
    const locale = chooseLocale(ctx, pageLocales(tenant?.settings.locales ?? []));
    const page = documents.render(name, { tenant: shown, locale, ...state });
    const headers = tenant?.settings.browserHeaders;
    return headers === undefined ? page : withHeaders(page, headers);
  };
}

/** What a header may hold (RFC 9110 section 5.5), without the characters that it allows for old programs alone. */
const HEADER_TEXT = /^[\x20-\x7e]+$/;

/**
 * Adds the headers of a tenant to a page. Its policy stands beside that of the page, and both are enforced (CSP Level 3 section 3.1), so
 * that it can forbid more and allow nothing.
 */
function withHeaders(page: RenderedPage, headers: PageHeaders): RenderedPage {
  const textOf = (text: string | null): string | null => (text !== null && HEADER_TEXT.test(text) ? text : null);
  const policy = textOf(headers.contentSecurityPolicy);
  const named = [
    ['Content-Security-Policy-Report-Only', textOf(headers.contentSecurityPolicyReportOnly)],
    ['X-Robots-Tag', textOf(headers.robotsTag)],
  ] as const;
  return {
    ...page,
    policy: policy === null ? page.policy : `${page.policy}, ${policy}`,
    headers: Object.fromEntries(named.filter((entry): entry is [(typeof entry)[0], string] => entry[1] !== null)),
  };
}

/** Who reads the answer of a browser row. */
export interface Reader {
  readonly render: RenderState;
  /** Whether the request accepts HTML. */
  readonly acceptsPage: boolean;
}

/** Makes the answer of a browser row. @param status That of redirects. */
export function setForBrowser(
  answer: Answer,
  status: number,
  result: BrowserAnswer,
  { render, acceptsPage }: Reader,
): void {
  answer.set('Cache-Control', 'no-store');
  if ('redirectTo' in result) setRedirect(answer, status, result.redirectTo);
  else if ('page' in result) setPage(answer, result.status ?? 200, result.page, result);
  else if ('document' in result && result.forPrograms !== undefined && !acceptsPage)
    setJson(answer, result.status ?? 200, result.forPrograms);
  else if ('document' in result) setRendered(answer, result.status ?? 200, render(result.document, result.state));
  else setRendered(answer, 200, makeFormPost(result.post));
}

function setJson(answer: Answer, status: number, body: object | null): void {
  answer.status = status;
  answer.vary('Accept');
  answer.set('Content-Type', 'application/json; charset=utf-8');
  answer.body = JSON.stringify(body);
}

/** Answers with a redirect, which nothing stores. */
export function setRedirect(answer: Answer, status: number, address: string): void {
  answer.set('Cache-Control', 'no-store');
  answer.status = status;
  answer.set('Location', toLocation(address));
}

/** A header holds printable ASCII: other characters of an address are percent-encoded (RFC 3987 section 3.1). */
export function toLocation(address: string): string {
  return address.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}

/** Answers with a page and its policy. */
export function setRendered(answer: Answer, status: number, { html, policy, headers = {} }: RenderedPage): void {
  for (const [name, value] of Object.entries(headers)) answer.set(name, value);
  answer.set('Content-Security-Policy', policy);
  answer.status = status;
  answer.set('Content-Type', 'text/html; charset=utf-8');
  answer.body = html;
}

type PageAnswer = Extract<BrowserAnswer, { readonly page: string }>;

/** What stands inline in a page, and the directive that allows it. */
const INLINE = {
  'script-src': /<script>([\s\S]*?)<\/script>/g,
  'style-src': /<style>([\s\S]*?)<\/style>/g,
} as const;

/**
 * Answers with a page of a dialect, whose policy allows only its inline scripts and styles, by their hashes (CSP Level 3 section 8.4).
 */
export function setPage(
  answer: Answer,
  status: number,
  page: string,
  { formAction = [], connects }: Pick<PageAnswer, 'formAction' | 'connects'> = {},
): void {
  const inline = Object.entries(INLINE).map(([directive, pattern]) => {
    const hashes = [...page.matchAll(pattern)].map(
      ([, text]) => `'sha256-${createHash('sha256').update(text!).digest('base64')}'`,
    );
    return hashes.length === 0 ? '' : ` ${directive} ${hashes.join(' ')};`;
  });
  // `form-action` does not fall back to `default-src` (CSP Level 3 section 6.5).
  const targets = formAction.length === 0 ? "'none'" : formAction.join(' ');
  const connections = connects === true ? " connect-src 'self';" : '';
  setRendered(answer, status, {
    html: page,
    policy: `default-src 'none';${inline.join('')}${connections} frame-ancestors 'none'; base-uri 'none'; form-action ${targets}`,
  });
}

/** The policy of answers that are no pages; `src/server/http/http.ts` sends the same where an answer has none. */
const PLAIN_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/** Sets the headers that a row declares for its answers, errors too: whether they may be framed, and what openers may do. */
export function setWindowHeaders(answer: Answer, { opener, framed }: Route): void {
  if (opener === true) answer.set('Cross-Origin-Opener-Policy', 'unsafe-none');
  if (framed === undefined) return;
  const policy = answer.get('Content-Security-Policy') || PLAIN_POLICY;
  const ancestors = `frame-ancestors ${framed.join(' ')}`;
  answer.set(
    'Content-Security-Policy',
    policy.replace(/frame-ancestors [^;]*/, () => ancestors),
  );
  // It cannot list origins, and a browser that does not know `frame-ancestors` would refuse every frame.
  answer.omitted = 'X-Frame-Options';
}
