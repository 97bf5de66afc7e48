import { type Route, refusedRow } from '../../engine/index.ts';

const row = (method: 'GET' | 'POST', path: `/${string}`, number: number, summary: string): Route =>
  refusedRow({ method, path, spec: `section 1 (OIDC-${number})`, summary, callers: { public: true } });

/**
 * The issuer of a tenant at `/{tenant_id}`. Its sign-in and its tokens belong to a later part of this dialect. Until then its four
 * paths are refused, so that no other API can take them and clients learn that they are there; tokens come from the native issuer
 * of the tenant, at `/t/{tenant}`.
 */
export const STANDARD_ROUTES: readonly Route[] = [
  row('GET', '/.well-known/jwks.json', 9, 'Shows the keys of the issuer.'),
  row('GET', '/.well-known/openid-configuration', 10, 'Shows the metadata of the issuer.'),
  row('GET', '/authorize', 11, 'Begins a sign-in.'),
  row('POST', '/token', 12, 'Exchanges a code for tokens.'),
];
