import type { Issuer, ResponseMode } from '../issuers/issuers.ts';
import type { ReturnAddress } from './request.ts';

/** A field of a form that a page posts to the application. */
export interface AnswerField {
  readonly name: string;
  readonly value: string;
}

/** What the browser does next. */
export type AuthorizationAnswer =
  | { readonly kind: 'redirect'; readonly redirectTo: string }
  /** OAuth 2.0 Form Post Response Mode. */
  | { readonly kind: 'post'; readonly action: string; readonly fields: readonly AnswerField[] }
  /** The user has to do something on a page of this service. */
  | { readonly kind: 'interaction'; readonly handle: string; readonly pageUrl: string };

/** Appends parameters to a redirect address, whose registered query is kept (RFC 6749 section 3.1.2). */
function withQuery(address: string, parameters: string): string {
  if (!address.includes('?')) return `${address}?${parameters}`;
  return /[?&]$/.test(address) ? `${address}${parameters}` : `${address}&${parameters}`;
}

/** Addresses in the modes that are redirects. A registered address has no fragment. */
const ADDRESSES: Readonly<Record<Exclude<ResponseMode, 'form_post'>, (address: string, parameters: string) => string>> =
  {
    query: withQuery,
    fragment: (address, parameters) => `${address}#${parameters}`,
  };

/**
 * The answer to an application: the result with `state` as it came and `iss` (RFC 6749 section 4.1.2, RFC 9207), in the mode that
 * the request asked for.
 */
export function answerTo(
  { redirectUri, responseMode, state }: ReturnAddress,
  { url }: Pick<Issuer, 'url'>,
  result: Readonly<Record<string, string>>,
): AuthorizationAnswer {
  const members = Object.entries({ ...result, ...(state === null ? {} : { state }), iss: url });
  if (responseMode === 'form_post')
    return { kind: 'post', action: redirectUri, fields: members.map(([name, value]) => ({ name, value })) };
  const parameters = new URLSearchParams(members).toString();
  return { kind: 'redirect', redirectTo: ADDRESSES[responseMode](redirectUri, parameters) };
}
